"""The variance of a unit: at most the mean square of its deviation, by first and second order, and with a kink."""

import sympy

from boundcheck.core.derivatives import PLACE
from boundcheck.core.operators import Expectation, Lipschitz
from boundcheck.core.step import Step

from .bias_of_a_unit import zeta
from .in_the_mean import linear
from .kinked_unit import FOLD, FOLDED, FOLDED_BIAS, IS_KINKED_BIAS, KINK, KINKS, SQUARE, folded, psi
from .notation import (
    bias,
    curvature,
    leak,
    lipschitz,
    sixth_moment,
    third_derivative,
    unit_variance,
    v,
    z,
)
from .smooth_unit import (
    CENTRE,
    CUBE,
    DERIVATIVES,
    DEVIATION,
    FIRST_ORDER,
    FOURTH,
    IS_BIAS,
    SECOND,
    SECOND_ORDER,
    SMOOTH,
    SMOOTHER,
    SUM,
    THIRD,
    bend_of_phi,
    phi,
    slope_of_phi,
    taylor,
)
from .variance_of_a_unit import BELOW, CLAIMS, QUADRATIC
from .variance_of_a_unit import FOLDED as LEAST_FOLDED

fold_mean, one, other = sympy.symbols("E|y| u_1 u_2", real=True)
CLAIM = {claim.id: claim.relation for claim in CLAIMS}
SIXTH = sympy.Eq(sixth_moment, Expectation(zeta**6))
IS_VARIANCE = sympy.Eq(unit_variance, Expectation(DEVIATION**2) - bias**2)
WHOLE = sympy.Lambda(PLACE, phi(PLACE))
BOUNDED = sympy.Le(Lipschitz(WHOLE), lipschitz)
UNIT = Step(
    "unit",
    "the moments of zeta, bias and variance, and what the activation's constants bound",
    "meaning",
    sympy.And(*(SECOND, THIRD, FOURTH, SIXTH), *(IS_BIAS, IS_VARIANCE, BOUNDED, SMOOTH, SMOOTHER, DERIVATIVES)),
)


