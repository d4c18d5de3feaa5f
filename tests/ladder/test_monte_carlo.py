"""The sampled error against the mean over every outcome of the draws, enumerated with a forward pass of its own."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.functional import conv2d, pad

from boundcheck.core.rung import Unit
from boundcheck.ladder.monte_carlo import Dense, DrawnBlock, sample_errors
from boundcheck.ladder.plan import Sampling
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.data import Data
from boundcheck.network.measure import forward_enclosure
from boundcheck.network.network import Network

Array = NDArray[np.float64]
SAMPLING = Sampling(standard_error="0.01", repeats=1500, seconds=20)
P = Fraction(2, 5)
GENERATOR = np.random.default_rng(0)
WEIGHTS = [GENERATOR.normal(size=shape) for shape in ((2, 3), (2, 2), (3, 2))]
BIASES = [GENERATOR.normal(size=size) for size in (2, 2, 3)]
INPUTS = GENERATOR.normal(size=(5, 3))


def tanh_pass(weights: list[Array], biases: list[Array], inputs: Array, layers: int) -> Array:
    """Behind the matrix of layer ``layers``."""
    z = inputs
    for number, (weight, bias) in enumerate(zip(weights[:layers], biases, strict=False), 1):
        z = z @ weight.T + bias
        z = np.tanh(z) if number < layers else z
    return z


def outcomes(block: DrawnBlock) -> Iterator[tuple[float, Array, Array]]:
    """Probability, weight and bias of every outcome at the block's layer."""
    weight, bias = WEIGHTS[block.layer - 1], BIASES[block.layer - 1]
    p = float(P)
    if block.unit is Unit.ENTRIES and block.levels is not None:
        largest = np.abs(weight).max()
        scaled = np.abs(weight) / largest * block.levels
        for up in product((0, 1), repeat=weight.size):
            is_up = np.array(up).reshape(weight.shape)
            r = scaled - np.floor(scaled)
            values = np.sign(weight) * (np.floor(scaled) + is_up) * largest / block.levels
            yield float(np.prod(np.where(is_up == 1, r, 1 - r))), values, bias
    elif block.kept is not None:
        assert weight.shape == (2, 3) and block.kept == 2
        for gone in product(range(3), repeat=2):
            mask = np.ones((2, 3))
            mask[np.arange(2), gone] = 0
            yield 1 / 9, weight * mask * 3 / 2, bias
    else:
        count = {Unit.ENTRIES: weight.size, Unit.COLUMNS: weight.shape[1], Unit.ROWS: weight.shape[0]}[block.unit]
        for stays in product((0, 1), repeat=count):
            h = np.array(stays) / p
            probability = float(np.prod(np.where(np.array(stays) == 1, p, 1 - p)))
            if block.unit is Unit.ENTRIES:
                yield probability, weight * h.reshape(weight.shape), bias
            elif block.unit is Unit.COLUMNS:
                yield probability, weight * h, bias
            else:
                yield probability, weight * h[:, None], bias * h


def true_error(block: DrawnBlock, layers: int) -> float:
    dense = tanh_pass(WEIGHTS, BIASES, INPUTS, layers)
    total = 0.0
    for probability, weight, bias in outcomes(block):
        weights, biases = list(WEIGHTS), list(BIASES)
        weights[block.layer - 1], biases[block.layer - 1] = weight, bias
        total += probability * float(((tanh_pass(weights, biases, INPUTS, layers) - dense) ** 2).sum(axis=1).mean())
    return total


@pytest.fixture
def network(tmp_path: Path) -> Network:
    path = tmp_path / "net.npz"
    tensors = {f"W{n}": w for n, w in enumerate(WEIGHTS, 1)} | {f"b{n}": b for n, b in enumerate(BIASES, 1)}
    np.savez(path, **tensors)
    return network_from_checkpoint(path, parse_activation("tanh"))


@pytest.mark.parametrize("phi", ["tanh", "relu", "gelu"])
def test_the_dense_network_is_the_enclosed_one(tmp_path: Path, phi: str) -> None:
    np.savez(tmp_path / "net.npz", W1=WEIGHTS[0], W2=WEIGHTS[1], b1=BIASES[0])
    check_dense(network_from_checkpoint(tmp_path / "net.npz", parse_activation(phi)), INPUTS)
    kernels = {"W1": GENERATOR.normal(size=(2, 1, 3, 3)), "W2": GENERATOR.normal(size=(3, 2, 2, 2))}
    np.savez(tmp_path / "maps.npz", **kernels, b1=BIASES[0])
    network = convolutional_network_from_checkpoint(tmp_path / "maps.npz", 5, parse_activation(phi))
    check_dense(network, GENERATOR.normal(size=(4, 25)))


