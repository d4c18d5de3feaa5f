"""Plans of comparisons: grids become cells, each once, and what is wrong is said by field."""

from pathlib import Path
from typing import Any

import pytest
from tiny_plans import grid, plan, without_keep

from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode
from boundcheck.ladder.plan import read_plan

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_grid_is_every_combination() -> None:
    found = plan(grid(activation=["tanh", "relu"], layers=[{"wide": [2]}, {"bottleneck": [1]}], keep=["0.3", "0.5"]))
    cells = found.cells()
    assert len(cells) == len(set(cells)) == 8
    assert {cell.keep for cell in cells} == {"0.3", "0.5"}


def test_cells_of_two_grids_are_counted_once() -> None:
    assert len(plan(grid(), grid(keep=["0.5", "0.7"])).cells()) == 2


def test_a_key_holds_whatever_decides_the_outcome() -> None:
    one, other = plan(grid()), plan(grid(epochs=2))
    assert one.key(one.cells()[0]) != other.key(other.cells()[0])
    seeded = one.model_copy(update={"seed": 1})
    assert seeded.key(seeded.cells()[0]) != one.key(one.cells()[0])
    again = plan(grid(), grid(keep="0.7"))
    assert again.key(again.cells()[0]) == one.key(one.cells()[0])


def test_proposals() -> None:
    quantized = plan(without_keep(mode="quantize", levels=7)).cells()[0].proposal
    assert quantized.mode is Mode.QUANTIZE and quantized.levels == 7 and quantized.keep is None
    structured = plan(grid(mode="structured")).cells()[0].proposal
    assert structured.mode is Mode.STRUCTURED
    assert plan(grid(draw="exact-counts")).cells()[0].proposal.draw is DrawKind.EXACT_COUNTS


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (grid(keeep="0.5"), "grid.0.keeep: a plan has no such field"),
        (without_keep(), "grid.0: nothing given: expected one of keep, levels and least_keep"),
        (grid(levels=7), "keep and levels given"),
        (grid(mode="quantize"), "levels belong to mode=quantize"),
        (grid(keep="1.5"), "keep=1.5: expected a fraction in (0, 1]"),
        (grid(keep=[]), "grid.0.keep: expected at least one value"),
        (grid(layers={"wide": [9]}), "layer"),
        (grid(source="mnist"), "grid.0.source"),
        (grid(mode="conv"), "mode=conv and source=convolution go together"),
        (without_keep(least_keep="0.05", mode="structured"), "least_keep is about single weights"),
        (grid(draw="exact-counts", mode="structured"), "draw=exact-counts"),
    ],
)
def test_wrong_plans(wrong: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError) as caught:
        plan(wrong)
    assert expected in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["ladder.toml", "ladder_quick.toml"])
def test_the_examples_are_plans(name: str) -> None:
    assert len(read_plan(EXAMPLES / name).cells()) > 50
