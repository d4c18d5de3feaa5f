"""The trials of a store as one long table for other tools: CSV, Parquet or JSON, by the file's ending."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.network.files import written_whole

from .store import Store, Trials

COLUMNS = ("cell", "repeat", "quantity", "value")
"""The cell's key, the repeat's number from 0, the quantity's name, and the number itself to the last bit."""

_ROWS = 50_000


def export(store: Store, path: Path) -> None:
    """Write the whole table, or nothing; InputError for an ending that is not known or a place that takes no file."""
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError(f"path={path}: cannot tell the format by the ending; expected one of {', '.join(_WRITERS)}")
    with written_whole(path) as stream:
        write(store.cells(), store.trials(_ROWS), stream)


_Cells = list[tuple[str, tuple[str, ...]]]


def _rows(cells: _Cells, trials: Trials) -> Iterator[tuple[str, int, str, float]]:
    columns = (trials.cell.tolist(), trials.repeat.tolist(), trials.quantity.tolist(), trials.value.tolist())
    for cell, repeat, quantity, value in zip(*columns, strict=True):
        key, quantities = cells[cell]
        yield key, repeat, quantities[quantity], value


def _csv(cells: _Cells, chunks: Iterator[Trials], stream: BinaryIO) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for trials in chunks:
        writer.writerows(_rows(cells, trials))
    text.detach()  # writes what is left; the stream is closed by whoever opened it


def _json(cells: _Cells, chunks: Iterator[Trials], stream: BinaryIO) -> None:
    """A list of objects, one a line."""
    before = "["
    for trials in chunks:
        for row in _rows(cells, trials):
            stream.write(f"{before}\n{json.dumps(dict(zip(COLUMNS, row, strict=True)))}".encode())
            before = ","
    stream.write(b"[]\n" if before == "[" else b"\n]\n")


def _parquet(cells: _Cells, chunks: Iterator[Trials], stream: BinaryIO) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    types = (pa.string(), pa.int64(), pa.string(), pa.float64())
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
    keys = pa.array([key for key, _ in cells], pa.string())
    names = pa.array([name for _, quantities in cells for name in quantities], pa.string())
    first_name = np.cumsum([0, *(len(quantities) for _, quantities in cells)])
    with parquet.ParquetWriter(stream, schema) as writer:
        for trials in chunks:
            name = names.take(pa.array(first_name[trials.cell] + trials.quantity))
            columns = [keys.take(pa.array(trials.cell)), trials.repeat, name, trials.value]
            writer.write_table(pa.table(columns, schema=schema))


_WRITERS: dict[str, Callable[[_Cells, Iterator[Trials], BinaryIO], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
}
