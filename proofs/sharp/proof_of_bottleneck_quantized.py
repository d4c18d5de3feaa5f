"""Quantizing entries of a bottleneck: no draw varies by more than half a step, and a layer of zeros stays as it is.

The quantizer's range R is the largest entry nu_1, or 1 for a layer of zeros. A draw is floor(k w/R) R/k or
ceiling(k w/R) R/k: where k w/R is an integer, it takes that value alone.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from .bottleneck import CARRIED, ENTRIES, by_curvature, by_slopes, error_claims, spread
from .bottleneck_error import mean_error
from .bottleneck_quantized import DEFINITIONS, HALF_STEP, UNQUANTIZED, VALUES, multiple, unquantized, value
from .entries_of_a_block import LARGEST, SUM, draw_variance, summed_by_units, variances
from .notation import draws, error, k, largest, n_2, nu_1, quantized_variance, weight
from .realized import least, no_worse
from .units_of_a_block import Units, behind
from .variance_of_a_draw import STATEMENT as ONE_DRAW

span, place, count, number = sympy.symbols("R y T l", real=True)
MOST = nu_1**2 / (4 * k**2)
UNITS = Units(HALF_STEP**2, n_2 * HALF_STEP**2, DEFINITIONS)
ERRORS = error_claims(sympy.Integer(1), "")
SPAN = sympy.Eq(span, sympy.Piecewise((nu_1, nu_1 > 0), (1, True)), evaluate=False)
POSITIVE, IN_RANGE = sympy.Gt(span, 0), sympy.Le(sympy.Abs(weight), span)
LEVEL = k * weight / span
LOWER, UPPER = sympy.floor(LEVEL), sympy.ceiling(LEVEL)
DRAW = sympy.Le(draw_variance, MOST)
DRAWN = sympy.Or(sympy.Eq(draw_variance, 0), sympy.And(sympy.Gt(nu_1, 0), sympy.Eq(draw_variance, quantized_variance)))
BOUND = applied(
    "draw-variance",
    "a quarter of the squared step",
    ONE_DRAW,
    "corrected",
    "quantized-variance-bound",
    {largest: span},
    given=(POSITIVE,),
)
ONE = (
    Step("range", "the quantizer's range R is nu_1, or 1 for a layer of zeros", "definition", SPAN),
    Step("range-positive", "R > 0", "case-split", POSITIVE, (SPAN,), ("range",), data={"by": ("smt", {})}),
    BOUND,
    Step("draw", "let d be the variance of the draw of an entry w, zero in a layer of zeros", "let", DRAWN),
    Step(
        "drawn",
        "so d is at most a quarter of the squared step",
        "case-split",
        DRAW,
        (DRAWN, BOUND.conclusion, SPAN),
        ("draw", "draw-variance", "range"),
        data={"by": ("smt", {})},
    ),
)
TAKEN = sympy.And(
    sympy.Or(sympy.Eq(number, LOWER), sympy.Eq(number, UPPER)),
    sympy.Or(
        sympy.And(sympy.Gt(nu_1, 0), sympy.Eq(value, number * span / k), sympy.Eq(multiple, sympy.Abs(number))),
        sympy.And(sympy.Eq(nu_1, 0), sympy.Eq(value, 0), sympy.Eq(multiple, 0)),
    ),
)


def _end(name: str, text: str, rounding: type[sympy.Function], low: bool) -> Step:
    ends = (sympy.sympify(-k), LEVEL) if low else (LEVEL, sympy.sympify(k))
    expression = rounding(place)
    sides = [expression.subs(place, end) for end in ends]
    return Step(
        name,
        text,
        "monotone-substitution",
        sympy.Le(*sides, evaluate=False),
        (IN_RANGE, POSITIVE),
        ("in-range", "range-positive"),
        data={"expression": expression, "replace": {place: ends}},
    )


ENDS = (
    _end("lower-above", "floor(k w/R) >= -k", sympy.floor, low=True),
    _end("lower-below", "and <= k", sympy.floor, low=False),
    _end("upper-above", "ceiling(k w/R) >= -k", sympy.ceiling, low=True),
    _end("upper-below", "and <= k", sympy.ceiling, low=False),
)
QUANTIZED = (
    Step(
        "in-range",
        "no entry is beyond R",
        "case-split",
        IN_RANGE,
        (SPAN, LARGEST.conclusion),
        ("range", "largest-entry"),
        data={"by": ("smt", {})},
    ),
    *ENDS,
    Step("taken", "let the entry take one of its two values; a layer of zeros stays as it is", "let", TAKEN),
    Step(
        "values",
        "which are multiples of the step up to the largest entry",
        "case-split",
        VALUES.relation,
        (TAKEN, SPAN, *(step.conclusion for step in ENDS)),
        ("taken", "range", *(step.id for step in ENDS)),
        data={"by": ("smt", {})},
    ),
)
COUNTED = sympy.And(sympy.Eq(count, draws(ENTRIES)), sympy.Eq(unquantized * ENTRIES, ENTRIES - count))
KEEPING = (
    Step("counting", "floor(alpha N) entries are drawn, and no other", "let", COUNTED),
    Step("kept", "so that share stays", "smt", UNQUANTIZED.relation, (COUNTED,), ("counting",)),
)


def _bound(bias: sympy.Symbol) -> sympy.Le:
    return sympy.Le(mean_error, (CARRIED + DEFINITIONS[bias]) ** 2 + DEFINITIONS[spread])


PROOFS = {
    ("sharp-bottleneck-quantized", "printed"): (
        *(LARGEST, *ONE, *SUM),
        *variances(DRAW, "drawn", MOST),
        summed_by_units(HALF_STEP**2),
        *behind(UNITS),
        *(*QUANTIZED, *KEEPING),
        *least(mean_error, error),
        *no_worse(_bound(by_slopes), "mean-error", ERRORS[0].relation.subs(DEFINITIONS)),
        *no_worse(_bound(by_curvature), "mean-error-smooth", ERRORS[1].relation.subs(DEFINITIONS), "-smooth"),
    )
}
