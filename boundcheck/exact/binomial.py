"""Binomial probabilities: the distribution function, both tails, Chernoff's bound, and the n_0 of Lemma 12."""

import math
from fractions import Fraction

from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, hull, less_equal, lower_rational, nan_ball, upper_rational
from boundcheck.exact.binomial_tail import tail_beyond_mean

# The tail is summed in exact rationals up to this many draws, and up to this many bits in its denominator.
EXACT_DRAWS = 256
EXACT_BITS = 20_000


def binomial_cdf(threshold: int, draws: int, probability: Fraction | arb) -> arb:
    """P(B <= threshold) for B ~ Binomial(draws, probability); NaN if the probability is not in [0, 1].

    A ball as probability is evaluated at its two ends: the distribution function decreases in the probability.
    """
    return _at_both_ends(threshold, draws, probability, of_upper_tail=False)


def binomial_upper_tail(threshold: int, draws: int, probability: Fraction | arb) -> arb:
    """P(B > threshold), with a small relative error however small it is (which 1 - binomial_cdf would lose)."""
    return _at_both_ends(threshold, draws, probability, of_upper_tail=True)


def exact_upper_tail(threshold: int, draws: int, probability: Fraction) -> Fraction:
    """P(B > threshold) as a rational; meant for few draws, its length grows with their number."""
    success, total = probability.numerator, probability.denominator
    failure = total - success
    weight = sum(
        math.comb(draws, count) * success**count * failure ** (draws - count)
        for count in range(max(threshold + 1, 0), draws + 1)
    )
    return Fraction(weight, total**draws)


def chernoff_upper_tail(draws: int, probability: Fraction | arb, excess: Fraction | arb) -> arb:
    """Chernoff's bound exp(-draws * KL((1+excess) p || p)) on P(B > (1+excess) p draws), excess > 0, 0 < p < 1.

    Zero where (1+excess) p >= 1, as B never exceeds the number of draws.
    """
    rate = ball(probability) * (1 + ball(excess))
    if rate >= 1:
        return arb(0)
    return (-draws * kullback_leibler(rate, ball(probability))).exp()


def kullback_leibler(a: arb, p: arb) -> arb:
    """KL(a || p) = a log(a/p) + (1-a) log((1-a)/(1-p)) of two Bernoulli variables, 0 < a, p < 1."""
    return a * (a / p).log() + (1 - a) * ((1 - a) / (1 - p)).log()


def _at_both_ends(threshold: int, draws: int, probability: Fraction | arb, of_upper_tail: bool) -> arb:
    if isinstance(probability, Fraction):
        return _side(threshold, draws, probability, of_upper_tail)
    lower, upper = lower_rational(probability), upper_rational(probability)
    if lower is None or upper is None or lower > 1 or upper < 0:
        return nan_ball()
    # A probability computed as a ball may stick out of [0, 1] by its rounding errors alone.
    ends = (max(lower, Fraction(0)), min(upper, Fraction(1)))
    return hull(*(_side(threshold, draws, end, of_upper_tail) for end in ends))


def _side(threshold: int, draws: int, probability: Fraction, of_upper_tail: bool) -> arb:
    """P(B > threshold) or P(B <= threshold), from whichever tail is beyond the mean."""
    if not 0 <= probability <= 1 or draws < 0:
        return nan_ball()
    if threshold < 0 or threshold >= draws:
        return arb(1) if (threshold < 0) == of_upper_tail else arb(0)
    if probability in (0, 1):
        return arb(1) if (probability == 1) == of_upper_tail else arb(0)
    if _exact_is_cheap(draws, probability):
        exact = exact_upper_tail(threshold, draws, probability)
        return ball(exact if of_upper_tail else 1 - exact)
    upper_is_beyond_mean = threshold + 2 > (draws + 1) * probability
    if upper_is_beyond_mean:
        tail = tail_beyond_mean(threshold + 1, draws, probability)
    else:  # failures are Binomial(draws, 1 - probability): B <= threshold means at least draws - threshold of them
        tail = tail_beyond_mean(draws - threshold, draws, 1 - probability)
    probability_of_tail = tail if tail <= 1 else tail.intersection(arb(0.5, 0.5))
    return probability_of_tail if upper_is_beyond_mean == of_upper_tail else 1 - probability_of_tail


