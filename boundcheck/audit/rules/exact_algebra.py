"""Equality of rational functions, roots and exponentials taken as unknowns of their own."""

import sympy

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.witness import search
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: Eq or a conjunction of them, each an identity of rational functions."""
    if not all(isinstance(part, sympy.Eq) for part in sympy.And.make_args(step.conclusion)):
        return Finding(
            Status.UNKNOWN, "the conclusion is no equality; where SymPy decides one by itself, leave it unevaluated"
        )
    if all(is_identity(part.lhs - part.rhs) for part in sympy.And.make_args(step.conclusion)):
        return Finding(Status.PROVED, "the difference is the zero polynomial after clearing denominators")
    return search(step, domains) or Finding(Status.UNKNOWN, "the difference is not the zero polynomial")


def are_equal(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Whether two expressions are the same, or differ by an identity, c^(l - 1) c = c^l among them."""
    return bool(left == right) or is_identity(left - right) or is_identity(_powers_apart(left - right))


def _powers_apart(expression: sympy.Expr) -> sympy.Expr:
    """b^(m + n) as b^m b^n where an exponent holds symbols; b^m is named, or SymPy would put the two together again."""
    names: dict[tuple[sympy.Expr, sympy.Expr], sympy.Dummy] = {}

    def apart(node: sympy.Expr) -> sympy.Expr:
        factors = []
        for part in sympy.Add.make_args(sympy.expand(node.exp)):
            times, rest = part.as_coeff_Mul()
            if part.is_number:
                factors.append(node.base**part)
            elif times.is_Integer:
                factors.append(names.setdefault((node.base, rest), sympy.Dummy()) ** times)
            else:
                factors.append(names.setdefault((node.base, part), sympy.Dummy()))
        return sympy.Mul(*factors)

    return expression.replace(lambda node: isinstance(node, sympy.Pow | sympy.exp) and not node.exp.is_number, apart)


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
    except (sympy.PolynomialError, sympy.CoercionFailed):  # e and pi among the coefficients
        return False


def _is_opaque(node: sympy.Expr) -> bool:
    return isinstance(node, sympy.Function) or (node.is_Pow and not node.exp.is_Integer)
