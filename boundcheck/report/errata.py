"""An audit's corrections as a list of errata in Markdown, worst consequence first; each with its exact witnesses."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

# Worst first; what each word means is said once, at the top.
CONSEQUENCES = {
    "statement false as printed": "a family of networks meets every printed condition and violates the claim",
    "condition must change": "the printed conditions do not give the claim by this proof; the repaired ones do",
    "proof gap that closes": "a step does not follow as it is written; another way leads to the same end",
    "cosmetic": "what is printed is not what is meant or needed, and nothing depends on it",
}


def errata(ledger_json: str, title: str, citation: str, paper: str) -> str:
    """Render one paper's corrections in a ledger (its JSON text), with the witnesses of the printed proofs' steps."""
    from jinja2 import Environment, StrictUndefined

    records = [record for record in json.loads(ledger_json)["statements"] if record["paper"] == paper]
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
    template = files("boundcheck.report").joinpath("templates/errata.md").read_text(encoding="utf-8")
    found = list(_entries(records))
    groups = {name: [entry for entry in found if entry["consequence"] == name] for name in CONSEQUENCES}
    return environment.from_string(template).render(
        title=title, citation=citation, groups=groups, meanings=CONSEQUENCES, total=len(found)
    )


def _entries(records: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One entry for every slip; one that several statements share names them all."""
    printed = {record["id"]: record for record in records if record["variant"] == "printed"}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        if record["variant"] != "corrected":
            continue
        for correction in record["corrections"]:
            entry = found.setdefault(
                (correction["what"], correction["why"]),
                {**correction, "places": [], "witnesses": [], "formulas": []},
            )
            entry["places"].append(_place(record["item"], correction["place"]))
            if correction["printed"] is not None:
                entry["formulas"].append((record["item"], correction["printed"], correction["corrected"]))
            entry["witnesses"] += _witnesses(printed[record["id"]], correction["steps"])
    yield from found.values()


def _place(item: str, place: str) -> str:
    """Where it is printed: the statement's name, once, and the place in it."""
    return place if place.startswith(item) else f"{item}, {place}" if place else item


def _witnesses(record: Mapping[str, Any], steps: list[str]) -> Iterator[dict[str, Any]]:
    for step in record["steps"]:
        if step["id"] in steps:
            yield {**step, "item": record["item"]}
