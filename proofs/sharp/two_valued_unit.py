"""A unit whose whole row is drawn: its deviation takes two values, so its bias and its variance are known."""

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

from .notation import KEEP_PROBABILITIES, NONNEGATIVE_REALS, bias, leak, p, unit_variance, z

at_kept = Named("phi(z/p)", r"\varphi(z/p)", real=True)
at_zero = Named("phi(0)", r"\varphi(0)", real=True)
at_dense = Named("phi(z)", r"\varphi(z)", real=True)
kinked_bias = Named("b(multiples)", r"b_{\mathrm{multiples}}", real=True)
first, second, chance = sympy.symbols("h_1 h_2 q", real=True)
left_alone = sympy.Symbol("beta_0", real=True)

MEAN_ONE = Assumption(
    "mean-one",
    sympy.Eq(second, (1 - chance * first) / (1 - chance)),
    "the draw is h_1 with probability q, else h_2, and has mean one",
    only_for=("multiples",),
)
NONNEGATIVE = Assumption(
    "not-negative",
    sympy.And(sympy.Ge(first, 0), sympy.Ge(second, 0)),
    "no draw is negative",
    only_for=("multiples",),
)
SCALED = Assumption(
    "bias-scaled", sympy.Eq(left_alone, 0), "the row's bias is scaled with the row", only_for=("multiples",)
)
CLAIMS = (
    Claim("mean", Sense.EQUALITY, sympy.Eq(bias, p * at_kept + (1 - p) * at_zero - at_dense), "bias of a row times h"),
    Claim(
        "variance", Sense.EQUALITY, sympy.Eq(unit_variance, p * (1 - p) * (at_kept - at_zero) ** 2), "and its variance"
    ),
    Claim(
        "multiples",
        Sense.EQUALITY,
        sympy.Eq(kinked_bias, 0),
        "an activation with slope 1 above zero and s below has no bias",
    ),
)

STATEMENT = Statement(
    id="sharp-two-valued-unit",
    title="A unit whose row is drawn",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 2", page=2),
    variables=(
        Variable(z, sympy.S.Reals, "the unit's dense preactivation, its bias included"),
        Variable(p, KEEP_PROBABILITIES, "keep probability of one draw (bernoulli)"),
        Variable(at_kept, sympy.S.Reals, "activation where the row is kept"),
        Variable(at_zero, sympy.S.Reals, "activation where it is not"),
        Variable(at_dense, sympy.S.Reals, "activation of the dense unit"),
        Variable(bias, sympy.S.Reals, "mean of phi(h z) - phi(z), h = 1/p with probability p, else 0"),
        Variable(unit_variance, NONNEGATIVE_REALS, "its variance"),
        Variable(chance, sympy.Interval.open(0, 1), "probability of the first of two values"),
        Variable(first, sympy.S.Reals, "that value"),
        Variable(second, sympy.S.Reals, "the other one"),
        Variable(leak, sympy.S.Reals, "slope below zero"),
        Variable(left_alone, sympy.S.Reals, "part of the bias that the draw does not scale"),
        Variable(kinked_bias, sympy.S.Reals, "mean of phi(h (z - beta_0) + beta_0) - phi(z) for such an h"),
    ),
    variants={
        "printed": Variant(assumptions=(MEAN_ONE,), claims=CLAIMS),
        "corrected": Variant(
            assumptions=(MEAN_ONE, NONNEGATIVE, SCALED),
            claims=CLAIMS,
            corrections=(
                Correction(
                    "no draw is negative",
                    "ReLU of a negative multiple is no multiple of ReLU, so that the means differ.",
                    Consequence.CONDITION,
                    "section 2, structured rows",
                    "not-negative",
                    ("draws-of-any-sign",),
                ),
                Correction(
                    "the bias is scaled with the row",
                    "A bias that stays as it is moves the kink, and ReLU is not linear across it.",
                    Consequence.CONDITION,
                    "section 3",
                    "bias-scaled",
                    ("bias-left-alone",),
                ),
            ),
        ),
    },
)
