"""Linear and monotone, and nothing more: products, squares and random constants do not come apart."""

import pytest
import sympy
from rule_runs import run
from sympy import Eq, Ge, Le

from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Status

X, Y, c = sympy.symbols("X Y c", real=True)
E = Expectation
KNOWN = (Eq(E(X), c, evaluate=False),)
REALS = {c: sympy.S.Reals}


def equal(left: sympy.Expr, right: sympy.Expr) -> sympy.Basic:
    return Eq(left, right, evaluate=False)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (E(X + Y), E(X) + E(Y)),
        (E(c * X), c * E(X)),
        (E(3), sympy.Integer(3)),
        (E((X + Y) ** 2), E(X**2) + 2 * E(X * Y) + E(Y**2)),
    ],
)
def test_linear(left: sympy.Expr, right: sympy.Expr) -> None:
    assert run("expectation", equal(left, right), (), REALS).status is Status.PROVED


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (E(X * Y), E(X) * E(Y)),
        (E(X**2), E(X) ** 2),
        (E(c * X), E(X)),
        (E(X), X),
        (E(X * Y), X * E(Y)),
        (E(X + Y), E(X) - E(Y)),
        (E(1 / X), 1 / E(X)),
        (E(abs(X)), abs(E(X))),
        (E(X + 1), E(X)),
    ],
)
def test_not_linear(left: sympy.Expr, right: sympy.Expr) -> None:
    assert run("expectation", equal(left, right), (), REALS).status is Status.UNKNOWN


def test_means_are_given_and_make_variances() -> None:
    squared = equal(E((X - c) ** 2), Variance(X))
    assert run("expectation", squared, KNOWN, REALS, means={X: c}).status is Status.PROVED
    assert run("expectation", squared, (), REALS, means={X: c}).status is Status.UNKNOWN
    other = (Eq(E(X), 2 * c, evaluate=False),)
    assert run("expectation", squared, other, REALS, means={X: c}).status is Status.UNKNOWN
    assert run("expectation", equal(E(X**2), c**2), KNOWN, REALS, means={X: c}).status is Status.UNKNOWN
    assert run("expectation", equal(E(X**2), Variance(X)), KNOWN, REALS, means={X: c}).status is Status.UNKNOWN


def test_a_mean_that_is_random_itself_is_none() -> None:
    given = (Eq(E(X), Y, evaluate=False),)
    assert run("expectation", equal(E(X * Y), Y**2), given, REALS, means={X: Y}).status is Status.UNKNOWN


def test_monotone() -> None:
    assert run("expectation", Le(E(X), E(Y)), (Le(X, Y),)).status is Status.PROVED
    assert run("expectation", Ge(E(Y**2), E(2 * X * Y - X**2))).status is Status.PROVED
    assert run("expectation", Le(E(X), E(Y)), (Ge(X, Y),)).status is Status.UNKNOWN
    assert run("expectation", Le(E(X**2), E(Y**2)), (Le(X, Y),)).status is Status.UNKNOWN
    assert run("expectation", Le(E(X), E(Y)), (Le(E(X), E(Y) + 1),)).status is Status.UNKNOWN
    assert run("expectation", Le(E(X), c), (Le(X, c),)).status is Status.UNKNOWN  # E c = c is a step of its own
    assert run("expectation", sympy.Lt(E(X), E(Y)), (sympy.Lt(X, Y),)).status is Status.UNKNOWN
