"""What a user gets from the wheel: built, installed elsewhere, run from a folder that is not the repository."""

import os
import site
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(REPOSITORY)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_every_statement_and_schema(wheel: Path) -> None:
    inside = {f"boundcheck/{path.relative_to(REPOSITORY)}" for path in data_and_code(REPOSITORY / "proofs")}
    inside |= {str(path.relative_to(REPOSITORY)) for path in data_and_code(REPOSITORY / "boundcheck")}
    assert any(name.endswith("paper.toml") for name in inside)
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == inside


def data_and_code(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_installed_it_finds_its_own_statements(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    binaries = tmp_path / "venv" / "bin"
    scheme = {"base": str(tmp_path / "venv"), "platbase": str(tmp_path / "venv")}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    install = [sys.executable, "-m", "pip", f"--python={binaries / 'python'}", "install"]
    subprocess.run([*install, "--no-deps", "--no-index", "--quiet", str(wheel)], check=True)
    # The dependencies are the ones of this interpreter. A path in a .pth file comes after the venv's own packages, and
    # .pth files found there (an editable boundcheck) are not followed.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("BOUNDCHECK_", "PYTHON"))}
    where = run([binaries / "python", "-c", "import boundcheck; print(boundcheck.__file__)"], elsewhere, environment)
    assert Path(where.strip()).is_relative_to(packages)
    listed = run([binaries / "boundcheck", "list"], elsewhere, environment)
    papers = sorted(path.parent.name for path in (REPOSITORY / "proofs").glob("*/paper.toml"))
    assert papers and all(paper in listed for paper in papers)


def run(command: list[str | Path], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
