"""Whole runs: many repeats of one block, and compress() over networks of every kind."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from boundcheck.compress.compress import compress
from boundcheck.compress.fast_entries import FastPass
from boundcheck.compress.settings import Settings
from boundcheck.core.rung import Mode
from boundcheck.network.layer_sets import LayerSets

from .cells import seconds_of
from .instances import ALPHA, BERNOULLI, SEED, instance, network_of, random_data, random_network

_PATIENCE = 1200.0
"""Seconds after which a run of many repeats is extrapolated."""
_TOGETHER_BY_COMPRESS = {"cpu": 8, "cuda": 64}


def settings(mode: str, wide: list[int], bottleneck: list[int]) -> Settings:
    """Greedy, fast, with projections."""
    sets = LayerSets(frozenset(wide), frozenset(bottleneck))
    return Settings(Mode(mode), sets, ALPHA, bernoulli=Fraction(str(BERNOULLI)), seed=SEED)


def repeats_by_pass(made: dict[str, Any], device: str, repeats: int, together: int) -> dict[str, Any]:
    """A FastPass over so many repeats, some at a time."""
    one = instance(device=device, repeats=repeats, **made)

    def run(start: int, stop: int) -> None:
        FastPass(one.block(), one.law, one.realized[start:stop], caches=True).run(one.steps)

    return {"steps": one.steps, **in_groups(run, repeats, together, device)}


def repeats_by_compress(made: dict[str, Any], device: str, repeats: int) -> dict[str, Any]:
    """The same through compress(), which chooses how many go together."""
    network, data = network_of(instance(device="cpu", **made))
    given = settings("prune", [], [1])

    def run(start: int, stop: int) -> None:
        compress(network, data, given, repeats=range(start, stop), device=device, dtype="float32")

    return in_groups(run, repeats, min(repeats, _TOGETHER_BY_COMPRESS[device]), device)


def in_groups(run: Callable[[int, int], None], repeats: int, together: int, device: str) -> dict[str, Any]:
    """Seconds for all, from as many groups as end within the patience."""
    spent, done = 0.0, 0
    while done < repeats:
        stop = min(repeats, done + together)
        last = seconds_of(lambda start=done, stop=stop: run(start, stop), device)
        spent, done = spent + last, stop
        if spent + last > _PATIENCE:
            break
    return {"seconds": spent * repeats / done, "done": done}


def one_network(
    channels: list[int],
    samples: int,
    mode: str,
    wide: list[int],
    bottleneck: list[int],
    device: str,
    map_side: int | None = None,
    q: int | None = None,
) -> dict[str, Any]:
    """One repeat of compress() on a network with random weights and inputs, float32."""
    network = random_network(channels, map_side, q)
    data = random_data(channels[0] * (map_side or 1) ** 2, samples)
    given = settings(mode, wide, bottleneck)
    found: list[Any] = []
    seconds = seconds_of(lambda: found.extend(compress(network, data, given, device=device, dtype="float32")), device)
    return {"seconds": seconds, "steps": sum(len(picks.indices) for picks in found[0].picks)}
