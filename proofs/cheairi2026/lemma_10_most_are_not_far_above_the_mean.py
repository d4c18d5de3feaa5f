"""Lemma 10: at least a fraction 1 - 1/eta of nonnegative numbers are at most eta times their mean."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, eta

size = Named("|S|", r"|\mathcal{S}|", integer=True, positive=True)
small = Named("|S(eta)|", r"|\mathcal{S}(\eta)|", integer=True, nonnegative=True)
mu = sympy.Symbol("mu", nonnegative=True)
mean = Named("mean a", r"\bar a", nonnegative=True)
least = Named("min a", r"\min_k a_k", real=True)

STATEMENT = Statement(
    id="lemma-10",
    title="Most of finitely many nonnegative numbers are not far above their mean",
    kind=Kind.LEMMA,
    source=Source("Lemma 10", page=23, arxiv="Lemma 3"),
    variables=(
        Variable(size, POSITIVE_INTEGERS, "how many numbers a_k there are (at least one, or there is no mean)"),
        Variable(small, sympy.S.Naturals0, "how many of them are at most eta mu"),
        Variable(least, sympy.S.Reals, "their minimum"),
        Variable(mean, NONNEGATIVE_REALS, "their mean"),
        Variable(mu, NONNEGATIVE_REALS, "bound on the mean; zero is allowed and makes every a_k zero"),
        Variable(eta, sympy.Interval(1, sympy.oo), "factor"),
    ),
    variants={
        "printed": Variant(
            assumptions=(
                Assumption("nonnegative", sympy.Ge(least, 0), "every a_k is at least zero"),
                Assumption("mean", sympy.Ge(mu, mean), "mu is at least the mean"),
                Assumption("factor", sympy.Ge(eta, 1), "eta is at least one"),
            ),
            claims=(
                Claim(
                    id="count",
                    sense=Sense.LOWER,
                    relation=sympy.Ge(small, (1 - 1 / eta) * size),
                    meaning="|S(eta)| >= (1 - 1/eta) |S| with S(eta) = {k : a_k <= eta mu}",
                ),
            ),
        )
    },
)
