"""Values of roundings: floor(x) = n if the integer n is at most x < n + 1, and ceiling(x) = n if n - 1 < x <= n."""

import sympy

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.witness import search
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: Eq(floor(x), n) or Eq(ceiling(x), n); both bounds must follow from what is given by smt."""
    conclusion = step.conclusion
    if not (isinstance(conclusion, sympy.Eq) and isinstance(conclusion.lhs, sympy.floor | sympy.ceiling)):
        return Finding(Status.UNKNOWN, "the conclusion is not floor(x) = n or ceiling(x) = n")
    x, n = conclusion.lhs.args[0], conclusion.rhs
    if not is_integer(n, domains):
        return search(step, domains) or Finding(Status.UNKNOWN, f"{n} is not known to be an integer")
    low = n if isinstance(conclusion.lhs, sympy.floor) else n - 1
    bounds = (sympy.Le, sympy.Lt) if isinstance(conclusion.lhs, sympy.floor) else (sympy.Lt, sympy.Le)
    for relation in (bounds[0](low, x, evaluate=False), bounds[1](x, low + 1, evaluate=False)):
        found = rule("smt")(Step(step.id, step.claim, "smt", relation, step.given), domains)
        if found.status is not Status.PROVED:
            return search(step, domains) or Finding(Status.UNKNOWN, f"{relation} is not shown: {found.note}")
    return Finding(Status.PROVED, f"an integer with {x} within one of it")


def is_integer(node: sympy.Basic, domains: Domains) -> bool:
    """Whether an expression is an integer by its form and the domains of its symbols, or their own kind without one."""
    if node.is_Symbol:
        domain = domains[node].domain if node in domains else None
        return bool(node.is_integer) if domain is None else bool(domain.is_subset(sympy.S.Integers))
    if node.is_Add or node.is_Mul:
        return all(is_integer(argument, domains) for argument in node.args)
    return bool(node.is_Integer) or isinstance(node, sympy.floor | sympy.ceiling)
