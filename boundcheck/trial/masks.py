"""Which units are processed: fixed before the draws, as the statements about a mask have it."""

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.rung import Unit
from boundcheck.draws import random_order, realized

from .block_instance import DrawnBlock

Mask = NDArray[np.bool_]

PILOT = 2**40
"""The repeat whose draws guide the choice of a bottleneck's mask; no trial has that number."""


def chosen_mask(drawn: DrawnBlock, seed: int) -> Mask:
    """A mask of T units out of N, independent of every trial's draws. Shape (N,).

    One layer: the units of least score, which are the proof's and Algorithm 1's picks, and the best mask where nothing
    is projected and the activation is the identity. Two layers: Algorithm 1's picks in a pilot run with draws of its
    own; blocks of several rows, which it does not know: at random.
    """
    mask = np.zeros(drawn.units, dtype=bool)
    if drawn.block.spans == 1:
        from boundcheck.compress.selection import least

        mask[least(_torch(scores_in_one_layer(drawn)), drawn.draws)] = True
    elif drawn.unit is Unit.ROWS and drawn.draw.block_size > 1:
        mask[random_order(seed, PILOT, 1, drawn.units)[: drawn.draws]] = True
    else:
        mask[_pilot_picks(drawn, seed)] = True
    return mask


def scores_in_one_layer(drawn: DrawnBlock) -> NDArray[np.float64]:
    """What a unit's draw adds to Psi in the mean: its variance times the second moment of what it multiplies."""
    x = drawn.block.compressed_inputs
    if drawn.unit is Unit.ENTRIES:
        of_entries: NDArray[np.float64] = (drawn.law.variance * (x * x).mean(axis=0)).ravel()
        return of_entries
    size = drawn.draw.block_size
    gram = x.T @ x / len(x)
    blocks = [slice(start, start + size) for start in range(0, drawn.units * size, size)]
    carried = [float(np.einsum("ij,jk,ik->", w := drawn.block.weight[:, b], gram[b, b], w)) for b in blocks]
    of_blocks: NDArray[np.float64] = drawn.law.variance * np.array(carried)
    return of_blocks


def all_masks(drawn: DrawnBlock) -> Iterator[Mask]:
    """Every mask of T units, in lexicographic order."""
    for chosen in combinations(range(drawn.units), drawn.draws):
        mask = np.zeros(drawn.units, dtype=bool)
        mask[list(chosen)] = True
        yield mask


def count_of_masks(drawn: DrawnBlock) -> int:
    """How many masks of T units there are."""
    return math.comb(drawn.units, drawn.draws)


def _pilot_picks(drawn: DrawnBlock, seed: int) -> NDArray[np.int64]:
    import torch

    from boundcheck.compress.block_of_layer import distance_block
    from boundcheck.compress.device_layer import DeviceLayer
    from boundcheck.compress.greedy import picks
    from boundcheck.compress.progress import StepProgress
    from boundcheck.compress.settings import Settings
    from boundcheck.network.layer_sets import LayerSets
    from boundcheck.network.torch_threads import one_thread

    block, draw = drawn.block, drawn.draw
    assert block.outer is not None
    first = DeviceLayer(1, _torch(block.weight), None, block.first_activation.name, None)
    second = DeviceLayer(2, _torch(block.outer), None, "identity", None)
    inputs = [_torch(np.ascontiguousarray(x.T))[None] for x in (block.inputs, block.compressed_inputs)]
    sets = LayerSets(frozenset(), frozenset({1}))
    settings = Settings(draw.mode, sets, draw.alpha, draw.bernoulli, draw.levels, seed=seed)
    values = _torch(realized(drawn.law, seed, PILOT, 1))[None]
    with one_thread(), torch.no_grad():
        scored = distance_block(first, second, drawn.unit, *inputs)
        progress = StepProgress(None, "pilot", drawn.draws)
        found = picks(scored, drawn.law, values, settings, range(PILOT, PILOT + 1), False, progress)
    return found[0].indices


def _torch(values: NDArray[np.float64]) -> "torch.Tensor":  # type: ignore[name-defined]  # noqa: F821
    import torch

    return torch.from_numpy(np.ascontiguousarray(values))
