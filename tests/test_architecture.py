"""The rooms and who may import whom. The README's architecture section says the same in words; this is the data."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]

# room of boundcheck -> the other rooms it may import
ROOMS = {
    "core": set(),
    "library": {"core"},
    "exact": {"core"},
    "draws": set(),
    "audit": {"core", "library", "exact"},
    "network": {"core", "exact"},
    "per_sample": {"core", "library", "exact", "network"},
    "certify": {"core", "library", "exact", "network", "per_sample"},
    "solve": {"core", "library", "exact", "network", "certify"},
    "compress": {"core", "exact", "network", "draws"},
    "trial": {"core", "library", "exact", "network", "draws", "certify", "compress"},
    "ladder": {"core", "exact", "network", "draws", "certify", "solve", "trial"},
    "check": {"core", "library", "exact", "network", "draws", "certify", "compress"},
    "compare": {"core", "exact", "network", "trial"},
    "report": {"core"},
    "cli": {
        *("core", "library", "exact", "draws", "audit", "network", "certify", "compress", "trial", "check", "compare"),
        *("report", "solve", "ladder"),
    },
}
PROOFS_MAY_IMPORT = {"core"}
# rooms (and proofs/) that may import nothing from outside but the standard library and these
OUTSIDE = {"core": {"sympy"}, "proofs": {"sympy"}}
# imported inside the functions that use them, never when a module loads
HEAVY = {"torch", "sklearn", "hypothesis", "matplotlib", "pandas", "pyarrow", "joblib", "dask", "distributed"}


def imports(tree: ast.AST, package: str, lazy: bool = False) -> Iterator[tuple[int, str, bool]]:
    """(line, absolute dotted name, whether it is imported only when a function runs or types are checked)."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from ((node.lineno, f"{base}.{alias.name}", lazy) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            if node.args and isinstance(node.args[0], ast.Constant):
                yield node.lineno, str(node.args[0].value), lazy
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from imports(ast.Module(node.body, []), package, lazy=True)
            yield from imports(ast.Module(node.orelse, []), package, lazy)
        else:
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports(node, package, lazy or is_function)


def complaint(name: str, lazy: bool, module: str, room: str) -> str | None:
    """Why ``module``, which lives in ``room``, may not import ``name``; None if it may."""
    top, _, rest = name.partition(".")
    if top in HEAVY and not lazy:
        return f"{top} is heavy: import it in the function that uses it"
    if room == "__init__":
        return None  # the package itself may hand out everything, lazily: see test_starting_is_light
    if top == "boundcheck":
        target = rest.partition(".")[0]
        allowed = PROOFS_MAY_IMPORT if room == "proofs" else ROOMS[room] | {room}
        return None if target in allowed else f"{room} may not import boundcheck.{target or '*'}"
    if top == "proofs":
        same_paper = name.split(".")[:2] == module.split(".")[:2]
        return None if same_paper else f"{room} may not import {name}"
    if room in OUTSIDE and top not in OUTSIDE[room] | sys.stdlib_module_names:
        return f"{room} may not import {top}"
    return None


def violations(file: Path, root: Path) -> list[str]:
    """Every import in ``file`` (below ``root``, which holds boundcheck/ and proofs/) that the table forbids."""
    parts = file.relative_to(root).with_suffix("").parts
    room = "proofs" if parts[0] == "proofs" else parts[1]
    found = []
    for line, name, lazy in imports(ast.parse(file.read_text()), package=".".join(parts[:-1])):
        if why := complaint(name, lazy, ".".join(parts), room):
            found.append(f"{'/'.join(parts)}.py:{line}: {why}")
    return found


def test_the_table_names_exactly_the_rooms_there_are() -> None:
    inside = (REPOSITORY / "boundcheck").rglob("*.py")
    rooms = {path.relative_to(REPOSITORY / "boundcheck").with_suffix("").parts[0] for path in inside}
    assert rooms - {"__init__"} == set(ROOMS)
    TopologicalSorter(ROOMS).prepare()  # raises CycleError: no room reaches back


