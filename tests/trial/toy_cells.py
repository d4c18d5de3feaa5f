"""Toy cells, a toy plan, and what of its records must not depend on how it was run."""

import json
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundcheck.trial.run import Cell, Schedule
from boundcheck.trial.store import StoredPlan

PLAN = StoredPlan(toml="# a toy plan\nseed = 7\n", canonical='{"seed": 7}')
SCHEDULE = Schedule(batch=50, repeats=1550)  # 31 batches
SIZE = 48


@dataclass(frozen=True)
class ToyCell:
    """A product of random matrices. fault: from repeat 300 on, "nan", "raise", "shape" or "die"."""

    name: str
    mean: float = 0.0
    pause: float = 0.0
    fault: str = ""
    quantities: tuple[str, ...] = ("error", "share", "zero")

    @property
    def key(self) -> str:
        return json.dumps({"mean": self.mean, "name": self.name}, sort_keys=True)

    def sample(self, start: int, stop: int) -> NDArray[np.float64]:
        time.sleep(self.pause)
        rows = [self._repeat(repeat) for repeat in range(start, stop)]
        if self.fault and stop > 300:
            return self._faulty(np.array(rows), start)
        return np.array(rows)

    def _repeat(self, repeat: int) -> list[float]:
        rng = np.random.default_rng([7, *self.name.encode(), repeat])
        a, b = rng.standard_normal((2, SIZE, SIZE))
        return [float((a @ b).sum()) / SIZE**1.5 + self.mean, float(rng.random()), -0.0]

    def _faulty(self, rows: NDArray[np.float64], start: int) -> NDArray[np.float64]:
        if self.fault == "nan":
            rows[3, 1] = np.nan
        elif self.fault == "raise":
            raise ZeroDivisionError(f"nothing to divide by from {start}")
        elif self.fault == "shape":
            return rows[1:]
        elif self.fault == "die":
            os._exit(3)
        return rows


@dataclass(frozen=True)
class ThreadsCell:
    """Tells how many threads BLAS and torch have where it is computed, and in which process that is."""

    key: str = "threads"
    quantities: tuple[str, ...] = ("blas", "torch", "process")

    def sample(self, start: int, stop: int) -> NDArray[np.float64]:
        import torch
        from threadpoolctl import threadpool_info

        blas = max(library["num_threads"] for library in threadpool_info())
        time.sleep(0.05)
        return np.tile([float(blas), float(torch.get_num_threads()), float(os.getpid())], (stop - start, 1))


def toy_plan(pause: float = 0.0) -> list[Cell]:
    """Some are decided early, some never, and one of each kind fails."""
    means = {"early": 3.0, "later": 0.2, "never": 0.0, "also never": 0.001}
    cells: list[Cell] = [ToyCell(name, mean, pause) for name, mean in means.items()]
    return cells + [ToyCell(fault, pause=pause, fault=fault) for fault in ("nan", "raise", "shape")]


def is_decided(cell: int, values: NDArray[np.float64]) -> bool:
    return bool(abs(values[:, 0].mean()) > 4 / np.sqrt(len(values)))


def records(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that tell what was sampled, floats to the last bit; read without the store's code."""
    tables = ("plan", "network", "cell", "failure", "batch", "trial", "verdict")
    connection = sqlite3.connect(path)
    try:
        return {
            table: sorted(
                tuple(entry.hex() if isinstance(entry, float) else entry for entry in row)
                for row in connection.execute(f"SELECT * FROM {table}")
            )
            for table in tables
        }
    finally:
        connection.close()