def check_dense(network: Network, inputs: Array) -> None:
    enclosed = forward_enclosure(network, Data(inputs, None, "data", ""))
    assert (np.abs(Dense(network, inputs).inputs[-1] - enclosed.mid) <= enclosed.rad + 1e-12).all()


@pytest.mark.parametrize(
    "block",
    [
        DrawnBlock(2, "wide", Unit.ENTRIES, P),
        DrawnBlock(2, "wide", Unit.COLUMNS, P),
        DrawnBlock(1, "bottleneck", Unit.ENTRIES, P),
        DrawnBlock(1, "bottleneck", Unit.ROWS, P),
        DrawnBlock(1, "bottleneck", Unit.ENTRIES, levels=2),
        DrawnBlock(1, "bottleneck", Unit.ENTRIES, kept=2),
    ],
    ids=lambda block: f"{block.role} {block.unit} {block.levels or ''}{block.kept or ''}",
)
def test_the_mean_over_all_outcomes(network: Network, block: DrawnBlock) -> None:
    found = sample_errors(network, INPUTS, [block], SAMPLING, seed=3)
    behind = true_error(block, block.layer + (block.role == "bottleneck"))
    assert abs(found.blocks[0].mean - behind) <= 5 * found.blocks[0].standard_error
    assert abs(found.output.mean - true_error(block, 3)) <= 5 * found.output.standard_error
    assert found.blocks[0].standard_error < 0.05 * behind


def test_several_blocks_are_measured_at_dense_inputs(network: Network) -> None:
    first, last = DrawnBlock(1, "bottleneck", Unit.ENTRIES, P), DrawnBlock(3, "wide", Unit.ENTRIES, P)
    both = sample_errors(network, INPUTS, [first, last], SAMPLING, seed=3)
    for block, estimate in zip((first, last), both.blocks, strict=True):
        alone = true_error(block, block.layer + (block.role == "bottleneck"))
        assert abs(estimate.mean - alone) <= 5 * estimate.standard_error
    assert both.output.mean > both.blocks[1].mean


def test_filters(tmp_path: Path) -> None:
    kernels = [torch.randn(*shape, dtype=torch.float64) for shape in ((2, 1, 3, 3), (2, 2, 3, 3))]
    np.savez(tmp_path / "net.npz", W1=kernels[0].numpy(), W2=kernels[1].numpy())
    network = convolutional_network_from_checkpoint(tmp_path / "net.npz", 4, parse_activation("relu"))
    inputs = torch.randn(3, 1, 4, 4, dtype=torch.float64)

    def through(x: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        return conv2d(pad(x, (1, 1, 1, 1), mode="circular"), kernel)

    hidden = torch.relu(through(inputs, kernels[0]))
    dense, mean = through(hidden, kernels[1]), 0.0
    for stays in product((0, 1), repeat=2):
        h = torch.tensor(stays, dtype=torch.float64).reshape(1, 2, 1, 1) / float(P)
        probability = float(np.prod([float(P) if stay else 1 - float(P) for stay in stays]))
        mean += probability * float(((through(hidden * h, kernels[1]) - dense) ** 2).sum()) / 3
    flat = inputs.reshape(3, -1).numpy()
    # The filters of the first layer's outputs are those of the second's inputs, and ReLU lets multiples through.
    for block in (DrawnBlock(2, "wide", Unit.INPUT_FILTERS, P), DrawnBlock(1, "bottleneck", Unit.OUTPUT_FILTERS, P)):
        found = sample_errors(network, flat, [block], SAMPLING, seed=1)
        assert abs(found.output.mean - mean) <= 5 * found.output.standard_error


def test_it_stops_when_the_mean_is_known_well_enough(network: Network) -> None:
    block = DrawnBlock(2, "wide", Unit.ENTRIES, P)
    rough = sample_errors(network, INPUTS, [block], Sampling(standard_error="0.2", repeats=4000), seed=0)
    assert rough.repeats < 400
    assert rough.output.standard_error <= 0.2 * rough.output.mean
    assert sample_errors(network, INPUTS, [block], Sampling(standard_error="0.001", repeats=10), seed=0).repeats == 10
