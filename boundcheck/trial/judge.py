"""From what was sampled, or enumerated, to a verdict: limits against the right side, never the mean alone.

Every claim gets its own error probability; the plan divides its own among all claims, so that with the plan's
confidence no claim is wrongly supported or refuted, whenever the sampling stops.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball import Number, ball, lower_float, upper_float
from boundcheck.exact.ball_matrix import Matrix

from .confidence import lower_limit, mean_interval, repeats_needed, upper_limit
from .verdict_record import TrialVerdict

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """A verdict with the numbers behind it. lower <= left side <= upper; right: the number it was held against."""

    verdict: TrialVerdict
    estimate: float
    lower: float
    upper: float
    right: Number
    needed: int | None = None
    note: str = ""

    @property
    def tightness(self) -> float | None:
        """Right side over left side, None where one of them is zero or not finite."""
        right = float(ball(self.right).mid())
        ratio = right / self.estimate if self.estimate > 0 and math.isfinite(self.upper) else math.inf
        return ratio if math.isfinite(ratio) and ratio > 0 else None


@dataclass(frozen=True)
class Judgement:
    """What turns a cell's values (repeats x quantities) into a finding.

    largest: proved bound of every quantity, from zero; shape (quantities,). rounding: what floating point may have
    changed a value by, as a share of that bound.
    """

    largest: Values
    rounding: float
    error_probability: float

    def checked(self, values: Matrix) -> Matrix:
        """The values, put back into their proved range where rounding left it; ValueError beyond that."""
        slack = self.largest * self.rounding
        if not np.all((values >= -slack) & (values <= self.largest + slack)):  # NaN is outside too
            worst = float((values / np.where(self.largest > 0, self.largest, 1.0)).max())
            raise ValueError(f"a value is {worst:.6g} times its proved bound: a fault of boundcheck, please report it")
        return np.clip(values, 0.0, self.largest)

    def lower(self, values: Matrix, column: int, error_probability: float) -> float:
        """Lower confidence limit of a quantity's mean, rounding taken off."""
        top = float(self.largest[column])
        limit = lower_limit(values[:, column], 0.0, top, error_probability) if top > 0 else 0.0
        return limit - top * self.rounding

    def upper(self, values: Matrix, column: int, error_probability: float) -> float:
        """Upper confidence limit, rounding added."""
        top = float(self.largest[column])
        limit = upper_limit(values[:, column], 0.0, top, error_probability) if top > 0 else 0.0
        return limit + top * self.rounding

    def needed(self, values: Matrix, column: int, error_probability: float, right: Number) -> int | None:
        """About how many repeats in all tell a quantity's mean from ``right``; error_probability: of both limits."""
        top, threshold = float(self.largest[column]), float(ball(right).mid())
        if not 0 < threshold < top:
            return None
        return repeats_needed(values[:, column], 0.0, top, error_probability, threshold)


@dataclass(frozen=True)
class MeanAtMost(Judgement):
    """There is a mask (one column each) whose mean is at most ``right``; of all masks, if ``is_every_mask``.

    A false REFUTED needs one given mask's lower limit to fail, so it gets half the error probability whole; a false
    SUPPORTED may come from any of them, so they share the other half.
    """

    right: Number
    is_every_mask: bool

    def __call__(self, values: Matrix) -> Finding:
        values, half = self.checked(values), self.error_probability / 2
        means = values.mean(axis=0)
        best = int(means.argmin())
        masks = range(values.shape[1])
        lowers = np.array([self.lower(values, mask, half) for mask in masks])
        upper = min(self.upper(values, mask, half / len(masks)) for mask in masks)
        found, needed, note = TrialVerdict.UNDECIDED, None, ""
        if upper <= lower_float(self.right):
            found = TrialVerdict.SUPPORTED
        elif lowers.min() > upper_float(self.right):
            if self.is_every_mask:
                found = TrialVerdict.REFUTED
            else:
                note = "above the right side at this mask; there are others, and the claim is that one of them is good"
        elif self.is_every_mask or means[best] <= float(ball(self.right).mid()):
            needed = self.needed(values, best, self.error_probability / len(masks), self.right)
        return Finding(found, float(means[best]), float(lowers.min()), upper, self.right, needed, note)


