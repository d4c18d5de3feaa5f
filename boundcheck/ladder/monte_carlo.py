"""The true mean squared error of the random draws, by Monte Carlo in plain numpy: an estimate, which proves nothing."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from scipy.special import ndtr

from boundcheck.core.rung import Unit
from boundcheck.draws import Array, ExactCounts, Law, multiplier_law, pruning_law, quantization_law, realized
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.network import Network

from .plan import Sampling

ACTIVATIONS: Mapping[str, Callable[[Matrix], Matrix]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "gelu": lambda z: z * ndtr(z),
}
_TOGETHER = 8


@dataclass(frozen=True)
class DrawnBlock:
    """A compressed layer and the law of its draws; kept: entries that every row keeps, by exact counts."""

    layer: int
    role: Literal["wide", "bottleneck"]
    unit: Unit
    bernoulli: Fraction | None = None
    levels: int | None = None
    kept: int | None = None


@dataclass(frozen=True)
class Estimate:
    """A mean over the repeats, and its standard error."""

    mean: float
    standard_error: float


@dataclass(frozen=True)
class Sampled:
    """blocks: behind every block's last matrix, with dense inputs; output: of the whole network."""

    repeats: int
    blocks: list[Estimate]
    output: Estimate


def sample_errors(
    network: Network, inputs: Matrix, blocks: Sequence[DrawnBlock], sampling: Sampling, seed: int
) -> Sampled:
    """Draw until every mean is known to the relative standard error asked for, or time or repeats are at their end."""
    dense = Dense(network, inputs)
    found: list[list[float]] = []
    start = time.monotonic()
    while len(found) < sampling.repeats:
        found.append(_one_repeat(dense, blocks, seed, len(found)))
        if len(found) % _TOGETHER == 0 and _is_enough(np.array(found), sampling, time.monotonic() - start):
            break
    values = np.array(found)
    means, errors = values.mean(axis=0), _standard_errors(values)
    estimates = [Estimate(float(mean), float(error)) for mean, error in zip(means, errors, strict=True)]
    return Sampled(len(found), estimates[:-1], estimates[-1])


class Dense:
    """The dense network at the data: what enters every layer, and its preactivations."""

    def __init__(self, network: Network, inputs: Matrix) -> None:
        self.network = network
        self.inputs, self.preactivations = [inputs], []
        for number in range(1, network.depth + 1):
            self.preactivations.append(self.preactivation(number, self.inputs[-1]))
            self.inputs.append(self.activated(number, self.preactivations[-1]))

    def preactivation(self, number: int, inputs: Matrix, weight: Array | None = None) -> Matrix:
        """W x + b at layer ``number``, with another W if one is given."""
        network = self.network
        assert network.weights is not None and network.biases is not None
        layer, bias = network.layers[number - 1], network.biases[number - 1]
        used = network.weights[number - 1] if weight is None else weight
        if layer.kernel is None:
            values: Matrix = inputs @ used.T
        else:
            values = _convolved(inputs, used, math.isqrt(layer.block))
        return values if bias is None else values + bias

    def activated(self, number: int, z: Matrix) -> Matrix:
        activation = self.network.layers[number - 1].activation
        assert activation is not None
        values: Matrix = ACTIVATIONS[activation.name](z)
        return values

    def drawn(self, block: DrawnBlock, inputs: Matrix, seed: int, repeat: int) -> Matrix:
        """The block's preactivation with its layer drawn anew; a row's bias is scaled with the row."""
        assert self.network.weights is not None
        weight, layer = self.network.weights[block.layer - 1], self.network.layers[block.layer - 1]
        if block.unit is Unit.ENTRIES:
            return self.preactivation(
                block.layer, inputs, realized(_law_of_entries(weight, block), seed, repeat, block.layer)
            )
        assert block.bernoulli is not None
        is_input = block.unit in (Unit.COLUMNS, Unit.INPUT_FILTERS)
        units = (layer.n_in if is_input else layer.n_out) // layer.block
        law = multiplier_law(units, float(block.bernoulli))
        multipliers = np.repeat(realized(law, seed, repeat, block.layer), layer.block)
        if is_input:
            return self.preactivation(block.layer, inputs * multipliers)
        rows: Matrix = self.preactivation(block.layer, inputs) * multipliers
        return rows

    def behind(self, block: DrawnBlock, z: Matrix) -> float:
        """The mean squared error behind the block's last matrix, of the block's drawn preactivation ``z``."""
        if block.role == "wide":
            return _mean_square(z - self.preactivations[block.layer - 1])
        after = self.preactivation(block.layer + 1, self.activated(block.layer, z))
        return _mean_square(after - self.preactivations[block.layer])


def _one_repeat(dense: Dense, blocks: Sequence[DrawnBlock], seed: int, repeat: int) -> list[float]:
    """The error behind every block with dense inputs, then at the network's output with all blocks drawn."""
    by_layer = {block.layer: block for block in blocks}
    first = min(by_layer)
    errors, values = {}, dense.inputs[first - 1]
    for number in range(first, dense.network.depth + 1):
        block = by_layer.get(number)
        if block is None:
            z = dense.preactivation(number, values)
        else:
            z = dense.drawn(block, values, seed, repeat)
            at_dense = z if number == first else dense.drawn(block, dense.inputs[number - 1], seed, repeat)
            errors[number] = dense.behind(block, at_dense)
        values = dense.activated(number, z)
    return [*(errors[block.layer] for block in blocks), _mean_square(values - dense.inputs[-1])]


def _convolved(rows: Matrix, kernels: Matrix, side: int) -> Matrix:
    """Circular convolution of every row's maps, the one that boundcheck.network.convolve encloses; by FFT."""
    d_out, d_in, q, _ = kernels.shape
    places = ((q - 1) // 2 - np.arange(q)) % side
    wrapped = np.zeros((d_out, d_in, side, side))
    wrapped[:, :, places[:, None], places[None, :]] = kernels
    of_kernels = np.fft.rfft2(wrapped).transpose(2, 3, 1, 0)
    of_maps = np.fft.rfft2(rows.reshape(-1, d_in, side, side)).transpose(2, 3, 0, 1)
    maps: Matrix = np.fft.irfft2((of_maps @ of_kernels).transpose(2, 3, 0, 1), s=(side, side))
    return maps.reshape(len(rows), -1)


def _law_of_entries(weight: Matrix, block: DrawnBlock) -> Law | ExactCounts:
    if block.kept is not None:
        return ExactCounts(weight, block.kept)
    if block.levels is not None:
        return quantization_law(weight, block.levels)
    assert block.bernoulli is not None
    return pruning_law(weight, float(block.bernoulli))


def _mean_square(rows: Matrix) -> float:
    return float(np.einsum("nd,nd->", rows, rows) / len(rows))


def _standard_errors(values: Matrix) -> Matrix:
    spread: Matrix = values.std(axis=0, ddof=1) / math.sqrt(len(values))
    return spread


def _is_enough(values: Matrix, sampling: Sampling, seconds: float) -> bool:
    wanted = float(Fraction(sampling.standard_error)) * values.mean(axis=0)
    return seconds > sampling.seconds or bool((_standard_errors(values) <= wanted).all())
