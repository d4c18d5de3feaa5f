"""Puts neurons that were left out back, so that a smaller network stands beside the dense one layer by layer.

A neuron may be added to a compressed network without changing its function: with weights and bias zero its output is
phi(0) for every input, and behind it stand weights that meet nothing else. If phi(0) = 0 these may be any, and the
dense ones are taken; otherwise they are zero. Which dense neuron a compressed one stands for is not in the file, and
any choice is right; a good one makes W - W-hat small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.network import Layer

from .pair import Pair


@dataclass(frozen=True)
class AlignedLayer:
    """A layer of the compressed network in the shape of the dense one; a bias that is not there is zero."""

    weight: Matrix
    bias: Matrix


def aligned(pair: Pair) -> list[AlignedLayer]:
    """The compressed network, the same function with the dense network's widths."""
    dense, compressed = pair.dense, pair.compressed
    assert dense.weights is not None and compressed.weights is not None
    assert dense.biases is not None and compressed.biases is not None
    found: list[AlignedLayer] = []
    places = np.arange(dense.weights[0].shape[1])
    is_free = False
    for number, layer in enumerate(dense.layers):
        whole, smaller = dense.weights[number], compressed.weights[number]
        wide = whole.copy() if is_free else np.zeros_like(whole)
        bias = full_bias(layer, dense.biases[number])
        smaller_bias = full_bias(compressed.layers[number], compressed.biases[number])
        rows = _matched(whole[:, places], bias, smaller, smaller_bias, layer.block)
        weight, shift = np.zeros_like(whole), np.zeros((len(whole), layer.block))
        weight[rows] = wide[rows]
        weight[np.ix_(rows, places)] = smaller
        shift[rows] = smaller_bias.reshape(-1, layer.block)
        found.append(AlignedLayer(weight, shift.ravel()))
        places, is_free = rows, layer.activation is not None and layer.activation.is_zero_at_zero
    return found


def full_bias(layer: Layer, bias: Matrix | None) -> Matrix:
    """The bias, zeros if there is none."""
    return np.zeros(layer.n_out) if bias is None else bias


def _matched(whole: Matrix, bias: Matrix, smaller: Matrix, smaller_bias: Matrix, block: int) -> NDArray[np.int64]:
    """The dense row that each compressed row stands for: all of them in order if none was left out.

    The squared distances of matched rows and the squares of the lone ones have the least sum where the inner products
    of matched rows have the largest.
    """
    if len(whole) == len(smaller):
        return np.arange(len(whole))
    from scipy.optimize import linear_sum_assignment

    rows, others = (
        np.hstack([weight.reshape(len(weight), -1), shift.reshape(len(weight), block)])
        for weight, shift in ((whole, bias), (smaller, smaller_bias))
    )
    _, places = linear_sum_assignment(others @ rows.T, maximize=True)
    return np.asarray(places, dtype=np.int64)
