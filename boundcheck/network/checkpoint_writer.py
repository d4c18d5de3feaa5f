"""Writes a network's weights as safetensors or npz, named as in the file they came from, so that they are read back."""

import io
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.array_files import Array
from boundcheck.network.checkpoint_formats import Tensor
from boundcheck.network.checkpoint_layers import layers_in_order
from boundcheck.network.convolution_layers import kernels_in_order
from boundcheck.network.network import Network

FORMATS = (".safetensors", ".npz")
_LARGEST = {"float32": float(np.finfo(np.float32).max), "float64": float(np.finfo(np.float64).max)}


def check_format(path: Path, name: str = "out") -> None:
    """Raise InputError unless the file's ending names a format that can be written."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{name}={path}: expected a file ending in {' or '.join(FORMATS)}; change the ending")


def dtype_for(stored: Sequence[str]) -> str:
    """The dtype to write for layers stored as these: float64 if any is, else float32, also for 16 bits.

    Compressed weights are quotients that 16 bits would round coarsely.
    """
    return "float64" if "float64" in stored else "float32"


def rounded(name: str, values: Matrix, dtype: str) -> Matrix:
    """The values as ``dtype`` stores them, in float64; InputError if one is too large for it or no number."""
    if not (np.abs(values) <= _LARGEST[dtype]).all():
        raise InputError(
            f"layer {name}: compressed weights are too large for {dtype}, or no numbers; raise keep, or scale the "
            "network's weights down"
        )
    return values.astype(dtype).astype(np.float64)


def checkpoint_bytes(
    suffix: str, network: Network, weights: Sequence[Matrix], biases: Sequence[Matrix | None], dtype: str
) -> bytes:
    """The file's content. ``network`` gives names and activations, which the file states; biases as in Network.

    If these shapes could no longer be read in the right order by the original names, layers.1, layers.2, ... are taken.
    """
    names = [_tensor_names(layer.name) for layer in network.layers]
    tensors = _named(names, network, weights, biases, dtype)
    if not _is_read_back(tensors, network, weights):
        names = [(f"layers.{number}.weight", f"layers.{number}.bias") for number in range(1, network.depth + 1)]
        tensors = _named(names, network, weights, biases, dtype)
    metadata = _activations(network)
    if suffix.lower() == ".safetensors":
        from safetensors.numpy import save

        return save(tensors, metadata)
    stream = io.BytesIO()
    np.savez(stream, **tensors, **{word: np.array(name) for word, name in metadata.items()})  # type: ignore[arg-type]
    return stream.getvalue()


def safetensors_copy(network: Network) -> bytes:
    """The network's tensors under their names, exactly, as safetensors; the same tensors give the same bytes.

    Without metadata, whose order in the file is not fixed: activations are to be said by the reader.
    """
    from safetensors.numpy import save

    assert network.weights is not None and network.biases is not None and network.origin.dtype is not None
    names = [_tensor_names(layer.name) for layer in network.layers]
    dtype = dtype_for(network.origin.dtype.split(", "))
    return save(_named(names, network, network.weights, network.biases, dtype))


def _named(
    names: Sequence[tuple[str, str]],
    network: Network,
    weights: Sequence[Matrix],
    biases: Sequence[Matrix | None],
    dtype: str,
) -> dict[str, Array]:
    tensors = {}
    for (weight_name, bias_name), layer, weight, bias in zip(names, network.layers, weights, biases, strict=True):
        tensors[weight_name] = np.ascontiguousarray(weight, dtype=dtype)
        if bias is not None:  # a convolution's is one number per output channel
            tensors[bias_name] = np.ascontiguousarray(bias[:: layer.block], dtype=dtype)
    return tensors


def _tensor_names(layer: str) -> tuple[str, str]:
    """Of weight and bias: "layer 2" is what W2 and b2 are read as, every other name stood before ``.weight``."""
    numbered = re.fullmatch(r"layer (\d+)", layer)
    return (f"W{numbered[1]}", f"b{numbered[1]}") if numbered else (f"{layer}.weight", f"{layer}.bias")


def _is_read_back(tensors: dict[str, Array], network: Network, weights: Sequence[Matrix]) -> bool:
    """Whether these names and shapes give the layers in this order and orientation."""
    stored = {name: Tensor(array.shape, array.dtype.name, array.astype(np.float64)) for name, array in tensors.items()}
    try:
        if network.kernel is None:
            found = layers_in_order(Path("out"), stored)
        else:
            found = kernels_in_order(Path("out"), stored, math.isqrt(network.layers[0].block))
    except InputError:
        return False
    return [layer.weight.shape for layer in found] == [weight.shape for weight in weights]


def _activations(network: Network) -> dict[str, str]:
    found = {"output_activation": network.layers[-1].activation}
    if network.depth > 1:
        found["activation"] = network.layers[0].activation
    return {word: activation.name for word, activation in found.items() if activation is not None}
