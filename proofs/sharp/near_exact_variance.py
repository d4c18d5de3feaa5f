"""The variance of a unit with a kink, by characteristic functions: E y|y| from a parabola less a periodic part."""

import sympy

from boundcheck.core.operators import Expectation, Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bias_of_a_unit import CENTRED, CONVEX, zeta
from .near_exact_bias import count, near_zeta, period
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    bias,
    leak,
    sixth_moment,
    unit_variance,
    v,
    z,
)

arcs = sympy.Symbol("P", real=True)
series = Named(
    "sum_l E sin(2 pi l (z + zeta)/L)/l^3",
    r"\sum_{l = 1, 3, \ldots, 2 F - 1} \mathbb{E}\sin(2 \pi l (z + \zeta)/L)/l^{3}",
    real=True,
)
SUM = z + zeta
SIGNED_SQUARE = SUM * sympy.Abs(SUM)
SQUARED_OVERSHOOT = sympy.Rational(16, 729)
WINDOW = Assumption(
    "window",
    sympy.Le(near_zeta + sympy.Abs(z), period / 2),
    "half a period holds z and zeta up to A",
    only_for=("signed-square",),
)
AWAY = Assumption(
    "not-at-the-kink", sympy.Gt(z**2, 0), "the preactivation is not zero", only_for=("far-bias", "far-below")
)
BELOW_ZERO = Assumption("below-zero", sympy.Lt(z, 0), "the preactivation is below zero", only_for=("far-below",))
# Means of relu and of its square.
RELU = sympy.Max(z, 0) + bias
RELU_SQUARED = (z**2 + v + Expectation(SIGNED_SQUARE)) / 2
CLAIMS = (
    Claim(
        "variance",
        Sense.EQUALITY,
        sympy.Eq(
            unit_variance,
            leak**2 * v
            + (1 - leak) ** 2 * (RELU_SQUARED - RELU**2)
            + 2 * leak * (1 - leak) * (RELU_SQUARED - z * RELU),
        ),
        "where phi has slope 1 above zero and s below; b for s = 0",
    ),
    Claim(
        "signed-square",
        Sense.UPPER,
        sympy.Le(
            Expectation(SIGNED_SQUARE),
            period * z / 2
            - 2 * period**2 / sympy.pi**3 * (series - 1 / (16 * count**2))
            + 2 * SQUARED_OVERSHOOT * sixth_moment / near_zeta**4,
        ),
        "by the first F terms of a series",
    ),
    Claim(
        "far-bias",
        Sense.UPPER,
        sympy.Le(bias, sympy.Rational(5**5, 6**6) * sixth_moment / sympy.Abs(z) ** 5),
        "by zeta's sixth moment alone",
    ),
    Claim("far-above", Sense.UPPER, sympy.Le(Expectation(SIGNED_SQUARE), z**2 + v), "y|y| <= y^2"),
    Claim(
        "far-below",
        Sense.UPPER,
        sympy.Le(Expectation(SIGNED_SQUARE), -(z**2 + v) + 2 * SQUARED_OVERSHOOT * sixth_moment / z**4),
        "y|y| is -y^2 but where zeta exceeds |z|",
    ),
)

STATEMENT = Statement(
    id="sharp-near-exact-variance",
    title="The variance of a unit with a kink, by waves",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 6", page=6),
    variables=(
        Variable(z, sympy.S.Reals, "the unit's dense preactivation"),
        Variable(zeta, None, "the random deviation of its preactivation, a real number"),
        Variable(v, NONNEGATIVE_REALS, "variance of zeta"),
        Variable(sixth_moment, NONNEGATIVE_REALS, "sixth moment of zeta"),
        Variable(count, POSITIVE_INTEGERS, "number of frequencies"),
        Variable(period, NONNEGATIVE_REALS, "period of the waves"),
        Variable(near_zeta, POSITIVE_REALS, "how far zeta mostly is from zero, at most"),
        Variable(arcs, None, "L u/2 - u|u| at z + zeta, u what it is away from the nearest multiple of L"),
        Variable(series, sympy.S.Reals, "sum over the odd l"),
        Variable(leak, CONVEX, "slope of phi below zero, where it is 1 above"),
        Variable(bias, sympy.S.Reals, "mean of max(z + zeta, 0) - max(z, 0)"),
        Variable(unit_variance, NONNEGATIVE_REALS, "variance of phi(z + zeta)"),
    ),
    variants={"printed": Variant(assumptions=(CENTRED, WINDOW, AWAY, BELOW_ZERO), claims=CLAIMS)},
)
