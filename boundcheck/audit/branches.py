"""Relations case by case, without absolute values and branches; roundings become symbols with their two bounds."""

from collections.abc import Iterator

import sympy
from sympy.logic.boolalg import Boolean

Relations = tuple[Boolean, ...]
BRANCHING = (sympy.Abs, sympy.Piecewise, sympy.floor, sympy.ceiling)


def cases(relations: Relations) -> Iterator[Relations]:
    """The relations in every case, followed by the conditions of the case; together the cases cover everything."""
    node = _innermost(relations)
    if node is None:
        yield relations
        return
    for value, conditions in _values(node):
        yield from cases((*(_with(relation, node, value) for relation in relations), *conditions))


def _innermost(relations: Relations) -> sympy.Expr | None:
    nodes = set().union(*(relation.atoms(*BRANCHING) for relation in relations))
    inner = [node for node in nodes if not any(argument.atoms(*BRANCHING) for argument in node.args)]
    return min(inner, key=str, default=None)


def _values(node: sympy.Expr) -> Iterator[tuple[sympy.Expr, Relations]]:
    if isinstance(node, sympy.Abs):
        inside = node.args[0]
        yield inside, (sympy.Ge(inside, 0, evaluate=False),)
        yield -inside, (sympy.Lt(inside, 0, evaluate=False),)
    elif isinstance(node, sympy.Piecewise):
        before: Relations = ()
        for branch, condition in node.args:
            yield branch, (*before, condition)
            before = (*before, sympy.Not(condition))
    else:
        rounded, inside = sympy.Dummy(node.func.__name__, real=True), node.args[0]
        low, high = (rounded, inside) if isinstance(node, sympy.floor) else (inside, rounded)
        yield rounded, (sympy.Le(low, high, evaluate=False), sympy.Lt(high, low + 1, evaluate=False))


def _with(relation: Boolean, node: sympy.Expr, value: sympy.Expr) -> Boolean:
    replaced: Boolean = relation.xreplace({node: value})
    return replaced
