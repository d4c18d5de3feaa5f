"""The deviation of a unit behind a smooth activation phi: Taylor's theorem, and the range of the slopes."""

import sympy

from boundcheck.core.derivatives import PLACE, constant_of
from boundcheck.core.operators import Expectation, Lipschitz
from boundcheck.core.step import Step

from .bias_of_a_unit import CENTRED, CLAIMS, zeta
from .in_the_mean import linear, within, within_the_mean
from .notation import (
    bias,
    curvature,
    fourth_moment,
    second_derivative,
    slope,
    slope_range,
    third_derivative,
    third_moment,
    v,
    z,
)

phi, slope_of_phi, bend_of_phi = (sympy.Function(name, real=True) for name in ("phi", "phi'", "phi''"))
middle = sympy.Symbol("c", real=True)
SUM = z + zeta
DEVIATION = phi(SUM) - phi(z)
CLAIM = {claim.id: claim.relation for claim in CLAIMS}
CENTRE = CENTRED.relation
MEANS = {zeta: sympy.Integer(0)}
SECOND = sympy.Eq(v, Expectation(zeta**2))
THIRD = sympy.Eq(third_moment, Expectation(zeta**3))
FOURTH = sympy.Eq(fourth_moment, Expectation(zeta**4))
IS_BIAS = sympy.Eq(bias, Expectation(DEVIATION))
SMOOTH = sympy.Le(constant_of(phi, 1), curvature)
SMOOTHER = sympy.Le(constant_of(phi, 2), third_derivative)
DERIVATIVES = sympy.And(sympy.Eq(slope, slope_of_phi(z)), sympy.Eq(second_derivative, bend_of_phi(z)))
STRAIGHTENED = sympy.Lambda(PLACE, phi(PLACE) - middle * PLACE)
SLOPES = sympy.Le(Lipschitz(STRAIGHTENED), slope_range)
UNIT = Step(
    "unit",
    "the moments of zeta, the bias, and what the activation's constants bound",
    "meaning",
    sympy.And(SECOND, THIRD, FOURTH, IS_BIAS, SMOOTH, SMOOTHER, SLOPES, DERIVATIVES),
)
FIRST_ORDER = DEVIATION - slope_of_phi(z) * zeta
SECOND_ORDER = FIRST_ORDER - bend_of_phi(z) * zeta**2 / 2
CUBE = sympy.Abs(zeta) * zeta**2


def taylor(order: int, rest: sympy.Expr, bound: sympy.Expr, constant: sympy.Basic) -> tuple[Step, ...]:
    """|rest| <= bound, the statement's constant in the place of the Lipschitz constant."""
    lemma = sympy.Le(
        sympy.Abs(rest, evaluate=False),
        constant_of(phi, order) * sympy.Abs(zeta) ** (order + 1) / sympy.factorial(order + 1),
    )
    instance = {"phi": phi, "order": order, "a": z, "h": zeta}
    data = {"lemma": "taylor", "instance": instance}
    return (
        Step(f"taylor-{order}", "Taylor's theorem at z", "named-lemma", lemma, data=data),
        Step(
            f"rest-{order}",
            "with the activation's constant",
            "smt",
            sympy.Le(sympy.Abs(rest), bound),
            (lemma, constant),
            (f"taylor-{order}", "unit"),
        ),
    )


def _mean_of_the_rest(order: int, rest: sympy.Expr, bound: sympy.Expr, apart: sympy.Expr) -> tuple[Step, ...]:
    return (
        *within(f"rest-{order}", rest, bound, sympy.Le(sympy.Abs(rest), bound), (f"rest-{order}",)),
        linear(f"rest-{order}-mean", "the first-order term has mean zero", rest, MEANS, apart, ("centred",)),
    )


