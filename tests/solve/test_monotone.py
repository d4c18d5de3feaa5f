"""Directions read off formulas: never claimed where brute force finds otherwise, and found where they are needed."""

import itertools
from fractions import Fraction

import pytest
import sympy

from boundcheck.solve.monotone import direction, nonnegative, positive, without_floors

t = sympy.Dummy("t", nonnegative=True)
e = sympy.Dummy("e", nonnegative=True)
PARTS = [
    t,
    1 + t,
    1 / (3 + t),
    sympy.Rational(-1, 2),
    2 - t,
    sympy.sqrt(2 + t),
    sympy.exp(-t),
    sympy.Max(1, 5 / (1 + t)),
    sympy.Min(3, t),
    sympy.LambertW(t / 4),
    (t - 1) ** 2,
    sympy.log(1 + t),
]
POINTS = [sympy.Rational(number, 4) for number in range(0, 41)]


def formulas() -> list[sympy.Expr]:
    pairs = [kind(*pair) for kind in (sympy.Add, sympy.Mul) for pair in itertools.combinations(PARTS, 2)]
    return [*PARTS, *pairs, *(1 / part for part in PARTS), *(part**2 for part in PARTS), *(-part for part in PARTS)]


def test_no_direction_or_sign_is_claimed_that_numbers_contradict() -> None:
    claimed = 0
    for formula in formulas():
        values = [float(formula.xreplace({t: point}).evalf(30)) for point in POINTS if not _pole(formula, point)]
        steps = [after - before for before, after in itertools.pairwise(values)]
        found = direction(formula, t)
        claimed += found is not None
        assert found != 1 or min(steps) >= -1e-12, formula
        assert found != -1 or max(steps) <= 1e-12, formula
        assert found != 0 or not formula.has(t), formula
        assert not nonnegative(formula) or min(values) >= -1e-12, formula
        assert not positive(formula) or min(values) > 0, formula
    assert claimed > len(formulas()) / 3


def _pole(formula: sympy.Expr, point: sympy.Expr) -> bool:
    return bool(formula.xreplace({t: point}).has(sympy.zoo, sympy.nan, sympy.oo))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (3 * e * (1 + 2 / (1 + t)) * sympy.exp(4 / (1 + t) ** 2), -1),
        ((1 + t) ** 2 * sympy.Rational(1, 3) / sympy.Max(1, 5 / (1 + t)), 1),
        (sympy.Rational(1, 10) - 1 / (800 + t), 1),
        (-3 / (7 + t), 1),
        (sympy.floor(5 * t), 1),
    ],
)
def test_what_statements_are_made_of_is_read(formula: sympy.Expr, expected: int) -> None:
    assert direction(formula, t) == expected


@pytest.mark.parametrize("formula", [t - t**2, t * (2 - t), t * sympy.exp(-t), sympy.sin(t), (t - 3) ** 2, 1 / (t - 1)])
def test_what_goes_up_and_down_has_no_direction(formula: sympy.Expr) -> None:
    assert direction(formula, t) is None


def test_a_sign_is_not_taken_from_sympy() -> None:
    """SymPy takes this to be negative, but it is positive for all m n >= 2."""
    m, n = sympy.symbols("m n", integer=True, positive=True)
    difference = sympy.Rational(99, 100) - 1 / (m * n)
    assert difference.xreplace({m: sympy.Integer(2), n: sympy.Integer(2)}) > 0
    assert not nonnegative(-difference) and not positive(-difference)


@pytest.mark.parametrize("upwards", [True, False])
def test_bounds_without_floors_are_bounds(upwards: bool) -> None:
    count = 10 * (17 + t)
    share = (
        1 - sympy.floor(count * Fraction(7, 9)) / count + sympy.floor(sympy.floor(count * Fraction(7, 9)) / 3) / count
    )
    bound = without_floors(sympy.expand(share), upwards)
    assert bound is not None and not bound.has(sympy.floor)
    for number in range(60):
        at = {t: sympy.Integer(number)}
        assert (bound.xreplace(at) >= share.xreplace(at)) == upwards
