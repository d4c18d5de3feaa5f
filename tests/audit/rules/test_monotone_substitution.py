"""Monotone substitution: the paper's uses, and wrong directions, signs, orders and poles planted in them."""

from fractions import Fraction

import pytest
import sympy
from rule_runs import POSITIVE, UNIT, run
from sympy import Ge, Gt, Interval, Le, Lt, Max, S, exp, floor, log, sqrt

from boundcheck.audit.finding import Finding
from boundcheck.core.step import Status

v, w = sympy.symbols("v w", real=True)
x, y, u = sympy.symbols("x y u", real=True)
a, b, c, p, delta, Lambda = sympy.symbols("a b c p delta Lambda", positive=True)
k = sympy.Symbol("k", integer=True, positive=True)
DOMAINS = {
    x: S.Reals,
    y: S.Reals,
    u: Interval(0, sympy.oo),
    a: POSITIVE,
    b: POSITIVE,
    c: POSITIVE,
    p: UNIT,
    delta: POSITIVE,
    Lambda: Interval(0, sympy.oo),
    k: S.Naturals,
}
HALF_LINE = Interval(0, sympy.oo)


def replay(conclusion: object, *given: object, expression: sympy.Expr, replace: dict, **more: object) -> Finding:
    domains = DOMAINS | more.pop("domains", {})
    return run("monotone-substitution", conclusion, given, domains, expression=expression, replace=replace, **more)


def between(expression: sympy.Expr, *given: object, strict: bool = False, **domains: sympy.Set) -> Status:
    """E(x) <= E(y) from x <= y."""
    low, high = expression.subs(v, x), expression.subs(v, y)
    relation = (Lt if strict else Le)(low, high, evaluate=False)
    order = Lt(x, y) if strict else Le(x, y)
    sets = {symbol: domains.get(str(symbol), DOMAINS[symbol]) for symbol in DOMAINS}
    return replay(relation, order, *given, expression=expression, replace={v: (x, y)}, domains=sets).status


ON_HALF_LINE = {"x": HALF_LINE, "y": HALF_LINE}


@pytest.mark.parametrize(
    "expression",
    [
        v * exp(v),
        v**2,
        sqrt(v),
        v**k,
        log(1 + v),
        v / (1 + v),
        -1 / (1 + v) ** 2,
        c * v**3 - exp(-v),
        Max(1, v) * exp(2 * v),
        floor(3 * v) + sympy.ceiling(v) / 2,
        (1 + c) ** v,
        (1 + v) ** v,
        -(p**v),
        v**2 / (1 + v),
        sympy.Abs(v) * sympy.tanh(v),
        sympy.LambertW(v) * (1 - p),
        v**4 - v**3 + v**2,
        exp(v) - v,
    ],
    ids=str,
)
def test_what_rises_on_the_half_line(expression: sympy.Expr) -> None:
    assert between(expression, **ON_HALF_LINE) is Status.PROVED
    mirrored = between(-expression, **ON_HALF_LINE)
    assert mirrored in {Status.REFUTED, Status.UNKNOWN}


@pytest.mark.parametrize(
    "expression",
    [
        v**2,
        v * exp(v),
        1 / v,
        -1 / v,
        v**4 - v**3 - v**2,
        sympy.Abs(v),
        v / (v**2 - 1),
        (v - 1) ** 3 * v,
        sympy.sin(v),
        Max(-v, v - 1),
    ],
    ids=str,
)
def test_what_does_not_rise_on_the_whole_line(expression: sympy.Expr) -> None:
    assert between(expression) in {Status.REFUTED, Status.UNKNOWN}


@pytest.mark.parametrize("expression", [v, v**3, exp(v), 2 * v + sympy.tanh(v), -exp(-v), floor(v), v + v**5], ids=str)
def test_what_rises_on_the_whole_line(expression: sympy.Expr) -> None:
    assert between(expression) is Status.PROVED
    assert between(-expression) in {Status.REFUTED, Status.UNKNOWN}