def mean_square(
    name: str, inner: sympy.Expr, pointwise: sympy.Basic, square: sympy.Expr, cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """From |inner| <= its bound, whose square is ``square``, to E inner^2 <= E square."""
    squared = sympy.Le(inner**2, square)
    return (
        Step(f"{name}-squared", "squared", "smt", squared, (pointwise,), cites),
        Step(
            f"{name}-mean-square",
            "and in the mean",
            "expectation",
            sympy.Le(Expectation(inner**2), Expectation(square)),
            (squared,),
            (f"{name}-squared",),
        ),
    )


def correlated(name: str, one: sympy.Expr, other: sympy.Expr) -> Step:
    """|E one other| <= sqrt(E one^2) sqrt(E other^2)."""
    right = sympy.sqrt(Expectation(one**2)) * sympy.sqrt(Expectation(other**2))
    conclusion = sympy.Le(sympy.Abs(Expectation(one * other), evaluate=False), right)
    data = {"lemma": "cauchy-schwarz", "instance": {"X": one, "Y": other}}
    return Step(name, "the two parts together", "named-lemma", conclusion, data=data)


CHANGE = sympy.Le(sympy.Abs(DEVIATION, evaluate=False), Lipschitz(WHOLE) * sympy.Abs(zeta))
WITHIN = sympy.Le(sympy.Abs(DEVIATION), lipschitz * sympy.Abs(zeta))
SCALED = lipschitz**2 * zeta**2
BY_LIPSCHITZ = (
    Step(
        "change",
        "the activation moves by at most Lip(phi) |zeta|",
        "named-lemma",
        CHANGE,
        data={"lemma": "lipschitz", "instance": {"f": WHOLE, "a": SUM, "b": z}},
    ),
    Step("within", "Lip(phi) <= L", "smt", WITHIN, (CHANGE, BOUNDED), ("change", "unit")),
    *mean_square("within", DEVIATION, WITHIN, SCALED, ("within",)),
    linear("scaled-mean", "L is not random", SCALED, {}, lipschitz**2 * Expectation(zeta**2)),
    Step(
        "lipschitz",
        "a variance is at most the mean square",
        "smt",
        CLAIM["lipschitz"],
        (
            *(IS_VARIANCE, SECOND, sympy.Le(Expectation(DEVIATION**2), Expectation(SCALED))),
            sympy.Eq(Expectation(SCALED), lipschitz**2 * Expectation(zeta**2), evaluate=False),
        ),
        ("unit", "within-mean-square", "scaled-mean"),
    ),
)
REST_1 = sympy.Le(sympy.Abs(FIRST_ORDER), curvature * zeta**2 / 2)
SQUARE_1 = curvature**2 * zeta**4 / 4
TOGETHER_1 = correlated("slope-and-rest", zeta, FIRST_ORDER)
APART_1 = (
    slope_of_phi(z) ** 2 * Expectation(zeta**2)
    + 2 * slope_of_phi(z) * Expectation(zeta * FIRST_ORDER)
    + Expectation(FIRST_ORDER**2)
)
BY_SLOPE = (
    *taylor(1, FIRST_ORDER, curvature * zeta**2 / 2, SMOOTH),
    *mean_square("rest-1", FIRST_ORDER, REST_1, SQUARE_1, ("rest-1",)),
    linear("square-1-mean", "C is not random", SQUARE_1, {}, curvature**2 / 4 * Expectation(zeta**4)),
    TOGETHER_1,
    linear("slope-apart", "the deviation is phi'(z) zeta plus the rest", DEVIATION**2, {}, APART_1),
    Step(
        "slope",
        "which is the claim",
        "smt",
        CLAIM["slope"],
        (
            *(IS_VARIANCE, SECOND, FOURTH, DERIVATIVES),
            sympy.Le(Expectation(FIRST_ORDER**2), Expectation(SQUARE_1)),
            sympy.Eq(Expectation(SQUARE_1), curvature**2 / 4 * Expectation(zeta**4), evaluate=False),
            TOGETHER_1.conclusion,
            sympy.Eq(Expectation(DEVIATION**2), APART_1, evaluate=False),
        ),
        ("unit", "rest-1-mean-square", "square-1-mean", "slope-and-rest", "slope-apart"),
    ),
)
REST_2 = sympy.Le(sympy.Abs(SECOND_ORDER), third_derivative * CUBE / 6)
SQUARE_2 = third_derivative**2 * zeta**6 / 36
EXPANSION = slope_of_phi(z) * zeta + bend_of_phi(z) * (zeta**2 - v) / 2
TOGETHER_2 = correlated("expansion-and-rest", EXPANSION, SECOND_ORDER)
AWAY = DEVIATION - bend_of_phi(z) * v / 2
APART_2 = Expectation(EXPANSION**2) + 2 * Expectation(EXPANSION * SECOND_ORDER) + Expectation(SECOND_ORDER**2)
AROUND = Expectation(DEVIATION**2) - bend_of_phi(z) * v * Expectation(DEVIATION) + bend_of_phi(z) ** 2 * v**2 / 4
EXPANDED = (
    slope_of_phi(z) ** 2 * Expectation(zeta**2)
    + slope_of_phi(z) * bend_of_phi(z) * (Expectation(zeta**3) - v * Expectation(zeta))
    + bend_of_phi(z) ** 2 / 4 * (Expectation(zeta**4) - 2 * v * Expectation(zeta**2) + v**2)
)
AROUND_THE_MEAN = sympy.Le(
    unit_variance, (sympy.sqrt(Expectation(EXPANSION**2)) + sympy.sqrt(Expectation(SECOND_ORDER**2))) ** 2
)
BY_SECOND_ORDER = (
    *taylor(2, SECOND_ORDER, third_derivative * CUBE / 6, SMOOTHER),
    *mean_square("rest-2", SECOND_ORDER, REST_2, SQUARE_2, ("rest-2",)),
    linear("square-2-mean", "C_3 is not random", SQUARE_2, {}, third_derivative**2 / 36 * Expectation(zeta**6)),
    TOGETHER_2,
    linear("expansion-mean-square", "the expansion's variance", EXPANSION**2, {}, EXPANDED),
    linear("expansion-apart", "the deviation less phi'' v/2 is the expansion plus the rest", AWAY**2, {}, APART_2),
    linear("around", "and the mean square around any number", AWAY**2, {}, AROUND),
    Step(
        "expansion-variance",
        "that is under the root",
        "smt",
        sympy.Eq(Expectation(EXPANSION**2), QUADRATIC),
        (sympy.Eq(Expectation(EXPANSION**2), EXPANDED, evaluate=False), SECOND, THIRD, FOURTH, DERIVATIVES, CENTRE),
        ("expansion-mean-square", "unit", "centred"),
    ),
    Step(
        "around-the-mean",
        "which is at least the variance",
        "smt",
        AROUND_THE_MEAN,
        (
            *(IS_VARIANCE, IS_BIAS, TOGETHER_2.conclusion),
            sympy.Eq(Expectation(AWAY**2), APART_2, evaluate=False),
            sympy.Eq(Expectation(AWAY**2), AROUND, evaluate=False),
        ),
        ("unit", "expansion-and-rest", "expansion-apart", "around"),
    ),
    Step(
        "rest-size",
        "the rest's root mean square",
        "smt",
        sympy.Le(sympy.sqrt(Expectation(SECOND_ORDER**2)), third_derivative * sympy.sqrt(sixth_moment) / 6),
        (
            *(SIXTH, sympy.Le(Expectation(SECOND_ORDER**2), Expectation(SQUARE_2))),
            sympy.Eq(Expectation(SQUARE_2), third_derivative**2 / 36 * Expectation(zeta**6), evaluate=False),
        ),
        ("unit", "rest-2-mean-square", "square-2-mean"),
    ),
    Step(
        "slope-centred",
        "which is the claim",
        "monotone-substitution",
        CLAIM["slope-centred"],
        (
            AROUND_THE_MEAN,
            sympy.Le(sympy.sqrt(Expectation(SECOND_ORDER**2)), third_derivative * sympy.sqrt(sixth_moment) / 6),
            sympy.Eq(Expectation(EXPANSION**2), QUADRATIC),
        ),
        ("around-the-mean", "rest-size", "expansion-variance"),
        data={
            "expression": (sympy.sqrt(one) + other) ** 2,
            "replace": {
                one: (Expectation(EXPANSION**2), QUADRATIC),
                other: (sympy.sqrt(Expectation(SECOND_ORDER**2)), third_derivative * sympy.sqrt(sixth_moment) / 6),
            },
        },
    ),
)  # fmt: skip

# With a kink the deviation is (1 + s)/2 zeta plus (1 - s)/2 (|y| - |z|), y = z + zeta; E|y| = |z| + 2 b/(1 - s).
KINKED = psi(SUM) - psi(z)
BENT = folded(SUM) - folded(z)
IS_KINKED_VARIANCE = sympy.Eq(unit_variance, Expectation(KINKED**2) - bias**2)
NAMED = sympy.Eq(fold_mean, Expectation(FOLD))
CENTRED_FOLD = FOLD - fold_mean
STRAIGHT, BEND = (1 + leak) / 2, (1 - leak) / 2
LEVEL = fold_mean - sympy.Abs(z)
FOLD_SQUARE = Expectation(SUM**2) - 2 * fold_mean * Expectation(FOLD) + fold_mean**2
TOGETHER_3 = correlated("line-and-fold", zeta, CENTRED_FOLD)
APART_3 = (
    STRAIGHT**2 * Expectation(zeta**2)
    + BEND**2 * Expectation(CENTRED_FOLD**2)
    + 2 * STRAIGHT * BEND * (Expectation(zeta * CENTRED_FOLD) + LEVEL * Expectation(zeta))
    + BEND**2 * (LEVEL**2 + 2 * LEVEL * (Expectation(FOLD) - fold_mean))
)
FOLD_VARIANCE = sympy.Eq(Expectation(CENTRED_FOLD**2), v + z**2 - fold_mean**2)
FOLD_BIAS = sympy.Eq(bias, BEND * LEVEL)
SPLIT = sympy.Le(
    unit_variance,
    STRAIGHT**2 * v + BEND**2 * Expectation(CENTRED_FOLD**2) + 2 * STRAIGHT * BEND * Expectation(zeta * CENTRED_FOLD),
)
AT_MOST = sympy.Le(Expectation(CENTRED_FOLD**2), LEAST_FOLDED)
WITH_A_KINK = (
    Step(
        "kinked-unit",
        "psi has slope 1 above zero, s below",
        "meaning",
        sympy.And(IS_KINKED_BIAS, IS_KINKED_VARIANCE, KINKS),
    ),
    *KINK[1:],
    Step(
        "folded-squares",
        "the same squared, in the mean",
        "expectation",
        sympy.Le(Expectation(KINKED**2), Expectation(BENT**2)),
        (FOLDED,),
        ("folded",),
    ),
    Step("fold-mean", "E|y|, y = z + zeta", "definition", NAMED),
    linear("fold-square", "the variance of |y|", CENTRED_FOLD**2, {}, FOLD_SQUARE, (), (fold_mean,)),
    Step(
        "fold-variance",
        "which is v + z^2 less the squared mean",
        "smt",
        FOLD_VARIANCE,
        (sympy.Eq(Expectation(CENTRED_FOLD**2), FOLD_SQUARE, evaluate=False), NAMED, SQUARE, SECOND),
        ("fold-square", "fold-mean", "second-moment", "unit"),
    ),
    linear("folds-apart", "line and fold", BENT**2, {}, APART_3, (), (fold_mean,)),
    Step(
        "split",
        "variance of the line, of the fold, and their covariance",
        "smt",
        sympy.And(SPLIT, FOLD_BIAS),
        (
            *(IS_KINKED_VARIANCE, FOLDED_BIAS, NAMED, SECOND, CENTRE),
            sympy.Le(Expectation(KINKED**2), Expectation(BENT**2)),
            sympy.Eq(Expectation(BENT**2), APART_3, evaluate=False),
        ),
        ("kinked-unit", "folded-bias", "fold-mean", "folded-squares", "folds-apart", "unit", "centred"),
    ),
    TOGETHER_3,
    Step(
        "fold-variance-bound",
        "with b_0 for b the variance of the fold is larger",
        "case-split",
        AT_MOST,
        (FOLD_VARIANCE, FOLD_BIAS, BELOW.relation),
        ("fold-variance", "split", "bias-below"),
        data={"by": ("smt", {})},
    ),
    Step(
        "kink-tight",
        "the covariance is at most the product of the two standard deviations",
        "case-split",
        CLAIM["kink-tight"],
        (SPLIT, AT_MOST, TOGETHER_3.conclusion, SECOND),
        ("split", "fold-variance-bound", "line-and-fold", "unit"),
        data={"by": ("smt", {})},
    ),
    Step(
        "kink",
        "and so at most half the sum of the variances",
        "case-split",
        CLAIM["kink"],
        (SPLIT, AT_MOST, TOGETHER_3.conclusion, SECOND),
        ("split", "fold-variance-bound", "line-and-fold", "unit"),
        data={"by": ("smt", {})},
    ),
)
PROOFS = {("sharp-variance-of-a-unit", "printed"): (UNIT, *BY_LIPSCHITZ, *BY_SLOPE, *BY_SECOND_ORDER, *WITH_A_KINK)}
