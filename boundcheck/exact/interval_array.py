"""Intervals in float64 arrays, every operation rounded outward: arithmetic on millions of entries at once.

A rounded operation is off by at most half a unit in the last place, or by SMALLEST_NORMAL where subnormal results are
flushed to zero. Moving by 2^-52 of the result's size and SMALLEST_NORMAL reaches at least the next float, as
np.nextafter does, in a fraction of its time.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError, LibraryError
from boundcheck.exact.ball import lower_float, upper_float
from boundcheck.exact.ball_matrix import SMALLEST_NORMAL, BallMatrix

Array = NDArray[np.float64]
_STEP = 2.0**-52
_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True, slots=True, eq=False)
class IntervalArray:
    """All arrays between ``low`` and ``high``, entry by entry; the ends may be infinite on their own side.

    What an operation leaves undefined (a square root of negative numbers, 0/0) becomes [-inf, inf] or a half line.
    """

    low: Array
    high: Array

    def __post_init__(self) -> None:
        if self.low.shape != self.high.shape:
            raise InputError(f"interval array: low={self.low.shape}, high={self.high.shape}; expected one shape")
        if not ((self.low <= self.high) & (self.low < np.inf) & (self.high > -np.inf)).all():  # False for NaN
            raise InputError("interval array: an entry is NaN or its ends are in the wrong order")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.low.shape

    @property
    def is_nonnegative(self) -> bool:
        """No entry reaches below 0."""
        return bool(self.low.min(initial=np.inf) >= 0)

    @property
    def size_above(self) -> Array:
        """The largest absolute value in each entry."""
        return np.maximum(-self.low, self.high)

    @property
    def size_below(self) -> Array:
        """The smallest absolute value in each entry."""
        return np.maximum(np.maximum(self.low, -self.high), 0.0)

    def __getitem__(self, rows: slice) -> "IntervalArray":
        return _checked(self.low[rows], self.high[rows])

    def __neg__(self) -> "IntervalArray":
        return _checked(-self.high, -self.low)

    def __add__(self, other: "IntervalArray") -> "IntervalArray":
        with np.errstate(over="ignore"):
            low, high = self.low + other.low, self.high + other.high
            if self.is_nonnegative and other.is_nonnegative:
                return _checked(_down_nonnegative(low), _up_nonnegative(high))
            return _checked(_down(low), _up(high))

    def __sub__(self, other: "IntervalArray") -> "IntervalArray":
        return self + (-other)

    def __mul__(self, other: "IntervalArray") -> "IntervalArray":
        with np.errstate(over="ignore", invalid="ignore"):
            if other.is_nonnegative:
                return _scaled(self, other)
            if self.is_nonnegative:
                return _scaled(other, self)
            products = [_product(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
            low = np.minimum(np.minimum(products[0], products[1]), np.minimum(products[2], products[3]))
            high = np.maximum(np.maximum(products[0], products[1]), np.maximum(products[2], products[3]))
            return _checked(_down(low), _up(high))

    def __truediv__(self, other: "IntervalArray") -> "IntervalArray":
        """Where the divisor touches 0 only the sign is known at most; where it has both signs nothing is."""
        if other.high.max(initial=-np.inf) < 0:
            return (-self) / (-other)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if other.low.min(initial=np.inf) <= 0:
                return _divided_near_zero(self, other)
            return _divided(self, other)

    def __pow__(self, exponent: int) -> "IntervalArray":
        if exponent < 0:
            return constant(1) / self**-exponent
        if exponent <= 1:
            return self if exponent == 1 else constant(1)
        with np.errstate(over="ignore"):
            if self.is_nonnegative:
                return _checked(_power_down(self.low, exponent), _power_up(self.high, exponent))
            if exponent % 2 == 0:
                return _checked(_power_down(self.size_below, exponent), _power_up(self.size_above, exponent))
            above, below = np.maximum(self.high, 0.0), np.maximum(self.low, 0.0)
            low = _power_down(below, exponent) - _power_up(np.maximum(-self.low, 0.0), exponent)  # one of them is 0
            high = _power_up(above, exponent) - _power_down(np.maximum(-self.high, 0.0), exponent)
            return _checked(low, high)

    def sqrt(self) -> "IntervalArray":
        """Of the part that is not negative; [-inf, inf] where there is none."""
        low, high = np.sqrt(np.maximum(self.low, 0.0)), np.sqrt(np.maximum(self.high, 0.0))
        low, high = _down_nonnegative(low), _up_nonnegative(high)
        is_undefined = self.high < 0
        if is_undefined.any():
            low, high = np.where(is_undefined, -np.inf, low), np.where(is_undefined, np.inf, high)
        return _checked(low, high)

    def __abs__(self) -> "IntervalArray":
        return _checked(self.size_below, self.size_above)

    def maximum(self, other: "IntervalArray") -> "IntervalArray":
        return _checked(np.maximum(self.low, other.low), np.maximum(self.high, other.high))

    def minimum(self, other: "IntervalArray") -> "IntervalArray":
        return _checked(np.minimum(self.low, other.low), np.minimum(self.high, other.high))

    def intersect(self, other: "IntervalArray") -> "IntervalArray":
        """Where both hold.

        Raises:
            LibraryError: they exclude each other somewhere, so one of the two is wrong.
        """
        low, high = np.maximum(self.low, other.low), np.minimum(self.high, other.high)
        if not (low <= high).all():
            place = int(np.argmin(low <= high))
            raise LibraryError(
                f"two enclosures exclude each other: {low.flat[place]} > {high.flat[place]} at entry {place}; "
                "one of them is wrong"
            )
        return _checked(low, high)

    def hull(self, other: "IntervalArray") -> "IntervalArray":
        """The least interval that contains both."""
        return _checked(np.minimum(self.low, other.low), np.maximum(self.high, other.high))


def constant(value: int | Fraction | float) -> IntervalArray:
    """The tightest enclosure of one number, as an array without axes."""
    return IntervalArray(np.array(lower_float(value)), np.array(upper_float(value)))


def point(array: Array) -> IntervalArray:
    """The array itself."""
    return IntervalArray(array, array)


def from_balls(matrix: BallMatrix) -> IntervalArray:
    """The interval of every ball."""
    if not matrix.rad.any():
        return point(matrix.mid)
    return _checked(_down(matrix.mid - matrix.rad), _up(matrix.mid + matrix.rad))


def to_balls(matrix: IntervalArray) -> BallMatrix:
    """Balls that contain the intervals, which must be finite."""
    is_wide = matrix.high > matrix.low
    mid = np.where(is_wide, matrix.low / 2 + matrix.high / 2, matrix.low)
    return BallMatrix(mid, _up(np.maximum(matrix.high - mid, mid - matrix.low)) * is_wide)


def _checked(low: Array, high: Array) -> IntervalArray:
    """Results of operations are in order by construction; checking them again would double the time."""
    result = object.__new__(IntervalArray)
    object.__setattr__(result, "low", np.asarray(low))
    object.__setattr__(result, "high", np.asarray(high))
    return result


def _up(values: Array) -> Array:
    """At least the exact result; an overflow below leaves no upper bound."""
    return np.maximum(values, -_LARGEST) + (np.abs(values) * _STEP + SMALLEST_NORMAL)


def _down(values: Array) -> Array:
    return np.minimum(values, _LARGEST) - (np.abs(values) * _STEP + SMALLEST_NORMAL)


def _up_nonnegative(values: Array) -> Array:
    return values * (1 + _STEP) + SMALLEST_NORMAL


def _down_nonnegative(values: Array) -> Array:
    return np.maximum(np.minimum(values, _LARGEST) * (1 - _STEP) - SMALLEST_NORMAL, 0.0)


def _product(a: Array, b: Array) -> Array:
    """Nearest floats of a b, with 0 inf = 0: an end that is infinite is never attained."""
    product = a * b
    is_undefined = np.isnan(product)
    return np.where(is_undefined, 0.0, product) if is_undefined.any() else product


def _scaled(a: IntervalArray, factor: IntervalArray) -> IntervalArray:
    """a times a factor that is not negative."""
    if a.is_nonnegative:
        low, high = _product(a.low, factor.low), _product(a.high, factor.high)
        return _checked(_down_nonnegative(low), _up_nonnegative(high))
    low = np.minimum(_product(a.low, factor.low), _product(a.low, factor.high))
    high = np.maximum(_product(a.high, factor.low), _product(a.high, factor.high))
    return _checked(_down(low), _up(high))


def _divided(a: IntervalArray, b: IntervalArray) -> IntervalArray:
    """a / b for positive b; inf/inf is NaN, which fmin and fmax pass over for the other end's infinity."""
    if a.is_nonnegative:
        return _checked(_down_nonnegative(a.low / b.high), _up_nonnegative(a.high / b.low))
    low = np.fmin(a.low / b.high, a.low / b.low)
    high = np.fmax(a.high / b.low, a.high / b.high)
    return _checked(_down(low), _up(high))


