"""Encloses an activation applied to a ball matrix without trusting any floating-point tanh.

Piecewise linear activations are computed in floats with outward radii. Smooth ones are interpolated linearly between
nodes whose values come from Arb, with the error bound curvature h^2 / 8; softmax and points far out go through Arb
entry by entry. What the input's radius adds is at most the Lipschitz constant times it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy
from flint import arb

from boundcheck.exact.ball import ball, upper_float
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, Matrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import Activation, X

TINY = 2.0**-1000
"""Larger than every absolute error that underflow adds to the few operations done here."""
_MOST_CELLS = 2**13
_FINEST_EXPONENT = -20
_TABLE_REACH = 64.0


def round_up(values: Matrix) -> Matrix:
    """The next float above: an upper bound of the exact result of the operation that gave ``values``."""
    return np.nextafter(values, np.inf)


def enclose_activation(activation: Activation, z: BallMatrix) -> BallMatrix:
    """A ball matrix containing phi(y) for every matrix y in ``z``; rows are samples, softmax acts on each row.

    Raises InputError where a value overflows, so that no finite enclosure exists.
    """
    family = activation.name.split("(")[0]
    if family == "identity":
        return z
    if family == "softmax":
        return _softmax(z)
    lipschitz = upper_float(evaluate(activation.lipschitz, {}))
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused by BallMatrix
        if family in ("relu", "leaky_relu"):
            mid, error = _piecewise_linear(activation, z.mid)
        else:
            mid, error = _interpolated(activation, z.mid)
        return BallMatrix(mid, round_up(round_up(lipschitz * z.rad) + error))


def _piecewise_linear(activation: Activation, mid: Matrix) -> tuple[Matrix, Matrix]:
    """relu exactly; leaky_relu with the slope rounded to a float, which the error covers."""
    slope = evaluate(activation.expression, {X: -1}) * -1
    nearest = float(slope.mid())
    value = np.where(mid > 0, mid, nearest * mid)
    if nearest == 0 and slope.is_exact():
        return np.maximum(mid, 0.0), np.zeros_like(mid)
    per_unit = upper_float(abs(slope - ball(nearest)) + 2 * UNIT_ROUNDOFF * abs(ball(nearest)))
    return value, np.where(mid > 0, 0.0, round_up(per_unit * np.abs(mid)) + TINY)


@dataclass(frozen=True)
class _Table:
    """Values at the nodes (first + i) * step, each off by at most ``node_error``."""

    first: int
    step: float
    values: Matrix
    node_error: float


def _interpolated(activation: Activation, mid: Matrix) -> tuple[Matrix, Matrix]:
    """Linear interpolation of phi on [-64, 64], entry by entry beyond."""
    expression = activation.expression
    is_inside = np.abs(mid) <= _TABLE_REACH  # False for NaN
    value, error = np.zeros_like(mid), np.zeros_like(mid)
    if not np.all(is_inside):
        outside = _entry_by_entry(mid[~is_inside], lambda x: evaluate(expression, {X: x}))
        value[~is_inside], error[~is_inside] = outside
    if np.any(is_inside):
        table = _table(expression, mid[is_inside])
        value[is_inside] = _interpolate(table, mid[is_inside])
        error[is_inside] = _interpolation_error(activation, table)
    return value, error


def _table(expression: sympy.Expr, points: Matrix) -> _Table:
    """Nodes around all points: the step is the least power of two that needs at most _MOST_CELLS cells."""
    low, high = float(points.min()), float(points.max())
    step = 2.0**_FINEST_EXPONENT
    while (high - low) / step > _MOST_CELLS - 2:
        step *= 2
    first, last = int(np.floor(low / step)), int(np.floor(high / step)) + 1
    values, errors = zip(*(_node(expression, node * step) for node in range(first, last + 1)), strict=True)
    return _Table(first, step, np.array(values), max(errors))


@lru_cache(maxsize=2**16)
def _node(expression: sympy.Expr, point: float) -> tuple[float, float]:
    """phi at a node, and how far the float is off. Blocks of samples share most of their nodes."""
    exact = evaluate(expression, {X: point})
    value = float(exact.mid())
    return value, upper_float(abs(exact - ball(value)))


def _interpolate(table: _Table, points: Matrix) -> Matrix:
    """Division by the power of two and its floor are exact; the rest is covered by _interpolation_error."""
    scaled = points / table.step
    cell = np.floor(scaled)
    index = cell.astype(np.int64) - table.first
    left = table.values[index]
    return left + (scaled - cell) * (table.values[index + 1] - left)


def _interpolation_error(activation: Activation, table: _Table) -> float:
    """Curvature h^2 / 8, the nodes' own errors, and the rounding of the interpolation.

    With M the largest node value in size: the fraction, the difference and their product are each off by at most
    2 M u (1 + u)^2, the sum by at most 3 M u; together below 16 M u.
    """
    curvature = evaluate(_curvature_within_cells(activation), {})
    rounding = 16 * ball(UNIT_ROUNDOFF) * ball(float(np.abs(table.values).max())) + ball(TINY)
    return upper_float(curvature * ball(table.step) ** 2 / 8 + ball(table.node_error) + rounding)


def _curvature_within_cells(activation: Activation) -> sympy.Expr:
    """elu's second derivative is alpha e^x below 0 and 0 above; it jumps at 0 only, which is a node."""
    if activation.name.startswith("elu("):
        return sympy.Rational(activation.name[len("elu(") : -1])
    return activation.curvature


def _entry_by_entry(mid: Matrix, phi: Callable[[float], arb]) -> tuple[Matrix, Matrix]:
    """phi in Arb at every entry: the nearest floats and how far they are off (inf where phi is not known)."""
    value, error = np.zeros(mid.size), np.full(mid.size, np.inf)
    for index, point in enumerate(mid.ravel()):
        exact = phi(float(point))
        if exact.is_finite():
            value[index] = float(exact.mid())
            error[index] = upper_float(abs(exact - ball(float(value[index]))))
    return value.reshape(mid.shape), error.reshape(mid.shape)


def _softmax(z: BallMatrix) -> BallMatrix:
    """Row by row in Arb from balls; the radii pass through the exponentials."""
    mid, rad = np.zeros(z.mid.shape), np.full(z.mid.shape, np.inf)
    for row in range(len(z.mid)):
        highest = ball(float(z.mid[row].max()))
        powers = [(arb(float(m), float(r)) - highest).exp() for m, r in zip(z.mid[row], z.rad[row], strict=True)]
        total = sum(powers, ball(0))
        for column, power in enumerate(powers):
            share = power / total
            if share.is_finite():
                mid[row, column] = float(share.mid())
                rad[row, column] = upper_float(abs(share - ball(float(mid[row, column]))))
    return BallMatrix(mid, rad)
