"""Reading and writing files with one-line errors; a file is written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from boundcheck.core.errors import InputError


def read_file(path: Path) -> bytes:
    """The file's bytes; InputError if it is missing, a folder, unreadable or empty."""
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        raise InputError(f"path={path}: is a folder; name a file in it") from None
    except FileNotFoundError:
        raise InputError(f"path={path}: no such file; check the spelling and the folder") from None
    except OSError as error:
        raise InputError(f"path={path}: cannot be read ({error.strerror}); check its permissions") from None
    if not content:
        raise InputError(f"path={path}: is empty; write or copy the file again")
    return content


def check_writable(path: Path) -> None:
    """Raise InputError unless a file can be put at ``path``; leaves nothing behind and keeps a file that is there."""
    try:
        if path.is_dir():
            raise InputError(f"path={path}: is a folder; add a file name")
        if not path.parent.is_dir():
            raise InputError(f"path={path}: the folder {path.parent} does not exist; create it or choose another")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        message = f"path={path}: cannot write to {path.parent} ({error.strerror}); choose another folder"
        raise InputError(message) from None


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` whole or not at all: into a file beside it first, then put in its place."""
    write_files_whole({path: content})


def write_files_whole(contents: Mapping[Path, bytes]) -> None:
    """Write all the files, in this order, or none: none is put in its place before all are written beside theirs."""
    temporary = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in contents}
    try:
        for path, content in contents.items():
            check_writable(path)
            with _named_errors(path), temporary[path].open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path in contents:
            with _named_errors(path):
                os.replace(temporary[path], path)
    finally:
        for beside in temporary.values():
            beside.unlink(missing_ok=True)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A stream for a file too large for memory; the file is put in its place at the end, and not after an error."""
    check_writable(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _named_errors(path):
            with beside.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"path={path}: cannot be written ({error.strerror}); choose another place") from None
