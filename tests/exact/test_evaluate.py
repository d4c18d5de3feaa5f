import math
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Eq, Ge, Gt, Le, Lt, Max, Min, Ne, Piecewise, Rational, ceiling, exp, floor, log, oo, pi, sqrt

from boundcheck.core.errors import LibraryError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball
from boundcheck.exact.evaluate import decide, evaluate, register

x, y = sympy.symbols("x y")
HOLDS, FAILS, UNKNOWN = Verdict.HOLDS, Verdict.FAILS, Verdict.UNKNOWN

FORMULAS = [
    sqrt(x) + y,
    exp(-x / 7) * log(x + y),
    x ** Rational(3, 2) - y ** Rational(-1, 2),
    x ** Rational(1, 3) + pi**y,
    sympy.LambertW(x * y) / sympy.E,
    sympy.tanh(x) + sympy.sin(y) * sympy.cos(x) - sympy.erf(y),
    sympy.sinh(x / 9) - sympy.cosh(y / 9),
    Max(x, y**2, pi) / Min(x, y),
    Abs(x - y) + floor(x * pi) - ceiling(y / pi),
    Piecewise((x, x < y), (sqrt(y), True)),
    2**x / (1 + y) ** 5,
]


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
@given(
    p=st.fractions(Fraction(1, 50), 20, max_denominator=997), q=st.fractions(Fraction(1, 50), 20, max_denominator=997)
)
def test_the_ball_contains_sympys_own_value_and_is_narrow(formula, p, q):
    value = evaluate(formula, {x: p, y: q})
    with mpmath.workdps(60):
        there = formula.subs({x: Rational(p), y: Rational(q)}).evalf(60)
    oracle = arb(str(there)) + arb(0, 1e-45)
    assert value.overlaps(oracle)
    assert value.rad() <= abs(value.mid()) * arb(2) ** -90 + arb(2) ** -100


def test_rationals_stay_exact():
    # 0.1 * 30 is exactly 3: any rounding could push the floor to 2
    assert evaluate(floor(x * y), {x: "0.1", y: 30}) == 3
    assert evaluate(ceiling(x / y), {x: 3, y: Fraction(3, 7)}) == 7
    assert evaluate(sqrt(x) * 30, {x: Fraction(1, 100)}) == 3
    assert evaluate(Max(x, y) - Min(x, y), {x: "1/3", y: "4/3"}) == 1
    assert evaluate(x**-3, {x: 0.5}) == 8


def test_a_floor_of_a_ball_is_decided_or_unknown():
    assert evaluate(floor(pi), {}) == 3
    assert evaluate(floor(x), {x: ball("0.1") * 30}).is_nan()
    assert evaluate(ceiling(x), {x: arb(2.5)}) == 3


@pytest.mark.parametrize(
    "formula",
    [1 / x, x ** Rational(-1, 2), log(x), y / x - y / x**2, 0 * oo * x, x * oo, sympy.LambertW(x - 1), sqrt(x - 1)],
)
def test_what_is_undefined_is_not_finite_and_raises_nothing(formula):
    assert not evaluate(formula, {x: 0, y: 1}).is_finite()


def test_division_by_a_ball_around_zero_is_not_finite():
    assert not evaluate(1 / x, {x: arb(0, 1)}).is_finite()
    assert not evaluate(1 / (x - y), {x: ball("0.3"), y: ball("0.1") * 3}).is_finite()


@pytest.mark.parametrize("extreme", [Max, Min])
def test_min_and_max_do_not_swallow_nan(extreme):
    assert evaluate(extreme(x, y), {x: math.nan, y: 1}).is_nan()
    assert evaluate(extreme(x, y, pi), {x: 1, y: arb.nan()}).is_nan()


def test_infinity_takes_part():
    assert evaluate(Min(x, oo, evaluate=False), {x: 2}) == 2
    assert decide(Lt(x, oo), {x: 2}) is HOLDS


