"""A unit whose row is drawn: its law written out."""

import sympy

from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Step

from .notation import bias, leak, p, unit_variance, z
from .two_valued_unit import (
    CLAIMS,
    MEAN_ONE,
    NONNEGATIVE,
    SCALED,
    at_dense,
    at_kept,
    at_zero,
    chance,
    first,
    kinked_bias,
    left_alone,
    second,
)

outcome, h = sympy.symbols("Y h", real=True)
LAW = {"law": [(p, at_kept - at_dense), (1 - p, at_zero - at_dense)], "variable": outcome}
DRAW = {"law": [(chance, first), (1 - chance, second)], "variable": h}


def kinked(y: sympy.Expr) -> sympy.Expr:
    """Slope 1 above zero and s below."""
    return (1 + leak) * y / 2 + (1 - leak) * sympy.Abs(y) / 2


DRAWN, ALL_SCALED = kinked(h * (z - left_alone) + left_alone), kinked(h * z)
IS_BIAS = sympy.Eq(kinked_bias, Expectation(DRAWN - kinked(z)))
UNIT = sympy.And(sympy.Eq(bias, Expectation(outcome)), sympy.Eq(unit_variance, Variance(outcome)), IS_BIAS)
MEANS = sympy.And(
    sympy.Eq(Expectation(outcome), CLAIMS[0].relation.rhs, evaluate=False),
    sympy.Eq(Variance(outcome), CLAIMS[1].relation.rhs, evaluate=False),
)
NO_BIAS = sympy.Eq(Expectation(DRAWN - kinked(z)), 0, evaluate=False)
SETTING = (
    Step(
        "unit",
        "Y is phi(h z) - phi(z); the activation with a kink is (1 + s) y/2 + (1 - s) |y|/2",
        "meaning",
        UNIT,
    ),
    Step("law", "Y takes two values", "finite-law", MEANS, data=LAW),
    Step("mean", "its mean", "smt", CLAIMS[0].relation, (UNIT, MEANS), ("unit", "law")),
    Step("variance", "and variance", "smt", CLAIMS[1].relation, (UNIT, MEANS), ("unit", "law")),
)
FALSE = (
    Step(
        "draws-of-any-sign",
        "E phi(h z) = phi(z) for draws of mean one and any sign",
        "finite-law",
        sympy.Eq(Expectation(ALL_SCALED - kinked(z)), 0, evaluate=False),
        (MEAN_ONE.relation,),
        ("mean-one",),
        refutes="claim",
        data=DRAW,
    ),
    Step(
        "bias-left-alone",
        "and also with a bias that is not scaled, for h = 0 and 2",
        "finite-law",
        sympy.Eq(Expectation(DRAWN - kinked(z)), 0, evaluate=False),
        (),
        (),
        refutes="claim",
        data={"law": [(sympy.Rational(1, 2), sympy.Integer(2)), (sympy.Rational(1, 2), sympy.S.Zero)], "variable": h},
    ),
)
TRUE = (
    Step(
        "scaled",
        "E phi(h z) = phi(z), as phi(h z) = h phi(z) for h >= 0 and E h = 1",
        "finite-law",
        NO_BIAS,
        (MEAN_ONE.relation, NONNEGATIVE.relation, SCALED.relation),
        ("mean-one", "not-negative", "bias-scaled"),
        data=DRAW,
    ),
)
LAST = (
    Step(
        "multiples",
        "so there is no bias",
        "smt",
        CLAIMS[2].relation,
        (IS_BIAS, NO_BIAS),
        ("unit",),
    ),
)
PROOFS = {
    ("sharp-two-valued-unit", "printed"): (*SETTING, *FALSE, *LAST),
    ("sharp-two-valued-unit", "corrected"): (*SETTING, *TRUE, *LAST),
}