@pytest.mark.parametrize("folder", ["boundcheck", "proofs"])
def test_no_import_breaks_the_table(folder: str) -> None:
    files = sorted((REPOSITORY / folder).rglob("*.py"))
    assert files
    assert [line for file in files for line in violations(file, REPOSITORY)] == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("boundcheck/core/bad.py", "from boundcheck.exact import balls", "core may not import boundcheck.exact"),
        ("boundcheck/core/bad.py", "def f():\n    from ..exact import balls", "core may not import boundcheck.exact"),
        ("boundcheck/core/bad.py", "from boundcheck import cli", "core may not import boundcheck.cli"),
        ("boundcheck/core/bad.py", "import boundcheck", "core may not import boundcheck.*"),
        ("boundcheck/core/bad.py", "import numpy", "core may not import numpy"),
        ("boundcheck/library.py", "import importlib\nimportlib.import_module('boundcheck.cli')", "boundcheck.cli"),
        ("boundcheck/library.py", "import proofs.paper.lemma_1", "library may not import proofs.paper.lemma_1"),
        ("boundcheck/network/bad.py", "import torch.nn as nn", "torch is heavy"),
        (
            "boundcheck/network/bad.py",
            "class A:\n    try:\n        import sklearn\n    finally: ...",
            "sklearn is heavy",
        ),
        ("boundcheck/network/bad.py", "from boundcheck.certify import x", "network may not import boundcheck.certify"),
        ("boundcheck/__init__.py", "import torch", "torch is heavy"),
        ("proofs/paper/bad.py", "from boundcheck.exact import balls", "proofs may not import boundcheck.exact"),
        ("proofs/paper/bad.py", "import numpy", "proofs may not import numpy"),
        ("proofs/paper/bad.py", "from ..other import lemma_1", "proofs may not import proofs.other.lemma_1"),
    ],
)
def test_a_planted_violation_is_reported(tmp_path: Path, file: str, source: str, expected: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True)
    planted.write_text(source)
    reported = violations(planted, tmp_path)
    assert len(reported) == 1
    assert expected in reported[0]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("boundcheck/network/good.py", "def f():\n    import torch"),
        ("boundcheck/network/good.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
        ("boundcheck/exact/good.py", "import flint\nfrom . import balls\nfrom ..core.errors import InputError"),
        ("boundcheck/core/good.py", "import sympy\nimport dataclasses\nfrom .errors import InputError"),
        ("proofs/paper/good.py", "import sympy\nfrom boundcheck.core.verdict import Verdict\nfrom . import notation"),
    ],
)
def test_what_the_table_allows_is_not_reported(tmp_path: Path, file: str, source: str) -> None:
    allowed = tmp_path / file
    allowed.parent.mkdir(parents=True)
    allowed.write_text(source)
    assert violations(allowed, tmp_path) == []


def loaded_after(code: str) -> set[str]:
    """The top-level modules a fresh interpreter holds once ``code`` has run (or has ended by SystemExit)."""
    script = "import atexit, sys; atexit.register(lambda: print('\\nLOADED', *sys.modules))\n" + code
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.rpartition("LOADED")[2].split()}


HELP = "sys.argv = ['boundcheck', '--help']\nfrom boundcheck.cli.main import run\nrun()"


@pytest.mark.parametrize(
    ("code", "needed", "unwanted"),
    [("import boundcheck", "boundcheck", {"sympy", "numpy"}), (HELP, "typer", {"sympy"})],
    ids=["import boundcheck", "boundcheck --help"],
)
def test_starting_is_light(code: str, needed: str, unwanted: set[str]) -> None:
    loaded = loaded_after(code)
    assert needed in loaded
    assert loaded & (unwanted | HEAVY) == set()


def test_a_heavy_start_would_be_seen() -> None:
    assert "sympy" in loaded_after("import sympy")
