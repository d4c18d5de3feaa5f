"""Reads numpy's npy and npz files with one-line errors; Python objects in them are never unpickled."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError

Array = NDArray[Any]
_READING_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, NotImplementedError)


def read_npy(path: Path, content: bytes) -> Array:
    """The array of an npy file; InputError for anything else."""
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except _READING_ERRORS as error:
        raise _unreadable(path, error) from None
    if not isinstance(array, np.ndarray):
        raise InputError(f"path={path}: is an npz archive by its content; rename it to .npz")
    return array


def read_npz(path: Path, content: bytes) -> dict[str, Array]:
    """All arrays of an npz archive in the file's order; InputError for anything else."""
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if isinstance(archive, np.ndarray):
            raise InputError(f"path={path}: is a single array by its content; rename it to .npy")
        entries = {name: archive[name] for name in archive.files}
    except _READING_ERRORS as error:
        raise _unreadable(path, error) from None
    for name, entry in entries.items():
        if not isinstance(entry, np.ndarray):
            raise InputError(f"path={path}: entry '{name}' of this zip file is not an array; save it with numpy.savez")
    return entries


def _unreadable(path: Path, error: Exception) -> InputError:
    """numpy says that it would need to unpickle both for object arrays and for bytes it does not know."""
    if "Object arrays" in str(error):
        return InputError(
            f"path={path}: holds Python objects, which are never opened since they can run code; save numeric arrays"
        )
    return InputError(f"path={path}: is damaged, cut short or not numpy's format; write or copy the file again")
