"""Lemma 8: the stochastic quantizer is unbiased and moves a weight by at most a step."""

import sympy

from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import LEVELS, POSITIVE_REALS, k

M = sympy.Symbol("M", positive=True)
w = sympy.Symbol("w", real=True)
step_index = sympy.ceiling(k * sympy.Abs(w) / M)
level = sympy.Max(1, step_index)
sign = sympy.Piecewise((1, w >= 0), (-1, True))
LOWER_VALUE = sign * (level - 1) * M / k
UPPER_VALUE = sign * level * M / k
UPPER_PROBABILITY = 1 - level + k * sympy.Abs(w) / M

RANGE = Assumption("range", sympy.Le(sympy.Abs(w), M), "the weight lies in [-M, M]")
MEAN = Claim(
    id="mean",
    sense=Sense.EQUALITY,
    relation=sympy.Eq(UPPER_PROBABILITY * UPPER_VALUE + (1 - UPPER_PROBABILITY) * LOWER_VALUE, w),
    meaning="E q(w; M, k) = w",
)
DEVIATION = Claim(
    id="deviation",
    sense=Sense.UPPER,
    relation=sympy.Le(sympy.Max(sympy.Abs(UPPER_VALUE - w), sympy.Abs(LOWER_VALUE - w)), M / k),
    meaning="|q(w; M, k) - w| <= M/k almost surely",
)

STATEMENT = Statement(
    id="lemma-8",
    title="The stochastic quantizer is unbiased and moves a weight by at most a step",
    kind=Kind.LEMMA,
    source=Source("Lemma 8", page=22, arxiv="Lemma 1"),
    variables=(
        Variable(M, POSITIVE_REALS, "largest absolute value that is quantized"),
        LEVELS,
        Variable(w, sympy.S.Reals, "weight"),
    ),
    variants={
        "printed": Variant(
            assumptions=(RANGE,),
            claims=(MEAN, DEVIATION),
        )
    },
    remarks=("Zero is a value of the quantizer: with |w| < M/k it is taken with probability 1 - k|w|/M.",),
)
