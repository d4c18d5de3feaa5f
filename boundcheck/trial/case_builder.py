"""What all cases of one drawn block share: the numbers known there, its mask, and how a case is described."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from boundcheck.core.experiment import Known
from boundcheck.core.rung import Quantity, Unit
from boundcheck.exact.ball import rational_text
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF

from .block_instance import DrawnBlock
from .cases import Described
from .cell_key import key_and_seed
from .claims import Bound
from .masks import Mask, chosen_mask


@dataclass(frozen=True)
class Options:
    """Of a plan, for all its blocks. power: shares of the enumerated truth that are put to the test as right sides."""

    seed: int
    device: str
    enumerates: bool
    equality_width: float
    power: tuple[Fraction, ...]


class CaseBuilder:
    """values: what known() says of the block. rounding: what floats may change a repeat's value by, over its bound."""

    def __init__(self, drawn: DrawnBlock, values: dict[Known, Fraction], options: Options) -> None:
        self.drawn, self.values, self.options = drawn, values, options
        self.radius = float(values[Quantity.PROJECTION_RADIUS]) * (1 + 2 * UNIT_ROUNDOFF)
        shape = drawn.block.weight.shape
        widths = sum(shape) + (0 if drawn.block.outer is None else len(drawn.block.outer))
        self.rounding = 16 * (widths + len(drawn.block.inputs)) * UNIT_ROUNDOFF

    @cached_property
    def mask(self) -> Mask:
        """The units that are processed, fixed before the draws."""
        return chosen_mask(self.drawn, self.options.seed)

    @property
    def chosen_text(self) -> str:
        """How the mask came about."""
        if self.drawn.block.spans == 1:
            return "units of least score"
        is_random = self.drawn.unit is Unit.ROWS and self.drawn.draw.block_size > 1
        return "a random mask" if is_random else "Algorithm 1's picks in a pilot run"

    def about(self, bound: Bound, meaning: str) -> Described:
        """A case of the experiment's claim; ``meaning`` is what its wording has to be preceded by."""
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

    def key_and_seed(self, measured: str, masks: str, levels: int | None = None) -> tuple[str, int]:
        """What the cell is, in words that come out the same after a restart, and the seed that only it has.

        levels: given where neither the instance nor the rest of the draw matters.
        """
        if levels is None:
            where = {"instance": self.drawn.block.name, "draw": draw_text(self.drawn)}
        else:
            where = {"instance": "", "draw": f"mode=quantize levels={levels}"}
        return key_and_seed(self.options.seed, {**where, "measured": measured, "masks": masks})


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
