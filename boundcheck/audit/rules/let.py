"""Introduces arbitrary values: "let d be a step before the last". What is concluded later holds for each of them."""

from boundcheck.audit.domain_facts import domain_relations
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.form_facts import form_facts
from boundcheck.audit.smt_encoding import Encoding
from boundcheck.audit.smt_solvers import EFFORT, Answer, by_z3
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: what the new symbols satisfy; z3 must find values of all symbols that do, or they may not exist.

    ``audit.chain`` sees to it that every relation speaks of a fresh symbol or sequence.
    """
    import z3

    if step.given:
        return Finding(Status.UNKNOWN, "what is arbitrary needs nothing given; say it in the conclusion")
    encoding = Encoding()
    facts = [step.conclusion, *domain_relations(step.conclusion.free_symbols, domains)]
    formulas = [encoding.relation(relation) for relation in (*facts, *form_facts(facts, domains))]
    defined = [z3.Not(gap) for gap, _ in encoding.gaps]
    answer, _, _ = by_z3(encoding, [*formulas, *encoding.definitions, *defined], EFFORT)
    if answer is Answer.SAT:
        return Finding(Status.PROVED, "such values exist over the reals (z3)")
    return Finding(Status.UNKNOWN, f"z3 finds no values that satisfy it: {answer.value}")
