"""Replays the proofs of a library: every step by its rule, statements in parallel, statuses over the uses-graph."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Named
from boundcheck.core.statement import Statement
from boundcheck.core.step import Status, Step
from boundcheck.core.versions import installed_version
from boundcheck.library import Library, library

from .chain import SETTING, gaps
from .domain_facts import domains_of
from .finding import Domains, Finding
from .ledger import Ledger, StatementAudit, StepRecord
from .registry import rule
from .statement_record import Replayed, statement_record
from .status import form_of
from .vacuity import contradiction, vacuity

VERSIONED = ("boundcheck", "sympy", "python-flint", "z3-solver", "cvc5")


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
    replayed = dict(zip(jobs, _replayed(jobs, workers, progress), strict=True))
    statuses = {job: one.statuses for job, one in replayed.items()}
    records = [
        statement_record(found, statement, variant, replayed[statement.id, form_of(statement, variant)], statuses)
        for statement in needed.values()
        for variant in variants
    ]
    return Ledger(
        versions={name: installed_version(name) for name in VERSIONED}, statements=records, counts=_counts(records)
    )


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
) -> list[Replayed]:
    workers = workers or os.cpu_count() or 1
    results: list[Replayed] = []
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


def replay_statement(name: str, variant: str) -> Replayed:
    """Every step of one variant's proof by its rule, whether they hang together, and whether there is an instance."""
    statements = {each.id: each for each in library().statements()}
    statement = statements[name]
    form, domains = statement.variant(variant), domains_of(statement, statements)
    missing = gaps(statement, variant, form.proof, statements)
    if problem := contradiction(form, form.proof, domains):
        missing = [*missing, problem]
    return Replayed([replay_step(step, domains) for step in form.proof], missing, vacuity(statement, form))


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
        latex=_latex(step.conclusion),
        rule=step.rule,
        status=finding.status,
        refutes=step.refutes,
        seconds=round(time.perf_counter() - start, 3),
        witness=dict(finding.witness),
        note=finding.note,
    )


def _latex(relation: Boolean) -> str:
    """As LaTeX; of symbols that are local to a proof and named by a norm or a size, SymPy would make letters."""
    plain = [symbol for symbol in relation.free_symbols if not isinstance(symbol, Named) and "|" in symbol.name]
    bars = {"||": r"\Vert ", "_inf": r"_{\infty}", "|": r"\vert "}
    names = {}
    for symbol in plain:
        name = symbol.name
        for text, latex in bars.items():
            name = name.replace(text, latex)
        names[symbol] = name
    written: str = sympy.latex(relation, symbol_names=names)
    return written


def _counts(records: Sequence[StatementAudit]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {}
    for record in records:
        inferences = (step for step in record.steps if step.rule not in SETTING)
        counted.setdefault(record.variant, Counter()).update(step.status.value for step in inferences)
    of_steps = [status.value for status in Status if status is not Status.VACUOUS]
    return {variant: {name: counts[name] for name in of_steps} for variant, counts in counted.items()}
