"""Instances of well-known lemmas are recognized; what is none, or misses a side condition, is not proved."""

from collections.abc import Mapping
from typing import Any

import pytest
import sympy
from sympy import Abs, Function, Ge, Interval, Lambda, Le, S, log, sqrt

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.named_lemma import check, nonnegative
from boundcheck.core.operators import Expectation, Norm, Probability, Projection
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

x, y, c, d = sympy.symbols("x y c d", real=True)
u, v, A, r, kappa, level = sympy.symbols("u v A r kappa a")
inner = Function("inner")
E = Expectation
HALF_LINE = Interval(0, sympy.oo)
SETS = {kappa: HALF_LINE, level: Interval.open(0, sympy.oo)}
ROOT, SQUARE, CUBE = Lambda(x, sqrt(x)), Lambda(x, x**2), Lambda(x, x**3)
STEPS = Lambda(x, sympy.Piecewise((0, x < 1), (1, True)))
MARKOV = Probability(Ge(Norm(r), level))


def replay(
    lemma: str, conclusion: sympy.Basic, instance: dict[str, Any], sets: Mapping[sympy.Basic, sympy.Set] = SETS
) -> Finding:
    domains = {symbol: Variable(symbol, domain, "") for symbol, domain in sets.items()}
    return check(Step("s", "", "named-lemma", conclusion, data={"lemma": lemma, "instance": instance}), domains)


WRITTEN_OUT = {"u": (x, y), "v": (c, d)}
NORMS = sqrt(x**2 + y**2) * sqrt(c**2 + d**2)


@pytest.mark.parametrize(
    ("lemma", "conclusion", "instance"),
    [
        ("cauchy-schwarz", Le(Abs(x * c + y * d), NORMS), WRITTEN_OUT),
        ("cauchy-schwarz", Ge(NORMS, -x * c - y * d), WRITTEN_OUT),
        ("cauchy-schwarz", Le(Abs(inner(u, v)), Norm(u) * Norm(v)), {"u": u, "v": v}),
        ("cauchy-schwarz", Le(Abs(E(x * y)), sqrt(E(x**2)) * sqrt(E(y**2))), {"X": x, "Y": y}),
        ("jensen", Le(E(Norm(r)), sqrt(E(Norm(r) ** 2))), {"function": ROOT, "X": Norm(r) ** 2}),
        ("jensen", Le(E(Norm(r)) ** 2, E(Norm(r) ** 2)), {"function": SQUARE, "X": Norm(r)}),
        ("jensen", Le(E(r) ** 2, E(r**2)), {"function": SQUARE, "X": r, "domain": S.Reals}),
        ("triangle", Le(Norm(u + v), Norm(u) + Norm(v)), {"u": u, "v": v}),
        ("markov", Le(MARKOV, E(Norm(r)) / level), {"X": Norm(r), "a": level}),
        ("operator-norm", Le(Norm(A * u), Norm(A) * Norm(u)), {"A": A, "x": u}),
        (
            "projection-nonexpansive",
            Le(Norm(Projection(u, kappa) - Projection(v, kappa)), Norm(u - v)),
            {"u": u, "v": v, "kappa": kappa},
        ),
    ],
    ids=str,
)
def test_instances_are_proved(lemma: str, conclusion: sympy.Basic, instance: dict[str, Any]) -> None:
    assert replay(lemma, conclusion, instance).status is Status.PROVED


@pytest.mark.parametrize(
    ("lemma", "conclusion", "instance"),
    [
        ("cauchy-schwarz", Le(Abs(inner(u, v)), Norm(u)), {"u": u, "v": v}),
        ("cauchy-schwarz", Ge(Abs(inner(u, v)), Norm(u) * Norm(v)), {"u": u, "v": v}),
        ("cauchy-schwarz", Le(2 * inner(u, v), Norm(u) * Norm(v)), {"u": u, "v": v}),
        ("cauchy-schwarz", Le(Abs(E(x * y)), E(x**2) * E(y**2)), {"X": x, "Y": y}),
        ("cauchy-schwarz", Le(Abs(x * c), NORMS), {"u": (x,), "v": (c, d)}),
        ("jensen", Ge(E(Norm(r)), sqrt(E(Norm(r) ** 2))), {"function": ROOT, "X": Norm(r) ** 2}),
        ("jensen", Le(E(r) ** 3, E(r**3)), {"function": CUBE, "X": r}),  # r may be negative
        ("jensen", Le(E(r) ** 3, E(r**3)), {"function": CUBE, "X": r, "domain": S.Reals}),  # not convex there
        ("jensen", Le(E(log(Norm(r))), log(E(Norm(r)))), {"function": Lambda(x, log(x)), "X": Norm(r)}),  # log 0
        (
            "jensen",
            Le(sympy.floor(E(Norm(r))), E(sympy.floor(Norm(r)))),
            {"function": Lambda(x, sympy.floor(x)), "X": Norm(r)},
        ),
        ("jensen", Le(STEPS(E(Norm(r))), E(STEPS(Norm(r)))), {"function": STEPS, "X": Norm(r)}),  # jumps
        ("triangle", Le(Norm(u + v), Norm(u)), {"u": u, "v": v}),
        ("triangle", Le(Norm(u) + Norm(v), Norm(u + v)), {"u": u, "v": v}),
        ("markov", Le(MARKOV, E(Norm(r))), {"X": Norm(r), "a": level}),
        ("markov", Le(Probability(Ge(r, level)), E(r) / level), {"X": r, "a": level}),  # r may be negative
        ("markov", Le(Probability(Ge(Norm(r), u)), E(Norm(r)) / u), {"X": Norm(r), "a": u}),  # u may be negative
        ("operator-norm", Le(Norm(A * u), Norm(A)), {"A": A, "x": u}),
        (
            "projection-nonexpansive",
            Le(Norm(Projection(u, r) - Projection(v, r)), Norm(u - v)),
            {"u": u, "v": v, "kappa": r},
        ),
        ("hoelder", Le(Norm(u), Norm(v)), {}),
        ("triangle", Le(Norm(u), Norm(v)), {}),
    ],
    ids=str,
)
def test_what_is_no_instance_is_unknown(lemma: str, conclusion: sympy.Basic, instance: dict[str, Any]) -> None:
    found = replay(lemma, conclusion, instance)
    assert found.status is Status.UNKNOWN
    assert found.note


@pytest.mark.parametrize(
    "conclusion",
    [
        Le(Abs(x * c + 2 * y * d), NORMS),
        Le(Abs(x * c + y * d), NORMS / 2),
        Le(Abs(x * c + y * d), sqrt(x**2) * sqrt(c**2 + d**2)),
    ],
    ids=["constant", "half", "dropped component"],
)
def test_planted_faults_over_numbers_have_a_witness(conclusion: sympy.Basic) -> None:
    found = replay("cauchy-schwarz", conclusion, WRITTEN_OUT)
    assert found.status is Status.REFUTED
    values = {symbol: sympy.Rational(found.witness[str(symbol)]) for symbol in (x, y, c, d)}
    assert conclusion.subs(values) == sympy.false


def test_nonnegativity_goes_by_form_and_domain_and_not_by_assumption() -> None:
    positive = sympy.Symbol("q", positive=True)
    domains = {kappa: Variable(kappa, HALF_LINE, "")}
    for expression in (Norm(u) + 1, r**2, kappa * Norm(u), sqrt(kappa), sympy.exp(r), E(Norm(r) ** 2), S.Zero):
        assert nonnegative(expression, domains)
    for expression in (positive, r, -kappa, kappa - 1, r**3, inner(u, v), E(r)):
        assert not nonnegative(expression, domains)
