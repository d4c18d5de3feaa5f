"""Greedy passes over a bottleneck's entries, step by step: the engine's against the plain prototypes."""

import time
from typing import Any

import numpy as np
import torch

from boundcheck.compress.dense_entries import DensePass
from boundcheck.compress.entry_pass import EntryPass
from boundcheck.compress.fast_entries import FastPass

from .cells import seconds_of
from .instances import Instance, instance
from .prototypes import PlainDense, PlainFast, PlainPass


def greedy_pass(kind: str, one: Instance, processed: torch.Tensor) -> PlainPass | EntryPass:
    """processed: (1 or repeats) x entries."""
    if kind == "plain dense":
        return PlainDense(one, processed[0])
    if kind == "plain fast":
        return PlainFast(one, processed[0])
    given = processed if processed.any() else None
    way = FastPass if kind.startswith("FastPass") else DensePass
    return way(one.block(), one.law, one.realized, given, caches="low memory" not in kind)


def full(made: dict[str, Any], device: str, picks: str) -> dict[str, Any]:
    """A whole fast pass with its setup, whose picks it leaves in a file."""
    one = instance(device=device, **made)
    found: dict[str, Any] = {}

    def run() -> None:
        fast = FastPass(one.block(), one.law, one.realized, caches=True)
        np.save(picks, fast.run(one.steps)[0].cpu().numpy())
        found["scores"] = fast.evaluated / one.steps

    return {"seconds": seconds_of(run, device), "steps": one.steps, **found}


def first_and_last(made: dict[str, Any], device: str, kind: str, picks: str, count: int) -> dict[str, Any]:
    """The first ``count`` steps, and as many from where the full pass had that many left."""
    one, given = instance(device=device, **made), torch.from_numpy(np.load(picks))
    found: dict[str, Any] = {"same": 0}
    for name, done in (("first", 0), ("last", one.steps - count)):
        processed = torch.zeros(1, one.weight.numel(), dtype=torch.bool, device=device)
        processed[0, given[:done].to(device)] = True
        timed = timed_steps(kind, one, processed, count, device)
        found["same"] += int((torch.cat(timed.pop("picks")).cpu() == given[done : done + count]).sum())
        found |= {name: timed.pop("ms"), **timed}
    return found


def half_way(made: dict[str, Any], device: str, kind: str, count: int) -> dict[str, Any]:
    """Steps from where a random half is processed."""
    one = instance(device=device, **made)
    chosen = torch.rand(len(one.realized), one.weight.numel(), generator=torch.Generator().manual_seed(0)) < 0.5
    timed = timed_steps(kind, one, chosen.to(device), count, device)
    del timed["picks"]
    return timed


def early_and_half_way(made: dict[str, Any], device: str, repeats: int, count: int) -> dict[str, Any]:
    """A FastPass over several repeats together: its first steps, and those from where a random half is processed."""
    made = {**made, "repeats": repeats}
    one = instance(device=device, **made)
    early = timed_steps(
        "FastPass", one, torch.zeros(1, one.weight.numel(), dtype=torch.bool, device=device), count, device
    )
    later = half_way(made, device, "FastPass", count)
    return {"first": early["ms"], "last": later["ms"], "scores": later["scores"]}


def timed_steps(kind: str, one: Instance, processed: torch.Tensor, count: int, device: str) -> dict[str, Any]:
    """Milliseconds a step, the scores evaluated in it, and the bytes that it cannot do without touching."""
    found = greedy_pass(kind, one, processed)
    picks = []

    def run() -> None:
        for _ in range(count):
            picks.append(found.pick().view(-1))
            found.step(picks[-1] if isinstance(found, EntryPass) else picks[-1][0])

    ms = seconds_of(run, device) / count * 1e3
    scores = getattr(found, "evaluated", 0) / count
    return {"ms": ms, "scores": scores, "picks": picks, "bytes": bytes_a_step(found, one)}


def bytes_a_step(found: PlainPass | EntryPass, one: Instance) -> int:
    """Every number kept for an entry is read; so are the inputs, once, and the residual, twice, to be written once."""
    units = one.weight.numel()
    kept = (
        values.numel() * values.element_size()
        for values in vars(found).values()
        if isinstance(values, torch.Tensor) and units in values.shape[:2]
    )
    moved = (one.inputs, found.residual, found.residual, found.residual)
    return sum(kept) + sum(values.numel() * values.element_size() for values in moved)


PARTS = {
    "_find_bounds": "bounds of all scores",
    "_least": "bounds of all scores",
    "_evaluate_lowest": "evaluating candidates",
    "pre_activations": "the step's row",
    "back": "the step's row",
    "_columns_left": "the step's row",
    "_score": "the step's row",
    "_add_to_hidden": "residual",
    "_drift": "drift",
    "_remember": "keeping the row's scores",
    "after": "following all scores",
    "step": "the rest of a step",
    "pick": "the rest of picking",
}
"""Where a fast step's time goes, by method; what a candidate's evaluation calls counts as evaluating."""


def parts_of_a_step(made: dict[str, Any], device: str, picks: str, count: int) -> dict[str, Any]:
    """Milliseconds a step in each part, first and last steps; measuring adds a little to each."""
    one, given = instance(device=device, **made), torch.from_numpy(np.load(picks))
    found = {}
    for name, done in (("first", 0), ("last", one.steps - count)):
        processed = torch.zeros(1, one.weight.numel(), dtype=torch.bool, device=device)
        processed[0, given[:done].to(device)] = True
        fast = greedy_pass("FastPass", one, processed)
        spent = dict.fromkeys(PARTS.values(), 0.0)
        with_clocks(fast, spent, device)
        for _ in range(count):
            fast.step(fast.pick())
        found[name] = {part: seconds / count * 1e3 for part, seconds in spent.items()}
    return found


def with_clocks(fast: Any, spent: dict[str, float], device: str) -> None:
    """Let each method in PARTS add its own time, without that of the parts that it calls."""
    running: list[str] = []
    since = 0.0

    def switch() -> None:
        nonlocal since
        if device == "cuda":
            torch.cuda.synchronize()
        now = time.perf_counter()
        if running:
            spent[running[-1]] += now - since
        since = now

    def clocked(method: Any, part: str) -> Any:
        def call(*arguments: Any) -> Any:
            switch()
            running.append("evaluating candidates" if running[-1:] == ["evaluating candidates"] else part)
            result = method(*arguments)
            switch()
            running.pop()
            return result

        return call

    for name, part in PARTS.items():
        setattr(fast, name, clocked(getattr(fast, name), part))
