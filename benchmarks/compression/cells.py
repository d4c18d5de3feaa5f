"""One measured thing in a process of its own, so that its peak memory is its own."""

import importlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent.with_suffix(".py")


@dataclass
class Row:
    """A line of the table.

    first, last: milliseconds a step at the beginning of a pass and at its end; ``last`` alone: half way, or over all
    steps. scores: evaluated in one of the last steps. peak: megabytes above the interpreter with torch, boundcheck's
    own imports included; on cuda those allocated on the device. bytes, bandwidth: of one of the last steps.
    """

    section: str
    instance: str
    what: str
    first: float | None = None
    last: float | None = None
    seconds: float | None = None
    scores: float | None = None
    peak: float | None = None
    ratio: str = ""
    bytes: float | None = None
    bandwidth: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Options:
    """quick: small sizes, to see that all runs; folder: for what one cell leaves to another."""

    device: str
    quick: bool
    folder: Path
    device_name: str


Section = Callable[[Options], Iterator[Row]]


class CellError(RuntimeError):
    """A cell's process ended without a result."""


def measured(cell: str, **arguments: Any) -> dict[str, Any]:
    """What ``module.function`` of this package returns in a new process, with its peak in megabytes."""
    task = json.dumps({"cell": cell, "arguments": arguments})
    done = subprocess.run([sys.executable, str(SCRIPT), "--cell", task], capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise CellError(f"{cell}: {lines[-1] if lines else f'exit code {done.returncode}'}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_cell(task: str) -> None:
    """In the new process: measure, and print the result as the last line."""
    import torch

    before = _peak_bytes()
    wanted = json.loads(task)
    module, function = wanted["cell"].split(".")
    with torch.set_grad_enabled(function == "train"):
        found = getattr(importlib.import_module(f"compression.{module}"), function)(**wanted["arguments"])
    on_device = torch.cuda.is_available() and torch.cuda.max_memory_allocated()
    found["peak"] = (on_device or _peak_bytes() - before) / 1e6
    print(json.dumps(found))


def seconds_of(action: Callable[[], Any], device: str) -> float:
    """Wall time, with all that the device still has to do."""
    import torch

    def synchronized() -> float:
        if device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    start = synchronized()
    action()
    return synchronized() - start


def machine(device: str) -> dict[str, Any]:
    """What the times depend on."""
    import torch

    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    return {"threads": torch.get_num_threads(), "torch": torch.__version__, "name": name}


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
