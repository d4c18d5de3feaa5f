"""The bias of a unit: Taylor's theorem for smooth activations, and the mean of |z + zeta| for those with a kink.

phi is the unit's activation; psi is the activation where it is straight on either side of zero.
"""

import sympy

from boundcheck.audit.lipschitz_lemmas import PLACE, constant_of
from boundcheck.core.operators import Expectation, Lipschitz
from boundcheck.core.step import Step

from .bias_of_a_unit import CENTRED, CLAIMS, FOURTH_MOMENT, SECOND_MOMENT, zeta
from .in_the_mean import linear, within
from .notation import (
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

phi, slope_of_phi, bend_of_phi, psi = (sympy.Function(name, real=True) for name in ("phi", "phi'", "phi''", "psi"))
middle, high, low = sympy.symbols("c a_4 a_2", real=True)
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
            sympy.Le(sympy.Abs(Expectation(FIRST_ORDER)), Expectation(BOUND_1)),
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
            sympy.Le(sympy.Abs(Expectation(SECOND_ORDER)), Expectation(BOUND_2)),
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
            sympy.Le(sympy.Abs(Expectation(TILTED)), Expectation(TILTED_BOUND)),
            sympy.Eq(Expectation(TILTED), APART_1, evaluate=False),
            sympy.Eq(Expectation(TILTED_BOUND), slope_range * Expectation(sympy.Abs(zeta)), evaluate=False),
            *(ROOT, IS_BIAS, SECOND),
        ),
        ("tilted-in-the-mean", "tilted-mean", "tilted-bound-mean", "mean-size", "unit"),
    ),
)

# With a kink: psi(y) = (1 + s) y/2 + (1 - s) |y|/2, so that the bias is (1 - s) (E|y| - |z|)/2 at y = z + zeta.
FOLD = sympy.Abs(SUM)


def kinked(y: sympy.Expr) -> sympy.Expr:
    """Slope 1 above zero and s below."""
    return sympy.Piecewise((y, y >= 0), (leak * y, True))


def folded(y: sympy.Expr) -> sympy.Expr:
    """The same by the absolute value."""
    return (1 + leak) * y / 2 + (1 - leak) * sympy.Abs(y) / 2


