"""Lemmas: second derivatives of the error in unprocessed units, and the draws themselves."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.experiment import Observed
from boundcheck.core.rung import Unit
from boundcheck.exact.ball import Number
from boundcheck.exact.ball_matrix import Matrix

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
        """Where nothing is random the claim is plain arithmetic on the inputs' second moments, enclosed."""
        moments, sizes = (self._moments(of) for of in (np.asarray, np.abs))
        slack = sizes * self.rounding  # of sums whose terms may cancel: relative to the sums of their sizes
        count, stays = bound.least_count(self.values), ~self.mask
        lower, upper = (np.sort(ends[stays]) for ends in (moments - slack, moments + slack))
        place = max(count, 1) - 1
        right = bound.right_side(bound.experiment.claim, self.values)
        note = f"the {count}th smallest of {len(lower)} units"
        finding = decided_exactly(float(lower[place]), float(upper[place]), right, note)
        about = replace(self.about(bound, ""), picks=self.chosen_text)
        yield Case(about, settled=(finding, Decided.ARITHMETIC))

    def _moments(self, of: Callable[[Matrix], Matrix]) -> NDArray[np.float64]:
        """2 E x_j^2 for every entry, 2 E||W_E x_E||^2 for every block E of columns, of W and x as ``of`` makes them."""
        x, weight = of(self.drawn.block.compressed_inputs), of(self.drawn.block.weight)
        if self.drawn.unit is Unit.ENTRIES:
            return np.broadcast_to(2 * (x * x).mean(axis=0), weight.shape).ravel()
        size = self.drawn.draw.block_size
        parts = [slice(at, at + size) for at in range(0, x.shape[1], size)]
        return np.array([2 * ((x[:, e] @ weight[:, e].T) ** 2).sum(axis=1).mean() for e in parts])

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
