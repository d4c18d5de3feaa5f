"""What the quantizer does to one entry, for Propositions 18 and 21: its mean, its variance, and the values it takes.

The quantizer needs a positive range R: the largest entry nu_1, or anything for a layer of zeros. The value taken is
s (l_w - 1 + b) R/k: the upper one for b = 1, the lower one for b = 0.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Step

from .lemma_8_quantizer_is_unbiased import LOWER_VALUE, UPPER_PROBABILITY, UPPER_VALUE, M, level, sign, w
from .lemma_8_quantizer_is_unbiased import STATEMENT as LEMMA_8
from .notation import k, nu_1
from .proposition_18_one_layer_quantization import multiple, value
from .proposition_20_one_layer_independent_entries import h, weight
from .proposition_20_one_layer_independent_entries import mean as mean_draw

span, number, direction, upper, size, outcome = sympy.symbols("R l_w s b |w| Pi", real=True)
AT_THE_ENTRY = {M: span, w: weight}
UPPER, LOWER, PROBABILITY, LEVEL, SIGN = (
    each.subs(AT_THE_ENTRY, simultaneous=True) for each in (UPPER_VALUE, LOWER_VALUE, UPPER_PROBABILITY, level, sign)
)
DRAW = {"law": [(PROBABILITY, UPPER), (1 - PROBABILITY, LOWER)], "variable": h}

LARGEST = sympy.Le(sympy.Abs(weight), nu_1)
SPAN = sympy.Eq(span, sympy.Piecewise((nu_1, nu_1 > 0), (1, True)), evaluate=False)
POSITIVE, IN_RANGE = sympy.Gt(span, 0), sympy.Le(sympy.Abs(weight), span)
MEAN = LEMMA_8.variant("printed").claim("mean").relation.subs(AT_THE_ENTRY, simultaneous=True)
NUMBER, DIRECTION = sympy.Eq(number, LEVEL), sympy.Eq(direction, SIGN)
EITHER = sympy.Or(sympy.Eq(upper, 0), sympy.Eq(upper, 1))
CHANCE = 1 - number + k * sympy.Abs(weight) / span
POSSIBLE = sympy.Gt(upper * CHANCE + (1 - upper) * (1 - CHANCE), 0)
TAKEN = sympy.Eq(value, direction * (number - 1 + upper) * span / k)
MULTIPLE = sympy.Eq(multiple, number - 1 + upper)
UNIT = sympy.Or(sympy.Eq(direction, 1), sympy.Eq(direction, -1))
BELOW = sympy.Le((number - 1) * span / k, sympy.Abs(weight))
NONZERO = sympy.And(sympy.Eq(size, sympy.Abs(weight)), sympy.Gt(size, 0))
BY_STEP, BY_WEIGHT = (sympy.Le(Variance(h), bound) for bound in (span**2 / k**2, sympy.Abs(weight) * span / k))

DRAWS = (
    Step("largest-entry", "nu_1 is the largest absolute entry", "meaning", LARGEST),
    Step("range", "the quantizer's range R is nu_1, or 1 for a layer of zeros", "definition", SPAN),
    Step(
        "range-positive",
        "R > 0",
        "case-split",
        POSITIVE,
        given=(SPAN,),
        cites=("range",),
        data={"by": ("smt", {})},
    ),
    Step(
        "in-range",
        "no entry is beyond R",
        "case-split",
        IN_RANGE,
        given=(SPAN, LARGEST),
        cites=("range", "largest-entry"),
        data={"by": ("smt", {})},
    ),
    applied(
        "quantizer-mean", "Lemma 8: the draw has mean w", LEMMA_8, "printed", "mean", AT_THE_ENTRY, given=(POSITIVE,)
    ),
    Step(
        "unbiased",
        "which is what Proposition 20 asks for",
        "finite-law",
        sympy.Eq(mean_draw, weight),
        given=(POSITIVE, IN_RANGE, MEAN),
        cites=("quantizer-mean", "range-positive", "in-range"),
        data=DRAW,
    ),
    Step(
        "variance-by-the-step",
        "its variance is at most the squared step",
        "finite-law",
        BY_STEP,
        given=(POSITIVE, IN_RANGE),
        cites=("range-positive", "in-range"),
        data=DRAW,
    ),
    Step(
        "variance-by-the-weight",
        "and at most the weight times the step: a weight of zero is drawn as zero",
        "finite-law",
        BY_WEIGHT,
        given=(POSITIVE, IN_RANGE),
        cites=("range-positive", "in-range"),
        data=DRAW,
    ),
    Step(
        "variance",
        "so it is at most (nu_1/k)^2, also in a layer of zeros",
        "case-split",
        sympy.Le(Variance(h), nu_1**2 / k**2),
        given=(SPAN, LARGEST, BY_STEP, BY_WEIGHT),
        cites=("range", "largest-entry", "variance-by-the-step", "variance-by-the-weight"),
        data={"by": ("smt", {})},
    ),
)


def values(with_zero: bool) -> tuple[Step, ...]:
    """Steps to the set that the quantized entries lie in; without zero they fail at an entry that is not zero."""
    nonzero = Step("nonzero-entry", "let the entry not be zero", "let", NONZERO)
    position = sympy.ceiling(size)
    return (
        Step("level", "l_w and s are the level and the sign of the entry", "definition", sympy.And(NUMBER, DIRECTION)),
        *(() if with_zero else (nonzero,)),
        Step(
            "taken",
            "let the entry take the upper or the lower value, with positive probability",
            "let",
            sympy.And(EITHER, POSSIBLE, TAKEN, MULTIPLE),
        ),
        Step(
            "sign",
            "s is 1 or -1",
            "case-split",
            UNIT,
            given=(DIRECTION,),
            cites=("level",),
            data={"by": ("smt", {})},
        ),
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
            data={"by": ("smt", {})},
        ),
        Step(
            "largest-level",
            "l_w <= k, as no entry is beyond R",
            "monotone-substitution",
            sympy.Le(LEVEL, k),
            given=(POSITIVE, IN_RANGE),
            cites=("range-positive", "in-range"),
            data={
                "expression": sympy.Max(1, position),
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
        Step(
            "values",
            f"and the multiple j that is drawn is at least {0 if with_zero else 1}",
            "smt",
            sympy.Ge(multiple, 0 if with_zero else 1, evaluate=False),
            given=(*(() if with_zero else (SPAN, LARGEST, *NONZERO.args, POSSIBLE)), NUMBER, MULTIPLE, EITHER),
            cites=("taken", "level", *(() if with_zero else ("nonzero-entry", "range", "largest-entry"))),
        ),
    )


def attained(error: sympy.Symbol, mean_bound: sympy.Le, bounded_by: str, claim: Boolean) -> tuple[Step, ...]:
    """Steps to the claim on the least error over all draws, from the bound of its mean."""
    mean = mean_bound.args[0]
    constant = sympy.Eq(Expectation(error), error, evaluate=False)
    return (
        Step(
            "least-error",
            "of all realizations of the draws take one with the least error",
            "meaning",
            sympy.And(sympy.Eq(mean, Expectation(outcome)), sympy.Le(error, outcome)),
        ),
        Step(
            "not-above-the-mean",
            "it is at most the mean error",
            "expectation",
            sympy.Le(Expectation(error), Expectation(outcome)),
            given=(sympy.Le(error, outcome),),
            cites=("least-error",),
        ),
        Step("not-random", "the least error is not random", "expectation", constant),
        Step(
            "error",
            "which is bounded",
            "smt",
            claim,
            given=(
                sympy.Le(Expectation(error), Expectation(outcome)),
                constant,
                sympy.Eq(mean, Expectation(outcome)),
                mean_bound,
            ),
            cites=("not-above-the-mean", "not-random", "least-error", bounded_by),
        ),
    )
