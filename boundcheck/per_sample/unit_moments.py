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


def exact_counts_moments(inputs: BallMatrix, weight: Weight, kept: int, variance_alone: bool = False) -> UnitMoments:
    """Where every row keeps exactly ``kept`` of its T nonzero entries, times T/t (statement sharp-exact-counts).

    With a = weight times input and S_n the sum over a row of (a - mean of a)^n, the moments of zeta are exact:
    multiples of S_2, of S_3, and of S_4 and S_2^2. 0 where T <= t.
    """
    counts = [int(count) for count in np.count_nonzero(weight, axis=1)]
    factors = [_factors(count, kept) for count in counts]
    second, third, fourth, squared = (_row([row[name] for row in factors]) for name in range(4))
    x, w, total = from_balls(inputs), point(weight), _row([float(max(count, 1)) for count in counts])
    mean = from_balls(multiply(inputs, from_exact(weight).transposed)) / total
    squares = _sum(x**2, w**2)
    centred = (squares - total * mean**2).maximum(constant(0))
    v = second * centred
    if variance_alone:
        return UnitMoments(v)
    cubes, fourths = _sum(x**3, w**3), _sum(x**4, w**4)
    centred_cubes = cubes - constant(3) * mean * squares + constant(2) * total * mean**3
    centred_fourths = (
        fourths - constant(4) * mean * cubes + constant(6) * mean**2 * squares - constant(3) * total * mean**4
    ).maximum(constant(0))
    found = fourth * centred_fourths + squared * centred**2
    return UnitMoments(v, third * centred_cubes, _at_least(found, v**2))


def _factors(total: int, kept: int) -> tuple[Fraction, ...]:
    """What S_2, S_3, S_4 and S_2^2 are multiplied by: from the probabilities that 1, 2, 3, 4 given entries are kept.

    The sums over different entries of products of deviations are power sums, as all deviations add up to 0.
    """
    if total <= kept:
        return (Fraction(0),) * 4
    shares = [Fraction(1)]
    for number in range(4):
        shares.append(shares[-1] * max(0, kept - number) / max(1, total - number))
    _, one, two, three, four = shares
    scale = Fraction(total, kept)
    return (
        scale**2 * (one - two),
        scale**3 * (one - 3 * two + 2 * three),
        scale**4 * (one - 7 * two + 12 * three - 6 * four),
        scale**4 * (3 * two - 6 * three + 3 * four),
    )


def _sum(powers: IntervalArray, moments: IntervalArray) -> IntervalArray:
    """Over a unit's inputs: powers of shape (samples, inputs), moments of shape (units, inputs)."""
    return from_balls(multiply(to_balls(powers), to_balls(moments).transposed))


def _row(numbers: list[float] | list[Fraction]) -> IntervalArray:
    ends = [constant(number) for number in numbers]
    return IntervalArray(np.array([[float(end.low) for end in ends]]), np.array([[float(end.high) for end in ends]]))


def _at_least(moment: IntervalArray, power_of_variance: IntervalArray) -> IntervalArray:
    """Jensen: an even moment is at least the variance's power."""
    return IntervalArray(np.maximum(moment.low, np.minimum(power_of_variance.low, moment.high)), moment.high)
