"""Relations case by case, without absolute values, extremes and branches; roundings become integers with two bounds."""

from collections.abc import Iterator

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

Relations = tuple[Boolean, ...]
BRANCHING = (sympy.Abs, sympy.Piecewise, sympy.floor, sympy.ceiling)
EXTREMES = (sympy.Max, sympy.Min)


def cases(relations: Relations, kinds: tuple[type, ...] = BRANCHING) -> Iterator[Relations]:
    """The relations in every case, followed by the conditions of the case; together the cases cover everything.

    Where no branch of a Piecewise applies, its value is a symbol of its own: anything.
    """
    node = _innermost(relations, kinds)
    if node is None:
        yield relations
        return
    for value, conditions in _values(node):
        yield from cases((*(_with(relation, node, value) for relation in relations), *conditions), kinds)


def _innermost(relations: Relations, kinds: tuple[type, ...]) -> sympy.Expr | None:
    nodes = set().union(*(relation.atoms(*kinds) for relation in relations))
    inner = [node for node in nodes if not any(argument.atoms(*kinds) for argument in node.args)]
    return min(inner, key=str, default=None)


def _values(node: sympy.Expr) -> Iterator[tuple[sympy.Expr, Relations]]:
    if isinstance(node, sympy.Abs):
        inside = node.args[0]
        yield inside, (sympy.Ge(inside, 0, evaluate=False),)
        yield -inside, (sympy.Lt(inside, 0, evaluate=False),)
    elif isinstance(node, EXTREMES):
        yield from _extreme(node)
    elif isinstance(node, sympy.Piecewise):
        yield from _branches(node)
    else:
        rounded, inside = sympy.Dummy(node.func.__name__, integer=True), node.args[0]
        low, high = (rounded, inside) if isinstance(node, sympy.floor) else (inside, rounded)
        yield rounded, (sympy.Le(low, high, evaluate=False), sympy.Lt(high, low + 1, evaluate=False))


def _extreme(node: sympy.Expr) -> Iterator[tuple[sympy.Expr, Relations]]:
    """Each argument where it is the extreme one; of several equal ones the first."""
    later, earlier = (sympy.Ge, sympy.Gt) if isinstance(node, sympy.Max) else (sympy.Le, sympy.Lt)
    for index, value in enumerate(node.args):
        before = (earlier(value, other, evaluate=False) for other in node.args[:index])
        after = (later(value, other, evaluate=False) for other in node.args[index + 1 :])
        yield value, (*before, *after)


def _branches(node: sympy.Piecewise) -> Iterator[tuple[sympy.Expr, Relations]]:
    before: Relations = ()
    for branch, condition in node.args:
        if condition == sympy.true:
            yield branch, before
            return
        yield branch, (*before, condition)
        before = (*before, sympy.Not(condition))
    yield sympy.Dummy("undefined", real=True), before


def _with(relation: Boolean, node: sympy.Expr, value: sympy.Expr) -> Boolean:
    """The relation with the value in the node's place, undecided: a symbol's assumptions must not decide it."""
    if isinstance(relation, Relational):
        sides = (side.xreplace({node: value}) for side in relation.args)
        replaced: Boolean = relation.func(*sides, evaluate=False)
        return replaced
    return relation.func(*(_with(part, node, value) for part in relation.args)) if relation.args else relation
