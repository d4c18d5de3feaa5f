"""The store gives back what was written, whole batches of it, and refuses every other file by name."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from toy_cells import PLAN, ToyCell, records

from boundcheck.core.errors import InputError
from boundcheck.trial.store import SCHEMA_VERSION, Store, StoredPlan

CELLS = [ToyCell("a"), ToyCell("b", quantities=("one", "two"))]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store.writing(tmp_path / "store.sqlite", PLAN)
    opened.add_cells(CELLS)
    return opened


def writing(path: Path) -> Store:
    return Store.writing(path, PLAN)


def refusal(path: Path, plan: StoredPlan | None = None) -> str:
    with pytest.raises(InputError) as caught:
        Store.reading(path) if plan is None else Store.writing(path, plan)
    return str(caught.value)


def test_values_come_back_to_the_last_bit_and_in_order(store: Store) -> None:
    rng = np.random.default_rng(1)
    values = rng.standard_normal((40, 3)) * 10.0 ** rng.integers(-300, 300, (40, 3))
    values[:4, 0] = [-0.0, 5e-324, 3.0, -(2.0**53) - 2]
    values[4, :] = [np.finfo(float).max, np.nextafter(1, 2), 2.0**63]
    store.write_batch(0, 30, 40, values[30:])
    store.write_batch(0, 0, 30, values[:30])
    store.write_batch(1, 0, 2, np.zeros((2, 2)))
    assert store.values(0).tobytes() == values.tobytes()
    assert store.values(0, 31).tobytes() == values[:31].tobytes()
    assert store.batches_done(0) == {(0, 30), (30, 40)} and store.batches_done(1) == {(0, 2)}
    assert store.values(1).shape == (2, 2)


def test_a_cell_without_values_has_none(store: Store) -> None:
    assert store.values(1).shape == (0, 2) and store.batches_done(1) == set()


def test_everything_is_there_when_opened_again(store: Store, tmp_path: Path) -> None:
    weights = {"w2": np.eye(3, dtype=np.float32), "w1": np.arange(6.0).reshape(3, 2).T}
    store.add_network("net", weights)
    store.add_network("net", dict(reversed(weights.items())))  # the same again is no harm
    store.record_start({"numpy": "2.0"})
    store.record_start({"numpy": "2.1"})
    store.mark_failed(1, "no luck")
    store.write_verdicts(["[1]", "[2]", "[3]"])
    store.write_verdicts(["[4]", "[5]"])
    store.close()
    for opened in (Store.reading, writing):
        with opened(store.path) as reopened:
            assert reopened.plan() == PLAN
            found = reopened.get_network("net")
            assert found is not None and found.keys() == weights.keys()
            for name, array in weights.items():
                assert found[name].dtype == array.dtype and np.array_equal(found[name], array)
            assert reopened.get_network("none") is None
            assert [environment for _, environment in reopened.starts()] == [{"numpy": "2.0"}, {"numpy": "2.1"}]
            assert reopened.failures() == {1: "no luck"}
            assert reopened.verdicts() == ["[4]", "[5]"]
            assert reopened.cells() == [(cell.key, cell.quantities) for cell in CELLS]
    assert list(tmp_path.iterdir()) == [store.path]  # at rest one file


def test_arrays_that_would_need_pickle_are_not_taken(store: Store) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        store.add_network("net", {"weight": np.array([{}], dtype=object)})


def test_a_network_that_came_out_different_is_refused(store: Store) -> None:
    store.add_network("net", {"weight": np.array([1.0])})
    with pytest.raises(InputError) as caught:
        store.add_network("net", {"weight": np.array([1.0 + 2**-52])})
    assert "network net: came out different" in str(caught.value)


def test_a_batch_that_fails_half_way_leaves_nothing(store: Store) -> None:
    values = np.ones((100, 3))
    values[99, 2] = np.nan  # SQLite has no NaN
    with pytest.raises(sqlite3.IntegrityError):
        store.write_batch(0, 0, 100, values)
    assert len(store.values(0)) == 0 and store.batches_done(0) == set()
    store.write_batch(0, 0, 100, np.ones((100, 3)))
    with pytest.raises(sqlite3.IntegrityError):
        store.write_batch(0, 0, 100, np.ones((100, 3)))


KILLED_IN_A_BATCH = """
import os, signal, sys
from pathlib import Path
import numpy as np
from toy_cells import PLAN, ToyCell
from boundcheck.trial.store import Store

class Deadly:
    def tolist(self):
        for repeat in range(50_000):
            yield [0.5, 0.5, 0.5]
        os.kill(os.getpid(), signal.SIGKILL)

