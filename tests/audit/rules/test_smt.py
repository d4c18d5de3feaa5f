"""The SMT rule: proves, refutes with exact witnesses, and never the other way round."""

import sys
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_runs import POSITIVE, UNIT, run
from sympy import Rational

from boundcheck.audit import smt_solvers
from boundcheck.audit.smt_solvers import Answer
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
    assert run("smt", sympy.Ge(sympy.exp(x), 1), (sympy.Ge(x, 0),)).status is Status.UNKNOWN
    assert run("smt", sympy.Le(sympy.exp(x), sympy.exp(x) + 1, evaluate=False)).status is Status.PROVED


def test_absolute_values_are_what_they_are() -> None:
    assert run("smt", sympy.Le(abs(x + y), abs(x) + abs(y), evaluate=False)).status is Status.PROVED
    finding = run("smt", sympy.Le(abs(x + y), abs(x) - abs(y), evaluate=False))
    assert finding.status is Status.REFUTED
    at = {name: Fraction(finding.witness[name]) for name in "xy"}
    assert abs(at["x"] + at["y"]) > abs(at["x"]) - abs(at["y"])
    finding = run("smt", sympy.Eq(abs(x), x, evaluate=False))
    assert finding.status is Status.REFUTED
    assert Fraction(finding.witness["x"]) < 0


def test_a_denominator_that_may_vanish_proves_nothing() -> None:
    """1/x * x >= 1 fails nowhere, but at x = 0 it says nothing."""
    claim = sympy.Ge(sympy.Mul(1 / x, x, evaluate=False), 1, evaluate=False)
    finding = run("smt", claim)
    assert finding.status is Status.UNKNOWN
    assert "not shown: x != 0" in finding.note
    assert run("smt", claim, (sympy.Ne(x, 0),)).status is Status.PROVED
    assert run("smt", claim, (), {x: POSITIVE}).status is Status.PROVED
    assert run("smt", claim, (), {x: sympy.Interval(0, 1)}).status is Status.UNKNOWN


def test_a_denominator_in_what_is_given_is_not_assumed_to_be_nonzero() -> None:
    """x y >= 1 for y = 1/x would need x != 0, which a given relation with 1/x does not say."""
    inverse = sympy.Eq(y, 1 / x, evaluate=False)
    assert run("smt", sympy.Ne(x, 0), (inverse,)).status is not Status.PROVED
    assert run("smt", sympy.Ge(x * y, 1), (inverse,)).status is Status.UNKNOWN
    assert run("smt", sympy.Ge(x * y, 1), (inverse,), {x: POSITIVE}).status is Status.PROVED


def test_denominators_inside_denominators() -> None:
    claim = sympy.Gt(1 / (1 + 1 / x), 0, evaluate=False)
    assert run("smt", claim, (), {x: POSITIVE}).status is Status.PROVED
    assert run("smt", claim, (sympy.Ne(x, 0),)).status is not Status.PROVED


def test_a_root_of_what_may_be_negative_proves_nothing() -> None:
    claim = sympy.Ge(sympy.sqrt(x), 0, evaluate=False)
    finding = run("smt", claim)
    assert finding.status is Status.UNKNOWN
    assert "not shown: x >= 0" in finding.note
    assert run("smt", claim, (sympy.Ge(x, 0),)).status is Status.PROVED
    # a given relation with a root does not say that its radicand is nonnegative
    assert run("smt", sympy.Ge(x, 0), (sympy.Eq(y, sympy.sqrt(x), evaluate=False),)).status is Status.UNKNOWN


def test_a_reciprocal_root_needs_more_than_a_nonnegative_radicand() -> None:
    claim = sympy.Gt(1 / sympy.sqrt(x), 0, evaluate=False)
    assert run("smt", claim, (sympy.Ge(x, 0),)).status is Status.UNKNOWN
    assert run("smt", claim, (sympy.Gt(x, 0),)).status is Status.PROVED


TRUE = sympy.Le(2 * x * y, x**2 + y**2)
FALSE = sympy.Le(3 * x * y, x**2 + y**2)


def lying(monkeypatch: pytest.MonkeyPatch, **answers: tuple) -> None:
    """Solvers that say what they are told to; z3's text is kept, as cvc5 reads it."""
    for name, answer in answers.items():
        monkeypatch.setattr(smt_solvers, name, lambda *_, answer=answer, **__: answer)


