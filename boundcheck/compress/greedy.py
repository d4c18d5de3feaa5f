"""Which units of a block are picked, for several repeats at once, in the order and by the implementation asked for."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Unit
from boundcheck.draws import Law, LawByRows, random_order

from .block import Block
from .progress import StepProgress
from .settings import Implementation, Order, Settings

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


@dataclass(frozen=True)
class Picked:
    """One repeat's picks; ``in_order`` False: all at once, by index."""

    indices: NDArray[np.int64]
    in_order: bool


def picks(
    block: Block,
    law: Law | LawByRows,
    realized: "Tensor",
    settings: Settings,
    repeats: range,
    caches: bool,
    progress: StepProgress,
) -> list[Picked]:
    """The picks of every repeat; realized: repeats x the shape of ``law``'s arrays, what each unit becomes."""
    count = math.floor(settings.alpha * block.units)
    if settings.order is Order.FIXED:
        return [Picked(np.arange(count), in_order=False)] * len(repeats)
    if settings.order is Order.RANDOM:
        orders = (random_order(settings.seed, repeat, block.layer, block.units) for repeat in repeats)
        return [Picked(order[:count], in_order=True) for order in orders]
    if block.has_constant_scores and settings.implementation is Implementation.FAST:
        return _at_once(block, law, count, len(repeats))
    assert isinstance(law, Law)  # by rows only where all is picked at once
    if settings.implementation is Implementation.LITERAL:
        return _literal(block, law, realized, count, progress)
    if not block.is_linear_outside:
        raise InputError(
            f"layer {block.layer}: objective={settings.objective} behind an activation other than identity has no "
            f"implementation={settings.implementation}; use implementation literal (slow), or objective distance"
        )
    return _step_by_step(block, law, realized, settings.implementation, count, caches, progress)


def _literal(block: Block, law: Law, realized: "Tensor", count: int, progress: StepProgress) -> list[Picked]:
    from .literal import literal_picks

    found = []
    for repeat, values in enumerate(realized):
        own = block if len(block.inputs) == 1 else replace(block, inputs=block.inputs[repeat : repeat + 1])
        found.append(Picked(literal_picks(own, law, values, count, progress).cpu().numpy(), in_order=True))
    return found


def _at_once(block: Block, law: Law | LawByRows, count: int, repeats: int) -> list[Picked]:
    from .selection import constant_entry_scores, least
    from .unit_spectra import constant_unit_scores

    scores = (
        constant_entry_scores(block, law)
        if block.unit is Unit.ENTRIES
        else constant_unit_scores(block, float(law[slice(None)].probability.flat[0]))
    )
    found = [Picked(least(one, count), in_order=False) for one in scores]
    return found * (repeats // len(found))


def _step_by_step(
    block: Block,
    law: Law,
    realized: "Tensor",
    implementation: Implementation,
    count: int,
    caches: bool,
    progress: StepProgress,
) -> list[Picked]:
    from .dense_entries import DensePass
    from .dense_units import dense_unit_picks
    from .fast_entries import FastPass
    from .fast_units import fast_unit_picks

    is_dense = implementation is Implementation.DENSE
    if block.unit is not Unit.ENTRIES:
        find = dense_unit_picks if is_dense else fast_unit_picks
        found = find(block, law, realized, count, progress)
    elif is_dense:
        found = DensePass(block, law, realized, caches=caches).run(count, progress)
    else:
        found = FastPass(block, law, realized, caches=caches).run(count, progress)
    return [Picked(one, in_order=True) for one in found.cpu().numpy()]
