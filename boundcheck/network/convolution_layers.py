"""Which tensors of a checkpoint are the kernels of a chain of convolutions, and in which order."""

from itertools import pairwise
from pathlib import Path

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.checkpoint_formats import Tensor
from boundcheck.network.checkpoint_layers import StoredLayer, by_layer, chains, order_by_name
from boundcheck.network.checkpoint_refusals import refuse_other_architectures, refuse_shared, refuse_unusable, written

_CHAIN_ONLY = (
    "only chains of 2-D convolutions on maps of one size are supported, as in Theorem 7; "
    "keep only the convolutions' weights in the file"
)


def kernels_in_order(path: Path, tensors: dict[str, Tensor], map_side: int) -> list[StoredLayer]:
    """The convolutions, input first; kernels d_out x d_in x q x q (torch.nn.Conv2d), biases one per output channel.

    Names and order as in layers_in_order. Stride, padding and dilation are not in such files: stride 1, circular
    padding that keeps the maps' size, and no dilation are what the caller states. Raises InputError for everything
    else, dense layers, grouped convolutions and kernels that are not square or exceed ``map_side`` among it.
    """
    for name, tensor in tensors.items():
        refuse_other_architectures(name, tensor, _CHAIN_ONLY)
    weights, biases = by_layer(path, tensors)
    for name in weights.values():
        _refuse_other_layers(name, tensors[name])
    values = {name: refuse_unusable(name, tensors[name], 4) for name in weights.values()}
    values |= {name: refuse_unusable(name, tensors[name], 1) for name in biases.values()}
    for name in weights.values():
        _check_sides(name, values[name], map_side)
    refuse_shared({name: tensors[name] for name in weights.values()}, values)
    kernels = {layer: values[name] for layer, name in weights.items()}
    order = _chained(path, kernels)
    for layer, name in biases.items():
        if len(values[name]) != len(kernels[layer]):
            raise InputError(
                f"layer={layer}: the bias has {len(values[name])} entries, but the kernels have {len(kernels[layer])} "
                "output channels; store the bias with one entry per output channel"
            )
    return [
        StoredLayer(
            layer, kernels[layer], values[biases[layer]] if layer in biases else None, tensors[weights[layer]].dtype
        )
        for layer in order
    ]


def _refuse_other_layers(name: str, tensor: Tensor) -> None:
    kinds = {2: "fully connected layer", 3: "1-D convolution", 5: "3-D convolution"}
    if len(tensor.shape) in kinds:
        raise InputError(
            f"tensor '{name}': shape={written(tensor.shape)} is a {kinds[len(tensor.shape)]}, but {_CHAIN_ONLY}"
        )


def _check_sides(name: str, kernels: Matrix, map_side: int) -> None:
    rows, columns = kernels.shape[2:]
    if rows != columns:
        raise InputError(
            f"tensor '{name}': shape={written(kernels.shape)} has kernels of {rows}x{columns}, expected square ones, "
            "stored output channels x input channels x q x q; pad them with zeros to a square, or reorder the axes"
        )
    if rows > map_side:
        raise InputError(
            f"tensor '{name}': kernels of {rows}x{rows} on maps of side {map_side}, expected kernels no larger than "
            "the maps; correct the side of the maps, or reorder the axes to output channels x input channels x q x q"
        )


def _chained(path: Path, kernels: dict[str, Matrix]) -> list[str]:
    """The layers' names, input first; InputError unless each takes as many channels as the one before gives."""
    shapes = {layer: (kernel.shape[0], kernel.shape[1]) for layer, kernel in kernels.items()}
    listing = ", ".join(f"{layer} {written(kernel.shape)}" for layer, kernel in kernels.items())
    order = order_by_name(path, shapes, listing)
    if chains(order, shapes):
        return order
    before, layer = next((b, a) for b, a in pairwise(order) if shapes[a][1] != shapes[b][0])
    given, taken = shapes[before][0], shapes[layer][1]
    grouped = "; grouped and depthwise convolutions are not supported" if given % taken == 0 else ""
    raise InputError(
        f"path={path}: the layers do not chain: {layer} takes {taken} channels, but {before} gives {given} "
        f"({listing}){grouped}; correct the names' numbers or the shapes"
    )