def test_the_order_must_be_given() -> None:
    claim = Le(x**3, y**3)
    assert replay(claim, Le(x, y), expression=v**3, replace={v: (x, y)}).status is Status.PROVED
    assert replay(claim, Le(x, y + 1), expression=v**3, replace={v: (x, y)}).status is Status.REFUTED
    turned = replay(claim, Ge(x, y), expression=v**3, replace={v: (x, y)})
    assert turned.status is Status.REFUTED
    assert Fraction(turned.witness["x"]) ** 3 > Fraction(turned.witness["y"]) ** 3


def test_a_falling_expression_turns_the_order() -> None:
    claim = Le(1 / (1 + a), 1 / (1 + b))
    assert replay(claim, Ge(a, b), expression=1 / (1 + v), replace={v: (a, b)}).status is Status.PROVED
    assert replay(claim, Le(a, b), expression=1 / (1 + v), replace={v: (a, b)}).status is Status.REFUTED
    assert replay(Ge(1 / (1 + b), 1 / (1 + a)), Ge(a, b), expression=1 / (1 + v), replace={v: (a, b)}).status is (
        Status.PROVED
    )


def test_the_growth_of_two_delta() -> None:
    """f(Lambda) <= f(2 delta), f(x) = x e^x, from 0 <= Lambda <= 2 delta; at Lambda = -3, -2 it would be wrong."""
    claim = Le(Lambda * exp(Lambda), 2 * delta * exp(2 * delta), evaluate=False)
    data = {"expression": v * exp(v), "replace": {v: (Lambda, 2 * delta)}}
    assert replay(claim, Le(Lambda, 2 * delta), **data).status is Status.PROVED
    assert replay(claim, Le(Lambda, 3 * delta), **data).status is Status.REFUTED
    anywhere = {Lambda: S.Reals, delta: S.Reals}
    assert replay(claim, Le(Lambda, 2 * delta), **data, domains=anywhere).status is not Status.PROVED


def test_a_power_of_what_the_exponential_bounds() -> None:
    """(1 + u)^k <= e^{k u}, the order by another rule."""
    data = {"expression": v**k, "replace": {v: (1 + u, exp(u))}, "by": ("interval", {})}
    assert replay(Le((1 + u) ** k, exp(k * u), evaluate=False), **data).status is Status.PROVED
    wrong = data | {"replace": {v: (1 + 2 * u, exp(u))}}
    assert replay(Le((1 + 2 * u) ** k, exp(k * u), evaluate=False), **wrong).status in {
        Status.REFUTED,
        Status.UNKNOWN,
    }
    assert replay(Le((1 + u) ** k, exp(u), evaluate=False), **data).status is not Status.PROVED


def test_a_factor_must_not_be_negative() -> None:
    data = {"expression": y * v, "replace": {v: (a, b)}}
    assert replay(Le(y * a, y * b), Le(a, b), Ge(y, 0), **data).status is Status.PROVED
    assert replay(Le(y * a, y * b), Le(a, b), **data).status is Status.REFUTED
    assert replay(Le(y * a, y * b), Ge(a, b), Le(y, 0), **data).status is Status.PROVED


def test_a_variable_that_occurs_in_both_directions() -> None:
    claim = Le(a - a**2, b - b**2)
    data = {"expression": v - v**2, "replace": {v: (a, b)}}
    assert replay(claim, Le(a, b), Le(b, sympy.Rational(1, 2)), **data).status is Status.PROVED  # by its derivative
    assert replay(claim, Le(a, b), Le(b, 1), **data).status is Status.REFUTED


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ((Gt(x, 1),), Status.PROVED),
        ((Lt(y, 1),), Status.PROVED),
        ((), Status.REFUTED),  # x < 1 < y
        ((Lt(x, 1), Gt(y, 1)), Status.REFUTED),
    ],
)
def test_a_pole_between_the_two(given: tuple, status: Status) -> None:
    expression = 1 / (1 - v)
    claim = Le(1 / (1 - x), 1 / (1 - y))
    found = replay(claim, Le(x, y), *given, expression=expression, replace={v: (x, y)})
    assert found.status is status
    if status is Status.REFUTED:
        at = {name: Fraction(found.witness[name]) for name in "xy"}
        assert at["x"] < 1 < at["y"]
        assert 1 / (1 - at["x"]) > 1 / (1 - at["y"])


