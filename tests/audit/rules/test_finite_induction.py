"""Sums of finitely many steps; a wrong start, end, rate or hypothesis is not proved."""

from typing import Any

import pytest
import sympy
from rule_runs import POSITIVE, run
from sympy import Eq, Ge, Le

from boundcheck.audit.finding import Finding
from boundcheck.core.step import Status

n, T = sympy.symbols("n T", integer=True)
x, half = sympy.symbols("x half", real=True)
beta = sympy.Function("beta", real=True)
RISE = Le(beta(n + 1), beta(n) + x)
BELOW = Le(beta(n), beta(0) + n * x)
ENOUGH = Ge(T, 0)
ZERO = sympy.Integer(0)


def climb(conclusion: Any = None, given: Any = (ENOUGH,), **changed: Any) -> Finding:
    data = {"variable": n, "start": ZERO, "until": T, "hypothesis": BELOW, "recursion": (RISE,)} | changed
    end = data["hypothesis"].subs(n, data["until"]) if conclusion is None else conclusion
    return run("finite-induction", end, given, {x: POSITIVE}, **data)


def test_steps_add_up() -> None:
    assert climb().status is Status.PROVED
    assert climb(hypothesis=Le(beta(n), beta(0) + 2 * n * x)).status is Status.PROVED


@pytest.mark.parametrize(
    "hypothesis",
    [
        Le(beta(n), beta(0) + n * x / 2),
        Le(beta(n), beta(0) + n),
        Le(beta(n), beta(0) + n * x - 1),
        Le(beta(n), beta(1) + n * x),
        Le(beta(n), beta(0)),
        Ge(beta(n), beta(0) + n * x),
    ],
)
def test_a_wrong_sum_is_not_proved(hypothesis: sympy.Basic) -> None:
    assert climb(hypothesis=hypothesis).status is Status.UNKNOWN


def test_the_conclusion_is_the_hypothesis_at_the_end() -> None:
    assert climb(Le(beta(T), beta(0) + (T - 1) * x)).status is Status.UNKNOWN
    assert climb(Le(beta(T + 1), beta(0) + T * x)).status is Status.UNKNOWN


def test_the_end_is_not_before_the_start() -> None:
    assert climb(given=()).status is Status.UNKNOWN
    assert climb(given=(Ge(T, -1),)).status is Status.UNKNOWN


def test_the_recursion_is_needed_and_is_for_every_n() -> None:
    assert climb(recursion=()).status is Status.UNKNOWN
    assert climb(given=(ENOUGH, RISE), recursion=()).status is Status.UNKNOWN
    assert climb(recursion=(Ge(beta(n + 1), beta(n) + x),)).status is Status.UNKNOWN


def test_start_and_end_do_not_move_with_n() -> None:
    """Up to n itself there would be no step to take, and anything that holds at 0 would hold at n."""
    still = Le(beta(n), beta(0))
    moving = run(
        "finite-induction",
        still,
        (),
        {n: sympy.S.Naturals0},
        variable=n,
        start=ZERO,
        until=n,
        hypothesis=still,
        recursion=(),
    )
    assert moving.status is Status.UNKNOWN


def test_what_is_not_an_integer_is_not_counted_to() -> None:
    assert climb(until=half, given=(Ge(half, 0),)).status is Status.UNKNOWN


def test_the_start_counts() -> None:
    assert climb(start=sympy.Integer(1), given=(Ge(T, 1),)).status is Status.UNKNOWN  # P(1) is not known
    assert climb(start=sympy.Integer(1), given=(Ge(T, 1), Eq(beta(1), beta(0) + x))).status is Status.PROVED
