"""Files are written whole or not at all, and an unwritable path is found out without touching anything."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from boundcheck.core.errors import InputError
from boundcheck.network.files import check_writable, read_file, write_bytes_whole


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes_whole(path, b"one")
    write_bytes_whole(path, b"two")
    assert read_file(path) == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    check_writable(path)
    assert not list(tmp_path.iterdir())
    path.write_bytes(b"kept")
    check_writable(path)
    assert path.read_bytes() == b"kept"


def test_a_write_that_fails_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError) as caught:
        write_bytes_whole(path, b"new")
    assert str(caught.value) == f"path={path}: cannot be written (No space left on device); choose another place"
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_what_is_not_permitted_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = tmp_path / "a.bin"
    monkeypatch.setattr(tempfile, "TemporaryFile", forbidden)
    with pytest.raises(InputError) as caught:
        check_writable(path)
    assert str(caught.value) == f"path={path}: cannot write to {tmp_path} (Permission denied); choose another folder"
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(InputError) as caught:
        read_file(path)
    assert str(caught.value) == f"path={path}: cannot be read (Permission denied); check its permissions"
