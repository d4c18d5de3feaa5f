"""An activation and its square as a parabola plus a few waves around a point, with proved errors on the whole line.

With u = (y - c)/R and g = phi(y) - r, r near phi(c), each of f = g and f = g^2 is written as T + D, where
T(u) = a_0 + a_1 u + a_2 u^2 + sum over odd l of (c_l cos(l w u) + s_l sin(l w u)), and
|D(u)| <= near + far (|u| - b)_+^6.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball import upper_float
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, from_exact
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.interval_array import Array
from boundcheck.network.activation import Activation
from boundcheck.network.activation_enclosure import enclose_activation
from boundcheck.network.activation_slopes import slopes_of

from .two_valued_sums import ANGLE_ERROR, unit_circle

BAND = 0.13
"""b: where the sixth powers begin."""
FREQUENCY = np.pi / 2.6
"""w: the waves turn after 2.6 windows' half widths."""
REACH = 4.0
"""Beyond so many half widths the functions' growth alone is used."""
_NODES_A_UNIT = 256
_FEW, _MANY = 8, 20
"""Waves for windows in which the slope changes little, and for others."""
_LITTLE = 2.5
_WEIGHT = 20.0
_LEAST_SINGULAR = 1e-7


@dataclass(frozen=True)
class Fits:
    """T and the bounds of D, one row for each window.

    coefficients: a_0, a_1, a_2, then all c_l, then all s_l.
    """

    coefficients: Array
    near: Array
    far: Array

    @property
    def count(self) -> int:
        """Of the frequencies."""
        return int(self.coefficients.shape[1] - 3) // 2


@dataclass(frozen=True)
class ActivationFits:
    """Of g and of its square; ``offset`` is r."""

    offset: Array
    value: Fits
    square: Fits


def number_of_waves(activation: Activation, half_width: Array) -> NDArray[np.intp]:
    """How many a window should have: by how much the slope may change in it, beside the Lipschitz constant."""
    lipschitz, bend = _constants(activation)
    return np.where(half_width * bend <= _LITTLE * lipschitz, _FEW, _MANY)


def fit_activation(activation: Activation, centre: Array, half_width: Array, count: int) -> ActivationFits:
    """In the windows of half width R around c: few-digit numbers, so that c + R u is exact at the nodes."""
    lipschitz, bend = _constants(activation)
    grid = _grid(count)
    phi = enclose_activation(activation, from_exact(centre[:, None] + half_width[:, None] * grid.nodes))
    offset = phi.mid[:, len(grid.nodes) // 2]
    g = phi.mid - offset[:, None]
    off = phi.rad + 2 * UNIT_ROUNDOFF * np.abs(g)
    slope = (half_width * lipschitz * (1 + 1e-9))[:, None]
    curve = (half_width**2 * bend * (1 + 1e-9))[:, None]
    # Between the nodes, and at both ends; where g grows on, D stays below far times the sixth power if the ends' size
    # is at least a third of slope times their distance from b.
    size = (np.abs(g) + off).max(axis=1, keepdims=True) + slope / _NODES_A_UNIT
    end = np.maximum((np.abs(g) + off)[:, [0, -1]].max(axis=1, keepdims=True), slope * (REACH / 3))
    square_off = 2 * np.abs(g) * off + off**2 + 2 * UNIT_ROUNDOFF * g**2
    value = _fitted(grid, g, off, slope, curve, end)
    square = _fitted(grid, g**2, square_off, 2 * size * slope, 2 * (slope**2 + size * curve), end**2)
    return ActivationFits(offset, value, square)


def _constants(activation: Activation) -> tuple[float, float]:
    """Upper bounds of the Lipschitz constants of phi and phi'."""
    facts = (activation.lipschitz, slopes_of(activation).lipschitz)
    lipschitz, bend = (np.inf if fact.is_infinite else upper_float(evaluate(fact, {})) for fact in facts)
    return lipschitz, bend


@dataclass(frozen=True)
class _Grid:
    """Nodes u from -REACH to REACH, the terms of T there, and the matrix that fits them."""

    nodes: Array
    terms: Array
    fit: Array
    odd: Array

    inner: Array
    """Of every cell between two nodes the end nearer to 0, in size."""


@lru_cache(maxsize=2)
def _grid(count: int) -> _Grid:
    last = round(REACH * _NODES_A_UNIT)
    nodes = np.arange(-last, last + 1) / _NODES_A_UNIT
    odd: Array = np.arange(1, 2 * count, 2).astype(np.float64)
    waves = unit_circle(nodes[:, None] * (odd * FREQUENCY))
    terms = np.hstack([np.stack([np.ones_like(nodes), nodes, nodes**2], axis=1), waves.real, waves.imag])
    weight = 1 / (1 + _WEIGHT * np.maximum(np.abs(nodes) - BAND, 0)[:, None] ** 6)
    fit = np.linalg.pinv(terms * weight, rcond=_LEAST_SINGULAR).T * weight
    inner = np.minimum(np.abs(nodes[1:]), np.abs(nodes[:-1]))
    return _Grid(nodes, terms, fit, odd, inner)


def _fitted(grid: _Grid, values: Array, off: Array, slope: Array, curve: Array, end: Array) -> Fits:
    """Least squares, then bounds of D = f - T from the nodes, f's slope and curvature in u, and |f| at the ends."""
    coefficients = values @ grid.fit
    size = np.abs(coefficients)
    parabola, waves = size[:, :3], size[:, 3 : 3 + len(grid.odd)] + size[:, 3 + len(grid.odd) :]
    steps = grid.odd * FREQUENCY
    total = parabola @ np.array([1, REACH, REACH**2]) + waves.sum(axis=1)
    slope = slope[:, 0] + parabola @ np.array([0, 1, 2 * REACH]) + waves @ steps
    curve = curve[:, 0] + 2 * parabola[:, 2] + waves @ steps**2
    between = np.fmin(curve / (8 * _NODES_A_UNIT**2), slope / (2 * _NODES_A_UNIT)) * (1 + 1e-9)
    rounding = total * (2 * ANGLE_ERROR + (2 * len(grid.odd) + 16) * UNIT_ROUNDOFF)
    d = np.abs(values - coefficients @ grid.terms.T) * (1 + 1e-9) + off + (between + rounding)[:, None]
    near = d[:, np.abs(grid.nodes) <= 1].max(axis=1)
    is_far = grid.inner >= 1
    beyond = (np.maximum(d[:, 1:], d[:, :-1])[:, is_far] - near[:, None]) / (grid.inner[is_far] - BAND) ** 6
    at_end = (end[:, 0] + total) / (REACH - BAND) ** 6
    return Fits(coefficients, near, np.maximum(beyond.max(axis=1), at_end) * (1 + 1e-9))
