"""The records of a plan in one SQLite file: written whole batches at a time, by one process at a time.

While it is written it keeps a write-ahead log: a batch then costs no wait for the disk, a killed process loses at most
the batch in flight, and even a power failure, which may cost the last few batches, leaves the file sound. At rest the
store is one ordinary file that any SQLite reads, also from a folder without write permission. The process that writes
keeps the file's exclusive lock as long as it lives: a second one is refused, and the system frees the lock however it
ends; this kind of log then needs no shared memory, so a network's file system will do.
"""

import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError

SCHEMA_VERSION = 1
_APPLICATION = 0x62636831  # "bch1": tells a store from other programs' SQLite files
_WAIT_SECONDS = 0.5  # for somebody who only reads for a moment

# `trial` and `batch` hold no dates: two runs of a plan can be compared row by row. A value's column has no declared
# type, because SQLite would store the whole numbers of a REAL column as integers and so lose the sign of -0.0.
_TABLES = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE plan (toml TEXT NOT NULL, sha256 TEXT NOT NULL, canonical TEXT NOT NULL);
CREATE TABLE environment (start INTEGER PRIMARY KEY, started TEXT NOT NULL, content TEXT NOT NULL);
CREATE TABLE network (key TEXT PRIMARY KEY, npz BLOB NOT NULL);
CREATE TABLE cell (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, quantities TEXT NOT NULL);
CREATE TABLE failure (cell INTEGER PRIMARY KEY REFERENCES cell, reason TEXT NOT NULL);
CREATE TABLE batch (cell INTEGER, start INTEGER, stop INTEGER NOT NULL, PRIMARY KEY (cell, start)) WITHOUT ROWID;
CREATE TABLE trial (cell INTEGER, repeat INTEGER, quantity INTEGER, value NOT NULL,
                    PRIMARY KEY (cell, repeat, quantity)) WITHOUT ROWID;
CREATE TABLE verdict (number INTEGER PRIMARY KEY, claim TEXT NOT NULL);
"""


@dataclass(frozen=True)
class StoredPlan:
    """toml: as it was written; canonical: the plan's JSON text, which alone decides what is sampled."""

    toml: str
    canonical: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


