"""Plans that run in seconds."""

from typing import Any

from boundcheck.ladder.plan import Plan, parse_plan

WIDTHS = [64, 6, 5, 10]


def grid(**changed: Any) -> dict[str, Any]:
    common = {"source": "digits", "widths": [WIDTHS], "activation": "tanh", "epochs": 1, "samples": 30}
    return {**common, "layers": {"wide": [2]}, "keep": "0.5", **changed}


def without_keep(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in grid(**changed).items() if name != "keep"}


def plan(*grids: dict[str, Any]) -> Plan:
    tables = {"name": "tiny", "sampling": {"standard_error": "0.1", "repeats": 16}, "grid": list(grids)}
    return parse_plan(tables, "test")
