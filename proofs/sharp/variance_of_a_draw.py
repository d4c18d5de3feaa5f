"""The moments of one draw in place of a weight w: kept with probability p and scaled by 1/p, or rounded at random.

Rounding at random takes one of the two neighbouring multiples of M/k: f M/k or (f + 1) M/k with f = floor(k w/M), the
upper one with probability k w/M - f.
"""

import sympy

from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import (
    KEEP_PROBABILITIES,
    LEVELS,
    NONNEGATIVE_REALS,
    k,
    largest,
    multiplier_variance,
    p,
    pruned,
    pruned_fourth,
    pruned_sixth,
    pruned_third,
    pruned_variance,
    quantized_fourth,
    quantized_sixth,
    quantized_third,
    quantized_variance,
    weight,
)

# Named r: the probability of the upper value.
up = k * weight / largest - sympy.floor(k * weight / largest)


def pruned_moment(order: int) -> sympy.Expr:
    """E(h - w)^n for h = w/p with probability p, else 0."""
    return weight**order * (1 - p) * ((1 - p) ** (order - 1) + (-p) ** (order - 1) * (-1)) / p ** (order - 1)


def quantized_moment(order: int) -> sympy.Expr:
    """E(h - w)^n for h rounded at random."""
    return (largest / k) ** order * up * (1 - up) * ((1 - up) ** (order - 1) - (-up) ** (order - 1))


POSITIVE = Assumption(
    "range-positive",
    sympy.Gt(largest, 0),
    "some entry of the layer is not zero; a layer of zeros is rounded to itself",
    only_for=(
        *("quantized-variance", "quantized-third", "quantized-fourth", "quantized-sixth"),
        "quantized-variance-bound",
    ),
)
PRUNED = {
    "pruned-variance": (pruned_variance, 2, "variance of a pruned entry"),
    "pruned-third": (pruned_third, 3, "third central moment of a pruned entry"),
    "pruned-fourth": (pruned_fourth, 4, "fourth central moment of a pruned entry"),
    "pruned-sixth": (pruned_sixth, 6, "sixth central moment of a pruned entry"),
}
QUANTIZED = {
    "quantized-variance": (quantized_variance, 2, "variance of an entry that is rounded at random"),
    "quantized-third": (quantized_third, 3, "third central moment of an entry that is rounded at random"),
    "quantized-fourth": (quantized_fourth, 4, "fourth central moment of an entry that is rounded at random"),
    "quantized-sixth": (quantized_sixth, 6, "sixth central moment of an entry that is rounded at random"),
}
BOUND = Claim(
    "quantized-variance-bound",
    Sense.UPPER,
    sympy.Le(quantized_variance, largest**2 / (4 * k**2)),
    "it is at most a quarter of the squared step",
)
MULTIPLIER = Claim(
    "multiplier-variance",
    Sense.EQUALITY,
    sympy.Eq(multiplier_variance, pruned(p)),
    "variance of a multiplier that is 1/p with probability p, else 0",
)
CLAIMS = (
    MULTIPLIER,
    *(
        Claim(name, Sense.EQUALITY, sympy.Eq(symbol, formula(order)), meaning)
        for group, formula in ((PRUNED, pruned_moment), (QUANTIZED, quantized_moment))
        for name, (symbol, order, meaning) in group.items()
    ),
    BOUND,
)

STATEMENT = Statement(
    id="sharp-variance-of-a-draw",
    title="Variance and higher moments of one draw",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, one draw", page=1),
    variables=(
        Variable(weight, sympy.S.Reals, "a weight"),
        Variable(p, KEEP_PROBABILITIES, "keep probability of one draw (bernoulli)"),
        LEVELS,
        Variable(largest, NONNEGATIVE_REALS, "largest absolute weight of the layer"),
        Variable(multiplier_variance, NONNEGATIVE_REALS, MULTIPLIER.meaning),
        *(
            Variable(symbol, sympy.S.Reals if order % 2 else NONNEGATIVE_REALS, meaning)
            for symbol, order, meaning in (*PRUNED.values(), *QUANTIZED.values())
        ),
    ),
    variants={"printed": Variant(assumptions=(POSITIVE,), claims=CLAIMS)},
    remarks=("For w < 0 this is the law that rounds |w| and puts the sign back.",),
)