class Described(Protocol):
    """What the store keeps of a cell; ``key`` is unique in a plan, ``quantities`` name the numbers of a repeat."""

    @property
    def key(self) -> str: ...
    @property
    def quantities(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Trials:
    """Some rows of `trial`, column by column."""

    cell: NDArray[np.int64]
    repeat: NDArray[np.int64]
    quantity: NDArray[np.int64]
    value: NDArray[np.float64]


class Store:
    """An open store; a context manager. Cells are numbered from 0 in the plan's order."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection, self._keeps_log = path, connection, False

    @classmethod
    def writing(cls, path: Path, plan: StoredPlan) -> Self:
        """Open the plan's store, or make one, for this process alone; InputError if the file is anything else."""
        if not path.parent.is_dir():
            raise InputError(f"path={path}: the folder {path.parent} does not exist; create it or choose another")
        store = cls._connected(path, "rwc")
        try:
            with _named_errors(path):
                store._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                with store._transaction("EXCLUSIVE"):
                    if store._is_empty():
                        store._create(plan)
            store._check()
            stored = store.plan()
            if stored.sha256 != plan.sha256:
                raise InputError(
                    f"path={path}: holds the records of another plan (sha256={stored.sha256[:12]}, this one's is "
                    f"{plan.sha256[:12]}); name another file for this plan"
                )
            store._keep_log()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def reading(cls, path: Path) -> Self:
        """Open a finished or interrupted store; InputError if the file is none or a process is writing it."""
        if not path.is_file():
            raise InputError(f"path={path}: no such file; check the spelling and the folder")
        store = cls._connected(path, "rw")  # not "ro": what a killed process left half written has to be undone
        try:
            with _named_errors(path):
                store._connection.execute("BEGIN")  # until it is closed: nobody writes meanwhile
            store._check()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _connected(cls, path: Path, mode: str) -> Self:
        with _named_errors(path):
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            return cls(path, sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """What the log holds goes into the file, and the log away."""
        try:
            if self._keeps_log:
                self._keeps_log = False
                self._rows("PRAGMA journal_mode = DELETE")
        finally:
            self._connection.close()

    def _keep_log(self) -> None:
        """Only once the file is known to be this plan's: another program's must stay as it is."""
        self._rows("PRAGMA journal_mode = WAL")
        self._rows("PRAGMA synchronous = NORMAL")
        self._keeps_log = True

    def plan(self) -> StoredPlan:
        [(toml, canonical)] = self._rows("SELECT toml, canonical FROM plan")
        return StoredPlan(toml, canonical)

    def record_start(self, environment: Mapping[str, Any]) -> None:
        """One row for every start of the plan: when, and what a person needs to know of where."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._write(
            "INSERT INTO environment (started, content) VALUES (?, ?)", [(now, json.dumps(environment, sort_keys=True))]
        )

    def starts(self) -> list[tuple[str, dict[str, Any]]]:
        """When the plan was started, and in which environment."""
        return [
            (started, json.loads(content))
            for started, content in self._rows("SELECT started, content FROM environment ORDER BY start")
        ]

    def add_network(self, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep a network's arrays; those stored under ``key`` already have to be the same."""
        content = _npz_bytes(arrays)
        stored = self._npz(key)
        if stored is None:
            self._write("INSERT INTO network VALUES (?, ?)", [(key, content)])
        elif stored != content:
            raise InputError(
                f"path={self.path}: network {key}: came out different from the one stored there; start again in a new "
                "file, and keep to one machine and the same versions"
            )

    def get_network(self, key: str) -> dict[str, NDArray[Any]] | None:
        """The arrays stored under ``key``, or None."""
        content = self._npz(key)
        if content is None:
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)

    def _npz(self, key: str) -> bytes | None:
        found = self._rows("SELECT npz FROM network WHERE key = ?", (key,))
        return found[0][0] if found else None

    def add_cells(self, cells: Sequence[Described]) -> None:
        """Write down the plan's cells; InputError if the store has others."""
        rows = [(number, cell.key, json.dumps(cell.quantities)) for number, cell in enumerate(cells)]
        stored = self._rows("SELECT id, key, quantities FROM cell ORDER BY id")
        if not stored:
            self._write("INSERT INTO cell VALUES (?, ?, ?)", rows)
        elif stored != rows:
            differing = next((new or old for new, old in zip(rows, stored, strict=False) if new != old), None)
            what = f"its cell {differing[0]} differs from {differing[1]}" if differing else f"it has {len(stored)}"
            raise InputError(
                f"path={self.path}: its cells are not those of this plan ({what}; expected {len(rows)}): it was "
                "written by another version of boundcheck; use that version or name another file"
            )

    def cells(self) -> list[tuple[str, tuple[str, ...]]]:
        """Key and quantities of every cell."""
        return [(key, tuple(json.loads(names))) for key, names in self._rows("SELECT key, quantities FROM cell")]

    def write_batch(self, cell: int, start: int, stop: int, values: NDArray[np.float64]) -> None:
        """Repeats ``start`` to ``stop`` (left out) of a cell, wholly or not at all."""
        rows = (
            (cell, repeat, quantity, value)
            for repeat, numbers in enumerate(values.tolist(), start)
            for quantity, value in enumerate(numbers)
        )
        with _named_errors(self.path), self._transaction():
            self._connection.execute("INSERT INTO batch VALUES (?, ?, ?)", (cell, start, stop))
            self._connection.executemany("INSERT INTO trial VALUES (?, ?, ?, ?)", rows)

    def batches_done(self, cell: int) -> set[tuple[int, int]]:
        """(start, stop) of every batch stored."""
        return set(self._rows("SELECT start, stop FROM batch WHERE cell = ?", (cell,)))

    def values(self, cell: int, repeats: int | None = None) -> NDArray[np.float64]:
        """One row a repeat, in order, one column a quantity; ``repeats``: only those with a smaller number."""
        [(names,)] = self._rows("SELECT quantities FROM cell WHERE id = ?", (cell,))
        found = self._connection.execute(
            "SELECT value FROM trial WHERE cell = ? AND repeat < ? ORDER BY repeat, quantity",
            (cell, 2**62 if repeats is None else repeats),
        )
        values = np.fromiter((value for (value,) in found), dtype=np.float64)
        return values.reshape(-1, len(json.loads(names)))

    def trials(self, rows: int) -> Iterator[Trials]:
        """All that was sampled, by cell, repeat and quantity, at most so many rows at a time."""
        found = self._connection.execute(
            "SELECT cell, repeat, quantity, value FROM trial ORDER BY cell, repeat, quantity"
        )
        while some := found.fetchmany(rows):
            cell, repeat, quantity, value = zip(*some, strict=True)
            yield Trials(np.array(cell), np.array(repeat), np.array(quantity), np.array(value, dtype=np.float64))

    def mark_failed(self, cell: int, reason: str) -> None:
        """The cell is not sampled any further."""
        self._write("INSERT INTO failure VALUES (?, ?)", [(cell, reason)])

    def failures(self) -> dict[int, str]:
        """The reason by the number of the cell."""
        return dict(self._rows("SELECT cell, reason FROM failure ORDER BY cell"))

    def write_verdicts(self, claims: Sequence[str]) -> None:
        """JSON texts, in the place of all that were there."""
        with _named_errors(self.path), self._transaction():
            self._connection.execute("DELETE FROM verdict")
            self._connection.executemany("INSERT INTO verdict VALUES (?, ?)", enumerate(claims))

    def verdicts(self) -> list[str]:
        return [claim for (claim,) in self._rows("SELECT claim FROM verdict ORDER BY number")]

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        self._connection.execute(f"BEGIN {kind}")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with _named_errors(self.path), self._transaction():
            self._connection.executemany(statement, rows)

    def _rows(self, query: str, arguments: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with _named_errors(self.path):
            return self._connection.execute(query, arguments).fetchall()

    def _is_empty(self) -> bool:
        """A file just made, or left by a process killed before it wrote anything."""
        return not self._rows("SELECT 1 FROM sqlite_master LIMIT 1")

    def _create(self, plan: StoredPlan) -> None:
        for statement in _TABLES.strip().split(";\n"):  # not executescript(): it would end the transaction
            self._connection.execute(statement)
        self._connection.execute("INSERT INTO plan VALUES (?, ?, ?)", (plan.toml, plan.sha256, plan.canonical))

    def _check(self) -> None:
        [(application,)], [(version,)] = self._rows("PRAGMA application_id"), self._rows("PRAGMA user_version")
        if application != _APPLICATION:
            raise InputError(f"path={self.path}: is an SQLite file, but no boundcheck store; name another file")
        if version != SCHEMA_VERSION:
            raise InputError(
                f"path={self.path}: is a store of schema {version}, expected {SCHEMA_VERSION}; use the version of "
                "boundcheck that wrote it, or name another file"
            )


def _npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A file for np.load; the same arrays always give the same bytes, as its members bear zip's earliest date."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in sorted(arrays.items()):
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """What goes wrong with the file, in one line; a broken rule of the tables is a fault of the program."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            message = "another process is using it; wait until it has ended, or name another file"
        else:
            message = f"cannot be used ({error}); check the folder's permissions and the space left"
        raise InputError(f"path={path}: {message}") from None
    except sqlite3.DatabaseError as error:
        raise InputError(f"path={path}: is no store of boundcheck ({error}); name another file") from None
