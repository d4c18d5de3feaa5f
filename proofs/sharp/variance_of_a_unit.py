"""The variance of one unit: how much its random deviation zeta spreads behind the activation."""

import sympy

from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bias_of_a_unit import CENTRED, UNIT_VARIABLES
from .notation import (
    NONNEGATIVE_REALS,
    bias,
    bias_below,
    curvature,
    fourth_moment,
    leak,
    lipschitz,
    second_derivative,
    sixth_moment,
    slope,
    third_derivative,
    third_moment,
    unit_variance,
    v,
    z,
)

# Slopes below zero for which the kinked activation is 1-Lipschitz and no straight line.
KINKED = sympy.Interval.Ropen(-1, 1)
SLOPE = (sympy.Abs(slope) * sympy.sqrt(v) + curvature / 2 * sympy.sqrt(fourth_moment)) ** 2
QUADRATIC = slope**2 * v + slope * second_derivative * third_moment + second_derivative**2 * (fourth_moment - v**2) / 4
SLOPE_CENTRED = (sympy.sqrt(QUADRATIC) + third_derivative * sympy.sqrt(sixth_moment) / 6) ** 2
KINK = v - 2 * bias_below * (bias_below / (1 - leak) + sympy.Abs(z))
# Variance of |z + zeta| if the bias is the lower bound.
FOLDED = v - 4 * bias_below / (1 - leak) * (bias_below / (1 - leak) + sympy.Abs(z))
KINK_TIGHT = ((1 + leak) * sympy.sqrt(v) + (1 - leak) * sympy.sqrt(sympy.Max(0, FOLDED))) ** 2 / 4

BELOW = Assumption(
    "bias-below", sympy.Le(bias_below, bias), "b_0 is at most the unit's bias", only_for=("kink", "kink-tight")
)
CLAIMS = (
    Claim("lipschitz", Sense.UPPER, sympy.Le(unit_variance, lipschitz**2 * v), "where phi is L-Lipschitz"),
    Claim("slope", Sense.UPPER, sympy.Le(unit_variance, SLOPE), "where phi' is C-Lipschitz"),
    Claim(
        "slope-centred",
        Sense.UPPER,
        sympy.Le(unit_variance, SLOPE_CENTRED),
        "where phi'' is C_3-Lipschitz: the variance of the second-order expansion is known",
    ),
    Claim("kink", Sense.UPPER, sympy.Le(unit_variance, KINK), "where phi has slope 1 above zero and s below"),
    Claim("kink-tight", Sense.UPPER, sympy.Le(unit_variance, KINK_TIGHT), "there, and never above that"),
)

STATEMENT = Statement(
    id="sharp-variance-of-a-unit",
    title="The variance of a unit",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 2", page=2),
    variables=(
        *UNIT_VARIABLES,
        Variable(sixth_moment, NONNEGATIVE_REALS, "sixth moment of zeta"),
        Variable(lipschitz, NONNEGATIVE_REALS, "Lipschitz constant of phi"),
        Variable(leak, KINKED, "slope of phi below zero, where it is 1 above"),
        Variable(bias, sympy.S.Reals, "mean of phi(z + zeta) - phi(z)"),
        Variable(bias_below, NONNEGATIVE_REALS, "lower bound on it"),
        Variable(unit_variance, NONNEGATIVE_REALS, "variance of phi(z + zeta) - phi(z)"),
    ),
    variants={"printed": Variant(assumptions=(CENTRED, BELOW), claims=CLAIMS)},
)
