"""Gives a name to an expression: it proves nothing, and a fresh name can contradict nothing."""

import sympy

from boundcheck.audit.finding import Domains, Finding
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: Eq(name, expression), or several. ``audit.chain`` sees to it that the names are fresh."""
    for part in sympy.And.make_args(step.conclusion):
        if not isinstance(part, sympy.Eq) or not part.lhs.is_Symbol:
            return Finding(Status.UNKNOWN, f"{part} does not define a symbol; write Eq(symbol, expression)")
        if part.lhs in part.rhs.free_symbols:
            return Finding(Status.UNKNOWN, f"{part.lhs} is defined by itself")
        if part.lhs in domains:
            return Finding(Status.UNKNOWN, f"{part.lhs} is a variable of the statement; say what it means instead")
    if step.given:
        return Finding(Status.UNKNOWN, "a definition needs nothing given")
    return Finding(Status.PROVED, "a name")
