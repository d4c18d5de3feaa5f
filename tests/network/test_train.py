"""Training: the file it writes, that the seed decides it, and that bad arguments are named before it starts."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from boundcheck.core.errors import InputError
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import X, parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.torch_activation import activation_in_torch
from boundcheck.network.train import train_network


def test_a_wide_network_learns_digits_and_is_read_back(tmp_path: Path) -> None:
    said: list[tuple[str, float]] = []
    path = tmp_path / "digits.safetensors"
    result = train_network(
        "digits", [64, 1000, 40, 10], "tanh", 8, 0, path, lambda what, share: said.append((what, share))
    )
    assert (result.measure, result.epochs) == ("accuracy", 8)
    assert result.score > 0.95
    assert said[0] == ("epoch 1 of 8", 0.0) and len(said) == 8
    network = network_from_checkpoint(path)
    assert network.widths == (64, 1000, 40, 10)
    assert [layer.name for layer in network.layers] == ["layers.1", "layers.2", "layers.3"]
    assert [layer.activation.name for layer in network.layers] == ["tanh", "tanh", "identity"]
    assert not any(layer.has_bias for layer in network.layers) and network.origin.dtype == "float32"


@pytest.mark.skipif("BOUNDCHECK_DATA" not in os.environ, reason="BOUNDCHECK_DATA is not set (California housing)")
def test_california_is_learned_as_regression(tmp_path: Path) -> None:
    result = train_network("california", [8, 60, 20, 1], "softplus", 4, 1, tmp_path / "c.safetensors")
    assert result.measure == "R^2" and 0.4 < result.score < 1


def test_the_seed_decides_the_weights_and_no_global_generator_moves(tmp_path: Path) -> None:
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    paths = [tmp_path / f"{number}.safetensors" for number in range(3)]
    for path, seed in zip(paths, (7, 7, 8), strict=True):
        train_network("digits", [64, 12, 10], "relu", 1, seed, path)
    first, again, other = (network_from_checkpoint(path).weights for path in paths)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert torch.equal(before, torch.get_rng_state()) and torch.get_num_threads() == threads


@pytest.mark.parametrize(
    "name",
    ["identity", "relu", "leaky_relu(1/3)", "tanh", "sigmoid", "softplus(2)", "gelu", "silu", "elu(1/2)", "sin"],
)
def test_training_uses_the_function_that_is_certified(name: str) -> None:
    points = np.linspace(-4, 4, 41)
    exact = [float(evaluate(parse_activation(name).expression, {X: float(x)}).mid()) for x in points]
    assert np.allclose(activation_in_torch(name)(torch.from_numpy(points)).numpy(), exact, atol=1e-9)


def test_softmax_in_training_acts_on_each_row() -> None:
    assert activation_in_torch("softmax")(torch.zeros(2, 4, dtype=torch.float64)).tolist() == [[0.25] * 4] * 2


def test_bad_arguments_are_named_before_training(tmp_path: Path) -> None:
    good = ("digits", [64, 1000, 10], "tanh", 10**6, 0, tmp_path / "a.safetensors")
    missing = tmp_path / "no" / "a.safetensors"
    cases = [
        (0, "mnist", "dataset=mnist: not known; choose one of digits, california"),
        (1, [64], "widths=64: expected at least two, the input's and one layer's; write for example 64,1000,10"),
        (1, [8, 5, 10], "widths=8,5,10: digits has 64 features and 10 outputs; start with 64 and end with 10"),
        (2, "tanh(1)", "activation=tanh(1): tanh takes no parameter; write tanh"),
        (3, 0, "epochs=0: expected a positive integer; give for example 20"),
        (4, -1, "seed=-1: expected an integer from 0 to 2^63 - 1; give for example 0"),
        (5, tmp_path, f"path={tmp_path}: is a folder; add a file name"),
        (5, missing, f"path={missing}: the folder {missing.parent} does not exist; create it or choose another"),
    ]
    for place, value, message in cases:
        arguments = [*good[:place], value, *good[place + 1 :]]
        with pytest.raises(InputError) as caught:
            train_network(*arguments)
        assert str(caught.value) == message
    assert not list(tmp_path.iterdir())


def test_a_missing_torch_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError) as caught:
        train_network("digits", [64, 10], "tanh", 1, 0, tmp_path / "a.safetensors")
    assert str(caught.value) == "train: needs torch, which is not installed; install boundcheck[torch]"


def test_a_diverged_network_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundcheck.network.train._LEARNING_RATE", 1e30)
    path = tmp_path / "a.safetensors"
    with pytest.raises(InputError) as caught:
        train_network("digits", [64, 8, 8, 8, 10], "identity", 2, 0, path)
    assert str(caught.value) == (
        f"path={path}: not written, since training diverged (NaN or infinite weights); "
        "try another activation, fewer epochs or another seed"
    )
    assert not list(tmp_path.iterdir())
