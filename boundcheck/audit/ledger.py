"""The ledger of an audit: every statement's steps with their statuses, and what follows for proofs and claims."""

import json
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from boundcheck.core.statement import Consequence
from boundcheck.core.step import Status

SCHEMA: Final = "boundcheck/audit/1"


class Record(BaseModel):
    """Base of all parts: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class StepRecord(Record):
    """One step: what it concludes, by which rule, and what came of it."""

    id: str
    claim: str
    equation: str
    latex: str
    rule: str
    status: Status
    refutes: Literal["proof", "claim"]
    seconds: float = Field(description="time this machine took; no part of the result")
    witness: dict[str, str]
    note: str


class FormulaRecord(Record):
    """An assumption, definition or claim of a statement, as LaTeX."""

    role: Literal["assumption", "definition", "claim"]
    id: str
    equation: str
    latex: str
    meaning: str


class CorrectionRecord(Record):
    """What the corrected form changes: where, why, with what consequence; formulas as LaTeX where one changes.

    steps: the printed proof's steps that fail for this reason; their witnesses stand there.
    """

    what: str
    why: str
    consequence: Consequence | None
    place: str
    printed: str | None
    corrected: str | None
    steps: list[str]


class InstanceRecord(Record):
    """Numbers that meet all assumptions (PROVED), or that there are none (VACUOUS), or why neither is known."""

    status: Status
    note: str
    numbers: dict[str, str]


class StatementAudit(Record):
    """One variant of one statement.

    proof_status: the weakest of its steps and of the proofs it uses, UNKNOWN where the steps leave gaps; null where its
    proof is not written as steps.
    claim_status: REFUTED only by a counterexample to the claim itself; a proof that fails leaves the claim UNKNOWN, and
    assumptions that nothing meets make it VACUOUS.
    """

    id: str
    paper: str
    aliases: list[str]
    variant: str
    item: str = Field(description="the statement's printed name")
    title: str
    kind: str
    proof_status: Status | None
    claim_status: Status | None
    formulas: list[FormulaRecord]
    corrections: list[CorrectionRecord]
    instance: InstanceRecord
    steps: list[StepRecord]
    gaps: list[str] = Field(description="what is missing for the steps to be a proof of the claims; none if they are")
    trusted: list[str] = Field(
        description="steps that say what variables stand for or what the proof constructs, and that a claim rests on"
    )
    uses: list[str]
    debts: list[str] = Field(description="steps and used statements that are only checked, cited or open")


class Ledger(Record):
    """An audit. ``counts`` are steps by status, by variant; steps that only name things are left out."""

    schema_: Literal["boundcheck/audit/1"] = Field(default=SCHEMA, alias="schema")
    versions: dict[str, str]
    statements: list[StatementAudit]
    counts: dict[str, dict[str, int]]

    def to_json(self) -> str:
        """The ledger as JSON."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"
