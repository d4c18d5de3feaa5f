"""Verdicts from values: which way they go, that they may not go wrong too often, and what a decision would take."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from boundcheck.exact.ball import ball
from boundcheck.trial.judge import Finding, MeanAtMost, MeansEqual, MostAtMost, best_of, decided_exactly
from boundcheck.trial.verdict_record import TrialVerdict

SUPPORTED, REFUTED, UNDECIDED = TrialVerdict
ERROR = 0.01
ROUNDING = 1e-12


def mean_at_most(right: float, masks: int = 1, every: bool = True, error: float = ERROR) -> MeanAtMost:
    return MeanAtMost(np.ones(masks), ROUNDING, error, right, every)


def values(*means: float, repeats: int = 400, seed: int = 0) -> np.ndarray:
    """Zeros and ones with these shares of ones, column by column."""
    rng = np.random.default_rng(seed)
    return (rng.random((repeats, len(means))) < np.array(means)).astype(float)


@pytest.mark.parametrize("right, expected", [(0.8, SUPPORTED), (0.2, REFUTED), (0.5, UNDECIDED)])
def test_one_mask(right: float, expected: TrialVerdict) -> None:
    found = mean_at_most(right)(values(0.5))
    assert found.verdict is expected
    assert found.lower < found.estimate < found.upper and found.right == right
    assert found.tightness == pytest.approx(right / found.estimate)


@pytest.mark.parametrize("means, right, every, expected", [
    ((0.2, 0.9, 0.9), 0.5, True, SUPPORTED),  # one good mask is enough
    ((0.2, 0.9, 0.9), 0.5, False, SUPPORTED),
    ((0.6, 0.9, 0.9), 0.4, True, REFUTED),  # all are above
    ((0.6, 0.9, 0.9), 0.4, False, UNDECIDED),  # these are above, but there are others
    ((0.5, 0.9, 0.9), 0.49, True, UNDECIDED),  # one may be below
])  # fmt: skip
def test_several_masks(means: tuple[float, ...], right: float, every: bool, expected: TrialVerdict) -> None:
    found = mean_at_most(right, len(means), every)(values(*means))
    assert found.verdict is expected
    assert found.estimate == pytest.approx(means[0], abs=0.07)
    assert ("there are others" in found.note) == (not every and expected is UNDECIDED)


def test_the_limits_decide_and_not_the_mean() -> None:
    """The mean is below the right side; its upper limit is not."""
    found = mean_at_most(0.55)(values(0.5, repeats=50))
    assert found.estimate < 0.55 <= found.upper and found.verdict is UNDECIDED


def test_a_ball_on_the_right_side_is_decided_at_its_ends() -> None:
    sample = values(0.5, repeats=4000)
    upper = mean_at_most(1.0)(sample).upper
    around = ball(upper).union(ball(upper * 1.01))
    assert mean_at_most(upper * 1.01)(sample).verdict is SUPPORTED
    assert MeanAtMost(np.ones(1), ROUNDING, ERROR, around * (1 - ball("1e-9")), True)(sample).verdict is UNDECIDED


def test_rounding_widens_the_limits() -> None:
    sample = values(0.5)
    exact, rounded = (MeanAtMost(np.ones(1), share, ERROR, 0.8, True)(sample) for share in (0.0, 0.01))
    assert rounded.upper == pytest.approx(exact.upper + 0.01) and rounded.lower == pytest.approx(exact.lower - 0.01)


@pytest.mark.parametrize("wrong", [1.0 + 1e-6, -1e-6, 7.0, math.nan])
@pytest.mark.parametrize("judge", [
    mean_at_most(0.5, 2),
    MostAtMost(np.ones(2), ROUNDING, ERROR, lambda mean: 0.5, 1),
    MeansEqual(np.zeros(2), np.ones(2), np.full(2, 0.5), 0.5, ERROR),
])  # fmt: skip
def test_values_outside_the_proved_range_are_refused(judge: Callable[[np.ndarray], Finding], wrong: float) -> None:
    sample = values(0.5, 0.5)
    judge(sample)
    sample[7, 1] = wrong
    with pytest.raises(ValueError, match="proved"):
        judge(sample)


def test_rounding_does_not_leave_the_range() -> None:
    sample = values(0.5)
    sample[sample == 1] += ROUNDING / 2
    assert mean_at_most(0.8)(sample).verdict is SUPPORTED


def test_a_quantity_that_cannot_be_but_zero() -> None:
    found = MeanAtMost(np.zeros(1), ROUNDING, ERROR, 0, True)(np.zeros((10, 1)))
    assert (found.verdict, found.lower, found.upper) == (SUPPORTED, 0, 0)


# Most of several quantities


def most(count: int, right_at: Callable[[float], float], units: int) -> MostAtMost:
    return MostAtMost(np.ones(units + 1), ROUNDING, ERROR, right_at, count)


@pytest.mark.parametrize(
    "count, expected", [(0, SUPPORTED), (1, SUPPORTED), (2, SUPPORTED), (3, REFUTED), (4, REFUTED)]
)
def test_counting(count: int, expected: TrialVerdict) -> None:
    """Means 0.1, 0.2, 0.8, 0.9 against 0.5: two obey."""
    sample = values(0.5, 0.8, 0.1, 0.9, 0.2, repeats=1000)
    assert most(count, lambda mean: 0.5, 4)(sample).verdict is expected


def test_the_one_that_counts_is_reported() -> None:
    found = most(3, lambda mean: 0.5, 4)(values(0.5, 0.8, 0.1, 0.9, 0.2, repeats=1000))
    assert found.estimate == pytest.approx(0.8, abs=0.05) and found.lower < 0.8 < found.upper
    assert found.note == "the 3th smallest of 4 units"


def test_one_that_is_not_clear_leaves_it_open() -> None:
    sample = values(0.5, 0.1, 0.5, 0.9, repeats=1000)
    verdicts = [most(count, lambda mean: 0.5, 3)(sample).verdict for count in (1, 2, 3)]
    assert verdicts == [SUPPORTED, UNDECIDED, REFUTED]


@pytest.mark.parametrize("psi, expected", [(0.9, SUPPORTED), (0.1, REFUTED), (0.5, UNDECIDED)])
def test_the_right_side_follows_the_first_mean(psi: float, expected: TrialVerdict) -> None:
    """The units have mean 0.5; the right side is the first mean, whose own limits count."""
    sample = values(psi, 0.5, 0.5, repeats=1000)
    found = most(2, lambda mean: mean, 2)(sample)
    assert found.verdict is expected
    assert found.right < psi  # its lower limit


@pytest.mark.parametrize("psi", [0.47, 0.53])
def test_both_limits_of_the_first_mean_count(psi: float) -> None:
    """The units' limits are clear of one of them, not of both."""
    sample = values(psi, 0.5, 0.5, repeats=1000)
    found = most(2, lambda mean: mean, 2)(sample)
    at_lower, at_upper = (most(2, lambda mean, at=at: at, 2)(sample).verdict for at in (psi - 0.06, psi + 0.06))
    assert found.verdict is UNDECIDED
    assert at_lower is REFUTED or at_upper is SUPPORTED


