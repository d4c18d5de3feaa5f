"""Pairs of networks for the tests: small ones written by hand, and one trained on Digits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from boundcheck.compare.pair import Pair, read_pair
from boundcheck.network.data import Data
from boundcheck.network.train import train_network

Arrays = Sequence[tuple[np.ndarray, np.ndarray | None]]
"""Weight and bias of each layer."""


def written(path: Path, layers: Arrays, activation: str = "relu", output: str = "identity") -> Path:
    """An npz file of these layers."""
    arrays = {f"W{number}": np.asarray(weight, dtype=float) for number, (weight, _) in enumerate(layers, 1)}
    arrays |= {
        f"b{number}": np.asarray(bias, dtype=float) for number, (_, bias) in enumerate(layers, 1) if bias is not None
    }
    np.savez(path, **arrays, activation=activation, output_activation=output)
    return path


@pytest.fixture
def pair_of(tmp_path: Path) -> Callable[..., Pair]:
    """``pair_of(dense layers, compressed layers, activation, output activation)``; ``map_side`` for kernels."""

    def make(
        dense: Arrays,
        compressed: Arrays,
        activation: str = "relu",
        output: str = "identity",
        map_side: int | None = None,
    ) -> Pair:
        first = written(tmp_path / "dense.npz", dense, activation, output)
        second = written(tmp_path / "compressed.npz", compressed, activation, output)
        return read_pair(first, second, map_side=map_side)

    return make


def samples(inputs: np.ndarray, labels: np.ndarray | None = None, targets: np.ndarray | None = None) -> Data:
    """Data as they are read from a file: one-hot targets for labels."""
    if labels is not None:
        labels = np.asarray(labels, dtype=np.int64)
        targets = np.eye(int(labels.max()) + 1)[labels]
    return Data(np.asarray(inputs, dtype=float), labels, "data=test", "0" * 64, targets)


def random_layers(seed: int, widths: Sequence[int], biases: bool = True) -> Arrays:
    random = np.random.default_rng(seed)
    return [
        (random.normal(size=(n_out, n_in)) / n_in**0.5, random.normal(size=n_out) / 2 if biases else None)
        for n_in, n_out in zip(widths[:-1], widths[1:], strict=True)
    ]


def pruned(layers: Arrays, seed: int = 0, keep: float = 0.5) -> Arrays:
    """Half of the weights zero, biases a little off."""
    random = np.random.default_rng(seed)
    return [
        (
            weight * (random.random(weight.shape) < keep),
            None if bias is None else bias + random.normal(size=len(bias)) / 9,
        )
        for weight, bias in layers
    ]


@dataclass(frozen=True)
class Trained:
    """A network trained on Digits; its file, and its weights as torch holds them."""

    path: Path
    accuracy: float


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    path = tmp_path_factory.mktemp("digits") / "digits.safetensors"
    result = train_network("digits", [64, 60, 20, 10], "relu", epochs=12, seed=0, path=path)
    assert result.score > 0.85
    return Trained(path, result.score)
