"""Interval arrays contain every exact result, stay as tight as a few roundings, and never hold NaN."""

import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcheck.core.errors import InputError, LibraryError
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.interval_array import IntervalArray, constant, from_balls, point, to_balls

ENDS = [0.0, 5e-324, 2.0**-1022, 1e-200, 0.1, 1.0, 1 / 3, 2.0, 3.0, 1e16, 1e200, np.finfo(float).max]
# Different numbers, the small and the large ones among them, both signs: most results are inexact.
numbers = st.one_of(st.sampled_from(ENDS + [-end for end in ENDS]), st.floats(-1e6, 1e6), st.floats(-1, 1))
intervals = st.tuples(numbers, numbers).map(sorted)


def array(*ends: tuple[float, float]) -> IntervalArray:
    low, high = zip(*ends, strict=True)
    return IntervalArray(np.array(low), np.array(high))


def inside(result: IntervalArray, exact: Fraction) -> bool:
    low, high = float(result.low.flat[0]), float(result.high.flat[0])
    above = low == -np.inf or Fraction(low) <= exact
    return above and (high == np.inf or exact <= Fraction(high))


def points_of(low: float, high: float) -> list[Fraction]:
    a, b = Fraction(low), Fraction(high)
    return [a, b, (a + b) / 2, *([Fraction(0)] if a < 0 < b else [])]


@settings(max_examples=400, deadline=None)
@given(intervals, intervals)
def test_arithmetic_contains_every_exact_result(first, second) -> None:
    a, b = array(first), array(second)
    for operation in (operator.add, operator.sub, operator.mul, operator.truediv):
        result = operation(a, b)
        assert not np.isnan(result.low).any() and not np.isnan(result.high).any()
        for x in points_of(*first):
            for y in points_of(*second):
                if operation is not operator.truediv or y != 0:
                    assert inside(result, operation(x, y)), operation
    for x in points_of(*first):
        assert inside(abs(a), abs(x)) and inside(-a, -x)
        for y in points_of(*second):
            assert inside(a.maximum(b), max(x, y)) and inside(a.minimum(b), min(x, y))


@settings(max_examples=300, deadline=None)
@given(intervals, st.integers(-4, 6))
def test_powers_and_roots_contain_every_exact_result(ends, exponent) -> None:
    a = array(ends)
    for x in points_of(*ends):
        if x != 0 or exponent >= 0:
            assert inside(a**exponent, x**exponent)
        if x >= 0:
            low, high = a.sqrt().low[0], a.sqrt().high[0]
            assert low >= 0 and Fraction(float(low)) ** 2 <= x
            assert high == np.inf or x <= Fraction(float(high)) ** 2


@settings(max_examples=300, deadline=None)
@given(numbers, numbers)
def test_one_rounding_widens_a_result_by_two_floats_at_most(x, y) -> None:
    for operation in (operator.add, operator.sub, operator.mul, operator.truediv):
        with np.errstate(all="ignore"):
            nearest = operation(np.float64(x), np.float64(y))
        result = operation(point(np.array([x])), point(np.array([y])))
        if np.isfinite(nearest) and abs(nearest) < 1e300:
            slack = 2.0**-51 * abs(nearest) + 2.0**-1021
            assert result.low[0] >= nearest - slack and result.high[0] <= nearest + slack


