"""Killed or interrupted at any moment and started again, a run ends with the records of one that was left alone."""

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from toy_cells import PLAN, records
from toy_processes import children, dask_cluster, needs_dask, start_toy_run, toy_run

from boundcheck.trial.store import Store

PAUSE = 0.04
"""Seconds a batch takes at least: ten disturbances have to fit into the work on any machine."""
KILLS = 10


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("undisturbed") / "store.sqlite"
    toy_run(path, "1")
    return path


def wait_until_sampling(process: "subprocess.Popen[str]") -> None:
    """Until the first line of progress."""
    assert process.stdout is not None
    for line in process.stdout:
        if line[0].isdigit():
            return


def sound_batches(path: Path) -> int:
    """How many batches are there; each of them whole, in a sound file."""
    with Store.writing(path, PLAN) as store:  # a file that was just begun is a store too
        assert store._rows("PRAGMA integrity_check") == [("ok",)]
        found = 0
        for cell in range(len(store.cells())):
            batches = store.batches_done(cell)
            repeats = [repeat for start, stop in sorted(batches) for repeat in range(start, stop)]
            rows = store._rows("SELECT DISTINCT repeat FROM trial WHERE cell = ? ORDER BY repeat", (cell,))
            assert [repeat for (repeat,) in rows] == repeats
            assert len(store.values(cell)) == len(repeats)
            found += len(batches)
        return found


def disturb(path: Path, where: str, number: signal.Signals, seed: int) -> list[int]:
    """Ten times start, and kill the process or interrupt it as a terminal does; the batches there after each."""
    rng = random.Random(seed)
    found = [0]
    for attempt in range(KILLS):
        process = start_toy_run(path, where, PAUSE, session=True)
        codes = {-number, 130}
        if attempt % 3:
            wait_until_sampling(process)
            time.sleep(rng.uniform(0, 0.3))
        else:
            time.sleep(rng.uniform(0, 1.5))  # while Python starts, while the file is made, or later
            codes.add(1 if number == signal.SIGINT else -number)  # numpy takes an interrupt for a failed import
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.kill()
        code = process.wait(timeout=30)
        end_group(process)
        assert code in codes
        if path.exists() and path.stat().st_size:
            found.append(sound_batches(path))
            assert found[-1] >= found[-2]
    return found


def end_group(process: "subprocess.Popen[str]") -> None:
    """Workers of a killed process end by themselves, but not at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()


def wait_until_ended(processes: set[int], seconds: float) -> None:
    until = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() for pid in processes):
        assert time.monotonic() < until, "workers go on without anybody to work for"
        time.sleep(0.05)


def check(path: Path, where: str, number: signal.Signals, seed: int, undisturbed: Path) -> None:
    found = disturb(path, where, number, seed)
    whole = len(records(undisturbed)["batch"])
    moments = {batches for batches in found if 0 < batches < whole}
    assert len(moments) >= 5, f"too few moments in the middle of the work to tell anything: {found} of {whole}"
    toy_run(path, where)
    assert records(path) == records(undisturbed)
    with Store.reading(path) as store:
        assert len(store.starts()) >= len(moments)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ten_times_at_random_moments(workers: str, number: signal.Signals, undisturbed: Path, tmp_path: Path) -> None:
    check(tmp_path / "store.sqlite", workers, number, int(workers) + 10 * number, undisturbed)


@pytest.mark.slow
@needs_dask
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ten_times_at_random_moments_on_a_cluster(number: signal.Signals, undisturbed: Path, tmp_path: Path) -> None:
    """Whoever hands out the work is disturbed; the cluster stays and serves the next start."""
    with dask_cluster(tmp_path) as cluster:
        check(tmp_path / "store.sqlite", cluster.address, number, 3 + 10 * number, undisturbed)
        assert all(process.poll() is None for process in (cluster.scheduler, *cluster.workers))


@pytest.mark.slow
@pytest.mark.parametrize("to_all", [True, False], ids=["to the group", "to the process"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_after_ctrl_c_nothing_is_left_running_and_nothing_is_said(workers: str, to_all: bool, tmp_path: Path) -> None:
    """to_all: as a terminal does it; else `kill -INT`."""
    path = tmp_path / "store.sqlite"
    process = start_toy_run(path, workers, 0.05, session=True)
    wait_until_sampling(process)
    below = children(process.pid)
    assert len(below) >= (2 if workers == "2" else 0)
    os.killpg(process.pid, signal.SIGINT) if to_all else process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130 and errors == ""
    wait_until_ended(below, 5)
    assert sound_batches(path) > 0
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_ctrl_c_is_not_for_workers(undisturbed: Path, tmp_path: Path) -> None:
    """A terminal sends it to them as well; they leave it to the process they work for."""
    path = tmp_path / "store.sqlite"
    process = start_toy_run(path, "2", 0.05, session=True)
    wait_until_sampling(process)
    for worker in children(process.pid):
        os.kill(worker, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and errors == ""
    assert records(path) == records(undisturbed)


@pytest.mark.slow
def test_workers_of_a_killed_process_end_by_themselves(tmp_path: Path) -> None:
    process = start_toy_run(tmp_path / "store.sqlite", "2", 0.05, session=True)
    wait_until_sampling(process)
    below = children(process.pid)
    assert len(below) >= 2
    process.kill()
    process.wait()
    try:
        wait_until_ended(below, 30)
    finally:
        end_group(process)
