"""Confidence limits for the mean of bounded values, valid whenever one looks and whatever decides when to stop.

Write a value x in [low, high] as the share y = (x - low) / (high - low) of its range, with mean m. A gambler who starts
with wealth 1 and stakes the fraction c of it on large shares, at odds fair for m, has it multiplied by 1 - c + c y / m:
nonnegative, with mean 1. So his wealth is a nonnegative martingale, and so is the average K_n(m) of such wealths over
BETS: by Ville's inequality it ever reaches 1 / error_probability with at most that probability. K_n(m) decreases in m;
the lower limit is where it falls through 1 / error_probability, and the upper limit is the same for high + low - x.
K_n is a product, so the order of the values does not matter. (Waudby-Smith and Ramdas, Estimating means of bounded
random variables by betting, JRSS B 2024; Orabona and Jun, Tight concentrations and confidence sequences from the regret
of universal portfolio, IEEE Trans. Inf. Theory 2024.)
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError

Array = NDArray[np.float64]

# 1, 2^-1/2, 1/2, ..., 2^-18. For n values of mean m and standard deviation s the best c is about
# sqrt(2 log(1 / error_probability) / n) m / s, so the least c suits 10^11 values with s = m, or 10^7 with s = 100 m.
# The best c lies at most a quarter octave beside one of these, which costs below 4% of the log wealth. All weigh the
# same: which will be best depends on s and on when one stops, and nobody knows these beforehand. The price is log(37)
# at most, less what the neighbours of the best one win.
BETS = 2.0 ** (-np.arange(37) / 2)

# What one value can add to the error of the log wealth at a limit, at most. A share, its ratio to a mean and a factor
# have relative errors of a few 2^-53, as nothing is subtracted but given numbers. The log of a factor is below 2^10 in
# absolute value, right to a few units in its last place, and goes through fewer than 2^6 additions: together less than
# 2^-53 * 2^10 * 1.2 * 2^6. A limit is found to 2^-39 of its log, by which the log of a factor grows no faster. The
# wealth must exceed 1 / error_probability by the sum of both, so that rounding only ever weakens a limit.
ROUNDING = 2.0**-36

_LEAST_MEAN = 2.0**-500  # of a share: below it a limit is 0, so that no ratio overflows
_LEAST_SHARE = 2.0**-1000  # smaller shares count as 0, which weakens a limit: they would have large relative errors
_RESOLUTION = 2.0**-40  # of the log of a limit, as a share
_VALUES_AT_ONCE = 2**10


@dataclass(frozen=True)
class Interval:
    """lower <= mean <= upper; both rounded outward."""

    lower: float
    upper: float


def mean_interval(values: Array, low: float, high: float, error_probability: float) -> Interval:
    """Both limits, each with half the error probability: P(the mean is ever outside) <= error_probability."""
    values, half = _checked(values, low, high, error_probability), error_probability / 2
    return Interval(lower_limit(values, low, high, half), upper_limit(values, low, high, half))


def lower_limit(values: Array, low: float, high: float, error_probability: float) -> float:
    """At most the mean of the law of the values, shape (n,); for all n at once, except with error_probability.

    The values are independent with this mean, or have it given those before them, and are proved to lie in [low, high];
    the range is never taken from them. Without any values the limit is ``low``.

    Raises:
        InputError: a value is NaN or outside the range; low > high; the error probability is not between 0 and 1.
    """
    return _lower_limit(_checked(values, low, high, error_probability), low, high, error_probability)


def upper_limit(values: Array, low: float, high: float, error_probability: float) -> float:
    """At least the mean; otherwise as lower_limit."""
    return 0.0 - _lower_limit(-_checked(values, low, high, error_probability), -high, -low, error_probability)


def repeats_needed(values: Array, low: float, high: float, error_probability: float, threshold: float) -> int | None:
    """About how many values in all it takes until mean_interval excludes ``threshold``, if they go on as they did.

    An estimate, not a bound: the log wealth that each bet has won at the threshold so far is taken to grow in
    proportion. It is at most n if and only if these n values exclude the threshold already. None if no bet wins.
    """
    values = _checked(values, low, high, error_probability)
    if math.isnan(threshold):
        raise InputError("threshold=nan: expected a number to compare the mean with; give one")
    count = len(values)
    average = math.fsum(values) / count if count else threshold
    if average == threshold:
        return 0 if not low <= threshold <= high else None
    if not low < threshold < high:
        return count  # the range excludes it; or it is the range's end, and a single value off it excludes it
    if average < threshold:
        values, low, high, threshold = -values, -high, -low, -threshold
    share = max((threshold - low) / (high - low), _LEAST_MEAN)
    growth = np.maximum(_log_gains(*_distinct_shares(values, low, high), share) / count, -1e6)  # of ruined bets as well
    if growth.max() <= 0:
        return None
    needed = _needed(count, error_probability / 2)
    enough = (needed + math.log(len(BETS))) / float(growth.max())
    from scipy.optimize import brentq

    def excess(repeats: float) -> float:
        return float(log_wealth(repeats * growth)) - needed

    return math.ceil(float(brentq(excess, 0, 1.001 * enough, xtol=1e-3, maxiter=1000)))


def log_factors(shares: Array, mean: float) -> Array:
    """The log of 1 - c + c y / mean for every bet c (first axis) and every share y of the range (the other axes)."""
    bets = BETS.reshape(-1, *[1] * shares.ndim)
    with np.errstate(divide="ignore"):  # c = 1 loses all with y = 0: the log is -inf
        logs: Array = np.log((1 - bets) + bets * (shares / mean))
    return logs


def log_wealth(log_gains: Array) -> Array:
    """log K_n, from the sum of log_factors over the n values for every bet (first axis)."""
    largest = log_gains.max(axis=0)  # finite, as only c = 1 can lose all
    wealth: Array = largest + np.log(np.exp(log_gains - largest).mean(axis=0))
    return wealth


def _lower_limit(values: Array, low: float, high: float, error_probability: float) -> float:
    if len(values) == 0 or low == high:
        return float(low)
    share = _lower_share(*_distinct_shares(values, low, high), _needed(len(values), error_probability))
    exact = Fraction(low) + (Fraction(high) - Fraction(low)) * Fraction(share)
    limit = float(exact)
    return limit if Fraction(limit) <= exact else math.nextafter(limit, -math.inf)


def _lower_share(shares: Array, counts: Array, needed: float) -> float:
    """The mean at which the log wealth is ``needed``, to 2^-39 of its log; 0 where that is below _LEAST_MEAN."""
    from scipy.optimize import brentq

    def excess(log_mean: float) -> float:
        return float(log_wealth(_log_gains(shares, counts, math.exp(log_mean)))) - needed

    average = float((shares * counts).sum() / counts.sum())
    if average < _LEAST_MEAN:
        return 0.0
    wrong = math.log(average)  # as the log is concave, no bet wins at the average of the shares
    total = float(counts.sum())
    spread = math.sqrt(float((counts * (shares / average - 1) ** 2).sum()) / total)
    step = 2 * spread * math.sqrt(needed / total) + needed / total  # about where the log wealth is ``needed``
    least = math.log(_LEAST_MEAN)
    right = max(wrong - step, least)
    while excess(right) < 0:
        if right == least:
            return 0.0
        wrong, step = right, 4 * step
        right = max(wrong - step, least)
    root = float(brentq(excess, right, wrong, xtol=_RESOLUTION, rtol=2.0**-50, maxiter=1000))
    return math.exp(root)  # on either side of where the excess is zero; ROUNDING has room for that


def _log_gains(shares: Array, counts: Array, mean: float) -> Array:
    """The sum of log_factors over all values for every bet; block by block, which keeps the additions few as well."""
    blocks = [slice(start, start + _VALUES_AT_ONCE) for start in range(0, len(shares), _VALUES_AT_ONCE)]
    sums = [(counts[block] * log_factors(shares[block], mean)).sum(axis=-1) for block in blocks]
    gains: Array = np.stack(sums, axis=-1).sum(axis=-1)
    return gains


def _distinct_shares(values: Array, low: float, high: float) -> tuple[Array, Array]:
    """The different shares y of the range, in [0, 1], and how often each occurs."""
    shares = (values - low) / (high - low)
    distinct, counts = np.unique(np.where(shares < _LEAST_SHARE, 0.0, shares), return_counts=True)
    return distinct, counts.astype(np.float64)


def _needed(count: int, error_probability: float) -> float:
    """The log wealth that surely is at least 1 / error_probability."""
    return ROUNDING * (count + 1) - math.log(error_probability)


def _checked(values: Array, low: float, high: float, error_probability: float) -> Array:
    """The values as float64, once all is as it must be."""
    if not 0 < error_probability < 1:
        raise InputError(
            f"error_probability={error_probability}: expected a number strictly between 0 and 1; give for example 0.05"
        )
    if not (low <= high and math.isfinite(float(high) - float(low))):
        raise InputError(f"low={low}, high={high}: expected finite numbers with low <= high; give the proved range")
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1:
        raise InputError(f"values of shape={given.shape}: expected one number a repeat, shape (n,); give one column")
    outside = np.flatnonzero(~((low <= given) & (given <= high)))  # NaN is outside too
    if len(outside):
        raise InputError(
            f"values[{outside[0]}]={given[outside[0]]}: expected a number in the proved range [{low}, {high}] "
            f"({len(outside)} of {len(given)} are not); look for the error in the sample or in the proof of the range"
        )
    return given
