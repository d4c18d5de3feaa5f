"""What is written is read back with no further options: the same numbers, names, order and activations."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save_file

from boundcheck.core.errors import InputError
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.checkpoint_writer import check_format, checkpoint_bytes, dtype_for, rounded
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.network import Network

Array = np.ndarray


def normal(*shape: int) -> Array:
    return np.random.default_rng(list(shape)).normal(size=shape).astype(np.float32)


SOURCES = {
    "torch names": {"layers.2.weight": normal(3, 7), "layers.0.weight": normal(7, 5), "layers.0.bias": normal(7)},
    "W and b": {"W1": normal(7, 5), "b1": normal(7), "W2": normal(3, 7), "b2": normal(3)},
    "in x out": {"W1": normal(5, 7), "W2": normal(7, 3)},
    "by shape": {"encoder.weight": normal(7, 5), "head.weight": normal(3, 7)},
    "one layer": {"weight": normal(3, 5)},
}


def written(path: Path, source: Network, dtype: str = "float32", weights: tuple[Array, ...] | None = None) -> Network:
    path.write_bytes(checkpoint_bytes(path.suffix, source, weights or source.weights, source.biases, dtype))
    if source.kernel is None:
        return network_from_checkpoint(path)
    return convolutional_network_from_checkpoint(path, 4)


def same(one: Network, other: Network) -> None:
    assert [layer.activation for layer in one.layers] == [layer.activation for layer in other.layers]
    assert len(one.weights) == len(other.weights)
    for mine, theirs in zip((*one.weights, *one.biases), (*other.weights, *other.biases), strict=True):
        assert mine is None and theirs is None or np.array_equal(mine, theirs)


@pytest.mark.parametrize("ending", [".npz", ".safetensors", ".NPZ"])
@pytest.mark.parametrize("tensors", SOURCES.values(), ids=SOURCES)
def test_round_trip(tmp_path: Path, tensors: dict[str, Array], ending: str) -> None:
    save_file(tensors, tmp_path / "source.safetensors")
    leaky, softmax = parse_activation("leaky_relu(0.1)"), parse_activation("softmax")
    source = network_from_checkpoint(tmp_path / "source.safetensors", leaky, softmax)
    back = written(tmp_path / f"out{ending}", source)
    same(source, back)
    assert [layer.name for layer in back.layers] == [layer.name for layer in source.layers]
    assert back.origin.dtype == "float32"


@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_convolutions(tmp_path: Path, ending: str) -> None:
    tensors = {"conv.0.weight": normal(6, 2, 3, 3), "conv.0.bias": normal(6), "conv.1.weight": normal(3, 6, 2, 2)}
    save_file(tensors, tmp_path / "source.safetensors", {"activation": "gelu"})
    source = convolutional_network_from_checkpoint(tmp_path / "source.safetensors", 4)
    same(source, written(tmp_path / f"out{ending}", source))
    if ending == ".safetensors":
        stored = load((tmp_path / "out.safetensors").read_bytes())
        assert stored.keys() == tensors.keys() and np.array_equal(stored["conv.0.bias"], tensors["conv.0.bias"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_is_the_one_asked_for(tmp_path: Path, dtype: str) -> None:
    np.savez(tmp_path / "source.npz", W1=normal(7, 5) / np.float64(3), W2=normal(3, 7) / np.float64(3))
    source = network_from_checkpoint(tmp_path / "source.npz", parse_activation("tanh"))
    back = written(tmp_path / "out.npz", source, dtype)
    assert back.origin.dtype == dtype
    assert np.array_equal(back.weights[0], rounded("layer 1", source.weights[0], dtype))
    assert np.array_equal(back.weights[0], source.weights[0]) == (dtype == "float64")


def test_names_give_way_where_the_shapes_would_no_longer_be_read(tmp_path: Path) -> None:
    """W1, W2, W3 of 7x5, 5x7 and 3x5 chain in one way; with 3 of 7 rows left they would chain in both."""
    np.savez(tmp_path / "source.npz", W1=normal(7, 5), W2=normal(5, 7), W3=normal(3, 5), activation="tanh")
    source = network_from_checkpoint(tmp_path / "source.npz")
    smaller = (source.weights[0][:3], source.weights[1][:, :3], source.weights[2])
    back = written(tmp_path / "out.npz", source, weights=smaller)
    assert [layer.name for layer in back.layers] == ["layers.1", "layers.2", "layers.3"]
    assert all(np.array_equal(one, other) for one, other in zip(back.weights, smaller, strict=True))


def test_16_bits_become_32() -> None:
    assert dtype_for(["float16", "bfloat16"]) == dtype_for(["float32"]) == "float32"
    assert dtype_for(["float32", "float64"]) == "float64"


@pytest.mark.parametrize("bad", [1e39, -np.inf, np.nan])
def test_what_the_dtype_cannot_hold_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="^layer encoder: compressed weights are too large for float32"):
        rounded("encoder", np.array([1.0, bad]), "float32")


def test_other_endings_are_refused() -> None:
    check_format(Path("a.npz"))
    with pytest.raises(
        InputError, match="^out=a.pt: expected a file ending in .safetensors or .npz; change the ending$"
    ):
        check_format(Path("a.pt"))
