"""Reads arrays of samples and of labels from .npy, .npz and .csv files; objects are never unpickled."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.array_files import Array, read_npy, read_npz
from boundcheck.network.files import read_file

SUFFIXES = (".npy", ".npz", ".csv")
INPUT_NAMES = ("x", "X", "inputs")
LABEL_NAMES = ("y", "labels", "targets")


def read_samples(path: Path) -> tuple[Matrix, Array | None]:
    """The inputs (N x d, finite float64) and the labels or targets if the file holds them (npz only)."""
    content = read_file(path)
    stored: Array | None = None
    if path.suffix.lower() == ".csv":
        inputs, _ = parse_csv(path, content)
    elif path.suffix.lower() == ".npz":
        arrays = read_npz(path, content)
        if not any(name in arrays for name in INPUT_NAMES):
            raise InputError(
                f"path={path}: holds {', '.join(arrays) or 'nothing'}; "
                f"expected the samples under {' or '.join(INPUT_NAMES)}"
            )
        inputs = next(arrays[name] for name in INPUT_NAMES if name in arrays)
        stored = next((arrays[name] for name in LABEL_NAMES if name in arrays), None)
    else:
        inputs = read_npy(path, content)
    inputs = _numeric(path, inputs).astype(np.float64)
    if inputs.ndim != 2:
        raise InputError(f"path={path}: shape={_written(inputs)}, expected samples x features; reshape it")
    return inputs, None if stored is None else _classes_or_targets(path, stored)


def read_labels(path: Path) -> Array:
    """Classes (int64) if all are integers, else targets (float64), from a .npy file or a .csv file with one column."""
    content = read_file(path)
    if path.suffix.lower() == ".csv":
        table, _ = parse_csv(path, content)
        is_integer = np.all(table == np.round(table)) and table.shape[1] == 1
        return _classes_or_targets(path, table[:, 0].astype(np.int64) if is_integer else table)
    if path.suffix.lower() != ".npy":
        raise InputError(f"labels={path}: expected the path of a .npy or .csv file")
    return _classes_or_targets(path, read_npy(path, content))


def _classes_or_targets(path: Path, values: Array) -> Array:
    """Labels or targets, checked: int64 (N,) for classes, float64 (N, k) for targets."""
    values = _numeric(path, values)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.dtype.kind in "iub" and values.ndim == 1:
        return values.astype(np.int64)
    if values.ndim not in (1, 2):
        raise InputError(f"path={path}: labels of shape={_written(values)}, expected one row per sample; reshape them")
    return values.astype(np.float64).reshape(len(values), -1)


def parse_csv(path: Path, content: bytes) -> tuple[Matrix, list[str] | None]:
    """A rectangular table of numbers, float64, and its header if the first line is not numeric."""
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) if row]
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"path={path}: is not a CSV text file; expected numbers separated by commas") from None
    header = None if not rows or _all_numbers(rows[0]) else rows.pop(0)
    if not rows:
        raise InputError(f"path={path}: holds no rows of numbers; expected one sample per line")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise InputError(
                f"path={path}: row {number} has {len(row)} columns, expected {len(rows[0])} as in row 1; "
                "correct the file"
            )
        if not _all_numbers(row):
            raise InputError(f"path={path}: row {number} is not all numbers ({','.join(row)[:60]}); correct the file")
    return _numeric(path, np.array([[float(entry) for entry in row] for row in rows])), header


def _all_numbers(row: Sequence[str]) -> bool:
    try:
        [float(entry) for entry in row]
    except ValueError:
        return False
    return True


def _numeric(path: Path, values: Array) -> Array:
    """The array unchanged; InputError if it is empty, not real numbers, or not finite."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiub" or values.dtype.itemsize > 8:
        kind = getattr(values, "dtype", type(values).__name__)
        raise InputError(f"path={path}: holds {kind}, expected real numbers of at most 64 bits; convert it")
    if values.size == 0:
        raise InputError(f"path={path}: shape={_written(values)} holds no numbers; expected at least one sample")
    if not np.all(np.isfinite(values)):
        row = int(np.argwhere(~np.isfinite(values))[0][0]) + 1
        raise InputError(f"path={path}: sample {row} holds NaN or infinity, expected finite numbers; drop or repair it")
    return values


def _written(values: Array) -> str:
    return "x".join(map(str, values.shape)) or "scalar"