def z3_says(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = smt_solvers.by_z3
    monkeypatch.setattr(smt_solvers, "by_z3", lambda *inputs: (answer, (), honest(*inputs)[2]))


def test_both_solvers_are_asked_and_named() -> None:
    pytest.importorskip("cvc5")
    assert run("smt", TRUE).note == "z3 and cvc5: no counterexample over the reals"


def test_a_wrong_unsat_of_z3_is_refuted_by_the_model_of_cvc5(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cvc5")
    z3_says(Answer.UNSAT, monkeypatch)
    finding = run("smt", FALSE)
    assert finding.status is Status.REFUTED
    assert "contradict" in finding.note
    at = {name: Fraction(finding.witness[name]) for name in "xy"}
    assert 3 * at["x"] * at["y"] > at["x"] ** 2 + at["y"] ** 2


def test_cvc5_proves_where_z3_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cvc5")
    z3_says(Answer.UNKNOWN, monkeypatch)
    finding = run("smt", sympy.Ge(sympy.Max(x, y), y))
    assert (finding.status, finding.note) == (
        Status.PROVED,
        "cvc5: no counterexample over the reals; z3 did not decide",
    )
    assert run("smt", FALSE).status is Status.REFUTED


@pytest.mark.parametrize(
    ("z3", "cvc5", "status", "note"),
    [
        ("UNSAT", "UNSAT", Status.PROVED, "z3 and cvc5: no"),
        ("UNSAT", "UNKNOWN", Status.PROVED, "cvc5 did not decide"),
        ("UNSAT", "ABSENT", Status.PROVED, "cvc5 is not installed"),
        ("UNSAT", "SAT", Status.UNKNOWN, "contradict each other"),
        ("SAT", "UNSAT", Status.UNKNOWN, "z3: sat"),
        ("UNKNOWN", "UNSAT", Status.PROVED, "z3 did not decide"),
        ("UNKNOWN", "SAT", Status.UNKNOWN, "z3 did not decide, cvc5: sat"),
        ("UNKNOWN", "UNKNOWN", Status.UNKNOWN, "nor did cvc5"),
        ("UNKNOWN", "ABSENT", Status.UNKNOWN, "z3 did not decide"),
    ],
)
def test_what_two_answers_come_to(
    monkeypatch: pytest.MonkeyPatch, z3: str, cvc5: str, status: Status, note: str
) -> None:
    lying(monkeypatch, by_z3=(Answer[z3], (), ""), by_cvc5=(Answer[cvc5], {}))
    finding = run("smt", TRUE)
    assert (finding.status, note in finding.note) == (status, True)


def test_without_cvc5_z3_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvc5", None)  # as if it were not installed
    finding = run("smt", TRUE)
    assert (finding.status, finding.note) == (
        Status.PROVED,
        "z3: no counterexample over the reals; cvc5 is not installed",
    )
    assert run("smt", FALSE).status is Status.REFUTED


def test_limits_count_steps_and_not_seconds() -> None:
    """A hard claim under a small limit: undecided, and every time in the same words."""
    z, w = sympy.symbols("z w", real=True)
    hard = sympy.Ge(x**6 + y**6 + z**6 + w**6 + 2, 3 * x * y * z * w * (x + y), evaluate=False)
    findings = [run("smt", hard, (sympy.Ge(x**3 + y**5, z),), effort=20_000) for _ in range(2)]
    assert findings[0] == findings[1]
    assert findings[0].status is not Status.PROVED or "cvc5" in findings[0].note


def test_what_cvc5_reads_covers_every_construct() -> None:
    """cvc5 decides it, so that it read all of it: roots, inverses, extremes, absolute values, And, Or, one factor."""
    pytest.importorskip("cvc5")
    claim = sympy.And(
        sympy.Ge(sympy.Max(x, 1 / y, 0), sympy.Min(x, 1 / y), evaluate=False),
        sympy.Or(sympy.Ge(sympy.sqrt(y), 0, evaluate=False), sympy.Lt(x, 0)),
        sympy.Ge(abs(x) ** 1, -1, evaluate=False),
        sympy.Le(y ** Rational(-3, 2), 1 / y ** Rational(3, 2), evaluate=False),
        evaluate=False,
    )
    finding = run("smt", claim, (sympy.Ne(x, 5),), {y: POSITIVE})
    assert finding.note == "z3 and cvc5: no counterexample over the reals"


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
