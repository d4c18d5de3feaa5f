"""Error and scores against forward passes written out in plain loops; groups of samples change nothing."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from boundcheck.compress import measure as measuring
from boundcheck.compress.measure import check_answers, measure
from boundcheck.core.errors import InputError
from boundcheck.network.activation import parse_activation
from boundcheck.network.data import Data
from boundcheck.network.network import Layer, Network, Origin

ORIGIN = Origin("checkpoint", "checkpoint a.npz", None, None, "float64", Fraction(1), illustrative=False)
Array = np.ndarray


def network(
    weights: list[Array], biases: list[Array | None], hidden: str = "sigmoid", output: str = "identity", side: int = 0
) -> Network:
    """The network with these weights; its norms are not looked at."""
    layers = []
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        places, kernel = (side**2, weight.shape[2]) if side else (1, None)
        phi = parse_activation(output if number == len(weights) else hidden)
        n_out, n_in = weight.shape[0] * places, weight.shape[1] * places
        layers.append(
            Layer(f"layer {number}", n_in, n_out, arb(1), arb(1), phi, bias is not None, places, None, kernel)
        )
    return Network(tuple(layers), arb(1), arb(1), arb(1), ORIGIN, tuple(map(read_only, weights)), tuple(biases))


def read_only(array: Array) -> Array:
    copy = array.copy()
    copy.setflags(write=False)
    return copy


def data(inputs: Array, labels: Array | None = None, targets: Array | None = None) -> Data:
    if labels is not None:
        targets = np.eye(int(labels.max()) + 1)[labels]
    return Data(read_only(inputs), labels, "data=test", "0", targets)


def normal(*shape: int) -> Array:
    return np.random.default_rng(list(shape)).normal(size=shape)


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


W = [normal(6, 4), normal(3, 6)]
BIASES: list[Array | None] = [normal(6), None]
SMALLER = [np.where(abs(W[0]) > 0.5, W[0], 0), W[1]]
X = normal(50, 4)


def outputs(weights: list[Array], radius: float = np.inf) -> Array:
    """Phi(x) sample by sample; the hidden layer is projected onto the ball of this radius."""
    found = []
    for x in X:
        hidden = sigmoid(weights[0] @ x + BIASES[0])
        norm = np.sqrt(sum(h * h for h in hidden))
        found.append(weights[1] @ (hidden * min(1, radius / norm)))
    return np.array(found)


@pytest.fixture(params=[2**21, 40, 1], ids=["at once", "in groups", "one by one"])
def groups(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_MOST_ENTRIES_AT_ONCE", request.param)


@pytest.mark.usefixtures("groups")
def test_error_and_accuracy() -> None:
    labels = np.arange(50) % 3
    found = measure(network(W, BIASES), SMALLER, BIASES, {}, data(X, labels))
    dense, compressed = outputs(W), outputs(SMALLER)
    assert found.second_moment == pytest.approx(np.mean(np.sum(dense**2, axis=1)), rel=1e-12)
    assert found.plain.error == pytest.approx(np.mean(np.sum((dense - compressed) ** 2, axis=1)), rel=1e-12)
    assert found.relative(found.plain) == found.plain.error / found.second_moment
    assert (found.measure, found.samples) == ("accuracy", 50)
    assert found.dense_score == np.mean(dense.argmax(axis=1) == labels)
    assert found.plain.score == np.mean(compressed.argmax(axis=1) == labels)
    assert found.projected is None and found.active == {}


@pytest.mark.usefixtures("groups")
def test_r_squared() -> None:
    targets = outputs(W) + normal(50, 3) / 10
    found = measure(network(W, BIASES), SMALLER, BIASES, {}, data(X, targets=targets))
    spread = np.sum((targets - targets.mean(axis=0)) ** 2)
    assert found.measure == "R^2"
    assert found.dense_score == pytest.approx(1 - np.sum((targets - outputs(W)) ** 2) / spread, rel=1e-12)
    assert found.plain.score == pytest.approx(1 - np.sum((targets - outputs(SMALLER)) ** 2) / spread, rel=1e-12)
    assert 0.5 < found.dense_score < 1


@pytest.mark.usefixtures("groups")
def test_projections_are_applied_and_counted() -> None:
    norms = np.array([np.linalg.norm(sigmoid(SMALLER[0] @ x + BIASES[0])) for x in X])
    radius = float(np.median(norms))
    found = measure(network(W, BIASES), SMALLER, BIASES, {1: radius, 2: 1e9}, data(X))
    assert found.active == {1: 25, 2: 0} and found.projected is not None
    projected = np.mean(np.sum((outputs(W) - outputs(SMALLER, radius)) ** 2, axis=1))
    assert found.projected.error == pytest.approx(projected, rel=1e-12)
    assert found.plain.error != found.projected.error
    far = measure(network(W, BIASES), SMALLER, BIASES, {1: 1e9}, data(X))
    assert far.projected is None and far.active == {1: 0}


def test_convolutions_go_round() -> None:
    """One 3 x 3 kernel on 3 x 3 maps by the definition, with indices modulo the side."""
    kernels, maps = [normal(2, 1, 3, 3), normal(1, 2, 2, 2)], normal(5, 9)

    def through(kernel: Array, z: Array) -> Array:
        d_out, d_in, q, _ = kernel.shape
        shift, found = (q - 1) // 2, np.zeros((d_out, 3, 3))
        for o, i, u, v, a, b in np.ndindex(d_out, d_in, 3, 3, q, q):
            found[o, u, v] += kernel[o, i, a, b] * z[i, (u + a - shift) % 3, (v + b - shift) % 3]
        return found

    def run(first: Array) -> Array:
        return np.array([through(kernels[1], np.tanh(through(first, x.reshape(1, 3, 3)))).ravel() for x in maps])

    cut = np.where(abs(kernels[0]) > 0.5, kernels[0], 0)
    found = measure(network(kernels, [None, None], "tanh", side=3), [cut, kernels[1]], [None, None], {}, data(maps))
    assert found.plain.error == pytest.approx(np.mean(np.sum((run(kernels[0]) - run(cut)) ** 2, axis=1)), rel=1e-12)


def test_softmax_goes_over_the_neurons() -> None:
    found = measure(network([W[1]], [None], output="softmax"), [W[1] * 0], [None], {}, data(normal(20, 6)))
    z = normal(20, 6) @ W[1].T
    dense = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert found.plain.error == pytest.approx(np.mean(np.sum((dense - 1 / 3) ** 2, axis=1)), rel=1e-12)


def test_a_zero_network_has_no_relative_error_and_equal_targets_no_r_squared() -> None:
    found = measure(network([W[1] * 0], [None]), [W[1]], [None], {}, data(normal(20, 6), targets=np.ones((20, 3))))
    assert found.relative(found.plain) is None
    assert (found.measure, found.dense_score) == ("R^2", None)


def test_what_overflows_is_refused() -> None:
    with pytest.raises(InputError, match="the compressed network's outputs overflow float64"):
        measure(network([W[1]], [None]), [W[1] * 1e200], [None], {}, data(normal(20, 6) * 1e100))


@pytest.mark.parametrize(
    ("labels", "targets", "fits"),
    [
        (np.array([0, 2, 1]), None, True),
        (np.array([0, 1, 1]), None, True),  # a class that does not occur
        (np.array([0, 3, 1]), None, False),
        (None, np.ones((3, 3)), True),
        (None, np.ones((3, 2)), False),
        (None, None, True),
    ],
)
def test_answers_must_fit_the_outputs(labels: Array | None, targets: Array | None, fits: bool) -> None:
    answered = data(np.ones((3, 4)), labels, targets)
    if fits:
        check_answers(answered, 3)
    else:
        with pytest.raises(InputError, match="data=test: . target values per sample, but the network's output width"):
            check_answers(answered, 3)
