"""What a step's symbols may be: their domains as relations, and the nodes that a rule takes as they are."""

from collections.abc import Iterable, Mapping

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.statement import Statement
from boundcheck.core.step import Step

from .finding import Domains

ARITHMETIC = (sympy.Add, sympy.Mul, sympy.Rational, sympy.Symbol, sympy.Max, sympy.Min)


def domains_of(statement: Statement, statements: Mapping[str, Statement]) -> Domains:
    """The variables that a proof speaks of: those of the statements it applies, and its own, which come first."""
    used = [variable for name in statement.proof_uses for variable in statements[name].variables]
    return {variable.symbol: variable for variable in (*used, *statement.variables)}


def domain_relations(symbols: Iterable[sympy.Basic], domains: Domains) -> list[Boolean]:
    """The domains of symbols as inequalities; integers are relaxed to reals, and an unknown domain says nothing."""
    found: list[Boolean] = []
    for symbol in sorted(symbols, key=str):
        variable = domains.get(symbol)
        domain = variable.domain if variable else None
        if domain is None or domain == sympy.S.Reals:
            continue
        if isinstance(domain, sympy.FiniteSet):
            found.append(sympy.Or(*(sympy.Eq(symbol, value) for value in domain)))
            continue
        if domain.inf.is_finite:
            found.append(_bound(sympy.Gt if domain.inf not in domain else sympy.Ge, symbol, domain.inf))
        if domain.sup.is_finite:
            found.append(_bound(sympy.Lt if domain.sup not in domain else sympy.Le, symbol, domain.sup))
    return found


def _bound(relation: type, symbol: sympy.Basic, value: sympy.Expr) -> Boolean:
    # Unevaluated: a symbol's own assumptions must not decide what its domain says.
    bound: Boolean = relation(symbol, value, evaluate=False)
    return bound


def step_symbols(step: Step) -> set[sympy.Basic]:
    """Every free symbol of a step's relations."""
    return set().union(*(relation.free_symbols for relation in (step.conclusion, *step.given)))