def _divided_near_zero(a: IntervalArray, b: IntervalArray) -> IntervalArray:
    """a / b where b may contain 0."""
    is_negative = (b.high <= 0) & (b.low < 0)
    if is_negative.any():
        low, high = np.where(is_negative, -a.high, a.low), np.where(is_negative, -a.low, a.high)
        a = _checked(low, high)
        b = _checked(np.where(is_negative, -b.high, b.low), np.where(is_negative, -b.low, b.high))
    is_positive = b.low > 0
    farther = np.where(b.high > 0, b.high, 1.0)
    quotient = _divided(a, _checked(np.where(is_positive, b.low, farther), farther))
    # 0 <= b and a of one sign: the quotient is at least that of a's nearer end and b's farther one.
    low = np.where(is_positive | ((b.low == 0) & (a.low >= 0)), quotient.low, -np.inf)
    high = np.where(is_positive | ((b.low == 0) & (a.high < 0)), quotient.high, np.inf)
    return _checked(low, high)


def _power_up(nonnegative: Array, exponent: int) -> Array:
    power = nonnegative
    for _ in range(exponent - 1):
        power = _up_nonnegative(power * nonnegative)
    return power


def _power_down(nonnegative: Array, exponent: int) -> Array:
    power = nonnegative
    for _ in range(exponent - 1):
        power = _down_nonnegative(power * nonnegative)
    return power
