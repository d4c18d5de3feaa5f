"""How many repeats advance together, and whether dense scores keep their arrays, by the memory that the device has."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boundcheck.core.errors import InputError
from boundcheck.network.network import Network

from .settings import Implementation, Settings

if TYPE_CHECKING:
    import torch

_SHARE = 0.5
"""Of what is free; the rest is for what others ask for meanwhile."""
_UNKNOWN_FREE = 2**32
_ARRAYS_OF_ACTIVATIONS = 4
_STEPS_IN_WINDOW = 64
_BYTES_PER_ENTRY = 160
_MOST_ON_CPU = 8
"""Repeats that advance together on a CPU: more no longer fit its caches."""


@dataclass(frozen=True)
class Plan:
    """Repeats that advance together, and whether dense scores keep the mean changes of all entries."""

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
    entries = max(network.layers[number - 1].weight_count for number in settings.sets.wide | settings.sets.bottleneck)
    shared = item * (2 * samples * widest + weights)
    own = item * (_ARRAYS_OF_ACTIVATIONS * samples * widest + weights + _STEPS_IN_WINDOW * samples)
    if settings.sets.bottleneck:
        own += _BYTES_PER_ENTRY * entries
    cached = item * entries * samples if settings.implementation is Implementation.DENSE else 0
    if limit is not None and shared + own > available:
        raise InputError(
            f"memory limit={limit / 2**30:.3g} GB: one repeat needs about {(shared + own) / 2**30:.3g} GB; raise it, "
            "or use fewer samples"
        )
    caches = cached > 0 and shared + own + cached <= available
    each = own + (cached if caches else 0)
    most = repeats if device.type == "cuda" else min(repeats, _MOST_ON_CPU)
    return Plan(max(1, min(most, (available - shared) // each)), caches)


def free_bytes(device: "torch.device") -> int:
    """Memory that is free on the device now."""
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):  # not on every system
        return _UNKNOWN_FREE
