"""Gives ``evaluate`` the functions of core that SymPy does not know. Importing this module is enough."""

from fractions import Fraction
from functools import lru_cache

from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.core.functions import BinomialCdf, LeastDraws
from boundcheck.exact.ball import hull, lower_rational, nan_ball, upper_rational
from boundcheck.exact.binomial import binomial_cdf, least_draws
from boundcheck.exact.evaluate import Value, register


def _binomial_cdf(threshold: Value, draws: Value, probability: Value) -> arb:
    """NaN unless threshold and draws are integers known exactly."""
    if not (isinstance(threshold, Fraction) and isinstance(draws, Fraction)):
        return nan_ball()
    if threshold.denominator != 1 or draws.denominator != 1:
        return nan_ball()
    return binomial_cdf(int(threshold), int(draws), probability)


def _least_draws(excess: Value, probability: Value, tolerance: Value) -> arb:
    """NaN where undefined, and for a probability not known exactly.

    Balls for excess and tolerance are evaluated at their ends: the larger either is, the fewer draws suffice.
    """
    if not isinstance(probability, Fraction):
        return nan_ball()
    fewest = _least_draws_of_rationals(upper_rational(excess), probability, upper_rational(tolerance))
    most = _least_draws_of_rationals(lower_rational(excess), probability, lower_rational(tolerance))
    return fewest if fewest == most else hull(fewest, most)


@lru_cache(maxsize=1024)  # a condition asks for the same number several times: to decide it, to show it, for its margin
def _least_draws_of_rationals(excess: Fraction | None, probability: Fraction, tolerance: Fraction | None) -> arb:
    if excess is None or tolerance is None:
        return nan_ball()
    try:
        return arb(least_draws(excess, probability, tolerance))
    except InputError:
        return nan_ball()


register(BinomialCdf, _binomial_cdf)
register(LeastDraws, _least_draws)
