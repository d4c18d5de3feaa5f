"""The solution of an inverse problem: every rung's least value, its neighbours, and how it is known to be least.

Numbers follow the certificate's conventions. The JSON Schema published beside this file is generated from these models.
"""

import json
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from boundcheck.certify.certificate import (
    Decimal,
    NetworkRecord,
    ProposalRecord,
    Provenance,
    Record,
    RungRecord,
    StatementRecord,
    TargetRecord,
)
from boundcheck.core.content_digest import DESCRIPTION, part_digests
from boundcheck.core.verdict import Verdict

SCHEMA: Final = "boundcheck/solution/1"


class Least(StrEnum):
    """What is to be as small as possible; SPLIT is the error, over the ways to split a budget among layers."""

    KEEP = "keep"
    LEVELS = "levels"
    ERROR = "error"
    WIDTH = "width"
    SPLIT = "split"


class Known(StrEnum):
    """How it is known what happens at other values, strongest first.

    PROVED: for all of them. ENUMERATED: each was evaluated. SEARCHED: what would hold there holds at a value that was
    searched for parameters without success. TRIED: those listed were evaluated, nothing is said of others.
    """

    PROVED = "proved"
    ENUMERATED = "enumerated"
    SEARCHED = "searched"
    TRIED = "tried"


class Claim(Record):
    """What is known of all larger, or of all smaller values."""

    known: Known
    why: str


class Attempt(Record):
    """A value at which the rung was evaluated."""

    value: str
    verdict: Verdict
    error_bound: Decimal | None


class QuestionRecord(Record):
    """What was asked; resolution: keep and split in steps of this, error to this relative precision."""

    least: Least
    layer: int | None = Field(description="whose output width is wanted")
    budget: str | None = Field(description="kept fraction of the whole network that is split among layers")
    resolution: str | None


class Answer(Record):
    """One rung's answer. verdict: HOLDS, one was found; FAILS, none that was evaluated; UNKNOWN, undecided."""

    rung: str
    paper: str
    decides: bool
    verdict: Verdict
    value: str | None
    keep_by_layer: dict[int, str] | None = Field(description="of a split")
    proved_from: str | None = Field(description="width from which on all are proved to hold")
    proof: RungRecord | None = Field(description="the rung there, with parameters that serve all larger widths")
    below: Attempt | None = Field(description="the next smaller value, which does not hold")
    larger: Claim | None
    smaller: Claim | None
    attempts: list[Attempt] = Field(description="every evaluation, by value")
    certificate: RungRecord = Field(description="the rung at the answer; without one, where it came closest")


class Solution(Record):
    """What was asked, and every rung's answer. verdict: HOLDS if a deciding rung has one, FAILS if none has."""

    schema_: Literal["boundcheck/solution/1"] = Field(default=SCHEMA, alias="schema")
    provenance: Provenance
    question: QuestionRecord
    network: NetworkRecord = Field(description="for a least width, the network as given")
    proposal: ProposalRecord = Field(description="what is searched for is null")
    target: TargetRecord | None = Field(description="null where the error itself is wanted")
    trivial_bound: Decimal
    statements: list[StatementRecord]
    answers: list[Answer]
    verdict: Verdict
    reason: str
    content_sha256: dict[str, str] = Field(default={}, description=DESCRIPTION)

    def sealed(self) -> "Solution":
        """The same with the digests of its parts."""
        digests = part_digests(self.model_dump(mode="json", by_alias=True))
        return self.model_copy(update={"content_sha256": digests})

    def to_json(self) -> str:
        """The solution as JSON, as its schema describes it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"

    def answer(self, rung: str) -> Answer:
        """The first rung of that name; KeyError if there is none."""
        for found in self.answers:
            if found.rung == rung:
                return found
        raise KeyError(rung)


def json_schema() -> str:
    """The JSON Schema of solutions, as published in ``solution-1.schema.json``."""
    return json.dumps(Solution.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"
