"""Inductions of the paper, planted faults, and inductions that would be unsound."""

from collections.abc import Mapping
from typing import Any

import pytest
import sympy
from sympy import Eq, Function, Ge, Interval, Le, S, exp

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.induction import check
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

n = sympy.Symbol("n", integer=True)
u, v = sympy.symbols("u v", positive=True)
a = Function("a")
POSITIVE = Interval.open(0, sympy.oo)
SETS = {n: S.Naturals0, u: POSITIVE, v: POSITIVE}
RECURSION = (Le(a(n + 1), (1 + u) * a(n) + v),)
PLAIN = ("smt", {})


def replay(
    conclusion: sympy.Basic,
    given: tuple[sympy.Basic, ...] = (),
    sets: Mapping[sympy.Basic, sympy.Set] = SETS,
    start: int = 0,
    **data: Any,
) -> Finding:
    domains = {symbol: Variable(symbol, domain, "") for symbol, domain in sets.items()}
    needed = {"variable": n, "start": start, "base": PLAIN, "step": PLAIN, **data}
    return check(Step("s", "", "induction", conclusion, given, data=needed), domains)


def bound(slack: int = 1, shift: int = 0) -> sympy.Basic:
    """Lemma 11: a_n <= (1+u)^n a_0 + (v/u)((1+u)^n - 1)."""
    power = (1 + u) ** (n + shift)
    return Le(a(n), power * a(0) + v / u * (power - slack))


def test_lemma_11() -> None:
    assert replay(bound(), recursion=RECURSION).status is Status.PROVED


@pytest.mark.parametrize(
    ("conclusion", "recursion"),
    [
        (bound(slack=2), RECURSION),  # constant
        (bound(shift=-1), RECURSION),  # exponent
        (bound(), (Le(a(n + 1), (1 + u) * a(n) + 2 * v),)),  # constant of the recursion
        (bound(), (Ge(a(n + 1), (1 + u) * a(n) + v),)),  # sign
        (bound(), ()),  # dropped hypothesis
    ],
    ids=["constant", "exponent", "recursion", "sign", "dropped"],
)
def test_planted_faults_of_lemma_11_are_not_proved(conclusion: sympy.Basic, recursion: tuple[sympy.Basic, ...]) -> None:
    assert replay(conclusion, recursion=recursion).status is not Status.PROVED


def test_powers_and_exponentials() -> None:
    tangent = (Le(1 + u, exp(u)),)
    assert replay(Le((1 + u) ** n, exp(n * u)), tangent).status is Status.PROVED
    assert replay(Ge((1 + u) ** n, 1 + n * u)).status is Status.PROVED


@pytest.mark.parametrize(
    "conclusion", [Le((1 + u) ** n, exp(n * u / 2)), Ge((1 + u) ** n, 1 + 2 * n * u), Le(n**2, 2 * n)], ids=str
)
def test_false_claims_have_a_witness(conclusion: sympy.Basic) -> None:
    found = replay(conclusion)
    assert found.status is Status.REFUTED
    values = {symbol: sympy.Rational(found.witness[str(symbol)]) for symbol in conclusion.free_symbols}
    assert conclusion.subs(values) == sympy.false


def test_a_base_that_is_missing_or_too_late_is_noticed() -> None:
    squares = Le(n**2, 2**n)  # fails at 3, true from 4 on
    assert replay(squares, start=0).status is Status.REFUTED
    from_four = {n: sympy.Range(4, sympy.oo)}
    assert replay(squares, sets=from_four, start=4).status is Status.PROVED
    assert replay(squares, sets=from_four, start=5).status is Status.UNKNOWN  # 4 is left out
    assert replay(squares, sets={}, start=4).status is Status.UNKNOWN  # n may be anything


def test_a_claim_that_passes_on_but_never_starts_is_not_proved() -> None:
    assert replay(Ge(n, n + 1, evaluate=False)).status is not Status.PROVED


def test_a_hypothesis_about_one_n_is_refused() -> None:
    """n <= 3 does not pass to n + 1: with it, P(n): n <= 3 would have been proved for all n."""
    found = replay(Le(n, 3), given=(Le(n, 3),))
    assert found.status is Status.UNKNOWN
    assert "recursion" in found.note


def test_negative_exponents_are_not_taken_for_growing_powers() -> None:
    assert replay(Ge((1 + u) ** (-n), 1)).status is not Status.PROVED
    assert replay(Le((1 + u) ** (-n), 1)).status is not Status.REFUTED
    falling = (Ge(a(n + 1), a(n) + (1 + u) ** (-n) - 1),)
    assert replay(Ge(a(n), a(0)), recursion=falling).status is not Status.PROVED
    rising = (Ge(a(n + 1), a(n) + (1 + u) ** n - 1),)
    assert replay(Ge(a(n), a(0)), recursion=rising).status is Status.PROVED


@pytest.mark.parametrize("first", [1, 2, 3])
@pytest.mark.parametrize("ratio", [2, 3])
def test_sums_of_powers(first: int, ratio: int) -> None:
    """s(n) = first (ratio^n - 1)/(ratio - 1) solves the recursion of a geometric sum, and nothing else does."""
    recursion = (Eq(a(n + 1), a(n) + first * ratio**n), Eq(a(0), 0))
    right = sympy.Rational(first, ratio - 1) * (ratio**n - 1)
    assert replay(Eq(a(n), right), recursion=recursion).status is not Status.PROVED  # a(0) = 0 is not known at the base
    assert replay(Eq(a(n), right), given=(Eq(a(0), 0),), recursion=recursion[:1]).status is Status.PROVED
    wrong = Eq(a(n), right + 1)
    assert replay(wrong, given=(Eq(a(0), 0),), recursion=recursion[:1]).status is not Status.PROVED
