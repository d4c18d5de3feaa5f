"""Identities of rational functions with roots and opaque functions; a changed constant, power or sign is refuted."""

import pytest
import sympy
from rule_runs import run

from boundcheck.audit.rules.exact_algebra import are_equal
from boundcheck.core.step import Status

x, y = sympy.symbols("x y", positive=True)
TRUE = [
    ((x + y) ** 2, x**2 + 2 * x * y + y**2),
    (1 / x + 1 / y, (x + y) / (x * y)),
    (sympy.sqrt(x) * sympy.sqrt(x) * y, x * y),
    (sympy.sqrt(x) ** 3 / x, sympy.sqrt(x)),
    (sympy.exp(2 * x) * (6 * x + 4 * x), 5 * (2 * x * sympy.exp(2 * x))),
    (sympy.Function("f")(x) * (1 + y) - sympy.Function("f")(x), y * sympy.Function("f")(x)),
]
FALSE = [
    ((x + y) ** 2, x**2 + x * y + y**2),
    (1 / x + 1 / y, (x - y) / (x * y)),
    (sympy.sqrt(x) * y, x * y),
    (sympy.exp(2 * x) * (6 * x + 5 * x), 5 * (2 * x * sympy.exp(2 * x))),
]


@pytest.mark.parametrize(("left", "right"), TRUE)
def test_identities_are_proved(left: sympy.Expr, right: sympy.Expr) -> None:
    assert run("exact-algebra", sympy.Eq(left, right, evaluate=False)).status is Status.PROVED


@pytest.mark.parametrize(("left", "right"), FALSE)
def test_others_are_refuted_with_a_point(left: sympy.Expr, right: sympy.Expr) -> None:
    finding = run("exact-algebra", sympy.Eq(left, right, evaluate=False))
    assert finding.status is Status.REFUTED
    assert finding.witness


def test_a_conjunction_needs_every_part() -> None:
    good, bad = sympy.Eq(x + x, 2 * x, evaluate=False), sympy.Eq(x, 2 * x, evaluate=False)
    assert run("exact-algebra", sympy.And(good, bad, evaluate=False)).status is Status.REFUTED


def test_what_sympy_decided_by_itself_is_no_proof() -> None:
    assert run("exact-algebra", sympy.true).status is Status.UNKNOWN


def test_symbolic_powers_are_taken_apart() -> None:
    c, n = sympy.symbols("c n")
    assert are_equal(c * c ** (n - 1), c**n)
    assert are_equal(c ** (3 * n - 3) * c, c ** (3 * n - 2))
    assert are_equal(sympy.exp(n + 1), sympy.E * sympy.exp(n))
    assert not are_equal(c * c ** (n - 1), c ** (n + 1))
    assert not are_equal(sympy.exp(2 * n), 2 * sympy.exp(n))
