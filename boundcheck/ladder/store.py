"""The records of a comparison in one SQLite file, a cell at a time, each whole or not at all.

A record belongs to its cell and not to a plan: a plan that grows finds what is there already.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from boundcheck.core.errors import InputError

from .plan import Plan
from .record import CellRecord, LadderRecord

_APPLICATION = 0x62636C31  # "bcl1": tells these files from other programs' SQLite files
_WAIT_SECONDS = 10.0  # for another process that writes a record
_TABLES = f"""
PRAGMA application_id = {_APPLICATION};
CREATE TABLE plan (content TEXT NOT NULL);
CREATE TABLE record (key TEXT PRIMARY KEY, failed INTEGER NOT NULL, content TEXT NOT NULL);
"""


class Store:
    """An open store; a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection

    @classmethod
    def writing(cls, path: Path, plan: Plan) -> Self:
        """Open or make it; from now on it is this plan's. InputError for any other file."""
        if not path.parent.is_dir():
            raise InputError(f"store={path}: the folder {path.parent} does not exist; create it or choose another")
        store = cls._connected(path)
        try:
            with store._named_errors():
                if not store._rows("SELECT name FROM sqlite_master"):
                    store._connection.executescript(_TABLES)
                store._check()
                with store._connection:
                    store._connection.execute("DELETE FROM plan")
                    store._connection.execute(
                        "INSERT INTO plan VALUES (?)", [plan.model_dump_json(exclude_defaults=True)]
                    )
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def reading(cls, path: Path) -> Self:
        """Open a store, finished or still being written; InputError if the file is none."""
        if not path.is_file():
            raise InputError(f"store={path}: no such file; name a plan, whose records go there")
        store = cls._connected(path)
        try:
            with store._named_errors():
                store._check()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _connected(cls, path: Path) -> Self:
        try:
            return cls(path, sqlite3.connect(path, timeout=_WAIT_SECONDS))
        except sqlite3.Error as error:
            raise InputError(f"store={path}: cannot be opened ({error}); name another file") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def plan(self) -> Plan:
        """The last one that was started."""
        [(content,)] = self._rows("SELECT content FROM plan")
        return Plan.model_validate_json(content)

    def finished(self) -> set[str]:
        """Keys of the cells that need not be done again; those that failed are tried once more."""
        return {key for (key,) in self._rows("SELECT key FROM record WHERE NOT failed")}

    def write(self, key: str, record: CellRecord) -> None:
        with self._named_errors(), self._connection:
            row = (key, record.failure is not None, record.model_dump_json())
            self._connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", row)

    def record(self) -> LadderRecord:
        """What is there of the plan's cells."""
        plan = self.plan()
        cells = plan.cells()
        found = {key: content for key, content in self._rows("SELECT key, content FROM record")}
        keys = [plan.key(cell) for cell in cells]
        return LadderRecord(
            name=plan.name,
            seed=plan.seed,
            standard_error=plan.sampling.standard_error,
            cells=len(cells),
            records=[CellRecord.model_validate(json.loads(found[key])) for key in keys if key in found],
        )

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        with self._named_errors():
            return self._connection.execute(query).fetchall()

    def _check(self) -> None:
        if self._connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION,):
            raise InputError(f"store={self.path}: holds no records of a comparison; name another file")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise InputError(f"store={self.path}: cannot be used ({error}); name another file") from None
