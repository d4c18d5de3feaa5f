"""Where batches are computed: in this process, in processes beside it or on a dask cluster, all through joblib."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from boundcheck.core.errors import InputError

from .one_thread import on_one_thread, one_thread_everywhere

if TYPE_CHECKING:
    from joblib import Parallel

_SECONDS_TO_CONNECT = 5
_JOBS_PER_WORKER = 64
"""Handed out together: more than are computed at a time, so that few workers wait at the end of a portion."""

T = TypeVar("T")


@dataclass(frozen=True)
class Pool:
    """Workers that have started."""

    parallel: "Parallel"
    portion: int
    elsewhere: bool
    name: str

    def results(self, function: Callable[..., T], jobs: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """``function(*job)`` for every job, as they finish. Close the iterator to drop those still under way.

        joblib does not wait for whoever takes its results, so it is given a portion at a time: memory is bounded.
        Raises InputError if a worker is lost; what the function itself raises should be caught in the function.
        """
        from joblib import delayed

        task = delayed(partial(on_one_thread, function) if self.elsewhere else function)
        waiting = iter(jobs)
        while portion := list(islice(waiting, self.portion)):
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=".*successfully executed|.*still being processed")
                with closing(self.parallel(task(*job) for job in portion)) as found:
                    yield from self._named_errors(found)

    def _named_errors(self, found: Iterator[T]) -> Iterator[T]:
        try:
            yield from found
        except Exception as error:
            lines = str(error).strip().splitlines() or [""]
            raise InputError(
                f"{self.name}: a worker was lost ({type(error).__name__}: {lines[0][:200]}); what is stored stays: start "
                "again, with fewer workers if memory was short"
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
            yield stack.enter_context(self._local() if self.cluster is None else _connected(self.cluster))

    @contextmanager
    def _local(self) -> Iterator[Pool]:
        from joblib import Parallel

        backend = "sequential" if self.count == 1 else "loky"
        with Parallel(
            n_jobs=self.count,
            backend=backend,
            batch_size=1,  # joblib's word for how many jobs travel together; ours are batches already
            return_as="generator_unordered",
            max_nbytes=None,  # large arrays travel as they are, and not as files mapped for reading only
        ) as parallel:
            yield Pool(parallel, self.count * _JOBS_PER_WORKER, self.count > 1, f"workers={self.count}")


@contextmanager
def _connected(address: str) -> Iterator[Pool]:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            f"cluster={address}: dask.distributed is not installed; pip install 'boundcheck[cluster]'"
        ) from None
    from joblib import Parallel

    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"cluster={address}: no dask scheduler answers there ({error}); start one with `dask scheduler` and give the "
            "address it shows, like tcp://127.0.0.1:8786"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
        except TimeoutError:
            raise InputError(
                f"cluster={address}: the scheduler has no workers; start some with `dask worker {address}`"
            ) from None
        with Parallel(backend=_backend(client), batch_size=1, return_as="generator_unordered") as parallel:
            portion = sum(client.ncores().values()) * _JOBS_PER_WORKER
            yield Pool(parallel, portion, True, f"cluster={address}")


def _backend(client: "Client") -> Any:
    """joblib's own backend, with two differences."""
    from joblib._dask import DaskDistributedBackend

    class Backend(DaskDistributedBackend):  # type: ignore[misc]
        def submit(self, func: Any, callback: Callable[[Any], None]) -> Any:
            """A lost worker is told: joblib 1.6 waits for its result for ever."""
            future = super().submit(func, callback)
            future.add_done_callback(lambda done: callback(done.exception()) if done.exception() else None)
            return future

        def effective_n_jobs(self, n_jobs: int) -> int:
            """joblib computes in this very process if it is told that there is one."""
            return max(2, super().effective_n_jobs(n_jobs))

    return Backend(client=client)
