"""Keeping exactly t of the T entries of a row, uniformly, scaled by T/t: the variance of the row's deviation."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Consequence,
    Correction,
    Kind,
    Sense,
    Source,
    Statement,
    Variable,
    Variant,
)

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, pruned, v, weight

entries = sympy.Symbol("T", integer=True, positive=True)
left = sympy.Symbol("t", integer=True, nonnegative=True)
mean = Named("E h", r"\mathbb{E} h", real=True)
spread = Named("Var(b_j)", r"\operatorname{Var}(b_j)", nonnegative=True)
covariance = Named("Cov(b_i, b_j)", r"\operatorname{Cov}(b_i, b_j)", real=True)
squares = Named("sum_j (w_j x_j)^2", r"\sum_j (w_j x_j)^2", nonnegative=True)
total = Named("sum_j w_j x_j", r"\sum_j w_j x_j", real=True)
BERNOULLI = pruned(left / entries)

AT_MOST_ALL = Assumption("at-most-all", sympy.Le(left, entries), "no more are kept than there are")
SOME = Assumption("some-kept", sympy.Ge(left, 1), "at least one entry of the row is kept")
PAIR = Assumption(
    "two-entries",
    sympy.Ge(entries, 2),
    "the row has at least two entries",
    only_for=("covariance", "variance", "bound"),
)
MEAN = Claim("mean", Sense.EQUALITY, sympy.Eq(mean, weight), "a draw has its weight as mean")
SPREAD = Claim(
    "multiplier-variance",
    Sense.EQUALITY,
    sympy.Eq(spread, BERNOULLI),
    "variance of one multiplier, T/t if its entry is kept, else 0",
)
COVARIANCE = Claim(
    "covariance", Sense.EQUALITY, sympy.Eq(covariance, -BERNOULLI / (entries - 1)), "covariance of two multipliers"
)
VARIANCE = Claim(
    "variance",
    Sense.EQUALITY,
    sympy.Eq(v, BERNOULLI * (entries * squares - total**2) / (entries - 1)),
    "variance of the row's deviation zeta",
)
BOUND = Claim(
    "bound",
    Sense.UPPER,
    sympy.Le(v, entries / (entries - 1) * BERNOULLI * squares),
    "at most T/(T - 1) times the variance for independent draws",
)

STATEMENT = Statement(
    id="sharp-exact-counts",
    title="Exact counts: variance of a row",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, exact counts", page=4),
    variables=(
        Variable(entries, POSITIVE_INTEGERS, "entries of the row"),
        Variable(left, sympy.S.Naturals0, "how many of them are kept"),
        Variable(weight, sympy.S.Reals, "one of the weights"),
        Variable(mean, sympy.S.Reals, "mean of the draw in its place"),
        Variable(spread, NONNEGATIVE_REALS, "variance of a multiplier"),
        Variable(covariance, sympy.S.Reals, "covariance of two multipliers"),
        Variable(v, NONNEGATIVE_REALS, "variance of zeta = sum_j (b_j - 1) w_j x_j"),
        Variable(squares, NONNEGATIVE_REALS, "sum over the row of (w_j x_j)^2"),
        Variable(total, sympy.S.Reals, "the row's preactivation, sum over the row of w_j x_j"),
    ),
    variants={
        "printed": Variant(assumptions=(AT_MOST_ALL,), claims=(MEAN,)),
        "corrected": Variant(
            assumptions=(AT_MOST_ALL, SOME, PAIR),
            claims=(MEAN, SPREAD, COVARIANCE, VARIANCE, BOUND),
            corrections=(
                Correction(
                    "at least one entry of the row is kept",
                    "A row of which nothing is kept is zero, whatever it is scaled by, and its mean is not the row.",
                    Consequence.CONDITION,
                    "section 4, exact counts",
                    "some-kept",
                    ("mean",),
                ),
            ),
        ),
    },
)
