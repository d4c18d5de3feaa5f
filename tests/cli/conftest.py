"""Runs the command line in this process, as the console entry does."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from boundcheck.cli.main import run


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """``command("verify --widths 64,10 ...")`` in an empty folder, 80 columns wide; further arguments stay whole."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(line: str, *more: str) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([*line.split(), *more])
        captured = capsys.readouterr()
        return Result(int(ended.value.code or 0), captured.out, captured.err)

    return call
