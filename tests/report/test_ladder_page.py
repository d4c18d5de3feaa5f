"""The page says what the records say: ratios to the sampled error, what is vacuous, and bounds that cannot be right."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from boundcheck.report.ladder_page import ladder_page

RUNG = {"verdict": "FAILS", "kept": "0.3", "reason": "", "behind_blocks": [], "at_output": {}, "seconds": 1.0}


def rung(name: str, error: str | None, vacuous: bool | None, **changed: Any) -> dict[str, Any]:
    relative = None if error is None else str(Decimal(error) / 50)
    return {**RUNG, "name": name, "error": error, "relative": relative, "vacuous": vacuous, **changed}


def record(width: int = 500, **changed: Any) -> dict[str, Any]:
    """The true error is 10 at the output and 4 behind the block; a network of zeros has 50."""
    network = {"source": "digits", "widths": [64, width, 40, 10], "activation": "relu"}
    cell = {
        **{"network": network, "layers": {"wide": [], "bottleneck": [1]}, "mode": "prune", "draw": "independent"},
        **{"effort": "tight", "keep": "0.3", "levels": None, "least_keep": None},
    }
    estimate = {"standard_error": 0.1}
    sampled = {"repeats": 8, "blocks": [{"mean": 4.0, **estimate}], "output": {"mean": 10.0, **estimate}}
    facts = {"file": f"{width}.safetensors", "samples": 9, "measure": "accuracy", "score": 0.5}
    rungs = [rung("printed", None, None), rung("layerwise", "7" + "0" * 400, True), rung("sharp", "100", True)]
    found = {"cell": cell, "network": facts, "trivial": "50", "rungs": rungs, "monte_carlo": sampled}
    found["rungs"] = [*rungs, rung("sharp-data", "20", False, behind_blocks=["6"])]
    return {**found, "least_keep": [], "failure": None, "versions": {"python": "3"}, **changed}


def pages(*records: dict[str, Any]) -> dict[str, bytes]:
    whole = {"name": "a plan", "seed": 1, "standard_error": "0.01", "cells": 7, "records": list(records)}
    return ladder_page(json.dumps(whole))


def lines(*records: dict[str, Any]) -> list[str]:
    return pages(*records)["ladder.md"].decode().splitlines()


def test_ratios() -> None:
    found = lines(record())
    assert "1 of its 7 cells are there." in found
    assert "| sharp-data | 1 | 1 | 1 | 2 | 2 |" in found
    assert "| sharp | 1 | 1 | 0 | 10 | 10 |" in found
    assert "| printed | 1 | 0 | 0 | - | - |" in found
    assert "| layerwise | 1 | 1 | 0 | 7.0e399 | 7.0e399 |" in found
    assert "| bottleneck, ReLU | pruned | - | 1.5, 1.5 (1) | - | 0.025 |" in found


def test_errors_at_the_output_and_what_is_in_the_way() -> None:
    [row] = [line for line in lines(record()) if line.startswith("| digits | 64-500-40-10 | relu | bottleneck 1")]
    assert row.endswith("| none | - | 1.4e399 | 2 | **0.4** | 0.2 | - |")
    rungs = [rung("sharp-data", "90", True, behind_blocks=["6"])]
    [row] = [line for line in lines(record(rungs=rungs)) if line.startswith("| digits | 64-500-40-10 | relu | bott")]
    assert "the later layers: true error 0.2, times 1.5 in the block, times 6 after" in row
    rungs = [rung("sharp-data", "90", True, behind_blocks=["30"])]
    assert any("the block: true error" in line for line in lines(record(rungs=rungs)))
    sampled = {"repeats": 8, "blocks": [{"mean": 4.0, "standard_error": 0.1}]}
    sampled["output"] = {"mean": 60.0, "standard_error": 0.1}
    assert any("the draws themselves" in line for line in lines(record(rungs=rungs, monte_carlo=sampled)))


def test_narrow_networks_are_not_in_that_table() -> None:
    assert not any(line.startswith("| digits | 64-100-40-10 | relu | bott") for line in lines(record(width=100)))


@pytest.mark.parametrize("wrong", [{"behind_blocks": ["3"]}, {"error": "9", "behind_blocks": ["6"]}])
def test_a_bound_below_the_sampled_error_is_named(wrong: dict[str, Any]) -> None:
    assert any(line.startswith("No bound, behind a block or at the output") for line in lines(record()))
    found = lines(record(rungs=[{**rung("sharp-data", "20", False), **wrong}]))
    assert any("1 bounds lie more than four standard errors below" in line for line in found)
    assert "- sharp-data: digits 64-500-40-10 relu, bottleneck 1, pruned, tight" in found


def test_least_keeps() -> None:
    least = [{"name": "sharp-data", "value": "0.46"}, {"name": "sharp", "value": None}]
    least.append({"name": "Monte Carlo", "value": "0.2"})
    asked = record(rungs=[], monte_carlo=None, least_keep=least)
    asked["cell"] |= {"keep": None, "least_keep": "0.05"}
    assert any(line.endswith("| tight | 0.05 | none | none | none | none | 0.46 | 0.2 |") for line in lines(asked))


def test_figures_need_two_points() -> None:
    assert set(pages(record())) == {"ladder.md", "ladder.csv", "ladder.json"}
    found = pages(record(), record(width=1000))
    assert set(found) == {"ladder.md", "ladder.csv", "ladder.json", "ratio_by_width.svg"}
    assert b"trivial bound" in found["ratio_by_width.svg"] or b"<svg" in found["ratio_by_width.svg"]
    assert found == pages(record(), record(width=1000))


def test_the_data() -> None:
    found = list(csv.DictReader(io.StringIO(pages(record())["ladder.csv"].decode())))
    assert [(row["rung"], row["ratio"]) for row in found][-1] == ("sharp-data", "2")


def test_an_empty_store_and_failures() -> None:
    assert "0 of its 7 cells are there." in lines()
    broken = record(network=None, rungs=[], monte_carlo=None, failure="ValueError: no")
    assert "- digits 64-500-40-10 relu, prune: ValueError: no" in lines(broken)
