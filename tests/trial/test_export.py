"""Every format read back by another reader holds what the store holds, to the last bit."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from toy_cells import PLAN, SCHEDULE, ToyCell, is_decided, records, toy_plan

from boundcheck.core.errors import InputError
from boundcheck.trial import export as exporting
from boundcheck.trial.export import COLUMNS, export
from boundcheck.trial.run import run
from boundcheck.trial.store import Store
from boundcheck.trial.workers import Workers

Row = tuple[str, int, str, str]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy plan, and a cell with other quantities whose key needs quoting."""
    path = tmp_path_factory.mktemp("store") / "store.sqlite"
    with Store.writing(path, PLAN) as store:
        odd = ToyCell('comma, "quote"\nline ü', quantities=("one", "two, three"))
        cells = [*toy_plan(), odd]
        store.add_cells(cells)
        values = np.random.default_rng(0).standard_normal((20, 2)) * 1e-200
        values[:3, 0] = [-0.0, 5e-324, 1e300]
        store.write_batch(len(cells) - 1, 0, 20, values)
        store.mark_failed(len(cells) - 1, "no further")
        run(cells, SCHEDULE, store, is_decided, Workers())
    return path


def expected(path: Path) -> list[Row]:
    found = records(path)
    cells = {number: (key, json.loads(names)) for number, key, names in found["cell"]}
    return [(cells[cell][0], repeat, cells[cell][1][name], value) for cell, repeat, name, value in found["trial"]]


def read_csv(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert tuple(header) == COLUMNS
    return [(key, int(repeat), name, float(value).hex()) for key, repeat, name, value in rows]


def read_json(file: Path) -> list[Row]:
    rows = json.loads(file.read_text(encoding="utf-8"))
    assert all(tuple(row) == COLUMNS for row in rows)
    return [(row["cell"], row["repeat"], row["quantity"], row["value"].hex()) for row in rows]


def read_parquet(file: Path) -> list[Row]:
    from pyarrow import parquet

    table = parquet.read_table(file)
    assert tuple(table.column_names) == COLUMNS
    return [(row["cell"], row["repeat"], row["quantity"], row["value"].hex()) for row in table.to_pylist()]


READERS = {".csv": read_csv, ".json": read_json, ".parquet": read_parquet}


@pytest.mark.parametrize("rows", [7, 50_000])
@pytest.mark.parametrize("ending", READERS)
def test_what_is_read_back_is_what_is_stored(
    path: Path, ending: str, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_ROWS", rows)
    with Store.reading(path) as store:
        if rows == 7:
            chunks = list(store.trials(7))
            assert len(chunks) > 100 and all(len(chunk.value) <= 7 for chunk in chunks)
        file = tmp_path / f"trials{ending}"
        export(store, file)
    assert READERS[ending](file) == expected(path)
    assert len(expected(path)) > 1000 and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("ending", READERS)
def test_a_store_without_trials(ending: str, tmp_path: Path) -> None:
    with Store.writing(tmp_path / "store.sqlite", PLAN) as store:
        store.add_cells(toy_plan())
        export(store, tmp_path / f"trials{ending}")
    assert READERS[ending](tmp_path / f"trials{ending}") == []


@pytest.mark.parametrize("name", ["trials.xlsx", "trials", "csv"])
def test_an_ending_that_is_not_known_is_refused(path: Path, name: str, tmp_path: Path) -> None:
    with Store.reading(path) as store, pytest.raises(InputError) as caught:
        export(store, tmp_path / name)
    assert str(caught.value) == (
        f"path={tmp_path / name}: cannot tell the format by the ending; expected one of .csv, .json, .parquet"
    )
    assert not list(tmp_path.iterdir())


def test_an_ending_in_capitals(path: Path, tmp_path: Path) -> None:
    with Store.reading(path) as store:
        export(store, tmp_path / "TRIALS.CSV")
    assert read_csv(tmp_path / "TRIALS.CSV") == expected(path)


@pytest.mark.parametrize("ending", READERS)
def test_a_write_that_fails_keeps_the_old_file(
    path: Path, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / f"trials{ending}"
    file.write_bytes(b"old")
    monkeypatch.setattr(exporting, "_ROWS", 100)
    with Store.reading(path) as store:
        chunks = store.trials(100)

        def breaks(rows: int):  # noqa: ANN202
            yield next(chunks)
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(store, "trials", breaks)
        with pytest.raises(InputError) as caught:
            export(store, file)
    assert str(caught.value) == f"path={file}: cannot be written (No space left on device); choose another place"
    assert file.read_bytes() == b"old" and list(tmp_path.iterdir()) == [file]
    monkeypatch.undo()
    with Store.reading(path) as store, pytest.raises(InputError, match="does not exist; create it"):
        export(store, tmp_path / "none" / f"trials{ending}")