# Equalities


def equal(*targets: float, width: float = 0.2) -> MeansEqual:
    count = len(targets)
    return MeansEqual(np.zeros(count), np.ones(count), np.array(targets), width, ERROR)


def test_equal_within_a_width() -> None:
    sample = values(0.3, 0.6, repeats=2000)
    assert equal(0.3, 0.6)(sample).verdict is SUPPORTED
    assert equal(0.3, 0.4)(sample).verdict is REFUTED
    assert equal(0.5, 0.6)(sample).verdict is REFUTED
    open_still = equal(0.3, 0.6, width=0.02)(sample)
    assert open_still.verdict is UNDECIDED
    assert open_still.upper - open_still.lower > 0.02


def test_entries_that_cannot_move_are_compared_themselves() -> None:
    still = MeansEqual(np.array([2.0]), np.array([2.0]), np.array([2.0]), 0.1, ERROR)
    assert still(np.full((5, 1), 2.0)).verdict is SUPPORTED
    moved = MeansEqual(np.array([2.0]), np.array([2.0]), np.array([2.1]), 0.1, ERROR)
    assert moved(np.full((5, 1), 2.0)).verdict is REFUTED


# What is certain


@pytest.mark.parametrize("lower, upper, right, expected", [
    (0.4, 0.5, 0.5, SUPPORTED), (0.5, 0.6, 0.55, UNDECIDED), (0.5, 0.6, 0.5, UNDECIDED), (0.5, 0.6, 0.499, REFUTED),
])  # fmt: skip
def test_decided_exactly(lower: float, upper: float, right: float, expected: TrialVerdict) -> None:
    assert decided_exactly(lower, upper, right).verdict is expected


