"""Values are put into relations, and only numbers are compared."""

from fractions import Fraction

import pytest
import sympy

from boundcheck.core.substitution import put_in

m, n = sympy.symbols("m n", integer=True, positive=True)
alpha = sympy.Symbol("alpha", positive=True)


@pytest.mark.parametrize("relation", (sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le))
def test_what_still_has_symbols_is_not_decided(relation: type) -> None:
    # By the signs that SymPy infers 1/2 - 1/(m n) is never positive, which is false at m = n = 2.
    found = put_in(relation(alpha, 1 / (m * n)), {alpha: sympy.Rational(1, 2)})
    assert isinstance(found, relation)
    assert (found.lhs, found.rhs) == (sympy.Rational(1, 2), 1 / (m * n))


@pytest.mark.parametrize(("width", "holds"), ((1, False), (2, True), (4000, True)))
def test_numbers_are_compared(width: int, holds: bool) -> None:
    values = {alpha: sympy.Rational(Fraction(1, 2)), m: sympy.Integer(width), n: sympy.Integer(2)}
    assert put_in(sympy.Gt(alpha, 1 / (m * n)), values) == sympy.sympify(holds)


def test_all_parts_of_a_combination() -> None:
    both = sympy.And(sympy.Ge(alpha, m), sympy.Le(alpha, n, evaluate=False))
    found = put_in(both, {alpha: sympy.Integer(3), m: sympy.Integer(2)})
    assert found == sympy.Le(3, n, evaluate=False)
    assert put_in(both, {alpha: sympy.Integer(3), m: sympy.Integer(4)}) == sympy.false


def test_values_go_in_at_once() -> None:
    assert put_in(sympy.Lt(m, n), {m: n, n: m}) == sympy.Lt(n, m)
