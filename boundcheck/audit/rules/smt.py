"""Polynomial and rational inequalities over the reals, by z3 and cvc5; a model counts only after exact re-decision."""

from dataclasses import replace
from typing import Any

from boundcheck.audit.domain_facts import domain_relations, step_symbols
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.form_facts import form_facts
from boundcheck.audit.smt_encoding import Encoding
from boundcheck.audit.smt_solvers import EFFORT, Opinion, ask
from boundcheck.audit.witness import search
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """data: ``effort``, z3's limit in its own units of work.

    PROVED if no counterexample exists: by both solvers, or by one where the other does not decide. REFUTED at a model
    that holds up exactly; all else UNKNOWN. Denominators are shown to be nonzero and radicands nonnegative first; where
    that fails, x/0 and such roots may be anything, the same wherever they stand.
    """
    import z3

    encoding, effort = Encoding(), int(step.data.get("effort", EFFORT))
    facts = [*domain_relations(step_symbols(step), domains), *step.given]
    facts += form_facts((*facts, step.conclusion), domains)
    known = [encoding.relation(relation) for relation in facts]
    negated = z3.Not(encoding.relation(step.conclusion))
    known += encoding.definitions
    defined, doubts = _defined(encoding, known, effort)
    opinion = ask(encoding, [*known, *defined, negated], effort)
    if opinion.unsatisfiable:
        return Finding(Status.PROVED, opinion.note)
    return _refuted(step, domains, opinion) or Finding(
        Status.UNKNOWN,
        "; ".join([f"{opinion.note}, and no exact counterexample was found", *(f"not shown: {d}" for d in doubts)]),
    )


def _defined(encoding: Encoding, known: list[Any], effort: int) -> tuple[list[Any], list[str]]:
    """That denominators are not zero and radicands not negative, as far as it follows; and what does not follow."""
    import z3

    gaps = encoding.gaps
    if not gaps or ask(encoding, [*known, z3.Or(*(gap for gap, _ in gaps))], effort).unsatisfiable:
        return [z3.Not(gap) for gap, _ in gaps], []
    shown: list[Any] = []
    doubts = []
    for gap, description in gaps:
        if ask(encoding, [*known, *shown, gap], effort).unsatisfiable:
            shown.append(z3.Not(gap))
        else:
            doubts.append(description)
    return shown, doubts


def _refuted(step: Step, domains: Domains, opinion: Opinion) -> Finding | None:
    found = search(step, domains, opinion.points)
    return found and replace(found, note=f"{found.note} ({opinion.note})")