def _exact_is_cheap(draws: int, probability: Fraction) -> bool:
    return draws <= EXACT_DRAWS and draws * probability.denominator.bit_length() <= EXACT_BITS


def chernoff_least_draws(excess: Fraction, probability: Fraction, tolerance: Fraction) -> int:
    """The least T from which Chernoff's bound on P(B > (1+excess) p T) is at most tolerance / (1 + tolerance).

    Raises:
        InputError: excess <= 0, tolerance <= 0, or the probability not strictly between 0 and 1.
    """
    rate, allowed = _checked(excess, probability, tolerance)
    if rate >= 1:
        return 1
    least = -ball(allowed).log() / kullback_leibler(ball(rate), ball(probability))
    bound = upper_rational(least)
    if bound is None:
        raise InputError(f"excess={excess} is too close to 0 to count draws at this precision; choose a larger one")
    return max(math.ceil(bound), 1)


def least_draws(excess: Fraction, probability: Fraction, tolerance: Fraction) -> int:
    """n_0 of Lemma 12: the least T0 >= 1 such that P(B_T > (1+excess) p T) <= tolerance / (1 + tolerance) for T >= T0.

    B_T ~ Binomial(T, p). The tail is a sawtooth in T: it grows while floor((1+excess) p T) stays the same and drops
    when that increases. Far out the normal bound below passes for good; downward from there only the last T of each
    tooth is checked, until the first that is not proved to pass.

    Raises:
        InputError: excess <= 0, tolerance <= 0, or the probability not strictly between 0 and 1.
    """
    rate, allowed = _checked(excess, probability, tolerance)
    if rate >= 1:
        return 1
    draws = _least_by_normal_bound(rate, probability, allowed) - 1
    while draws >= 1:
        threshold = math.floor(rate * draws)
        if not _passes(threshold, draws, probability, allowed):
            return draws + 1
        draws = math.ceil(threshold / rate) - 1  # the last T of the tooth before
    return 1


def _checked(excess: Fraction, probability: Fraction, tolerance: Fraction) -> tuple[Fraction, Fraction]:
    """(1 + excess) * probability and tolerance / (1 + tolerance), of valid arguments."""
    if not 0 < probability < 1:
        raise InputError(f"probability={probability} must lie strictly between 0 and 1; choose one that does")
    if excess <= 0:
        raise InputError(f"excess={excess} must be positive; choose a positive one such as 1/100")
    if tolerance <= 0:
        raise InputError(f"tolerance={tolerance} must be positive; choose a positive one such as 1/10")
    return (1 + excess) * probability, tolerance / (1 + tolerance)


def _passes(threshold: int, draws: int, probability: Fraction, allowed: Fraction) -> bool:
    """Is P(B > threshold) <= allowed proved? Where the tail is only enclosed, a tie counts as not."""
    if _exact_is_cheap(draws, probability):
        return exact_upper_tail(threshold, draws, probability) <= allowed
    return less_equal(binomial_upper_tail(threshold, draws, probability), allowed) is Verdict.HOLDS


def _least_by_normal_bound(rate: Fraction, probability: Fraction, allowed: Fraction) -> int:
    """A T from which all larger ones pass, by bisection on a bound that decreases in T.

    Zubkov and Serov (Theory of Probability and its Applications 57 (2013), 539-544): for 1 <= k < T and k > pT,
    P(B_T > k) <= 1 - Phi(sqrt(2 T KL(k/T || p))). With k = floor(rate T) >= rate T - 1 it is at most the same at
    rate - 1/T. There T KL(rate - 1/T || p) increases in T: its derivative is KL(a || p) plus (rate - a) times the
    positive slope of KL at a = rate - 1/T.
    """

    def passes(draws: int) -> bool:
        a = rate - Fraction(1, draws)
        if a <= probability:
            return False
        spread = 2 * draws * kullback_leibler(ball(a), ball(probability))
        bound = (spread / 2).sqrt().erfc() / 2
        return less_equal(bound, allowed) is Verdict.HOLDS

    passing = 1
    while not passes(passing):
        passing *= 2
        if passing.bit_length() > 200:
            raise InputError(f"rate={rate} is too close to probability={probability}; choose a larger excess")
    failing = passing // 2
    while passing - failing > 1:
        middle = (passing + failing) // 2
        passing, failing = (middle, failing) if passes(middle) else (passing, middle)
    return passing
