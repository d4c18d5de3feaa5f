"""What a layer's columns, rows and bias come to: their largest norms, and the norm of the layer's output at zero."""

import numpy as np
from flint import arb

from boundcheck.exact.ball import ball, hull
from boundcheck.exact.ball_matrix import Matrix, from_exact, row_norms
from boundcheck.network.activation import Activation
from boundcheck.network.activation_enclosure import enclose_activation

# row_norms is at most a relative 1e-8 above the norm.
_LOWER = 1 - 2e-8


def largest_row_norm(weight: Matrix) -> arb:
    """Enclose the largest Euclidean norm of a row; of columns with the transposed matrix."""
    return _enclosed(float(row_norms(weight).max()))


def norm_of_bias(bias: Matrix | None) -> arb:
    """Enclose the Euclidean norm; zero without a bias."""
    return ball(0) if bias is None else _enclosed(float(row_norms(bias.reshape(1, -1))[0]))


def norm_of_output_at_zero(activation: Activation | None, bias: Matrix | None, width: int) -> arb | None:
    """Bound ||phi(bias)||; None where the activation is not stated."""
    if activation is None:
        return None
    constant = np.zeros(width) if bias is None else bias
    if activation.is_zero_at_zero and not constant.any():
        return ball(0)
    found = enclose_activation(activation, from_exact(constant.reshape(1, -1)))
    norm = _enclosed(float(row_norms(found.mid)[0]))
    spread = ball(float(row_norms(found.rad)[0]))
    return hull((norm - spread).max(ball(0)), norm + spread)


def _enclosed(upper: float) -> arb:
    return hull(ball(upper) * ball(_LOWER), ball(upper))
