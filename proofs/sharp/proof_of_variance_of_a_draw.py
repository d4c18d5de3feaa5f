"""The moments of one draw: the two values that it takes, weighted with their probabilities."""

import sympy

from boundcheck.core.step import Step

from .notation import k, largest, multiplier_variance, p, quantized_variance, weight
from .variance_of_a_draw import BOUND, MULTIPLIER, POSITIVE, PRUNED, QUANTIZED, pruned_moment, quantized_moment, up

h, b = sympy.symbols("h b", real=True)
PRUNED_LAW = {"law": [(p, weight / p), (1 - p, sympy.S.Zero)], "variable": h}
QUANTIZED_LAW = {
    "law": [
        (up, (sympy.floor(k * weight / largest) + 1) * largest / k),
        (1 - up, sympy.floor(k * weight / largest) * largest / k),
    ],
    "variable": h,
}
VARIANCE = sympy.Eq(quantized_variance, quantized_moment(2))


def _moments() -> tuple[Step, ...]:
    pruned = tuple(
        Step(
            name,
            meaning,
            "finite-law",
            sympy.Eq(symbol, pruned_moment(order)),
            data={**PRUNED_LAW, "moment": {symbol: (h - weight) ** order}},
        )
        for name, (symbol, order, meaning) in PRUNED.items()
    )
    quantized = tuple(
        Step(
            name,
            meaning,
            "finite-law",
            sympy.Eq(symbol, quantized_moment(order)),
            given=(POSITIVE.relation,),
            cites=("range-positive",),
            data={**QUANTIZED_LAW, "moment": {symbol: (h - weight) ** order}},
        )
        for name, (symbol, order, meaning) in QUANTIZED.items()
    )
    return (*pruned, *quantized)


MEANS = (
    Step(
        "multiplier-variance",
        "b is 1/p with probability p, else 0, and has mean one",
        "finite-law",
        MULTIPLIER.relation,
        data={
            "law": [(p, 1 / p), (1 - p, sympy.S.Zero)],
            "variable": b,
            "moment": {multiplier_variance: (b - 1) ** 2},
        },
    ),
)
BOUNDED = (
    Step(
        "quantized-variance-bound",
        "and r (1 - r) <= 1/4 at the probability r of the upper value",
        "smt",
        BOUND.relation,
        given=(VARIANCE, POSITIVE.relation),
        cites=("quantized-variance", "range-positive"),
    ),
)
PROOFS = {("sharp-variance-of-a-draw", "printed"): (*MEANS, *_moments(), *BOUNDED)}
