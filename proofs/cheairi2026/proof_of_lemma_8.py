"""Lemma 8's proof: the two values that the quantizer takes, weighted with their probabilities."""

import sympy

from boundcheck.core.step import Step

from .lemma_8_quantizer_is_unbiased import (
    DEVIATION,
    LOWER_VALUE,
    MEAN,
    RANGE,
    UPPER_PROBABILITY,
    UPPER_VALUE,
    M,
    level,
    sign,
    w,
)
from .notation import k

q, number, direction = sympy.symbols("q l_w s", real=True)
LAW = [(UPPER_PROBABILITY, UPPER_VALUE), (1 - UPPER_PROBABILITY, LOWER_VALUE)]
NAMED = sympy.And(sympy.Eq(number, level), sympy.Eq(direction, sign))
SIGNED = sympy.Or(
    sympy.And(sympy.Eq(direction, 1), sympy.Ge(w, 0)),
    sympy.And(sympy.Eq(direction, -1), sympy.Lt(w, 0)),
)
BETWEEN = sympy.And(sympy.Le((number - 1) * M / k, sympy.Abs(w)), sympy.Le(sympy.Abs(w), number * M / k))
SHORT = sympy.Le(
    sympy.Max(sympy.Abs(direction * number * M / k - w), sympy.Abs(direction * (number - 1) * M / k - w)), M / k
)

LEMMA_8 = (
    Step("names", "l_w is the least level that is not below |w|, s the sign of w", "definition", NAMED),
    Step(
        "level-exists",
        "l_w is one of the k levels, since |w| <= M",
        "monotone-substitution",
        sympy.Le(level, k),
        given=(RANGE.relation,),
        cites=("range",),
        data={"expression": sympy.Max(1, sympy.ceiling(q)), "replace": {q: (k * sympy.Abs(w) / M, k)}},
    ),
    Step(
        "sign",
        "s is 1 where w >= 0, else -1",
        "case-split",
        SIGNED,
        given=(sympy.Eq(direction, sign),),
        cites=("names",),
        data={"by": ("smt", {})},
    ),
    Step(
        "between",
        "(l_w - 1) M/k <= |w| <= l_w M/k",
        "smt",
        BETWEEN,
        given=(sympy.Eq(number, level),),
        cites=("names",),
    ),
    Step(
        "probabilities",
        "so 1 - l_w + k|w|/M is a probability",
        "smt",
        sympy.And(sympy.Ge(1 - number + k * sympy.Abs(w) / M, 0), sympy.Le(1 - number + k * sympy.Abs(w) / M, 1)),
        given=(BETWEEN,),
        cites=("between",),
    ),
    Step(
        "unbiased",
        "the two values, weighted with their probabilities, have mean w",
        "finite-law",
        MEAN.relation,
        given=(RANGE.relation,),
        cites=("range", "probabilities"),
        data={"law": LAW, "variable": q},
    ),
    Step(
        "within-a-step",
        "and both are within M/k of w",
        "smt",
        SHORT,
        given=(BETWEEN, SIGNED),
        cites=("between", "sign"),
    ),
    Step(
        "deviation",
        "which is the claim",
        "smt",
        DEVIATION.relation,
        given=(SHORT, sympy.Eq(number, level), sympy.Eq(direction, sign)),
        cites=("within-a-step", "names"),
    ),
)
PROOFS = {("lemma-8", "printed"): LEMMA_8}
