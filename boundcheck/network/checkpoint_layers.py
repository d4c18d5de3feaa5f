"""Which tensors of a checkpoint are the layers of an MLP, and in which order and orientation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.checkpoint_formats import Tensor
from boundcheck.network.checkpoint_refusals import (
    refuse_kernels,
    refuse_other_architectures,
    refuse_shared,
    refuse_unusable,
    written,
)

_MOST_LAYERS_TO_ORDER_BY_SHAPE = 8


@dataclass(frozen=True)
class StoredLayer:
    """A layer as stored: weight n_out x n_in, or kernels d_out x d_in x q x q; bias, one per output; weight's dtype."""

    name: str
    weight: Matrix
    bias: Matrix | None
    dtype: str


def layers_in_order(path: Path, tensors: dict[str, Tensor]) -> list[StoredLayer]:
    """The MLP's layers, input first.

    2-D tensors ``<layer>.weight`` or ``W1``, ``W2``, ... are weights, 1-D ``<layer>.bias`` or ``b1``, ... their
    biases. Numbers in the names give the order; where names differ in more than numbers, the shapes must allow that
    order alone. Weights are out x in; in x out is recognized when only that chains. ``<layer>.weight`` is out x in
    whenever that chains (torch.nn.Linear); W1, W2, ... that chain both ways are refused unless all square or a single
    one. Raises InputError.
    """
    for name, tensor in tensors.items():
        refuse_other_architectures(name, tensor)
        refuse_kernels(name, tensor)
    weights, biases = by_layer(path, tensors)
    values = {name: refuse_unusable(name, tensors[name], 2) for name in weights.values()}
    values |= {name: refuse_unusable(name, tensors[name], 1) for name in biases.values()}
    refuse_shared({name: tensors[name] for name in weights.values()}, values)
    shapes = {layer: (len(values[name]), values[name].shape[1]) for layer, name in weights.items()}
    lengths = {layer: len(values[name]) for layer, name in biases.items()}
    are_torch_names = all(name.endswith("weight") for name in weights.values())
    order, is_transposed = _order_and_orientation(path, shapes, lengths, are_torch_names)
    return [
        StoredLayer(
            layer,
            np.ascontiguousarray(values[weights[layer]].T if is_transposed else values[weights[layer]]),
            values[biases[layer]] if layer in biases else None,
            tensors[weights[layer]].dtype,
        )
        for layer in order
    ]


def by_layer(path: Path, tensors: dict[str, Tensor]) -> tuple[dict[str, str], dict[str, str]]:
    """Tensor names of the weights and of the biases by layer name; every tensor must be one of the two."""
    weights: dict[str, str] = {}
    biases: dict[str, str] = {}
    for name in tensors:
        match = re.fullmatch(r"(?:(.*)\.)?(weight|bias)|([Wb])(\d+)", name)
        if match is None:
            raise InputError(
                f"tensor '{name}': not known as part of a layer; expected <layer>.weight and <layer>.bias, "
                "or W1, W2, ... and b1, b2, ...; rename it, or leave it out"
            )
        layer = f"layer {int(match[4])}" if match[4] else match[1] or "layer 1"
        found = weights if match[2] == "weight" or match[3] == "W" else biases
        if layer in found:
            raise InputError(f"tensors '{found[layer]}' and '{name}': both belong to {layer}; rename or drop one")
        found[layer] = name
    if not weights:
        raise InputError(f"path={path}: holds no weights; expected tensors named <layer>.weight, or W1, W2, ...")
    for layer, name in biases.items():
        if layer not in weights:
            raise InputError(f"tensor '{name}': a bias without its layer's weight; add the weight, or leave it out")
    numbers = sorted(int(name[1:]) for name in weights.values() if re.fullmatch(r"W\d+", name))
    for number, following in pairwise(numbers):
        if following != number + 1:
            raise InputError(
                f"path={path}: W{number} is followed by W{following}; add the layers in between, "
                "or number the layers 1, 2, ..."
            )
    return weights, biases


def _order_and_orientation(
    path: Path, shapes: dict[str, tuple[int, int]], bias_lengths: dict[str, int], are_torch_names: bool
) -> tuple[list[str], bool]:
    """The layers input first, and whether they are stored in x out."""
    turned = {layer: (shape[1], shape[0]) for layer, shape in shapes.items()}
    listing = ", ".join(f"{layer} {written(shapes[layer])}" for layer in sorted(shapes, key=_natural))
    order = order_by_name(path, shapes, listing)
    chaining = [candidate for candidate in (shapes, turned) if chains(order, candidate)]
    if not chaining:
        raise InputError(
            f"path={path}: the layers do not chain ({listing}); expected out x in, each layer's second "
            "number equal to the first of the one before; correct the names' numbers or the shapes"
        )
    fitting = [c for c in chaining if all(c[layer][0] == length for layer, length in bias_lengths.items())]
    if not fitting:
        layer = next(layer for layer, length in bias_lengths.items() if chaining[0][layer][0] != length)
        raise InputError(
            f"layer={layer}: the bias has {bias_lengths[layer]} entries, but the weight is "
            f"{written(chaining[0][layer])} (out x in); store the bias with one entry per output"
        )
    is_decided = are_torch_names or len(shapes) == 1 or shapes == turned
    if len(fitting) == 2 and not is_decided:
        raise InputError(
            f"path={path}: the layers chain both as out x in and as in x out ({listing}), so which it is "
            "cannot be told; name them layers.1.weight, ..., which are out x in"
        )
    return order, fitting[0] is turned


def order_by_name(path: Path, shapes: dict[str, tuple[int, int]], listing: str) -> list[str]:
    """By the numbers in the names; if names differ in more, by name or as in the file where no other order chains."""
    by_name = sorted(shapes, key=_natural)
    patterns = {re.sub(r"\d+", "#", layer) for layer in shapes}
    if len(patterns) == 1 and len({str(_natural(layer)) for layer in shapes}) == len(shapes):
        return by_name
    if len(shapes) <= _MOST_LAYERS_TO_ORDER_BY_SHAPE:
        orders = list(islice(_all_chains([], shapes), 2))
        if not orders:
            return by_name  # no order chains, which the caller reports
        if len(orders) == 1 and orders[0] in (by_name, list(shapes)):
            return orders[0]
    raise InputError(
        f"path={path}: the order of the layers is not clear from their names ({listing}); "
        "name them layers.1.weight, layers.2.weight, ..."
    )


def _all_chains(start: list[str], shapes: dict[str, tuple[int, int]]) -> Iterator[list[str]]:
    """Every order of all layers that begins with ``start`` and chains."""
    if len(start) == len(shapes):
        yield start
    for layer in shapes:
        if layer not in start and (not start or shapes[layer][1] == shapes[start[-1]][0]):
            yield from _all_chains([*start, layer], shapes)


def chains(order: Sequence[str], shapes: dict[str, tuple[int, int]]) -> bool:
    """Whether every layer's input width is the output width of the one before."""
    return all(shapes[after][1] == shapes[before][0] for before, after in pairwise(order))


def _natural(name: str) -> list[str | int]:
    """Sort key by which layers.2 comes before layers.10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]
