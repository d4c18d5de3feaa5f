"""Claims about units and draws, written out for the tests, and the exact law of a unit's deviation."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
import sympy
from flint import arb

from boundcheck.core.rung import Effort, UnitQuantity, UnitUse
from boundcheck.exact.ball import ball
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import Activation, X
from boundcheck.per_sample.unit_claims import UnitClaim

b, variance = sympy.symbols("b Var", real=True)
z, mu_3, slope, bend = sympy.symbols("z mu_3 slope bend", real=True)
v, mu_4, mu_6, C, C_3, L, g, s, b_0 = sympy.symbols("v mu_4 mu_6 C C_3 L g s b_0", nonnegative=True)
w = sympy.Symbol("w", real=True)
p, k, M = sympy.symbols("p k M", positive=True)
BINDING = {
    z: UnitQuantity.PREACTIVATION,
    v: UnitQuantity.VARIANCE,
    mu_3: UnitQuantity.THIRD_MOMENT,
    mu_4: UnitQuantity.FOURTH_MOMENT,
    mu_6: UnitQuantity.SIXTH_MOMENT,
    slope: UnitQuantity.SLOPE,
    bend: UnitQuantity.SECOND_DERIVATIVE,
    C: UnitQuantity.CURVATURE,
    C_3: UnitQuantity.THIRD_DERIVATIVE,
    L: UnitQuantity.LIPSCHITZ,
    g: UnitQuantity.SLOPE_RANGE,
    s: UnitQuantity.LEAK,
    b_0: UnitQuantity.BIAS_BELOW,
}
DRAW = {
    w: UnitQuantity.WEIGHT,
    p: UnitQuantity.BERNOULLI,
    k: UnitQuantity.LEVELS,
    M: UnitQuantity.LARGEST_ENTRY,
}


def claim(
    relation: sympy.Basic,
    bounded: sympy.Expr = b,
    effort: Effort = Effort.PLAIN,
    binding: dict[sympy.Symbol, UnitQuantity] = BINDING,
) -> UnitClaim:
    return UnitClaim(UnitUse("a-statement", "printed", "a-claim", bounded, binding, effort), relation)


second, fourth = v + z**2, z**4 + 6 * z**2 * v + 4 * z * mu_3 + mu_4
SCARF = sympy.Piecewise((0, sympy.Eq(second, 0)), ((1 - s) * v / (2 * (sympy.sqrt(second) + sympy.Abs(z))), True))
HOELDER = (1 - s) / 2 * sympy.Max(0, second ** sympy.Rational(3, 2) / sympy.sqrt(fourth) - sympy.Abs(z))
QUADRATIC = slope**2 * v + slope * bend * mu_3 + bend**2 * (mu_4 - v**2) / 4
TIGHT = Effort.TIGHT
CLAIMS = {
    "bias": (
        claim(sympy.Le(sympy.Abs(b), C * v / 2)),
        claim(sympy.Le(sympy.Abs(b), g * sympy.sqrt(v))),
        claim(sympy.Le(sympy.Abs(b - bend * v / 2), C_3 * sympy.sqrt(v * mu_4) / 6), effort=TIGHT),
        claim(sympy.Le(b, SCARF)),
        claim(sympy.Ge(b, 0), binding={s: UnitQuantity.LEAK}),
        claim(sympy.Ge(b, HOELDER), effort=TIGHT),
    ),
    "variance": (
        claim(sympy.Le(variance, L**2 * v), variance),
        claim(sympy.Le(variance, (sympy.Abs(slope) * sympy.sqrt(v) + C / 2 * sympy.sqrt(mu_4)) ** 2), variance, TIGHT),
        claim(sympy.Le(variance, (sympy.sqrt(QUADRATIC) + C_3 * sympy.sqrt(mu_6) / 6) ** 2), variance, TIGHT),
        claim(sympy.Le(variance, v - 2 * b_0 * (b_0 / (1 - s) + sympy.Abs(z))), variance, TIGHT),
    ),
}


def pruned_moment(order: int) -> sympy.Expr:
    return w**order * (1 - p) * ((1 - p) ** (order - 1) - (-p) ** (order - 1)) / p ** (order - 1)


def quantized_moment(order: int) -> sympy.Expr:
    up = k * w / M - sympy.floor(k * w / M)
    return (M / k) ** order * up * (1 - up) * ((1 - up) ** (order - 1) - (-up) ** (order - 1))


def draw_claims(moment: Callable[[int], sympy.Expr]) -> dict[str, tuple[UnitClaim, ...]]:
    names = {"variance": 2, "third": 3, "fourth": 4, "sixth": 6}
    return {f"draw-{name}": (claim(sympy.Eq(b, moment(n)), binding=DRAW),) for name, n in names.items()}


PRUNED, QUANTIZED = draw_claims(pruned_moment), draw_claims(quantized_moment)

Law = list[tuple[Fraction, Fraction]]
"""Values with their probabilities."""


def pruned_law(weight: float, keep: Fraction) -> Law:
    return [(Fraction(weight) / keep, keep), (Fraction(0), 1 - keep)]


def quantized_law(weight: float, largest: float, levels: int) -> Law:
    step = Fraction(largest) / levels
    lower = (Fraction(weight) / step).__floor__()
    up = Fraction(weight) / step - lower
    return [(lower * step, 1 - up), ((lower + 1) * step, up)]


def central_moment(law: Law, order: int) -> Fraction:
    mean = sum(value * share for value, share in law)
    return sum((value - mean) ** order * share for value, share in law)


def deviation(laws: list[Law], inputs: np.ndarray) -> Law:
    """The law of zeta: the sum of (draw - its mean) times input over independent draws."""
    found = []
    for outcome in product(*laws):
        share, value = Fraction(1), Fraction(0)
        for (drawn, probability), law, x in zip(outcome, laws, inputs, strict=True):
            share *= probability
            value += (drawn - sum(a * q for a, q in law)) * Fraction(float(x))
        found.append((value, share))
    return found


def exact_bias_and_variance(phi: Activation, at: float, law: Law) -> tuple[arb, arb]:
    """E phi(z + zeta) - phi(z) and its variance, in Arb."""
    values = [(evaluate(phi.expression, {X: Fraction(at) + zeta}), ball(share)) for zeta, share in law]
    mean = sum((value * share for value, share in values), ball(0))
    spread = sum(((value - mean) * (value - mean) * share for value, share in values), ball(0))
    return mean - evaluate(phi.expression, {X: at}), spread
