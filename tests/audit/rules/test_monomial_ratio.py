"""Products of powers: what is given is combined in logarithms; a wrong power, constant or side is found out."""

import pytest
import sympy
from rule_runs import POSITIVE, UNIT, run

from boundcheck.core.step import Status

a, b, c, p = sympy.symbols("a b c p", positive=True)
n = sympy.Symbol("n", integer=True, positive=True)
ALL = {a: POSITIVE, b: POSITIVE, c: POSITIVE, p: UNIT, n: sympy.S.Naturals}


def status(conclusion: object, *facts: object) -> Status:
    return run("monomial-ratio", conclusion, facts, ALL).status


PROVED = [
    (sympy.Le(a**2 * b, c**2 * b), (sympy.Le(a, c),)),
    (sympy.Le(a * b**3 / c, 6), (sympy.Le(a, 2 * c), sympy.Le(b**3, 3))),
    (sympy.Le(sympy.sqrt(a), 2 * b), (sympy.Le(a, 4 * b**2),)),
    (sympy.Le(a, a * sympy.Max(1, b)), ()),
    (sympy.Le(a * sympy.Max(1, b), c), (sympy.Le(a, c), sympy.Le(a * b, c))),
    (sympy.Le(p * a, a), ()),
    (sympy.Le(a * (1 - p), b), (sympy.Le(a, b / (1 - p)),)),
    (sympy.Le(a**n * b, a**n * c), (sympy.Le(b, c),)),
    (sympy.Ge(n * a, a), ()),
]
WRONG = [
    (sympy.Le(a**2 * b, c**3 * b), (sympy.Le(a, c),)),
    (sympy.Le(a * b**3 / c, 5), (sympy.Le(a, 2 * c), sympy.Le(b**3, 3))),
    (sympy.Le(sympy.sqrt(a), b), (sympy.Le(a, 4 * b**2),)),
    (sympy.Le(a, a * sympy.Min(1, b)), ()),
    (sympy.Le(a * sympy.Max(1, b), c), (sympy.Le(a, c),)),
    (sympy.Le(a, p * a), ()),
    (sympy.Le(a * (1 + p), b), (sympy.Le(a, b * (1 + p)),)),
    (sympy.Le(c, b), (sympy.Le(b, c),)),
]


@pytest.mark.parametrize(("conclusion", "facts"), PROVED)
def test_what_follows_is_proved(conclusion: object, facts: tuple) -> None:
    assert status(conclusion, *facts) is Status.PROVED


@pytest.mark.parametrize(("conclusion", "facts"), WRONG)
def test_what_does_not_is_refuted(conclusion: object, facts: tuple) -> None:
    assert status(conclusion, *facts) is Status.REFUTED


def test_an_atom_that_may_be_negative_proves_nothing() -> None:
    x = sympy.Symbol("x", real=True)
    assert run("monomial-ratio", sympy.Le(x * a, x * b), (sympy.Le(a, b),), ALL).status is not Status.PROVED


def test_a_domain_that_is_weaker_than_the_symbols_assumptions_counts() -> None:
    """The symbol says positive, the statement's domain says any real number."""
    loose = {**ALL, a: sympy.S.Reals}
    assert run("monomial-ratio", sympy.Le(b * a, c * a), (sympy.Le(b, c),), loose).status is not Status.PROVED
