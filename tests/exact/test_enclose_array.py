"""Formulas on arrays: every entry contains what Arb finds at points inside."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import Rational

from boundcheck.core.errors import LibraryError
from boundcheck.exact import enclose_array as module
from boundcheck.exact.enclose_array import enclose_array
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.interval_array import IntervalArray, point

v = sympy.Symbol("v", nonnegative=True)
m = sympy.Symbol("m", nonnegative=True)
z = sympy.Symbol("z", real=True)
s = sympy.Symbol("s", real=True)
FORMULAS = {
    "symbol": v,
    "number": sympy.sqrt(2) / 3,
    "scarf": (1 - s) * v / (2 * (sympy.sqrt(v + z**2) + sympy.Abs(z))),
    "hoelder": sympy.Max(0, (z**2 + v) ** Rational(3, 2) / sympy.sqrt(z**4 + 6 * z**2 * v + m) - sympy.Abs(z)) / 2,
    "powers": z**3 - 2 * z**-2 + v ** Rational(-1, 2) + z**4 / (1 + m) ** 2,
    "minimum": sympy.Min(v, m, 3 * z - 1),
    "floor": sympy.floor(3 * z) + sympy.ceiling(v),
    "fraction": sympy.frac(5 * v / 7) * (1 - sympy.frac(5 * v / 7)),
    "pieces": sympy.Piecewise((z, z > Rational(1, 2)), (v, sympy.And(z >= -1, z < 0)), (m / 3, True)),
    "constants": sympy.pi * z + sympy.exp(1) * v,
}


def columns(generator: np.random.Generator, size: int, width: float) -> dict[sympy.Symbol, IntervalArray]:
    found = {}
    for symbol in (v, m, z):
        low = generator.normal(size=size) if symbol is z else generator.random(size) + 0.01
        found[symbol] = IntervalArray(low, low + width * generator.random(size))
    return found


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("width", [0.0, 1e-9, 0.3])
def test_enclosures_contain_what_arb_finds_inside(name: str, width: float) -> None:
    generator = np.random.default_rng(7)
    arrays = columns(generator, 60, width)
    found = enclose_array(FORMULAS[name], {**arrays, s: Fraction(1, 3)})
    assert not np.isnan(found.low).any()
    for index in range(60 if found.shape else 1):
        low, high = (float(end[index]) if found.shape else float(end) for end in (found.low, found.high))
        for share in (0.0, 0.4, 1.0):
            place = {key: float(a.low[index] + share * (a.high[index] - a.low[index])) for key, a in arrays.items()}
            exact = evaluate(FORMULAS[name].rewrite(sympy.floor), {**place, s: Fraction(1, 3)})
            assert exact.is_finite()
            assert not (exact < low or exact > high), (index, place)


@pytest.mark.parametrize("name", sorted(set(FORMULAS) - {"floor", "fraction", "pieces"}))
def test_points_give_enclosures_of_a_few_roundings(name: str) -> None:
    found = enclose_array(FORMULAS[name], {**columns(np.random.default_rng(8), 200, 0.0), s: Fraction(1, 3)})
    size = 1 + np.abs(found.low) + (1000 if name == "powers" else 0)
    assert ((found.high - found.low) / size < 1e-13).all()


def test_a_corner_of_zero_over_zero_is_a_half_line() -> None:
    zero_and_one = point(np.array([0.0, 1.0]))
    found = enclose_array(FORMULAS["scarf"], {v: zero_and_one, z: point(np.zeros(2)), s: 0})
    assert (found.low[0], found.high[0]) == (0, np.inf)
    assert found.low[1] == pytest.approx(0.5) and found.high[1] == pytest.approx(0.5)


def test_no_branch_that_applies_leaves_everything_open() -> None:
    formula = sympy.Piecewise((z, z > 0), (2 * z, z < -1))
    found = enclose_array(formula, {z: IntervalArray(np.array([-0.5, 1.0, -1.5]), np.array([-0.5, 1.0, -0.9]))})
    assert list(found.low) == [-np.inf, 1, -np.inf]
    assert list(found.high) == [np.inf, 1, np.inf]


def test_large_arrays_go_through_in_parts_and_broadcast(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(9)
    rows, row = point(generator.random((37, 5))), point(generator.normal(size=5))
    whole = enclose_array(FORMULAS["scarf"], {v: rows, z: row, s: 0.25})
    monkeypatch.setattr(module, "_ENTRIES_AT_ONCE", 16)
    parts = enclose_array(FORMULAS["scarf"], {v: rows, z: row, s: 0.25})
    assert whole.shape == parts.shape == (37, 5)
    assert (whole.low == parts.low).all() and (whole.high == parts.high).all()


def test_constants_that_are_no_floats_are_enclosed() -> None:
    found = enclose_array(s * v, {s: Fraction(1, 10), v: 1})
    assert Fraction(float(found.low)) < Fraction(1, 10) < Fraction(float(found.high))


def test_what_cannot_be_enclosed_is_named() -> None:
    with pytest.raises(LibraryError, match="symbol=z has no value; give one for every symbol of the formula"):
        enclose_array(z + v, {v: 1})
    with pytest.raises(LibraryError, match=r"cannot enclose exp in exp\(z\) on arrays"):
        enclose_array(sympy.exp(z), {z: 1})
    with pytest.raises(LibraryError, match="expected an integer or half an integer"):
        enclose_array(v ** Rational(1, 3), {v: 1})
