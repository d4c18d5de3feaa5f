"""Ranges over boxes contain the value at every point, and say nothing where an expression may be undefined."""

import random
from fractions import Fraction

import pytest
import sympy
from sympy import Abs, Max, Min, Piecewise, Symbol, ceiling, cos, exp, floor, log, sqrt, tanh

from boundcheck.audit.range_enclosure import enclose, truth
from boundcheck.audit.ranges import Range, Undefined, side
from boundcheck.core.errors import LibraryError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import lower_end, upper_end
from boundcheck.exact.evaluate import evaluate

x, y = sympy.symbols("x y", real=True)
EXPRESSIONS = [
    x * y - x**2 + 1,
    x**3 * y**2 - 2 * x,
    exp(x) - y * exp(-x),
    Abs(x - y) * Max(x, y, 0) - Min(x, 1),
    floor(3 * x) + ceiling(y) - x,
    tanh(x) * cos(5 * y),
    sqrt(x**2 + y**2) / (1 + x**2),
    log(2 + x**2) ** sympy.Rational(1, 3),
    Piecewise((x, x >= 0), (-2 * x, True)) - y,
    (x**2 + 1) ** y,
    sympy.sign(x) + sympy.Heaviside(y - 1),
    sympy.LambertW(x**2) - sympy.erf(y) + sympy.sinh(x) - sympy.cosh(y),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_the_value_at_every_point_lies_in_the_range(expression: sympy.Expr) -> None:
    generator = random.Random(str(expression))
    for _ in range(40):
        ends = [sorted(Fraction(generator.randint(-12, 12), 4) for _ in range(2)) for _ in range(2)]
        box = {symbol: side(*pair) for symbol, pair in zip((x, y), ends, strict=True)}
        found = enclose(expression, box)
        for _ in range(5):
            point = [low + (high - low) * Fraction(generator.randint(0, 8), 8) for low, high in ends]
            exact = [sympy.Rational(value.numerator, value.denominator) for value in point]
            value = evaluate(expression.subs(dict(zip((x, y), exact, strict=True))), {})
            assert not (upper_end(value) < found.low or lower_end(value) > found.high)


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [(1 / x, 0, None), (exp(x) - 1, 0, None), ((1 - x) / x, 0, 1), (x * exp(-x), 0, None)],
    ids=str,
)
def test_open_and_unbounded_sides(expression: sympy.Expr, low: int, high: int | None) -> None:
    found = enclose(expression, {x: side(low, high, low_open=True)})
    assert found.nonnegative()


def test_an_open_end_at_zero_is_strict() -> None:
    assert enclose(x * y, {x: side(0, None, True), y: side(0, 1, True)}).nonnegative(strict=True)
    assert not enclose(x * y, {x: side(0, None, True), y: side(0, 1)}).nonnegative(strict=True)
    branches = Piecewise((x, y >= 1), (1 - x, True))  # the second one attains zero
    assert not enclose(branches, {x: side(0, 1, True), y: side(0, 2)}).nonnegative(strict=True)
    assert not enclose(floor(x), {x: side(0, 1, True)}).nonnegative(strict=True)


@pytest.mark.parametrize(
    "expression", [1 / x, log(x), sqrt(x - 1), 1 / (x - Fraction(1, 2)), Piecewise((1, x > 0)), 1 / x**2], ids=str
)
def test_what_may_be_undefined_is_undefined(expression: sympy.Expr) -> None:
    with pytest.raises(Undefined):
        enclose(expression, {x: side(0, 1)})


def test_unknown_functions_and_floats_are_refused() -> None:
    for expression in (sympy.gamma(x), sympy.Float("0.1") * x, Symbol("z") + 1):
        with pytest.raises(LibraryError):
            enclose(expression, {x: side(0, 1)})


def test_truth_has_three_values() -> None:
    box: dict[sympy.Symbol, Range] = {x: side(0, 1), y: side(1, 2)}
    assert truth(x <= y, box) is Verdict.HOLDS
    assert truth(x < y, box) is Verdict.UNKNOWN
    assert truth(sympy.Gt(x, y, evaluate=False), box) is Verdict.FAILS
    assert truth(sympy.Eq(x, y), box) is Verdict.UNKNOWN
    assert truth(sympy.Eq(x, y + 2), box) is Verdict.FAILS
    assert truth(sympy.Or(x <= y, sympy.Eq(x, 7)), box) is Verdict.HOLDS
    assert truth(sympy.And(x <= y, sympy.Not(sympy.Eq(x, 7))), box) is Verdict.HOLDS
