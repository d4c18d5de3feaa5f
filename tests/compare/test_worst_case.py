"""The bound for all inputs: attained where it can be, never exceeded by what a search finds, exact in its rounding."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from scipy.special import erf

from boundcheck.compare.alignment import aligned
from boundcheck.compare.pair import Pair
from boundcheck.compare.worst_case import difference_norm, largest_distances
from boundcheck.exact.ball import ball, upper_float, upper_rational
from boundcheck.exact.ball_matrix import from_exact
from boundcheck.network.convolve import convolve
from boundcheck.network.network import Layer, Network

from .conftest import Arrays, pruned, random_layers

PairOf = Callable[..., Pair]


def distance(pair: Pair, radius: float) -> float:
    return upper_float(largest_distances(pair, ball(radius))[-1].distance)


PHI = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu(1/3)": lambda x: np.where(x > 0, x, x / 3),
    "tanh": np.tanh,
    "sin": np.sin,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus(1)": lambda x: np.log1p(np.exp(x)),
    "gelu": lambda x: x * (1 + erf(x / 2**0.5)) / 2,
    "elu(2)": lambda x: np.where(x > 0, x, 2 * np.expm1(x)),
    "softmax": lambda x: (
        np.exp(x - x.max(axis=1, keepdims=True)) / np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1)[:, None]
    ),
}


def matrix(layer: Layer, weight: np.ndarray) -> np.ndarray:
    """The layer's matrix: of a convolution, its columns are the maps that single pixels give."""
    if layer.kernel is None:
        return weight
    return convolve(from_exact(np.eye(layer.n_in)), weight, round(layer.block**0.5)).mid.T


def run(network: Network, inputs: np.ndarray) -> np.ndarray:
    """The outputs in floats, one sample a row: good to about 14 digits."""
    z = inputs
    for layer, weight, bias in zip(network.layers, network.weights, network.biases, strict=True):
        z = PHI[layer.activation.name](z @ matrix(layer, weight).T + (0 if bias is None else bias))
    return z


def gaps(pair: Pair, inputs: np.ndarray) -> np.ndarray:
    return np.linalg.norm(run(pair.dense, inputs) - run(pair.compressed, inputs), axis=1)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


ATTAINED = {
    # dense layers, compressed layers, radius, the input that attains the bound, and its value
    "one layer": ([(column(2), [3])], [(column(1), [1])], 1, 1, 3),
    "bias alone": ([(column(2), [3])], [(column(2), None)], 1, 1, 3),
    "two layers": ([(column(2), [1]), (column(3), [1])], [(column(1), [0]), (column(2), [0])], 1, 1, 8),
    "large inputs": ([(column(2), None), (column(3), None)], [(column(1), None), (column(3), None)], 5, 5, 15),
    "two rows": ([(column(3, 4), [0, 0])], [(column(0, 0), None)], 2, 2, 10),
    # the dense network's outputs and the compressed one's are far apart: no more than r + r-hat
    "opposite": ([(column(9), None), (column(1), None)], [(column(9), None), (column(-1), None)], 1, 1, 18),
}


@pytest.mark.parametrize("case", ATTAINED.values(), ids=ATTAINED)
def test_the_bound_is_attained(pair_of: PairOf, case: tuple[Arrays, Arrays, int, int, int]) -> None:
    dense, compressed, radius, attaining, value = case
    pair = pair_of(dense, compressed)
    assert gaps(pair, np.array([[float(attaining)]]))[0] == pytest.approx(value, rel=1e-12)
    assert value <= distance(pair, radius) <= value * (1 + 1e-9)


def test_steep_activations_stretch_the_distance(pair_of: PairOf) -> None:
    """elu(2) has slope 2 just below 0, sigmoid 1/4 at 0."""
    for activation, slope in (("elu(2)", 2), ("sigmoid", 0.25)):
        pair = pair_of([(column(2), None)], [(column(1), None)], output=activation)
        assert distance(pair, 1e-4) == pytest.approx(slope * 1e-4, rel=1e-9)
        assert gaps(pair, np.array([[-1e-4]]))[0] == pytest.approx(slope * 1e-4, rel=1e-3)


