"""Ranges with open or unbounded ends, enclosed end by end in Arb, and the functions of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

import sympy
from flint import arb

from boundcheck.exact.ball import Number, ball, lower_end, upper_end

INFINITY = arb.pos_inf()


class Undefined(ArithmeticError):
    """The expression may have no value at some point of the box."""


@dataclass(frozen=True)
class Range:
    """All values lie between two points; an open end lies strictly outside. Ends at infinity are always open."""

    low: arb
    high: arb
    low_open: bool = False
    high_open: bool = False

    @property
    def has_zero(self) -> bool:
        """Whether zero may be a value."""
        above = self.low < 0 or (self.low == 0 and not self.low_open)
        below = self.high > 0 or (self.high == 0 and not self.high_open)
        return bool(above and below)

    def nonnegative(self, strict: bool = False) -> bool:
        """Whether every value is certainly >= 0, or > 0."""
        return bool(self.low > 0 or (self.low == 0 and (self.low_open or not strict)))

    def negated(self) -> "Range":
        """The range of the negative."""
        return Range(-self.high, -self.low, self.high_open, self.low_open)


def side(low: Number | None, high: Number | None, low_open: bool = False, high_open: bool = False) -> Range:
    """The range between two rationals; None is unbounded."""
    lowest = -INFINITY if low is None else lower_end(ball(low))
    highest = INFINITY if high is None else upper_end(ball(high))
    return Range(lowest, highest, low_open or low is None, high_open or high is None)


def hull(ranges: Iterable[Range]) -> Range:
    found = list(ranges)
    low, high = _least(r.low for r in found), _greatest(r.high for r in found)
    low_open = all(r.low_open for r in found if r.low == low)
    return Range(low, high, low_open, all(r.high_open for r in found if r.high == high))


def _least(points: Iterable[arb]) -> arb:
    best, *others = points
    for other in others:
        best = other if other < best else best
    return best


def _greatest(points: Iterable[arb]) -> arb:
    return -_least(-point for point in points)


def _sum(*terms: Range) -> Range:
    low, high = terms[0].low, terms[0].high
    for term in terms[1:]:
        low, high = lower_end(low + term.low), upper_end(high + term.high)
    return Range(low, high, any(t.low_open for t in terms), any(t.high_open for t in terms))


def product(*factors: Range) -> Range:
    result = factors[0]
    for factor in factors[1:]:
        result = _product_of_two(result, factor)
    return result


def _product_of_two(a: Range, b: Range) -> Range:
    corners = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    low, high = _least(map(lower_end, corners)), _greatest(map(upper_end, corners))
    no_zero = not (a.has_zero or b.has_zero)  # an end at zero is attained only where a factor vanishes
    return Range(low, high, _end_open(low, no_zero), _end_open(high, no_zero))


def _end_open(end: arb, no_zero: bool) -> bool:
    return not end.is_finite() or bool(end == 0 and no_zero)


def _times(x: arb, y: arb) -> arb:
    # The limit of products of values near the ends: zero times an unbounded side has the values of zero at its corner.
    return arb(0) if x == 0 or y == 0 else x * y


def _monotone(function: Callable[[arb], arb], at_minus_infinity: arb, at_infinity: arb) -> Callable[[Range], Range]:
    """The enclosure of a strictly increasing function by its ends."""

    def enclosure(x: Range) -> Range:
        low = lower_end(function(x.low)) if x.low.is_finite() else lower_end(at_minus_infinity)
        high = upper_end(function(x.high)) if x.high.is_finite() else upper_end(at_infinity)
        return Range(low, high, x.low_open, x.high_open)

    return enclosure


exponential = _monotone(arb.exp, arb(0), INFINITY)


def logarithm(x: Range) -> Range:
    if not x.nonnegative(strict=True):
        raise Undefined("a logarithm of what may be zero or negative")
    low = -INFINITY if x.low == 0 else lower_end(x.low.log())
    return Range(low, upper_end(x.high.log()) if x.high.is_finite() else INFINITY, x.low_open, x.high_open)


def power(base: Range, exponent: Fraction) -> Range:
    """A rational power, defined for negative bases only where the exponent is an integer."""
    if exponent < 0:
        return _reciprocal(power(base, -exponent))
    if exponent.denominator == 1:
        if exponent % 2 == 0:
            base = _absolute_value(base)
        return _monotone(lambda x: x ** int(exponent), -INFINITY, INFINITY)(base)
    if not base.nonnegative():
        raise Undefined("a root of what may be negative")
    return _monotone(lambda x: _root_power(x, exponent), arb(0), INFINITY)(base)


def _root_power(x: arb, exponent: Fraction) -> arb:
    if x == 0:
        return arb(0)
    if exponent.denominator == 2:
        return x.sqrt() ** exponent.numerator
    return x ** ball(exponent)


def _reciprocal(x: Range) -> Range:
    if x.has_zero:
        raise Undefined("a division by what may be zero")
    if not x.nonnegative():
        return _reciprocal(x.negated()).negated()
    high = INFINITY if x.low == 0 else upper_end(1 / x.low)
    low = lower_end(1 / x.high) if x.high.is_finite() else arb(0)
    return Range(low, high, x.high_open, x.low_open)


def _absolute_value(x: Range) -> Range:
    if x.nonnegative():
        return x
    mirrored = x.negated()
    if mirrored.nonnegative():
        return mirrored
    return Range(arb(0), _greatest((mirrored.high, x.high)))


def _maximum(*ranges: Range) -> Range:
    return Range(_greatest(r.low for r in ranges), _greatest(r.high for r in ranges))


def _minimum(*ranges: Range) -> Range:
    return _maximum(*(r.negated() for r in ranges)).negated()


def _rounded(function: Callable[[arb], arb]) -> Callable[[Range], Range]:
    """Floor and ceiling: monotone, but their ends may be attained from open ones."""
    enclosure = _monotone(function, -INFINITY, INFINITY)
    return lambda x: enclosure(Range(x.low, x.high))


def _wave(method: Callable[[arb], arb]) -> Callable[[Range], Range]:
    """Sine and cosine: by one ball, and by [-1, 1] at most."""

    def enclosure(x: Range) -> Range:
        if not (x.low.is_finite() and x.high.is_finite()):
            return Range(arb(-1), arb(1))
        value = method(x.low.union(x.high))
        return Range(_greatest((arb(-1), lower_end(value))), _least((arb(1), upper_end(value))))

    return enclosure


def _lambert_w(x: Range) -> Range:
    if not (x.low > 0 or x.nonnegative() or x.low > -(arb(-1).exp())):
        raise Undefined("LambertW below -1/e")
    return _monotone(arb.lambertw, arb(-1), INFINITY)(x)


def _sign(x: Range) -> Range:
    if x.nonnegative(strict=True):
        return Range(arb(1), arb(1))
    return Range(arb(-1), arb(-1)) if x.negated().nonnegative(strict=True) else Range(arb(-1), arb(1))


def _heaviside(x: Range, at_zero: Range | None = None) -> Range:
    return product(_sum(_sign(x), Range(arb(1), arb(1))), Range(arb(0.5), arb(0.5)))


FUNCTIONS: dict[type[sympy.Basic], Callable[..., Range]] = {
    sympy.Add: _sum,
    sympy.Mul: product,
    sympy.Abs: _absolute_value,
    sympy.Max: _maximum,
    sympy.Min: _minimum,
    sympy.exp: exponential,
    sympy.log: logarithm,
    sympy.floor: _rounded(arb.floor),
    sympy.ceiling: _rounded(arb.ceil),
    sympy.tanh: _monotone(arb.tanh, arb(-1), arb(1)),
    sympy.erf: _monotone(arb.erf, arb(-1), arb(1)),
    sympy.sinh: _monotone(arb.sinh, -INFINITY, INFINITY),
    sympy.cosh: lambda x: _monotone(arb.cosh, arb(1), INFINITY)(_absolute_value(x)),
    sympy.sin: _wave(arb.sin),
    sympy.cos: _wave(arb.cos),
    sympy.LambertW: _lambert_w,
    sympy.sign: _sign,
    sympy.Heaviside: _heaviside,
}
