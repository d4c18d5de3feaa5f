"""What holds by form of nodes that a solver takes as unknowns: norms are not negative, floor(x) lies in (x - 1, x]."""

from collections.abc import Iterable

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, LargestEntry, NonzeroCount, Norm, Probability, Variance

from .finding import Domains

POSITIVE = sympy.Interval.open(0, sympy.oo)
NONNEGATIVE = (Norm, LargestEntry, NonzeroCount, Probability, Variance)


def form_facts(relations: Iterable[Boolean], domains: Domains) -> list[Boolean]:
    """Relations about nodes of the given relations that hold for every value of the symbols in their domains."""
    nodes = set().union(*(relation.atoms(sympy.Function, sympy.Pow) for relation in relations))
    found: list[Boolean] = []
    powers: dict[sympy.Expr, list[sympy.Pow]] = {}
    for node in sorted(nodes, key=str):
        if not isinstance(node, sympy.Pow):
            found += _of(node)
        elif not node.exp.is_number and _positive(node.base, domains):
            powers.setdefault(node.base, []).append(node)
    return found + [fact for same_base in powers.values() for fact in _of_powers(same_base)]


def _of_powers(powers: list[sympy.Pow]) -> list[Boolean]:
    """Symbolic powers of one positive base: positive, and b^(qx + c) = (b^x)^q b^c for integers q > 0 and c."""
    found: list[Boolean] = [sympy.Gt(power, 0, evaluate=False) for power in powers]
    powers = sorted(powers, key=lambda power: (_size(power.exp), str(power)))
    for place, power in enumerate(powers):
        for lower in powers[:place]:
            if (times := _multiple(power.exp, lower.exp)) is not None:
                rest = sympy.expand(power.exp - times * lower.exp)
                product = sympy.Pow(lower, times, evaluate=False)
                up, down = (power.base ** max(sign * rest, 0) for sign in (1, -1))
                sides = (sympy.Mul(power, down, evaluate=False), sympy.Mul(product, up, evaluate=False))
                found.append(sympy.Eq(*sides, evaluate=False))
                break  # the rest follows from that
    return found


def _symbolic(exponent: sympy.Expr) -> dict[sympy.Expr, sympy.Rational]:
    """What multiplies each symbol, or product of symbols, in an exponent."""
    parts = sympy.expand(exponent).as_coefficients_dict()
    return {part: factor for part, factor in parts.items() if part != 1}


def _size(exponent: sympy.Expr) -> sympy.Rational:
    return sympy.Add(*map(abs, _symbolic(exponent).values()))


def _multiple(exponent: sympy.Expr, other: sympy.Expr) -> sympy.Integer | None:
    """The integer q > 0 for which exponent - q other is an integer; None if there is none."""
    mine, theirs = _symbolic(exponent), _symbolic(other)
    ratios = {mine.get(part, 0) / factor for part, factor in theirs.items()}
    if mine.keys() != theirs.keys() or len(ratios) != 1:
        return None
    times = ratios.pop()
    whole = times.is_Integer and times > 0 and sympy.expand(exponent - times * other).is_Integer
    return times if whole else None


def _positive(expression: sympy.Basic, domains: Domains) -> bool:
    """Whether an expression is positive by the domains of its symbols; their own assumptions are not used."""
    if isinstance(expression, sympy.Rational):
        return bool(expression > 0)
    if isinstance(expression, sympy.Add | sympy.Mul):
        return all(_positive(argument, domains) for argument in expression.args)
    domain = domains[expression].domain if expression in domains else None
    return domain is not None and bool(domain.is_subset(POSITIVE))


def _of(node: sympy.Expr) -> list[Boolean]:
    if isinstance(node, sympy.floor):
        inside = node.args[0]
        return [sympy.Le(node, inside, evaluate=False), sympy.Gt(node, inside - 1, evaluate=False)]
    if isinstance(node, sympy.ceiling):
        inside = node.args[0]
        return [sympy.Ge(node, inside, evaluate=False), sympy.Lt(node, inside + 1, evaluate=False)]
    if isinstance(node, sympy.exp):
        return [sympy.Gt(node, 0, evaluate=False)]
    if isinstance(node, sympy.LambertW) and len(node.args) == 1:
        # Where x >= 0, W(x) is the w >= 0 with w e^w = x.
        inverts = sympy.Eq(node * sympy.exp(node), node.args[0], evaluate=False)
        return [
            sympy.Or(sympy.Lt(node.args[0], 0, evaluate=False), sympy.And(sympy.Ge(node, 0, evaluate=False), inverts))
        ]
    return [sympy.Ge(node, 0, evaluate=False)] if nonnegative_by_form(node) else []


def nonnegative_by_form(expression: sympy.Basic) -> bool:
    """Whether an expression is nonnegative for every value of its symbols, whose own signs are not used."""
    if expression.is_Number:
        return bool(expression >= 0)
    if isinstance(expression, (*NONNEGATIVE, sympy.Abs, sympy.exp)):
        return True
    if isinstance(expression, sympy.Pow) and expression.exp.is_Rational:
        even = expression.exp.is_Integer and expression.exp % 2 == 0
        return bool(even) or nonnegative_by_form(expression.base)
    if isinstance(expression, sympy.Add | sympy.Mul | Expectation):
        return all(nonnegative_by_form(argument) for argument in expression.args)
    return False
