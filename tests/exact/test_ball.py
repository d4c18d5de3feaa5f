import math
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import (
    PRECISION,
    ball,
    hull,
    less,
    less_equal,
    lower_decimal,
    lower_end,
    lower_float,
    nan_ball,
    upper_decimal,
    upper_end,
    upper_float,
)

rationals = st.fractions() | st.builds(lambda n, e: n * Fraction(10) ** e, st.integers(), st.integers(-400, 400))
floats = st.floats(allow_nan=False, allow_infinity=False)
balls = st.builds(lambda mid, rad: arb(mid, abs(rad)), floats, floats)


def endpoint(x: arb, sign: int) -> Fraction:
    """mid +- rad as exact rationals, without going through the rounding of upper() and lower()."""
    (mantissa, exponent), (size, shift) = x.mid().man_exp(), x.rad().man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent) + sign * int(size) * Fraction(2) ** int(shift)


def test_importing_the_room_sets_the_precision():
    assert ctx.prec == PRECISION


@given(rationals)
def test_a_ball_contains_the_rational_it_was_made_from(x):
    b = ball(x)
    assert endpoint(b, -1) <= x <= endpoint(b, +1)


@given(floats, st.integers(-(10**80), 10**80))
def test_floats_and_integers_become_exact_balls(x, n):
    assert ball(x).is_exact() and endpoint(ball(x), 1) == Fraction(x)
    assert ball(n).is_exact() and endpoint(ball(n), 1) == n


def test_strings_are_exact_rationals():
    assert less_equal("0.1", "1/10") is Verdict.HOLDS and less("0.1", "1/10") is Verdict.FAILS
    assert less_equal(0.1, "0.1") is Verdict.FAILS  # the float is a little above one tenth


@pytest.mark.parametrize("text", ["", "abc", "1/0", "nan", "1e999999999", "1e-20000", "9" * 20_000, "0x10"])
def test_a_string_that_is_no_rational_or_too_long_is_refused(text):
    with pytest.raises(InputError, match="number="):
        ball(text)


@given(balls | rationals)
def test_decimals_and_floats_are_rounded_outward(x):
    low, high = (endpoint(x, -1), endpoint(x, +1)) if isinstance(x, arb) else (x, x)
    upper, lower = upper_decimal(x), lower_decimal(x)
    assert upper is not None and Fraction(upper) >= high
    assert lower is not None and Fraction(lower) <= low
    assert upper_float(x) >= high and lower_float(x) <= low


@given(rationals.filter(lambda x: x != 0), st.integers(1, 20))
def test_decimals_are_no_further_out_than_one_unit_in_the_last_digit(x, digits):
    upper, lower = Fraction(upper_decimal(x, digits)), Fraction(lower_decimal(x, digits))
    assert upper - lower <= abs(x) * Fraction(10) ** (1 - digits)
    assert math.nextafter(upper_float(x), -math.inf) < x or upper_float(x) == -math.inf


@pytest.mark.parametrize(
    ("x", "lower", "upper"),
    [
        (5, "5", "5"),
        (0, "0", "0"),
        ("0.3", "0.3", "0.3"),
        (arb(2.5), "2.5", "2.5"),
        (ball("0.3"), "0.2999999999", "0.3000000001"),
        ("-1/3", "-0.3333333334", "-0.3333333333"),
        (10**12 + 1, "1000000000000", "1000000001000"),
        ("1e-40", "1e-40", "1e-40"),
        (10**40, "1e40", "1e40"),
        ("123e38", "1.23e40", "1.23e40"),
    ],
)
def test_decimals_as_people_write_them(x, lower, upper):
    assert (lower_decimal(x), upper_decimal(x)) == (lower, upper)


def test_numbers_too_large_or_small_to_write_out_are_bounded_outward():
    tiny, huge = ball(-(10**12)).exp(), ball(10**12).exp()
    assert lower_decimal(tiny) == "0" and upper_decimal(tiny).endswith("e-10001")
    assert lower_decimal(huge).endswith("e9999") and upper_decimal(huge) is None
    assert (lower_float(tiny), upper_float(tiny)) == (0.0, 5e-324)
    assert (lower_float(huge), upper_float(huge)) == (1.7976931348623157e308, math.inf)
    assert (lower_float(-huge), upper_float(-huge)) == (-math.inf, -1.7976931348623157e308)


@pytest.mark.parametrize("x", [nan_ball(), arb(0, math.inf), ball(math.nan)])
def test_what_is_not_known_has_no_bounds(x):
    assert upper_decimal(x) is None and lower_decimal(x) is None
    assert (lower_float(x), upper_float(x)) == (-math.inf, math.inf)
    assert upper_end(x) == arb.pos_inf() and lower_end(x) == arb.neg_inf()


@given(balls)
def test_ends_are_points_around_the_ball(x):
    assert upper_end(x).is_exact() and lower_end(x).is_exact()
    assert endpoint(lower_end(x), 0) <= endpoint(x, -1) and endpoint(x, +1) <= endpoint(upper_end(x), 0)


@given(balls, balls)
def test_the_hull_contains_both(a, b):
    assert hull(a, b).contains(a) and hull(a, b).contains(b)


def test_the_hull_with_the_unknown_is_unknown():
    assert hull(arb(1), nan_ball()).is_nan() and hull(nan_ball(), arb(1)).is_nan()


@given(balls, balls)
def test_comparisons_agree_with_the_exact_endpoints(a, b):
    if less_equal(a, b) is Verdict.HOLDS:
        assert endpoint(a, +1) <= endpoint(b, -1)
    if less_equal(a, b) is Verdict.FAILS:
        assert endpoint(a, -1) > endpoint(b, +1)
    if less(a, b) is Verdict.HOLDS:
        assert endpoint(a, +1) < endpoint(b, -1)
    if less(a, b) is Verdict.FAILS:
        assert endpoint(a, -1) >= endpoint(b, +1)


@given(rationals, rationals)
def test_rationals_are_always_decided(p, q):
    assert (less_equal(p, q) is Verdict.HOLDS) == (p <= q) and less_equal(p, q) is not Verdict.UNKNOWN
    assert (less(p, q) is Verdict.HOLDS) == (p < q) and less(p, q) is not Verdict.UNKNOWN


def test_overlap_nan_and_two_infinities_are_unknown():
    third = ball("1/3")
    for compare in (less, less_equal):
        assert compare(third, third) is Verdict.UNKNOWN
        assert compare(nan_ball(), 1) is Verdict.UNKNOWN and compare(1, nan_ball()) is Verdict.UNKNOWN
        assert compare(arb.pos_inf(), arb.pos_inf()) is Verdict.UNKNOWN
        assert compare(arb(0, math.inf), 1) is Verdict.UNKNOWN


def test_equal_points_and_finite_against_infinite_are_decided():
    assert less_equal(arb(2), arb(2)) is Verdict.HOLDS and less(arb(2), arb(2)) is Verdict.FAILS
    assert less(2, arb.pos_inf()) is Verdict.HOLDS and less_equal(arb.pos_inf(), 2) is Verdict.FAILS
