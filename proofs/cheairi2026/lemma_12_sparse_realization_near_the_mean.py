"""Lemma 12: some realization of n coins has few heads and a value not far above the mean."""

from dataclasses import replace

import sympy

from boundcheck.core.functions import LeastDraws
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

from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    PRUNING_PARAMETERS,
    allowed_nonzeros,
    epsilon,
    excess_probability,
    gamma,
    n_0,
    p,
)

n = sympy.Symbol("n", integer=True, positive=True)
heads = Named("||b||_0", r"\| b \|_0", integer=True, nonnegative=True)
value = Named("f_n(b)", "f_n(b)", nonnegative=True)
mean = Named("E f_n(b_n)", r"\mathbb{E} f_n(b_n)", nonnegative=True)
LEAST_DRAWS = LeastDraws(gamma, p, epsilon)
TAIL = excess_probability(n)

MEAN = Assumption("mean", sympy.Le(mean, 1), "the mean of f_n(b_n) is at most one")
VALUE = Claim(
    id="value",
    sense=Sense.EXISTENCE,
    relation=sympy.Le(value, 1 + epsilon),
    meaning="some realization has f_n <= 1 + epsilon",
)
HEADS = Claim(
    id="heads",
    sense=Sense.EXISTENCE,
    relation=sympy.Le(heads, (1 + gamma) * n * p),
    meaning="the same realization has at most (1 + gamma) n p nonzero coins",
)
HEADS_COUNT = replace(HEADS, relation=sympy.Le(heads, allowed_nonzeros(n)))

STATEMENT = Statement(
    id="lemma-12",
    title="Some realization is sparse and not far above the mean",
    kind=Kind.LEMMA,
    source=Source("Lemma 12", page=24, arxiv="Lemma 5"),
    variables=(
        Variable(n, POSITIVE_INTEGERS, "number of independent coins, each nonzero with probability p"),
        Variable(n_0, POSITIVE_INTEGERS, "number of coins from which on the lemma applies"),
        *PRUNING_PARAMETERS,
        Variable(mean, NONNEGATIVE_REALS, "mean of the nonnegative function f_n"),
        Variable(value, NONNEGATIVE_REALS, "its value at the realization"),
        Variable(heads, sympy.S.Naturals0, "nonzero coins of the realization"),
    ),
    variants={
        "printed": Variant(
            assumptions=(MEAN, Assumption("draws", sympy.Ge(n, n_0), "n is at least some n_0(gamma, p, epsilon)")),
            claims=(VALUE, HEADS),
        ),
        "corrected": Variant(
            assumptions=(
                MEAN,
                Assumption(
                    "tail",
                    sympy.Le(TAIL, epsilon / (1 + epsilon)),
                    "more than (1 + gamma) n p nonzero coins have probability at most epsilon / (1 + epsilon)",
                ),
            ),
            claims=(VALUE, HEADS_COUNT),
            definitions={n_0: LEAST_DRAWS},
            corrections=(
                Correction(
                    "n >= n_0 is replaced by the tail condition at n itself, and n_0 by the least number of coins from "
                    "which on every larger number meets it; the nonzero coins are counted as an integer",
                    "The printed proof leaves the constant of its concentration inequality open, so its n_0 is no "
                    "number; what it uses is exactly this tail.",
                    Consequence.COSMETIC,
                    "Lemma 12, page 24",
                    "draws",
                ),
            ),
        ),
    },
)
