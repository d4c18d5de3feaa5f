"""How many repeats advance together, and whether they keep arrays for all scores, by the memory that the device has."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode
from boundcheck.network.network import Network

from .settings import Implementation, Objective, Order, Settings

if TYPE_CHECKING:
    import torch

_SHARE = 0.5
"""Of what is free; the rest is for what others ask for meanwhile."""
_UNKNOWN_FREE = 2**32
_ARRAYS_OF_ACTIVATIONS = 4
_STEPS_IN_WINDOW = 64
_NUMBERS_PER_ENTRY = 30
_MOST_ON_CPU = 8
"""Repeats that advance together on a CPU: more no longer fit its caches."""


@dataclass(frozen=True)
class Plan:
    """Repeats that advance together, and whether passes over entries keep the mean changes of all of them."""

    together: int
    caches: bool


def plan(
    network: Network,
    settings: Settings,
    samples: int,
    repeats: int,
    device: "torch.device",
    item: int,
    limit: int | None,
) -> Plan:
    """Choose for numbers of ``item`` bytes; limit: bytes to stay within, None for half of what is free.

    Raises InputError if not even one repeat fits into a stated limit.
    """
    available = limit if limit is not None else int(_SHARE * free_bytes(device))
    widest, weights = max(network.widths), sum(layer.weight_count for layer in network.layers)
    entries = max((network.layers[number - 1].weight_count for number in _passed(settings)), default=0)
    shared = item * (2 * samples * widest + weights)
    own = item * (_ARRAYS_OF_ACTIVATIONS * samples * widest + weights + _STEPS_IN_WINDOW * samples)
    own += item * _NUMBERS_PER_ENTRY * entries
    cached = item * entries * samples
    if limit is not None and shared + own > available:
        raise InputError(
            f"memory limit={limit / 10**9:.3g} GB: one repeat needs about {(shared + own) / 10**9:.3g} GB; raise it, "
            "or use fewer samples"
        )
    caches = cached > 0 and shared + own + cached <= available
    each = own + (cached if caches else 0)
    most = repeats if device.type == "cuda" else min(repeats, _MOST_ON_CPU)
    return Plan(max(1, min(most, (available - shared) // each)), caches)


def _passed(settings: Settings) -> frozenset[int]:
    """The layers whose entries are picked step by step, with scores that change."""
    is_greedy = settings.order is Order.GREEDY and settings.implementation is not Implementation.LITERAL
    if not is_greedy or settings.draw is DrawKind.EXACT_COUNTS or settings.mode not in (Mode.PRUNE, Mode.QUANTIZE):
        return frozenset()
    changes = settings.implementation is Implementation.DENSE or settings.objective is Objective.LOSS
    return settings.sets.bottleneck | (settings.sets.wide if changes else frozenset())


def free_bytes(device: "torch.device") -> int:
    """Memory that is free on the device now."""
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):  # not on every system
        return _UNKNOWN_FREE
