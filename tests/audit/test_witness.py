"""Witnesses are decided exactly, in the whole domain, and made as simple as they can be."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
import sympy
from sympy import Eq, FiniteSet, Ge, Gt, Interval, Le, S, Union

from boundcheck.audit.finding import Domains
from boundcheck.audit.witness import is_witness, search, simplified
from boundcheck.core.errors import LibraryError
from boundcheck.core.statement import Variable
from boundcheck.core.step import Step

x, y = sympy.symbols("x y", real=True)
HALF = Fraction(1, 2)


def step(conclusion: sympy.Basic, *given: sympy.Basic) -> Step:
    return Step("step", "claim", "smt", conclusion, given)


def within(sets: Mapping[sympy.Symbol, sympy.Set]) -> Domains:
    return {symbol: Variable(symbol, domain, "") for symbol, domain in sets.items()}


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (FiniteSet(0, 1), 1, HALF),
        (FiniteSet(0, 2), 2, 1),
        (Union(Interval(-3, -2), Interval(2, 3)), 2, 0),
        (Interval.open(0, 1), HALF, 1),
        (S.Naturals, 3, 0),
        (S.Integers, -3, HALF),
        (Interval(1, sympy.sqrt(2)), Fraction(7, 5), Fraction(3, 2)),
    ],
    ids=str,
)
def test_a_witness_lies_in_its_domain(domain: sympy.Set, inside: object, outside: object) -> None:
    fails_everywhere = step(Gt(x, 100))
    assert is_witness(fails_everywhere, within({x: domain}), {x: Fraction(inside)})
    assert not is_witness(fails_everywhere, within({x: domain}), {x: Fraction(outside)})


def test_a_witness_meets_what_is_given_and_violates_the_conclusion() -> None:
    claim = step(Le(x, 1), Ge(x, y))
    assert is_witness(claim, {}, {x: Fraction(2), y: Fraction(2)})
    assert not is_witness(claim, {}, {x: Fraction(2), y: Fraction(3)})
    assert not is_witness(claim, {}, {x: Fraction(1), y: Fraction(1)})


def test_where_a_formula_has_no_value_there_is_no_witness() -> None:
    assert not is_witness(step(Ge(1 / x, 1)), {}, {x: Fraction(0)})
    assert not is_witness(step(Ge(sympy.log(x), 1)), {}, {x: Fraction(-1)})
    assert is_witness(step(Ge(1 / x, 1)), {}, {x: Fraction(2)})


def test_a_function_without_values_ends_the_search() -> None:
    opaque = sympy.Function("g")(x)
    assert search(step(Le(opaque, 1)), {}) is None
    with pytest.raises(LibraryError):
        is_witness(step(Le(opaque, 1)), {}, {x: Fraction(1)})


def test_a_suggestion_is_made_simple_and_stays_a_witness() -> None:
    claim = step(Le(x + y, 3), Le(x, 2))
    crooked = {x: Fraction(199999, 100003), y: Fraction(222222222, 100000007)}
    found = simplified(claim, {}, crooked)
    assert is_witness(claim, {}, found)
    assert all(value.numerator + value.denominator <= 5 for value in found.values())


def test_what_needs_a_long_fraction_keeps_it() -> None:
    claim = step(sympy.Ne(x, Fraction(355, 113), evaluate=False))
    assert simplified(claim, {}, {x: Fraction(355, 113)}) == {x: Fraction(355, 113)}


def test_a_defined_symbol_follows_its_definition() -> None:
    claim = step(Le(y, 5), Eq(y, x**2 + 1))
    found = search(claim, within({x: Interval(0, 10)}))
    assert found is not None
    at, defined = Fraction(found.witness["x"]), Fraction(found.witness["y"])
    assert defined == at**2 + 1 > 5
    assert 0 <= at <= 10


@pytest.mark.parametrize("domain", [Interval(200, 300), FiniteSet(17, 19), Interval.open(5000, sympy.oo)], ids=str)
def test_the_search_reaches_domains_without_simple_numbers(domain: sympy.Set) -> None:
    found = search(step(Le(x, 16)), within({x: domain}))
    assert found is not None
    assert sympy.Rational(found.witness["x"]) in domain


def test_the_search_is_the_same_every_time() -> None:
    claim = step(Le(x * y, Fraction(1, 7)), Le(x + y, 1))
    assert search(claim, {}) == search(claim, {})
