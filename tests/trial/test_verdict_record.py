"""The published schema is the one that records follow, and no number in them is one that JSON cannot hold."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import pydantic
import pytest

from boundcheck.core.statement import Sense
from boundcheck.trial import verdict_record as records
from boundcheck.trial.cases import Case, Described, verdict_of
from boundcheck.trial.judge import Finding, decided_exactly
from boundcheck.trial.verdict_record import Decided, NotApplicable, SimulationRecord, TrialVerdict, json_schema

SCHEMA_FILE = Path(records.__file__).with_name("simulation-1.schema.json")
ABOUT = Described("proposition-1", "printed", ("error",), Sense.UPPER, "(1)", "an error", "here", "mode=prune", "all")


def test_the_published_schema_is_the_one_that_records_follow() -> None:
    assert SCHEMA_FILE.read_text() == json_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


def record_of(case: Case, values: np.ndarray | None = None, failure: str | None = None) -> SimulationRecord:
    return SimulationRecord(
        versions={"python": "3"},
        command="boundcheck simulate",
        plan={"name": "none"},
        store="none.sqlite",
        verdicts=[verdict_of(case, values, failure, 0.01)],
        not_applicable=[NotApplicable(statement="a", variant="b", instance="c", draw="d", reason="e")],
    )


@pytest.mark.parametrize("finding", [
    decided_exactly(0.1, 0.2, Fraction(1, 3)),
    Finding(TrialVerdict.UNDECIDED, 0.1, 0.1, math.inf, Fraction(1, 3), None, "nothing found"),
    Finding(TrialVerdict.UNDECIDED, 0.0, 0.0, 0.0, math.inf),
])  # fmt: skip
def test_a_record_follows_the_schema_and_is_read_back(finding: Finding) -> None:
    record = record_of(Case(ABOUT, settled=(finding, Decided.ENUMERATION)))
    content = json.loads(record.to_json(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    jsonschema.validate(content, json.loads(SCHEMA_FILE.read_text()))
    assert SimulationRecord.model_validate(content) == record
    assert json.loads(record.verdicts[0].to_json()) == content["verdicts"][0]


def test_what_was_found() -> None:
    verdict = record_of(Case(ABOUT, settled=(decided_exactly(0.1, 0.3, Fraction(1, 3)), Decided.ENUMERATION))).verdicts[
        0
    ]
    assert (verdict.verdict, verdict.left.estimate, verdict.left.lower, verdict.left.upper) == (
        "SUPPORTED",
        0.2,
        0.1,
        0.3,
    )
    assert verdict.right is not None and 0 < Fraction(1, 3) - Fraction(verdict.right) < 1e-9
    assert verdict.tightness == pytest.approx(5 / 3) and verdict.error_probability is None


@pytest.mark.parametrize("values, failure, note", [
    (None, None, "nothing was sampled"), (np.zeros((3, 1)), "NaN in batch 4", "NaN in batch 4"),
    (np.zeros((3, 1)), None, "ValueError: out of range"),
])  # fmt: skip
def test_what_cannot_be_judged_is_undecided(values: np.ndarray | None, failure: str | None, note: str) -> None:
    def fails(values: np.ndarray) -> Finding:
        raise ValueError("out of range")

    verdict = record_of(Case(ABOUT, judge=lambda error: fails), values, failure).verdicts[0]
    assert (verdict.verdict, verdict.note, verdict.right) == (TrialVerdict.UNDECIDED, note, None)


def test_unknown_fields_are_refused() -> None:
    content = json.loads(record_of(Case(ABOUT, settled=(decided_exactly(0, 0, 1), Decided.ARITHMETIC))).to_json())
    with pytest.raises(pydantic.ValidationError):
        SimulationRecord.model_validate({**content, "extra": 1})


def test_a_judge_is_told_its_error_probability() -> None:
    told = []

    def judge(error_probability: float) -> object:
        told.append(error_probability)
        return lambda values: decided_exactly(0.0, float(values.max()), 1)

    verdict = record_of(replace(Case(ABOUT), judge=judge), np.full((5, 1), 0.5)).verdicts[0]  # type: ignore[arg-type]
    assert told == [0.01] and (verdict.verdict, verdict.repeats, verdict.error_probability) == ("SUPPORTED", 5, 0.01)
