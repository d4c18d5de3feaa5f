"""What a compressed block does to its output at each sample: independent deviations of units, in fixed directions."""

from dataclasses import dataclass

import numpy as np

from boundcheck.exact.ball_matrix import (
    Matrix,
    from_exact,
    multiply,
    product_above,
    row_norms,
    sum_above,
)


@dataclass(frozen=True)
class Perturbation:
    """Delta = sum over units s of directions[:, s] delta_s, the delta_s independent.

    directions: exact, of shape (n, units). The others are of shape (samples, units): E delta_s lies within ``radius``
    of ``centre``, ``variance`` bounds Var delta_s, and ``fourth`` E (delta_s - E delta_s)^4; None where no bound is
    known.
    """

    directions: Matrix
    centre: Matrix
    radius: Matrix
    variance: Matrix
    fourth: Matrix | None


@dataclass(frozen=True)
class Moments:
    """Of every coordinate of Delta, each of shape (samples, n) and bounded from above: second and fourth moment."""

    second: Matrix
    fourth: Matrix | None


def square_above(values: Matrix) -> Matrix:
    """An upper bound of the squares."""
    return np.nextafter(values * values, np.inf)


def mean_square_above(delta: Perturbation, operator_norm: float) -> Matrix:
    """E||Delta||^2 = ||D E delta||^2 + sum_s ||D_:s||^2 Var delta_s, bounded at every sample; shape (samples,).

    operator_norm: bounds that of the directions. The mean's norm is at most ||D centre|| + ||D|| ||radius||, and at
    most || |D centre| + |D| radius || (statement sharp-bias-box).
    """
    mean = multiply(from_exact(delta.centre), from_exact(delta.directions.T))
    rest = np.nextafter(operator_norm * row_norms(delta.radius), np.inf)
    by_norm = np.nextafter(np.nextafter(row_norms(mean.mid) + row_norms(mean.rad), np.inf) + rest, np.inf)
    size = np.nextafter(np.abs(mean.mid) + mean.rad, np.inf)
    spread = product_above(delta.radius, np.abs(delta.directions).T)
    bias = np.minimum(by_norm, row_norms(np.nextafter(size + spread, np.inf)))
    variance = product_above(delta.variance, column_norms_squared(delta.directions)[:, None])[:, 0]
    return np.nextafter(square_above(bias) + variance, np.inf)


def column_norms_squared(directions: Matrix) -> Matrix:
    """Upper bounds of the squared norms of the columns; shape (units,)."""
    return sum_above(square_above(directions), axis=0)


def coordinate_moments(delta: Perturbation) -> Moments:
    """Second and fourth moments of Delta's coordinates.

    With X_s independent and centred, E (sum_s X_s)^4 <= 3 (sum_s E X_s^2)^2 + sum_s E X_s^4; the mean is added by
    Minkowski's inequality in L^4.
    """
    size = np.abs(delta.directions)
    mean = multiply(from_exact(delta.centre), from_exact(delta.directions.T))
    offset = np.abs(mean.mid) + mean.rad + product_above(delta.radius, size.T)
    variance = product_above(delta.variance, square_above(size).T)
    fourth = None if delta.fourth is None else product_above(delta.fourth, square_above(square_above(size)).T)
    return combined_moments(offset, variance, fourth)


def combined_moments(offset: Matrix, variance: Matrix, fourth: Matrix | None) -> Moments:
    """Of a coordinate with mean at most ``offset`` in size, from its variance and the sum of its terms' fourth moments.

    Seven roundings of nonnegative numbers at most are covered by the factors.
    """
    second = (offset * offset + variance) * (1 + 2.0**-48)
    if fourth is None:
        return Moments(second, None)
    centred = np.sqrt(np.sqrt(3 * variance * variance + fourth))
    return Moments(second, (offset + centred) ** 4 * (1 + 2.0**-46))
