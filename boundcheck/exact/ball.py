"""Arb balls: conversion without loss, three-valued comparison, and decimals and floats rounded outward.

A ball is a midpoint with a radius and stands for every real number it contains. Arb keeps radii to 30 bits, so a ball
wider than its rounding errors has endpoints exact only to about nine digits, always outward.
"""

import math
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from flint import arb, ctx, fmpq

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict

# Bits of every ball computed by this package. python-flint has one context for the whole process, set here once.
PRECISION = 128
ctx.prec = PRECISION

Number = int | Fraction | float | str | arb

# Endpoints below 2^-33220 or above 2^33220 (about 10^-10000 and 10^10000) are pushed outward to the limit, or to no
# bound at all: written out exactly they would exhaust memory (exp(-10^12) has 10^12 binary places).
EXPONENT_LIMIT = 33220
LONGEST_NUMBER = 1_000


def parse_rational(text: str) -> Fraction:
    """The exact rational that a decimal ("0.3", "1e-9") or a quotient ("3/10") denotes.

    Raises:
        InputError: the text is neither, or it is too long or its exponent too large to be written out exactly.
    """
    advice = 'expected a decimal or a quotient such as "0.3" or "3/10"'
    mantissa, _, exponent = text.lower().partition("e")
    digits = exponent.strip().lstrip("+-").replace("_", "")
    too_large = len(digits) > 5 or (digits.isdigit() and int(digits) > LONGEST_NUMBER)
    if len(mantissa) > LONGEST_NUMBER or too_large:
        raise InputError(f"number={text[:40]!r} is too long or its exponent is beyond {LONGEST_NUMBER}; {advice}")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"number={text[:40]!r} is not a rational number; {advice}") from None


def to_rational(x: Number) -> Fraction | None:
    """The exact rational ``x`` was given as; None for every ball and for floats that are not finite."""
    if isinstance(x, arb):
        return None
    if isinstance(x, str):
        return parse_rational(x)
    if isinstance(x, float) and not math.isfinite(x):
        return None
    return Fraction(x)


def ball(x: Number) -> arb:
    """The ball of ``x``: exact where binary allows (integers, floats), else the tightest enclosure at PRECISION."""
    if isinstance(x, arb):
        return x
    rational = to_rational(x)
    if rational is None:
        return arb(float(x))  # NaN or infinite
    if rational.denominator == 1:
        return arb(rational.numerator)
    return arb(fmpq(rational.numerator, rational.denominator))


def nan_ball() -> arb:
    """The ball about which nothing is known; every comparison with it is UNKNOWN."""
    return arb.nan()


def hull(lower: arb, upper: arb) -> arb:
    """A ball containing both balls and everything between them; NaN if either is."""
    return lower.union(upper)


def upper_end(x: arb) -> arb:
    """A point ball that is at least every point of ``x``; +inf when nothing is known."""
    end = x.upper()
    return arb.pos_inf() if end.is_nan() else end


def lower_end(x: arb) -> arb:
    """A point ball that is at most every point of ``x``; -inf when nothing is known."""
    return -upper_end(-x)


def less_equal(a: Number, b: Number) -> Verdict:
    """Is every point of ``a`` at most every point of ``b``? UNKNOWN if they overlap, or if both are not finite.

    Two rationals are compared exactly, not through their enclosures.
    """
    p, q = to_rational(a), to_rational(b)
    if p is not None and q is not None:
        return Verdict.HOLDS if p <= q else Verdict.FAILS
    x, y = ball(a), ball(b)
    if not _comparable(x, y):
        return Verdict.UNKNOWN
    if x <= y:
        return Verdict.HOLDS
    return Verdict.FAILS if x > y else Verdict.UNKNOWN


def less(a: Number, b: Number) -> Verdict:
    """Is every point of ``a`` below every point of ``b``? As less_equal, with the strict order."""
    reverse = less_equal(b, a)
    if reverse is Verdict.UNKNOWN:
        return Verdict.UNKNOWN
    return Verdict.FAILS if reverse is Verdict.HOLDS else Verdict.HOLDS


