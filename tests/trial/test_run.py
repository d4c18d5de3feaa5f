"""What is sampled depends on the plan alone: rounds, looks, failures, and where a run went on."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from toy_cells import PLAN, SCHEDULE, ThreadsCell, ToyCell, is_decided, records, toy_plan

from boundcheck.core.errors import InputError
from boundcheck.trial.run import Schedule, run
from boundcheck.trial.store import Store
from boundcheck.trial.workers import Workers


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.writing(tmp_path / "store.sqlite", PLAN)


def test_looks_and_batches() -> None:
    assert Schedule(50, 1550).looks() == [50, 100, 200, 400, 800, 1550]
    assert Schedule(10, 40).looks() == [10, 20, 40]
    assert Schedule(10, 45).looks() == [10, 20, 40, 45]
    assert Schedule(10, 10).looks() == [10]
    assert Schedule(10, 45).batches(20) == [(0, 10), (10, 20)]
    assert Schedule(10, 45).batches(45)[-2:] == [(30, 40), (40, 45)]
    for batch, repeats in ((0, 5), (6, 5)):
        with pytest.raises(InputError, match=f"batch={batch}, repeats={repeats}: expected"):
            Schedule(batch, repeats)


def test_a_cell_is_looked_at_with_exactly_the_values_up_to_the_look(store: Store) -> None:
    looks: list[tuple[int, int]] = []

    def decided(cell: int, values: NDArray[np.float64]) -> bool:
        looks.append((cell, len(values)))
        assert values.tobytes() == cells[cell].sample(0, len(values)).tobytes()
        return (cell, len(values)) == (1, 20)

    cells = [ToyCell("a"), ToyCell("b"), ToyCell("c")]
    run(cells, Schedule(10, 75), store, decided, Workers())
    assert looks == [(0, 10), (1, 10), (2, 10), (0, 20), (1, 20), (2, 20), (0, 40), (2, 40)]
    assert [len(store.values(number)) for number in range(3)] == [75, 20, 75]
    assert store.batches_done(0) == {(start, min(start + 10, 75)) for start in range(0, 75, 10)}


def test_the_toy_plan_has_early_and_late_decisions(store: Store) -> None:
    """The other tests rest on it."""
    run(toy_plan(), SCHEDULE, store, is_decided, Workers())
    assert [len(store.values(number)) for number in range(4)] == [50, 400, 1550, 1550]


def test_failures_are_told_and_the_others_go_on(store: Store) -> None:
    run(toy_plan(), SCHEDULE, store, is_decided, Workers())
    assert store.failures() == {
        4: "repeat 303: share = nan",
        5: "repeats 300 to 349: ZeroDivisionError: nothing to divide by from 300",
        6: "repeats 300 to 349: values of shape (49, 3), expected (50, 3)",
    }
    for number in (4, 5, 6):
        assert store.batches_done(number) == {(start, start + 50) for start in range(0, 300, 50)}
    assert store.batches_done(3)


def test_nothing_stored_is_sampled_again_and_the_looks_are_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looking(looks: list[tuple[int, bytes]]) -> Callable[[int, NDArray[np.float64]], bool]:
        return lambda cell, values: bool(looks.append((cell, values.tobytes())) or is_decided(cell, values))

    path = store.path
    first: list[tuple[int, bytes]] = []
    run(toy_plan(), SCHEDULE, store, looking(first), Workers())
    sampled: list[int] = []
    monkeypatch.setattr(ToyCell, "_repeat", lambda cell, repeat: sampled.append(repeat) or [0.0, 0.0, 0.0])
    second: list[tuple[int, bytes]] = []
    run(toy_plan(), SCHEDULE, store, looking(second), Workers())
    assert not sampled
    assert [look for look in first if look[0] < 4] == second  # the others have failed
    store.close()
    assert len(records(path)["trial"]) == 3 * (50 + 400 + 1550 + 1550 + 3 * 300)


class StopHere(Exception):
    pass


def stopping_after(batches: int, write: Callable[..., None]) -> Callable[..., None]:
    left = iter(range(batches))

    def counted(*arguments: object) -> None:
        if next(left, None) is None:
            raise StopHere
        write(*arguments)

    return counted


def test_a_run_stopped_anywhere_goes_on_to_the_same_records(tmp_path: Path) -> None:
    whole = Store.writing(tmp_path / "whole.sqlite", PLAN)
    run(toy_plan(), SCHEDULE, whole, is_decided, Workers())
    whole.close()
    for batches in (0, 1, 5, 40, 70):
        path = tmp_path / f"{batches}.sqlite"
        with Store.writing(path, PLAN) as store, pytest.raises(StopHere):
            store.write_batch = stopping_after(batches, store.write_batch)
            run(toy_plan(), SCHEDULE, store, is_decided, Workers())
        assert len(records(path)["batch"]) == batches
        with Store.writing(path, PLAN) as store:
            run(toy_plan(), SCHEDULE, store, is_decided, Workers())
        assert records(path) == records(tmp_path / "whole.sqlite")


def test_progress_tells_share_rate_and_time_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, float]] = []
    monkeypatch.setattr("boundcheck.trial.run._EVERY_SECONDS", 0)
    run([ToyCell("early", 3.0), ToyCell("never")], Schedule(10, 80), store, is_decided, Workers(), progress(told))
    shares = [share for _, share in told]
    assert shares == sorted(shares) and shares[-1] == 1 and len(told) == 9
    assert shares[:3] == [10 / 160, 20 / 160, 30 / 90]  # the first cell was decided after 10
    assert told[2][0].startswith("sampling: 1 cells up to repeat 20; trial 30 of at most 90, ")
    assert " trials/s, at most " in told[2][0] and told[2][0].endswith(" s left")


def progress(told: list[tuple[str, float]]):  # noqa: ANN201
    return lambda text, share: told.append((text, share))


def test_progress_of_a_run_that_goes_on_starts_where_it_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = ToyCell("never")
    store.add_cells([cell])
    for start in range(0, 60, 10):
        store.write_batch(0, start, start + 10, cell.sample(start, start + 10))
    told: list[tuple[str, float]] = []
    monkeypatch.setattr("boundcheck.trial.run._EVERY_SECONDS", 0)
    run([cell], Schedule(10, 80), store, is_decided, Workers(), progress(told))
    assert [share for _, share in told] == [70 / 80, 1]


def test_one_thread_in_this_process_and_then_as_before(store: Store) -> None:
    import torch
    from threadpoolctl import threadpool_info, threadpool_limits

    with threadpool_limits(2):
        torch.set_num_threads(2)
        before = dict(os.environ)
        run([ThreadsCell()], Schedule(1, 2), store, lambda *_: False, Workers())
        assert store.values(0).tolist() == [[1, 1, os.getpid()]] * 2
        assert torch.get_num_threads() == 2 and dict(os.environ) == before
        assert max(library["num_threads"] for library in threadpool_info()) == 2


def test_cells_that_do_not_travel_are_told_at_once_with_one_worker_too(store: Store) -> None:
    class Local(ToyCell):
        pass

    with pytest.raises((AttributeError, pickle.PicklingError), match="pickle"):
        run([Local("a")], Schedule(1, 2), store, is_decided, Workers())
