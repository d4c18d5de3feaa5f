"""A statement needs numbers that meet its assumptions; assumptions that contradict, or a proof that sets such, show."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy

from boundcheck.audit.vacuity import contradiction, vacuity
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant
from boundcheck.core.step import Status, Step
from boundcheck.library import library

x, y = sympy.symbols("x y", real=True)
t = sympy.Symbol("t", real=True)


def statement(*relations: sympy.Basic, instance: dict[str, Fraction] | None = None) -> Statement:
    assumptions = tuple(Assumption(f"a{place}", relation, "m") for place, relation in enumerate(relations))
    variant = Variant(assumptions, (Claim("c", Sense.UPPER, sympy.Le(x, y), "m"),))
    variables = tuple(Variable(symbol, sympy.Interval(0, 1), "m") for symbol in (x, y))
    return Statement("lemma-1", "t", Kind.LEMMA, Source("Lemma 1", 1), variables, {"printed": variant},
                     instance=instance or {})  # fmt: skip


def found(one: Statement) -> Status:
    return vacuity(one, one.variant("printed")).status


def test_an_instance_that_meets_every_assumption_shows_that_there_is_one() -> None:
    one = statement(sympy.Le(x, y), sympy.Gt(x, 0), instance={"x": Fraction(1, 3), "y": Fraction(1, 2)})
    result = vacuity(one, one.variant("printed"))
    assert (result.status, dict(result.instance)) == (Status.PROVED, {"x": "1/3", "y": "0.5"})


@pytest.mark.parametrize(
    "instance",
    [
        {},
        {"x": Fraction(1, 2)},
        {"x": Fraction(1, 2), "y": Fraction(1, 3)},  # the first assumption fails
        {"x": Fraction(2), "y": Fraction(3)},  # outside of the domains
    ],
)
def test_without_a_good_instance_nothing_is_said(instance: dict[str, Fraction]) -> None:
    assert found(statement(sympy.Le(x, y), sympy.Gt(x, 0), instance=instance)) is Status.UNKNOWN


def test_assumptions_that_contradict_each_other_or_the_domains_are_vacuous() -> None:
    assert found(statement(sympy.Lt(x, y), sympy.Lt(y, x))) is Status.VACUOUS
    assert found(statement(sympy.Gt(x * y, 1))) is Status.VACUOUS
    assert found(statement(sympy.Ge(x * y, 1))) is Status.UNKNOWN  # x = y = 1, and no instance


def test_a_proof_that_sets_what_the_assumptions_exclude_is_found() -> None:
    one = statement(sympy.Le(x, y), instance={"x": Fraction(0), "y": Fraction(0)})
    form, domains = one.variant("printed"), {v.symbol: v for v in one.variables}
    good = Step("s", "s", "let", sympy.And(sympy.Ge(t, x), sympy.Le(t, y)))
    bad = replace(good, conclusion=sympy.And(sympy.Gt(t, y), sympy.Lt(t, x)))
    assert contradiction(form, [good], domains) is None
    assert contradiction(form, [bad], domains) is not None
    assert contradiction(form, [replace(bad, rule="smt")], domains) is None  # a conclusion, which must be shown


def test_every_statement_has_an_instance_in_every_variant() -> None:
    missing = [
        (one.id, name) for one in library().statements() for name in one.variants
        if vacuity(one, one.variant(name)).status is not Status.PROVED
    ]  # fmt: skip
    assert missing == []