def test_large_rational_powers_do_not_hang():
    assert evaluate(x**y, {x: "1/3", y: 10**12}).log().overlaps(-(10**12) * ball(3).log())
    assert evaluate(x**y, {x: -1, y: 10**40 + 1}) == -1


def test_zero_to_a_power():
    assert evaluate(x**y, {x: 0, y: "1/3"}) == 0 and evaluate(x**y, {x: 0, y: 0}) == 1


def test_a_missing_symbol_is_named():
    with pytest.raises(LibraryError, match="symbol=y has no value"):
        evaluate(x + y, {x: 1})


def test_a_symbol_of_other_assumptions_is_another_symbol():
    with pytest.raises(LibraryError, match="symbol=x has no value"):
        evaluate(x, {sympy.Symbol("x", positive=True): 1})


def test_floats_in_formulas_are_refused():
    with pytest.raises(LibraryError, match="formulas must be exact"):
        evaluate(x * sympy.Float("0.1"), {x: 1})


@pytest.mark.parametrize("formula", [sympy.gamma(x), sympy.I * x, sympy.LambertW(x, -1), sympy.Function("f")(x)])
def test_an_unknown_function_is_refused(formula):
    with pytest.raises(LibraryError):
        evaluate(formula, {x: 1})


def test_a_registered_function_receives_exact_fractions_and_is_not_replaced():
    class Numerator(sympy.Function):
        nargs = 1

    def numerator(value):
        return Fraction(value.numerator)

    register(Numerator, numerator)
    register(Numerator, numerator)
    assert evaluate(1 + Numerator(x / 2), {x: "3/7"}) == 4
    with pytest.raises(LibraryError, match="Numerator"):
        register(Numerator, lambda value: value)


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [
        (Le(x, y), FAILS),
        (Ge(x, y), HOLDS),
        (Lt(y, x), HOLDS),
        (Gt(y, x), FAILS),
        (Eq(x, 2 * y), HOLDS),
        (Ne(x, 2 * y), FAILS),
        (Eq(x, y), FAILS),
        (Eq(sqrt(y - Rational(1, 4)), y), HOLDS),
        (Eq(exp(x), y), FAILS),
        (Eq(log(x + 1) + log(x + 2), log(x + 5)), UNKNOWN),
        (Le(log(x + 1) + log(x + 2), log(x + 5)), UNKNOWN),
        (Le(1 / (x - 2 * y), 5), UNKNOWN),
        (sympy.And(x > y, Eq(x, 2 * y)), HOLDS),
        (sympy.Or(x < y, Le(log(x + 1) + log(x + 2), log(x + 5))), UNKNOWN),
        (sympy.And(x < y, Le(log(x + 1) + log(x + 2), log(x + 5))), FAILS),
        (sympy.Not(sympy.And(x > 0, y > 0)), FAILS),
        (sympy.true, HOLDS),
        (sympy.false, FAILS),
    ],
    ids=str,
)
def test_relations(relation, verdict):
    assert decide(relation, {x: Fraction(1), y: Fraction(1, 2)}) is verdict


def test_only_relations_can_be_decided():
    with pytest.raises(LibraryError, match="cannot decide"):
        decide(x + 1, {x: 1})


def test_an_undecided_piecewise_contains_every_branch_it_may_take():
    formula = Piecewise((1, x < y), (2, x < 10), (99, True))
    enclosure = evaluate(formula, {x: ball("1/3"), y: ball("1/3")})
    assert enclosure.contains(1) and enclosure.contains(2) and not enclosure.contains(99)
    assert evaluate(formula, {x: 1, y: 2}) == 1 and evaluate(formula, {x: 11, y: 2}) == 99


def test_a_piecewise_without_a_branch_is_unknown():
    assert evaluate(Piecewise((1, x < 0)), {x: 1}).is_nan()
    assert evaluate(Piecewise((1, x < y)), {x: ball("1/3"), y: ball("1/3")}).is_nan()
