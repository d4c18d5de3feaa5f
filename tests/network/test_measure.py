"""Enclosures of a network's outputs: checked against Arb and exact rationals, entry by entry."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball, upper_float
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.network import activation_enclosure, measure
from boundcheck.network.activation import Activation, X, parse_activation
from boundcheck.network.activation_enclosure import enclose_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.data import Data
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.measure import (
    forward_enclosure,
    loss_enclosure,
    mean_square,
    measured_input_radius,
)
from boundcheck.network.network import Network

ALL = [
    "identity",
    "relu",
    "leaky_relu",
    "leaky_relu(1/3)",
    "tanh",
    "sigmoid",
    "softplus",
    "softplus(5/2)",
    "gelu",
    "silu",
    "elu",
    "elu(2)",
    "sin",
    "softmax",
]


def samples(inputs: np.ndarray, labels: np.ndarray | None = None, targets: np.ndarray | None = None) -> Data:
    return Data(np.asarray(inputs, dtype=np.float64), labels, "data=test", "0" * 64, targets)


def phi_in_arb(phi: Activation, row: list[arb]) -> list[arb]:
    """The activation of one row, by Arb alone."""
    if phi.name == "softmax":
        powers = [entry.exp() for entry in row]
        return [power / sum(powers, ball(0)) for power in powers]
    return [evaluate(phi.expression, {X: entry}) for entry in row]


def outputs_in_arb(network: Network, inputs: np.ndarray) -> list[list[arb]]:
    """Phi(x) sample by sample in 128-bit balls that start from exact inputs."""
    rows = []
    for sample in inputs:
        z = [ball(float(entry)) for entry in sample]
        for layer, weight, bias in zip(network.layers, network.weights, network.biases, strict=True):
            shift = np.zeros(len(weight)) if bias is None else bias
            z = [
                sum((ball(float(w)) * v for w, v in zip(row, z, strict=True)), ball(float(b)))
                for row, b in zip(weight, shift, strict=True)
            ]
            z = phi_in_arb(layer.activation, z)
        rows.append(z)
    return rows


def contains(enclosure: BallMatrix, exact: list[list[arb]]) -> bool:
    """Whether every exact value (known to about 36 digits) lies in its entry's ball."""
    return all(
        arb(float(mid), float(rad)).overlaps(value)
        for mids, rads, values in zip(enclosure.mid, enclosure.rad, exact, strict=True)
        for mid, rad, value in zip(mids, rads, values, strict=True)
    )


def small_network(folder: Path, hidden: str, output: str = "identity", biases: bool = True) -> Network:
    generator = np.random.default_rng(5)
    shapes = [(6, 4), (5, 6), (3, 5)]
    arrays = {f"W{number}": generator.normal(size=shape) for number, shape in enumerate(shapes, 1)}
    if biases:
        arrays |= {f"b{number}": generator.normal(size=len(arrays[f"W{number}"])) for number in (1, 2, 3)}
    np.savez(folder / "small.npz", **arrays, activation=hidden, output_activation=output)
    return network_from_checkpoint(folder / "small.npz")


@pytest.mark.parametrize("name", ALL)
def test_the_enclosure_of_an_activation_contains_it_at_the_ends_of_every_ball(name: str) -> None:
    phi = parse_activation(name)
    generator = np.random.default_rng(2)
    mid = np.concatenate([generator.normal(size=(20, 3)) * 4, [[0.0, -0.0, 1e-300], [70.0, -80.0, 2.0**-30]]])
    rad = np.concatenate([np.abs(generator.normal(size=(20, 3))) * 1e-3, np.zeros((2, 3))])
    enclosure = enclose_activation(phi, BallMatrix(mid, rad))
    for sign in (-1, 0, 1):
        ends = [
            [ball(float(m)) + sign * ball(float(r)) for m, r in zip(*pair, strict=True)]
            for pair in zip(mid, rad, strict=True)
        ]
        assert contains(enclosure, [phi_in_arb(phi, row) for row in ends])
    reach = rad * 1.2 * upper_float(evaluate(phi.lipschitz, {})) if phi.entrywise else 2 * rad.max(axis=1)[:, None]
    assert np.all(enclosure.rad - reach < 1e-4)


