"""What the layers behind a compressed block make of its error: their derivative at each sample, and what that omits.

Each activation is replaced by a slope at every unit and sample. The linear image of the error then has an exact second
moment; what the slopes leave out is bounded over the whole segment to every realization, by the moments of what enters
(statement sharp-later-layers).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, Matrix, product_above, row_norms, sum_above
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
class _Images:
    """What becomes of each unit's direction at a layer: of shape (samples, n, units), each row within ``rad``."""

    mid: Matrix
    rad: Matrix

    @property
    def size(self) -> Matrix:
        return np.nextafter(np.abs(self.mid) + self.rad, np.inf)


def operations(network: Network, first: int, samples: int, units: int) -> int:
    """Multiplications that ``linearized`` takes: none of the layers behind ``first`` may be too wide."""
    widths = network.widths[first:]
    return samples * units * sum(a * b for a, b in zip(widths[:-1], widths[1:], strict=True)) + samples * units * sum(
        widths
    )


def linearized(
    network: Network,
    first: int,
    delta: Perturbation,
    preactivations: Sequence[BallMatrix],
    slopes: ChooseSlopes,
) -> Linearized:
    """``delta`` enters the activation of layer ``first``; ``preactivations`` are those of this layer and all behind."""
    samples, units = delta.variance.shape
    together = max(1, _NUMBERS_AT_ONCE // (units * max(network.widths[first:])))
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
    images: _Images | None = None
    remainders: dict[int, Matrix] = {}
    for number, z in zip(range(first, network.depth + 1), preactivations, strict=True):
        slope, left_out = slopes(number, z, moments)
        remainders[number] = sum_above(left_out, axis=1)
        images = _first_images(slope, delta.directions) if images is None else _times_slopes(slope, images)
        if number < network.depth:
            images = _times_weights(network.weights[number], images)
        moments = _moments(images, delta)
    assert images is not None
    return Linearized(_mean_square(images, delta), remainders)


def _first_images(slope: Matrix, directions: Matrix) -> _Images:
    mid = slope[:, :, None] * directions[None]
    return _Images(mid, UNIT_ROUNDOFF * 2 * np.abs(mid).max(axis=2, keepdims=True))


def _times_slopes(slope: Matrix, images: _Images) -> _Images:
    mid = slope[:, :, None] * images.mid
    rad = np.abs(slope)[:, :, None] * images.rad + 2 * UNIT_ROUNDOFF * np.abs(mid).max(axis=2, keepdims=True)
    return _Images(mid, rad * (1 + 8 * UNIT_ROUNDOFF))


def _times_weights(weight: Matrix, images: _Images) -> _Images:
    """W times every sample's images; the product's error is at most gamma times row norm times column norm."""
    mid = np.matmul(weight[None], images.mid)
    inner = weight.shape[1]
    gamma = 2 * inner * UNIT_ROUNDOFF
    columns = np.sqrt(np.einsum("nks,nks->ns", images.mid, images.mid).max(axis=1)) * (1 + 4 * gamma)
    rounding = gamma * row_norms(weight)[None, :, None] * columns[:, None, None] * (1 + 2.0**-40)
    return _Images(mid, (rounding + product_above(np.abs(weight)[None], images.rad)) * (1 + 8 * UNIT_ROUNDOFF))


def _offset(images: _Images, delta: Perturbation) -> tuple[Matrix, Matrix]:
    """J D centre, as floats, and how far they and the rest of the mean may be off; shape (samples, n)."""
    size = np.abs(delta.centre)[:, :, None]
    middle = np.matmul(images.mid, delta.centre[:, :, None])[:, :, 0]
    gamma = 2 * delta.centre.shape[1] * UNIT_ROUNDOFF
    rounding = product_above(images.size * gamma + images.rad, size)[:, :, 0]
    return middle, np.nextafter(rounding + product_above(images.size, delta.radius[:, :, None])[:, :, 0], np.inf)


def _moments(images: _Images, delta: Perturbation) -> Moments:
    middle, rest = _offset(images, delta)
    squares = square_above(images.size)
    variance = product_above(squares, delta.variance[:, :, None])[:, :, 0]
    fourth = None
    if delta.fourth is not None:
        fourth = product_above(square_above(squares), delta.fourth[:, :, None])[:, :, 0]
    return combined_moments(np.abs(middle) + rest, variance, fourth)


def _mean_square(images: _Images, delta: Perturbation) -> Matrix:
    """E||J Delta||^2 at every sample, as in mean_square_above."""
    middle, rest = _offset(images, delta)
    bias = np.nextafter(row_norms(middle) + row_norms(rest), np.inf)
    variance = product_above(square_above(images.size), delta.variance[:, :, None])[:, :, 0]
    return np.nextafter(square_above(bias) + sum_above(variance, axis=1), np.inf)
