"""What the layers behind a compressed block make of its error: their derivative at each sample, and what that omits.

Each activation is replaced by a slope at every unit and sample. The linear image of the error then has an exact second
moment; what the slopes leave out is bounded over the whole segment to every realization, by the moments of what enters
(statement sharp-later-layers).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from boundcheck.exact.ball_matrix import (
    SMALLEST_NORMAL,
    UNIT_ROUNDOFF,
    BallMatrix,
    Matrix,
    product_above,
    row_norms,
    sum_above,
)
from boundcheck.network.network import Network

from .perturbation import Moments, Perturbation, combined_moments, coordinate_moments, square_above

MOST_OPERATIONS = 10**12
"""Beyond so many multiplications for a data set the derivative is left out: the product of norms stands alone."""
_NUMBERS_AT_ONCE = 2**21

ChooseSlopes = Callable[[int, BallMatrix, Moments], tuple[Matrix, Matrix]]
"""From layer number, preactivations and moments of what enters to slopes, exact floats, and bounds of E R^2."""


@dataclass(frozen=True)
class Linearized:
    """At every sample: E||J Delta||^2 at the output, and by layer the sum over its units of E R^2; shape (samples,)."""

    linear: Matrix
    remainders: dict[int, Matrix]


@dataclass(frozen=True)
class _Rows:
    """At every sample a matrix, of shape (samples, n, columns), each row entry by entry within ``rad`` of ``mid``.

    Either the derivative from the first activation on, or what it makes of every unit's direction.
    """

    mid: Matrix
    rad: Matrix

    @property
    def size(self) -> Matrix:
        return np.nextafter(np.abs(self.mid) + self.rad, np.inf)


def operations(network: Network, first: int, samples: int, units: int) -> int:
    """Multiplications that ``linearized`` takes: none of the layers behind ``first`` may be too wide."""
    inner, *behind = network.widths[first:]
    before = [inner, *behind[:-1]]
    return samples * inner * sum(width * (units + last) for width, last in zip(behind, before, strict=True))


def linearized(
    network: Network,
    first: int,
    delta: Perturbation,
    preactivations: Sequence[BallMatrix],
    slopes: ChooseSlopes,
) -> Linearized:
    """``delta`` enters the activation of layer ``first``; ``preactivations`` are those of this layer and all behind."""
    samples, units = delta.variance.shape
    together = max(1, _NUMBERS_AT_ONCE // (max(units, network.widths[first]) * max(network.widths[first + 1 :])))
    parts = [
        _linearized(network, first, _rows(delta, rows), [_ball_rows(z, rows) for z in preactivations], slopes)
        for rows in (slice(start, start + together) for start in range(0, samples, together))
    ]
    return Linearized(
        np.concatenate([part.linear for part in parts]),
        {layer: np.concatenate([part.remainders[layer] for part in parts]) for layer in parts[0].remainders},
    )


def _rows(delta: Perturbation, rows: slice) -> Perturbation:
    fourth = None if delta.fourth is None else delta.fourth[rows]
    return Perturbation(delta.directions, delta.centre[rows], delta.radius[rows], delta.variance[rows], fourth)


def _ball_rows(z: BallMatrix, rows: slice) -> BallMatrix:
    return BallMatrix(z.mid[rows], z.rad[rows])


def _linearized(
    network: Network,
    first: int,
    delta: Perturbation,
    preactivations: Sequence[BallMatrix],
    slopes: ChooseSlopes,
) -> Linearized:
    assert network.weights is not None
    moments = coordinate_moments(delta)
    derivative: _Rows | None = None
    remainders: dict[int, Matrix] = {}
    for number, z in zip(range(first, network.depth + 1), preactivations, strict=True):
        slope, left_out = slopes(number, z, moments)
        remainders[number] = sum_above(left_out, axis=1)
        if number == network.depth:
            assert derivative is not None  # the perturbed layer is not the last one
            return Linearized(_mean_square(_images(_times_slopes(slope, derivative), delta), delta), remainders)
        derivative = _times_weights(network.weights[number], slope, derivative)
        moments = _moments(_images(derivative, delta), delta)
    raise AssertionError("the output layer is among them")


def _times_slopes(slope: Matrix, rows: _Rows) -> _Rows:
    mid = slope[:, :, None] * rows.mid
    rad = np.abs(slope)[:, :, None] * rows.rad + 2 * UNIT_ROUNDOFF * np.abs(mid).max(axis=2, keepdims=True)
    return _Rows(mid, rad * (1 + 8 * UNIT_ROUNDOFF))


def _times_weights(weight: Matrix, slope: Matrix, derivative: _Rows | None) -> _Rows:
    """W diag(slope) times the derivative so far, which is the identity at first."""
    if derivative is None:
        mid = weight[None] * slope[:, None, :]
        return _Rows(mid, 2 * UNIT_ROUNDOFF * np.abs(mid).max(axis=2, keepdims=True))
    inner = _times_slopes(slope, derivative)
    mid = np.matmul(weight[None], inner.mid)
    # No column's norm is more than the root of its length times the largest entry.
    columns = math.sqrt(weight.shape[1]) * np.abs(inner.mid).max(axis=(1, 2), keepdims=True)
    rounding = 2 * _gamma(weight.shape[1]) * row_norms(weight)[None, :, None] * columns
    return _Rows(mid, (rounding + product_above(np.abs(weight)[None], inner.rad)) * (1 + 8 * UNIT_ROUNDOFF))


def _images(derivative: _Rows, delta: Perturbation) -> _Rows:
    """Of the units' directions, which are the same at every sample."""
    samples, rows, inner = derivative.mid.shape
    directions = delta.directions
    flat = derivative.mid.reshape(-1, inner)
    mid = (flat @ directions).reshape(samples, rows, -1)
    norms = row_norms(flat).reshape(samples, rows, 1)
    rounding = _gamma(inner) * norms * float(row_norms(directions.T).max())
    inherited = derivative.rad * float(sum_above(np.abs(directions), axis=0).max())
    return _Rows(mid, (rounding + inherited) * (1 + 8 * UNIT_ROUNDOFF) + inner * 4 * SMALLEST_NORMAL)


