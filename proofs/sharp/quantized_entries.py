"""One entry that is rounded at random: its mean, its variance, and the values it takes.

Rounding needs a positive range R: the largest entry nu_1, or anything for a layer of zeros. With l_w = max(1,
ceil(k |w|/R)) the value taken is s (l_w - 1 + b) R/k: the upper one for b = 1, the lower one for b = 0.
"""

import sympy

from boundcheck.core.operators import Variance
from boundcheck.core.step import Step

from .bottleneck_quantized import multiple, value
from .notation import k, nu_1, weight
from .one_layer_error import UNBIASED, h

span, number, direction, upper, size = sympy.symbols("R l_w s b |w|", real=True)
LEVEL = sympy.Max(1, sympy.ceiling(k * sympy.Abs(weight) / span))
SIGN = sympy.Piecewise((1, weight >= 0), (-1, True))
UP = 1 - LEVEL + k * sympy.Abs(weight) / span
DRAW = {
    "law": [(UP, SIGN * LEVEL * span / k), (1 - UP, SIGN * (LEVEL - 1) * span / k)],
    "variable": h,
}
LARGEST = sympy.Le(sympy.Abs(weight), nu_1)
SPAN = sympy.Eq(span, sympy.Piecewise((nu_1, nu_1 > 0), (1, True)), evaluate=False)
POSITIVE, IN_RANGE = sympy.Gt(span, 0), sympy.Le(sympy.Abs(weight), span)
BY_STEP, BY_WEIGHT = (sympy.Le(Variance(h), bound) for bound in (span**2 / (4 * k**2), sympy.Abs(weight) * span / k))
VARIANCE = sympy.Le(Variance(h), nu_1**2 / (4 * k**2))
NUMBER, DIRECTION = sympy.Eq(number, LEVEL), sympy.Eq(direction, SIGN)
EITHER = sympy.Or(sympy.Eq(upper, 0), sympy.Eq(upper, 1))
CHANCE = 1 - number + k * sympy.Abs(weight) / span
POSSIBLE = sympy.Gt(upper * CHANCE + (1 - upper) * (1 - CHANCE), 0)
TAKEN = sympy.Eq(value, direction * (number - 1 + upper) * span / k)
MULTIPLE = sympy.Eq(multiple, number - 1 + upper)
UNIT = sympy.Or(sympy.Eq(direction, 1), sympy.Eq(direction, -1))
BELOW = sympy.Le((number - 1) * span / k, sympy.Abs(weight))
BY_CASES = {"by": ("smt", {})}


def drawn() -> tuple[Step, ...]:
    """Steps to Var(h) <= nu_1^2/(4 k^2), the last."""
    return (
        Step("largest-entry", "nu_1 is the largest absolute entry", "meaning", LARGEST),
        Step("range", "the range R is nu_1, or 1 for a layer of zeros", "definition", SPAN),
        Step("range-positive", "R > 0", "case-split", POSITIVE, (SPAN,), ("range",), data=BY_CASES),
        Step(
            "in-range",
            "no entry is beyond R",
            "case-split",
            IN_RANGE,
            (SPAN, LARGEST),
            ("range", "largest-entry"),
            data=BY_CASES,
        ),
        Step(
            "unbiased",
            "the two values, weighted with their probabilities, have mean w",
            "finite-law",
            UNBIASED.relation,
            given=(POSITIVE, IN_RANGE),
            cites=("range-positive", "in-range"),
            data=DRAW,
        ),
        *(
            Step(
                f"variance-by-the-{what}",
                text,
                "finite-law",
                relation,
                given=(POSITIVE, IN_RANGE),
                cites=("range-positive", "in-range"),
                data=DRAW,
            )
            for what, text, relation in (
                ("step", "the variance is at most a quarter of the squared step, as r (1 - r) <= 1/4", BY_STEP),
                ("weight", "and at most the weight times the step: a weight of zero is drawn as zero", BY_WEIGHT),
            )
        ),
        Step(
            "variance",
            "so it is at most nu_1^2/(4 k^2), also in a layer of zeros",
            "case-split",
            VARIANCE,
            given=(SPAN, LARGEST, BY_STEP, BY_WEIGHT),
            cites=("range", "largest-entry", "variance-by-the-step", "variance-by-the-weight"),
            data=BY_CASES,
        ),
    )


VALUES = (
    Step("level", "l_w and s are the level and the sign of the entry", "definition", sympy.And(NUMBER, DIRECTION)),
    Step(
        "taken",
        "let the entry take the upper or the lower value, with positive probability",
        "let",
        sympy.And(EITHER, POSSIBLE, TAKEN, MULTIPLE),
    ),
    Step("sign", "s is 1 or -1", "case-split", UNIT, (DIRECTION,), ("level",), data=BY_CASES),
    Step(
        "below",
        "the lower value is at most |w|, and l_w >= 1",
        "smt",
        sympy.And(BELOW, sympy.Ge(number, 1)),
        given=(NUMBER, POSITIVE),
        cites=("level", "range-positive"),
    ),
    Step(
        "multiple",
        "the value is j steps long",
        "case-split",
        sympy.Eq(sympy.Abs(value), multiple * nu_1 / k),
        given=(SPAN, LARGEST, TAKEN, MULTIPLE, EITHER, POSSIBLE, BELOW, sympy.Ge(number, 1), UNIT),
        cites=("taken", "range", "largest-entry", "below", "sign"),
        data=BY_CASES,
    ),
    Step(
        "largest-level",
        "l_w <= k, as no entry is beyond R",
        "monotone-substitution",
        sympy.Le(LEVEL, k),
        given=(POSITIVE, IN_RANGE),
        cites=("range-positive", "in-range"),
        data={
            "expression": sympy.Max(1, sympy.ceiling(size)),
            "replace": {size: (k * sympy.Abs(weight) / span, k)},
        },
    ),
    Step(
        "at-most-k",
        "so j <= k",
        "smt",
        sympy.Le(multiple, k),
        given=(MULTIPLE, EITHER, NUMBER, sympy.Le(LEVEL, k)),
        cites=("taken", "level", "largest-level"),
    ),
)
