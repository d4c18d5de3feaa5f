"""What the data say about a network, as rigorous enclosures: input radius, outputs, second moment, loss."""

import math
from collections.abc import Callable

import numpy as np
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.exact.ball_matrix import (
    UNIT_ROUNDOFF,
    BallMatrix,
    Matrix,
    from_exact,
    multiply,
    norm_squared,
    row_norms,
)
from boundcheck.network.activation_enclosure import TINY, enclose_activation, round_up
from boundcheck.network.convolve import convolve
from boundcheck.network.data import Data, check_data
from boundcheck.network.network import Layer, Network

MOST_EXACT_ENTRIES = 100_000
"""Entries of the longest samples that are still summed exactly, one by one."""

_BLOCK = 4096
"""Samples run through the layers together at most, so that memory does not grow with their number."""

_MOST_ENTRIES_AT_ONCE = 2**24
"""Entries of one layer's outputs for the samples run through together: fewer samples in very wide networks."""

Progress = Callable[[str, float], None]
"""Called with what is being done and the share done, from 0 to 1."""


def measured_input_radius(data: Data) -> arb:
    """Bound the largest ||x||_2 over the samples from above, to a relative 1e-8 or exactly enclosed.

    Floats only pick the candidates: a float sum of d squares is off by a factor below 1 + 2(d + 2) u, so a sample
    whose sum is smaller than the largest by more than that, twice over, cannot be the largest.
    """
    squares = np.einsum("nd,nd->n", data.inputs, data.inputs)
    slack = 1 - 8 * (data.inputs.shape[1] + 2) * UNIT_ROUNDOFF
    candidates = data.inputs[squares >= squares.max() * slack - TINY]
    if candidates.size > MOST_EXACT_ENTRIES:  # many samples of about the same norm, as after normalization
        return ball(float(row_norms(candidates).max()))
    largest = ball(0)
    for sample in np.unique(candidates, axis=0):
        largest = largest.max(sum((ball(float(entry)) ** 2 for entry in sample), ball(0)))
    return largest.sqrt()


def forward_enclosure(network: Network, data: Data, progress: Progress | None = None) -> BallMatrix:
    """An N x n_out ball matrix containing Phi(x) for every sample x, biases included.

    Raises InputError if the network has no weights, does not state its activations, or does not fit the data.
    """
    check_data(data, network)
    together = max(1, min(_BLOCK, _MOST_ENTRIES_AT_ONCE // max(network.widths)))
    starts = range(0, len(data.inputs), together)
    blocks: list[BallMatrix] = []
    for start in starts:
        z = from_exact(data.inputs[start : start + together])
        for number in range(1, network.depth + 1):
            if progress is not None:
                share = (len(blocks) + (number - 1) / network.depth) / len(starts)
                progress(f"layer {number} of {network.depth}, samples from {start + 1} of {len(data.inputs)}", share)
            z = through_layer(network, number, z)
        blocks.append(z)
    return BallMatrix(np.vstack([block.mid for block in blocks]), np.vstack([block.rad for block in blocks]))


def through_layer(network: Network, number: int, z: BallMatrix) -> BallMatrix:
    """Enclose phi_l(W_l z + b_l) for l = ``number``; rows of ``z`` are samples."""
    return activated(network, number, preactivation(network, number, z))


def preactivation(network: Network, number: int, z: BallMatrix) -> BallMatrix:
    """Enclose W_l z + b_l for l = ``number``; rows of ``z`` are samples."""
    layer, weights, biases = network.layers[number - 1], network.weights, network.biases
    if weights is None or biases is None:
        raise InputError(
            f"{network.origin.description}: there are no weights to run the data through; give a checkpoint"
        )
    try:
        z = _weighted(layer, weights[number - 1], z)
        bias = biases[number - 1]
        return z if bias is None else _plus(z, bias)
    except InputError as error:
        raise InputError(f"layer {number}: its outputs cannot be enclosed: {error}") from None


def activated(network: Network, number: int, z: BallMatrix) -> BallMatrix:
    """Enclose phi_l(z) for l = ``number``."""
    activation = network.layers[number - 1].activation
    if activation is None:
        raise InputError(f"layer {number}: its activation is not stated; give it with --activation")
    try:
        return enclose_activation(activation, z)
    except InputError as error:
        raise InputError(f"layer {number}: its outputs cannot be enclosed: {error}") from None


def _weighted(layer: Layer, weight: Matrix, z: BallMatrix) -> BallMatrix:
    """Enclose W_l z for the rows z of the argument."""
    if layer.kernel is not None:
        return convolve(z, weight, math.isqrt(layer.block))
    return multiply(z, from_exact(weight).transposed)


def loss_enclosure(outputs: BallMatrix, data: Data) -> arb | None:
    """Enclose the loss (3), E||Phi(x) - y||^2 over the samples, from the enclosed outputs; None without targets.

    One-hot targets of classes are padded with zeros where the network has more outputs. Raises InputError if the
    targets do not fit the outputs.
    """
    if data.targets is None:
        return None
    width = outputs.mid.shape[1]
    missing = width - data.targets.shape[1]
    if missing < 0 or (missing > 0 and data.labels is None):
        raise InputError(
            f"{data.description}: {data.targets.shape[1]} target values per sample, but the network's "
            f"output width is {width}; use labels with {width} values"
        )
    return mean_square(_plus(outputs, -np.pad(data.targets, ((0, 0), (0, missing)))))


def mean_square(z: BallMatrix) -> arb:
    """Enclose the mean over the rows of the squared Euclidean norm."""
    return norm_squared(z) / len(z.mid)


def _plus(z: BallMatrix, summand: Matrix) -> BallMatrix:
    """z plus an exact row or matrix; the radius grows by the rounding error of the float sum."""
    with np.errstate(over="ignore"):
        mid = z.mid + summand
        return BallMatrix(mid, round_up(z.rad + round_up(UNIT_ROUNDOFF * np.abs(mid))))
