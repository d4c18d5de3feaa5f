"""What solvers are told of powers with symbols in the exponent and of Lambert's function: true, and enough."""

from fractions import Fraction

import pytest
import sympy
from sympy import Eq, Ge, Gt, LambertW, Le, Symbol, exp

from boundcheck.audit.form_facts import form_facts
from boundcheck.audit.rules.smt import check
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

c, x, t = Symbol("c", real=True), Symbol("x", real=True), Symbol("t", real=True)
n = Symbol("n", integer=True)
POSITIVE = sympy.Interval.open(0, sympy.oo)
DOMAINS = {c: Variable(c, POSITIVE, ""), x: Variable(x, POSITIVE, ""), n: Variable(n, sympy.S.Integers, "")}


def status(conclusion: sympy.Basic, *given: sympy.Basic, domains: dict = DOMAINS) -> Status:
    return check(Step("s", "", "smt", conclusion, given), domains).status


@pytest.mark.parametrize(
    "relation",
    [
        Gt(c ** (n - 1), 0),
        Eq(c ** (n + 2), c**2 * c**n, evaluate=False),
        Eq(c ** (3 * n - 2), (c ** (n - 1)) ** 3 * c, evaluate=False),
        Eq((1 + x) ** (2 * n), ((1 + x) ** (n - 1)) ** 2 * (1 + x) ** 2, evaluate=False),
    ],
    ids=str,
)
def test_powers_of_a_positive_base_are_linked(relation: sympy.Basic) -> None:
    assert status(relation) is Status.PROVED


@pytest.mark.parametrize(
    "relation",
    [
        Eq(c ** (n + 2), c * c**n, evaluate=False),
        Eq(c ** (3 * n - 2), (c ** (n - 1)) ** 3, evaluate=False),
        Ge(c**n, 1),
        Le(c**n, c ** (n + 1)),
    ],
    ids=str,
)
def test_false_relations_of_powers_are_not_proved(relation: sympy.Basic) -> None:
    assert status(relation) is not Status.PROVED


def test_nothing_is_said_of_a_base_that_may_be_negative() -> None:
    for domain in (sympy.S.Reals, sympy.Interval(0, sympy.oo)):
        domains = {**DOMAINS, c: Variable(c, domain, "")}
        assert form_facts([Gt(c**n, 0, evaluate=False)], domains) == []
    assert form_facts([Gt((1 - x) ** n, 0, evaluate=False)], DOMAINS) == []


def test_lambert_w_inverts_x_e_x_where_x_is_not_negative() -> None:
    w = LambertW(x)
    assert status(Le(t, x), Le(t, w * exp(w))) is Status.PROVED
    assert status(Le(t, x / 2), Le(t, w * exp(w))) is not Status.PROVED
    everywhere = {**DOMAINS, x: Variable(x, sympy.S.Reals, "")}
    assert status(Le(t, x), Le(t, w * exp(w)), domains=everywhere) is not Status.PROVED


@pytest.mark.parametrize("base", [Fraction(1, 3), Fraction(1), Fraction(7, 2)], ids=str)
@pytest.mark.parametrize("exponent", [-2, 0, 3])
def test_the_facts_are_true(base: Fraction, exponent: int) -> None:
    powers = [c ** (n - 1), c ** (2 * n), c ** (3 * n - 2), c ** (n + 5), (1 + c) ** (n - 4), (1 + c) ** (2 * n + 1)]
    facts = form_facts([Gt(sum(powers), 0, evaluate=False)], DOMAINS)
    assert len(facts) == 10
    for fact in facts:
        at = fact.subs({c: sympy.Rational(base), n: exponent})
        assert at == sympy.true or decide(at, {}) is Verdict.HOLDS, fact
