import math
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from boundcheck.core.errors import InputError
from boundcheck.exact import binomial
from boundcheck.exact.ball import ball
from boundcheck.exact.binomial import (
    binomial_cdf,
    binomial_upper_tail,
    chernoff_least_draws,
    chernoff_upper_tail,
    exact_upper_tail,
    least_draws,
)
from boundcheck.exact.binomial_tail import tail_beyond_mean

probabilities = st.fractions(0, 1, max_denominator=1000)


def enumerated_tail(threshold: int, draws: int, probability: Fraction) -> Fraction:
    """P(B > threshold) by adding one draw at a time: no binomial coefficients, unlike the code under test."""
    law = {0: Fraction(1)}
    for _ in range(draws):
        after: dict[int, Fraction] = {}
        for count, weight in law.items():
            after[count] = after.get(count, Fraction(0)) + weight * (1 - probability)
            after[count + 1] = after.get(count + 1, Fraction(0)) + weight * probability
        law = after
    return sum((weight for count, weight in law.items() if count > threshold), Fraction(0))


@given(st.integers(-2, 14), st.integers(0, 12), probabilities)
def test_small_cases_by_enumeration(threshold, draws, probability):
    tail = enumerated_tail(threshold, draws, probability)
    assert binomial_upper_tail(threshold, draws, probability).overlaps(ball(tail))
    assert binomial_cdf(threshold, draws, probability).overlaps(ball(1 - tail))
    assert exact_upper_tail(threshold, draws, probability) == tail
    assert binomial_cdf(threshold, draws, probability).rad() <= arb(2) ** -100


@settings(max_examples=60)
@given(st.integers(257, 1500), st.integers(0, 10**6), probabilities.filter(lambda p: 0 < p < 1))
def test_the_chunked_sum_contains_the_exact_tail(draws, seed, probability):
    threshold = seed % draws
    tail = exact_upper_tail(threshold, draws, probability)
    upper, lower = binomial_upper_tail(threshold, draws, probability), binomial_cdf(threshold, draws, probability)
    assert upper.contains(ball(tail).mid()) and lower.contains(ball(1 - tail).mid())
    assert upper.rad() <= ball(1) * 2**-35 and lower.rad() <= ball(1) * 2**-35


@given(
    st.integers(10, 300), st.integers(0, 300), st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100)
)
def test_the_tail_beyond_the_mean_has_a_small_relative_error(draws, above, probability):
    first = min(draws, math.floor((draws + 1) * probability) + above)
    tail = tail_beyond_mean(first, draws, probability)
    assert tail.contains(ball(exact_upper_tail(first - 1, draws, probability)).mid())
    assert tail.rel_accuracy_bits() >= 30


@pytest.mark.parametrize(
    ("threshold", "draws"),
    [(10**6 + 10**4, 10**7), (10**8, 10**9), (10**11 + 10**6, 10**12), (10**11, 10**12), (99_999_000_000, 10**12)],
)
def test_large_cases_against_scipy(threshold, draws):
    tail = binomial_upper_tail(threshold, draws, Fraction(1, 10))
    assert float(tail.mid()) == pytest.approx(stats.binom.sf(threshold, draws, 0.1), rel=1e-5)
    assert tail.rel_accuracy_bits() >= 25


@pytest.mark.parametrize(("name", "value"), [("MOST_CHUNKS", 0), ("MOST_CHUNKS", 1), ("NEGLIGIBLE", arb(1))])
def test_terms_left_out_are_enclosed(monkeypatch, name, value):
    arguments = (10**6 + 1000, 10**7, Fraction(1, 10))
    full = binomial_upper_tail(*arguments)
    monkeypatch.setattr(f"boundcheck.exact.binomial_tail.{name}", value)
    partial = binomial_upper_tail(*arguments)
    assert partial.contains(full) and partial.rad() > full / 100


def test_enormous_numbers_of_draws_stay_within_zero_and_one():
    near_mean = binomial_upper_tail(5 * 10**17 + 1, 10**18, Fraction(1, 2))
    assert near_mean.contains(0.5) and near_mean.upper() < 1.1
    assert binomial_upper_tail(6 * 10**17, 10**18, Fraction(1, 2)) < arb(10) ** -(10**15)


def test_odds_beyond_the_range_of_floats():
    assert binomial_upper_tail(0, 10**6, Fraction(1, 10**400)).overlaps(arb(10) ** -394)
    assert binomial_cdf(10**6 - 1, 10**6, 1 - Fraction(1, 10**400)).overlaps(arb(10) ** -394)


@pytest.mark.parametrize("probability", [Fraction(0), Fraction(1)])
def test_certain_outcomes(probability):
    for draws in (5, 10**6):
        for threshold in (0, 3, draws - 1):
            assert binomial_cdf(threshold, draws, probability) == 1 - probability.numerator
        assert binomial_cdf(-1, draws, probability) == 0 and binomial_cdf(draws, draws, probability) == 1
        assert binomial_upper_tail(-1, draws, probability) == 1


