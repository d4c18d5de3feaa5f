"""Proof steps as data: what is concluded, from what, by which rule; and the statuses that an audit can give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from sympy.logic.boolalg import Boolean


class Status(StrEnum):
    """What an audit says of a step, weakest last.

    PROVED: for all parameters. PROVED_UP_TO: for all up to a stated size. CHECKED: on sampled or evaluated instances.
    CITED: taken from the literature. UNKNOWN: not decided. REFUTED: an exact counterexample is known. VACUOUS: nothing
    meets the assumptions; said of a statement alone.
    """

    PROVED = "PROVED"
    PROVED_UP_TO = "PROVED_UP_TO"
    CHECKED = "CHECKED"
    CITED = "CITED"
    UNKNOWN = "UNKNOWN"
    REFUTED = "REFUTED"
    VACUOUS = "VACUOUS"


@dataclass(frozen=True)
class Step:
    """One inference of a proof.

    conclusion: what is concluded, a relation or a conjunction of relations, over symbols with domains.
    given: what it is concluded from: assumptions, and conclusions of earlier steps.
    rule: the inference rule that replays it; data is what that rule needs beyond the relations.
    cites: ids of steps of this proof, or of statements, that give what is used.
    refutes: what a counterexample to the step is one to: this proof, or the statement's claim itself.
    """

    id: str
    claim: str
    rule: str
    conclusion: Boolean
    given: tuple[Boolean, ...] = ()
    cites: tuple[str, ...] = ()
    equation: str = ""
    refutes: Literal["proof", "claim"] = "proof"
    data: Mapping[str, Any] = field(default_factory=dict)
