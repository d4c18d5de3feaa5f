"""The report of a check: part by part what agrees, what does not match, and what could not be checked.

The JSON Schema published beside this file is generated from these models.
"""

import json
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA: Final = "boundcheck/check/1"


class Answer(StrEnum):
    """About a part or a field. RECORDED: a fact such as a run time, which nothing can recompute; it decides nothing."""

    DIFFERS = "does not match"
    OPEN = "could not be checked"
    RECORDED = "taken as recorded"
    AGREES = "agrees"


class Record(BaseModel):
    """Base of all parts: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Finding(Record):
    """A field that does not simply agree: its path in the file, what it says, what was recomputed, and why."""

    path: str
    answer: Answer
    recorded: str | None
    recomputed: str | None
    why: str | None


class PartRecord(Record):
    """One part of the file; ``compared`` counts the values that were recomputed and compared."""

    name: str
    answer: Answer
    compared: int
    findings: list[Finding]


class CheckReport(Record):
    """What a check of one file found. ``answer`` is the first of the parts' in the order of Answer, RECORDED aside."""

    schema_: Literal["boundcheck/check/1"] = Field(default=SCHEMA, alias="schema")
    version: str = Field(description="of the boundcheck that checked")
    file: str
    file_sha256: str
    kind: Literal["certificate", "compression"]
    answer: Answer
    parts: list[PartRecord]

    def to_json(self) -> str:
        """The report as JSON, as its schema describes it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"

    def findings(self, answer: Answer) -> list[Finding]:
        """All findings with this answer, part by part."""
        return [finding for part in self.parts for finding in part.findings if finding.answer is answer]


def json_schema() -> str:
    """The JSON Schema of reports, as published in ``check-1.schema.json``."""
    return json.dumps(CheckReport.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"