@dataclass(frozen=True)
class MostAtMost(Judgement):
    """At least ``count`` of the quantities but the first have means at most ``right_at``(the first one's mean).

    right_at must not fall. Each quantity's limit has an equal share of the error probability.
    """

    right_at: Callable[[Number], Number]
    count: int

    def __call__(self, values: Matrix) -> Finding:
        values = self.checked(values)
        share = self.error_probability / (2 * values.shape[1])
        first = max(0.0, self.lower(values, 0, share)), self.upper(values, 0, share)
        right = lower_float(self.right_at(first[0])), upper_float(self.right_at(first[1]))
        units = range(1, values.shape[1])
        uppers = np.sort([self.upper(values, unit, share) for unit in units])
        lowers = np.sort([self.lower(values, unit, share) for unit in units])
        means = np.sort(values[:, 1:].mean(axis=0))
        place = self.count - 1  # the claim is about the count-th smallest
        if self.count <= 0 or uppers[place] <= right[0]:
            found = TrialVerdict.SUPPORTED
        else:
            found = TrialVerdict.REFUTED if lowers[place] > right[1] else TrialVerdict.UNDECIDED
        needed = None
        if found is TrialVerdict.UNDECIDED:  # as if the first mean were known
            unit = 1 + int(np.argsort(values[:, 1:].mean(axis=0))[place])
            needed = self.needed(values, unit, 2 * share, self.right_at(float(values[:, 0].mean())))
        return Finding(
            found, float(means[place]), float(lowers[place]), float(uppers[place]), right[0], needed,
            note=f"the {self.count}th smallest of {len(units)} units",
        )  # fmt: skip


@dataclass(frozen=True)
class MeansEqual:
    """Every quantity's mean is its target: contained in an interval no wider than ``width`` times its range."""

    low: Values
    high: Values
    targets: Values
    width: float
    error_probability: float

    def __call__(self, values: Matrix) -> Finding:
        if not np.all((values >= self.low) & (values <= self.high)):  # NaN is outside too
            raise ValueError("a draw lies outside its proved range: a fault of boundcheck, please report it")
        share = self.error_probability / values.shape[1]
        worst, found = (0.0, 0), TrialVerdict.SUPPORTED
        intervals = []
        for column, target in enumerate(self.targets):
            low, high = float(self.low[column]), float(self.high[column])
            if high == low:
                lower, upper = low, high
            else:
                interval = mean_interval(values[:, column], low, high, share)
                lower, upper = interval.lower, interval.upper
            intervals.append((lower, upper))
            rounding = 1e-12 * max(abs(low), abs(high))
            if not lower - rounding <= target <= upper + rounding:
                found = TrialVerdict.REFUTED
                worst = (math.inf, column)
            width = (upper - lower) / (high - low) if high > low else 0.0
            worst = max(worst, (width, column))
        if found is TrialVerdict.SUPPORTED and worst[0] > self.width:
            found = TrialVerdict.UNDECIDED
        column = worst[1]
        note = f"the widest of {len(self.targets)} entries; supported from a width of {self.width:.3g} of the range on"
        needed = None
        if found is TrialVerdict.UNDECIDED:
            needed = math.ceil(len(values) * (worst[0] / self.width) ** 2)
        return Finding(
            found, float(values[:, column].mean()), *intervals[column], float(self.targets[column]), needed, note
        )


def decided_exactly(lower: float, upper: float, right: Number, note: str = "") -> Finding:
    """A left side enclosed for certain against its right side."""
    if upper <= lower_float(right):
        verdict = TrialVerdict.SUPPORTED
    else:
        verdict = TrialVerdict.REFUTED if lower > upper_float(right) else TrialVerdict.UNDECIDED
    return Finding(verdict, (lower + upper) / 2, lower, upper, right, None, note)


def best_of(bounds: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Enclosure of the least of several enclosed numbers."""
    return min(lower for lower, _ in bounds), min(upper for _, upper in bounds)