def search(pair: Pair, radius: float, seed: int) -> float:
    """Random inputs of the largest norm and smaller ones, then steps from the best."""
    random = np.random.default_rng(seed)

    def within(points: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(points, axis=1, keepdims=True)
        return points * np.minimum(1, radius * (1 - 1e-12) / np.maximum(norms, 1e-300))

    n_in, best, found = pair.dense.widths[0], np.zeros((1, pair.dense.widths[0])), 0.0
    for scale in (9, 3, 1, 0.3, 0.1, 0.03):
        points = within(best + random.normal(size=(2000, n_in)) * scale)
        found_here = gaps(pair, points)
        if found_here.max() > found:
            found, best = float(found_here.max()), points[[int(found_here.argmax())]]
    return found


ACTIVATIONS = ["relu", "tanh", "sigmoid", "softplus", "gelu", "elu(2)", "leaky_relu(1/3)", "sin", "identity"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_no_input_that_a_search_finds_exceeds_it(pair_of: PairOf, activation: str) -> None:
    for seed, radius in ((0, 0.5), (1, 3.0)):
        dense = random_layers(seed, [3, 5, 4, 2])
        pair = pair_of(dense, pruned(dense, seed), activation)
        found = search(pair, radius, seed)
        assert 0 < found <= distance(pair, radius)


@pytest.mark.parametrize("output", ["softmax", "tanh", "sigmoid", "sin"])
def test_bounded_outputs_bound_the_distance(pair_of: PairOf, output: str) -> None:
    """However large the weights; and the bound is nearly attained by networks that disagree."""
    weight = np.array([[50.0], [-50.0]])
    pair = pair_of([(weight, None)], [(-weight, None)], output=output)
    exact = {"softmax": 2**0.5, "tanh": 2 * 2**0.5, "sigmoid": 2**0.5, "sin": 2 * 2**0.5}[output]
    assert distance(pair, 7) == pytest.approx(exact, rel=1e-9)
    assert gaps(pair, np.linspace(-7, 7, 4001)[:, None]).max() == pytest.approx(exact, rel=1e-3)


def test_layer_by_layer_norms_hold(pair_of: PairOf) -> None:
    """r_l and r-hat_l bound the outputs behind every layer, with biases and an activation that is not zero at zero."""
    dense = random_layers(3, [3, 5, 4, 2])
    compressed = pruned(dense)
    for depth in (1, 2, 3):
        pair = pair_of(dense[:depth], compressed[:depth], "sigmoid", "softplus")
        bound = largest_distances(pair, ball(2))[-1]
        inputs = np.random.default_rng(0).normal(size=(500, 3))
        inputs *= 2 * (1 - 1e-12) / np.linalg.norm(inputs, axis=1, keepdims=True)
        for network, limit in ((pair.dense, bound.dense), (pair.compressed, bound.compressed)):
            assert np.linalg.norm(run(network, inputs), axis=1).max() <= upper_float(limit)


def test_identical_networks_are_at_distance_zero(pair_of: PairOf) -> None:
    dense = random_layers(0, [3, 5, 2])
    assert distance(pair_of(dense, dense, "softplus"), 10) == 0


def test_the_rounding_of_a_difference_is_covered(pair_of: PairOf) -> None:
    """1 + 2^-60 is 1 in floats."""
    pair = pair_of([(column(1), None)], [(column(-(2.0**-60)), None)])
    assert upper_rational(largest_distances(pair, ball(1))[-1].distance) >= 1 + Fraction(1, 2**60)


@pytest.mark.parametrize("seed", range(3))
def test_kernels_are_bounded_as_their_matrices(pair_of: PairOf, seed: int) -> None:
    random = np.random.default_rng(seed)
    dense = [
        (random.normal(size=(3, 2, 3, 3)) / 4, random.normal(size=3)),
        (random.normal(size=(1, 3, 2, 2)) / 3, None),
    ]
    compressed = [(dense[0][0] * (random.random((3, 2, 1, 1)) < 0.6), dense[0][1] / 2), (dense[1][0] * 1.1, None)]
    pair = pair_of(dense, compressed, "tanh", map_side=4)
    assert search(pair, 2.0, seed) <= distance(pair, 2)
    alone = pair_of(dense[:1], compressed[:1], output="identity", map_side=4)
    gap = matrix(alone.dense.layers[0], dense[0][0]) - matrix(alone.compressed.layers[0], compressed[0][0])
    bias = np.repeat(dense[0][1] - compressed[0][1], 16)
    norm = upper_float(difference_norm(alone.dense.layers[0], dense[0][0], compressed[0][0]))
    assert norm == pytest.approx(np.linalg.norm(gap, 2), rel=1e-8)
    assert distance(alone, 2) == pytest.approx(2 * norm + np.linalg.norm(bias), rel=1e-8)


def left_out(layers: Arrays, rows: list[int], phi_at_zero: float) -> tuple[Arrays, Arrays]:
    """The first layer's rows zeroed, and the same function without them."""
    (first, bias), (second, after) = layers
    zeroed, shift = first.copy(), bias.copy()
    zeroed[rows], shift[rows] = 0, 0
    stays = np.setdiff1d(np.arange(len(first)), rows)
    moved = after + second[:, rows].sum(axis=1) * phi_at_zero
    return [(zeroed, shift), (second, after)], [(first[stays], bias[stays]), (second[:, stays], moved)]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_neurons_that_were_left_out_are_put_back(pair_of: PairOf, activation: str) -> None:
    at_zero = 0.5 if activation == "sigmoid" else 0.0
    dense = random_layers(4, [3, 6, 2])
    whole, smaller = left_out(dense, [1, 4], at_zero)
    pair = pair_of(dense, smaller, activation)
    put_back = aligned(pair)
    assert np.array_equal(put_back[0].weight, whole[0][0]) and np.array_equal(put_back[0].bias, whole[0][1])
    restored = pair_of(dense, [(layer.weight, layer.bias) for layer in put_back], activation)
    inputs = np.random.default_rng(0).normal(size=(50, 3))
    assert np.allclose(run(pair.compressed, inputs), run(restored.compressed, inputs), rtol=1e-12)
    assert search(pair, 2.0, 0) <= distance(pair, 2)
    if at_zero == 0:  # nothing is lost by leaving them out
        assert distance(pair, 2) == pytest.approx(distance(pair_of(dense, whole, activation), 2), rel=1e-9)


def test_filters_that_were_left_out_are_put_back(pair_of: PairOf) -> None:
    random = np.random.default_rng(0)
    dense = [(random.normal(size=(4, 2, 3, 3)), random.normal(size=4)), (random.normal(size=(1, 4, 2, 2)), None)]
    stays = [0, 3]
    smaller = [(dense[0][0][stays] * 2, dense[0][1][stays] * 2), (dense[1][0][:, stays], None)]
    put_back = aligned(pair_of(dense, smaller, "relu", map_side=4))
    assert np.array_equal(put_back[0].weight[stays], smaller[0][0]) and not put_back[0].weight[[1, 2]].any()
    assert np.array_equal(put_back[0].bias.reshape(4, 16)[stays], np.repeat(smaller[0][1], 16).reshape(2, 16))
    assert np.array_equal(put_back[1].weight, dense[1][0])


def test_every_number_is_an_upper_end(pair_of: PairOf) -> None:
    dense = random_layers(0, [3, 5, 2])
    for bound in largest_distances(pair_of(dense, pruned(dense), "tanh"), ball(1) + arb(0, 1e-3)):
        for number in (bound.dense, bound.compressed, bound.distance, bound.difference_norm, bound.bias_difference):
            assert number.is_exact() and number.is_finite()
