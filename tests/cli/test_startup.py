"""Asking for help or the version loads none of the heavy packages, and nothing that only answers need."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
HEAVY = {"sympy", "torch", "numpy", "scipy", "flint", "pydantic", "sklearn", "safetensors"}


def loaded_by(line: str) -> set[str]:
    """Top-level modules that a fresh process holds after the command."""
    script = (
        "import atexit, sys\natexit.register(lambda: print('\\nLOADED', *sys.modules))\n"
        "from boundcheck.cli.main import run\nrun()"
    )
    done = subprocess.run([sys.executable, "-c", script, *line.split()], cwd=REPOSITORY, capture_output=True, text=True)
    return {name.partition(".")[0] for name in done.stdout.rpartition("LOADED")[2].split()}


@pytest.mark.parametrize("line", ["--help", "--version", "verify --help", "verify --no-such-option"])
def test_light(line: str) -> None:
    loaded = loaded_by(line)
    assert "typer" in loaded
    # typer itself looks at pydantic, where that is installed, once it reads a command's options
    assert loaded & (HEAVY - {"pydantic"} if line.startswith("verify") else HEAVY) == set()


def test_verify_from_widths_loads_no_framework() -> None:
    loaded = loaded_by("verify --widths 64,1000,40,10 --c1 1 --c2 1.7 --keep 0.3 --wide 2")
    assert "sympy" in loaded
    assert loaded & {"torch", "sklearn"} == set()
