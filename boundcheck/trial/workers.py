"""Where batches are computed: in this process, in processes beside it or on a dask cluster, all through joblib."""

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from boundcheck.core.errors import InputError

from .one_thread import on_one_thread, one_thread_everywhere

_JOBS_PER_WORKER = 64
"""Handed out together: more than are computed at a time, so that few workers wait at the end of a portion."""
_SECONDS_IDLE = 24 * 3600  # between two rounds verdicts may take long, and joblib warns of workers that it let go

T = TypeVar("T")


@dataclass(frozen=True)
class Pool:
    """Workers that have started."""

    parallel: Any
    portion: int
    elsewhere: bool
    name: str

    def results(self, function: Callable[..., T], jobs: Iterable[tuple[Any, ...]]) -> Generator[T, None, None]:
        """``function(*job)`` for every job, as they finish. Close the iterator to drop those still under way.

        joblib does not wait for whoever takes its results, so it is given a portion at a time: memory is bounded.
        Raises InputError if a worker is lost; what the function itself raises should be caught in the function.
        """
        from joblib import delayed

        task = delayed(partial(on_one_thread, function) if self.elsewhere else function)
        waiting = iter(jobs)
        while portion := list(islice(waiting, self.portion)):
            yield from self._portion(task, portion)

    def _portion(self, task: Callable[..., Any], jobs: list[tuple[Any, ...]]) -> Generator[Any, None, None]:
        try:
            found = self.parallel(task(*job) for job in jobs)
            try:
                for result in found:  # noqa: UP028 - `yield from` would close it before warnings are silent
                    yield result
            finally:
                with warnings.catch_warnings():  # what joblib has to say about results that nobody took
                    warnings.simplefilter("ignore")
                    found.close()
        except Exception as error:
            lines = str(error).strip().splitlines() or [""]
            raise InputError(
                f"{self.name}: a worker was lost ({type(error).__name__}: {lines[0][:200]}); what is stored stays: "
                "start again, with fewer workers if memory was short"
            ) from error


@dataclass(frozen=True)
class Workers:
    """count: processes on this machine (one: this process itself); cluster: a dask scheduler's address instead."""

    count: int = 1
    cluster: str | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError(f"workers={self.count}: expected at least 1")

    @contextmanager
    def started(self) -> Iterator[Pool]:
        """Workers with one thread each, ended afterwards; this process, too, works on one thread meanwhile."""
        with ExitStack() as stack:
            stack.enter_context(one_thread_everywhere())
            yield stack.enter_context(self._local() if self.cluster is None else self._on_cluster(self.cluster))

    @contextmanager
    def _local(self) -> Iterator[Pool]:
        backend = "sequential" if self.count == 1 else "loky"
        options: dict[str, Any] = {}
        if backend == "loky":  # max_nbytes: large arrays travel as they are, and not as files mapped for reading only
            options = {"max_nbytes": None, "initializer": _begin, "initargs": (os.getpid(),)}
            options["idle_worker_timeout"] = _SECONDS_IDLE
        with _parallel(n_jobs=self.count, backend=backend, **options) as parallel:
            yield Pool(parallel, self.count * _JOBS_PER_WORKER, self.count > 1, f"workers={self.count}")

    @contextmanager
    def _on_cluster(self, address: str) -> Iterator[Pool]:
        from .cluster import connected

        with connected(address) as (backend, cores), _parallel(backend=backend) as parallel:
            yield Pool(parallel, cores * _JOBS_PER_WORKER, True, f"cluster={address}")


def _parallel(**where: Any) -> Any:
    """One job at a time for a worker, as jobs are batches already, and results as they come."""
    from joblib import Parallel

    return Parallel(batch_size=1, return_as="generator_unordered", **where)


def _begin(parent: int) -> None:
    """In a new worker: Ctrl-C is for the process it works for, and it does not outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