BOUND_1, BOUND_2 = curvature * zeta**2 / 2, third_derivative * CUBE / 6
APART_1 = Expectation(DEVIATION)
APART_2 = Expectation(DEVIATION) - second_derivative * v / 2
BENT = sympy.Eq(Expectation(SECOND_ORDER), Expectation(DEVIATION) - bend_of_phi(z) * Expectation(zeta**2) / 2)
CURVATURE = (
    *taylor(1, FIRST_ORDER, BOUND_1, SMOOTH),
    *_mean_of_the_rest(1, FIRST_ORDER, BOUND_1, APART_1),
    linear("bound-1-mean", "E C zeta^2/2 = C v/2", BOUND_1, {}, curvature * Expectation(zeta**2) / 2),
    Step(
        "curvature",
        "which is the claim",
        "smt",
        CLAIM["curvature"],
        (
            within_the_mean(FIRST_ORDER, BOUND_1),
            sympy.Eq(Expectation(FIRST_ORDER), APART_1, evaluate=False),
            sympy.Eq(Expectation(BOUND_1), curvature * Expectation(zeta**2) / 2, evaluate=False),
            *(IS_BIAS, SECOND),
        ),
        ("rest-1-in-the-mean", "rest-1-mean", "bound-1-mean", "unit"),
    ),
)
THIRD_SIZE = sympy.Le(
    sympy.Abs(Expectation(CUBE), evaluate=False), sympy.sqrt(Expectation(zeta**2)) * sympy.sqrt(Expectation(zeta**4))
)
CENTRED_CLAIM = (
    *taylor(2, SECOND_ORDER, BOUND_2, SMOOTHER),
    *_mean_of_the_rest(2, SECOND_ORDER, BOUND_2, BENT.rhs),
    linear("bound-2-mean", "C_3 is not random", BOUND_2, {}, third_derivative * Expectation(CUBE) / 6),
    Step(
        "third-moment-of-the-size",
        "E|zeta|^3 <= sqrt(E zeta^2 E zeta^4)",
        "named-lemma",
        THIRD_SIZE,
        data={"lemma": "cauchy-schwarz", "instance": {"X": sympy.Abs(zeta), "Y": zeta**2}},
    ),
    Step(
        "centred-claim",
        "which is the claim",
        "smt",
        CLAIM["centred"],
        (
            within_the_mean(SECOND_ORDER, BOUND_2),
            sympy.Eq(Expectation(SECOND_ORDER), BENT.rhs, evaluate=False),
            sympy.Eq(Expectation(BOUND_2), third_derivative * Expectation(CUBE) / 6, evaluate=False),
            THIRD_SIZE,
            *(IS_BIAS, SECOND, FOURTH, DERIVATIVES),
        ),
        ("rest-2-in-the-mean", "rest-2-mean", "bound-2-mean", "third-moment-of-the-size", "unit"),
    ),
)
TILTED = DEVIATION - middle * zeta
TILTED_BOUND = slope_range * sympy.Abs(zeta)
TILT = sympy.Le(
    sympy.Abs(STRAIGHTENED(SUM) - STRAIGHTENED(z), evaluate=False), Lipschitz(STRAIGHTENED) * sympy.Abs(zeta)
)
ROOT = sympy.Le(Expectation(sympy.Abs(zeta)), sympy.sqrt(Expectation(zeta**2)))
RANGE = (
    Step(
        "straightened",
        "phi(y) - c y changes by at most g |zeta|",
        "named-lemma",
        TILT,
        data={"lemma": "lipschitz", "instance": {"f": STRAIGHTENED, "a": SUM, "b": z}},
    ),
    Step(
        "tilted",
        "that is phi(z + zeta) - phi(z) - c zeta",
        "smt",
        sympy.Le(sympy.Abs(TILTED), TILTED_BOUND),
        (TILT, SLOPES),
        ("straightened", "unit"),
    ),
    *within("tilted", TILTED, TILTED_BOUND, sympy.Le(sympy.Abs(TILTED), TILTED_BOUND), ("tilted",)),
    linear("tilted-mean", "c zeta has mean zero", TILTED, MEANS, APART_1, ("centred",), (middle,)),
    linear("tilted-bound-mean", "g is not random", TILTED_BOUND, {}, slope_range * Expectation(sympy.Abs(zeta))),
    Step(
        "mean-size",
        "E|zeta| <= sqrt(E zeta^2)",
        "named-lemma",
        ROOT,
        data={
            "lemma": "jensen",
            "instance": {"function": sympy.Lambda(PLACE, sympy.sqrt(PLACE)), "X": zeta**2},
        },
    ),
    Step(
        "slopes",
        "which is the claim",
        "smt",
        CLAIM["slopes"],
        (
            within_the_mean(TILTED, TILTED_BOUND),
            sympy.Eq(Expectation(TILTED), APART_1, evaluate=False),
            sympy.Eq(Expectation(TILTED_BOUND), slope_range * Expectation(sympy.Abs(zeta)), evaluate=False),
            *(ROOT, IS_BIAS, SECOND),
        ),
        ("tilted-in-the-mean", "tilted-mean", "tilted-bound-mean", "mean-size", "unit"),
    ),
)
