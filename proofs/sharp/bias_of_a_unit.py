"""The bias of one unit: what its random deviation zeta does in the mean behind the activation."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import (
    NONNEGATIVE_REALS,
    bias,
    curvature,
    fourth_moment,
    leak,
    second_derivative,
    slope,
    slope_range,
    third_derivative,
    third_moment,
    v,
    z,
)

zeta = sympy.Symbol("zeta", real=True)
# Slopes below zero of an activation that is 1-Lipschitz with slope 1 above: it is convex, or straight.
CONVEX = sympy.Interval(-1, 1)
SECOND_MOMENT = v + z**2
FOURTH_MOMENT = z**4 + 6 * z**2 * v + 4 * z * third_moment + fourth_moment
AT_REST = sympy.Eq(SECOND_MOMENT, 0, evaluate=False)
KINK_ABOVE = sympy.Piecewise((0, AT_REST), ((1 - leak) * v / (2 * (sympy.sqrt(SECOND_MOMENT) + sympy.Abs(z))), True))
KINK_BELOW = sympy.Piecewise(
    (0, AT_REST),
    (
        (1 - leak) / 2 * sympy.Max(0, SECOND_MOMENT ** sympy.Rational(3, 2) / sympy.sqrt(FOURTH_MOMENT) - sympy.Abs(z)),
        True,
    ),
)

CENTRED = Assumption("centred", sympy.Eq(Expectation(zeta), 0), "the deviation has mean zero")
UNIT_VARIABLES = (
    Variable(z, sympy.S.Reals, "the unit's dense preactivation"),
    Variable(zeta, None, "the random deviation of its preactivation, a real number"),
    Variable(v, NONNEGATIVE_REALS, "variance of zeta"),
    Variable(fourth_moment, NONNEGATIVE_REALS, "fourth moment of zeta"),
    Variable(curvature, NONNEGATIVE_REALS, "Lipschitz constant of phi', if phi has a derivative"),
    Variable(third_derivative, NONNEGATIVE_REALS, "Lipschitz constant of phi'', if phi has a second derivative"),
    Variable(slope, sympy.S.Reals, "phi'(z)"),
    Variable(second_derivative, sympy.S.Reals, "phi''(z)"),
    Variable(third_moment, sympy.S.Reals, "third moment of zeta"),
)
CLAIMS = (
    Claim("curvature", Sense.UPPER, sympy.Le(sympy.Abs(bias), curvature * v / 2), "where phi' is C-Lipschitz"),
    Claim(
        "slopes",
        Sense.UPPER,
        sympy.Le(sympy.Abs(bias), slope_range * sympy.sqrt(v)),
        "where phi is g-Lipschitz but for a straight line",
    ),
    Claim(
        "centred",
        Sense.UPPER,
        sympy.Le(sympy.Abs(bias - second_derivative * v / 2), third_derivative * sympy.sqrt(v * fourth_moment) / 6),
        "where phi'' is C_3-Lipschitz: the second-order term is known",
    ),
    Claim(
        "kink-above",
        Sense.UPPER,
        sympy.Le(bias, KINK_ABOVE),
        "where phi has slope 1 above zero and s <= 1 below: Scarf's bound",
    ),
    Claim("kink-from-zero", Sense.LOWER, sympy.Ge(bias, 0), "there, as phi is convex"),
    Claim("kink-below", Sense.LOWER, sympy.Ge(bias, KINK_BELOW), "there, by Hoelder's inequality"),
)

STATEMENT = Statement(
    id="sharp-bias-of-a-unit",
    title="The bias of a unit",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 2", page=2),
    variables=(
        *UNIT_VARIABLES,
        Variable(slope_range, NONNEGATIVE_REALS, "Lipschitz constant of phi(y) - c y for some c"),
        Variable(leak, CONVEX, "slope of phi below zero, where it is 1 above"),
        Variable(bias, sympy.S.Reals, "mean of phi(z + zeta) - phi(z)"),
    ),
    variants={"printed": Variant(assumptions=(CENTRED,), claims=CLAIMS)},
)
