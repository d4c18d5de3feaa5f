"""Moments of every unit's deviation zeta at every sample, from the draws' moments and the layer's inputs.

zeta is the sum over a unit's inputs of (draw - weight) times input (statement sharp-moments-of-a-sum).
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy

from boundcheck.exact.ball_matrix import BallMatrix, from_exact, multiply
from boundcheck.exact.enclose_array import enclose_array
from boundcheck.exact.interval_array import IntervalArray, constant, from_balls, point, to_balls
from boundcheck.per_sample.draw_moments import DrawMoments, Weight

# Even moments of a sum of independent terms of mean zero, from its variance, third moment and cumulants.
_V, _THIRD, _FOURTH_CUMULANT, _SIXTH_CUMULANT = sympy.symbols("v mu_3 kappa_4 kappa_6", real=True)
_FOURTH = 3 * _V**2 + _FOURTH_CUMULANT
_SIXTH = 15 * _V**3 + 15 * _V * _FOURTH_CUMULANT + 10 * _THIRD**2 + _SIXTH_CUMULANT


@dataclass(frozen=True)
class UnitMoments:
    """E zeta^n for n = 2, 3, 4, 6, of shape (samples, units); None where they are not known."""

    variance: IntervalArray
    third: IntervalArray | None = None
    fourth: IntervalArray | None = None
    sixth: IntervalArray | None = None


def unit_moments(inputs: BallMatrix, draw: DrawMoments, variance_alone: bool = False) -> UnitMoments:
    """For draws that are independent within each row; ``inputs`` has one row a sample."""
    x = from_balls(inputs)
    square, variance = x**2, draw.variance
    v = _sum(square, variance).maximum(constant(0))
    if variance_alone:
        return UnitMoments(v)
    fourth_power = square**2
    third = _sum(x**3, draw.third)
    cumulant = _sum(fourth_power, draw.fourth - constant(3) * variance**2)
    sixth_cumulant = _sum(
        square**3,
        draw.sixth - constant(15) * draw.fourth * variance - constant(10) * draw.third**2 + constant(30) * variance**3,
    )
    values = {_V: v, _THIRD: third, _FOURTH_CUMULANT: cumulant, _SIXTH_CUMULANT: sixth_cumulant}
    fourth, sixth = enclose_array(_FOURTH, values), enclose_array(_SIXTH, values)
    return UnitMoments(v, third, _at_least(fourth, v**2), _at_least(sixth, v**3))


def exact_counts_moments(inputs: BallMatrix, weight: Weight, kept: int) -> UnitMoments:
    """Where every row keeps exactly ``kept`` of its T nonzero entries: the variance (statement sharp-exact-counts).

    Var zeta = (T - t)/(t (T - 1)) (T sum a^2 - (sum a)^2) with a = weight times input; 0 where T <= t.
    """
    counts = [int(count) for count in np.count_nonzero(weight, axis=1)]
    factors = [Fraction(count - kept, kept * (count - 1)) if count > kept else Fraction(0) for count in counts]
    total, factor = _row([float(count) for count in counts]), _row(factors)
    squares = _sum(from_balls(inputs) ** 2, point(weight) ** 2)
    sums = from_balls(multiply(inputs, from_exact(weight).transposed))
    v = (factor * (total * squares - sums**2)).maximum(constant(0))
    is_kept = np.array(factors) == 0
    return UnitMoments(IntervalArray(v.low, np.where(is_kept, 0.0, v.high)))


def _sum(powers: IntervalArray, moments: IntervalArray) -> IntervalArray:
    """Over a unit's inputs: powers of shape (samples, inputs), moments of shape (units, inputs)."""
    return from_balls(multiply(to_balls(powers), to_balls(moments).transposed))


def _row(numbers: list[float] | list[Fraction]) -> IntervalArray:
    ends = [constant(number) for number in numbers]
    return IntervalArray(np.array([[float(end.low) for end in ends]]), np.array([[float(end.high) for end in ends]]))


def _at_least(moment: IntervalArray, power_of_variance: IntervalArray) -> IntervalArray:
    """Jensen: an even moment is at least the variance's power."""
    return IntervalArray(np.maximum(moment.low, np.minimum(power_of_variance.low, moment.high)), moment.high)
