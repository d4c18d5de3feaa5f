"""Replays the proofs of a library: every step by its rule, statements in parallel, statuses over the uses-graph."""

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import sympy

from boundcheck.core.statement import Assumption, Claim, Statement, Variant
from boundcheck.core.step import Status, Step
from boundcheck.library import Library, library

from .finding import Domains, Finding
from .ledger import FormulaRecord, Ledger, StatementAudit, StepRecord
from .registry import rule
from .status import claim_status, proof_status

VERSIONED = ("boundcheck", "sympy", "python-flint", "z3-solver", "cvc5")
DEBTS = {Status.CHECKED, Status.CITED, Status.UNKNOWN, Status.REFUTED}


def audit(
    names: Sequence[str] = (),
    variants: Sequence[str] = ("printed", "corrected"),
    *,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Ledger:
    """Replay the proofs of the named statements (all if none) and of everything they use.

    workers: processes; the number of cores if None, and 1 replays in this process.
    progress: called with the statement just finished, how many are done and how many there are.
    Raises LibraryError for a name that is unknown.
    """
    found = library()
    chosen = [found.find(name) for name in names] or list(found.statements())
    needed = _with_everything_used(found, chosen)
    jobs = [(s.id, v) for s in needed.values() for v in s.variants]
    steps = dict(zip(jobs, _replayed(jobs, workers, progress), strict=True))
    statuses = {job: tuple(step.status for step in records) for job, records in steps.items()}
    records = [
        _statement(
            found,
            statement,
            variant,
            steps.get((statement.id, variant)) or steps[statement.id, "printed"],
            statuses,
            needed,
        )
        for statement in needed.values()
        for variant in variants
    ]
    return Ledger(versions=_versions(), statements=records, counts=_counts(records))


def _with_everything_used(found: Library, chosen: Sequence[Statement]) -> dict[str, Statement]:
    """The chosen statements and their ancestors, in the library's order."""
    by_id = {statement.id: statement for statement in found.statements()}
    wanted: set[str] = set()
    open_ids = [statement.id for statement in chosen]
    while open_ids:
        name = open_ids.pop()
        if name not in wanted:
            wanted.add(name)
            open_ids += (*by_id[name].uses, *by_id[name].proof_uses)
    return {name: statement for name, statement in by_id.items() if name in wanted}


def _replayed(
    jobs: Sequence[tuple[str, str]], workers: int | None, progress: Callable[[str, int, int], None]
) -> list[list[StepRecord]]:
    workers = workers or os.cpu_count() or 1
    results: list[list[StepRecord]] = []
    if workers == 1:
        for number, job in enumerate(jobs, start=1):
            results.append(replay_statement(*job))
            progress(" ".join(job), number, len(jobs))
        return results
    with ProcessPoolExecutor(workers) as pool:
        for number, records in enumerate(pool.map(replay_statement, *zip(*jobs, strict=True)), start=1):
            results.append(records)
            progress(" ".join(jobs[number - 1]), number, len(jobs))
    return results


def replay_statement(name: str, variant: str) -> list[StepRecord]:
    """Every step of one variant's proof, by its rule."""
    statement = library().find(name)
    domains: Domains = {variable.symbol: variable for variable in statement.variables}
    return [replay_step(step, domains) for step in statement.variant(variant).proof]


def replay_step(step: Step, domains: Domains) -> StepRecord:
    """One step by its rule; whatever goes wrong there is UNKNOWN with its reason."""
    start = time.perf_counter()
    try:
        finding = rule(step.rule)(step, domains)
    except Exception as error:  # noqa: BLE001  (a rule that breaks must not decide, nor stop the others)
        finding = Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")
    return StepRecord(
        id=step.id,
        claim=step.claim,
        equation=step.equation,
        latex=sympy.latex(step.conclusion),
        rule=step.rule,
        status=finding.status,
        refutes=step.refutes,
        seconds=round(time.perf_counter() - start, 3),
        witness=dict(finding.witness),
        note=finding.note,
    )


def _statement(
    found: Library,
    statement: Statement,
    variant: str,
    steps: list[StepRecord],
    statuses: Mapping[tuple[str, str], tuple[Status, ...]],
    needed: Mapping[str, Statement],
) -> StatementAudit:
    paper = next(paper for paper in found.papers.values() if statement.id in paper.statements)
    proof = proof_status(statement, variant, statuses, needed)
    form = statement.variants.get(variant, statement.variants["printed"])
    used = [f"{name}: not written as steps" for name in statement.proof_uses if not _has_proof(needed[name], variant)]
    return StatementAudit(
        id=statement.id,
        paper=paper.id,
        aliases=sorted(alias for alias, target in paper.aliases.items() if target == statement.id),
        variant=variant,
        title=statement.title,
        kind=statement.kind,
        proof_status=proof,
        formulas=_formulas(form),
        corrections=[f"{c.what}. {c.why}" for c in form.corrections],
        claim_status=claim_status(proof, any(s.refutes == "claim" and s.status is Status.REFUTED for s in steps)),
        steps=steps,
        uses=[*statement.uses, *(name for name in statement.proof_uses if name not in statement.uses)],
        debts=[f"{step.id}: {step.status}" for step in steps if step.status in DEBTS] + used,
    )


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


def _has_proof(statement: Statement, variant: str) -> bool:
    name = variant if variant in statement.variants else "printed"
    return statement.kind in {"definition", "assumption"} or bool(statement.variant(name).proof)


def _counts(records: Sequence[StatementAudit]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {}
    for record in records:
        counted.setdefault(record.variant, Counter()).update(step.status.value for step in record.steps)
    return {variant: {status.value: counts[status.value] for status in Status} for variant, counts in counted.items()}


def _versions() -> dict[str, str]:
    found = {}
    for package in VERSIONED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