def test_the_least_of_several() -> None:
    assert best_of([(1.0, 4.0), (2.0, 3.0)]) == (1.0, 3.0)


# How often, and how long


def repeats_until(judge: Callable[[np.ndarray], Finding], sample: np.ndarray) -> int:
    """The least number of the sample's repeats that decide, by bisection."""
    low, high = 1, len(sample)
    assert judge(sample).verdict is not UNDECIDED
    while low < high:
        middle = (low + high) // 2
        if judge(sample[:middle]).verdict is UNDECIDED:
            low = middle + 1
        else:
            high = middle
    return high


@pytest.mark.parametrize("judge, means, right_way", [
    (mean_at_most(0.55), (0.5,), SUPPORTED),
    (mean_at_most(0.44), (0.5,), REFUTED),
    (mean_at_most(0.55, 3), (0.5, 0.9, 0.8), SUPPORTED),
    (equal(0.3, 0.6, width=0.1), (0.3, 0.6), SUPPORTED),
        (MostAtMost(np.ones(3), ROUNDING, ERROR, lambda mean: 0.55, 2), (0.9, 0.2, 0.5), SUPPORTED),
        (MostAtMost(np.ones(3), ROUNDING, ERROR, lambda mean: 0.45, 2), (0.9, 0.2, 0.5), REFUTED),
])  # fmt: skip
def test_how_many_repeats_it_takes(
    judge: Callable[[np.ndarray], Finding], means: tuple[float, ...], right_way: TrialVerdict
) -> None:
    """Asked after a third of it, the answer is right within a factor of two; the median of several samples."""
    shares = []
    for seed in range(9):
        sample = values(*means, repeats=8000, seed=seed)
        assert judge(sample).verdict is right_way
        takes = repeats_until(judge, sample)
        needed = judge(sample[: takes // 3]).needed
        if needed is not None:
            shares.append(needed / takes)
    assert len(shares) >= 7 and 0.5 <= np.median(shares) <= 2


def test_no_number_of_repeats_refutes_one_mask_of_many() -> None:
    """Its mean is above the right side, and what that shows is nothing: there are other masks."""
    found = mean_at_most(0.4, every=False)(values(0.5, repeats=100))
    assert found.verdict is UNDECIDED and found.needed is None


def most_false(cases: int, probability: float) -> int:
    """So many false ones or more have probability below 10^-6 (binomial tail) if each has at most ``probability``."""
    tail, count = 1.0, 0
    while tail >= 1e-6:
        tail -= math.comb(cases, count) * probability**count * (1 - probability) ** (cases - count)
        count += 1
    return count


CASES, LOOKS, ALLOWED = 400, (128, 512), 0.2


def how_many(judge: Callable[[np.ndarray], Finding], wrong: TrialVerdict, means: tuple[float, ...]) -> int:
    """Cases of which any look comes to the wrong verdict."""
    count = 0
    for seed in range(CASES):
        sample = values(*means, repeats=LOOKS[-1], seed=seed)
        count += any(judge(sample[:look]).verdict is wrong for look in LOOKS)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("judge, wrong, means", [
    (mean_at_most(0.3, error=ALLOWED), REFUTED, (0.3,)),
    (mean_at_most(0.3 - 1e-9, error=ALLOWED), SUPPORTED, (0.3,)),
    (mean_at_most(0.3 - 1e-9, 4, error=ALLOWED), SUPPORTED, (0.3, 0.3, 0.3, 0.3)),
    (MostAtMost(np.ones(4), 0.0, ALLOWED, lambda mean: mean, 2), REFUTED, (0.3, 0.3, 0.3, 0.9)),
    (MeansEqual(np.zeros(3), np.ones(3), np.array([0.3, 0.5, 0.9]), 0.1, ALLOWED), REFUTED, (0.3, 0.5, 0.9)),
])  # fmt: skip
def test_wrong_verdicts_are_as_rare_as_promised(
    judge: Callable[[np.ndarray], Finding], wrong: TrialVerdict, means: tuple[float, ...]
) -> None:
    """With an error probability of 0.2 at most 120 of 400 cases, two looks each, are wrong (binomial, 10^-6)."""
    assert most_false(CASES, ALLOWED) == 121
    assert how_many(judge, wrong, means) < most_false(CASES, ALLOWED)
