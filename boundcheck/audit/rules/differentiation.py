"""Derivatives carried out by SymPy, with undefined functions such as an activation phi and its derivatives."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, product
from typing import Any

import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.logic.boolalg import Boolean

from boundcheck.audit.finding import Domains, Finding
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import rational_text
from boundcheck.exact.evaluate import decide

from .exact_algebra import is_identity

# Both vanish at zero, are 1-Lipschitz and have second derivatives of at most 1: they meet what the paper asks of phi.
ACTIVATIONS = (sympy.sin, sympy.tanh)
VALUES = (Fraction(1, 2), Fraction(-1, 3), Fraction(1, 5), Fraction(2, 3), Fraction(1), Fraction(-3, 4), Fraction(0))
ATTEMPTS = 12


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: Eq, or a conjunction, in which unevaluated derivatives are carried out.

    data, optional: ``dimensions``, a list of sizes, and ``instance``, a callable that gives, at a size, what nodes of
    the conclusion are in components, some of them unevaluated derivatives: proved with these put in, at all sizes, is
    PROVED_UP_TO these sizes. ``derivatives``: {phi: (phi', phi'')}, undefined functions by which the derivatives of
    phi are named (Function("phi'") and so on if left out).
    An expectation is linear: its derivatives are those of the integrand, for one pair of inputs.
    """
    sizes = step.data.get("dimensions")
    try:
        if sizes is None:
            return _decided(step, step.conclusion, domains)
        for size in sizes:
            components = step.data["instance"](*size)
            if missing := [node for node in components if not step.conclusion.has(node)]:
                return Finding(Status.UNKNOWN, f"{missing[0]} is written out, but the conclusion does not speak of it")
            finding = _decided(step, _put_in(step.conclusion, components), domains)
            if finding.status is not Status.PROVED:
                return Finding(finding.status, f"at {size}: {finding.note}", finding.witness)
    except (BoundcheckError, ArithmeticError, ValueError, TypeError) as error:
        return Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")
    if not sizes:
        return Finding(Status.UNKNOWN, "no dimensions are named")
    named = ", ".join("x".join(map(str, size)) for size in sizes)
    return Finding(Status.PROVED_UP_TO, f"derivatives carried out at the sizes {named}")


def _put_in(conclusion: Boolean, components: Mapping[sympy.Basic, sympy.Expr]) -> Boolean:
    """The conclusion in components; SymPy is kept from deciding its equalities."""
    parts = [
        sympy.Eq(part.lhs.xreplace(components), part.rhs.xreplace(components), evaluate=False)
        if isinstance(part, sympy.Eq)
        else part
        for part in sympy.And.make_args(conclusion)
    ]
    written: Boolean = sympy.And(*parts)
    return written


def _decided(step: Step, conclusion: Boolean, domains: Domains) -> Finding:
    names = {phi: tuple(named) for phi, named in step.data.get("derivatives", {}).items()}
    equalities = sympy.And.make_args(conclusion)
    if not all(isinstance(equality, sympy.Eq) for equality in equalities):
        return Finding(
            Status.UNKNOWN, "the conclusion is no equality; where SymPy decides one by itself, leave it unevaluated"
        )
    plain = [_without_derivatives(equality.lhs - equality.rhs, names) for equality in equalities]
    if all(_is_zero(difference) for difference in plain):
        return Finding(Status.PROVED, "the derivatives agree as polynomials in phi, phi' and phi''")
    for difference in plain:
        if step.given or _is_zero(difference):
            continue
        for activation, point in product(ACTIVATIONS, islice(_points(difference, domains), ATTEMPTS)):
            if _differs(difference, activation, names, point):
                witness = {str(symbol): rational_text(value) for symbol, value in point.items()}
                chosen = {str(phi): str(activation) for phi in _generic(difference, names)}
                return Finding(Status.REFUTED, "the two sides differ at this point", {**witness, **chosen})
    return Finding(Status.UNKNOWN, "the two sides differ as polynomials in phi, phi' and phi''")


