"""The variance by waves: moments of |y| and y|y| are all it takes, and those are periodic but far out."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bias_of_a_unit import zeta
from .in_the_mean import linear
from .near_exact_bias import count, near_zeta, period
from .near_exact_variance import (
    AWAY,
    BELOW_ZERO,
    CLAIMS,
    SIGNED_SQUARE,
    SQUARED_OVERSHOOT,
    SUM,
    WINDOW,
    arcs,
    series,
)
from .notation import bias, leak, sixth_moment, unit_variance, v, z

CLAIM = {claim.id: claim.relation for claim in CLAIMS}
MEANS = {zeta: sympy.Integer(0)}
SIZE = sympy.Abs(SUM)
SECOND, SIXTH = sympy.Eq(v, Expectation(zeta**2)), sympy.Eq(sixth_moment, Expectation(zeta**6))
RISE = (zeta + SIZE - sympy.Abs(z)) / 2
DEVIATION = leak * zeta + (1 - leak) * RISE
IS_BIAS = sympy.Eq(bias, Expectation(RISE))
IS_VARIANCE = sympy.Eq(unit_variance, Expectation(DEVIATION**2) - Expectation(DEVIATION) ** 2)
RISE_MEAN = (Expectation(SIZE) - sympy.Abs(z)) / 2
SQUARE_MEAN = (
    (1 + leak) ** 2 / 4 * Expectation(zeta**2)
    + (1 - leak**2) / 2 * Expectation(zeta * SIZE)
    + (1 - leak) ** 2 / 4 * (2 * z**2 + Expectation(zeta**2) - 2 * sympy.Abs(z) * Expectation(SIZE))
)
SIGNED_MEAN = z * Expectation(SIZE) + Expectation(zeta * SIZE)


def _mean(inner: sympy.Expr, apart: sympy.Expr) -> sympy.Eq:
    return sympy.Eq(Expectation(inner), apart, evaluate=False)


VARIANCE = (
    Step(
        "unit",
        "the moments of zeta; max(y, 0) = (y + |y|)/2, and phi(y) = s y + (1 - s) max(y, 0)",
        "meaning",
        sympy.And(SECOND, SIXTH, IS_BIAS, IS_VARIANCE),
    ),
    linear("rise", "E zeta = 0", RISE, MEANS, RISE_MEAN, ("centred",)),
    linear("deviation", "so here", DEVIATION, MEANS, (1 - leak) * RISE_MEAN, ("centred",)),
    linear("deviation-squared", "and squared", DEVIATION**2, MEANS, SQUARE_MEAN, ("centred",)),
    linear("signed-apart", "y|y| = z|y| + zeta|y|", SIGNED_SQUARE, {}, SIGNED_MEAN),
    Step(
        "variance",
        "which is the claim",
        "case-split",
        CLAIM["variance"],
        (
            *(SECOND, IS_BIAS, IS_VARIANCE, _mean(RISE, RISE_MEAN), _mean(DEVIATION, (1 - leak) * RISE_MEAN)),
            *(_mean(DEVIATION**2, SQUARE_MEAN), _mean(SIGNED_SQUARE, SIGNED_MEAN)),
        ),
        ("unit", "rise", "deviation", "deviation-squared", "signed-apart"),
        data={"by": ("smt", {})},
    ),
)
n = sympy.Symbol("n", real=True)
AWAY_FROM_MULTIPLE = SUM - n * period
PIECES = (sympy.Eq(n, 0), sympy.Eq(n, 1), sympy.Ge(n, 2), sympy.Le(n, -1))
NEAREST = sympy.And(sympy.Le(sympy.Abs(AWAY_FROM_MULTIPLE), period / 2), sympy.Or(*PIECES))
ARCS = sympy.Eq(arcs, period * AWAY_FROM_MULTIPLE / 2 - AWAY_FROM_MULTIPLE * sympy.Abs(AWAY_FROM_MULTIPLE))
BEYOND = sympy.Max(SIZE - period / 2, 0)
OVER = sympy.Le(SIGNED_SQUARE, period * SUM / 2 - arcs + 2 * BEYOND**2)


def _far(
    name: str, limit: sympy.Expr, given: sympy.Basic, cites: tuple[str, ...]
) -> tuple[tuple[Step, ...], sympy.Basic]:
    """((|zeta| - limit)_+)^2 <= (16/729) zeta^6/limit^4."""
    beyond = sympy.Max(sympy.Abs(zeta) - limit, 0)
    root = sympy.Le(beyond, sympy.Rational(4, 27) * sympy.Abs(zeta) ** 3 / limit**2)
    squared = sympy.Le(beyond**2, SQUARED_OVERSHOOT * zeta**6 / limit**4)
    steps = (
        Step(f"{name}-root", "27 (r - 1) <= 4 r^3, with equality at r = 3/2", "smt", root, (given,), cites),
        Step(name, "squared", "smt", squared, (root, given), (f"{name}-root", *cites)),
    )
    return steps, squared


OUT, FAR_OUT = _far("far-out", near_zeta, sympy.Gt(near_zeta, 0), ())
SPLIT = sympy.Le(BEYOND, sympy.Max(sympy.Abs(zeta) - near_zeta, 0))
BOUND = period * SUM / 2 - arcs + 2 * SQUARED_OVERSHOOT * zeta**6 / near_zeta**4
BOUND_MEAN = period * z / 2 - Expectation(arcs) + 2 * SQUARED_OVERSHOOT / near_zeta**4 * Expectation(zeta**6)
WITHIN = sympy.Le(SIGNED_SQUARE, BOUND)
FOURIER = sympy.Ge(Expectation(arcs), 2 * period**2 / sympy.pi**3 * (series - 1 / (16 * count**2)))
BY_SERIES = (
    Step("nearest", "let n L be the nearest multiple of L, n an integer", "let", NEAREST),
    Step("arcs", "the periodic part: parabolas, up and down in turn", "meaning", ARCS),
    Step(
        "over",
        "y|y| is L y/2 less that up to half a period",
        "case-split",
        OVER,
        (NEAREST, ARCS),
        ("nearest", "arcs"),
        data={"cases": PIECES, "by": ("smt", {})},
    ),
    Step("split", "beyond it, zeta is large", "smt", SPLIT, (WINDOW.relation,), ("window",)),
    *OUT,
    Step("within", "together", "smt", WITHIN, (OVER, SPLIT, FAR_OUT), ("over", "split", "far-out")),
    Step(
        "within-mean",
        "in the mean",
        "expectation",
        sympy.Le(Expectation(SIGNED_SQUARE), Expectation(BOUND)),
        (WITHIN,),
        ("within",),
    ),
    linear("within-apart", "A and L are not random", BOUND, MEANS, BOUND_MEAN, ("centred",)),
    Step(
        "fourier",
        "the sine series of the parabolas; its terms after F are at most 1/(16 F^2)",
        "citation",
        FOURIER,
        data={
            "source": "Tolstov 1976, Fourier Series, chapter 1 (the series of |x|, integrated)",
            "takes": "that series, which converges uniformly, and the integral test for the sum of 1/l^3",
        },
    ),
    Step(
        "signed-square",
        "which is the claim",
        "smt",
        CLAIM["signed-square"],
        (sympy.Le(Expectation(SIGNED_SQUARE), Expectation(BOUND)), _mean(BOUND, BOUND_MEAN), FOURIER, SIXTH),
        ("within-mean", "within-apart", "fourier", "unit"),
    ),
)
size = sympy.Symbol("d", real=True)
IS_SIZE, POSITIVE = sympy.Eq(size, sympy.Abs(z)), sympy.Gt(size, 0)
OF_ZETA = sympy.Rational(5**5, 6**6) * zeta**6 / size**5
FIRST = sympy.Le(sympy.Max(sympy.Abs(zeta) - size, 0), OF_ZETA)
LINE = size + z * zeta / size + 2 * sympy.Max(sympy.Abs(zeta) - size, 0)
BEND = size + z * zeta / size + 2 * OF_ZETA
BEND_MEAN = size + 2 * sympy.Rational(5**5, 6**6) / size**5 * Expectation(zeta**6)
NEAR_LINE, BENT = sympy.Le(SIZE, LINE), sympy.Le(SIZE, BEND)
SQUARE_OF_SUM = z**2 + Expectation(zeta**2)
EXCESS, EXCEEDS = _far("excess", size, POSITIVE, ("positive",))
TURNED = -(SUM**2) + 2 * SQUARED_OVERSHOOT * zeta**6 / size**4
TURNED_MEAN = -SQUARE_OF_SUM + 2 * SQUARED_OVERSHOOT / size**4 * Expectation(zeta**6)
TURN = sympy.Le(SIGNED_SQUARE, -(SUM**2) + 2 * sympy.Max(sympy.Abs(zeta) - size, 0) ** 2)
UNDER_ZERO = sympy.Le(SIGNED_SQUARE, TURNED)
FAR_AWAY = (
    Step("size", "d = |z|", "definition", IS_SIZE),
    Step("positive", "which is not zero", "smt", POSITIVE, (IS_SIZE, AWAY.relation), ("size", "not-at-the-kink")),
    Step("first-power", "6^6 (r - 1) <= 5^5 r^6", "smt", FIRST, (POSITIVE,), ("positive",)),
    Step("line", "|y| is straight but where zeta exceeds |z|", "case-split", NEAR_LINE, (IS_SIZE, POSITIVE),
         ("size", "positive"), data={"by": ("smt", {})}),
    Step("bend", "so it is at most this", "smt", BENT, (NEAR_LINE, FIRST), ("line", "first-power")),
    Step("bend-mean", "in the mean", "expectation", sympy.Le(Expectation(SIZE), Expectation(BEND)), (BENT,), ("bend",)),
    linear("bend-apart", "E zeta = 0", BEND, MEANS, BEND_MEAN, ("centred",), (size,)),
    Step(
        "far-bias",
        "which is the claim",
        "smt",
        CLAIM["far-bias"],
        (
            *(sympy.Le(Expectation(SIZE), Expectation(BEND)), _mean(BEND, BEND_MEAN)),
            *(IS_BIAS, _mean(RISE, RISE_MEAN), SIXTH, IS_SIZE, POSITIVE),
        ),
        ("bend-mean", "bend-apart", "unit", "rise", "size", "positive"),
    ),
    Step("at-most-square", "y|y| <= y^2", "expectation", sympy.Le(Expectation(SIGNED_SQUARE), Expectation(SUM**2))),
    linear("square-apart", "E(z + zeta)^2", SUM**2, MEANS, SQUARE_OF_SUM, ("centred",)),
    Step(
        "far-above",
        "which is the claim",
        "smt",
        CLAIM["far-above"],
        (sympy.Le(Expectation(SIGNED_SQUARE), Expectation(SUM**2)), _mean(SUM**2, SQUARE_OF_SUM), SECOND),
        ("at-most-square", "square-apart", "unit"),
    ),
    *EXCESS,
    Step("turn", "for z < 0, y|y| = -y^2 + 2 max(y, 0)^2", "case-split", TURN, (IS_SIZE, BELOW_ZERO.relation),
         ("size", "below-zero"), data={"by": ("smt", {})}),
    Step("turned", "so it is at most this", "smt", UNDER_ZERO, (TURN, EXCEEDS), ("turn", "excess")),
    Step("turned-mean", "in the mean", "expectation", sympy.Le(Expectation(SIGNED_SQUARE), Expectation(TURNED)),
         (UNDER_ZERO,), ("turned",)),
    linear("turned-apart", "and summand by summand", TURNED, MEANS, TURNED_MEAN, ("centred",), (size,)),
    Step(
        "far-below",
        "which is the claim",
        "smt",
        CLAIM["far-below"],
        (
            *(sympy.Le(Expectation(SIGNED_SQUARE), Expectation(TURNED)), _mean(TURNED, TURNED_MEAN)),
            *(SECOND, SIXTH, IS_SIZE, BELOW_ZERO.relation),
        ),
        ("turned-mean", "turned-apart", "unit", "size", "below-zero"),
    ),
)  # fmt: skip
PROOFS = {("sharp-near-exact-variance", "printed"): (*VARIANCE, *BY_SERIES, *FAR_AWAY)}
