"""The tail of a binomial distribution beyond its mean, enclosed for any number of draws.

Beyond the mean the ratio of successive terms decreases, so the terms left out are bounded by a geometric series. The
first term of each chunk comes from lgamma in ball arithmetic; the chunk's sum relative to it is computed in float64,
whose error is bounded a priori because all terms are positive.
"""

from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq

from boundcheck.exact.ball import PRECISION, ball, hull

# Chunks of 2^10, 2^11, ... 2^16, 2^16, ... terms; what comes after the last is bounded by the geometric series alone.
LARGEST_CHUNK = 65_536
MOST_CHUNKS = 120
# Terms are left out once they are together below this fraction of the sum.
NEGLIGIBLE = arb(2) ** -60
# Half the distance from 1 to the next float64, as an exact rational: the relative error of one rounding.
UNIT_ROUNDOFF = Fraction(1, 2**53)


def tail_beyond_mean(first: int, draws: int, probability: Fraction) -> arb:
    """P(B >= first) where first + 1 > (draws + 1) * probability, so that the terms from ``first`` on decrease."""
    total, chunk = arb(0), 1024
    odds = probability / (1 - probability)
    floats_suffice = Fraction(1, 2**900) < odds < 2**900
    for _ in range(MOST_CHUNKS if floats_suffice else 0):
        length = min(chunk, draws - first + 1)
        total += _mass(first, draws, probability) * _relative_sum(first, draws, odds, length)
        first += length
        if first > draws:
            return total
        remainder = _geometric_bound(first, draws, probability)
        if remainder < total * NEGLIGIBLE:
            return total + hull(arb(0), remainder)
        chunk = min(2 * chunk, LARGEST_CHUNK)
    return total + hull(_mass(first, draws, probability), _geometric_bound(first, draws, probability))


def _mass(count: int, draws: int, probability: Fraction) -> arb:
    """P(B = count), with enough bits that the cancellation between the logarithms (about draws large) costs nothing."""
    with ctx.workprec(PRECISION + 2 * draws.bit_length()):
        p = arb(fmpq(probability.numerator, probability.denominator))
        choices = arb(draws + 1).lgamma() - arb(count + 1).lgamma() - arb(draws - count + 1).lgamma()
        return (choices + count * p.log() + (draws - count) * (-p).log1p()).exp()


def _geometric_bound(first: int, draws: int, probability: Fraction) -> arb:
    """P(B = first) / (1 - ratio of the next two terms) bounds P(B >= first), for the ratios only get smaller."""
    ratio = Fraction(draws - first, first + 1) * probability / (1 - probability)
    return _mass(first, draws, probability) / ball(1 - ratio)


def _relative_sum(first: int, draws: int, odds: Fraction, length: int) -> arb:
    """The sum of ``length`` terms from ``first`` on, divided by the first of them.

    In float64 every ratio carries at most 7 roundings (odds, two integers of two roundings each, product, quotient),
    every further term one more, the sum at most ``length``; all are positive, so the relative error is at most
    gamma_n = n u / (1 - n u) for n = 10 * length. Underflow adds less than 2^-1000.
    """
    steps = np.arange(length - 1, dtype=np.float64)
    ratios = float(odds) * ((float(draws - first) - steps) / (float(first + 1) + steps))
    total = 1.0 + float(np.sum(np.cumprod(ratios)))
    roundings = 10 * length * UNIT_ROUNDOFF
    relative_error = roundings / (1 - roundings) + Fraction(1, 2**1000)
    # true = computed / (1 + d) with |d| <= relative_error, hence the division
    return ball(total) / (1 + arb(0, ball(relative_error).upper()))