def _gamma(inner: int) -> float:
    """A product's entry is off by at most this times the norms of its row and column."""
    return 2 * inner * UNIT_ROUNDOFF


def _offset(images: _Rows, delta: Perturbation) -> tuple[Matrix, Matrix]:
    """The mean's middle, as floats, and how far it and the rest of the mean may be off; shape (samples, n)."""
    middle = np.matmul(images.mid, delta.centre[:, :, None])[:, :, 0]
    size = np.nextafter(images.size * _gamma(delta.centre.shape[1]) + images.rad, np.inf)
    rounding = product_above(size, np.abs(delta.centre)[:, :, None])[:, :, 0]
    return middle, np.nextafter(rounding + product_above(images.size, delta.radius[:, :, None])[:, :, 0], np.inf)


def _moments(images: _Rows, delta: Perturbation) -> Moments:
    middle, rest = _offset(images, delta)
    squares = square_above(images.size)
    variance = product_above(squares, delta.variance[:, :, None])[:, :, 0]
    fourth = None
    if delta.fourth is not None:
        fourth = product_above(square_above(squares), delta.fourth[:, :, None])[:, :, 0]
    return combined_moments(np.abs(middle) + rest, variance, fourth)


def _mean_square(images: _Rows, delta: Perturbation) -> Matrix:
    """E||J Delta||^2 at every sample, as in mean_square_above."""
    middle, rest = _offset(images, delta)
    bias = row_norms(np.nextafter(np.abs(middle) + rest, np.inf))
    variance = product_above(square_above(images.size), delta.variance[:, :, None])[:, :, 0]
    return np.nextafter(square_above(bias) + sum_above(variance, axis=1), np.inf)
