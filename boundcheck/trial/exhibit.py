"""One realization that meets all that a proposition says of it at once: what existence claims ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.experiment import Counted, Known, Observed
from boundcheck.core.rung import Quantity, Unit
from boundcheck.core.verdict import Verdict
from boundcheck.draws import realized
from boundcheck.exact.ball import Number, lower_float
from boundcheck.exact.ball_matrix import Matrix

from .block_instance import DrawnBlock
from .claims import Bound
from .enumeration import Enclosed, block_errors
from .judge import Finding
from .verdict_record import TrialVerdict

MOST_CANDIDATES = 32
"""Repeats whose error is enclosed, least measured error first."""


@dataclass(frozen=True)
class Wanted:
    """What a realization of one mask has to meet, for one variant of a proposition. values: the instance's."""

    bound: Bound
    values: dict[Known, Fraction]
    drawn: DrawnBlock
    mask: NDArray[np.bool_]
    radius: float

    @property
    def right(self) -> Number:
        """What the error is held against."""
        return self.bound.right_side(self.bound.experiment.claim, self.values)

    def of_repeats(self, seed: int, measured: NDArray[np.float64]) -> Finding:
        """Go through the sampled repeats, whose measured errors these are."""
        candidates = ((int(repeat), realized(self.drawn.law, seed, int(repeat), 1)) for repeat in np.argsort(measured))
        return self._first_of(candidates, "repeat")

    def among(self, weights: Matrix, is_high: NDArray[np.bool_], errors: Enclosed) -> Finding:
        """Go through enumerated realizations, whose errors are enclosed."""
        for number in np.argsort(errors.upper):
            if self._is_sparse_enough(is_high[number]):
                return self._finding(f"realization {number}", errors.lower[number], errors.upper[number])
        return self._nothing(float(errors.lower.min()), "no realization meets the claims about its units")

    def _first_of(self, candidates: Iterator[tuple[int, Matrix]], word: str) -> Finding:
        tried, best = 0, None
        for number, values in candidates:
            if not self._is_sparse_enough((values == self.drawn.law.high).ravel()):
                continue
            enclosed = block_errors(self.drawn, self.drawn.replaced(self.mask, values)[None], self.radius)
            finding = self._finding(f"{word} {number}", enclosed.lower[0], enclosed.upper[0])
            tried += 1
            if finding.verdict is TrialVerdict.SUPPORTED:
                return finding
            best = min(best or finding, finding, key=lambda one: one.upper)
            if tried == MOST_CANDIDATES:
                break
        return best or self._nothing(0.0, "no repeat so far meets the claims about its units")

    def _finding(self, name: str, lower: float, upper: float) -> Finding:
        verdict = TrialVerdict.SUPPORTED if upper <= lower_float(self.right) else TrialVerdict.UNDECIDED
        return Finding(verdict, float((lower + upper) / 2), float(lower), float(upper), self.right, None, name)

    def _nothing(self, lower: float, why: str) -> Finding:
        return Finding(TrialVerdict.UNDECIDED, lower, lower, float("inf"), self.right, None, why)

    def _is_sparse_enough(self, is_high: NDArray[np.bool_]) -> bool:
        """Whether the claims about units hold of the realization in which these units came out high."""
        return all(
            self._holds(name, counted, is_high & self.mask) is Verdict.HOLDS
            for name, counted in self.bound.experiment.counts.items()
        )

    def _holds(self, name: str, counted: Counted, is_high: NDArray[np.bool_]) -> Verdict:
        if counted is Counted.VALUES:
            return self._values_hold(name, is_high)
        stays = int((~self.mask).sum())
        number = Fraction(stays if counted.is_of_the_mask else stays + int(is_high.sum()))
        share = counted in (Counted.UNPROCESSED_SHARE, Counted.KEPT_SHARE)
        return self.bound.count_holds(name, self.values, number / len(self.mask) if share else number)

    def _values_hold(self, name: str, is_high: NDArray[np.bool_]) -> Verdict:
        """Whether every quantized entry is one of the claim's values: j times the step, for the levels j there are."""
        levels, largest = self.values[Quantity.LEVELS], self.values[Quantity.LARGEST_ENTRY]
        assert self.drawn.unit is Unit.ENTRIES
        taken = np.where(is_high, self.drawn.law.high.ravel(), self.drawn.law.low.ravel())[self.mask]
        top = np.abs(self.drawn.block.weight).max()
        multiples = np.rint(np.abs(taken) / top * float(levels)) if top > 0 else np.zeros(1)
        for multiple in np.unique(multiples):
            value: dict[Known, Number] = {
                Observed.DRAWN_VALUE: Fraction(int(multiple)) * largest / levels,
                Observed.MULTIPLE: int(multiple),
            }
            if self.bound.holds(name, {**self.values, **value}) is not Verdict.HOLDS:
                return Verdict.FAILS
        return Verdict.HOLDS
