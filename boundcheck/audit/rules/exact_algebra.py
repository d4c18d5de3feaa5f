"""Equality of rational functions, roots and exponentials taken as unknowns of their own."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.witness import search
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: Eq or a conjunction of them. data: ``where``, definitions (symbol to expression) put in first."""
    where = step.data.get("where", {})
    if not all(isinstance(part, sympy.Eq) for part in sympy.And.make_args(step.conclusion)):
        return Finding(
            Status.UNKNOWN, "the conclusion is no equality; where SymPy decides one by itself, leave it unevaluated"
        )
    equalities = step.conclusion.args if isinstance(step.conclusion, sympy.And) else (step.conclusion,)
    if all(is_identity(equality.lhs.subs(where) - equality.rhs.subs(where)) for equality in equalities):
        return Finding(Status.PROVED, "the difference is the zero polynomial after clearing denominators")
    substituted = Step(step.id, step.claim, step.rule, _substituted(step.conclusion, where), step.given)
    return search(substituted, domains) or Finding(Status.UNKNOWN, "the difference is not the zero polynomial")


def _substituted(conclusion: Boolean, where: dict[sympy.Symbol, sympy.Expr]) -> Boolean:
    result: Boolean = conclusion.subs(where)
    return result


def is_identity(difference: sympy.Expr) -> bool:
    """Whether an expression is zero as a rational function of its symbols, roots of symbols, and other functions."""
    roots = {
        node for node in difference.atoms(sympy.Pow) if node.exp.is_Rational and node.base.is_Symbol and node.exp.q == 2
    }
    for base in {node.base for node in roots}:
        root = sympy.Dummy(f"root_{base}")
        difference = difference.subs({node: root**node.exp.p for node in roots if node.base == base}).subs(
            base, root**2
        )
    opaque = [node for node in difference.atoms(sympy.Function, sympy.Pow) if _is_opaque(node)]
    difference = difference.subs({node: sympy.Dummy(f"u{index}") for index, node in enumerate(opaque)})
    numerator, _ = sympy.fraction(sympy.together(difference))
    symbols = sorted(numerator.free_symbols, key=str)
    if not symbols:
        return bool(sympy.nsimplify(numerator) == 0) if numerator.is_Rational else False
    try:
        return bool(sympy.Poly(numerator, *symbols, domain="QQ").is_zero)
    except sympy.PolynomialError:
        return False


def _is_opaque(node: sympy.Expr) -> bool:
    return isinstance(node, sympy.Function) or (node.is_Pow and not node.exp.is_Integer)
