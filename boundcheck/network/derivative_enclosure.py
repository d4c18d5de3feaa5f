"""Encloses an activation's first and second derivative at every entry of a ball matrix."""

import functools

import numpy as np
import sympy
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball, hull, lower_float, upper_float
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.interval_array import Array, IntervalArray, from_balls
from boundcheck.network.activation import Activation, X
from boundcheck.network.activation_slopes import slopes_of
from boundcheck.network.interpolation import interpolated, round_up

_CELLS_OF_BEND = 256
"""Cells on which the derivative two orders up is enclosed to bound the interpolation's error."""


def enclose_slope(activation: Activation, z: BallMatrix) -> IntervalArray:
    """Every value that phi' takes within the balls of ``z``; where it jumps, both sides' values.

    Raises InputError for an activation that does not act entry by entry.
    """
    facts = slopes_of(activation)
    if not activation.entrywise:
        raise InputError(f"activation={activation.name}: it does not act entry by entry, so it has no slopes")
    low = np.full(z.mid.shape, lower_float(evaluate(facts.low, {})))
    high = np.full(z.mid.shape, upper_float(evaluate(facts.high, {})))
    if facts.low == facts.high:
        return IntervalArray(low, high)
    if activation.name.startswith(("relu", "leaky_relu")):
        return _of_two_lines(evaluate(activation.expression, {X: -1}) * -1, from_balls(z))
    if facts.lipschitz.is_infinite:
        return IntervalArray(low, high)
    return _enclosed(activation, 1, facts.lipschitz, z).intersect(IntervalArray(low, high))


def enclose_second_derivative(activation: Activation, z: BallMatrix) -> IntervalArray | None:
    """Every value that phi'' takes within the balls of ``z``; None if no bound of phi''' is known."""
    third = slopes_of(activation).third_derivative
    if third.is_infinite:
        return None
    size = np.full(z.mid.shape, upper_float(evaluate(activation.curvature, {})))
    return _enclosed(activation, 2, third, z).intersect(IntervalArray(-size, size))


def _of_two_lines(below: arb, z: IntervalArray) -> IntervalArray:
    """1 above zero, ``below`` under it."""
    slopes = IntervalArray(np.full(z.shape, lower_float(below)), np.full(z.shape, upper_float(below)))
    low = np.where(z.low > 0, 1.0, np.where(z.high < 0, slopes.low, np.minimum(slopes.low, 1.0)))
    high = np.where(z.low > 0, 1.0, np.where(z.high < 0, slopes.high, np.maximum(slopes.high, 1.0)))
    return IntervalArray(low, high)


def _enclosed(activation: Activation, order: int, lipschitz: sympy.Expr, z: BallMatrix) -> IntervalArray:
    derivative = sympy.diff(activation.expression, X, order)
    mid, error = interpolated(derivative, z.mid, functools.partial(_largest, sympy.diff(derivative, X, 2)))
    spread: Array = round_up(upper_float(evaluate(lipschitz, {})) * z.rad) if z.rad.any() else z.rad
    return from_balls(BallMatrix(mid, round_up(spread + error)))


@functools.lru_cache(maxsize=1024)
def _largest(function: sympy.Expr, low: float, high: float) -> arb:
    """A bound of |function| on an interval, from balls around cells that cover it."""
    cells = max(1, round((high - low) * _CELLS_OF_BEND / 2 ** np.ceil(np.log2(high - low))))
    edges = np.linspace(low, high, cells + 1)
    sizes = (
        abs(evaluate(function, {X: hull(ball(float(a)), ball(float(b)))}))
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    )
    return functools.reduce(arb.max, sizes)
