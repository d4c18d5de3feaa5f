"""Lemmas: second derivatives of the error in unprocessed units, and the draws themselves."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from boundcheck.core.experiment import Observed
from boundcheck.core.rung import Unit
from boundcheck.exact.ball import Number

from .block_cells import DrawsCell, SecondDerivativeCell
from .case_builder import CaseBuilder
from .cases import Case
from .claims import Bound
from .error_range import largest_deviations
from .judge import MeansEqual, MostAtMost, decided_exactly
from .second_derivative_range import largest_second_derivatives
from .verdict_record import Decided

MOST_ENTRIES = 8
"""Whose draws are compared with their weights, spread over the matrix."""


class LemmaCases(CaseBuilder):
    """Lemmas 8, 15 and 16."""

    def second_derivatives(self, bound: Bound) -> Iterator[Case]:
        """Where the draws matter: every unprocessed unit's, and how many of them obey the bound."""
        key, seed = self.key_and_seed("second derivatives", "chosen mask")
        cell = SecondDerivativeCell(key, self.drawn, self.mask, seed, self.options.device)
        unprocessed = ~self.mask
        deviations = largest_deviations(self.drawn, self.values)
        seconds = largest_second_derivatives(self.drawn, self.values, deviations)[unprocessed]
        largest = np.array([float(np.mean(deviations**2)) * (1 + 1e-9), *seconds])

        def right_at(mean_error: Number) -> Number:
            return bound.right_side(bound.experiment.claim, {**self.values, Observed.MEAN_ERROR: mean_error})

        count = bound.least_count(self.values)

        def judge(error_probability: float) -> MostAtMost:
            return MostAtMost(largest, self.rounding, error_probability, right_at, count)

        about = replace(self.about(bound, "at the draws: "), picks=self.chosen_text)
        yield Case(about, cell, judge, largest=float(largest[1:].max(initial=0.0)))

    def input_moments(self, bound: Bound) -> Iterator[Case]:
        """Where nothing is random the claim is plain arithmetic on the inputs' second moments."""
        x, size = self.drawn.block.compressed_inputs, self.drawn.draw.block_size
        if self.drawn.unit is Unit.ENTRIES:
            moments = np.broadcast_to(2 * (x * x).mean(axis=0), self.drawn.block.weight.shape).ravel()
        else:
            parts = [slice(at, at + size) for at in range(0, x.shape[1], size)]
            moments = np.array([2 * ((x[:, e] @ self.drawn.block.weight[:, e].T) ** 2).sum(1).mean() for e in parts])
        ordered, count = np.sort(moments[~self.mask]), bound.least_count(self.values)
        value = float(ordered[count - 1]) if count > 0 else 0.0
        slack = abs(value) * self.rounding
        right = bound.right_side(bound.experiment.claim, self.values)
        note = f"the {count}th smallest of {len(ordered)} units"
        finding = decided_exactly(value - slack, value + slack, right, note)
        about = replace(self.about(bound, ""), picks=self.chosen_text)
        yield Case(about, settled=(finding, Decided.ARITHMETIC))

    def draws(self, bound: Bound) -> Iterator[Case]:
        """The mean of what some entries become. It has nothing to do with inputs: equal matrices share one case."""
        weight, law = self.drawn.block.weight, self.drawn.law
        entries = np.unique(np.linspace(0, weight.size - 1, MOST_ENTRIES).astype(int))
        digest = hashlib.sha256(np.ascontiguousarray(weight).tobytes()).hexdigest()[:16]
        key, seed = self.key_and_seed(f"draws of matrix {digest}", "some entries", levels=self.drawn.draw.levels)
        cell = DrawsCell(key, self.drawn, entries, seed)
        low, high = (of(law.low, law.high).ravel()[entries] for of in (np.minimum, np.maximum))
        targets, width = weight.ravel()[entries], self.options.equality_width

        def judge(error_probability: float) -> MeansEqual:
            return MeansEqual(low, high, targets, width, error_probability)

        yield Case(replace(self.about(bound, ""), picks="some entries"), cell, judge)
