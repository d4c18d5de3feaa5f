"""Everything that the statements claim of one drawn block, as cases."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.experiment import Known, Measured, Observed
from boundcheck.core.rung import Quantity, Unit
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball, rational_text
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, Matrix

from .block_cells import BlockErrorCell, DrawsCell, SecondDerivativeCell
from .block_instance import DrawnBlock
from .cases import Case, Described
from .claims import Bound
from .enumeration import Enclosed, enumerable_masks, mean_errors, realizations
from .enumeration import block_errors as enclosed_errors
from .error_range import is_never_projected, largest_deviations, largest_error
from .exhibit import Wanted
from .judge import Finding, MeanAtMost, MeansEqual, MostAtMost, best_of, decided_exactly
from .known import known
from .masks import Mask, all_masks, chosen_mask, count_of_masks
from .second_derivative_range import largest_second_derivatives
from .verdict_record import Decided, NotApplicable, TrialVerdict

EVERY_MASK = "every mask"
OF_VERDICT = {
    Verdict.HOLDS: TrialVerdict.SUPPORTED,
    Verdict.FAILS: TrialVerdict.REFUTED,
    Verdict.UNKNOWN: TrialVerdict.UNDECIDED,
}


@dataclass(frozen=True)
class Options:
    """Of a plan, for all its blocks. power: shares of the enumerated truth that are put to the test as right sides."""

    seed: int
    device: str
    enumerates: bool
    equality_width: float
    power: tuple[Fraction, ...]


def block_cases(drawn: DrawnBlock, bounds: Sequence[Bound], options: Options) -> Iterator[Case | NotApplicable]:
    """All cases of the bounds that speak of such a block and such a draw."""
    fitting = [
        bound
        for bound in bounds
        if bound.experiment.spans == drawn.block.spans and drawn.draw.mode in bound.experiment.modes
    ]
    if fitting:
        yield from _Cases(drawn, known(drawn), options).of(fitting)


class _Cases:
    def __init__(self, drawn: DrawnBlock, values: dict[Known, Fraction], options: Options) -> None:
        self.drawn, self.values, self.options = drawn, values, options
        self.radius = float(values[Quantity.PROJECTION_RADIUS]) * (1 + 2 * UNIT_ROUNDOFF)
        shape = drawn.block.weight.shape
        widths = sum(shape) + (0 if drawn.block.outer is None else len(drawn.block.outer))
        self.rounding = 16 * (widths + len(drawn.block.inputs)) * UNIT_ROUNDOFF

    def of(self, bounds: Sequence[Bound]) -> Iterator[Case | NotApplicable]:
        ways: dict[Measured, Callable[[Bound], Iterator[Case]]] = {
            Measured.BLOCK_ERROR: self._errors,
            Measured.SECOND_DERIVATIVES: self._second_derivatives,
            Measured.INPUT_MOMENTS: self._input_moments,
            Measured.DRAWS: self._draws,
        }
        for bound in bounds:
            problem = bound.unmet(self.values, in_the_mean=True)
            if problem is None and not 0 < self.drawn.draws < self.drawn.units:
                problem = (
                    f"alpha processes {self.drawn.draws} of {self.drawn.units} units; some have to be, and not all"
                )
            if problem is not None:
                yield NotApplicable(
                    statement=bound.statement.id,
                    variant=bound.variant_name,
                    instance=self.drawn.block.name,
                    draw=draw_text(self.drawn),
                    reason=problem,
                )
            else:
                yield from ways[bound.experiment.measured](bound)

    # Errors behind the block

    def _errors(self, bound: Bound) -> Iterator[Case]:
        about = self._about(bound, "mean over the draws: " + bound.claim(bound.experiment.claim).meaning)
        right = bound.right_side_in_the_mean(self.values)
        yield from self._counts(bound)
        if self.options.power:
            yield from self._power(about)
        if self.options.enumerates and self._masks_to_enumerate:
            about = replace(about, picks=self._picks)
            finding = decided_exactly(*self._enumerated, right, self._best_of_one)
            yield Case(about, settled=(finding, Decided.ENUMERATION))
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
        about = replace(self._about(bound, "one realization"), claims=names, picks=self._chosen_text)
        wanted = Wanted(bound, self.values, self.drawn, self._mask, self.radius)
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
            stays, units = int((~self._mask).sum()), len(self._mask)
            number = Fraction(stays, units if "share" in counted.value else 1)
            verdict = bound.count_holds(name, self.values, number)
            found = OF_VERDICT[verdict]
            size = float(number)
            finding = Finding(found, size, size, size, number, None, f"{stays} of {units} units")
            claim = bound.claim(name)
            about = self._about(bound, claim.meaning)
            about = replace(about, claims=(name,), sense=claim.sense, equation=claim.equation, picks=self._chosen_text)
            yield Case(about, settled=(finding, Decided.ARITHMETIC))

    def _power(self, about: Described) -> Iterator[Case]:
        """The true mean itself, lowered: whether sampling notices that a bound is wrong."""
        if not self._is_every_mask_enumerated or self._enumerated[0] <= 0:
            return
        masks = count_of_masks(self.drawn)
        for share in self.options.power:
            right = ball(share) * ball(self._enumerated[0])
            told = f"POWER: right side {rational_text(share)} of the enumerated truth; expected to be refuted"
            judge = self._judge(right, masks, is_every_mask=True)
            yield Case(
                replace(about, meaning=told, picks=EVERY_MASK), self._cell_of_every_mask, judge, largest=self._largest
            )

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
        masks = list(all_masks(self.drawn)) if self._is_every_mask_enumerated else [self._mask]
        return best_of(mean_errors(self.drawn, masks, self.radius))

    @cached_property
    def _realizations(self) -> tuple[Matrix, NDArray[np.bool_], Enclosed]:
        """Of the chosen mask: weights, which units came out high, and errors."""
        is_high, weights, _ = realizations(self.drawn, self._mask)
        return weights, is_high, enclosed_errors(self.drawn, weights, self.radius)

    @property
    def _is_every_mask_enumerated(self) -> bool:
        return enumerable_masks(self.drawn, count_of_masks(self.drawn))

    @property
    def _best_of_one(self) -> str:
        return "" if self._is_every_mask_enumerated else "at this mask alone"

    @property
    def _picks(self) -> str:
        is_every = self.options.enumerates and self._is_every_mask_enumerated
        return EVERY_MASK if is_every else self._chosen_text

    @property
    def _chosen_text(self) -> str:
        if self.drawn.block.spans == 1:
            return "units of least score"
        is_random = self.drawn.unit is Unit.ROWS and self.drawn.draw.block_size > 1
        return "a random mask" if is_random else "Algorithm 1's picks in a pilot run"

    @property
    def _is_best_mask(self) -> bool:
        """Whether no mask has a smaller mean than the chosen one, by proof.

        One layer, the identity behind it, nothing projected: Pi is Psi, whose mean is that of ||W_1 x - W_1 x'||^2 plus
        the scores of the processed units, because draws are independent and unbiased. The least scores were chosen.
        """
        is_plain = self.drawn.block.spans == 1 and self.drawn.block.last.name == "identity"
        return is_plain and is_never_projected(self.drawn, self.values)

    @cached_property
    def _mask(self) -> Mask:
        return chosen_mask(self.drawn, self.options.seed)

    @cached_property
    def _largest(self) -> float:
        return largest_error(self.drawn, self.values)

    @property
    def _cell(self) -> BlockErrorCell:
        key, seed = self._key_and_seed("error behind the block", "chosen mask")
        return BlockErrorCell(key, self.drawn, self._mask[None], self.radius, seed, self.options.device)

    @property
    def _cell_of_every_mask(self) -> BlockErrorCell:
        key, seed = self._key_and_seed("error behind the block", EVERY_MASK)
        masks = np.array(list(all_masks(self.drawn)))
        return BlockErrorCell(key, self.drawn, masks, self.radius, seed, self.options.device)

    # Second derivatives

    def _second_derivatives(self, bound: Bound) -> Iterator[Case]:
        key, seed = self._key_and_seed("second derivatives", "chosen mask")
        cell = SecondDerivativeCell(key, self.drawn, self._mask, seed, self.options.device)
        unprocessed = ~self._mask
        deviations = largest_deviations(self.drawn, self.values)
        seconds = largest_second_derivatives(self.drawn, self.values, deviations)[unprocessed]
        largest = np.array([float(np.mean(deviations**2)) * (1 + 1e-9), *seconds])

        def right_at(mean_error: Number) -> Number:
            return bound.right_side(bound.experiment.claim, {**self.values, Observed.MEAN_ERROR: mean_error})

        count = bound.least_count(self.values)

        def judge(error_probability: float) -> MostAtMost:
            return MostAtMost(largest, self.rounding, error_probability, right_at, count)

        about = replace(self._about(bound, "at the draws: "), picks=self._chosen_text)
        yield Case(about, cell, judge, largest=float(largest[1:].max(initial=0.0)))

    def _input_moments(self, bound: Bound) -> Iterator[Case]:
        """Where nothing is random the claim is plain arithmetic on the inputs' second moments."""
        x, size = self.drawn.block.compressed_inputs, self.drawn.draw.block_size
        if self.drawn.unit is Unit.ENTRIES:
            moments = np.broadcast_to(2 * (x * x).mean(axis=0), self.drawn.block.weight.shape).ravel()
        else:
            parts = [slice(at, at + size) for at in range(0, x.shape[1], size)]
            moments = np.array([2 * ((x[:, e] @ self.drawn.block.weight[:, e].T) ** 2).sum(1).mean() for e in parts])
        ordered, count = np.sort(moments[~self._mask]), bound.least_count(self.values)
        value = float(ordered[count - 1]) if count > 0 else 0.0
        slack = abs(value) * self.rounding
        right = bound.right_side(bound.experiment.claim, self.values)
        note = f"the {count}th smallest of {len(ordered)} units"
        finding = decided_exactly(value - slack, value + slack, right, note)
        about = replace(self._about(bound, ""), picks=self._chosen_text)
        yield Case(about, settled=(finding, Decided.ARITHMETIC))

    # The draws themselves

    def _draws(self, bound: Bound) -> Iterator[Case]:
        key, seed = self._key_and_seed("draws", "all entries")
        cell, law = DrawsCell(key, self.drawn, seed), self.drawn.law
        low, high = (of(law.low, law.high).ravel() for of in (np.minimum, np.maximum))
        targets, width = self.drawn.block.weight.ravel(), self.options.equality_width

        def judge(error_probability: float) -> MeansEqual:
            return MeansEqual(low, high, targets, width, error_probability)

        yield Case(replace(self._about(bound, ""), picks="all entries"), cell, judge)

    # What they are about

    def _about(self, bound: Bound, meaning: str) -> Described:
        claim, experiment = bound.claim(bound.experiment.claim), bound.experiment
        return Described(
            statement=bound.statement.id,
            variant=bound.variant_name,
            claims=tuple(filter(None, (experiment.counted, experiment.claim))),
            sense=claim.sense,
            equation=claim.equation,
            meaning=meaning if meaning.endswith(claim.meaning) else f"{meaning}{claim.meaning}",
            instance=self.drawn.block.name,
            draw=draw_text(self.drawn),
            picks="",
        )

    def _key_and_seed(self, measured: str, masks: str) -> tuple[str, int]:
        """What the cell is, in words that come out the same after a restart, and the seed that only it has."""
        about = {
            "instance": self.drawn.block.name,
            "draw": draw_text(self.drawn),
            "measured": measured,
            "masks": masks,
        }
        key = json.dumps(about, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(f"{self.options.seed} {key}".encode()).digest()
        return key, int.from_bytes(digest[:7], "big")


def draw_text(drawn: DrawnBlock) -> str:
    """The draw in words: mode=prune alpha=0.9 bernoulli=0.3."""
    draw = drawn.draw
    parts = {
        "mode": draw.mode.value,
        "alpha": rational_text(draw.alpha),
        "bernoulli": None if draw.bernoulli is None else rational_text(draw.bernoulli),
        "levels": draw.levels,
        "block_size": draw.block_size if draw.block_size > 1 else None,
        "gamma": None if draw.bernoulli is None else rational_text(draw.gamma),
        "eta": rational_text(draw.markov_factor),
    }
    return " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)
