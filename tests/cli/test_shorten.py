"""Numbers in tables are shortened outward: never below an upper bound, never above a lower one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundcheck.cli.shorten import DIGITS, shorten

DECIMALS = st.builds(
    lambda sign, digits, exponent: f"{sign}{digits}e{exponent}",
    st.sampled_from(["", "-"]),
    st.integers(0, 10**30),
    st.integers(-6000, 6000),
)


@given(DECIMALS)
def test_never_inward(text: str) -> None:
    assert Decimal(shorten(text, up=True)) >= Decimal(text) >= Decimal(shorten(text, up=False))


@given(DECIMALS)
def test_off_by_less_than_one_unit_of_the_last_digit(text: str) -> None:
    exact = Decimal(text)
    unit = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1) if exact else Decimal(0)
    assert abs(Decimal(shorten(text, up=True)) - exact) <= unit
    assert abs(Decimal(shorten(text, up=False)) - exact) <= unit


@given(DECIMALS)
def test_shortening_twice_changes_nothing(text: str) -> None:
    once = shorten(text, up=True)
    assert shorten(once, up=True) == once == shorten(once, up=False)


@pytest.mark.parametrize(
    ("text", "up", "expected"),
    [
        ("6.332835251", True, "6.333"),
        ("6.332835251", False, "6.332"),
        ("-0.03998384841", False, "-0.03999"),
        ("0.3000000001", True, "0.3001"),
        ("0.3", True, "0.3"),
        ("1000", True, "1000"),
        ("999999", True, "1e6"),
        ("999900", True, "999900"),
        ("123456789", False, "1.234e8"),
        ("0.00001615159927", False, "1.615e-5"),
        ("0.0001", True, "0.0001"),
        ("6.992981582e-13", False, "6.992e-13"),
        ("1e9999", True, "1e9999"),
        ("0", True, "0"),
        ("-0", False, "0"),
        (None, True, "-"),
    ],
)
def test_how_it_looks(text: str | None, up: bool, expected: str) -> None:
    assert shorten(text, up=up) == expected
