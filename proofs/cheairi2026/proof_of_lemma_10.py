"""Lemma 10's proof: too many numbers above eta mu would take the mean above mu."""

import sympy

from boundcheck.core.step import Step

from .lemma_10_most_are_not_far_above_the_mean import STATEMENT as STATED
from .lemma_10_most_are_not_far_above_the_mean import eta, least, mean, mu, size, small

j = sympy.Symbol("j", integer=True)
number = sympy.Symbol("a_j", real=True)
total, count = sympy.Function("t", real=True), sympy.Function("c", real=True)

ENDS = sympy.And(
    sympy.Eq(total(0), 0),
    sympy.Eq(count(0), 0),
    sympy.Eq(total(size), mean * size),
    sympy.Eq(count(size), small),
)
NEXT = sympy.And(
    sympy.Ge(number, least),
    sympy.Eq(total(j + 1), total(j) + number),
    sympy.Or(
        sympy.And(sympy.Le(number, eta * mu), sympy.Eq(count(j + 1), count(j) + 1)),
        sympy.And(sympy.Gt(number, eta * mu), sympy.Eq(count(j + 1), count(j))),
    ),
)
RECURSION = sympy.Or(
    sympy.And(sympy.Eq(count(j + 1), count(j) + 1), sympy.Ge(total(j + 1), total(j))),
    sympy.And(sympy.Eq(count(j + 1), count(j)), sympy.Gt(total(j + 1), total(j) + eta * mu)),
)
# Either all of the first j are small, or their sum is above what the large ones contribute.
COUNTED = sympy.Or(
    sympy.And(sympy.Eq(count(j), j), sympy.Ge(total(j), 0)),
    sympy.And(sympy.Le(count(j), j), sympy.Gt(total(j), (j - count(j)) * eta * mu)),
)

LEMMA_10 = (
    Step("sums", "t(j) is the sum of the first j numbers, c(j) how many of them are small", "let", ENDS),
    Step("index", "let j be one of them", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, size - 1))),
    Step("next", "the next number is small and counted, or large", "let", NEXT, cites=("sums",)),
    Step(
        "one-more",
        "the sum does not fall, and rises by more than eta mu at a large number",
        "smt",
        RECURSION,
        given=(NEXT, STATED.variant("printed").assumptions[0].relation),
        cites=("next", "nonnegative"),
    ),
    Step(
        "all",
        "so all are small, or the sum is above eta mu times the number of large ones",
        "finite-induction",
        COUNTED.subs(j, size),
        given=(sympy.Eq(total(0), 0), sympy.Eq(count(0), 0), sympy.Ge(eta, 1)),
        cites=("one-more", "sums", "factor"),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": size,
            "hypothesis": COUNTED,
            "recursion": (RECURSION,),
        },
    ),
    Step(
        "count",
        "the sum is at most mu |S|, so there are fewer than |S|/eta large ones (for mu = 0 there are none)",
        "smt",
        STATED.variant("printed").claim("count").relation,
        given=(
            *(COUNTED.subs(j, size), sympy.Eq(total(size), mean * size), sympy.Eq(count(size), small)),
            *(sympy.Ge(mu, mean), sympy.Ge(eta, 1)),
        ),
        cites=("all", "sums", "mean", "factor"),
    ),
)
PROOFS = {("lemma-10", "printed"): LEMMA_10}
