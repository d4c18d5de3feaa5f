"""The SMT rule: proves, refutes with exact witnesses, and never the other way round."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_runs import POSITIVE, UNIT, run

from boundcheck.core.step import Status

x, y = sympy.symbols("x y", real=True)
PROVED = [
    (sympy.Le(2 * x * y, x**2 + y**2), (), {}),
    (sympy.Le(x * (1 - x), sympy.Rational(1, 4)), (), {}),
    (sympy.Le(sympy.sqrt(x * y), (x + y) / 2), (sympy.Ge(x, 0), sympy.Ge(y, 0)), {}),
    (sympy.Le(1 / (1 + x), 1), (), {x: POSITIVE}),
    (sympy.Ge(sympy.Max(x, y), y), (), {}),
    (sympy.And(sympy.Gt(1 - x, 0), sympy.Lt(x**2, x)), (), {x: UNIT}),
]
REFUTED = [
    (sympy.Le(3 * x * y, x**2 + y**2), (), {}),
    (sympy.Le(x * (1 - x), sympy.Rational(6, 25)), (), {}),
    (sympy.Le(sympy.sqrt(x * y), (x + y) / 3), (sympy.Gt(x, 0), sympy.Gt(y, 0)), {}),
    (sympy.Le(1 / (1 + x), sympy.Rational(1, 2)), (), {x: POSITIVE}),
    (sympy.Le(x, x**2), (), {x: POSITIVE}),
    (sympy.Ge(sympy.Min(x, y), y), (), {}),
]


@pytest.mark.parametrize(("conclusion", "facts", "domains"), PROVED)
def test_true_inequalities_are_proved(conclusion: object, facts: tuple, domains: dict) -> None:
    assert run("smt", conclusion, facts, domains).status is Status.PROVED


@pytest.mark.parametrize(("conclusion", "facts", "domains"), REFUTED)
def test_false_ones_are_refuted_at_a_point_that_can_be_put_in_by_hand(
    conclusion: object, facts: tuple, domains: dict
) -> None:
    finding = run("smt", conclusion, facts, domains)
    assert finding.status is Status.REFUTED
    symbols = sorted(set().union(*(r.free_symbols for r in (conclusion, *facts))), key=str)
    point = {s: sympy.Rational(finding.witness[str(s)]) for s in symbols}
    assert conclusion.subs(point) == sympy.false
    assert all(fact.subs(point) == sympy.true for fact in facts)
    assert all(point[s] in domain for s, domain in domains.items())


def test_a_dropped_hypothesis_is_noticed() -> None:
    assert run("smt", sympy.Le(x, x**2), (sympy.Ge(x, 1),)).status is Status.PROVED
    assert run("smt", sympy.Le(x, x**2)).status is Status.REFUTED


def test_what_it_cannot_encode_exactly_is_an_unknown_of_its_own() -> None:
    assert run("smt", sympy.Ge(sympy.exp(x), 0, evaluate=False)).status is not Status.PROVED
    assert run("smt", sympy.Le(sympy.exp(x), sympy.exp(x) + 1, evaluate=False)).status is Status.PROVED


@settings(max_examples=60, deadline=None)
@given(st.integers(-4, 4), st.integers(-4, 4), st.integers(-4, 4))
def test_random_quadratics_get_the_right_answer(a: int, b: int, c: int) -> None:
    """a x^2 + b x + c >= 0 for all x."""
    finding = run(
        "smt",
        sympy.Ge(a * x**2 + b * x + c, 0, evaluate=False)
        if (a, b) != (0, 0)
        else sympy.Ge(x - x + c, 0, evaluate=False),
    )
    holds = c >= 0 if (a, b) == (0, 0) else (a > 0 and b * b <= 4 * a * c)
    assert finding.status is (Status.PROVED if holds else Status.REFUTED) or finding.status is Status.UNKNOWN
    if holds:
        assert finding.status is not Status.REFUTED
