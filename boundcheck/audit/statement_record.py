"""One variant of one statement as the ledger records it: formulas, corrections, steps, gaps, statuses, debts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sympy

from boundcheck.core.statement import Assumption, Claim, Correction, Statement, Variant
from boundcheck.core.step import Status
from boundcheck.library import Library

from .ledger import CorrectionRecord, FormulaRecord, InstanceRecord, StatementAudit, StepRecord
from .status import GIVEN, claim_status, form_of, proof_status
from .trusted_base import trusted
from .vacuity import Vacuity

DEBTS = {Status.CHECKED, Status.CITED, Status.UNKNOWN, Status.REFUTED}


@dataclass(frozen=True)
class Replayed:
    """What replaying one variant gave."""

    steps: list[StepRecord]
    gaps: list[str]
    vacuity: Vacuity

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The steps' statuses; steps that leave gaps prove nothing."""
        return (*(step.status for step in self.steps), *([Status.UNKNOWN] if self.gaps else []))


def statement_record(
    found: Library,
    statement: Statement,
    variant: str,
    replayed: Replayed,
    statuses: Mapping[tuple[str, str], tuple[Status, ...]],
) -> StatementAudit:
    """The record of a statement in the printed or corrected world; ``statuses`` are those of all its ancestors too."""
    paper = next(paper for paper in found.papers.values() if statement.id in paper.statements)
    statements, steps = paper.statements, replayed.steps
    proof = proof_status(statement, variant, statuses, statements)
    form = statement.variant(form_of(statement, variant))
    refuted = any(step.refutes == "claim" and step.status is Status.REFUTED for step in steps)
    return StatementAudit(
        id=statement.id,
        paper=paper.id,
        aliases=sorted(alias for alias, target in paper.aliases.items() if target == statement.id),
        variant=variant,
        item=statement.source.item,
        title=statement.title,
        kind=statement.kind,
        proof_status=proof,
        claim_status=claim_status(proof, refuted, replayed.vacuity.status is Status.VACUOUS),
        formulas=_formulas(form),
        corrections=[_correction(statement, correction) for correction in form.corrections],
        instance=InstanceRecord(
            status=replayed.vacuity.status, note=replayed.vacuity.note, numbers=dict(replayed.vacuity.instance)
        ),
        steps=steps,
        gaps=replayed.gaps,
        trusted=trusted(statement, form, form.proof),
        uses=[*statement.uses, *(name for name in statement.proof_uses if name not in statement.uses)],
        debts=_debts(statement, variant, replayed, statements),
    )


def _debts(statement: Statement, variant: str, replayed: Replayed, statements: Mapping[str, Statement]) -> list[str]:
    """What keeps the statement from being proved, its own steps first."""
    own = [f"{step.id}: {step.status}" for step in replayed.steps if step.status in DEBTS]
    used = [
        f"{name}: not written as steps" for name in statement.proof_uses if not _has_proof(statements[name], variant)
    ]
    instance = [] if replayed.vacuity.status is Status.PROVED else [f"instance: {replayed.vacuity.note}"]
    return own + [f"gap: {gap}" for gap in replayed.gaps] + used + instance


def _has_proof(statement: Statement, variant: str) -> bool:
    return statement.kind in GIVEN or bool(statement.variant(form_of(statement, variant)).proof)


def _correction(statement: Statement, correction: Correction) -> CorrectionRecord:
    return CorrectionRecord(
        what=correction.what,
        why=correction.why,
        consequence=correction.consequence,
        place=correction.place,
        printed=_formula(statement.variant("printed"), correction.formula),
        corrected=_formula(statement.variant("corrected"), correction.formula),
        steps=list(correction.steps),
    )


def _formula(variant: Variant, wanted: str) -> str | None:
    return next((record.latex for record in _formulas(variant) if record.id == wanted), None)


def _formulas(variant: Variant) -> list[FormulaRecord]:
    found = [
        FormulaRecord(
            role="definition",
            id=str(symbol),
            equation="",
            latex=sympy.latex(sympy.Eq(symbol, value, evaluate=False)),
            meaning="",
        )
        for symbol, value in variant.definitions.items()
    ]
    roles: tuple[tuple[Literal["assumption", "claim"], Sequence[Assumption | Claim]], ...] = (
        ("assumption", variant.assumptions),
        ("claim", variant.claims),
    )
    for role, parts in roles:
        for part in parts:
            latex = sympy.latex(part.relation)
            found.append(
                FormulaRecord(role=role, id=part.id, equation=part.equation, latex=latex, meaning=part.meaning)
            )
    return found
