"""The bias of a unit whose activation psi is straight on either side of zero: the mean of |z + zeta|, and bounds."""

import sympy

from boundcheck.core.derivatives import PLACE
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bias_of_a_unit import FOURTH_MOMENT, SECOND_MOMENT, zeta
from .in_the_mean import linear
from .notation import (
    bias,
    leak,
    z,
)
from .smooth_unit import CLAIM, FOURTH, MEANS, SECOND, SUM, THIRD

psi = sympy.Function("psi", real=True)
high, low = sympy.symbols("a_4 a_2", real=True)

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
# 2 a_4^3 u >= 3 a_4^2 u^2 - u^4 with u = a_2 |y|: an even quartic that touches at u = a_4.
# Here a_4^2 = E y^4 and a_2^2 = E y^2.
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
