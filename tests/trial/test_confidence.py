"""Confidence limits: never wrong more often than they say, whenever one stops; exact in small cases; sound in rounding.

How often the limits are wrong is tested by simulation, 2,000 streams a law. If they are wrong with probability at most
alpha, the number of streams on which they are is at most Binomial(2000, alpha) in law; a check fails when it has more
than the least k with P(Binomial(2000, alpha) > k) <= LEVEL. All such checks together are wrong about right limits with
probability below 1%. The checks are applied to wrong limits as well, which they must notice.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import beta as beta_law
from scipy.stats import binom, norm

from boundcheck.core.errors import InputError
from boundcheck.trial import confidence
from boundcheck.trial.confidence import (
    BETS,
    Interval,
    log_factors,
    log_wealth,
    lower_limit,
    mean_interval,
    repeats_needed,
    upper_limit,
)

Array = NDArray[np.float64]
STREAMS = 2000
LEVEL = 2e-4  # of each of the fewer than 50 checks below
ERRORS = [0.05, 0.001]


@dataclass(frozen=True)
class Law:
    """Of values in [0, 1], each with this mean given all before it; ``repeats`` is how long a stream is."""

    mean: float
    sample: Callable[[np.random.Generator, tuple[int, int]], Array]
    repeats: int


def points(values: list[float], probabilities: list[float], repeats: int) -> Law:
    mean = math.fsum(v * p for v, p in zip(values, probabilities, strict=True))
    return Law(mean, lambda rng, shape: rng.choice(values, size=shape, p=probabilities), repeats)


def censored_pareto(least: float, index: float, repeats: int) -> Law:
    """min(1, least U^(-1/index)): P(y > t) = (least / t)^index for least <= t < 1."""
    mean = least + (least - least**index) / (index - 1)
    return Law(mean, lambda rng, shape: np.minimum(1, least * (1 - rng.random(shape)) ** (-1 / index)), repeats)


def calm_after_a_gain(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """1/4 (1 +- s), s = 1/50 after a gain and 1 after a loss: not independent, but with mean 1/4 given the past."""
    signs = rng.choice([-1.0, 1.0], size=shape)
    before = np.concatenate([-np.ones((shape[0], 1)), signs[:, :-1]], axis=1)
    return 0.25 * (1 + signs * np.where(before > 0, 0.02, 1))


LAWS = {
    "Bernoulli 1e-3": points([0, 1], [0.999, 0.001], 10_000),
    "Bernoulli 0.3": points([0, 1], [0.7, 0.3], 2000),
    "beta(2, 5)": Law(2 / 7, lambda rng, shape: rng.beta(2, 5, shape), 2000),
    "beta(0.5, 0.5)": Law(1 / 2, lambda rng, shape: rng.beta(0.5, 0.5, shape), 2000),
    "two points": points([0.2, 1], [0.75, 0.25], 2000),
    "three points": points([0, 0.01, 1], [0.5, 0.49, 0.01], 5000),
    "u^20": Law(1 / 21, lambda rng, shape: rng.random(shape) ** 20, 2000),
    "censored Pareto": censored_pareto(1e-4, 1.2, 2000),
    "near the end": points([0.99, 1], [0.1, 0.9], 2000),
    "beta(20, 0.1)": Law(200 / 201, lambda rng, shape: rng.beta(20, 0.1, shape), 2000),
    "calm after a gain": Law(1 / 4, calm_after_a_gain, 2000),
}


def streams(law: Law, seed: int, repeats: int | None = None) -> Iterator[Array]:
    """2,000 streams, some at a time."""
    rng = np.random.default_rng(seed)
    length = repeats or law.repeats
    at_once = max(1, 2**13 // length)
    for start in range(0, STREAMS, at_once):
        yield law.sample(rng, (min(at_once, STREAMS - start), length))


def log_wealths(shares: Array, mean: float) -> Array:
    """The log wealth at a candidate mean after each of the values (last axis), by the code that the limits use.

    Where no bet has won 1/37 of what a limit takes, the wealth is not computed, and -inf stands for it.
    """
    values = np.unique(shares)
    if len(values) < 10:  # count each of them, which is faster
        counts = np.cumsum(shares == values[:, None, None], axis=-1, dtype=float)
        gains = np.tensordot(np.maximum(log_factors(values, mean), -1e5), counts, 1)  # as 0 * -inf would be NaN
    else:
        gains = np.cumsum(log_factors(shares, mean), axis=-1)
    worth_it = gains.max(axis=0) >= math.log(2 / max(ERRORS)) - math.log(len(BETS))
    wealth = np.full(shares.shape, -np.inf)
    wealth[worth_it] = confidence.log_wealth(gains[:, worth_it])
    return wealth


def check_misses(misses: int, error: float) -> None:
    """The binomial test of this file; binom.isf is the least k with P(Binomial > k) <= LEVEL."""
    allowed = int(binom.isf(LEVEL, STREAMS, error))
    assert misses <= allowed, f"wrong on {misses} of {STREAMS} streams, at most {allowed} allowed at {error}"


def check_at_every_n(law: Law, seed: int) -> None:
    """A stream is counted if at any n, of all there are, the wealth at the true mean is that of an excluded one."""
    worst = np.concatenate(
        [
            np.maximum(log_wealths(some, law.mean), log_wealths(1 - some, 1 - law.mean)).max(axis=1)
            for some in streams(law, seed)
        ]
    )
    for error in ERRORS:
        check_misses(int((worst >= math.log(2 / error)).sum()), error)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_limits_hold_at_the_worst_n_of_all(name: str) -> None:
    check_at_every_n(LAWS[name], seed=list(LAWS).index(name))


Limits = Callable[[Array, float, float, float], Interval]


def stops(shares: Array, mean: float) -> Iterator[NDArray[np.int64]]:
    """When to stop each stream: where its average looks worst, in hindsight; and when it seems to exclude 1.5 mean."""
    counts = np.arange(1, shares.shape[1] + 1)
    yield np.abs((np.cumsum(shares - mean, axis=1)) / np.sqrt(counts))[:, 5:].argmax(axis=1) + 6
    reached = log_wealths(1 - shares, 1 - 1.5 * mean) >= math.log(2 / max(ERRORS))
    yield np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, shares.shape[1])


def check_when_stopped(law: Law, seed: int, limits: Limits, repeats: int) -> None:
    misses = np.zeros((2, len(ERRORS)), dtype=int)
    for some in streams(law, seed, repeats):
        for rule, ends in enumerate(stops(some, law.mean)):
            for place, error in enumerate(ERRORS):
                found = [limits(stream[:end], 0, 1, error) for stream, end in zip(some, ends, strict=True)]
                misses[rule, place] += sum(not one.lower <= law.mean <= one.upper for one in found)
    for rule in misses:
        for count, error in zip(rule, ERRORS, strict=True):
            check_misses(int(count), error)


STOPPED = {"Bernoulli 1e-3": 2000, "two points": 300, "u^20": 100}


@pytest.mark.slow
@pytest.mark.parametrize("name", STOPPED)
def test_limits_hold_where_the_data_say_stop(name: str) -> None:
    check_when_stopped(LAWS[name], 100, mean_interval, STOPPED[name])


def clopper_pearson(values: Array, low: float, high: float, error: float) -> Interval:
    """Right for zeros and ones and a number of repeats that is fixed beforehand."""
    n, ones = len(values), int(values.sum())
    lower = 0.0 if ones == 0 else float(beta_law.ppf(error / 2, ones, n - ones + 1))
    return Interval(lower, 1.0 if ones == n else float(beta_law.isf(error / 2, ones + 1, n - ones)))


def normal(values: Array, low: float, high: float, error: float) -> Interval:
    """Right for many repeats, if their number is fixed beforehand."""
    half = float(norm.isf(error / 2)) * float(values.std()) / math.sqrt(len(values))
    return Interval(float(values.mean()) - half, float(values.mean()) + half)


def with_range_of_sample(values: Array, low: float, high: float, error: float) -> Interval:
    return mean_interval(values, float(values.min()), float(values.max()), error)


@pytest.mark.parametrize(
    ("name", "limits"),
    [("Bernoulli 0.3", clopper_pearson), ("two points", normal), ("Bernoulli 1e-3", with_range_of_sample)],
)
def test_wrong_limits_are_noticed_where_the_data_say_stop(name: str, limits: Limits) -> None:
    with pytest.raises(AssertionError, match="wrong on"):
        check_when_stopped(LAWS[name], 100, limits, 300)


@pytest.mark.slow
def test_a_sum_of_bets_in_place_of_their_average_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "log_wealth", lambda gains: log_wealth(gains) + math.log(len(BETS)))
    with pytest.raises(AssertionError, match="wrong on"):
        check_at_every_n(LAWS["two points"], 100)


@pytest.mark.parametrize("p", [0.01, 0.3])
def test_the_wealth_at_every_n_is_what_the_limits_use(p: float) -> None:
    values = np.random.default_rng(5).binomial(1, p, size=200).astype(float)
    for candidate in (p / 3, p, min(3 * p, 0.95)):
        wealth = log_wealths(values[None, :], candidate)[0]
        mirrored = log_wealths(1 - values[None, :], 1 - candidate)[0]
        for n in (1, 2, 10, 50, 150, 200):
            for error in (0.01, 0.05):
                needed = -math.log(error)
                assert (lower_limit(values[:n], 0, 1, error) >= candidate) == (wealth[n - 1] >= needed)
                assert (upper_limit(values[:n], 0, 1, error) <= candidate) == (mirrored[n - 1] >= needed)


SMALL = {  # values and the probability of the second: dyadic, so that their mean is a float too
    "zero and one": (Fraction(0), Fraction(1), Fraction(1, 8)),
    "rare large": (Fraction(1, 16), Fraction(1), Fraction(1, 64)),
    "rare small": (Fraction(0), Fraction(3, 4), Fraction(31, 32)),
}


def exact_wealth(shares: tuple[Fraction, ...], mean: Fraction) -> Fraction:
    """K_n from its definition, in rationals."""
    bets = [Fraction(float(c)) for c in BETS]
    return sum((math.prod((1 - c + c * y / mean for y in shares), start=Fraction(1)) for c in bets), Fraction(0)) / 37


@pytest.mark.parametrize("name", SMALL)
def test_the_expected_wealth_is_one(name: str) -> None:
    first, second, p = SMALL[name]
    mean = (1 - p) * first + p * second
    for n in (1, 2, 3, 6):
        expected = Fraction(0)
        for ones in range(n + 1):
            outcome = (first,) * (n - ones) + (second,) * ones
            gains = log_factors(np.array([float(y) for y in outcome]), float(mean)).sum(axis=1)
            found = Fraction(math.exp(float(log_wealth(gains))))
            assert found == pytest.approx(exact_wealth(outcome, mean), rel=1e-12)
            expected += math.comb(n, ones) * p**ones * (1 - p) ** (n - ones) * found
        assert abs(expected - 1) < Fraction(1, 10**12)


@pytest.mark.parametrize(("p", "error"), [(Fraction(1, 4), 0.3), (Fraction(1, 50), 0.1)])
def test_the_exact_probability_of_ever_being_wrong(p: Fraction, error: float) -> None:
    """Zeros and ones: the limits depend on n and the number of ones alone, and a walk over these is summed exactly."""
    alive, wrong = {0: Fraction(1)}, Fraction(0)
    for n in range(1, 61):
        step: dict[int, Fraction] = {}
        for ones, probability in alive.items():
            step[ones] = step.get(ones, Fraction(0)) + probability * (1 - p)
            step[ones + 1] = step.get(ones + 1, Fraction(0)) + probability * p
        alive = {}
        for ones, probability in step.items():
            found = mean_interval(np.repeat([0.0, 1.0], [n - ones, ones]), 0, 1, error)
            if Fraction(found.lower) <= p <= Fraction(found.upper):
                alive[ones] = probability
            else:
                wrong += probability
    assert 0 < wrong <= Fraction(error)


finite = st.floats(-1, 1).map(lambda x: x if abs(x) > 1e-30 else 0.0)
samples = st.lists(finite, min_size=1, max_size=12).map(np.array)
errors = st.floats(1e-9, 0.9)


@given(samples, errors, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_does_not_matter(values: Array, error: float, random: object) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert mean_interval(shuffled, -1, 1, error) == mean_interval(values, -1, 1, error)


@given(samples, errors, st.floats(1e-3, 1e3), st.floats(-10, 10))
@settings(deadline=None)
def test_limits_move_and_scale_with_the_values(values: Array, error: float, scale: float, shift: float) -> None:
    low, high = shift - scale, shift + scale
    moved = mean_interval(np.clip(shift + scale * values, low, high), low, high, error)
    mirrored = mean_interval(-values, -1, 1, error)
    found = mean_interval(values, -1, 1, error)
    allowed = 1e-8 * (scale + abs(shift))
    assert abs(moved.lower - (shift + scale * found.lower)) <= allowed
    assert abs(moved.upper - (shift + scale * found.upper)) <= allowed
    assert mirrored == Interval(-found.upper, -found.lower)


@given(samples, errors, st.floats(0.001, 0.999))
@settings(deadline=None)
def test_a_smaller_error_probability_gives_a_wider_interval(values: Array, error: float, factor: float) -> None:
    wide, narrow = mean_interval(values, -1, 1, factor * error), mean_interval(values, -1, 1, error)
    average = sum(map(Fraction, values), Fraction(0)) / len(values)
    assert -1 <= wide.lower <= narrow.lower <= average <= narrow.upper <= wide.upper <= 1
    assert narrow == Interval(lower_limit(values, -1, 1, error / 2), upper_limit(values, -1, 1, error / 2))


RANGES = [(0.0, 1.0), (-0.3, 1.7), (0.0, 1e3), (2.0**20, 2.0**20 + 2.0**-10)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), errors, st.sampled_from(RANGES))
@settings(deadline=None)
def test_rounding_only_weakens_a_limit(places: list[float], error: float, ends: tuple[float, float]) -> None:
    """In rationals, the wealth at the limit is at least 1 / error; but not much further in."""
    low, high = map(Fraction, ends)
    values = np.clip(ends[0] + np.array(places) * (ends[1] - ends[0]), *ends)
    shares = tuple((Fraction(v) - low) / (high - low) for v in values)
    limit = lower_limit(values, *ends, error)
    found, next_but_one = ((Fraction(x) - low) / (high - low) for x in (limit, limit + 2 * math.ulp(limit)))
    if found > 0:
        assert exact_wealth(shares, found) >= 1 / Fraction(error)
    assert exact_wealth(shares, next_but_one * (1 + Fraction(1, 10**8)) + Fraction(1, 10**14)) < 1 / Fraction(error)


wide = st.floats(-1e300, 1e300)


@given(st.lists(wide, min_size=1, max_size=6), wide, wide, errors, st.floats(0, 1))
@settings(deadline=None)
def test_any_floats_will_do(values: list[float], end: float, other_end: float, error: float, where: float) -> None:
    low, high = min(end, other_end), max(end, other_end)
    inside = np.clip(values, low, high)
    found = mean_interval(inside, low, high, error)
    average = sum(map(Fraction, inside), Fraction(0)) / len(inside)
    assert low <= found.lower <= average <= found.upper <= high
    threshold = low + where * (high / 2 - low / 2) * 2
    needed = repeats_needed(inside, low, high, error, threshold)
    excluded = not found.lower <= threshold <= found.upper
    assert not excluded if needed is None else abs(needed - len(inside)) <= 1 or (needed < len(inside)) == excluded


def test_limits_without_values_or_without_a_range() -> None:
    assert mean_interval(np.array([]), -2, 3, 0.05) == Interval(-2, 3)
    assert mean_interval(np.array([1.5, 1.5]), 1.5, 1.5, 0.05) == Interval(1.5, 1.5)


def test_limits_at_the_ends_of_the_range() -> None:
    for n in (1, 10, 1000):
        assert lower_limit(np.zeros(n), 0, 1, 0.05) == 0
        upper = upper_limit(np.zeros(n), 0, 1, 0.05)
        assert exact_wealth((Fraction(1),) * n, 1 - Fraction(upper)) >= 20 if n <= 10 else upper < 0.01
        assert mean_interval(np.ones(n), 0, 1, 0.1) == Interval(pytest.approx(1 - upper, abs=1e-15), 1)
    assert upper_limit(np.zeros(1), 0, 1, 0.05) > 0.97  # nothing excludes a mean below 1 - error_probability


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-200, 1e-100])
def test_tiny_values_and_ranges(tiny: float) -> None:
    found = mean_interval(np.array([tiny] * 20), 0, 1, 0.05)
    assert 0 <= found.lower <= tiny <= found.upper < 0.5
    found = mean_interval(np.array([tiny] * 200), 0, tiny, 0.05)
    assert 0.9 * tiny - 5e-324 <= found.lower <= tiny == found.upper
    assert mean_interval(np.array([tiny]), 0, 1, 1e-300).lower == 0  # where the wealth suffices, ratios would overflow


@pytest.mark.slow
def test_a_million_values() -> None:
    values = np.random.default_rng(3).beta(2, 5, size=10**6)
    found = mean_interval(values, 0, 1, 0.05)
    assert found.lower <= 2 / 7 <= found.upper
    assert found.upper - found.lower < 0.002


@pytest.mark.parametrize(
    ("values", "low", "high", "error", "message"),
    [
        (
            [0.5, math.nan],
            0.0,
            1.0,
            0.05,
            r"values\[1\]=nan: expected a number in the proved range \[0.0, 1.0\] \(1 of 2",
        ),
        ([0.5, 1.25, -1], 0.0, 1.0, 0.05, r"values\[1\]=1.25: expected .* \(2 of 3 are not\); look for the error"),
        ([[0.5]], 0.0, 1.0, 0.05, r"values of shape=\(1, 1\): expected one number a repeat"),
        ([0.5], 1.0, 0.0, 0.05, "low=1.0, high=0.0: expected finite numbers"),
        ([0.5], 0.0, math.inf, 0.05, "low=0.0, high=inf: expected finite numbers"),
        ([0.5], -1e308, 1e308, 0.05, "expected finite numbers"),
        ([0.5], math.nan, 1.0, 0.05, "low=nan, high=1.0: expected finite numbers"),
        *[([0.5], 0.0, 1.0, bad, f"error_probability={bad}: expected a number strictly") for bad in (0.0, 1.0, 2.0)],
        ([0.5], 0.0, 1.0, math.nan, "error_probability=nan: expected"),
    ],
)
def test_bad_input_is_refused_by_name(values: object, low: float, high: float, error: float, message: str) -> None:
    for limit in (lower_limit, upper_limit):
        with pytest.raises(InputError, match=message):
            limit(np.array(values), low, high, error)
    if "error_prob" not in message:
        with pytest.raises(InputError, match=message):
            mean_interval(np.array(values), low, high, error)
        with pytest.raises(InputError, match=message):
            repeats_needed(np.array(values), low, high, error, 0.5)


@pytest.mark.parametrize("error", [0.0, 1.0, 1.5, math.nan])
def test_an_interval_names_the_error_probability_that_was_given(error: float) -> None:
    with pytest.raises(InputError, match=f"error_probability={error}: "):
        mean_interval(np.array([0.5]), 0, 1, error)
    with pytest.raises(InputError, match=f"error_probability={error}: "):
        repeats_needed(np.array([0.5]), 0, 1, error, 0.3)


@pytest.mark.parametrize("threshold", [0.05, 0.12, 0.3, 0.34, 0.6])
def test_repeats_needed_are_what_more_of_the_same_takes(threshold: float) -> None:
    values = np.array([0.1, 0.2, 0.3, 0.6])  # average 0.3
    needed = repeats_needed(values, 0, 1, 0.05, threshold)
    if threshold == 0.3:
        assert needed is None
        return
    assert needed is not None
    last = math.ceil(needed / 4)
    for times, excluded in ((last - 1, False), (last, True)):
        if times:
            found = mean_interval(np.tile(values, times), 0, 1, 0.05)
            assert (not found.lower <= threshold <= found.upper) == excluded


def test_repeats_needed_at_the_ends_of_the_range() -> None:
    assert repeats_needed(np.array([]), 0, 1, 0.05, 0.5) is None
    assert repeats_needed(np.array([]), 0, 1, 0.05, 1.5) == 0
    assert repeats_needed(np.zeros(5), 0, 1, 0.05, 0.0) is None
    assert repeats_needed(np.array([0.0, 1e-3]), 0, 1, 0.05, 0.0) == 2
    assert repeats_needed(np.array([0.0, 1.0]), 0, 1, 0.05, 0.5 + 1e-9) is None  # no bet is as small as that
    with pytest.raises(InputError, match="threshold=nan"):
        repeats_needed(np.zeros(5), 0, 1, 0.05, math.nan)
