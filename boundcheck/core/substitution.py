"""Puts values into relations without SymPy deciding them by the signs that it infers.

SymPy 1.14 infers wrongly for integer symbols: it takes 1/2 - 1/(m n) to be never positive. So a relation is decided
here only where both sides have become numbers.
"""

from collections.abc import Mapping

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanFunction


def put_in(relation: Boolean, values: Mapping[sympy.Basic, sympy.Basic]) -> Boolean:
    """The relation, or combination of relations, at other values, all put in at once."""
    if isinstance(relation, BooleanFunction):
        combined: Boolean = relation.func(*(put_in(part, values) for part in relation.args))
        return combined
    if not isinstance(relation, Relational):
        return relation
    left, right = (side.subs(values, simultaneous=True) for side in (relation.lhs, relation.rhs))
    found: Boolean = relation.func(left, right, evaluate=bool(left.is_number and right.is_number))
    return found
