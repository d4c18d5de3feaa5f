"""Applies another statement: its claim at these values follows if its assumptions at these values are given."""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.audit.domain_facts import domain_relations
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.relations import parts, same
from boundcheck.core.statement import Statement, Variable
from boundcheck.core.step import Status, Step
from boundcheck.core.substitution import put_in
from boundcheck.library import library

from .rounding import is_integer

# Statements that are applied instead of the library's of the same id: what an audit changes on trial.
INSTEAD: ContextVar[Mapping[str, Statement]] = ContextVar("INSTEAD")


def check(step: Step, domains: Domains) -> Finding:
    """data: ``statement``, ``variant``, ``claim``, and ``where``: symbol of that statement to expression of this proof.

    Every assumption of the statement, with the values put in, must be given or hold as it stands, and every value must
    lie in its symbol's domain: constants that a proof sets are checked against what the lemma asks of them.
    """
    name = step.data["statement"]
    used = INSTEAD.get({}).get(name) or library().find(name)
    variant = used.variant(step.data["variant"])
    where = step.data.get("where", {})
    claim = put_in(variant.expand(variant.claim(step.data["claim"]).relation), where)
    if not same(step.conclusion, claim):
        return Finding(Status.UNKNOWN, f"{used.id} gives {claim} instead")
    for assumption in variant.assumptions_of(step.data["claim"]):
        needed = put_in(variant.expand(assumption.relation), where)
        if not _is_given(needed, step, domains):
            return Finding(Status.UNKNOWN, f"{used.id} asks for {assumption.id}, which is not given: {needed}")
    relations = [variant.claim(step.data["claim"]).relation]
    relations += [a.relation for a in variant.assumptions_of(step.data["claim"])]
    spoken_of = set().union(*(variant.expand(relation).free_symbols for relation in relations))
    for variable, value in _values(used, set(variant.definitions), where, spoken_of):
        if not _lies_in(variable, value, step, domains):
            return Finding(Status.UNKNOWN, f"{used.id}: {variable.symbol} = {value} is not shown to lie in its domain")
    return Finding(Status.PROVED, f"{used.id} ({step.data['variant']}), {step.data['claim']}")


def _is_given(needed: Boolean, step: Step, domains: Domains) -> bool:
    known = [part for relation in step.given for part in parts(relation)]
    missing = [part for part in parts(needed) if not any(same(part, relation) for relation in known)]
    return all(_shown(part, step, domains) for part in missing)


def _values(
    used: Statement, defined: set[sympy.Symbol], where: Mapping[sympy.Basic, sympy.Basic], spoken_of: set[sympy.Basic]
) -> Iterator[tuple[Variable, sympy.Basic]]:
    """The variables that are put in, or that the claim and its assumptions speak of, with their values."""
    for variable in used.variables:
        is_met = variable.symbol in where or variable.symbol in spoken_of
        if is_met and variable.domain is not None and variable.symbol not in defined:
            yield variable, where.get(variable.symbol, variable.symbol)


def _lies_in(variable: Variable, value: sympy.Basic, step: Step, domains: Domains) -> bool:
    domain = variable.domain
    assert domain is not None
    own = domains[value].domain if value in domains else None
    if value.is_number:
        return bool(domain.contains(value) == sympy.true)
    if own is not None and own.is_subset(domain):
        return True
    place = sympy.Dummy("value")
    bounds = domain_relations([place], {place: Variable(place, domain, variable.meaning)})
    integers = domain.is_subset(sympy.S.Integers)
    if integers and not is_integer(value, domains):
        return False
    return all(_shown(bound.xreplace({place: value}), step, domains) for bound in bounds)


def _shown(relation: Boolean, step: Step, domains: Domains) -> bool:
    if relation == sympy.true:
        return True
    inner = Step(step.id, "side condition", "smt", relation, step.given)
    return rule("smt")(inner, domains).status is Status.PROVED
