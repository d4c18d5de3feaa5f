"""Experiments as data: what a trial measures for a statement, and what the statement's symbols stand for there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import sympy

from boundcheck.core.rung import Mode, Quantity


class Measured(StrEnum):
    """What a repeat measures. The first two are means over the draws; the last is a mean of the draws themselves.

    BLOCK_ERROR: Pi, the mean squared distance behind a layer or a two-layer block, with its projection.
    SECOND_DERIVATIVES: of Psi in every unprocessed unit, at a draw, and Psi itself.
    INPUT_MOMENTS: the second derivatives of Psi where they are no more than moments of the inputs: nothing is drawn.
    DRAWS: what the entries of a matrix become.
    """

    BLOCK_ERROR = "error behind the block"
    SECOND_DERIVATIVES = "second derivatives of the error"
    INPUT_MOMENTS = "second moments of the inputs"
    DRAWS = "draws"


class Observed(StrEnum):
    """What a trial can put in for a symbol beside a Quantity: the least numbers that its own instance allows."""

    DENSE_INPUT_NORM = "largest norm of the dense inputs"
    COMPRESSED_INPUT_NORM = "largest norm of the compressed network's inputs"
    VARIANCE_FACTOR = "root of the largest variance of a draw, over the largest entry"
    DEVIATION_AT_ZERO = "largest deviation of a draw that is zero, over the largest entry"
    DEVIATION_ELSEWHERE = "largest deviation of a draw that is not zero, over the largest entry"
    LARGEST_DEVIATION = "largest deviation of a draw, over the largest entry (of a multiplier: from one)"
    SECOND_MOMENT = "largest mean squared bound on a deviation, over the squared largest entry"
    UNPROCESSED = "number of unprocessed units"
    MARKOV_FACTOR = "factor eta of Lemma 10"
    MEAN_ERROR = "mean error Psi at the present weights, itself estimated"
    WEIGHT = "the weight that a draw replaces"
    DRAWN_VALUE = "what a quantized entry became"
    MULTIPLE = "which multiple of the step that is"
    LARGEST_WEIGHT = "largest absolute value that is quantized"


Known = Quantity | Observed


class Counted(StrEnum):
    """What a claim about numbers of units counts."""

    UNPROCESSED = "units that stay as they are"
    UNPROCESSED_SHARE = "share of units that stay as they are"
    KEPT = "units that are not set to zero"
    KEPT_SHARE = "share of units that are not set to zero"
    VALUES = "values of the quantized entries"

    @property
    def is_of_the_mask(self) -> bool:
        """Whether the mask alone decides it, and not the draws."""
        return self in (Counted.UNPROCESSED, Counted.UNPROCESSED_SHARE)


@dataclass(frozen=True)
class Experiment:
    """How a claim of a statement is put to the test.

    spans: how many layers the block has. modes: the draws that the statement speaks of.
    factor: what the claim's right side is divided by to bound the mean over the draws instead of one realization.
    counted: the claim that says how many units obey ``claim``, where not all have to.
    counts: claims about units, by what they count. ``exhibits``: one realization meets these and ``claim`` at once.
    of_one_realization: assumptions that only the passage from the mean to one realization needs.
    by_construction: assumptions that every instance meets, and why; all others are checked at the instance.
    """

    statement: str
    claim: str
    measured: Measured
    spans: int
    modes: tuple[Mode, ...]
    binding: Mapping[sympy.Symbol, Known]
    factor: sympy.Expr = field(default_factory=lambda: sympy.Integer(1))
    counted: str | None = None
    counts: Mapping[str, Counted] = field(default_factory=dict)
    exhibits: bool = False
    of_one_realization: tuple[str, ...] = ()
    by_construction: Mapping[str, str] = field(default_factory=dict)
