"""Propositions: the error behind a block, in the mean over the draws and of one realization."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball, rational_text
from boundcheck.exact.ball_matrix import Matrix

from .block_cells import BlockErrorCell
from .case_builder import CaseBuilder
from .cases import Case
from .claims import Bound
from .enumeration import Enclosed, enumerable_masks, mean_errors, realizations
from .enumeration import block_errors as enclosed_errors
from .error_range import is_never_projected, largest_error
from .exhibit import Wanted
from .judge import Finding, MeanAtMost, best_of, decided_exactly
from .masks import all_masks, count_of_masks
from .verdict_record import Decided, TrialVerdict

EVERY_MASK = "every mask"
OF_VERDICT = {
    Verdict.HOLDS: TrialVerdict.SUPPORTED,
    Verdict.FAILS: TrialVerdict.REFUTED,
    Verdict.UNKNOWN: TrialVerdict.UNDECIDED,
}


class ErrorCases(CaseBuilder):
    """Propositions 18 to 25, and what other papers say of the same error."""

    def cases(self, bound: Bound) -> Iterator[Case]:
        """The mean over the draws, the claims about numbers of units, one realization, and what tests the test."""
        about = self.about(bound, "mean over the draws: " + bound.claim(bound.experiment.claim).meaning)
        right = bound.right_side_in_the_mean(self.values)
        yield from self._counts(bound)
        if self.options.enumerates and self._masks_to_enumerate:
            about = replace(about, picks=self._picks)
            yield Case(about, settled=(self._decided_by_enumeration(right), Decided.ENUMERATION))
        else:
            judge = self._judge(right, 1, is_every_mask=self._is_best_mask)
            yield Case(replace(about, picks=self._picks), self._cell, judge, largest=self._largest)
        yield from self._exhibits(bound)

    def _exhibits(self, bound: Bound) -> Iterator[Case]:
        if not bound.experiment.exhibits or bound.unmet(self.values, in_the_mean=False) is not None:
            return
        if not bound.knows_right_side(self.values):
            return  # no epsilon below 1 for so few draws
        names = (*bound.experiment.counts, bound.experiment.claim)
        about = replace(self.about(bound, "one realization"), claims=names, picks=self.chosen_text)
        wanted = Wanted(bound, self.values, self.drawn, self.mask, self.radius)
        if self.options.enumerates and self._masks_to_enumerate:
            yield Case(about, settled=(wanted.among(*self._realizations), Decided.REALIZATION))
        else:
            cell = self._cell
            yield Case(about, cell, exhibit=lambda values: wanted.of_repeats(cell.seed, values[:, 0]))

    def _counts(self, bound: Bound) -> Iterator[Case]:
        """Claims about how many units stay as they are, which the mask decides."""
        for name, counted in bound.experiment.counts.items():
            if not counted.is_of_the_mask:
                continue
            stays, units = int((~self.mask).sum()), len(self.mask)
            number = Fraction(stays, units if "share" in counted.value else 1)
            verdict = bound.count_holds(name, self.values, number)
            found = OF_VERDICT[verdict]
            size = float(number)
            finding = Finding(found, size, size, size, number, None, f"{stays} of {units} units")
            claim = bound.claim(name)
            about = self.about(bound, claim.meaning)
            about = replace(about, claims=(name,), sense=claim.sense, equation=claim.equation, picks=self.chosen_text)
            yield Case(about, settled=(finding, Decided.ARITHMETIC))

    def power_cases(self, bound: Bound) -> Iterator[Case]:
        """The true mean itself, lowered, in the right side's place: whether sampling notices that a bound is wrong."""
        if not self._is_every_mask_enumerated or self._enumerated[0] <= 0:
            return
        masks, about = count_of_masks(self.drawn), self.about(bound, "mean over the draws, ")
        for share in self.options.power:
            right = ball(share) * ball(self._enumerated[0])
            judge = self._judge(right, masks, is_every_mask=True)
            lowered = replace(about, picks=EVERY_MASK, power=rational_text(share))
            yield Case(lowered, self._cell_of_every_mask, judge, largest=self._largest)

    def _judge(self, right: Number, masks: int, *, is_every_mask: bool) -> Callable[[float], MeanAtMost]:
        largest = np.full(masks, self._largest)
        return lambda error_probability: MeanAtMost(largest, self.rounding, error_probability, right, is_every_mask)

    @property
    def _masks_to_enumerate(self) -> int:
        """How many masks are enumerated: all, the chosen one, or none."""
        every = count_of_masks(self.drawn)
        if enumerable_masks(self.drawn, every):
            return every
        return 1 if enumerable_masks(self.drawn, 1) else 0

    @cached_property
    def _enumerated(self) -> tuple[float, float]:
        """The least mean over the masks that are enumerated."""
        masks = list(all_masks(self.drawn)) if self._is_every_mask_enumerated else [self.mask]
        return best_of(mean_errors(self.drawn, masks, self.radius))

    @cached_property
    def _realizations(self) -> tuple[Matrix, NDArray[np.bool_], Enclosed]:
        """Of the chosen mask: weights, which units came out high, and errors."""
        is_high, weights, _ = realizations(self.drawn, self.mask)
        return weights, is_high, enclosed_errors(self.drawn, weights, self.radius)

    @property
    def _is_every_mask_enumerated(self) -> bool:
        return enumerable_masks(self.drawn, count_of_masks(self.drawn))

    def _decided_by_enumeration(self, right: Number) -> Finding:
        """One mask that is too bad refutes nothing: the claim is that there is a good one."""
        finding = decided_exactly(*self._enumerated, right)
        if self._is_every_mask_enumerated or self._is_best_mask:
            return finding
        is_refuted = finding.verdict is TrialVerdict.REFUTED
        verdict = TrialVerdict.UNDECIDED if is_refuted else finding.verdict
        return replace(finding, verdict=verdict, note="at this mask alone")

    @property
    def _picks(self) -> str:
        is_every = self.options.enumerates and self._is_every_mask_enumerated
        return EVERY_MASK if is_every else self.chosen_text

    @property
    def _is_best_mask(self) -> bool:
        """Whether no mask has a smaller mean than the chosen one, by proof.

        One layer, the identity behind it, nothing projected: Pi is Psi, whose mean is that of ||W_1 x - W_1 x'||^2 plus
        the scores of the processed units, because draws are independent and unbiased. The least scores were chosen.
        """
        is_plain = self.drawn.block.spans == 1 and self.drawn.block.last.name == "identity"
        return is_plain and is_never_projected(self.drawn, self.values)

    @cached_property
    def _largest(self) -> float:
        return largest_error(self.drawn, self.values)

    @property
    def _cell(self) -> BlockErrorCell:
        key, seed = self.key_and_seed("error behind the block", "chosen mask")
        return BlockErrorCell(key, self.drawn, self.mask[None], self.radius, seed, self.options.device)

    @property
    def _cell_of_every_mask(self) -> BlockErrorCell:
        key, seed = self.key_and_seed("error behind the block", EVERY_MASK)
        masks = np.array(list(all_masks(self.drawn)))
        return BlockErrorCell(key, self.drawn, masks, self.radius, seed, self.options.device)