def test_what_is_undefined_becomes_a_half_line_or_everything() -> None:
    zero, one, around = constant(0), constant(1), array((-1.0, 1.0))
    assert ((zero / zero).low, (zero / zero).high) == (0, np.inf)
    assert (one / zero).low > 0 and (one / zero).high == np.inf
    assert ((one / around).low[0], (one / around).high[0]) == (-np.inf, np.inf)
    assert ((around / zero).low[0], (around / zero).high[0]) == (-np.inf, np.inf)
    half = one / array((0.0, 2.0))
    assert half.low[0] <= 0.5 and half.low[0] > 0.49 and half.high[0] == np.inf
    beneath = -one / array((0.0, 2.0))
    assert beneath.high[0] >= -0.5 and beneath.high[0] < -0.49 and beneath.low[0] == -np.inf
    negative = one / array((-2.0, 0.0))
    assert negative.high[0] >= -0.5 and negative.high[0] < -0.49 and negative.low[0] == -np.inf
    assert ((-one).sqrt().low, (-one).sqrt().high) == (-np.inf, np.inf)
    unbounded = IntervalArray(np.array([-np.inf]), np.array([np.inf]))
    for result in (unbounded * zero, unbounded - unbounded, unbounded / unbounded, unbounded**3):
        assert not np.isnan(result.low).any() and not np.isnan(result.high).any()
    assert (unbounded + one).high[0] == np.inf


def test_overflow_leaves_a_valid_end() -> None:
    huge = point(np.array([1e308]))
    for result in (huge + huge, huge * huge, huge**3):
        assert result.high[0] == np.inf and result.low[0] < np.inf
    for result in (-huge - huge, -huge * huge, (-huge) ** 3):
        assert result.low[0] == -np.inf and result.high[0] > -np.inf


def test_entries_of_one_array_do_not_disturb_each_other() -> None:
    a = array((1.0, 2.0), (-1.0, 1.0), (0.0, 0.0), (-3.0, -2.0))
    b = array((2.0, 4.0), (1.0, 2.0), (0.0, 0.0), (-1.0, 0.0))
    quotient = a / b
    assert np.allclose(quotient.low, [0.25, -1, 0, 2], atol=1e-9)
    assert np.allclose(quotient.high[:2], [1, 1], atol=1e-9)
    assert list(quotient.high[2:]) == [np.inf, np.inf]
    assert np.allclose((a**2).low, [1, 0, 0, 4]) and np.allclose((a**2).high, [4, 1, 0, 9])
    assert np.allclose((a**3).low, [1, -1, 0, -27]) and np.allclose((a**3).high, [8, 1, 0, -8])


def test_intersections_that_are_empty_name_the_fault() -> None:
    met = array((0.0, 2.0), (1.0, 3.0)).intersect(array((1.0, 5.0), (0.0, 1.0)))
    assert (list(met.low), list(met.high)) == ([1, 1], [2, 1])
    with pytest.raises(LibraryError, match=r"exclude each other: 2.0 > 1.0 at entry 1; one of them is wrong"):
        array((0.0, 1.0), (0.0, 1.0)).intersect(array((0.0, 1.0), (2.0, 3.0)))


@pytest.mark.parametrize(
    ("low", "high"), [(np.nan, 1.0), (0.0, np.nan), (1.0, 0.0), (np.inf, np.inf), (-np.inf, -np.inf)]
)
def test_nan_and_empty_intervals_are_refused(low, high) -> None:
    with pytest.raises(InputError, match="interval array: an entry is NaN or its ends are in the wrong order"):
        array((0.0, 1.0), (low, high))
    with pytest.raises(InputError, match="expected one shape"):
        IntervalArray(np.zeros(2), np.zeros(3))


def test_balls_become_intervals_and_back() -> None:
    balls = BallMatrix(np.array([[1.0, -2.0, 1 / 3]]), np.array([[0.1, 0.0, 1e-17]]))
    found = from_balls(balls)
    for index in range(3):
        mid, rad = Fraction(float(balls.mid[0, index])), Fraction(float(balls.rad[0, index]))
        assert Fraction(float(found.low[0, index])) <= mid - rad
        assert mid + rad <= Fraction(float(found.high[0, index]))
    back = to_balls(found)
    assert (back.mid - back.rad <= found.low).all() and (found.high <= back.mid + back.rad).all()
    exact = from_exact(np.array([[5e-324, 0.1]]))
    assert (to_balls(from_balls(exact)).mid == exact.mid).all() and not to_balls(from_balls(exact)).rad.any()
