"""The two values of every entry's draw, as intervals: how far apart they are, and how likely the outer one is."""

from fractions import Fraction

import numpy as np

from boundcheck.exact.ball_matrix import Matrix
from boundcheck.exact.interval_array import IntervalArray, constant, point

from .two_valued_sums import TwoValuedDraws


def pruned_entries(weight: Matrix, bernoulli: Fraction) -> TwoValuedDraws:
    """w/p with probability p, else 0."""
    p = constant(bernoulli)
    ones = point(np.ones(weight.shape))
    return TwoValuedDraws(point(weight) / p, ones * p)


def quantized_entries(weight: Matrix, levels: int) -> TwoValuedDraws:
    """Sign of w times M/k, with the fractional part of k |w|/M as the probability of the outer multiple."""
    largest = float(np.abs(weight).max())
    if largest == 0:
        nothing = point(np.zeros(weight.shape))
        return TwoValuedDraws(nothing, nothing)
    step = constant(Fraction(largest) / levels)
    scaled = abs(point(weight)) / step
    part = scaled - point(np.floor(scaled.low / 2 + scaled.high / 2))
    return TwoValuedDraws(
        point(np.sign(weight)) * step, IntervalArray(np.clip(part.low, 0, 1), np.clip(part.high, 0, 1))
    )