@pytest.mark.parametrize("name", ["tanh", "leaky_relu(1/3)"])
def test_the_check_above_sees_a_dropped_error_term(name: str) -> None:
    phi = parse_activation(name)
    mid = np.random.default_rng(2).normal(size=(20, 3)) * 4
    exact = [phi_in_arb(phi, [ball(float(m)) for m in row]) for row in mid]
    enclosure = enclose_activation(phi, BallMatrix(mid, np.zeros_like(mid)))
    assert contains(enclosure, exact)
    assert not contains(BallMatrix(enclosure.mid, enclosure.rad * 0), exact)


def test_the_interpolation_error_is_needed_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the middle of a cell where |phi''| is largest the bound is nearly attained: half of it does not suffice."""
    phi = parse_activation("sin")
    mid = (np.arange(-3000, 3000) + 0.5) * 2.0**-9
    exact = [phi_in_arb(phi, [ball(float(m))]) for m in mid]
    assert contains(enclose_activation(phi, BallMatrix(mid[:, None], np.zeros((6000, 1)))), exact)
    monkeypatch.setattr(activation_enclosure, "_curvature_within_cells", lambda activation: activation.curvature / 2)
    assert not contains(enclose_activation(phi, BallMatrix(mid[:, None], np.zeros((6000, 1)))), exact)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("biases", [True, False])
def test_the_forward_enclosure_contains_the_exact_outputs(tmp_path: Path, name: str, biases: bool) -> None:
    network = small_network(tmp_path, name, output="softmax" if name == "tanh" else "identity", biases=biases)
    data = samples(np.random.default_rng(0).normal(size=(7, 4)))
    enclosure, exact = forward_enclosure(network, data), outputs_in_arb(network, data.inputs)
    assert contains(enclosure, exact)
    assert np.all(enclosure.rad < 1e-3)
    assert not contains(BallMatrix(enclosure.mid + 2.1 * enclosure.rad, enclosure.rad), exact)


def test_dropping_the_radius_is_seen(tmp_path: Path) -> None:
    network = small_network(tmp_path, "tanh")
    data = samples(np.random.default_rng(0).normal(size=(7, 4)))
    enclosure = forward_enclosure(network, data)
    assert not contains(BallMatrix(enclosure.mid, np.zeros_like(enclosure.rad)), outputs_in_arb(network, data.inputs))


def test_second_moment_and_loss_contain_the_exact_values(tmp_path: Path) -> None:
    network = small_network(tmp_path, "gelu")
    generator = np.random.default_rng(0)
    data = samples(generator.normal(size=(7, 4)), targets=generator.normal(size=(7, 3)))
    exact = outputs_in_arb(network, data.inputs)
    moment = sum((value**2 for row in exact for value in row), ball(0)) / 7
    assert mean_square(forward_enclosure(network, data)).contains(moment)
    errors = [
        (value - ball(float(y))) ** 2
        for row, ys in zip(exact, data.targets, strict=True)
        for value, y in zip(row, ys, strict=True)
    ]
    loss = loss_enclosure(forward_enclosure(network, data), data)
    assert loss.contains(sum(errors, ball(0)) / 7)
    assert upper_float(loss.rad()) < 1e-2
    assert loss_enclosure(forward_enclosure(network, samples(data.inputs)), samples(data.inputs)) is None


def test_a_linear_network_is_enclosed_around_its_rational_outputs(tmp_path: Path) -> None:
    np.savez(tmp_path / "linear.npz", W1=np.array([[0.1, 0.2], [0.3, -0.4]]), b1=np.array([0.5, 1e-20]))
    network = network_from_checkpoint(tmp_path / "linear.npz")
    data = samples([[0.7, 0.9]])
    weight, x = network.weights[0], data.inputs[0]
    enclosure = forward_enclosure(network, data)
    for row in range(2):
        exact = sum(Fraction(weight[row, k]) * Fraction(x[k]) for k in range(2)) + Fraction(network.biases[0][row])
        assert abs(exact - Fraction(enclosure.mid[0, row])) <= Fraction(enclosure.rad[0, row]) < Fraction(1, 10**14)


def test_the_rounding_of_a_bias_is_in_the_radius() -> None:
    """Adding 2^-53 (1 + 2^-10) to 1 loses almost half a unit in the last place."""
    summand = 2.0**-53 * (1 + 2.0**-10)
    z = measure._plus(BallMatrix(np.ones((1, 1)), np.zeros((1, 1))), np.array([summand]))
    assert abs(Fraction(1) + Fraction(summand) - Fraction(z.mid[0, 0])) <= Fraction(z.rad[0, 0]) < Fraction(1, 2**50)


def test_one_hot_targets_are_padded_to_the_outputs(tmp_path: Path) -> None:
    network = small_network(tmp_path, "tanh")
    inputs = np.random.default_rng(0).normal(size=(2, 4))
    short = samples(inputs, np.array([0, 1]), np.eye(2))
    padded = samples(inputs, np.array([0, 1]), np.eye(3)[:2])
    outputs = forward_enclosure(network, short)
    assert loss_enclosure(outputs, short).overlaps(loss_enclosure(outputs, padded))


def test_the_input_radius_is_the_largest_norm() -> None:
    assert measured_input_radius(samples([[3.0, 4.0], [1.0, 1.0]])) == 5
    assert measured_input_radius(samples([[0.0, 1.0], [1.0, 0.0]])) == 1
    assert measured_input_radius(samples([[0.0, 0.0]])) == 0
    assert measured_input_radius(samples([[3e-200, 4e-200], [0.0, 0.0]])).overlaps(ball(5e-200) * (1 + arb(0, 1e-15)))
    assert measured_input_radius(samples([[3e200, 4e200]])).overlaps(ball(5e200) * (1 + arb(0, 1e-15)))
    inputs = np.random.default_rng(3).normal(size=(400, 11))
    squares = [sum(Fraction(entry) ** 2 for entry in row) for row in inputs.tolist()]
    assert measured_input_radius(samples(inputs)).overlaps(ball(max(squares)).sqrt())


def test_what_cannot_be_run_is_refused(tmp_path: Path) -> None:
    network = small_network(tmp_path, "tanh")
    bare = network_from_widths([4, 3], Fraction(1), Fraction(1))
    silent = replace(network, layers=tuple(replace(layer, activation=None) for layer in network.layers))
    huge = replace(network, weights=(network.weights[0] * 1e308, *network.weights[1:]))
    four = np.ones((2, 4))
    cases = [
        (
            bare,
            samples(four),
            "widths 4,3 with c_1 = 1 and c_2 = 1 as stated: there are no weights to run the data "
            "through; give a checkpoint",
        ),
        (silent, samples(four), "layer 1: its activation is not stated; give it with --activation"),
        (
            network,
            samples(np.ones((2, 5))),
            "data=test: 5 features per sample, but the network's input width is 4; "
            "use data with 4 features, or another network",
        ),
        (
            huge,
            samples(four),
            "layer 1: its outputs cannot be enclosed: ball matrix: an entry is NaN or infinite; "
            "expected finite numbers, scale the matrix down",
        ),
    ]
    for each, data, message in cases:
        with pytest.raises(InputError) as caught:
            forward_enclosure(each, data)
        assert str(caught.value) == message
    with pytest.raises(InputError) as caught:
        loss_enclosure(forward_enclosure(network, samples(four)), samples(four, targets=np.ones((2, 2))))
    assert str(caught.value) == (
        "data=test: 2 target values per sample, but the network's output width is 3; use labels with 3 values"
    )


def test_progress_names_the_layer(tmp_path: Path) -> None:
    said: list[tuple[str, float]] = []
    network = small_network(tmp_path, "relu")
    forward_enclosure(network, samples(np.ones((2, 4))), lambda what, share: said.append((what, share)))
    assert said[0] == ("layer 1 of 3, samples from 1 of 2", 0.0)
    assert len(said) == 3


def test_blocks_of_samples_come_back_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "_BLOCK", 3)
    network = small_network(tmp_path, "tanh")
    data, said = samples(np.random.default_rng(0).normal(size=(7, 4))), []
    enclosure = forward_enclosure(network, data, lambda what, share: said.append((what, share)))
    assert contains(enclosure, outputs_in_arb(network, data.inputs))
    assert said[-1] == ("layer 3 of 3, samples from 7 of 7", pytest.approx(8 / 9))


def test_digits_through_a_wide_network_are_enclosed_tightly(tmp_path: Path) -> None:
    from boundcheck.network.data import load_data

    generator = np.random.default_rng(0)
    shapes = [(1000, 64), (40, 1000), (10, 40)]
    arrays = {f"W{n}": generator.normal(size=shape) / shape[1] ** 0.5 for n, shape in enumerate(shapes, 1)}
    np.savez(tmp_path / "wide.npz", **arrays, activation="tanh")
    network, data = network_from_checkpoint(tmp_path / "wide.npz"), load_data("digits")
    moment = mean_square(forward_enclosure(network, data))
    assert upper_float(moment.rad()) < 1e-3 * upper_float(moment)
