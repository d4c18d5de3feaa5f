"""Values put in for arbitrary symbols: the conclusion must be exactly that."""

import pytest
import sympy
from rule_runs import run
from sympy import Eq, Ge, Le

from boundcheck.core.step import Status

x, y, d = sympy.symbols("x y d", real=True)
beta = sympy.Function("beta", real=True)
GENERAL = Le(beta(d + 1), beta(d) + x)


def test_values_are_put_in() -> None:
    assert run("specialization", Le(beta(4), beta(3) + x), (GENERAL,), where={d: 3}).status is Status.PROVED
    swapped = run("specialization", Le(y - x, 1), (Le(x - y, 1),), where={x: y, y: x})
    assert swapped.status is Status.PROVED


@pytest.mark.parametrize(
    "wrong",
    [
        Le(beta(4), beta(4) + x),
        Le(beta(4), beta(3) + 2 * x),
        Ge(beta(4), beta(3) + x),
        Le(beta(5), beta(3) + x),
        Eq(x, x),
    ],
)
def test_another_conclusion_is_not_proved(wrong: sympy.Basic) -> None:
    assert run("specialization", wrong, (GENERAL,), where={d: 3}).status is Status.UNKNOWN


def test_only_the_first_relation_is_general() -> None:
    assert run("specialization", Le(beta(4), beta(3) + x), (Ge(x, 0), GENERAL), where={d: 3}).status is Status.UNKNOWN
    assert run("specialization", GENERAL, (GENERAL,)).status is Status.UNKNOWN
    assert run("specialization", GENERAL, (), where={d: 3}).status is Status.UNKNOWN