def _comparable(x: arb, y: arb) -> bool:
    """Infinite against finite can be decided; infinite against infinite compares two overflows."""
    if x.is_nan() or y.is_nan():
        return False
    return bool(x.is_finite() or y.is_finite())


def upper_rational(x: Number) -> Fraction | None:
    """A rational at least every point of ``x``, at most an outward rounding away; None if there is none.

    Rationals stay what they are; ends of balls are rounded to PRECISION bits, those beyond EXPONENT_LIMIT to it.
    """
    rational = to_rational(x)
    if rational is not None:
        return rational
    end = upper_end(ball(x))
    if not end.is_finite():
        return None
    mantissa, exponent = (int(part) for part in end.man_exp())
    magnitude = mantissa.bit_length() + exponent  # |end| < 2^magnitude
    if mantissa and magnitude < -EXPONENT_LIMIT:
        return Fraction(1, 2**EXPONENT_LIMIT) if mantissa > 0 else Fraction(0)
    if magnitude > EXPONENT_LIMIT:
        return None if mantissa > 0 else Fraction(-(2 ** (EXPONENT_LIMIT - 1)))
    return Fraction(mantissa) * Fraction(2) ** exponent


def lower_rational(x: Number) -> Fraction | None:
    """A rational at most every point of ``x``, at most an outward rounding away; see upper_rational."""
    return _negated(upper_rational(_minus(x)))


def upper_decimal(x: Number, digits: int = 10) -> str | None:
    """The least decimal of ``digits`` significant digits that is at least every point of ``x``.

    Trailing zeros are dropped ("5", "0.25"), very large and very small numbers are written as "1.2e-9". A rational
    is rounded from its exact value: "0.3" stays "0.3", while a ball around 3/10 gives "0.3000000001".

    Returns:
        None if ``x`` has no finite upper bound, or only one beyond about 10^10000.
    """
    bound = upper_rational(x)
    if bound is None:
        return None
    rounding = Context(prec=digits, rounding=ROUND_CEILING)
    rounded = rounding.divide(Decimal(bound.numerator), Decimal(bound.denominator)).normalize(rounding)
    if rounded == 0:
        return "0"
    if -6 <= rounded.adjusted() < 16:
        return format(rounded, "f")
    return str(rounded).lower().replace("e+", "e") if "E" in str(rounded) else format(rounded, "e").replace("e+", "e")


def lower_decimal(x: Number, digits: int = 10) -> str | None:
    """The greatest decimal of ``digits`` significant digits that is at most every point of ``x``; see upper_decimal."""
    mirrored = upper_decimal(_minus(x), digits)
    if mirrored is None or mirrored == "0":
        return mirrored
    return mirrored[1:] if mirrored.startswith("-") else f"-{mirrored}"


def rational_text(value: Fraction) -> str:
    """A rational as it is: the decimal where it has one of at most 30 digits, else the quotient."""
    text = lower_decimal(value, 30)
    if text is not None and Fraction(text) == value:
        return text
    # Python refuses to write out longer integers; such a quotient says less than its digits.
    shortest = max(abs(value.numerator), value.denominator).bit_length() < 10_000
    return str(value) if shortest else f"about {text}"


def upper_float(x: Number) -> float:
    """The least float that is at least every point of ``x``; ``inf`` when nothing is known."""
    bound = upper_rational(x)
    if bound is None:
        return math.inf
    try:
        nearest = float(bound)
    except OverflowError:
        return math.inf if bound > 0 else -float.fromhex("0x1.fffffffffffffp+1023")
    return nearest if Fraction(nearest) >= bound else math.nextafter(nearest, math.inf)


def lower_float(x: Number) -> float:
    """The greatest float that is at most every point of ``x``; ``-inf`` when nothing is known."""
    return 0.0 - upper_float(_minus(x))


def _minus(x: Number) -> Number:
    """-x without rounding; a string becomes its rational first."""
    if isinstance(x, str):
        return -parse_rational(x)
    return x.neg(exact=True) if isinstance(x, arb) else -x


def _negated(x: Fraction | None) -> Fraction | None:
    return None if x is None else -x
