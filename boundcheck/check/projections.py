"""The projections behind compressed blocks in ball arithmetic: their radii, where they act, and what comes out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from boundcheck.exact.ball import ball, upper_end
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, Matrix, from_exact, norm_squared, row_norms
from boundcheck.exact.circulant import convolution_norm
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.operator_norm import operator_norm
from boundcheck.network.activation import Activation, X
from boundcheck.network.activation_enclosure import TINY, enclose_activation, round_up
from boundcheck.network.data import Data
from boundcheck.network.measure import measured_input_radius, through_layer
from boundcheck.network.network import Network

ROUNDED_UP = Fraction(1_000_001, 1_000_000)
"""By what every radius is raised, so that none is below what it bounds."""
SAMPLES_AT_ONCE = 4096


@dataclass(frozen=True)
class Projected:
    """Outputs with projections; by layer, on how many samples its projection certainly and possibly acts."""

    outputs: BallMatrix
    certain: Mapping[int, int]
    possible: Mapping[int, int]


def radii(network: Network, data: Data) -> list[arb]:
    """kappa_l = (max(1, L_l) c kappa_{l-1} + ||phi_l(b_l)||) (1 + 10^-6), c = c_1 with the inputs' radius folded in."""
    c_1 = _largest_norm(network, measured_input_radius(data))
    radius, found = ball(1), []
    for number, layer in enumerate(network.layers):
        assert layer.activation is not None and network.biases is not None
        bias = network.biases[number]
        at_bias = _norm_at(layer.activation, np.zeros(layer.n_out) if bias is None else bias)
        lipschitz = evaluate(layer.activation.lipschitz, {}).max(ball(1))
        radius = upper_end((lipschitz * c_1 * radius + at_bias) * ball(ROUNDED_UP))
        found.append(radius)
    return found


def _norm_at(activation: Activation, bias: Matrix) -> arb:
    """||phi(b)||, entry by entry in Arb where phi acts so; softmax has no zeros."""
    if activation.expression is None:
        return norm_squared(enclose_activation(activation, from_exact(bias[None]))).sqrt()
    values, counts = np.unique(bias, return_counts=True)
    exact = (evaluate(activation.expression, {X: float(value)}) for value in values)
    return sum((int(count) * abs(one) ** 2 for one, count in zip(exact, counts, strict=True)), ball(0)).sqrt()


def _largest_norm(network: Network, input_radius: arb) -> arb:
    assert network.weights is not None
    largest = ball(0)
    for number, (layer, weight) in enumerate(zip(network.layers, network.weights, strict=True)):
        norm = operator_norm(weight) if layer.kernel is None else convolution_norm(weight, math.isqrt(layer.block))
        largest = largest.max(norm if number else norm * input_radius.max(ball(1)))
    return upper_end(largest)


def forward_projected(network: Network, data: Data, radii: Mapping[int, float]) -> Projected:
    """Run the data through, with the outputs of these layers projected onto balls of these radii."""
    certain, possible = dict.fromkeys(radii, 0), dict.fromkeys(radii, 0)
    blocks = []
    for start in range(0, len(data.inputs), SAMPLES_AT_ONCE):
        z = from_exact(data.inputs[start : start + SAMPLES_AT_ONCE])
        for number in range(1, network.depth + 1):
            z = through_layer(network, number, z)
            if number in radii:
                low, high = _norms(z)
                certain[number] += int((low > radii[number]).sum())
                possible[number] += int((high > radii[number]).sum())
                z = _projected(z, low, high, radii[number])
        blocks.append(z)
    outputs = BallMatrix(np.vstack([block.mid for block in blocks]), np.vstack([block.rad for block in blocks]))
    return Projected(outputs, certain, possible)


def _norms(z: BallMatrix) -> tuple[Matrix, Matrix]:
    """Lower and upper bounds of the rows' Euclidean norms; a sum of n squares is off by a factor within 1 +- 2 n u."""
    length = np.sqrt(np.einsum("ij,ij->i", z.mid, z.mid))
    relative = 2 * (z.mid.shape[1] + 8) * UNIT_ROUNDOFF
    spread = row_norms(z.rad) + TINY
    return np.maximum(length * (1 - relative) - spread, 0.0), length * (1 + relative) + spread


def _projected(z: BallMatrix, low: Matrix, high: Matrix, radius: float) -> BallMatrix:
    """Each row times a number in [radius/high, radius/low], at most 1; rows inside the ball as they are."""
    least = np.nextafter(radius / np.maximum(high, radius), 0.0)
    most = np.minimum(np.nextafter(radius / np.maximum(low, radius), 2.0), 1.0)
    factor = (least + most) / 2
    spread = round_up(most - least) + 4 * UNIT_ROUNDOFF
    mid = z.mid * factor[:, None]
    rad = round_up(np.abs(z.mid) * spread[:, None]) + round_up(z.rad) + round_up(UNIT_ROUNDOFF * np.abs(mid)) + TINY
    inside = (high <= radius)[:, None]
    return BallMatrix(np.where(inside, z.mid, mid), np.where(inside, z.rad, round_up(rad)))