def derivative(phi: UndefinedFunction, order: int, names: Mapping[Any, tuple[Any, ...]]) -> UndefinedFunction:
    """The undefined function that stands for a derivative of phi."""
    given = names.get(phi, ())
    return given[order - 1] if order <= len(given) else sympy.Function(str(phi) + "'" * order)


def _without_derivatives(expression: sympy.Expr, names: Mapping[Any, tuple[Any, ...]]) -> sympy.Expr:
    """Derivatives carried out; those of undefined functions of one argument named, arguments expanded."""
    carried_out = expression.doit()

    def named(node: sympy.Expr) -> sympy.Expr:
        """phi'(u) for a derivative of phi at u; anything else as it is."""
        inner, point = (node.expr, node.point[0]) if isinstance(node, sympy.Subs) else (node, node.variables[0])
        plain = isinstance(inner, sympy.Derivative) and isinstance(inner.expr, AppliedUndef)
        if not (plain and inner.expr.args == (node.variables[0],) and set(inner.variables) == {node.variables[0]}):
            return node
        return derivative(inner.expr.func, int(inner.derivative_count), names)(point)

    for kind in (sympy.Subs, sympy.Derivative):
        carried_out = carried_out.replace(lambda node, kind=kind: isinstance(node, kind), named)
    if carried_out.has(sympy.Derivative, sympy.Subs):
        raise ValueError("a derivative is left that has no name")
    return carried_out.replace(
        lambda node: isinstance(node, AppliedUndef), lambda node: node.func(*map(sympy.expand, node.args))
    )


def _is_zero(difference: sympy.Expr) -> bool:
    """As a rational function of its symbols and of the values of the undefined functions."""
    values = {node: sympy.Dummy() for node in sorted(difference.atoms(AppliedUndef), key=str)}
    return is_identity(sympy.expand(difference.xreplace(values)))  # from the outside, so that inner values are hidden


def _generic(difference: sympy.Expr, names: Mapping[Any, tuple[Any, ...]]) -> list[UndefinedFunction]:
    """The undefined functions that are no derivatives of another."""
    derived = {str(name) for named in names.values() for name in named}
    functions = {node.func for node in difference.atoms(AppliedUndef)} | set(names)
    bases = {sympy.Function(str(function).rstrip("'")) for function in functions if str(function) not in derived}
    return sorted(bases, key=str)


def _points(difference: sympy.Expr, domains: Domains) -> Iterator[dict[sympy.Basic, Fraction]]:
    """Simple points in the domains, the values shifted from one symbol to the next."""
    symbols = sorted(difference.free_symbols, key=str)
    for shift in range(ATTEMPTS):
        chosen = {}
        for index, symbol in enumerate(symbols):
            domain = domains[symbol].domain if symbol in domains else None
            allowed = [v for v in VALUES if domain is None or sympy.Rational(v.numerator, v.denominator) in domain]
            if allowed:
                chosen[symbol] = allowed[(index * (shift + 1) + shift) % len(allowed)]
        if len(chosen) == len(symbols):
            yield chosen


def _differs(
    difference: sympy.Expr, activation: Any, names: Mapping[Any, tuple[Any, ...]], point: Mapping[sympy.Basic, Fraction]
) -> bool:
    """Whether the two sides certainly differ there, with a concrete activation in the place of phi."""
    place = sympy.Dummy("u")
    concrete = difference
    for phi in _generic(difference, names):
        concrete = concrete.replace(phi, activation)
        for order in range(1, 5):
            lambdified = sympy.Lambda(place, sympy.diff(activation(place), place, order))
            concrete = concrete.replace(derivative(phi, order, names), lambdified)
    return decide(sympy.Eq(concrete, 0, evaluate=False), point) is Verdict.FAILS
