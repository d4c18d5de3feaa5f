"""One realization: the least value among those with few nonzero draws, weighted with their probability.

f is the value at random draws, and few the indicator that at most t of them are nonzero.
"""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .notation import p, weight
from .one_realization import (
    FEW,
    NONZERO,
    NOT_ZERO,
    POSSIBLE,
    ROUNDED_UP,
    STAYS,
    TWICE,
    VALUE,
    drawn,
    mean,
    most,
    nonzero,
    stays,
    value,
)

f, few, heads, kept = sympy.symbols("f few H b", real=True)
INDICATOR = sympy.Or(sympy.Eq(few, 0), sympy.Eq(few, 1))
LEAST = sympy.Or(sympy.Eq(few, 0), sympy.Le(value, f))
WEIGHTED = sympy.Eq(Expectation(value * few), value * Expectation(few), evaluate=False)
MEDIAN = sympy.Or(
    sympy.Lt(most, sympy.ceiling(p * drawn)),
    sympy.Gt(most, sympy.ceiling(p * drawn)),
    sympy.Ge(FEW, sympy.Rational(1, 2)),
)

CHOSEN = (
    Step(
        "least-of-the-few",
        "of the realizations with at most t nonzero draws let one have the least value (if there are none, the claims "
        "on it need nothing)",
        "let",
        sympy.And(
            *(sympy.Eq(mean, Expectation(f)), sympy.Ge(f, 0), INDICATOR, sympy.Eq(Expectation(few), FEW), LEAST),
            sympy.Eq(nonzero, heads),
            sympy.Or(sympy.Le(FEW, 0), sympy.Le(heads, most)),
        ),
    ),
    Step(
        "pointwise",
        "its value times the indicator is at most f at every realization",
        "smt",
        sympy.Le(value * few, f),
        given=(INDICATOR, LEAST, sympy.Ge(f, 0)),
        cites=("least-of-the-few",),
    ),
    Step(
        "in-the-mean",
        "so in the mean",
        "expectation",
        sympy.Le(Expectation(value * few), Expectation(f)),
        given=(sympy.Le(value * few, f),),
        cites=("pointwise",),
    ),
    Step("least-value-out", "the least value is not random", "expectation", WEIGHTED),
    Step(
        "value",
        "the least value times the probability is at most the mean",
        "smt",
        VALUE.relation,
        given=(
            *(sympy.Le(Expectation(value * few), Expectation(f)), WEIGHTED, sympy.Eq(mean, Expectation(f))),
            sympy.Eq(Expectation(few), FEW),
        ),
        cites=("in-the-mean", "least-value-out", "least-of-the-few"),
    ),
    Step(
        "nonzero",
        "and it has at most t nonzero draws",
        "smt",
        NONZERO.relation,
        given=(sympy.Eq(nonzero, heads), sympy.Or(sympy.Le(FEW, 0), sympy.Le(heads, most)), POSSIBLE.relation),
        cites=("least-of-the-few", "possible"),
    ),
    Step(
        "median",
        "p T, rounded up, is at least the median of Binomial(T, p)",
        "citation",
        MEDIAN,
        data={
            "source": "Kaas and Buhrman 1980, Mean, median and mode in binomial distributions, Theorem 1",
            "takes": "a lower bound of binomial tails at the mean, for every T and p",
        },
    ),
    Step(
        "twice",
        "so that at most t draws are nonzero has probability at least one half",
        "smt",
        TWICE.relation,
        given=(VALUE.relation, MEDIAN, ROUNDED_UP.relation),
        cites=("value", "median", "rounded-up"),
    ),
)
LAW = {
    "law": [(p, weight / p), (1 - p, sympy.S.Zero)],
    "variable": kept,
    "moment": {stays: sympy.Piecewise((0, sympy.Eq(kept, 0)), (1, True))},
}


def _stays(given: tuple[sympy.Basic, ...], cites: tuple[str, ...]) -> Step:
    text = "the draw is w/p with probability p, which is not zero"
    return Step("stays", text, "finite-law", STAYS.relation, given, cites, refutes="claim", data=LAW)


PROOFS = {
    ("sharp-one-realization", "printed"): (*CHOSEN, _stays((), ())),
    ("sharp-one-realization", "corrected"): (*CHOSEN, _stays((NOT_ZERO.relation,), ("weight-not-zero",))),
}
