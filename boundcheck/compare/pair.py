"""Two checkpoints, a network and its compression, read and checked to be that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.activation import Activation
from boundcheck.network.checkpoint import StoredNetwork, network_from_checkpoint, stored_network
from boundcheck.network.checkpoint_formats import Tensor, read_checkpoint
from boundcheck.network.checkpoint_layers import StoredLayer, layers_in_order
from boundcheck.network.checkpoint_refusals import written
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.convolution_layers import kernels_in_order
from boundcheck.network.files import read_file
from boundcheck.network.network import Network

Order = Callable[[Path, dict[str, Tensor]], list[StoredLayer]]


@dataclass(frozen=True)
class Pair:
    """Two networks of one depth, with the same activations, inputs and outputs; hidden layers may have lost neurons."""

    dense: Network
    compressed: Network

    @cached_property
    def is_identical(self) -> bool:
        """Whether all weights and biases are the same numbers, so that both networks are one function."""
        return not any(changed_layers(self))


def read_pair(
    dense: Path,
    compressed: Path,
    activation: Activation | None = None,
    output_activation: Activation | None = None,
    map_side: int | None = None,
) -> Pair:
    """Read both files as network_from_checkpoint does; ``map_side`` not None: as chains of circular convolutions.

    The compressed network has the dense one's activations unless its file says otherwise. Everything is checked before
    the layers' norms are enclosed, which takes long for large ones. Raises InputError naming the file.
    """
    in_order: Order = layers_in_order if map_side is None else partial(kernels_in_order, map_side=map_side)
    with _naming(dense):
        first = stored_network(dense, in_order, activation, output_activation, None)
    with _naming(compressed):
        stated = read_checkpoint(compressed, read_file(compressed)).metadata
        hidden = activation if activation or "activation" in stated else first.activations[0]
        output = output_activation if output_activation or "output_activation" in stated else first.activations[-1]
        second = stored_network(compressed, in_order, hidden, output, None)
    _check(dense, compressed, first, second)
    if map_side is None:
        return Pair(
            network_from_checkpoint(dense, activation, output_activation),
            network_from_checkpoint(compressed, hidden, output),
        )
    return Pair(
        convolutional_network_from_checkpoint(dense, map_side, activation, output_activation),
        convolutional_network_from_checkpoint(compressed, map_side, hidden, output),
    )


def changed_layers(pair: Pair) -> list[bool]:
    """Per layer, whether a weight or bias differs; a bias that is not there counts as zeros."""
    dense, compressed = pair.dense, pair.compressed
    assert dense.weights is not None and compressed.weights is not None
    assert dense.biases is not None and compressed.biases is not None
    weights = [np.array_equal(one, other) for one, other in zip(dense.weights, compressed.weights, strict=True)]
    biases = [_is_same_bias(one, other) for one, other in zip(dense.biases, compressed.biases, strict=True)]
    return [not (weight and bias) for weight, bias in zip(weights, biases, strict=True)]


def _is_same_bias(one: Matrix | None, other: Matrix | None) -> bool:
    are_zero = [bias is None or not bias.any() for bias in (one, other)]
    return all(are_zero) or (one is not None and other is not None and np.array_equal(one, other))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """With two files, a refusal that does not name its own is given its name."""
    try:
        yield
    except InputError as error:
        raise error if str(path) in str(error) else InputError(f"checkpoint={path}: {error}") from None


def _check(dense: Path, compressed: Path, first: StoredNetwork, second: StoredNetwork) -> None:
    """Raise InputError unless the second can be a compression of the first."""
    names = f"dense={dense} and compressed={compressed}"
    depths = len(first.layers), len(second.layers)
    if depths[0] != depths[1]:
        raise InputError(
            f"{names}: have {depths[0]} and {depths[1]} layers; expected the same number, compare a network with its "
            "own compression"
        )
    ends = [(stored.layers[0].weight.shape[1], stored.layers[-1].weight.shape[0]) for stored in (first, second)]
    for word, one, other in zip(("input", "output"), *ends, strict=True):
        if one != other:
            raise InputError(
                f"{names}: have {word} widths {one} and {other}; expected the same one, compare a network with its own "
                "compression"
            )
    for number, (phi, other_phi) in enumerate(zip(first.activations, second.activations, strict=True), 1):
        if phi != other_phi:
            raise InputError(
                f"{names}: layer {number} has activations {_name(phi)} and {_name(other_phi)}; expected the same one, "
                "correct the checkpoint that is wrong"
            )
    for number, (layer, other_layer) in enumerate(zip(first.layers, second.layers, strict=True), 1):
        _check_layer(f"{names}: layer {number}", layer, other_layer, first.activations[number - 1])


def _check_layer(where: str, layer: StoredLayer, other: StoredLayer, activation: Activation | None) -> None:
    shapes = f"{where} is {written(layer.weight.shape)} and {written(other.weight.shape)}"
    if other.weight.shape[0] > layer.weight.shape[0]:
        raise InputError(f"{shapes}; a compression adds no neurons, check that the dense network comes first")
    if layer.weight.shape[2:] != other.weight.shape[2:]:
        raise InputError(f"{shapes}; expected kernels of one size, pad the smaller ones with zeros")
    if layer.weight.shape[0] != other.weight.shape[0] and activation is not None and not activation.entrywise:
        raise InputError(f"{shapes}; neurons can be left out only where the activation acts entry by entry")


def _name(activation: Activation | None) -> str:
    return "none" if activation is None else activation.name
