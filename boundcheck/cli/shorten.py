"""Shortens decimals for tables without ever making a bound look better than it is."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

DIGITS = 4
LARGEST_PLAIN_EXPONENT, SMALLEST_PLAIN_EXPONENT = 5, -4


def shorten(text: str | None, *, up: bool, digits: int = DIGITS, missing: str = "-") -> str:
    """The decimal string to ``digits`` significant digits: not below it if ``up``, else not above it.

    Plain notation from 0.0001 to 999999, else 1.234e-7. ``missing`` stands for None, a number that there is not.
    """
    if text is None:
        return missing
    exact = Decimal(text)
    # Wide exponents: none that a certificate can hold may be flushed to zero or infinity here.
    context = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR, Emin=-(10**6), Emax=10**6)
    rounded = context.plus(exact).normalize(context)
    if rounded == 0:
        return "0"
    if SMALLEST_PLAIN_EXPONENT <= rounded.adjusted() <= LARGEST_PLAIN_EXPONENT:
        return format(rounded, "f")
    sign, figures, _ = rounded.as_tuple()
    mantissa = "".join(map(str, figures))
    point = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' if sign else ''}{mantissa[0]}{point}e{rounded.adjusted()}"
