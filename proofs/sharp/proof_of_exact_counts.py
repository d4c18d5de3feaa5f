"""Exact counts: the multipliers add up to T always, which gives their covariance, and so the variance of any row.

b, b', b_i, b_j and b_m are multipliers of different entries. v(m) is the variance of the deviation of
the first m entries, S(m) the sum of their w_j x_j, Q(m) that of the squares.
"""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .exact_counts import (
    AT_MOST_ALL,
    BOUND,
    COVARIANCE,
    MEAN,
    PAIR,
    SOME,
    SPREAD,
    VARIANCE,
    covariance,
    entries,
    left,
    mean,
    spread,
    squares,
    total,
)
from .notation import v, weight

h = sympy.Symbol("h", real=True)
b, other, summed, later, now = sympy.symbols("b b' b_j b_m b_i", real=True)
m, i = sympy.symbols("m i", integer=True)
term, earlier, partial, so_far = sympy.symbols("a_m a_i zeta_m zeta_i", real=True)
both, running, sums, parts, cross = (sympy.Function(name, real=True) for name in ("s", "v", "S", "Q", "c"))
j = sympy.Symbol("j", integer=True)

SCALE = sympy.Piecewise((entries / left, left > 0), (1, True))
CHANCE = left / entries
KEPT = (AT_MOST_ALL.relation, SOME.relation)
MULTIPLIER = {"law": [(CHANCE, entries / left), (1 - CHANCE, sympy.S.Zero)], "variable": b}
JOINT = Expectation(b * other)
CENTRED = Expectation((b - 1) * (other - 1))
ADDED = (sympy.Eq(both(j + 1), both(j) + Expectation(b * summed)), sympy.Eq(Expectation(b * summed), JOINT))
PAIR_ADDED = sympy.Eq(both(j + 1), both(j) + JOINT)
MEANS = tuple(sympy.Eq(Expectation(each), 1, evaluate=False) for each in (b, other))
SECOND = sympy.Eq(Expectation(b**2), entries / left, evaluate=False)


def draw(given: tuple[sympy.Basic, ...], cites: tuple[str, ...]) -> Step:
    return Step(
        "mean",
        "t of T entries are kept, each with the same probability t/T, and scaled by T/t",
        "finite-law",
        MEAN.relation,
        given=given,
        cites=cites,
        refutes="claim",
        data={
            "law": [(CHANCE, SCALE * weight), (1 - CHANCE, sympy.S.Zero)],
            "variable": h,
            "moment": {mean: h},
        },
    )


