"""What is to be compressed, how it is drawn, and in which order: one object that, with the data, decides everything."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode
from boundcheck.network.layer_sets import LayerSets

LARGEST_SEED = 2**63 - 1


class Order(StrEnum):
    """Which unit is compressed next: the one of least score, one at random, or the next one by index."""

    GREEDY = "greedy"
    RANDOM = "random"
    FIXED = "fixed"


class Objective(StrEnum):
    """What a score compares: the distance to the dense layer before its activation (the proofs' Psi), or the loss L."""

    DISTANCE = "distance"
    LOSS = "loss"


class Implementation(StrEnum):
    """How the greedy pick is found; the picks are the same up to rounding.

    literal: every score by forward passes. dense: all scores kept, all updated after each step. fast: only scores that
    could be the least are evaluated.
    """

    LITERAL = "literal"
    DENSE = "dense"
    FAST = "fast"


@dataclass(frozen=True)
class Settings:
    """Algorithm 1's inputs beside network and data. Raises InputError for values out of range.

    mode: what is replaced. alpha: fraction in (0, 1] of a layer's units that is processed. bernoulli: the paper's p,
    when pruning; levels: its k, when quantizing. projection: whether layer kappa's output is projected onto the ball of
    radius c^kappa, as Algorithm 1 does behind every compressed block. seed: of all draws and random orders.
    keep: prune with exact counts instead, this share of every row's entries staying; all entries are drawn at once, in
    no order, and nothing is projected.
    """

    mode: Mode
    sets: LayerSets
    alpha: Fraction
    bernoulli: Fraction | None = None
    levels: int | None = None
    order: Order = Order.GREEDY
    objective: Objective = Objective.DISTANCE
    implementation: Implementation = Implementation.FAST
    projection: bool = True
    seed: int = 0
    keep: Fraction | None = None

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InputError(f"alpha={self.alpha}: expected a fraction in (0, 1]; 0.99 processes 99% of a layer")
        if self.keep is not None:
            self._check_exact_counts(self.keep)
        elif self.mode.prunes != (self.bernoulli is not None) or self.mode.prunes == (self.levels is not None):
            needed = "bernoulli" if self.mode.prunes else "levels"
            raise InputError(
                f"bernoulli={self.bernoulli}, levels={self.levels}: mode={self.mode} needs {needed} alone; leave the "
                "other out"
            )
        if self.bernoulli is not None and not 0 < self.bernoulli <= 1:
            raise InputError(f"bernoulli={self.bernoulli}: expected a number in (0, 1]; 0.3 keeps 30% of the draws")
        if self.levels is not None and self.levels < 1:
            raise InputError(f"levels={self.levels}: expected at least 1; levels=k gives 2 k + 1 values with zero")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"seed={self.seed}: expected an integer from 0 to 2^63 - 1; give for example 0")

    @property
    def draw(self) -> DrawKind:
        """How the units are drawn."""
        return DrawKind.INDEPENDENT if self.keep is None else DrawKind.EXACT_COUNTS

    def _check_exact_counts(self, keep: Fraction) -> None:
        if not 0 < keep <= 1:
            raise InputError(f"keep={keep}: expected a fraction in (0, 1]; 0.3 keeps 30% of every row")
        if self.mode is not Mode.PRUNE or self.alpha != 1 or self.bernoulli is not None or self.levels is not None:
            raise InputError(
                f"mode={self.mode}, alpha={self.alpha}, bernoulli={self.bernoulli}, levels={self.levels}: with "
                f"draw={self.draw} single weights are pruned, and all are drawn; give mode=prune, alpha=1 and keep "
                "alone"
            )
        if self.projection:
            raise InputError(f"projection: belongs to the paper's draws, not to draw={self.draw}; leave it out")
        usual = {"order": Order.GREEDY, "objective": Objective.DISTANCE, "implementation": Implementation.FAST}
        for name, value in usual.items():
            if getattr(self, name) is not value:
                raise InputError(
                    f"{name}={getattr(self, name)}: with draw={self.draw} all weights are drawn and none is picked; "
                    "leave it out"
                )
