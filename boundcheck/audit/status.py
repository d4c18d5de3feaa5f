"""Statuses over the uses-graph: a proof is as good as its weakest step and as the proofs that it uses."""

from collections.abc import Iterable, Mapping

from boundcheck.core.statement import Kind, Statement
from boundcheck.core.step import Status

ORDER = tuple(Status)
# What a definition or an assumption needs no proof for.
GIVEN = {Kind.DEFINITION, Kind.ASSUMPTION}


def form_of(statement: Statement, variant: str) -> str:
    """The form in which a statement enters: one that needs no correction enters the corrected world as printed."""
    return variant if variant in statement.variants else "printed"


def weakest(statuses: Iterable[Status]) -> Status:
    """The weakest of some statuses; PROVED for none."""
    return max(statuses, key=ORDER.index, default=Status.PROVED)


def proof_status(
    statement: Statement,
    variant: str,
    steps: Mapping[tuple[str, str], tuple[Status, ...]],  # with UNKNOWN for steps that leave gaps
    all_: Mapping[str, Statement],
) -> Status | None:
    """The status of a variant's proof with everything it uses; None where it, or something used, has no steps yet.

    A statement that needs no correction enters the corrected form of others as it is printed. A refuted step is REFUTED
    whatever else is open.
    """
    if statement.kind in GIVEN:
        return Status.PROVED
    own = steps.get((statement.id, form_of(statement, variant)), ())
    used = [proof_status(all_[name], variant, steps, all_) for name in statement.proof_uses]
    if Status.REFUTED in own or Status.REFUTED in used:
        return Status.REFUTED
    if not own or None in used:
        return None
    return weakest((*own, *(status for status in used if status is not None)))


def claim_status(proof: Status | None, refuted: bool, vacuous: bool = False) -> Status | None:
    """A claim stands as its proof does, but a proof that fails says nothing of the claim."""
    if vacuous:
        return Status.VACUOUS
    if refuted:
        return Status.REFUTED
    return Status.UNKNOWN if proof is Status.REFUTED else proof
