"""A smooth formula in one variable at all entries of a matrix: linear interpolation with a proved error.

The nodes' values come from Arb; between them the error is at most h^2 / 8 times the largest second derivative there.
Points far out go through Arb entry by entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy
from flint import arb

from boundcheck.exact.ball import ball, upper_float
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, Matrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import X

TINY = 2.0**-1000
"""Larger than every absolute error that underflow adds to the few operations done here."""
_MOST_CELLS = 2**13
_FINEST_EXPONENT = -20
_TABLE_REACH = 64.0
_FEW = 64
"""So many entries are less work one by one than a table's nodes."""

Bend = Callable[[float, float], arb]
"""The ends of an interval to a bound of |f''| there; f'' may jump at 0, which is a node."""


def round_up(values: Matrix) -> Matrix:
    """The next float above: an upper bound of the exact result of the operation that gave ``values``."""
    return np.nextafter(values, np.inf)


@dataclass(frozen=True)
class _Table:
    """Values at the nodes (first + i) * step, each off by at most ``node_error``."""

    first: int
    step: float
    values: Matrix
    node_error: float

    @property
    def reach(self) -> tuple[float, float]:
        """The first and the last node."""
        return self.first * self.step, (self.first + len(self.values) - 1) * self.step


def interpolated(expression: sympy.Expr, mid: Matrix, bend: Bend) -> tuple[Matrix, Matrix]:
    """The formula in X at every entry, and how far the floats are off: interpolated on [-64, 64], one by one beyond.

    One by one too where there are few entries.
    """
    is_inside = (np.abs(mid) <= _TABLE_REACH) & (mid.size > _FEW)  # False for NaN
    value, error = np.zeros_like(mid), np.zeros_like(mid)
    if not np.all(is_inside):
        outside = _entry_by_entry(mid[~is_inside], lambda x: evaluate(expression, {X: x}))
        value[~is_inside], error[~is_inside] = outside
    if np.any(is_inside):
        table = _table(expression, mid[is_inside])
        value[is_inside] = _interpolate(table, mid[is_inside])
        error[is_inside] = _interpolation_error(bend(*table.reach), table)
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
    """The formula at a node, and how far the float is off. Blocks of samples share most of their nodes."""
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


def _interpolation_error(bend: arb, table: _Table) -> float:
    """Second derivative times h^2 / 8, the nodes' own errors, and the rounding of the interpolation.

    With M the largest node value in size: the fraction, the difference and their product are each off by at most
    2 M u (1 + u)^2, the sum by at most 3 M u; together below 16 M u.
    """
    rounding = 16 * ball(UNIT_ROUNDOFF) * ball(float(np.abs(table.values).max())) + ball(TINY)
    return upper_float(bend * ball(table.step) ** 2 / 8 + ball(table.node_error) + rounding)


def _entry_by_entry(mid: Matrix, function: Callable[[float], arb]) -> tuple[Matrix, Matrix]:
    """A function in Arb at every entry: the nearest floats and how far they are off (inf where it is not known)."""
    value, error = np.zeros(mid.size), np.full(mid.size, np.inf)
    for index, point in enumerate(mid.ravel()):
        exact = function(float(point))
        if exact.is_finite():
            value[index] = float(exact.mid())
            error[index] = upper_float(abs(exact - ball(float(value[index]))))
    return value.reshape(mid.shape), error.reshape(mid.shape)
