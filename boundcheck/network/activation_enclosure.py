"""Encloses an activation applied to a ball matrix without trusting any floating-point tanh.

Piecewise linear activations are computed in floats with outward radii. Smooth ones are interpolated linearly between
nodes whose values come from Arb, with the error bound curvature h^2 / 8; softmax goes through Arb entry by entry. What
the input's radius adds is at most the Lipschitz constant times it.
"""

import numpy as np
import sympy
from flint import arb

from boundcheck.exact.ball import ball, upper_float
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, Matrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import Activation, X
from boundcheck.network.interpolation import TINY, interpolated, round_up

__all__ = ["TINY", "enclose_activation", "round_up"]


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
            bend = evaluate(_curvature_within_cells(activation), {})
            mid, error = interpolated(activation.expression, z.mid, lambda low, high: bend)
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


def _curvature_within_cells(activation: Activation) -> sympy.Expr:
    """elu's second derivative is alpha e^x below 0 and 0 above; it jumps at 0 only, which is a node."""
    if activation.name.startswith("elu("):
        return sympy.Rational(activation.name[len("elu(") : -1])
    return activation.curvature


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
