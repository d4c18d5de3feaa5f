"""A dask cluster as joblib's backend, found within seconds, and told within seconds when it is lost."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from boundcheck.core.errors import InputError

_SECONDS_TO_CONNECT = 5
_SECONDS_OF_SILENCE = 30  # on a busy machine a living scheduler may take more than ten to say its first word
_SECONDS_WITHOUT_WORKERS = 10
_SECONDS_BETWEEN_LOOKS = 1


@contextmanager
def connected(address: str) -> Iterator[tuple[Any, int]]:
    """joblib's backend on the cluster, and how many cores that has."""
    client = _client(address)
    ended = threading.Event()
    with client:
        try:
            client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
        except TimeoutError:
            raise InputError(
                f"cluster={address}: the scheduler has no workers; start some with `dask worker {address}`"
            ) from None
        backend = _backend(client)
        watcher = threading.Thread(target=_watch, args=(client, backend, ended), daemon=True)
        watcher.start()
        try:
            yield backend, sum(client.ncores().values())
        finally:
            ended.set()


def _client(address: str) -> Any:
    """Made in a thread, as dask waits for ever for somebody who takes the connection and says nothing."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            f"cluster={address}: dask.distributed is not installed; pip install 'boundcheck[cluster]'"
        ) from None

    made: list[Any] = []
    connect: Any = Client

    def make() -> None:
        try:
            made.append(connect(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False))
        except Exception as error:
            made.append(error)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    thread.join(_SECONDS_OF_SILENCE)
    client = made[0] if made else TimeoutError("silence")
    if isinstance(client, Exception):
        raise InputError(
            f"cluster={address}: no dask scheduler answers there ({client}); start one with `dask scheduler` and give "
            "the address it shows, like tcp://127.0.0.1:8786"
        )
    return client


def _backend(client: Any) -> Any:
    """joblib's own, which by itself waits for ever for jobs whose workers are lost."""
    from joblib._dask import DaskDistributedBackend

    class Backend(DaskDistributedBackend):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def submit(self, func: Any, callback: Callable[[Any], None]) -> Any:
            """The callback takes a result, or the error in its place."""
            self.pending = getattr(self, "pending", set()) | {callback}
            future = super().submit(func, callback)
            future.add_done_callback(lambda done: self.ended(callback, done.exception()))
            return future

        def ended(self, callback: Callable[[Any], None], error: BaseException | None) -> None:
            self.pending = self.pending - {callback}
            if error is not None:
                callback(error)

        def give_up(self, error: BaseException) -> None:
            for callback in getattr(self, "pending", set()):
                self.ended(callback, error)

        def effective_n_jobs(self, n_jobs: int) -> int:
            """joblib computes in this very process when it hears that there is one worker."""
            return max(2, int(super().effective_n_jobs(n_jobs)))

    return Backend(client=client)


def _watch(client: Any, backend: Any, ended: threading.Event) -> None:
    """Gives up all jobs when for some seconds there have been no workers or no scheduler to do them."""
    last_seen = time.monotonic()
    while not ended.wait(_SECONDS_BETWEEN_LOOKS):
        with suppress(Exception):  # whatever it is that does not answer
            if client.status == "running" and client.ncores():
                last_seen = time.monotonic()
        if time.monotonic() - last_seen > _SECONDS_WITHOUT_WORKERS and not ended.is_set():
            backend.give_up(ConnectionError("the cluster has no workers or no scheduler any more"))