PAIRS = (
    Step(
        "multiplier-variance",
        "variance of a multiplier",
        "finite-law",
        SPREAD.relation,
        given=KEPT,
        cites=("at-most-all", "some-kept"),
        data={**MULTIPLIER, "moment": {spread: (b - 1) ** 2}},
    ),
    Step(
        "multiplier-mean",
        "its mean is one",
        "finite-law",
        MEANS[0],
        given=KEPT,
        cites=("at-most-all", "some-kept"),
        data=MULTIPLIER,
    ),
    Step(
        "multiplier-second",
        "and its mean square T/t",
        "finite-law",
        SECOND,
        given=KEPT,
        cites=("at-most-all", "some-kept"),
        data=MULTIPLIER,
    ),
    Step(
        "pair",
        "let b' be the multiplier of another entry, with the same law",
        "let",
        sympy.And(MEANS[1], sympy.Eq(covariance, CENTRED)),
        cites=("multiplier-mean",),
    ),
    Step(
        "exactly-t",
        "t of them are T/t, so the other T - 1 multipliers add up to T - b; s(j) is the mean of b times the sum of j "
        "of them",
        "let",
        sympy.And(sympy.Eq(both(0), 0), sympy.Eq(both(entries - 1), Expectation(b * (entries - b)))),
    ),
    Step(
        "another",
        "let j of them be summed",
        "let",
        sympy.And(sympy.Ge(j, 0), sympy.Le(j, entries - 2)),
        cites=("exactly-t",),
    ),
    Step(
        "same-law",
        "the next adds E b b_j, and all pairs have one law",
        "let",
        sympy.And(*ADDED),
        cites=("another", "pair"),
    ),
    Step("one-pair-more", "so it adds E b b'", "smt", PAIR_ADDED, given=ADDED, cites=("same-law",)),
    Step(
        "all-others",
        "so together T - 1 times that",
        "finite-induction",
        sympy.Eq(both(entries - 1), (entries - 1) * JOINT),
        given=(sympy.Eq(both(0), 0), PAIR.relation),
        cites=("one-pair-more", "exactly-t", "two-entries"),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": entries - 1,
            "hypothesis": sympy.Eq(both(j), j * JOINT),
            "recursion": (PAIR_ADDED,),
        },
    ),
    Step(
        "fixed-sum",
        "E b (T - b) = T - E b^2",
        "expectation",
        sympy.Eq(Expectation(b * (entries - b)), entries - Expectation(b**2), evaluate=False),
        given=(MEANS[0],),
        cites=("multiplier-mean",),
        data={"means": {b: sympy.S.One}},
    ),
    Step(
        "centred-product",
        "Cov(b, b') is E b b' - 1",
        "expectation",
        sympy.Eq(CENTRED, JOINT - 1, evaluate=False),
        given=MEANS,
        cites=("multiplier-mean", "pair"),
        data={"means": {b: sympy.S.One, other: sympy.S.One}},
    ),
    Step(
        "covariance",
        "so the covariance is known",
        "smt",
        COVARIANCE.relation,
        given=(
            *(sympy.Eq(covariance, CENTRED), sympy.Eq(CENTRED, JOINT - 1, evaluate=False), SECOND, *KEPT),
            sympy.Eq(both(entries - 1), (entries - 1) * JOINT),
            sympy.Eq(both(entries - 1), Expectation(b * (entries - b))),
            sympy.Eq(Expectation(b * (entries - b)), entries - Expectation(b**2), evaluate=False),
            PAIR.relation,
        ),
        cites=("pair", "centred-product", "multiplier-second", "all-others", "exactly-t", "fixed-sum"),
    ),
)
LAST = (later - 1) * term
SQUARED = Expectation((partial + LAST) ** 2)
CROSS, SQUARE = Expectation(partial * (later - 1)), Expectation((later - 1) ** 2)
NEXT = (
    sympy.Eq(running(m), Expectation(partial**2)),
    sympy.Eq(running(m + 1), SQUARED),
    sympy.Eq(SQUARE, spread),
    sympy.Eq(sums(m + 1), sums(m) + term),
    sympy.Eq(parts(m + 1), parts(m) + term**2),
    sympy.Eq(cross(0), 0),
    sympy.Eq(cross(m), CROSS),
)
EXPANDED = sympy.Eq(SQUARED, Expectation(partial**2) + 2 * term * CROSS + term**2 * SQUARE, evaluate=False)
MIXED = Expectation((so_far + (now - 1) * earlier) * (later - 1))
BEFORE, PAIR_OF = Expectation(so_far * (later - 1)), Expectation((now - 1) * (later - 1))
ONE_MORE = (
    sympy.Eq(cross(i), BEFORE),
    sympy.Eq(cross(i + 1), MIXED),
    sympy.Eq(PAIR_OF, covariance),
    sympy.Eq(sums(i + 1), sums(i) + earlier),
)
MIXED_APART = sympy.Eq(MIXED, BEFORE + earlier * PAIR_OF, evaluate=False)
CROSS_GROWS = sympy.Eq(cross(i + 1), cross(i) + covariance * (sums(i + 1) - sums(i)))
CROSS_TERM = sympy.Eq(cross(m), covariance * sums(m))
STEP = sums(m + 1) - sums(m)
GROWS = (
    sympy.Eq(running(m + 1), running(m) + 2 * covariance * sums(m) * STEP + spread * STEP**2),
    sympy.Eq(parts(m + 1), parts(m) + STEP**2),
)
ENDS = (
    *(sympy.Eq(sums(0), 0), sympy.Eq(parts(0), 0), sympy.Eq(running(0), 0)),
    *(sympy.Eq(sums(entries), total), sympy.Eq(parts(entries), squares), sympy.Eq(running(entries), v)),
)
HYPOTHESIS = sympy.Eq(running(m), spread * parts(m) + covariance * (sums(m) ** 2 - parts(m)))
WHOLE = HYPOTHESIS.subs(m, entries)
ROW = (
    Step("row", "the row's sums, entry by entry", "let", sympy.And(*ENDS)),
    Step(
        "entry",
        "let m entries be summed",
        "let",
        sympy.And(sympy.Ge(m, 0), sympy.Le(m, entries - 1)),
        cites=("row",),
    ),
    Step(
        "next-entry",
        "the next has multiplier b_m and w x = a_m; c(i) is the mean of (b_m - 1) times the deviation of the first i",
        "let",
        sympy.And(*NEXT),
        cites=("entry", "row"),
    ),
    Step("earlier-entry", "let i < m", "let", sympy.And(sympy.Ge(i, 0), sympy.Le(i, m - 1)), cites=("next-entry",)),
    Step(
        "earlier-pair",
        "entry i adds (b_i - 1) a_i to the deviation, and all pairs have one covariance",
        "let",
        sympy.And(*ONE_MORE),
        cites=("earlier-entry",),
    ),
    Step(
        "mixed",
        "expectations are linear",
        "expectation",
        MIXED_APART,
        data={"fixed": (earlier,)},
    ),
    Step(
        "cross-grows",
        "so c grows by the covariance times a_i",
        "smt",
        CROSS_GROWS,
        given=(*ONE_MORE, MIXED_APART),
        cites=("earlier-pair", "mixed"),
    ),
    Step(
        "cross-term",
        "and c(m) is the covariance times the sum",
        "finite-induction",
        CROSS_TERM,
        given=(sympy.Eq(cross(0), 0), sympy.Eq(sums(0), 0), sympy.Ge(m, 0)),
        cites=("cross-grows", "next-entry", "row"),
        data={
            "variable": i,
            "start": sympy.Integer(0),
            "until": m,
            "hypothesis": sympy.Eq(cross(i), covariance * sums(i)),
            "recursion": (CROSS_GROWS,),
        },
    ),
    Step("squared", "expectations are linear", "expectation", EXPANDED, data={"fixed": (term,)}),
    Step(
        "variance-grows",
        "so the variance grows by twice the cross term and the multiplier's variance times a_m^2",
        "smt",
        sympy.And(*GROWS),
        given=(*NEXT[:5], NEXT[6], EXPANDED, CROSS_TERM),
        cites=("next-entry", "squared", "cross-term"),
    ),
    Step(
        "whole-row",
        "over the whole row",
        "finite-induction",
        WHOLE,
        given=ENDS[:3],
        cites=("variance-grows", "row"),
        data={
            "variable": m,
            "start": sympy.Integer(0),
            "until": entries,
            "hypothesis": HYPOTHESIS,
            "recursion": GROWS,
        },
    ),
    Step(
        "variance",
        "with the multipliers' variance and covariance",
        "smt",
        VARIANCE.relation,
        given=(WHOLE, *ENDS[3:], SPREAD.relation, COVARIANCE.relation, *KEPT, PAIR.relation),
        cites=("whole-row", "row", "multiplier-variance", "covariance"),
    ),
    Step(
        "bound",
        "the squared sum is not negative",
        "smt",
        BOUND.relation,
        given=(VARIANCE.relation, *KEPT, PAIR.relation),
        cites=("variance", "at-most-all", "some-kept", "two-entries"),
    ),
)
PROOFS = {
    ("sharp-exact-counts", "printed"): (draw((AT_MOST_ALL.relation,), ("at-most-all",)),),
    ("sharp-exact-counts", "corrected"): (draw(KEPT, ("at-most-all", "some-kept")), *PAIRS, *ROW),
}