KINKS = sympy.And(sympy.Eq(psi(SUM), kinked(SUM)), sympy.Eq(psi(z), kinked(z)))
IS_KINKED_BIAS = sympy.Eq(bias, Expectation(psi(SUM) - psi(z)))
FOLDED = sympy.Eq(psi(SUM) - psi(z), folded(SUM) - folded(z))
FOLDED_MEAN = (1 - leak) / 2 * (Expectation(FOLD) - sympy.Abs(z))
FOLDED_BIAS = sympy.Eq(bias, FOLDED_MEAN)
SQUARE = sympy.Eq(Expectation(SUM**2), z**2 + Expectation(zeta**2))
KINK = (
    Step("kinked-unit", "psi has slope 1 above zero, s below", "meaning", sympy.And(IS_KINKED_BIAS, KINKS)),
    Step(
        "folded",
        "it is a straight line plus a multiple of the absolute value",
        "case-split",
        FOLDED,
        (KINKS,),
        ("kinked-unit",),
        data={"by": ("smt", {})},
    ),
    Step(
        "folded-above",
        "so in the mean",
        "expectation",
        sympy.Le(Expectation(psi(SUM) - psi(z)), Expectation(folded(SUM) - folded(z))),
        (FOLDED,),
        ("folded",),
    ),
    Step(
        "folded-below",
        "and the other way round",
        "expectation",
        sympy.Ge(Expectation(psi(SUM) - psi(z)), Expectation(folded(SUM) - folded(z))),
        (FOLDED,),
        ("folded",),
    ),
    linear("folded-mean", "the straight line has no bias", folded(SUM) - folded(z), MEANS, FOLDED_MEAN, ("centred",)),
    Step(
        "folded-bias",
        "so the bias is (1 - s)(E|z + zeta| - |z|)/2",
        "smt",
        FOLDED_BIAS,
        (
            IS_KINKED_BIAS,
            sympy.Le(Expectation(psi(SUM) - psi(z)), Expectation(folded(SUM) - folded(z))),
            sympy.Ge(Expectation(psi(SUM) - psi(z)), Expectation(folded(SUM) - folded(z))),
            sympy.Eq(Expectation(folded(SUM) - folded(z)), FOLDED_MEAN, evaluate=False),
        ),
        ("kinked-unit", "folded-above", "folded-below", "folded-mean"),
    ),
    linear("second-moment", "E(z + zeta)^2 = z^2 + v", SUM**2, MEANS, SQUARE.rhs, ("centred",)),
)
FOLD_ROOT = sympy.Le(Expectation(FOLD), sympy.sqrt(Expectation(SUM**2)))
ABOVE = (
    Step(
        "mean-fold",
        "E|z + zeta| <= sqrt(E(z + zeta)^2)",
        "named-lemma",
        FOLD_ROOT,
        data={"lemma": "jensen", "instance": {"function": sympy.Lambda(PLACE, sympy.sqrt(PLACE)), "X": SUM**2}},
    ),
    Step(
        "kink-above",
        "(sqrt(v + z^2) - |z|)/2 = v/(2 (sqrt(v + z^2) + |z|))",
        "case-split",
        CLAIM["kink-above"],
        (FOLDED_BIAS, FOLD_ROOT, SQUARE, SECOND),
        ("folded-bias", "mean-fold", "second-moment", "unit"),
        data={"by": ("smt", {})},
    ),
)
AT_LEAST = [sympy.Ge(Expectation(FOLD), Expectation(each)) for each in (SUM, -SUM)]
SIGNED = [sympy.Eq(Expectation(each), mean, evaluate=False) for each, mean in ((SUM, z), (-SUM, -z))]
FROM_ZERO = (
    Step("fold-above-sum", "|y| >= y", "expectation", AT_LEAST[0]),
    Step("fold-above-minus-sum", "|y| >= -y", "expectation", AT_LEAST[1]),
    linear("mean-sum", "E y = z", SUM, MEANS, z, ("centred",)),
    linear("mean-minus-sum", "E(-y) = -z", -SUM, MEANS, -z, ("centred",)),
    Step(
        "kink-from-zero",
        "E|y| >= |z|",
        "case-split",
        CLAIM["kink-from-zero"],
        (FOLDED_BIAS, *AT_LEAST, *SIGNED),
        ("folded-bias", "fold-above-sum", "fold-above-minus-sum", "mean-sum", "mean-minus-sum"),
        data={"by": ("smt", {})},
    ),
)
# 2 a_4^3 u >= 3 a_4^2 u^2 - u^4 with u = a_2 |y|: an even quartic that touches at u = a_4; a_4^2 = E y^4, a_2^2 = E y^2.
RAISED, SQUARES = 2 * high**3 * low * FOLD, 3 * high**2 * low**2 * SUM**2 - low**4 * SUM**4
TOUCHES = sympy.Ge(RAISED, SQUARES)
RAISED_MEAN = 2 * high**3 * low * Expectation(FOLD)
SQUARES_MEAN = 3 * high**2 * low**2 * Expectation(SUM**2) - low**4 * Expectation(SUM**4)
POWERS = sympy.Eq(
    Expectation(SUM**4),
    z**4 + 6 * z**2 * Expectation(zeta**2) + 4 * z * Expectation(zeta**3) + Expectation(zeta**4),
)
SPREAD_OUT = sympy.Ge(FOURTH_MOMENT, SECOND_MOMENT**2)
SQUARED = sympy.Le(Expectation(SUM**2) ** 2, Expectation(SUM**4))
NAMES = sympy.And(sympy.Eq(high, sympy.sqrt(FOURTH_MOMENT)), sympy.Eq(low, sympy.sqrt(SECOND_MOMENT)))
ROOTS = sympy.And(
    *(sympy.Ge(low, 0), sympy.Ge(high, low**2)),
    *(sympy.Eq(high**2, FOURTH_MOMENT), sympy.Eq(low**2, SECOND_MOMENT)),
)
HOELDER = sympy.Ge(high * Expectation(FOLD), low**3)
BELOW = (
    linear("fourth-moment", "E(z + zeta)^4", SUM**4, MEANS, POWERS.rhs, ("centred",)),
    Step(
        "squared",
        "(E y^2)^2 <= E y^4",
        "named-lemma",
        SQUARED,
        data={"lemma": "jensen", "instance": {"function": sympy.Lambda(PLACE, PLACE**2), "X": SUM**2}},
    ),
    Step(
        "spread-out",
        "so the fourth moment is at least the squared second",
        "smt",
        SPREAD_OUT,
        (SQUARED, SQUARE, POWERS, SECOND, THIRD, FOURTH),
        ("squared", "second-moment", "fourth-moment", "unit"),
    ),
    Step("roots-of-moments", "let a_4^2 = E y^4 and a_2^2 = E y^2", "definition", NAMES),
    Step("roots", "as they are not negative", "smt", ROOTS, (NAMES, SPREAD_OUT), ("roots-of-moments", "spread-out")),
    Step("quartic", "an even quartic touches |y| at a_4/a_2 from below", "smt", TOUCHES, (ROOTS,), ("roots",)),
    Step(
        "quartic-in-the-mean",
        "so in the mean",
        "expectation",
        sympy.Ge(Expectation(RAISED), Expectation(SQUARES)),
        (TOUCHES,),
        ("quartic",),
    ),
    linear("raised-mean", "a_4 and a_2 are not random", RAISED, {}, RAISED_MEAN, (), (high, low)),
    linear("squares-mean", "nor here", SQUARES, {}, SQUARES_MEAN, (), (high, low)),
    Step(
        "hoelder",
        "Hoelder's inequality: sqrt(E y^4) E|y| >= (E y^2)^(3/2)",
        "smt",
        HOELDER,
        (
            sympy.Ge(Expectation(RAISED), Expectation(SQUARES)),
            sympy.Eq(Expectation(RAISED), RAISED_MEAN, evaluate=False),
            sympy.Eq(Expectation(SQUARES), SQUARES_MEAN, evaluate=False),
            *(ROOTS, SQUARE, POWERS, SECOND, THIRD, FOURTH),
        ),
        ("quartic-in-the-mean", "raised-mean", "squares-mean", "roots", "second-moment", "fourth-moment", "unit"),
    ),
    Step(
        "kink-below",
        "so the bias is at least half of (1 - s) times that less |z|, and it is not negative",
        "case-split",
        CLAIM["kink-below"],
        (FOLDED_BIAS, HOELDER, ROOTS, CLAIM["kink-from-zero"]),
        ("folded-bias", "hoelder", "roots", "kink-from-zero"),
        data={"by": ("smt", {})},
    ),
)

PROOFS = {
    ("sharp-bias-of-a-unit", "printed"): (
        *(UNIT, *CURVATURE, *CENTRED_CLAIM, *RANGE),
        *(*KINK, *ABOVE, *FROM_ZERO, *BELOW),
    )
}
