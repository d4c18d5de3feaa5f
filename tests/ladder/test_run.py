"""Small comparisons from the plan to the store: every mode, once, and what is finished is not done again."""

from pathlib import Path
from typing import Any

import pytest
from tiny_plans import WIDTHS, grid, plan, without_keep

from boundcheck.core.errors import InputError
from boundcheck.ladder import cell as cell_module
from boundcheck.ladder import run as run_module
from boundcheck.ladder.record import CellRecord
from boundcheck.ladder.run import run
from boundcheck.ladder.store import Store
from boundcheck.trial.workers import Workers

ONE = Workers(1)


def test_every_mode(tmp_path: Path) -> None:
    block = without_keep(source="block", widths=[[8, 24, 8]], activation="gelu", layers={"bottleneck": [1]})
    maps = grid(source="convolution", widths=[[1, 3, 10]], mode="conv", layers={"bottleneck": [1]}, activation="relu")
    asked = plan(
        grid(layers=[{"wide": [2]}, {"bottleneck": [1]}, {"bottleneck": [1], "wide": [3]}]),
        grid(draw="exact-counts", layers={"bottleneck": [1]}),
        grid(mode="structured", layers=[{"wide": [2]}, {"bottleneck": [1]}]),
        {**block, "mode": "quantize", "levels": 127},
        {**maps, "samples": 5},
    )
    with Store.writing(tmp_path / "a.sqlite", asked) as store:
        run(asked, store, ONE)
        found = store.record()
    assert found.cells == len(found.records) == 8
    for record in found.records:
        check(record)
    assert [len(record.monte_carlo.blocks) for record in found.records if record.monte_carlo][:3] == [1, 1, 2]


def check(record: CellRecord) -> None:
    """What is certified behind the block and at the output is not below what was sampled."""
    assert record.failure is None and record.monte_carlo is not None and record.network is not None
    measured = record.rungs[-1]
    assert measured.name == "sharp-data" and measured.error is not None
    pairs = list(zip(map(float, measured.behind_blocks), record.monte_carlo.blocks, strict=True))
    for bound, estimate in [*pairs, (float(measured.error), record.monte_carlo.output)]:
        assert bound >= estimate.mean - 5 * estimate.standard_error
    assert measured.seconds > 0


def test_the_least_keep_of_every_rung_and_in_truth(tmp_path: Path) -> None:
    asked = plan(without_keep(least_keep="0.5"))
    with Store.writing(tmp_path / "a.sqlite", asked) as store:
        run(asked, store, ONE)
        [record] = store.record().records
    found = {one.name: one.value for one in record.least_keep}
    assert list(found)[-2:] == ["sharp-data", "Monte Carlo"]
    assert found["printed"] is None
    assert found["sharp-data"] is not None and found["Monte Carlo"] is not None
    assert float(found["sharp-data"]) > float(found["Monte Carlo"]) > 0


def test_finished_cells_are_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = plan(grid())
    with Store.writing(tmp_path / "a.sqlite", small) as store:
        run(small, store, ONE)
    done: list[str] = []

    def measured(key: str, cell: Any, sampling: Any, folder: Path) -> tuple[str, CellRecord]:
        done.append(cell.keep)
        if len(done) == 2:
            raise KeyboardInterrupt
        return key, CellRecord(cell=cell)

    monkeypatch.setattr(run_module, "_measured", measured)
    larger = plan(grid(keep=["0.5", "0.6", "0.7", "0.8"]))
    with Store.writing(tmp_path / "a.sqlite", larger) as store, pytest.raises(KeyboardInterrupt):
        run(larger, store, ONE)
    assert done == ["0.6", "0.7"]
    with Store.reading(tmp_path / "a.sqlite") as store:
        found = store.record()
    assert found.cells == 4 and [record.cell.keep for record in found.records] == ["0.5", "0.6"]
    with Store.writing(tmp_path / "a.sqlite", larger) as store:
        run(larger, store, ONE)
    assert done[2:] == ["0.7", "0.8"]


def test_what_fails_is_written_down_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = plan(grid())
    with monkeypatch.context() as broken, Store.writing(tmp_path / "a.sqlite", asked) as store:
        broken.setattr(cell_module, "verify", lambda *some, **options: 1 / 0)
        run(asked, store, ONE)
        [record] = store.record().records
        assert record.failure is not None and record.failure.startswith("ZeroDivisionError")
    with Store.writing(tmp_path / "a.sqlite", asked) as store:
        run(asked, store, ONE)
        assert store.record().records[0].failure is None


def test_a_network_that_cannot_be_trained(tmp_path: Path) -> None:
    asked = plan(grid(widths=[[3, *WIDTHS[1:]]]))
    with Store.writing(tmp_path / "a.sqlite", asked) as store, pytest.raises(InputError, match="start with 64"):
        run(asked, store, ONE)


@pytest.mark.parametrize("content", [b"no database at all", b""], ids=["text", "missing"])
def test_files_that_are_no_stores(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.sqlite"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match="store="):
        Store.reading(path)


def test_another_programs_file_stays_as_it_is(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="holds no records of a comparison"):
        Store.writing(path, plan(grid()))
    assert path.read_bytes() == before
