"""`boundcheck ladder`: a plan to a page, a page from the store alone, and one line for what cannot be run."""

from pathlib import Path

import pytest

PLAN = """
name = "tiny"
sampling = { standard_error = 0.2, repeats = 8 }
[[grid]]
source = "digits"
widths = [[64, 6, 5, 10]]
activation = "relu"
epochs = 1
samples = 20
layers = { wide = [2] }
keep = 0.5
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


def test_a_page_and_the_page_again(plan: Path, tmp_path: Path, command) -> None:
    result = command(f"ladder {plan} --out first")
    assert result.code == 0 and "1 of 1 cells" in result.err
    page = (tmp_path / "first" / "ladder.md").read_text()
    assert "| one wide layer | pruned |" in page
    assert {path.name for path in (tmp_path / "first").iterdir()} == {"ladder.md", "ladder.csv", "ladder.json"}
    assert (tmp_path / "plan-networks").is_dir()
    again = command(f"ladder --store {plan.with_suffix('.sqlite')} --out again")
    assert again.code == 0
    assert (tmp_path / "again" / "ladder.md").read_text() == page


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("keep = 0.5", "keeep = 0.5"), "grid.0.keeep: a plan has no such field"),
        (("keep = 0.5", "keep = 0.5\nlevels = 3"), "keep and levels given"),
        (("keep = 0.5", "keep = = 1"), "is no TOML file"),
    ],
)
def test_wrong_plans(plan: Path, command, change: tuple[str, str], expected: str) -> None:
    plan.write_text(PLAN.replace(*change))
    result = command(f"ladder {plan}")
    assert result.code == 2
    assert result.err.startswith("error: path=") and expected in result.err and result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ladder", "plan: not given"),
        ("ladder --store missing.sqlite", "store=missing.sqlite: no such file"),
        ("ladder missing.toml", "no such file"),
        ("ladder missing.toml --workers none", "no such file"),
    ],
)
def test_bad_input(command, line: str, expected: str) -> None:
    result = command(line)
    assert result.code == 2 and expected in result.err