store = Store.writing(Path(sys.argv[1]), PLAN)
store._connection.execute("PRAGMA cache_size = 10")  # so that half a batch is in the file already
store.add_cells([ToyCell("a")])
store.write_batch(0, 0, 50, np.ones((50, 3)))
store.write_batch(0, 50, 100_000, Deadly())
"""


def test_killed_in_the_middle_of_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    done = subprocess.run([sys.executable, "-c", KILLED_IN_A_BATCH, path], env=child_environment())
    assert done.returncode == -signal.SIGKILL
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) > 500_000  # most of it reached the disk
    for opening in (Store.reading, writing):
        with opening(path) as opened:
            assert opened.batches_done(0) == {(0, 50)}
            assert opened.values(0).tobytes() == np.ones((50, 3)).tobytes()


def child_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parent)])}


def test_a_second_writer_is_refused_and_so_is_a_reader(store: Store) -> None:
    path = store.path
    store.write_batch(0, 0, 2, np.ones((2, 3)))
    for action in ("Store.writing(Path(sys.argv[1]), PLAN)", "Store.reading(Path(sys.argv[1]))"):
        program = (
            "import sys; from pathlib import Path; from toy_cells import PLAN; "
            f"from boundcheck.trial.store import Store; {action}"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, path], capture_output=True, text=True, env=child_environment()
        )
        expected = f"path={path}: another process is using it; wait until it has ended, or name another file"
        assert done.stderr.splitlines()[-1] == f"boundcheck.core.errors.InputError: {expected}"
    assert refusal(path, PLAN).startswith(f"path={path}: another process is using it")
    store.write_batch(0, 2, 4, np.ones((2, 3)))  # the first goes on
    store.close()
    Store.writing(path, PLAN).close()


def test_nobody_writes_while_somebody_reads(store: Store) -> None:
    store.close()
    with Store.reading(store.path), Store.reading(store.path):
        assert "another process is using it" in refusal(store.path, PLAN)


def test_another_plan_is_refused(store: Store) -> None:
    store.close()
    other = StoredPlan(PLAN.toml, '{"seed": 8}')
    assert refusal(store.path, other) == (
        f"path={store.path}: holds the records of another plan (sha256={PLAN.sha256[:12]}, this one's is "
        f"{other.sha256[:12]}); name another file for this plan"
    )
    with Store.writing(store.path, StoredPlan("# a comment more\n" + PLAN.toml, PLAN.canonical)) as same:
        assert same.plan() == PLAN


def test_another_schema_is_refused(store: Store) -> None:
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    expected = (
        f"path={store.path}: is a store of schema {SCHEMA_VERSION + 1}, expected {SCHEMA_VERSION}; use the version of "
        "boundcheck that wrote it, or name another file"
    )
    assert refusal(store.path) == refusal(store.path, PLAN) == expected


def test_other_cells_are_refused(store: Store) -> None:
    store.add_cells(CELLS)
    for cells, what in (
        ([CELLS[1], CELLS[0]], "its cell 0 differs"),
        (CELLS[:1], "it has 2; expected 1"),
        ([CELLS[0], ToyCell("b")], "its cell 1 differs"),
    ):
        with pytest.raises(InputError, match=what):
            store.add_cells(cells)


def test_files_that_are_no_store_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "plan.toml"
    text.write_text("seed = 1\n" * 200)
    assert "is no store of boundcheck" in refusal(text) and "is no store of boundcheck" in refusal(text, PLAN)
    assert text.read_text() == "seed = 1\n" * 200
    foreign = tmp_path / "other.sqlite"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE plan (toml TEXT)")
    connection.close()
    before = foreign.read_bytes()
    expected = f"path={foreign}: is an SQLite file, but no boundcheck store; name another file"
    assert refusal(foreign) == refusal(foreign, PLAN) == expected
    assert foreign.read_bytes() == before
    assert refusal(tmp_path / "none") == f"path={tmp_path / 'none'}: no such file; check the spelling and the folder"
    assert not (tmp_path / "none").exists()
    assert "create it or choose another" in refusal(tmp_path / "no folder" / "s.sqlite", PLAN)
    assert str(tmp_path) in refusal(tmp_path, PLAN)


def test_an_empty_file_is_a_store_that_was_killed_before_it_was_one(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.touch()
    assert "no boundcheck store" in refusal(path)
    with Store.writing(path, PLAN) as store:
        assert store.plan() == PLAN


def test_a_name_that_an_address_would_misread(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c%20 d.sqlite"
    with Store.writing(path, PLAN) as store:
        store.write_verdicts(["[]"])
    assert list(tmp_path.iterdir()) == [path] and records(path)["verdict"] == [(0, "[]")]
