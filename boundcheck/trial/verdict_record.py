"""What a simulation says of each claim at each instance. The JSON Schema published beside this file comes from here."""

import json
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from boundcheck.core.statement import Sense

SCHEMA: Final = "boundcheck/simulation/1"
Decimal = str


class TrialVerdict(StrEnum):
    """SUPPORTED and REFUTED hold at the plan's confidence, or for certain where nothing was sampled."""

    SUPPORTED = "SUPPORTED"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"


class Decided(StrEnum):
    """How a verdict came about; only the first is subject to chance."""

    SAMPLING = "sampling"
    ENUMERATION = "enumeration of every realization"
    REALIZATION = "one realization, exhibited"
    ARITHMETIC = "exact arithmetic"


class Record(BaseModel):
    """Base of all parts: unknown fields are refused, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Side(Record):
    """The left side: the estimate and what encloses it (limits at the claim's error probability where sampled)."""

    estimate: float | None
    lower: float | None
    upper: float | None


class ClaimVerdict(Record):
    """One claim of a statement's variant at one instance and one draw.

    right: what the left side is held against, rounded down. tightness: right side over the left side's estimate.
    range: proved bound of a repeat's value. needed: repeats in all that a decision would take, estimated. power: the
    share of the enumerated truth that stands in the right side's place, to see that it is refuted; None for the claim.
    """

    statement: str
    variant: str
    claims: list[str]
    sense: Sense
    equation: str
    meaning: str
    instance: str
    draw: str
    picks: str
    power: Decimal | None
    cell: str | None
    verdict: TrialVerdict
    decided_by: Decided
    left: Side
    right: Decimal | None
    tightness: float | None
    repeats: int
    range: float | None
    error_probability: float | None
    needed: int | None
    note: str

    def to_json(self) -> str:
        """As the schema describes it, on one line."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)


class NotApplicable(Record):
    """An assumption that an instance does not meet: nothing is claimed of it."""

    statement: str
    variant: str
    instance: str
    draw: str
    reason: str


class SimulationRecord(Record):
    """A plan and what came of it. Every number in it can be had again from the plan alone."""

    schema_: Literal["boundcheck/simulation/1"] = Field(default=SCHEMA, alias="schema")
    versions: dict[str, str]
    command: str
    plan: dict[str, Any]
    store: str
    verdicts: list[ClaimVerdict]
    not_applicable: list[NotApplicable]

    def to_json(self) -> str:
        """The record as JSON, as its schema describes it."""
        content = self.model_dump(mode="json", by_alias=True)
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def json_schema() -> str:
    """The JSON Schema of simulations, as published in ``simulation-1.schema.json``."""
    return json.dumps(SimulationRecord.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"
