"""The toy plan in a process of its own, and a dask cluster on this machine."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PYTHONPATH = os.pathsep.join([str(HERE.parents[1]), str(HERE)])
MANY_THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
"""What a worker finds around it; it has to keep to one thread all the same."""

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="dask.distributed is not installed (extra `cluster`)"
)


def start_toy_run(store: Path, workers: str, pause: float = 0.0, session: bool = False) -> "subprocess.Popen[str]":
    """session: in a process group of its own, as a terminal has it."""
    return subprocess.Popen(
        [sys.executable, str(HERE / "toy_run.py"), str(store), workers, str(pause)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **MANY_THREADS, "PYTHONPATH": PYTHONPATH},
        start_new_session=session,
    )


def toy_run(store: Path, workers: str, pause: float = 0.0) -> None:
    """Run it to its end."""
    process = start_toy_run(store, workers, pause)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors


@dataclass
class Cluster:
    address: str
    scheduler: "subprocess.Popen[bytes]"
    workers: "list[subprocess.Popen[bytes]]"


@contextmanager
def dask_cluster(folder: Path, workers: int = 2, threads: int = 1) -> Iterator[Cluster]:
    """A scheduler and workers as real processes, on a port that is free."""
    file = folder / "scheduler.json"
    environment = {**os.environ, **MANY_THREADS, "PYTHONPATH": PYTHONPATH}
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (folder / f"{module}{len(started)}.log").open("wb") as log:
            command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
        return started[-1]

    try:
        where = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        scheduler = start("dask_scheduler", *where)
        address = _address(file, scheduler)
        options = (address, "--host", "127.0.0.1", "--nthreads", str(threads), "--no-nanny")
        processes = [start("dask_worker", *options, "--local-directory", str(folder / f"w{n}")) for n in range(workers)]
        yield Cluster(address, scheduler, processes)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _address(file: Path, scheduler: "subprocess.Popen[bytes]") -> str:
    import json

    for _ in range(600):
        assert scheduler.poll() is None, "the scheduler ended"
        try:
            return str(json.loads(file.read_text())["address"])
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    raise AssertionError("the scheduler does not start")


def children(process: int) -> set[int]:
    """Processes below this one, from /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, new = set(), {process}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found
