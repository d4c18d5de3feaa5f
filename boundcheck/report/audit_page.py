"""An audit's ledger as one self-contained HTML page: graph, statements, steps, witnesses. Readable without scripts."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from .dependency_graph import HEIGHT, WIDTH, draw

# Weakest last, as the ledger orders them; "open": the proof is not written as steps yet; "given": there is none.
GIVEN = {"definition", "assumption"}
# Rules of steps that name things and conclude nothing.
SETTING = {"definition", "let", "meaning"}
STATUSES = ("PROVED", "PROVED_UP_TO", "CHECKED", "CITED", "UNKNOWN", "REFUTED", "VACUOUS", "open", "given")


def audit_page(ledger_json: str) -> str:
    """Render a ledger (its JSON text) as HTML."""
    from jinja2 import Environment, StrictUndefined
    from latex2mathml.converter import convert

    ledger = json.loads(ledger_json)
    statements = _by_statement(ledger)
    # Definitions and assumptions have no proof: drawn, they would only cover the others with their many edges.
    proved = {name: v[-1]["uses"] for name, v in statements.items() if v[-1]["kind"] not in GIVEN}
    drawing = draw(proved)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["mathml"] = convert
    template = files("boundcheck.report").joinpath("templates/audit.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        ledger=ledger,
        statements=statements,
        drawing=drawing,
        box={"width": WIDTH, "height": HEIGHT},
        statuses=STATUSES,
        shown={name: _shown_status(variants) for name, variants in statements.items()},
        given=GIVEN,
        setting=SETTING,
        ancestors=_ancestors({name: variants[-1]["uses"] for name, variants in statements.items()}),
    )


def _by_statement(ledger: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The variants of every statement, printed before corrected."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in ledger["statements"]:
        found.setdefault(record["id"], []).append(record)
    return found


def _shown_status(variants: list[dict[str, Any]]) -> str:
    """The colour of a node: the proof of its last variant, the corrected one where there is one."""
    if variants[-1]["kind"] in GIVEN:
        return "given"
    return variants[-1]["proof_status"] or "open"


def _ancestors(uses: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Everything that a statement uses, directly or not, and itself."""
    found: dict[str, list[str]] = {}

    def of(name: str) -> set[str]:
        return {name}.union(*(of(used) for used in uses[name] if used in uses))

    for name in uses:
        found[name] = sorted(of(name))
    return found
