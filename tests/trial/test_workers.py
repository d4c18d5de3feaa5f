"""Any number of workers, here or on a cluster, gives the same records; lost workers and schedulers are told."""

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from toy_cells import PLAN, ThreadsCell, ToyCell, is_decided, records
from toy_processes import Cluster, dask_cluster, needs_dask, toy_run

from boundcheck.core.errors import InputError
from boundcheck.trial.run import Schedule, run
from boundcheck.trial.store import Store
from boundcheck.trial.workers import Workers


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.writing(tmp_path / "store.sqlite", PLAN)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of one worker."""
    path = tmp_path_factory.mktemp("alone") / "store.sqlite"
    toy_run(path, "1")
    return path


def test_no_workers_are_refused() -> None:
    with pytest.raises(InputError, match="workers=0: expected at least 1"):
        Workers(0)


@pytest.mark.slow
@pytest.mark.parametrize("count", ["2", "3"])
def test_local_workers_give_the_records_of_one(count: str, alone: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    toy_run(path, count)
    assert records(path) == records(alone)


@pytest.mark.slow
@needs_dask
def test_a_cluster_of_two_gives_the_records_of_one(cluster: Cluster, alone: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    toy_run(path, cluster.address)
    assert records(path) == records(alone)


@pytest.mark.slow
@needs_dask
def test_a_run_begun_here_goes_on_on_a_cluster(cluster: Cluster, alone: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    cell = ToyCell("early", 3.0)
    toy_run(path, "1")
    whole = records(path)
    half = Store.writing(path, PLAN)
    half._connection.execute("DELETE FROM trial WHERE cell > 2 OR repeat >= 100")
    half._connection.execute("DELETE FROM batch WHERE cell > 2 OR start >= 100")
    half._connection.execute("DELETE FROM failure")
    assert half.values(0).shape == (50, len(cell.quantities))
    half.close()
    toy_run(path, cluster.address)
    assert records(path) == whole == records(alone)


def threads_and_processes(store: Store, workers: Workers) -> tuple[set[float], set[float]]:
    run([ThreadsCell()], Schedule(1, 16), store, lambda *_: False, workers)
    values = store.values(0)
    return set(values[:, :2].ravel()), set(values[:, 2])


@pytest.mark.slow
def test_one_thread_in_each_local_worker(store: Store) -> None:
    threads, processes = threads_and_processes(store, Workers(2))
    assert threads == {1} and len(processes) == 2


@pytest.mark.slow
@needs_dask
def test_one_thread_in_each_worker_of_a_cluster(store: Store, cluster: Cluster) -> None:
    threads, processes = threads_and_processes(store, Workers(cluster=cluster.address))
    assert threads == {1} and processes == {process.pid for process in cluster.workers}


@pytest.mark.slow
@needs_dask
@pytest.mark.parametrize("threads", [1, 4])
def test_a_cluster_of_one_worker_is_used_too(store: Store, tmp_path: Path, threads: int) -> None:
    """With one thread joblib by itself would compute in this process; with four they share one setting of BLAS."""
    with dask_cluster(tmp_path, workers=1, threads=threads) as single:
        found, processes = threads_and_processes(store, Workers(cluster=single.address))
        assert found == {1} and processes == {single.workers[0].pid}


def test_jobs_are_handed_out_a_portion_at_a_time() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[tuple[int]]:
        for number in range(1000):
            taken.append(number)
            yield (number,)

    for workers in (Workers(1), Workers(2)):
        taken.clear()
        with workers.started() as pool:
            results = pool.results(np.sqrt, jobs())
            next(results)
            assert len(taken) <= pool.portion == 64 * workers.count
            assert len(list(results)) == 999


@pytest.mark.slow
def test_a_local_worker_that_dies_is_told_and_what_is_stored_stays(store: Store) -> None:
    cells = [ToyCell("fine"), ToyCell("ends its process", fault="die")]
    with pytest.raises(InputError) as caught:
        run(cells, Schedule(50, 400), store, is_decided, Workers(2))
    assert str(caught.value).startswith("workers=2: a worker was lost (TerminatedWorkerError: ")
    assert len(store.values(0)) >= 200 and not store.failures()
    run(cells[:1], Schedule(50, 400), Store.writing(store.path.with_name("next.sqlite"), PLAN), is_decided, Workers(2))


@pytest.mark.slow
@needs_dask
def test_workers_of_a_cluster_that_die_are_told(store: Store, tmp_path: Path) -> None:
    cells = [ToyCell("fine"), ToyCell("ends its process", fault="die")]
    with dask_cluster(tmp_path) as doomed:
        started = time.monotonic()
        with pytest.raises(InputError) as caught:
            run(cells, Schedule(50, 400), store, is_decided, Workers(cluster=doomed.address))
        assert time.monotonic() - started < 60
    assert str(caught.value).startswith(f"cluster={doomed.address}: a worker was lost (")
    assert len(store.values(0)) >= 200 and not store.failures()


@pytest.mark.slow
@needs_dask
def test_a_scheduler_that_dies_is_told(store: Store, tmp_path: Path) -> None:
    with dask_cluster(tmp_path) as doomed:

        def progress(text: str, share: float) -> None:
            doomed.scheduler.kill()

        started = time.monotonic()
        with pytest.raises(InputError) as caught:
            run(
                [ToyCell("never", pause=0.1)],
                Schedule(10, 5000),
                store,
                lambda *_: False,
                Workers(cluster=doomed.address),
                progress,
            )
        assert time.monotonic() - started < 60
    assert str(caught.value).startswith(f"cluster={doomed.address}: a worker was lost (")


def refusal(address: str) -> tuple[str, float]:
    started = time.monotonic()
    with pytest.raises(InputError) as caught, Workers(cluster=address).started():
        pass
    return str(caught.value), time.monotonic() - started


@pytest.mark.slow
@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "127.0.0.1:{port}", "tcp://no-such-host.invalid:8786"])
def test_nobody_at_the_address(address: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    message, seconds = refusal(address.format(port=port))
    assert message.startswith(f"cluster={address.format(port=port)}: no dask scheduler answers there (")
    assert message.endswith("give the address it shows, like tcp://127.0.0.1:8786") and "\n" not in message
    assert seconds < 60


@needs_dask
@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:port", ""])
def test_no_address_at_all(address: str) -> None:
    message, seconds = refusal(address)
    assert message.startswith(f"cluster={address}: no dask scheduler answers there (") and seconds < 60


@pytest.mark.slow
@needs_dask
def test_somebody_else_at_the_address() -> None:
    """Takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        message, seconds = refusal(address)
    assert message.startswith(f"cluster={address}: no dask scheduler answers there (") and seconds < 60


@pytest.mark.slow
@needs_dask
def test_a_scheduler_without_workers(tmp_path: Path) -> None:
    with dask_cluster(tmp_path, workers=0) as empty:
        message, seconds = refusal(empty.address)
        if "no dask scheduler answers" in message:  # beside busy workers a new one may take long; it is asked again
            message, seconds = refusal(empty.address)
    assert message == (
        f"cluster={empty.address}: the scheduler has no workers; start some with `dask worker {empty.address}`"
    )
    assert seconds < 60


def test_without_the_package_the_next_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message, _ = refusal("tcp://127.0.0.1:8786")
    assert message == (
        "cluster=tcp://127.0.0.1:8786: dask.distributed is not installed; pip install 'boundcheck[cluster]'"
    )