@pytest.mark.parametrize("given", [(Ge(x, 1),), (Le(y, 1),)])
def test_a_pole_at_an_end_proves_nothing(given: tuple) -> None:
    claim = Le(1 / (1 - x), 1 / (1 - y))
    assert replay(claim, Le(x, y), *given, expression=1 / (1 - v), replace={v: (x, y)}).status is not Status.PROVED


def test_two_variables_one_after_the_other() -> None:
    """x / (1 + y) rises in x and falls in y."""
    expression, replace = v / (1 + w), {v: (a, b), w: (c, p)}
    claim = Le(a / (1 + c), b / (1 + p))
    assert replay(claim, Le(a, b), Ge(c, p), expression=expression, replace=replace).status is Status.PROVED
    assert replay(claim, Le(a, b), Le(c, p), expression=expression, replace=replace).status is Status.REFUTED
    assert replay(claim, Le(a, b), expression=expression, replace=replace).status is Status.REFUTED


def test_a_variable_that_also_stands_in_its_values() -> None:
    claim = Le(x**3, (x + a) ** 3)
    assert replay(claim, expression=x**3, replace={x: (x, x + a)}).status is Status.PROVED
    assert replay(Le(x**2, (x + a) ** 2), expression=x**2, replace={x: (x, x + a)}).status is Status.REFUTED


def test_a_given_relation_links_either_end() -> None:
    data = {"expression": c * v, "replace": {v: (a, b)}}
    assert replay(Le(x, c * b), Le(x, c * a), Le(a, b), **data).status is Status.PROVED
    assert replay(Le(c * a, y), Ge(y, b * c), Le(a, b), **data).status is Status.PROVED
    assert replay(Le(x, y), Le(x, c * a), sympy.Eq(y, c * b), Le(a, b), **data).status is Status.PROVED
    assert replay(Le(x, c * b), Le(x, 2 * c * a), Le(a, b), **data).status is Status.REFUTED
    assert replay(Le(x, c * b), Ge(x, c * a), Le(a, b), **data).status is Status.REFUTED


def test_strict_conclusions_need_a_strict_link() -> None:
    assert between(v * exp(v), strict=True, **ON_HALF_LINE) is Status.PROVED
    assert between(v**3, strict=True) is Status.PROVED
    assert between(floor(v), strict=True) is Status.REFUTED
    assert between(Max(1, v), strict=True) is Status.REFUTED
    data = {"expression": y * v, "replace": {v: (a, b)}}
    assert replay(Lt(y * a, y * b), Lt(a, b), Ge(y, 0), **data).status is Status.REFUTED  # y = 0
    assert replay(Lt(y * a, y * b), Le(a, b), Gt(y, 0), **data).status is Status.REFUTED  # a = b
    assert replay(Lt(y * a, y * b), Lt(a, b), Gt(y, 0), **data).status is Status.PROVED
    linked = {"expression": c * v, "replace": {v: (a, b)}}
    assert replay(Lt(x, c * b), Lt(x, c * a), Le(a, b), **linked).status is Status.PROVED


def test_another_expression_than_the_conclusions_proves_nothing() -> None:
    found = replay(Le(x**3, y**3 + 1), Le(x, y), expression=v**3, replace={v: (x, y)})
    assert found.status is Status.UNKNOWN
    assert "is not" in found.note
    assert replay(sympy.Eq(x, y), Le(x, y), expression=v, replace={v: (x, y)}).status is not Status.PROVED


def test_a_loose_domain_counts_and_not_the_symbols_assumption() -> None:
    """The symbol c says positive, the domain any real number."""
    data = {"expression": c * v, "replace": {v: (a, b)}, "domains": {c: S.Reals}}
    assert replay(Le(c * a, c * b), Le(a, b), **data).status is Status.REFUTED
