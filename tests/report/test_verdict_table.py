"""A simulation's table says what its record says: every claim is counted once, and what is not supported is named."""

import json
from typing import Any

from boundcheck.report.verdict_table import verdict_table


def verdict(statement: str, word: str, **changed: Any) -> dict[str, Any]:
    return {
        "statement": statement,
        "variant": "corrected",
        "claims": ["kept", "error"],
        "sense": "existence",
        "instance": "network=1 spiked 3-4-2 tanh #1",
        "draw": "mode=prune",
        "power": None,
        "verdict": word,
        "decided_by": "sampling",
        "left": {"estimate": 1.0, "lower": 0.5, "upper": 1.5},
        "right": "2",
        "tightness": 2.0,
        "repeats": 100,
        "error_probability": 0.001,
        "needed": None,
        "note": "",
        **changed,
    }


def table(verdicts: list[dict[str, Any]], not_applicable: list[dict[str, str]] | None = None) -> list[str]:
    record = {
        "plan": {"name": "a plan", "seed": 7, "confidence": "0.99"},
        "versions": {"boundcheck": "0", "python": "3", "numpy": "2", "torch": "2"},
        "verdicts": verdicts,
        "not_applicable": not_applicable or [],
    }
    return verdict_table(json.dumps(record)).splitlines()


def test_claims_of_a_statement_are_counted_together() -> None:
    lines = table([verdict("lemma-1", "SUPPORTED", tightness=t) for t in (2.0, 3.0, 40.0)])
    assert "| lemma-1 | corrected | kept, error | sampling | 3 | 0 | 0 | 2 | 3 | 40 |" in lines
    assert "| spiked | 3 | 0 | 0 | 2 | 3 | 40 |" in lines


def test_ways_of_deciding_are_told_apart() -> None:
    other = verdict("lemma-1", "SUPPORTED", decided_by="enumeration of every realization", error_probability=None)
    lines = table([verdict("lemma-1", "SUPPORTED"), other])
    assert sum(line.startswith("| lemma-1 |") for line in lines) == 2
    assert any("1 claims together that were sampled" in line or "all 1 claims" in line for line in lines)


def test_what_is_not_supported_is_named() -> None:
    lines = table([verdict("lemma-1", "REFUTED"), verdict("lemma-2", "UNDECIDED", needed=12345)])
    assert any(line.startswith("- REFUTED: lemma-1") for line in lines)
    assert any(line.startswith("- UNDECIDED: lemma-2") and "12345" in line for line in lines)


def test_lowered_right_sides_are_no_claims() -> None:
    lines = table([verdict("lemma-1", "SUPPORTED"), verdict("lemma-1", "REFUTED", power="0.9")])
    assert "| 0.9 | 0 | 1 | 0 |" in lines
    assert not any(line.startswith("- REFUTED") for line in lines)
    assert any("1 claims in all" in line for line in lines)


def test_what_does_not_apply_is_counted_by_reason() -> None:
    missing = {"statement": "lemma-3", "variant": "printed", "instance": "i", "draw": "d", "reason": "too narrow"}
    assert "- 2 times lemma-3: too narrow" in table([verdict("lemma-1", "SUPPORTED")], [missing, missing])
