"""What Monte Carlo trials cost: trials a second, what the store and the workers add, and a large store's size.

    python benchmarks/trials.py [--trials 20000] [--folder FOLDER] [--quick]

Everything is measured in this run, one way after the other; nothing is asserted. FOLDER (default: the system's for
temporary files) is where the stores are written, as its disk decides what a batch costs. The dask cluster is two
processes on this machine; without dask.distributed its lines are left out.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from boundcheck.draws import pruning_law, uniforms
from boundcheck.trial.export import export
from boundcheck.trial.plan import parse_plan
from boundcheck.trial.run import Cell, Schedule, run
from boundcheck.trial.simulate import prepare
from boundcheck.trial.store import Store, StoredPlan
from boundcheck.trial.workers import Workers

PLAN = StoredPlan(toml="", canonical="{}")
BATCH = 100


@dataclass(frozen=True)
class PrunedNetwork:
    """Two ReLU layers of 32 neurons; the first is pruned at random, and the error taken over 64 samples."""

    key: str = "pruned network"
    quantities: tuple[str, ...] = ("error", "norm", "kept")

    def sample(self, start: int, stop: int) -> NDArray[np.float64]:
        rng = np.random.default_rng(0)
        first, second = rng.standard_normal((2, 32, 32)) / 32**0.5
        inputs = rng.standard_normal((32, 64)) / 32**0.5
        law = pruning_law(first, 0.5)
        dense = second @ np.maximum(first @ inputs, 0)
        rows = []
        for repeat in range(start, stop):
            pruned = law.realize(uniforms(0, repeat, 1, first.shape))
            outputs = second @ np.maximum(pruned @ inputs, 0)
            rows.append([((outputs - dense) ** 2).sum(axis=0).mean(), np.linalg.norm(pruned), (pruned != 0).mean()])
        return np.array(rows)


@dataclass(frozen=True)
class Nothing:
    """Costs nothing to sample: what is left is the cost of handing batches out and taking them back."""

    key: str = "nothing"
    quantities: tuple[str, ...] = ("one", "two", "three")

    def sample(self, start: int, stop: int) -> NDArray[np.float64]:
        return np.random.default_rng(start).random((stop - start, 3))


def real_cell(folder: Path) -> Cell:
    """What simulate samples of a pruned network 16-16-8: the cell with the most numbers a repeat."""
    given = {
        "name": "benchmark",
        "enumerate": False,
        "network": [{"law": ["glorot"], "widths": [16, 16, 8], "activation": ["relu"]}],
        "draw": [{"mode": ["prune"], "alpha": ["1/2"], "bernoulli": ["1/2"]}],
    }
    plan = parse_plan(given, "benchmark")
    with Store.writing(folder / "plan.sqlite", StoredPlan("", plan.canonical)) as store:
        cells = prepare(plan, store, lambda *_: None).cells
    return max(cells, key=lambda cell: len(cell.quantities))


@contextmanager
def dask_cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of one thread each; yields the address."""
    file = folder / "scheduler.json"
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environment))

    try:
        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        while not file.exists() or not file.read_text().endswith("}"):
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        for number in range(2):
            where = ("--local-directory", str(folder / f"worker{number}"))
            start("dask_worker", address, "--nthreads", "1", "--no-nanny", *where)
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def seconds_of(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def sampled(cell: Cell, schedule: Schedule) -> None:
    """Without store and without workers."""
    for start, stop in schedule.batches(schedule.repeats):
        cell.sample(start, stop)


def handed_out(cell: Cell, schedule: Schedule, workers: Workers) -> None:
    """With workers and without store."""
    with workers.started() as pool:
        jobs = schedule.batches(schedule.repeats)
        assert len(list(pool.results(cell.sample, jobs))) == len(jobs)


def stored(cell: Cell, schedule: Schedule, workers: Workers, path: Path) -> None:
    """With workers and store, in rounds."""
    path.unlink(missing_ok=True)
    with Store.writing(path, PLAN) as store:
        run([cell], schedule, store, lambda *_: False, workers)


def throughput(label: str, cell: Cell, trials: int, folder: Path, places: dict[str, Workers], table: Table) -> None:
    """Lines for one kind of cell; each a second time, so that workers and imports are warm."""
    schedule = Schedule(BATCH, trials)
    batches = len(schedule.batches(trials))

    def line(what: str, action: Callable[[], object]) -> float:
        print(f"{label}: {what}", file=sys.stderr, flush=True)
        seconds = min(seconds_of(action) for _ in range(2))
        added = "" if what == "sampling alone" else f"{(seconds - alone) / batches * 1e3:+.2f}"
        table.add_row(label, what, f"{seconds:.2f}", f"{trials / seconds:,.0f}", added)
        return seconds

    alone = 0.0
    alone = line("sampling alone", lambda: sampled(cell, schedule))
    for name, workers in places.items():
        line(f"{name}, nothing stored", lambda workers=workers: handed_out(cell, schedule, workers))
        line(f"{name}, stored", lambda workers=workers: stored(cell, schedule, workers, folder / "store.sqlite"))


def large_store(trials: int, folder: Path, table: Table) -> None:
    """One store of so many trials, three numbers each, over ten cells."""
    path = folder / "large.sqlite"
    cells = [Nothing(f'{{"cell": {number}, "law": "glorot", "statement": "proposition-20"}}') for number in range(10)]

    def write() -> None:
        with Store.writing(path, PLAN) as store:
            run(cells, Schedule(BATCH, trials // 10), store, lambda *_: False, Workers())

    table.add_row("store", "written", f"{seconds_of(write):.2f}", f"{path.stat().st_size / 1e6:.2f}")
    with Store.reading(path) as store:
        seconds = seconds_of(lambda: [store.values(number) for number in range(10)])
        table.add_row("store", "all values read", f"{seconds:.2f}", "")
        for ending in (".csv", ".parquet", ".json"):
            file = folder / f"trials{ending}"
            seconds = seconds_of(lambda file=file: export(store, file))
            table.add_row(f"export {ending}", "written", f"{seconds:.2f}", f"{file.stat().st_size / 1e6:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What Monte Carlo trials cost.")
    parser.add_argument("--trials", type=int, default=20_000, help="of each way to run them (default 20000)")
    parser.add_argument("--folder", type=Path, default=None, help="where stores are written")
    parser.add_argument("--quick", action="store_true", help="few trials, to see that everything runs")
    given = parser.parse_args()
    if given.trials < BATCH:
        parser.error(f"--trials={given.trials}: expected at least {BATCH}")
    trials, large = (500, 2_000) if given.quick else (given.trials, 100_000)
    rates = Table("cell", "how", "seconds", "trials/s", f"ms more a batch of {BATCH}", box=SIMPLE_HEAD)
    sizes = Table("what", f"{large:,} trials of 3 numbers", "seconds", "MB", box=SIMPLE_HEAD)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        places = {"1 worker": Workers(), "2 workers": Workers(2)}
        with dask_or_nothing(folder) as address:
            if address is not None:
                places["dask, 2 workers"] = Workers(cluster=address)
            cells = {"nothing": Nothing(), "pruned network": PrunedNetwork(), "simulate 16-16-8": real_cell(folder)}
            for label, cell in cells.items():
                throughput(label, cell, trials, folder, places, rates)
        large_store(large, folder, sizes)
    console = Console(width=120, highlight=False)
    console.print(rates)
    console.print(sizes)


@contextmanager
def dask_or_nothing(folder: Path) -> Iterator[str | None]:
    if importlib.util.find_spec("distributed") is None:
        print("dask.distributed is not installed: its lines are left out", file=sys.stderr)
        yield None
        return
    with dask_cluster(folder) as address:
        yield address


if __name__ == "__main__":
    main()
