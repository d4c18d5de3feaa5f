"""Induction along finitely many steps where the hypothesis holds powers b^n."""

import pytest
import sympy
from rule_runs import POSITIVE, run
from sympy import Eq, Ge, Integer, Le

from boundcheck.core.step import Status

n, last = sympy.symbols("n N", integer=True)
u = sympy.Symbol("u", real=True)
a = sympy.Function("a", real=True)
GROWS = Le(a(n + 1), (1 + u) * a(n))


def status(hypothesis: sympy.Basic, recursion: sympy.Basic = GROWS) -> Status:
    data = {
        "variable": n,
        "start": Integer(0),
        "until": last,
        "hypothesis": hypothesis,
        "recursion": (recursion,),
    }
    given = (Ge(last, 0), Eq(a(0), 1))
    return run("finite-induction", hypothesis.subs(n, last), given, {u: POSITIVE}, **data).status


def test_geometric_growth() -> None:
    assert status(Le(a(n), (1 + u) ** n)) is Status.PROVED


@pytest.mark.parametrize(
    ("hypothesis", "recursion"),
    [
        (Le(a(n), (1 + u) ** n / 2), GROWS),
        (Le(a(n), (1 + u / 2) ** n), GROWS),
        (Le(a(n), u**n), GROWS),
        (Le(a(n), (1 + u) ** n), Le(a(n + 1), (2 + u) * a(n))),
        (Le(a(n), (1 + u) ** n), Le(a(n + 1), (1 + u) * a(n) + 1)),
    ],
    ids=str,
)
def test_slower_growth_is_not_proved(hypothesis: sympy.Basic, recursion: sympy.Basic) -> None:
    assert status(hypothesis, recursion) is not Status.PROVED
