"""A simulation's verdicts as a table in Markdown: by statement, by kind of network, and everything that stayed open."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from statistics import median
from typing import Any

Verdict = Mapping[str, Any]
VERDICTS = ("SUPPORTED", "REFUTED", "UNDECIDED")


def verdict_table(simulation_json: str) -> str:
    """Render a simulation's record (its JSON text)."""
    from jinja2 import Environment, StrictUndefined

    record = json.loads(simulation_json)
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
    template = files("boundcheck.report").joinpath("templates/verdict_table.md").read_text(encoding="utf-8")
    verdicts = [one for one in record["verdicts"] if one["power"] is None]
    return environment.from_string(template).render(
        plan=record["plan"],
        versions=record["versions"],
        total=len(verdicts),
        sampled=sum(one["error_probability"] is not None for one in verdicts),
        power=list(_rows([one for one in record["verdicts"] if one["power"] is not None], lambda one: (one["power"],))),
        by_statement=list(_rows(verdicts, _of_statement)),
        by_network=list(_rows(verdicts, _of_network)),
        left=[one for one in verdicts if one["verdict"] != "SUPPORTED"],
        not_applicable=Counter((one["statement"], one["reason"]) for one in record["not_applicable"]).items(),
    )


def _of_statement(one: Verdict) -> tuple[str, ...]:
    return one["statement"], one["variant"], ", ".join(one["claims"]), _way(one["decided_by"])


def _of_network(one: Verdict) -> tuple[str, ...]:
    """Its law or data set, the second word of an instance's name."""
    return (one["instance"].split()[1],)


def _way(decided_by: str) -> str:
    return decided_by.split(",")[0].split(" of ")[0]


def _natural(name: str) -> tuple[str, int]:
    """proposition-9 comes before proposition-18."""
    head, _, tail = name.rpartition("-")
    return (head, int(tail)) if tail.isdigit() else (name, 0)


def _rows(verdicts: Sequence[Verdict], group_of: Any) -> Iterator[dict[str, Any]]:
    """One row a group, sorted by name; tightness: least, median, largest."""
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for one in verdicts:
        groups.setdefault(group_of(one), []).append(one)
    for names, some in sorted(groups.items(), key=lambda group: [_natural(name) for name in group[0]]):
        counts = Counter(one["verdict"] for one in some)
        found = [one["tightness"] for one in some if one["tightness"] is not None and one["sense"] != "equality"]
        yield {
            "names": names,
            "counts": [counts[verdict] for verdict in VERDICTS],
            "tightness": [f"{of(found):.3g}" for of in (min, median, max)] if found else ["-"] * 3,
            "repeats": sum(one["repeats"] for one in some),
        }
