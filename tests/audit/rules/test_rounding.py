"""Values of floor and ceiling, for all parameters; false ones and ends of the ranges."""

import pytest
import sympy
from rule_runs import run
from sympy import Eq, Ge, Le, Lt, ceiling, floor

from boundcheck.core.step import Status

x, y = sympy.symbols("x y", real=True)
r, n = sympy.symbols("r n", integer=True)
NATURALS = {r: sympy.S.Naturals, n: sympy.S.Naturals}


@pytest.mark.parametrize(
    ("conclusion", "given"),
    [
        (Eq(floor(x), 0), (Ge(x, 0), Lt(x, 1))),
        (Eq(ceiling(x), 1), (sympy.Gt(x, 0), Le(x, 1))),
        (Eq(floor((n - 1) / r), 0), (Le(n, r),)),
        (Eq(floor(x), -floor(y)), (Eq(x, (n - 1) / r - floor(y)), Le(n, r))),
        (Eq(ceiling(n / r), 1), (Le(n, r),)),
    ],
    ids=str,
)
def test_values_are_proved(conclusion: sympy.Basic, given: tuple[sympy.Basic, ...]) -> None:
    assert run("rounding", conclusion, given, NATURALS).status is Status.PROVED


@pytest.mark.parametrize(
    ("conclusion", "given"),
    [
        (Eq(floor(x), 0), (Ge(x, 0), Le(x, 1))),
        (Eq(ceiling(x), 1), (Ge(x, 0), Le(x, 1))),
        (Eq(floor(n / r), 0), (Le(n, r),)),
        (Eq(floor((n - 1) / r), 1), (Le(n, r),)),
        (Eq(floor(x), x), ()),
    ],
    ids=str,
)
def test_false_values_have_a_witness(conclusion: sympy.Basic, given: tuple[sympy.Basic, ...]) -> None:
    assert run("rounding", conclusion, given, NATURALS).status is Status.REFUTED


@pytest.mark.parametrize(
    ("conclusion", "given"),
    [
        (Eq(floor(x), y, evaluate=False), (Le(y, x), Lt(x, y + 1))),  # y need not be an integer
        (Le(floor(x), x, evaluate=False), ()),
        (Eq(floor(x) + 1, 1, evaluate=False), (Ge(x, 0), Lt(x, 1))),
    ],
    ids=str,
)
def test_what_it_does_not_speak_of_is_not_proved(conclusion: sympy.Basic, given: tuple[sympy.Basic, ...]) -> None:
    assert run("rounding", conclusion, given, NATURALS).status is not Status.PROVED
