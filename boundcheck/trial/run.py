"""Samples the cells of a plan in rounds, stores each batch as it comes back, and stops cells that are decided."""

import pickle
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from boundcheck.compress.progress import duration
from boundcheck.core.errors import InputError
from boundcheck.network.measure import Progress

from .store import Store
from .workers import Workers

_EVERY_SECONDS = 0.2


class Cell(Protocol):
    """key: canonical JSON text, unique in a plan, the same after a restart; quantities: what each repeat yields."""

    @property
    def key(self) -> str: ...
    @property
    def quantities(self) -> tuple[str, ...]: ...
    def sample(self, start: int, stop: int) -> NDArray[np.float64]:
        """Shape (stop - start, len(quantities)); depends on the cell, start and stop alone."""
        ...


@dataclass(frozen=True)
class Schedule:
    """batch: repeats in a batch, the last one may be shorter; repeats: of a cell at most."""

    batch: int
    repeats: int

    def __post_init__(self) -> None:
        if not 1 <= self.batch <= self.repeats:
            raise InputError(f"batch={self.batch}, repeats={self.repeats}: expected 1 <= batch <= repeats")

    def looks(self) -> list[int]:
        """Repeats after which a cell may turn out decided: 1, 2, 4, 8, ... batches, and at the end all."""
        looks, batches = [], 1
        while batches * self.batch < self.repeats:
            looks.append(batches * self.batch)
            batches *= 2
        return [*looks, self.repeats]

    def batches(self, until: int) -> list[tuple[int, int]]:
        """(start, stop) of the batches of the first ``until`` repeats."""
        return [(start, min(start + self.batch, until)) for start in range(0, until, self.batch)]


def run(
    cells: Sequence[Cell],
    schedule: Schedule,
    store: Store,
    is_decided: Callable[[int, NDArray[np.float64]], bool],
    workers: Workers,
    progress: Progress | None = None,
) -> None:
    """Sample what the store lacks. What is sampled depends on cells, schedule and is_decided alone.

    A round takes every cell that is still open to the next look; only when all its batches are there is the cell looked
    at. ``is_decided`` gets the cell's number and its values up to that look. A cell that raises, or yields anything but
    finite numbers, is marked failed at the end of the round, for its first such batch; the others go on. Ctrl-C loses
    the batches under way and nothing else.
    """
    # Its own objects and no file's: their arrays lie in memory as they will in a worker, so that sums come out alike.
    cells = pickle.loads(pickle.dumps(list(cells)))
    store.add_cells(cells)
    remaining = [number for number in range(len(cells)) if number not in store.failures()]
    told = _Told(progress, schedule.repeats, len(cells))
    with workers.started() as pool:
        for look in schedule.looks():
            missing = (_missing_batches(store, schedule, number, look) for number in remaining)
            told.start_round(look, len(remaining), sum(stop - start for some in missing for start, stop in some))
            jobs = (
                (number, cells[number], start, stop)
                for number in remaining
                for start, stop in _missing_batches(store, schedule, number, look)
            )
            failed: dict[int, tuple[int, str]] = {}
            with closing(pool.results(_sampled, jobs)) as results:
                for number, start, stop, found in results:
                    if isinstance(found, str):
                        failed[number] = min(failed.get(number, (start, found)), (start, found))
                    else:
                        store.write_batch(number, start, stop, found)
                    told.batch_done(stop - start)
            for number, (_, reason) in sorted(failed.items()):
                store.mark_failed(number, reason)
            remaining = [
                number
                for number in remaining
                if number not in failed
                and look < schedule.repeats
                and not is_decided(number, store.values(number, look))
            ]


def _missing_batches(store: Store, schedule: Schedule, number: int, look: int) -> list[tuple[int, int]]:
    done = store.batches_done(number)
    return [batch for batch in schedule.batches(look) if batch not in done]


def _sampled(number: int, cell: Cell, start: int, stop: int) -> tuple[int, int, int, NDArray[np.float64] | str]:
    """In a worker: the batch, or why there is none."""
    where = f"repeats {start} to {stop - 1}"
    try:
        values = np.asarray(cell.sample(start, stop), dtype=np.float64)
    except Exception as error:
        lines = str(error).strip().splitlines() or ["no message"]
        return number, start, stop, f"{where}: {type(error).__name__}: {lines[0]}"
    expected = (stop - start, len(cell.quantities))
    if values.shape != expected:
        return number, start, stop, f"{where}: values of shape {values.shape}, expected {expected}"
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        return number, start, stop, f"repeat {start + row}: {cell.quantities[column]} = {values[row, column]}"
    return number, start, stop, values


class _Told:
    """Passes on the share done, the rate and the time left, a few times a second; cells may be decided earlier."""

    def __init__(self, progress: Progress | None, repeats: int, cells: int) -> None:
        self.progress, self.repeats, self.remaining = progress, repeats, cells
        self.started = self.last = time.monotonic()
        self.look = self.ended = self.sampled = self.done = self.most = 0

    def start_round(self, look: int, remaining: int, missing: int) -> None:
        """missing: repeats up to the look that are not stored yet, of the cells that remain."""
        self.ended += (self.remaining - remaining) * self.look
        self.look, self.remaining = look, remaining
        self.done = self.ended + remaining * look - missing
        self.most = self.ended + remaining * self.repeats

    def batch_done(self, repeats: int) -> None:
        self.done += repeats
        self.sampled += repeats
        now = time.monotonic()
        if self.progress is None or now - self.last < _EVERY_SECONDS:
            return
        self.last = now
        rate = self.sampled / (now - self.started)
        self.progress(
            f"sampling: {self.remaining:,} cells up to repeat {self.look:,}; trial {self.done:,} of at most "
            f"{self.most:,}, {rate:,.0f} trials/s, at most {duration((self.most - self.done) / rate)} left",
            self.done / self.most,
        )