def test_impossible_probabilities_are_unknown():
    for probability in (Fraction(-1, 9), Fraction(10, 9), arb(2), arb(-2), arb.nan(), arb(0, math.inf)):
        assert binomial_cdf(3, 1000, probability).is_nan()


def test_a_ball_of_probabilities_contains_both_ends_and_may_stick_out_by_rounding():
    wide = binomial_cdf(100, 1000, arb(0.1).union(arb(0.11)))
    for probability in (Fraction(1, 10), Fraction(105, 1000), Fraction(11, 100)):
        assert wide.contains(binomial_cdf(100, 1000, probability).mid())
    assert binomial_cdf(100, 1000, ball("1/3") * 3).overlaps(arb(0))


@given(
    st.integers(1, 400),
    probabilities.filter(lambda p: 0 < p < 1),
    st.fractions(Fraction(1, 100), 3, max_denominator=100),
)
def test_chernoff_is_at_least_the_exact_tail(draws, probability, excess):
    threshold = math.floor((1 + excess) * probability * draws)
    assert not chernoff_upper_tail(draws, probability, excess) < ball(exact_upper_tail(threshold, draws, probability))


def last_failing(limit: int, excess: Fraction, probability: Fraction, tolerance: Fraction) -> int:
    allowed, rate = tolerance / (1 + tolerance), (1 + excess) * probability
    failing = (n for n in range(limit, 0, -1) if exact_upper_tail(math.floor(rate * n), n, probability) > allowed)
    return next(failing, 0)


@settings(max_examples=40, deadline=None)
@given(
    st.fractions(Fraction(1, 3), 3, max_denominator=20),
    st.fractions(Fraction(1, 5), Fraction(9, 10), max_denominator=20),
    st.fractions(Fraction(1, 5), 2, max_denominator=20),
)
def test_the_least_draws_by_trying_every_number(excess, probability, tolerance):
    limit = chernoff_least_draws(excess, probability, tolerance)
    assert least_draws(excess, probability, tolerance) == last_failing(limit, excess, probability, tolerance) + 1


def test_a_tie_passes():
    excess, probability = Fraction(1, 2), Fraction(1, 3)
    tail = exact_upper_tail(15, 31, probability)  # the largest of all tails from 31 draws on, at the end of a tooth
    tolerance = tail / (1 - tail)
    assert last_failing(200, excess, probability, tolerance * Fraction(999, 1000)) == 31
    assert least_draws(excess, probability, tolerance) == last_failing(200, excess, probability, tolerance) + 1 < 31


def test_the_least_draws_where_the_excess_is_small():
    excess, probability, tolerance = Fraction(1, 100), Fraction(1, 10), Fraction(1, 20)
    least = least_draws(excess, probability, tolerance)
    allowed, rate = 0.05 / 1.05, (1 + excess) * probability
    teeth = range(math.floor(rate * least), math.floor(rate * 600_000))
    ends = [math.ceil((threshold + 1) / rate) - 1 for threshold in teeth]
    assert stats.binom.sf(math.floor(rate * (least - 1)), least - 1, 0.1) > allowed
    assert (stats.binom.sf(list(teeth), ends, 0.1) <= allowed).all()
    assert least < chernoff_least_draws(excess, probability, tolerance) < 3 * least


def test_nothing_needs_drawing_where_the_allowance_exceeds_all_draws():
    assert least_draws(Fraction(1), Fraction(1, 2), Fraction(1, 100)) == 1
    assert chernoff_least_draws(Fraction(1), Fraction(1, 2), Fraction(1, 100)) == 1
    assert chernoff_upper_tail(5, Fraction(1, 2), Fraction(1)) == 0


@pytest.mark.parametrize("count", [least_draws, chernoff_least_draws])
@pytest.mark.parametrize(
    ("arguments", "guilty"),
    [
        ((0, "1/2", 1), "excess=0"),
        ((1, 0, 1), "probability=0"),
        ((1, 1, 1), "probability=1"),
        ((1, "1/2", -1), "tolerance=-1"),
    ],
)
def test_bad_arguments_are_named(count, arguments, guilty):
    with pytest.raises(InputError, match=guilty):
        count(*map(Fraction, arguments))


def test_the_normal_bound_passes_only_what_passes():
    """The published theorem the search starts from, against exact tails on every T from its start on."""
    for probability, excess, tolerance in [("1/2", "1/3", "1/10"), ("1/10", "1", "1/4"), ("4/5", "1/10", "1/50")]:
        p, gamma, eps = Fraction(probability), Fraction(excess), Fraction(tolerance)
        start = binomial._least_by_normal_bound((1 + gamma) * p, p, eps / (1 + eps))
        assert last_failing(start + 300, gamma, p, eps) < start
