"""The mean error over every realization of the draws, enclosed: tiny instances need no sampling.

The law is the one that is sampled, floats taken as exact numbers; everything computed is rounded outward.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.rung import Unit
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, Matrix, from_exact, multiply
from boundcheck.network.activation import Activation
from boundcheck.network.activation_enclosure import enclose_activation

from .block_instance import DrawnBlock

MOST_DRAWS = 12
MOST_REALIZATIONS = 2**13
"""Of all masks together."""
MOST_OUTPUTS = 2**20
"""Of the drawn layer, in all realizations and samples."""
_AT_ONCE = 2**20
_UP = 1 + 64 * UNIT_ROUNDOFF


@dataclass(frozen=True)
class Enclosed:
    """Lower and upper bounds, entry by entry."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def enumerable_masks(drawn: DrawnBlock, masks: int) -> bool:
    """Whether so many masks can be enumerated with all their realizations."""
    if drawn.draws > MOST_DRAWS:
        return False
    realized, outputs = masks * 2**drawn.draws, len(drawn.block.weight) * len(drawn.block.inputs)
    return bool(realized <= MOST_REALIZATIONS and realized * outputs <= MOST_OUTPUTS)


def realizations(drawn: DrawnBlock, mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Matrix, Enclosed]:
    """Every realization of one mask: whether each unit came out high, the weights, and enclosed probabilities.

    Shapes (2^T, units), (2^T, n_2, n_1), (2^T,).
    """
    picked, law = np.flatnonzero(mask), drawn.law
    numbers = np.arange(2 ** len(picked))
    is_high = np.zeros((len(numbers), drawn.units), dtype=bool)
    is_high[:, picked] = (numbers[:, None] >> np.arange(len(picked))) & 1
    values = np.where(is_high.reshape(-1, *law.shape), law.high, law.low)
    weights = drawn.replaced(np.broadcast_to(mask, is_high.shape), values)
    probability = np.broadcast_to(law.probability, law.shape).ravel()[picked]
    factors = np.where(is_high[:, picked], probability, 1 - probability)
    product = factors.prod(axis=1)
    # 1 - p and each factor of the product round once.
    slack = 1 + 4 * (len(picked) + 2) * UNIT_ROUNDOFF
    return is_high, weights, Enclosed(product / slack, product * slack)


def mean_errors(drawn: DrawnBlock, masks: Sequence[NDArray[np.bool_]], radius: float) -> list[tuple[float, float]]:
    """Lower and upper bound of E Pi over the draws, mask by mask."""
    parts = [realizations(drawn, mask) for mask in masks]
    errors = block_errors(drawn, np.concatenate([weights for _, weights, _ in parts]), radius)
    found, start = [], 0
    for _, weights, probability in parts:
        of_mask = slice(start, start + len(weights))
        slack = 1 + 4 * (len(weights) + 2) * UNIT_ROUNDOFF
        lower = float((probability.lower * errors.lower[of_mask]).sum()) / slack
        found.append((lower, float((probability.upper * errors.upper[of_mask]).sum()) * slack))
        start += len(weights)
    return found


def block_errors(drawn: DrawnBlock, weights: Matrix, radius: float) -> Enclosed:
    """Pi of every weight in a stack (R x n_2 x n_1), enclosed."""
    block = drawn.block
    slack = 0.0 if drawn.unit is Unit.ENTRIES else 2 * UNIT_ROUNDOFF  # a row or column times its factor rounds once
    dense = _behind(block.weight[None], 0.0, block.inputs, drawn)
    together = max(1, _AT_ONCE // (block.weight.shape[0] * len(block.inputs)))
    parts = []
    for start in range(0, len(weights), together):
        some = weights[start : start + together]
        outputs = _projected(_behind(some, slack, block.compressed_inputs, drawn), len(block.inputs), radius)
        parts.append(_mean_square_distance(dense, outputs, len(some)))
    return Enclosed(np.concatenate([p.lower for p in parts]), np.concatenate([p.upper for p in parts]))


def _behind(weights: Matrix, slack: float, inputs: Matrix, drawn: DrawnBlock) -> BallMatrix:
    """The block's outputs for a stack of R weights: width x (R N), the samples of one weight next to each other."""
    block, (repeats, rows, _) = drawn.block, weights.shape
    flat = np.ascontiguousarray(weights.reshape(repeats * rows, -1))
    z = multiply(BallMatrix(flat, np.abs(flat) * slack), from_exact(np.ascontiguousarray(inputs.T)))
    mid, rad = (part.reshape(repeats, rows, -1).swapaxes(0, 1).reshape(rows, -1) for part in (z.mid, z.rad))
    z = BallMatrix(np.ascontiguousarray(mid), np.ascontiguousarray(rad))
    if block.outer is not None:
        z = multiply(from_exact(block.outer), _activated(block.first_activation, z))
    return _activated(block.last, z)


def _activated(phi: Activation, z: BallMatrix) -> BallMatrix:
    """Samples are columns here, and rows to enclose_activation."""
    return enclose_activation(phi, z.transposed).transposed


def _projected(y: BallMatrix, samples: int, radius: float) -> BallMatrix:
    """[y]_radius column by column: y times a number in [min(1, radius/||y||), 1], with ||y|| enclosed."""
    lower, upper = _norms(y)
    with np.errstate(divide="ignore", invalid="ignore"):  # what is divided by zero is replaced
        least = np.where(upper > 0, np.minimum(1.0, radius / upper / _UP), 1.0)
        most = np.where(lower > 0, np.minimum(1.0, radius / lower * _UP), 1.0)
    middle, spread = (least + most) / 2, (most - least) / 2 * _UP + UNIT_ROUNDOFF * (least < 1)
    mid = y.mid * middle
    rad = (np.abs(y.mid) * spread + y.rad * most + np.abs(mid) * 2 * UNIT_ROUNDOFF * (least < 1)) * _UP
    return BallMatrix(mid, np.where(least == 1.0, y.rad, rad))


def _norms(y: BallMatrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    slack = 1 + (len(y.mid) + 8) * 4 * UNIT_ROUNDOFF
    size = np.abs(y.mid)
    lower = np.sqrt((np.maximum(size - y.rad, 0.0) ** 2).sum(axis=0)) / slack
    upper = np.sqrt(((size + y.rad) ** 2).sum(axis=0)) * slack
    return lower, upper


def _mean_square_distance(dense: BallMatrix, outputs: BallMatrix, repeats: int) -> Enclosed:
    samples = dense.mid.shape[1]
    stacked = (len(outputs.mid), repeats, samples)
    gap = np.abs(outputs.mid.reshape(stacked) - dense.mid[:, None, :])
    radius = (outputs.rad.reshape(stacked) + dense.rad[:, None, :] + UNIT_ROUNDOFF * gap) * _UP
    slack = 1 + (gap.shape[0] * samples + 8) * 4 * UNIT_ROUNDOFF
    lower = (np.maximum(gap - radius, 0.0) ** 2).sum(axis=(0, 2)) / samples / slack
    upper = ((gap + radius) ** 2).sum(axis=(0, 2)) / samples * slack
    return Enclosed(lower, upper)
