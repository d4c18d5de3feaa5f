"""What the slope at z leaves out of one unit's activation, when the preactivation changes by D."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.derivatives import PLACE, constant_of
from boundcheck.core.operators import Expectation, Lipschitz
from boundcheck.core.step import Step

from .later_layers import BENT, BY_CURVATURE, BY_DISTANCE, BY_MIDDLE, BY_SLOPES, left_out
from .notation import curvature, fourth_moment, leak, slope_range, v, z

phi, slope = (sympy.Function(name, real=True) for name in ("phi", "phi'"))
change, middle, out = sympy.symbols("D c R", real=True)
SUM = z + change
REST = phi(SUM) - phi(z) - slope(z) * change
STRAIGHTENED = sympy.Lambda(PLACE, phi(PLACE) - middle * PLACE)
UNIT = (
    *(sympy.Eq(v, Expectation(change**2)), sympy.Eq(fourth_moment, Expectation(change**4))),
    *(sympy.Eq(left_out, Expectation(REST**2)), sympy.Le(constant_of(phi, 1), curvature)),
    *(sympy.Le(Lipschitz(STRAIGHTENED), slope_range), sympy.Le(sympy.Abs(slope(z) - middle), slope_range)),
)
TAYLOR = sympy.Le(sympy.Abs(REST, evaluate=False), constant_of(phi, 1) * sympy.Abs(change) ** 2 / 2)
TILT = sympy.Le(
    sympy.Abs(STRAIGHTENED(SUM) - STRAIGHTENED(z), evaluate=False), Lipschitz(STRAIGHTENED) * sympy.Abs(change)
)
# An activation chi, and the line of slope c in place of that at z.
chi, line = sympy.Function("chi", real=True), sympy.Symbol("c_chi", real=True)
CHI_REST = chi(SUM) - chi(z) - line * change
CHI_STRAIGHTENED = sympy.Lambda(PLACE, chi(PLACE) - line * PLACE)
MIDDLE = (
    sympy.Eq(left_out, Expectation(CHI_REST**2)),
    sympy.Le(Lipschitz(CHI_STRAIGHTENED), slope_range),
)
CHI_TILT = sympy.Le(
    sympy.Abs(CHI_STRAIGHTENED(SUM) - CHI_STRAIGHTENED(z), evaluate=False),
    Lipschitz(CHI_STRAIGHTENED) * sympy.Abs(change),
)
# Leaky ReLU: slope s below zero, 1 above, and at z the one of its side.
KINKED = sympy.Max(SUM, 0) + leak * sympy.Min(SUM, 0) - sympy.Max(z, 0) - leak * sympy.Min(z, 0)
SIDE = sympy.Piecewise((1, z > 0), (leak, True))
KINK = (sympy.Eq(left_out, Expectation(out**2)), sympy.Eq(out, KINKED - SIDE * change, evaluate=False))


def in_the_mean(
    claim: Boolean, name: str, left: sympy.Expr, bound: sympy.Expr, moment: Boolean, meaning: Boolean, told: str
) -> tuple[Step, ...]:
    """From left^2 <= bound at every D, a step of that name, to the claim; ``moment`` is the moment in the bound."""
    means = sympy.Le(Expectation(left**2), Expectation(bound))
    factor = bound.subs(change, 1)
    constant = sympy.Eq(Expectation(bound), factor * moment.args[1], evaluate=False)
    return (
        Step(f"{name}-mean", "in the mean", "expectation", means, (sympy.Le(left**2, bound),), (name,)),
        Step(f"{name}-constant", "what is not random comes out", "expectation", constant),
        Step(
            f"{name}-claim",
            "which is the claim",
            "smt",
            claim,
            (means, constant, moment, meaning),
            (f"{name}-mean", f"{name}-constant", "unit", told),
        ),
    )


SQUARED = {
    "curvature": curvature**2 * change**4 / 4,
    "slopes": 4 * slope_range**2 * change**2,
    "middle": slope_range**2 * change**2,
    "distance": (1 - leak) ** 2 * change**4 / (16 * z**2),
}
REMAINDERS = (
    Step("unit", "moments of D, and what the activation's constants bound", "meaning", sympy.And(*UNIT)),
    Step(
        "taylor",
        "Taylor's theorem at z",
        "named-lemma",
        TAYLOR,
        data={"lemma": "taylor", "instance": {"phi": phi, "order": 1, "a": z, "h": change}},
    ),
    Step(
        "curvature",
        "with the activation's constant, squared",
        "smt",
        sympy.Le(REST**2, SQUARED["curvature"]),
        (TAYLOR, UNIT[3]),
        ("taylor", "unit"),
    ),
    *in_the_mean(BY_CURVATURE.relation, "curvature", REST, SQUARED["curvature"], UNIT[1], UNIT[2], "unit"),
    Step(
        "tilt",
        "but for the line of slope c the activation is g-Lipschitz",
        "named-lemma",
        TILT,
        data={"lemma": "lipschitz", "instance": {"f": STRAIGHTENED, "a": SUM, "b": z}},
    ),
    Step(
        "slopes",
        "and the slope at z is within g of c, squared",
        "smt",
        sympy.Le(REST**2, SQUARED["slopes"]),
        (TILT, *UNIT[4:]),
        ("tilt", "unit"),
    ),
    *in_the_mean(BY_SLOPES.relation, "slopes", REST, SQUARED["slopes"], UNIT[0], UNIT[2], "unit"),
    Step("middle-unit", "what the line of slope c leaves out of an activation chi", "meaning", sympy.And(*MIDDLE)),
    Step(
        "middle-tilt",
        "but for that line the activation is g-Lipschitz",
        "named-lemma",
        CHI_TILT,
        data={"lemma": "lipschitz", "instance": {"f": CHI_STRAIGHTENED, "a": SUM, "b": z}},
    ),
    Step(
        "middle",
        "squared",
        "smt",
        sympy.Le(CHI_REST**2, SQUARED["middle"]),
        (CHI_TILT, MIDDLE[1]),
        ("middle-tilt", "middle-unit"),
    ),
    *in_the_mean(BY_MIDDLE.relation, "middle", CHI_REST, SQUARED["middle"], UNIT[0], MIDDLE[0], "middle-unit"),
    Step("kink", "what the line of its side leaves out of a leaky ReLU", "meaning", sympy.And(*KINK)),
    Step(
        "distance",
        "zero up to the bend, and at most (1 - s)(|D| - |z|) beyond, where |D| - |z| <= D^2/(4 |z|)",
        "case-split",
        sympy.Le(out**2, SQUARED["distance"]),
        (KINK[1], BENT.relation),
        ("kink", "away-from-the-bend"),
        data={"by": ("smt", {})},
    ),
    *in_the_mean(BY_DISTANCE.relation, "distance", out, SQUARED["distance"], UNIT[1], KINK[0], "kink"),
)
