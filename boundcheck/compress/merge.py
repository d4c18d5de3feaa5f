"""Merged columns: the smaller network that is left when rows (or output filters) of bottlenecks have become zero."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Unit
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.network import Network

from .choice import Counted

MERGED = (Unit.ROWS, Unit.OUTPUT_FILTERS)


@dataclass(frozen=True)
class Merged:
    """A layer's zero rows that were left out: how many of how many, and whether the next layer's bias took them up."""

    layer: int
    left_out: int
    units: int
    into_bias: bool


def check_mergeable(layers: Sequence[Counted]) -> None:
    """Raise InputError unless bottlenecks lose whole neurons or filters."""
    if not any(layer.unit in MERGED for layer in layers):
        raise InputError(
            "merge: leaves out zero rows of bottlenecks, and none is pruned by rows; add --mode structured or conv and "
            "--bottleneck, or drop --merge"
        )


def merge(
    network: Network, weights: Sequence[Matrix], biases: Sequence[Matrix | None], layers: Sequence[Counted]
) -> tuple[list[Matrix], list[Matrix | None], list[Merged]]:
    """Leave zero rows of bottlenecks out, with the columns of the next layer that they meet.

    Behind its activation a zero row is the constant phi(0), so those columns act by their sum times phi(0), which the
    next layer's bias takes up if it is not zero. At least one row stays: a layer without any could not be stored.
    """
    new_weights, new_biases, merged = list(weights), list(biases), []
    for layer in layers:
        if layer.unit not in MERGED:
            continue
        here, after = layer.layer - 1, layer.layer
        weight, bias, following = new_weights[here], new_biases[here], new_weights[after]
        places = network.layers[here].block
        by_row = None if bias is None else bias.reshape(len(weight), places)
        stays = _rows_that_stay(weight, by_row)
        new_weights[here] = weight[stays]
        new_biases[here] = None if by_row is None else by_row[stays].ravel()
        new_weights[after] = following[:, stays]
        constant = merge_constant(network, here)
        lost = np.delete(following, stays, axis=1).reshape(len(following), -1).sum(axis=1) * constant
        if lost.any():
            shift, before = np.repeat(lost, network.layers[after].block), new_biases[after]
            new_biases[after] = shift if before is None else before + shift
        merged.append(Merged(layer.layer, len(weight) - len(stays), len(weight), bool(lost.any())))
    return new_weights, new_biases, merged


def _rows_that_stay(weight: Matrix, bias: Matrix | None) -> NDArray[np.int64]:
    by_row = weight.reshape(len(weight), -1)
    if bias is not None:
        by_row = np.hstack([by_row, bias])
    found = np.flatnonzero(by_row.any(axis=1))
    return found if len(found) else np.array([0])


def merge_constant(network: Network, index: int) -> float:
    """phi(0) of a layer (from 0), as a float."""
    activation = network.layers[index].activation
    assert activation is not None and activation.entrywise
    return 0.0 if activation.is_zero_at_zero else float(evaluate(activation.value_at_zero, {}).mid())
