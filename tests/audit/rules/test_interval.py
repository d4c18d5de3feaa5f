"""Inequalities over boxes: the paper's, planted faults in them, and random ones with an independent check."""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Derivative, Ge, Gt, Interval, Le, Lt, Rational, S, exp, log, oo

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.interval import check
from boundcheck.core.operators import Norm
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

x, y, gamma, p, r = sympy.symbols("x y gamma p r")
n = sympy.Symbol("n")
HALF_LINE = Interval(0, oo)
UNIT = Interval(0, 1)


def replay(
    conclusion: sympy.Basic, sets: Mapping[sympy.Basic, sympy.Set], given: tuple[sympy.Basic, ...] = (), **data: Any
) -> Finding:
    domains = {symbol: Variable(symbol, domain, "") for symbol, domain in sets.items()}
    return check(Step("s", "", "interval", conclusion, given=given, data=data), domains)


TANGENT = Le(1 + x, exp(x))
CHERNOFF = Ge((1 + gamma) * log(1 + gamma) - gamma, gamma**2 / 3)


@pytest.mark.parametrize(
    ("conclusion", "sets", "data"),
    [
        (TANGENT, {x: HALF_LINE}, {}),
        (TANGENT, {x: S.Reals}, {"contact": [{x: 0}]}),
        (TANGENT, {x: HALF_LINE}, {"tail": {x: 3}}),
        (Lt(1 + x, exp(x)), {x: Interval.open(0, oo)}, {}),
        (CHERNOFF, {gamma: UNIT}, {}),
        (CHERNOFF, {gamma: UNIT}, {"contact": [{gamma: 0}]}),
        (CHERNOFF, {gamma: Interval.open(0, 1)}, {}),
        (Ge((1 + gamma) * log(1 + gamma) - gamma, gamma**2 / (2 + 2 * gamma / 3)), {gamma: HALF_LINE}, {}),
        (Ge(Derivative(x * exp(x), x), 0, evaluate=False), {x: HALF_LINE}, {}),
        (Le(r * (1 - r), Rational(1, 4)), {r: UNIT}, {}),
        (Le(x * exp(-x), exp(-1)), {x: HALF_LINE}, {"contact": [{x: 1}]}),
        (Gt((1 - p) / p, 0), {p: Interval.open(0, 1)}, {}),
        (sympy.And(TANGENT, Le(x, exp(x))), {x: HALF_LINE}, {}),
        (Le(x * y, x + y), {x: UNIT, y: UNIT}, {}),
    ],
    ids=str,
)
def test_proved(conclusion: sympy.Basic, sets: dict[sympy.Basic, sympy.Set], data: dict[str, Any]) -> None:
    assert replay(conclusion, sets, **data).status is Status.PROVED


@pytest.mark.parametrize(
    ("conclusion", "sets"),
    [
        (Le(1 + x * Rational(101, 100), exp(x)), {x: HALF_LINE}),  # constant
        (Lt(1 + x, exp(x)), {x: HALF_LINE}),  # strict at the touching point
        (Ge(1 + x, exp(x)), {x: HALF_LINE}),  # sign
        (Ge((1 + gamma) * log(1 + gamma) - gamma, gamma**2 * Rational(2, 5)), {gamma: UNIT}),  # constant
        (Ge((1 + gamma) * log(1 + gamma) - gamma, gamma / 3), {gamma: UNIT}),  # exponent
        (CHERNOFF, {gamma: HALF_LINE}),  # dropped hypothesis: gamma <= 1
        (Ge(Derivative(x * exp(x), x), 0, evaluate=False), {x: S.Reals}),  # dropped hypothesis: x >= 0
        (Le(r * (1 - r), Rational(24, 100)), {r: UNIT}),
    ],
    ids=str,
)
def test_planted_faults_have_a_witness(conclusion: sympy.Basic, sets: dict[sympy.Basic, sympy.Set]) -> None:
    found = replay(conclusion, sets)
    assert found.status is Status.REFUTED
    values = {symbol: Fraction(found.witness[str(symbol)]) for symbol in sets}
    assert all(Rational(values[symbol].numerator, values[symbol].denominator) in sets[symbol] for symbol in sets)
    assert decide(conclusion.doit(), values) is Verdict.FAILS


def test_growth_is_monotone_in_two_points() -> None:
    a, b = sympy.symbols("a b")
    claim, order = Le(a * exp(a), b * exp(b)), (Le(a, b),)
    assert replay(claim, {a: HALF_LINE, b: HALF_LINE}, order, above={b: a}).status is Status.PROVED
    assert replay(claim, {a: S.Reals, b: S.Reals}, order, above={b: a}).status is Status.REFUTED
    assert replay(claim, {a: HALF_LINE, b: HALF_LINE}, (), above={b: a}).status is Status.UNKNOWN  # not given


