"""A comparison of the rungs as a page in Markdown, with figures and the data behind them; computes no bound."""

import csv
import io
import json
from importlib.resources import files
from typing import Any

from .ladder_figures import figures
from .ladder_rows import Row, rows
from .ladder_tables import at_output, by_kind, by_rung, least_keeps, seconds


def ladder_page(record_json: str) -> dict[str, bytes]:
    """The files of the page by name, from a comparison's record (its JSON text), whatever of it is there."""
    from jinja2 import Environment, StrictUndefined

    record = json.loads(record_json)
    found = list(rows(record))
    drawn = figures(found)
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
    template = files("boundcheck.report").joinpath("templates/ladder.md").read_text(encoding="utf-8")
    page = environment.from_string(template).render(
        record=record,
        versions=next((one["versions"] for one in record["records"]), {}),
        failures=[one for one in record["records"] if one["failure"] is not None],
        networks=_networks(record["records"]),
        by_rung=list(by_rung(found)),
        by_kind=list(by_kind(found)),
        at_output=list(at_output(found)),
        least_keeps=list(least_keeps(record["records"])),
        seconds=list(seconds(found)),
        below=[row for row in found if row["is_below"]],
        figures=list(drawn),
    )
    data = {"ladder.csv": _csv(found).encode(), "ladder.json": record_json.encode()}
    return {"ladder.md": page.encode(), **data, **drawn}


def _networks(records: list[dict[str, Any]]) -> list[list[str]]:
    """Each once: what it is, and its score."""
    found: dict[str, list[str]] = {}
    for one in records:
        facts, network = one["network"], one["cell"]["network"]
        if facts is not None:
            widths = "-".join(map(str, network["widths"]))
            score = f"{facts['measure']} {facts['score']:.3f}"
            found[facts["file"]] = [network["source"], widths, network["activation"], str(facts["samples"]), score]
    return list(found.values())


def _csv(found: list[Row]) -> str:
    """One line a cell and rung."""
    stream = io.StringIO()
    if found:
        writer = csv.DictWriter(stream, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    return stream.getvalue()
