"""Induction over an integer: P(start), and P(n) implies P(n+1), each by another rule."""

from collections.abc import Iterable, Mapping
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from boundcheck.audit.domain_facts import domain_relations, step_symbols
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.witness import search
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step
from boundcheck.core.substitution import put_in

REALS = sympy.S.Reals
Subproof = tuple[str, Mapping[str, Any]]


def check(step: Step, domains: Domains) -> Finding:
    """data: ``variable`` n; ``start``, an integer; ``base`` and ``step``, each (rule name, data of that rule);
    ``recursion``, optional: relations that define the sequences, at every integer n >= start, used in the step.

    Proves the conclusion for every integer n >= start. Sequences are undefined functions of n, such as a(n). What is
    given must not hold n: a hypothesis about one n would not pass from n to n + 1. Both subproofs PROVED: PROVED, the
    weaker of the two otherwise; REFUTED only at an exact counterexample to the conclusion itself.
    """
    n, start = step.data["variable"], sympy.Integer(step.data["start"])
    if any(n in relation.free_symbols for relation in step.given):
        return Finding(Status.UNKNOWN, f"what is given holds {n}; relations for every {n} belong in `recursion`")
    if not _covered(n, start, domains):
        return Finding(Status.UNKNOWN, f"the domain of {n} is not the integers from {start} on")
    base = _subproof(step, "base", _at(step.conclusion, n, start), step.given, domains)
    if base.status is not Status.PROVED:
        return _failed(step, domains, f"P({start})", base)
    given = [*step.given, *step.data.get("recursion", ()), sympy.Ge(n, start, evaluate=False), step.conclusion]
    closes = _subproof(step, "step", _at(step.conclusion, n, n + 1), given, domains)
    if closes.status is not Status.PROVED:
        return _failed(step, domains, f"P({n}) => P({n} + 1)", closes)
    return Finding(Status.PROVED, f"P({start}): {base.note}; P({n}) => P({n} + 1): {closes.note}")


def _covered(n: sympy.Symbol, start: sympy.Integer, domains: Domains) -> bool:
    domain = domains[n].domain if n in domains else None
    return domain is not None and bool(domain.is_subset(sympy.Range(start, sympy.oo)))


def _failed(step: Step, domains: Domains, part: str, finding: Finding) -> Finding:
    # The base or the step alone may fail where the conclusion holds: that refutes the induction, not what it is for.
    return search(step, domains) or Finding(Status.UNKNOWN, f"{part} is {finding.status.value}: {finding.note}")


def _at(relation: Boolean, n: sympy.Symbol, value: sympy.Expr) -> Boolean:
    return put_in(relation, {n: value})


def _subproof(step: Step, part: str, conclusion: Boolean, given: Iterable[Boolean], domains: Domains) -> Finding:
    name, data = step.data[part]
    plain = _Plain(step.data["variable"], int(step.data["start"]))
    relations = tuple(plain.relation(relation) for relation in given)
    inner = Step(f"{step.id}/{part}", step.claim, name, plain.relation(conclusion), relations, data=data)
    known = dict(domains)
    for symbol in plain.names.values():
        known[symbol] = Variable(symbol, REALS, "a sequence or power at n")
    return rule(name)(_with_facts(inner, plain, known), known)


def _with_facts(inner: Step, plain: "_Plain", domains: Domains) -> Step:
    """The subproof with the signs of the powers that were named: b^n > 0 where b > 0, and b^n >= 1 where b >= 1."""
    facts: list[Boolean] = []
    for power, symbol in plain.names.items():
        if isinstance(power, sympy.exp):
            facts.append(sympy.Gt(symbol, 0, evaluate=False))
        elif isinstance(power, sympy.Pow):
            if plain.grows(power.exp) and _follows(sympy.Ge(power.base, 1, evaluate=False), inner, domains):
                facts.append(sympy.Ge(symbol, 1, evaluate=False))
            elif _follows(sympy.Gt(power.base, 0, evaluate=False), inner, domains):
                facts.append(sympy.Gt(symbol, 0, evaluate=False))
    return Step(inner.id, inner.claim, inner.rule, inner.conclusion, (*inner.given, *facts), data=inner.data)


def _follows(relation: Boolean, inner: Step, domains: Domains) -> bool:
    if not relation.free_symbols:
        return bool(relation.doit() == sympy.true)
    given = domain_relations(relation.free_symbols | step_symbols(inner), domains)
    found = rule("smt")(Step(inner.id, inner.claim, "smt", relation, tuple(given)), domains)
    return found.status is Status.PROVED


class _Plain:
    """Names a(n), b^n and e^{n u} by symbols, so that rules for polynomials can use them."""

    def __init__(self, n: sympy.Symbol, start: int) -> None:
        self._n, self._start = n, start
        self.names: dict[sympy.Basic, sympy.Symbol] = {}

    def grows(self, exponent: sympy.Expr) -> bool:
        """Whether the exponent is a nonnegative multiple of n, for all n from the start on."""
        factor = exponent / self._n
        return self._start >= 0 and bool(factor.is_Rational) and bool(factor >= 0)

    def relation(self, node: Boolean) -> Boolean:
        """The relation with b^(n+1) written as b^n b, and sequences, powers and exponentials named."""
        expanded = node.replace(
            lambda part: isinstance(part, sympy.Pow | sympy.exp) and not part.exp.is_number,
            lambda part: sympy.expand_power_exp(part.func(*map(sympy.expand, part.args))),
        )
        powers = expanded.atoms(sympy.Pow, sympy.exp)
        wanted = {part for part in powers if isinstance(part, sympy.exp) or self._n in part.exp.free_symbols}
        wanted |= expanded.atoms(AppliedUndef)
        for part in sorted(wanted, key=str):
            if part not in self.names:
                self.names[part] = sympy.Symbol(str(part), real=True)
        named: Boolean = expanded.xreplace(self.names)
        return named
