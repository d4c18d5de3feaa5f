"""The largest distance between both networks' outputs over all inputs of a norm, proved from norms alone.

Layer by layer, for ||x|| <= R. Let z_0 = z-hat_0 = x, z_l = phi_l(W_l z_{l-1} + b_l), and z-hat_l the same with W-hat_l
and b-hat_l, in the shape of the dense network (see alignment). phi_l has Lipschitz constant L_l, and phi_l(0) may be
anything. Norms are Euclidean. Then, with r_0 = r-hat_0 = R and d_0 = 0,

    ||z_l||           <= r_l     = ||phi_l(b_l)|| + L_l ||W_l|| r_{l-1},
    ||z-hat_l||       <= r-hat_l = ||phi_l(b-hat_l)|| + L_l ||W-hat_l|| r-hat_{l-1},
    ||z_l - z-hat_l|| <= d_l     = min(L_l (||W_l|| d_{l-1} + ||W_l - W-hat_l|| r-hat_{l-1} + ||b_l - b-hat_l||),
                                       r_l + r-hat_l).

Proof. ||phi(W z + b)|| <= ||phi(b)|| + ||phi(W z + b) - phi(b)|| and the last is at most L ||W z||. For the distance,
W z + b - W-hat z-hat - b-hat = W (z - z-hat) + (W - W-hat) z-hat + (b - b-hat). Columns of W-hat that were put back
meet zeros if they are not zero themselves, so ||W-hat z-hat|| is at most the norm of the file's own W-hat times
||z-hat||, and that norm stands in r-hat_l. End of proof.
Where phi takes values in [low, high], each of the n entries is at most max(|low|, |high|) in size, and two of them are
at most high - low apart; softmax has norm at most 1, and two of its values are at most sqrt(2) apart. So the largest
squared distance of the outputs is at most d_m^2. The projections of a compression are not in its file and not in this.
"""

from dataclasses import dataclass

import numpy as np
from flint import arb

from boundcheck.exact.ball import ball, upper_end
from boundcheck.exact.ball_matrix import (
    SMALLEST_NORMAL,
    UNIT_ROUNDOFF,
    BallMatrix,
    Matrix,
    from_exact,
    norm_squared,
    row_norms,
)
from boundcheck.exact.circulant import convolution_norm
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.operator_norm import operator_norm
from boundcheck.network.activation import Activation
from boundcheck.network.activation_enclosure import enclose_activation
from boundcheck.network.measure import Progress
from boundcheck.network.network import Layer

from .alignment import aligned, full_bias
from .pair import Pair

_RANGE = {"tanh": (-1, 1), "sigmoid": (0, 1), "sin": (-1, 1)}


@dataclass(frozen=True)
class LayerBound:
    """The norms of one layer, ||W_l||, ||W-hat_l||, ||W_l - W-hat_l|| and ||b_l - b-hat_l||, and r_l, r-hat_l, d_l."""

    dense_norm: arb
    compressed_norm: arb
    difference_norm: arb
    bias_difference: arb
    dense: arb
    compressed: arb
    distance: arb


def largest_distances(pair: Pair, radius: arb, progress: Progress | None = None) -> list[LayerBound]:
    """The bounds behind each layer, for all inputs with ||x|| <= ``radius``; every number is an upper bound."""
    dense = pair.dense
    assert dense.weights is not None and dense.biases is not None
    found: list[LayerBound] = []
    before, before_hat, distance = upper_end(radius), upper_end(radius), ball(0)
    for number, other in enumerate(aligned(pair)):
        if progress is not None:
            progress(f"bounding layer {number + 1} of {dense.depth} for all inputs", number / dense.depth)
        layer, phi = dense.layers[number], dense.layers[number].activation
        assert phi is not None
        lipschitz = evaluate(phi.lipschitz, {})
        norm, norm_hat = (ball(one.layers[number].operator_norm) for one in (dense, pair.compressed))
        bias = full_bias(layer, dense.biases[number])
        change = difference_norm(layer, dense.weights[number], other.weight)
        bias_change = _norm(_difference(bias, other.bias))
        most, apart = _of_bounded_values(phi, layer.n_out)
        new, new_hat = (
            upper_end((_value_at(phi, shift) + lipschitz * one * size).min(most))
            for shift, one, size in ((bias, norm, before), (other.bias, norm_hat, before_hat))
        )
        telescoped = lipschitz * (norm * distance + change * before_hat + bias_change)
        distance = upper_end(telescoped.min(new + new_hat).min(apart))
        before, before_hat = new, new_hat
        found.append(LayerBound(norm, norm_hat, change, bias_change, before, before_hat, distance))
    return found


def difference_norm(layer: Layer, weight: Matrix, other: Matrix) -> arb:
    """An upper bound of ||W - W-hat||: of the rounded difference, and of its rounding in Frobenius norm.

    A kernel's entry stands r^2 times in the matrix of a convolution on r x r maps, which a radius of r times its size
    covers.
    """
    gap = _difference(weight.reshape(len(weight), -1), other.reshape(len(other), -1))
    rounded = gap.mid.reshape(weight.shape)
    side = round(layer.block**0.5)
    of_rounded = operator_norm(rounded) if layer.kernel is None else convolution_norm(rounded, side)
    return upper_end(of_rounded + side * _norm(gap, of_radius=True))


def _difference(a: Matrix, b: Matrix) -> BallMatrix:
    """a - b exactly enclosed, as rows."""
    mid = np.atleast_2d(a - b)
    rad = 2 * UNIT_ROUNDOFF * np.abs(mid) + SMALLEST_NORMAL
    return BallMatrix(mid, np.where(np.atleast_2d(a == b), 0.0, rad))


def _norm(rows: BallMatrix, of_radius: bool = False) -> arb:
    """An upper bound of the Frobenius norm of all matrices in it, or of their largest distance from its midpoint."""
    norms = row_norms(rows.rad) if of_radius else row_norms(rows.mid) + row_norms(rows.rad)
    return upper_end(norm_squared(from_exact(norms[:, None])).sqrt() * (1 + 4 * UNIT_ROUNDOFF))


def _value_at(activation: Activation, bias: Matrix) -> arb:
    """An upper bound of ||phi(b)||."""
    return _norm(enclose_activation(activation, from_exact(bias[None])))


def _of_bounded_values(activation: Activation, width: int) -> tuple[arb, arb]:
    """The largest norm, and the largest distance, of values of the activation; infinite if it is not bounded."""
    if activation.name == "softmax":
        return ball(1), ball(2).sqrt()
    if activation.name not in _RANGE:
        return arb.pos_inf(), arb.pos_inf()
    low, high = _RANGE[activation.name]
    return ball(width).sqrt() * max(abs(low), abs(high)), ball(width).sqrt() * (high - low)
