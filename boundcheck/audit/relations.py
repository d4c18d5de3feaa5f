"""When two relations say the same, by form: sides swapped, terms moved, products multiplied out."""

from functools import lru_cache

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean

TURNED = {">=": "<=", ">": "<"}


def parts(relation: Boolean) -> tuple[Boolean, ...]:
    """The relations that a conjunction consists of."""
    return tuple(And.make_args(relation))


def same(left: Boolean, right: Boolean) -> bool:
    """Whether two relations are the same up to moving terms from side to side and multiplying out."""
    if left == right:
        return True
    return {canonical(part) for part in parts(left)} == {canonical(part) for part in parts(right)}


@lru_cache(maxsize=4096)
def canonical(relation: Boolean) -> tuple[object, ...]:
    """A form that two relations share only if they are equivalent."""
    if not isinstance(relation, Relational):
        if isinstance(relation, sympy.Or | sympy.Not):
            return (type(relation).__name__, frozenset(canonical(argument) for argument in relation.args))
        return ("other", relation)
    left, right, operator = relation.lhs, relation.rhs, relation.rel_op
    if operator in TURNED:
        left, right, operator = right, left, TURNED[operator]
    difference = sympy.expand(left - right)
    if operator in ("==", "!="):
        difference = min(difference, sympy.expand(-difference), key=str)
    return (operator, difference)
