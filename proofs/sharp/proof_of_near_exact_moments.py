"""Mean and variance by fits: what a fit is off has a small mean, as far out only zeta's sixth moment counts."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bias_of_a_unit import zeta
from .in_the_mean import linear, within, within_the_mean
from .near_exact_moments import (
    CLAIMS,
    FARTHER,
    FIT,
    PARABOLA,
    PARABOLA_MEAN,
    WINDOW,
    at_dense,
    far,
    fit,
    half_width,
    near,
    off,
    offset,
    square_far,
    square_fit,
    square_near,
    value,
)
from .notation import bias, sixth_moment, unit_variance, v

CLAIM = {claim.id: claim.relation for claim in CLAIMS}
SECOND = sympy.Eq(v, Expectation(zeta**2))
SIXTH = sympy.Eq(sixth_moment, Expectation(zeta**6))
DEVIATION = value + offset - at_dense
IS_BIAS = sympy.Eq(bias, Expectation(DEVIATION))
IS_VARIANCE = sympy.Eq(unit_variance, Expectation(DEVIATION**2) - Expectation(DEVIATION) ** 2)
FAR = sympy.Le(FARTHER, sympy.Abs(zeta) / half_width)
SQUARED = sympy.Le(FARTHER**2, zeta**2 / half_width**2)
SIXTH_POWER = sympy.Le(FARTHER**6, zeta**6 / half_width**6)
SETTING = (
    Step(
        "unit",
        "the moments of zeta, the bias and the variance",
        "meaning",
        sympy.And(SECOND, SIXTH, IS_BIAS, IS_VARIANCE),
    ),
    Step("farther", "z lies in the window: only zeta can lead farther", "smt", FAR, (WINDOW.relation,), ("window",)),
    Step("squares", "squared", "smt", SQUARED, (FAR,), ("farther",)),
    Step("sixth-powers", "and cubed", "smt", SIXTH_POWER, (SQUARED,), ("squares",)),
)


def _close(
    name: str, exact: sympy.Expr, fitted: sympy.Expr, least: sympy.Expr, growth: sympy.Expr
) -> tuple[tuple[Step, ...], sympy.Basic]:
    """|E exact - E fitted| <= what the fit is off, and the steps that lead there."""
    difference, bound = exact - fitted, least + growth * zeta**6 / half_width**6
    pointwise = sympy.Le(sympy.Abs(difference), bound)
    apart, bound_mean = Expectation(exact) - Expectation(fitted), least + growth * Expectation(zeta**6) / half_width**6
    conclusion = sympy.Le(sympy.Abs(apart), off(least, growth))
    steps = (
        Step(
            name,
            "so far out the fit is off by a sixth power of zeta",
            "smt",
            pointwise,
            (FIT.relation, SIXTH_POWER),
            ("fit", "sixth-powers"),
        ),
        *within(name, difference, bound, pointwise, (name,)),
        linear(f"{name}-apart", "the two means", difference, {}, apart),
        linear(f"{name}-bound", "the fit's bounds are not random", bound, {}, bound_mean),
        Step(
            f"{name}-means",
            "so the means are that close",
            "smt",
            conclusion,
            (
                within_the_mean(difference, bound),
                *(sympy.Eq(Expectation(inner), mean, evaluate=False)
                  for inner, mean in ((difference, apart), (bound, bound_mean))),
                SIXTH,
            ),
            (f"{name}-in-the-mean", f"{name}-apart", f"{name}-bound", "unit"),
        ),
    )  # fmt: skip
    return steps, conclusion


CLOSE, MEANS_CLOSE = _close("close", value, fit, near, far)
SQUARE_CLOSE, SQUARES_CLOSE = _close("square-close", value**2, square_fit, square_near, square_far)
AWAY = offset - at_dense
BIAS_APART = Expectation(value) + AWAY
SQUARE_APART = Expectation(value**2) + 2 * AWAY * Expectation(value) + AWAY**2
VARIANCE = sympy.Eq(unit_variance, Expectation(value**2) - Expectation(value) ** 2)
PROOFS = {
    ("sharp-near-exact-moments", "printed"): (
        *SETTING,
        *CLOSE,
        *SQUARE_CLOSE,
        linear("bias-apart", "r and phi(z) are not random", DEVIATION, {}, BIAS_APART),
        Step(
            "bias",
            "which is the claim",
            "smt",
            CLAIM["bias"],
            (MEANS_CLOSE, IS_BIAS, sympy.Eq(Expectation(DEVIATION), BIAS_APART, evaluate=False)),
            ("close-means", "unit", "bias-apart"),
        ),
        linear("square-apart", "nor here", DEVIATION**2, {}, SQUARE_APART),
        Step(
            "same-variance",
            "the variance is that of phi(z + zeta) - r",
            "smt",
            VARIANCE,
            (
                IS_VARIANCE,
                sympy.Eq(Expectation(DEVIATION), BIAS_APART, evaluate=False),
                sympy.Eq(Expectation(DEVIATION**2), SQUARE_APART, evaluate=False),
            ),
            ("unit", "bias-apart", "square-apart"),
        ),
        Step(
            "variance",
            "which is the claim",
            "smt",
            CLAIM["variance"],
            (VARIANCE, MEANS_CLOSE, SQUARES_CLOSE),
            ("same-variance", "close-means", "square-close-means"),
        ),
        linear(
            "second-order",
            "E zeta = 0 and v = E zeta^2",
            PARABOLA,
            {zeta: sympy.Integer(0)},
            PARABOLA_MEAN.subs(v, Expectation(zeta**2)),
            ("centred",),
        ),
        Step(
            "parabola",
            "which is the claim",
            "smt",
            CLAIM["parabola"],
            (sympy.Eq(Expectation(PARABOLA), PARABOLA_MEAN.subs(v, Expectation(zeta**2)), evaluate=False), SECOND),
            ("second-order", "unit"),
        ),
    )
}