def test_a_smaller_box_proves_up_to_it() -> None:
    found = replay(TANGENT, {x: S.Reals}, box={x: (0, 5)})
    assert found.status is Status.PROVED_UP_TO
    assert "x in [0, 5]" in found.note
    assert replay(TANGENT, {x: UNIT}, box={x: (0, 5)}).status is Status.PROVED
    assert replay(TANGENT, {x: HALF_LINE}, box={x: (0, oo)}).status is Status.PROVED


def test_what_is_given_cuts_the_box() -> None:
    claim = Le(n**2, 2**n)
    assert replay(claim, {n: S.Naturals}).witness == {"n": "3"}
    assert replay(claim, {n: S.Naturals}, (Ge(n, 4),)).status is Status.PROVED
    assert (
        replay(Le(x, 1), {x: HALF_LINE, y: UNIT}, (Le(x + y, 1),), boxes=100).status is Status.UNKNOWN
    )  # y is not in the claim


def test_where_the_expression_may_be_undefined_nothing_is_proved() -> None:
    assert replay(Ge((1 - p) / p, 0), {p: UNIT}, boxes=100).status is Status.UNKNOWN
    assert replay(Ge(log(x) - log(x - 1), 0), {x: HALF_LINE}, boxes=100).status is Status.UNKNOWN


def test_assumptions_of_symbols_do_not_replace_domains() -> None:
    positive = sympy.Symbol("q", positive=True)
    claim = Ge(positive, 0, evaluate=False)
    assert replay(claim, {positive: S.Reals}).status is Status.REFUTED
    assert replay(claim, {}).status is not Status.PROVED


def test_norms_are_nonnegative_reals() -> None:
    assert replay(Le(1 + Norm(x), exp(Norm(x))), {}).status is Status.PROVED


@pytest.mark.parametrize("conclusion", [sympy.Eq(x, y), Le(sympy.gamma(x), 10), Le(sympy.Function("a")(x), 1)])
def test_what_the_rule_cannot_read_is_unknown(conclusion: sympy.Basic) -> None:
    assert replay(conclusion, {x: UNIT, y: UNIT}, boxes=50).status is Status.UNKNOWN


def test_jumps_are_not_taken_for_constants() -> None:
    claim = Le(sympy.floor(x), Rational(1, 2))
    assert replay(claim, {x: Interval(0, 2)}).status is Status.REFUTED
    drop = sympy.Piecewise((1, x < 1), (-1, True))  # its derivative is zero in every branch
    assert replay(Ge(drop, 0), {x: Interval(0, 2)}).status is Status.REFUTED


def test_a_point_between_the_parts_of_a_domain_is_no_witness() -> None:
    claim = Le((x - 1) * (3 - x), 0)  # fails only between 1 and 3
    assert replay(claim, {x: sympy.Union(UNIT, Interval(3, 4))}, boxes=30).status is not Status.REFUTED
    assert replay(claim, {x: Interval(0, 4)}).status is Status.REFUTED


@pytest.mark.parametrize("seed", range(40))
def test_random_inequalities_never_get_the_wrong_status(seed: int) -> None:
    generator = random.Random(seed)
    parts = [x, y, x * y, x**2, exp(-x), log(1 + y), sympy.sqrt(x), sympy.Max(x, y), sympy.Abs(x - y), 1 / (1 + x)]
    left = sum(generator.randint(-3, 3) * part for part in generator.sample(parts, 3))
    claim = generator.choice([Le, Lt, Ge, Gt])(left, Rational(generator.randint(-8, 8), 2), evaluate=False)
    found = replay(claim, {x: Interval(0, 2), y: Interval(0, 2)}, boxes=150)
    grid = [Fraction(i, 8) for i in range(17)]
    verdicts = {decide(claim, {x: a, y: b}) for a in grid for b in grid}
    if found.status is Status.PROVED:
        assert Verdict.FAILS not in verdicts
    elif found.status is Status.REFUTED:
        values = {s: Fraction(found.witness.get(str(s), "0")) for s in (x, y)}
        assert decide(claim, values) is Verdict.FAILS
        assert all(0 <= value <= 2 for value in values.values())
    else:
        assert found.status is Status.UNKNOWN
        assert Verdict.FAILS not in verdicts  # what a coarse grid refutes is refuted


def test_random_inequalities_are_mostly_decided() -> None:
    """The test above would also pass a rule that never decides anything."""
    decided = 0
    for seed in range(20):
        generator = random.Random(seed)
        claim = Le(generator.randint(-3, 3) * x**2 + generator.randint(-3, 3) * y, generator.randint(1, 12))
        found = replay(claim, {x: Interval(0, 2), y: Interval(0, 2)}, boxes=150)
        decided += found.status in {Status.PROVED, Status.REFUTED}
    assert decided >= 15
