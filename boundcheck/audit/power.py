"""The power of the audit: mutated statements and proofs are replayed, and what survives is accounted for."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.statement import Statement, Variant
from boundcheck.core.step import Status, Step
from boundcheck.core.substitution import put_in
from boundcheck.library import library

from .chain import SETTING, gaps
from .domain_facts import domains_of
from .finding import Domains
from .ledger import StepRecord
from .mutants import Change, Mutant, changed_step, mutants_of, put_into, spread
from .relations import canonical, parts
from .replay import replay_step
from .rules.application import INSTEAD
from .smt_solvers import Z3_ALONE
from .status import ORDER, form_of

OPEN = {Status.UNKNOWN, Status.REFUTED}
SETTLED = {Status.PROVED}
Killer = Literal["", "witness", "rule", "chain"]
Kind = Literal["", "equivalent", "slack", "blind spot"]


@dataclass(frozen=True)
class Outcome:
    """killer: what noticed the mutant, "" if nothing; survival: of what class it is then, and why."""

    mutant: Mutant
    killer: Killer
    where: str
    survival: Kind = ""
    reason: str = ""


def measured(names: Collection[str] = ()) -> list[tuple[str, str]]:
    """The forms of statements (of those named, if any) whose proofs are accepted: the corrected one if there is one."""
    return [(s.id, _form(s)) for s in _chosen(names) if _is_accepted(s.id)]


def not_measured(names: Collection[str] = ()) -> list[str]:
    """Statements with a proof that is not accepted, so that nothing can be killed there."""
    return [s.id for s in _chosen(names) if s.variant(_form(s)).proof and not _is_accepted(s.id)]


def _chosen(names: Collection[str]) -> list[Statement]:
    return [s for s in library().statements() if not names or s.id in names]


def measure(
    count: int,
    seed: int = 1,
    *,
    names: Sequence[str] = (),
    workers: int = 2,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome]:
    """Judge so many mutants of the accepted proofs (of those named, if any), spread over statements and kinds."""
    chosen = spread(_all_mutants(names), count, seed)
    places = {id(mutant): place for (name, place), mutant in _numbered(names)}
    jobs = [(mutant.statement, places[id(mutant)]) for mutant in chosen]
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(workers) as pool:
        judged = map(_judged, jobs) if workers == 1 else pool.map(_judged, jobs, chunksize=4)
        for mutant, outcome in zip(chosen, judged, strict=True):
            outcomes.append(Outcome(mutant, *outcome))
            progress(len(outcomes), len(chosen))
    return outcomes


def judge(mutant: Mutant) -> Outcome:
    """Whether the mutated proof, or one that applies the mutated statement, is noticed; else why not."""
    original = library().find(mutant.statement)
    changed = put_into(original, mutant)
    with _instead(changed):
        for killer, where in _noticed(original, changed, mutant):
            return Outcome(mutant, killer, where)
        for user, changed_user in _users(original, changed, mutant.variant):
            for killer, where in _noticed(user, changed_user, mutant):
                return Outcome(mutant, killer, f"{user.id}: {where}")
    kind, reason = _survival(mutant, original, changed)
    return Outcome(mutant, "", "", kind, reason)


# Which proofs are measured, and their statuses as they stand.


def _form(statement: Statement) -> str:
    return form_of(statement, "corrected")


@cache
def _statements() -> dict[str, Statement]:
    return {statement.id: statement for statement in library().statements()}


@cache
def _domains(name: str) -> Domains:
    return domains_of(_statements()[name], _statements())


@cache
def _gaps(name: str) -> frozenset[str]:
    statement = _statements()[name]
    form = _form(statement)
    return frozenset(gaps(statement, form, statement.variant(form).proof, _statements()))


@cache
def _by_z3_alone(name: str, number: int) -> StepRecord:
    with _instead():  # also if it is asked for while a changed statement is tried
        return _quick(_proof(name)[number], _domains(name))


@cache
def _record(name: str, number: int) -> StepRecord:
    with _instead():
        return _replayed(name, number, _proof(name)[number])


def _proof(name: str) -> tuple[Step, ...]:
    statement = _statements()[name]
    return statement.variant(_form(statement)).proof


@cache
def _is_accepted(name: str) -> bool:
    if not _proof(name) or _gaps(name):
        return False
    return all(_record(name, number).status not in OPEN for number in range(len(_proof(name))))


@cache
def _mutants(name: str) -> list[Mutant]:
    statement = _statements()[name]
    return mutants_of(statement, _form(statement), _domains(name))


def _numbered(names: Sequence[str]) -> Iterator[tuple[tuple[str, int], Mutant]]:
    for name in names or [name for name, _ in measured()]:
        for number, mutant in enumerate(_mutants(name)):
            yield (name, number), mutant


def _all_mutants(names: Sequence[str]) -> list[Mutant]:
    return [mutant for _, mutant in _numbered(names)]


def _judged(job: tuple[str, int]) -> tuple[Killer, str, Kind, str]:
    # Processes pass numbers and text, not formulas: symbols with a LaTeX form of their own cannot be sent.
    name, number = job
    outcome = judge(_mutants(name)[number])
    return outcome.killer, outcome.where, outcome.survival, outcome.reason


# Replaying what a mutant changes.


def _replayed(name: str, number: int, step: Step) -> StepRecord:
    """A step in place of the one of that number, by z3 alone where that proves the original."""
    if _by_z3_alone(name, number).status in OPEN:
        return replay_step(step, _domains(name))
    return _quick(step, _domains(name))


def _quick(step: Step, domains: Domains) -> StepRecord:
    token = Z3_ALONE.set(True)
    try:
        return replay_step(step, domains)
    finally:
        Z3_ALONE.reset(token)


@contextmanager
def _instead(*statements: Statement) -> Iterator[None]:
    token = INSTEAD.set({statement.id: statement for statement in statements})
    try:
        yield
    finally:
        INSTEAD.reset(token)


def _noticed(original: Statement, changed: Statement, mutant: Mutant) -> Iterator[tuple[Killer, str]]:
    """Steps that come out weaker than before, and new gaps in the chain."""
    form = _form(original)
    steps = changed.variant(form).proof
    for number, (before, after) in enumerate(zip(_proof(original.id), steps, strict=True)):
        if before is after and not _applies(after, mutant.statement):
            continue
        record = _replayed(original.id, number, after)
        if ORDER.index(record.status) > ORDER.index(_record(original.id, number).status):
            killer: Killer = "witness" if record.status is Status.REFUTED else "rule"
            yield killer, f"{after.id} ({after.rule})"
    for gap in gaps(changed, form, steps, {**_statements(), changed.id: changed}):
        if gap not in _gaps(original.id):
            yield "chain", gap


def _applies(step: Step, name: str) -> bool:
    return step.rule == "application" and step.data["statement"] == name


def _users(original: Statement, changed: Statement, form: str) -> Iterator[tuple[Statement, Statement]]:
    """Statements whose accepted proofs apply the one that changed, with what it now gives them.

    What they have concluded to meet its assumptions stays: whether that is enough is the rule's to say.
    """
    for user in _statements().values():
        applications = [s for s in _proof(user.id) if _applies(s, original.id) and s.data["variant"] == form]
        if applications and _is_accepted(user.id):
            changes = [_given_by(step, original.variant(form), changed.variant(form)) for step in applications]
            variant = user.variant(_form(user))
            steps = tuple(changed_step(step, changes) for step in variant.proof)
            yield user, replace(user, variants={**user.variants, _form(user): replace(variant, proof=steps)})


def _given_by(step: Step, before: Variant, after: Variant) -> Change:
    """What an application concludes, as it was and as it becomes."""
    where, claim = step.data.get("where", {}), step.data["claim"]
    old, new = (put_in(form.expand(form.claim(claim).relation), where) for form in (before, after))
    return old, new


# Why a mutant survives.


def _survival(mutant: Mutant, original: Statement, changed: Statement) -> tuple[Kind, str]:
    variant = original.variant(mutant.variant)
    before, after = mutant.changes[0]
    kind = mutant.place.split()[0]
    stands = [step for step in variant.proof if changed_step(step, mutant.changes) is not step]
    concludes = [s for s in stands if _concludes(s, before)]
    facts = _facts(mutant, variant)
    domains = _domains(original.id)
    if _implies(before, after, facts, domains) and _implies(after, before, facts, domains):
        return "equivalent", "each form implies the other"
    if kind == "assumption":
        return _of_assumption(before, after, stands, facts, domains)
    for step in concludes:
        status = _record(original.id, variant.proof.index(step)).status
        if step.rule not in SETTING and status not in SETTLED:
            return "blind spot", f"{step.id} is {status} by {step.rule}, whatever it concludes"
    if not concludes:
        return "blind spot", "no step holds it"
    weaker = _implies(before, after, facts, domains)
    if all(step.rule in SETTING for step in concludes):
        if weaker:
            return "slack", f"{concludes[0].id} ({concludes[0].rule}) may say less"
        return "blind spot", f"{concludes[0].id} is a {concludes[0].rule}, and trusted"
    if weaker:
        return "slack", f"it is weaker, and {concludes[0].id} ({concludes[0].rule}) proves it too"
    return "slack", f"{concludes[0].id} ({concludes[0].rule}) has room for it"


def _of_assumption(
    before: Boolean, after: Boolean, stands: Sequence[Step], facts: Sequence[Boolean], domains: Domains
) -> tuple[Kind, str]:
    if not stands:
        return "blind spot", "an assumption that no step uses"
    if after != sympy.true and _implies(after, before, facts, domains):
        return "slack", "a stronger assumption, so a weaker theorem"
    if all(step.rule in SETTING for step in stands):
        return "blind spot", f"it only stands in {stands[0].id}, a {stands[0].rule}"
    users = ", ".join(step.id for step in stands)
    return "slack", f"what uses it ({users}) needs less of it, or has room"


def _concludes(step: Step, relation: Boolean) -> bool:
    form = canonical(relation)
    return any(canonical(part) == form for part in parts(step.conclusion))


def _facts(mutant: Mutant, variant: Variant) -> list[Boolean]:
    """What may be used to compare the two forms: the other assumptions, or the other definitions.

    Nothing for claims and steps: from what they are concluded from, any two true conclusions would be the same.
    """
    kind, _, name = mutant.place.partition(" ")
    if kind == "assumption":
        return [a.relation for a in variant.assumptions if a.id != name]
    return [
        sympy.Eq(s, v, evaluate=False)
        for s, v in variant.definitions.items()
        if kind == "definition" and str(s) != name
    ]


def _implies(before: Boolean, after: Boolean, facts: Sequence[Boolean], domains: Domains) -> bool:
    if after == sympy.true:
        return True
    given = tuple(relation for relation in (before, *facts) if relation != sympy.true)
    ways = (Step("implied", "the other form", name, after, given) for name in ("smt", "monomial-ratio"))
    return any(_quick(step, domains).status is Status.PROVED for step in ways)
