"""From the mean over all draws to one realization that has few nonzero draws."""

import sympy

from boundcheck.core.functions import BinomialCdf
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

from .notation import KEEP_PROBABILITIES, NONNEGATIVE_REALS, p, weight

drawn, most = sympy.symbols("T t", integer=True, nonnegative=True)
mean = Named("E f(b)", r"\mathbb{E} f(b)", nonnegative=True)
value = Named("f(b)", "f(b)", nonnegative=True)
nonzero = Named("||b||_0", r"\| b \|_0", integer=True, nonnegative=True)
stays = Named("P(h != 0)", r"\mathbb{P}(h \ne 0)", nonnegative=True)
FEW = BinomialCdf(most, drawn, p)

POSSIBLE = Assumption(
    "possible", sympy.Gt(FEW, 0), "at most t nonzero draws have positive probability", only_for=("nonzero",)
)
ROUNDED_UP = Assumption(
    "rounded-up", sympy.Eq(most, sympy.ceiling(p * drawn)), "t is p T, rounded up", only_for=("twice",)
)
NOT_ZERO = Assumption("weight-not-zero", sympy.Gt(sympy.Abs(weight), 0), "the weight is not zero", only_for=("stays",))
VALUE = Claim(
    "value",
    Sense.EXISTENCE,
    sympy.Le(value * FEW, mean),
    "some realization's value is at most the mean over the probability of at most t nonzero draws",
)
NONZERO = Claim("nonzero", Sense.EXISTENCE, sympy.Le(nonzero, most), "the same realization has at most t nonzero draws")
TWICE = Claim(
    "twice", Sense.EXISTENCE, sympy.Le(value, 2 * mean), "for t = p T, rounded up, its value is at most twice the mean"
)
STAYS = Claim("stays", Sense.EQUALITY, sympy.Eq(stays, p), "probability that the draw in place of a weight is not zero")

STATEMENT = Statement(
    id="sharp-one-realization",
    title="One realization with few nonzero draws",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 4", page=4),
    variables=(
        Variable(drawn, sympy.S.Naturals0, "number of independent draws, each nonzero with probability p"),
        Variable(most, sympy.S.Naturals0, "nonzero draws that are allowed"),
        Variable(p, KEEP_PROBABILITIES, "keep probability of one draw (bernoulli)"),
        Variable(mean, NONNEGATIVE_REALS, "mean of a nonnegative function of the draws"),
        Variable(value, NONNEGATIVE_REALS, "its value at the realization"),
        Variable(nonzero, sympy.S.Naturals0, "nonzero draws of the realization"),
        Variable(weight, sympy.S.Reals, "a weight that is drawn"),
        Variable(stays, NONNEGATIVE_REALS, "probability that its draw is not zero"),
    ),
    variants={
        "printed": Variant(assumptions=(POSSIBLE, ROUNDED_UP), claims=(VALUE, NONZERO, TWICE, STAYS)),
        "corrected": Variant(
            assumptions=(POSSIBLE, ROUNDED_UP, NOT_ZERO),
            claims=(VALUE, NONZERO, TWICE, STAYS),
            corrections=(
                Correction(
                    "only draws in place of weights that are not zero count as nonzero with probability p",
                    "The draw in place of a zero is zero, so T zeros and nonzeros give fewer than Binomial(T, p).",
                    Consequence.CONDITION,
                    "section 4",
                    "weight-not-zero",
                    ("stays",),
                ),
            ),
        ),
    },
)
