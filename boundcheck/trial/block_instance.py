"""One layer or a two-layer block with its inputs, as the propositions speak of it, and how its units are drawn."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode, Unit
from boundcheck.draws import Law, multiplier_law, pruning_law, quantization_law
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.activation import Activation


@dataclass(frozen=True, eq=False)
class BlockInstance:
    """last(weight x), or last(outer inner(weight x)) if there is an ``outer``.

    weight: W_1, n_2 x n_1. outer: W_2, n_3 x n_2. inputs: the dense network's x, N x n_1; compressed_inputs: the x' of
    the partly compressed one, of the same shape. The samples' empirical distribution is what means are taken over.
    """

    name: str
    weight: Matrix
    outer: Matrix | None
    inner: Activation | None
    last: Activation
    inputs: Matrix
    compressed_inputs: Matrix

    @property
    def spans(self) -> int:
        """How many layers the block has."""
        return 1 if self.outer is None else 2

    @property
    def first_activation(self) -> Activation:
        """phi_1, of which the statements ask the curvature in a two-layer block."""
        return self.inner or self.last


@dataclass(frozen=True)
class Draw:
    """How a block's units are replaced: the statements' alpha, p or k, and the block size; gamma and eta of the claims.

    block_size: how many neighbouring neurons are drawn together (mode structured).
    """

    mode: Mode
    alpha: Fraction
    bernoulli: Fraction | None = None
    levels: int | None = None
    block_size: int = 1
    gamma: Fraction = Fraction(1, 10)
    markov_factor: Fraction = Fraction(2)


@dataclass(frozen=True, eq=False)
class DrawnBlock:
    """A block and the law of its draws. Raises InputError if the block size does not divide the drawn width."""

    block: BlockInstance
    draw: Draw

    def __post_init__(self) -> None:
        if self.unit is not Unit.ENTRIES and self._drawn_width % self.draw.block_size:
            raise InputError(
                f"{self.block.name}: block_size={self.draw.block_size} does not divide the {self._drawn_width} "
                f"{self.unit}; choose one of its divisors"
            )

    @property
    def unit(self) -> Unit:
        """What one draw replaces: an entry, or a block of columns (one layer) or rows (two)."""
        if self.draw.mode is not Mode.STRUCTURED:
            return Unit.ENTRIES
        return Unit.COLUMNS if self.block.spans == 1 else Unit.ROWS

    @property
    def _drawn_width(self) -> int:
        return int(self.block.weight.shape[1 if self.block.spans == 1 else 0])

    @property
    def units(self) -> int:
        """N."""
        if self.unit is Unit.ENTRIES:
            return self.block.weight.size
        return self._drawn_width // self.draw.block_size

    @property
    def draws(self) -> int:
        """T = floor(alpha N)."""
        return math.floor(self.draw.alpha * self.units)

    @cached_property
    def law(self) -> Law:
        """Of what an entry becomes (n_2 x n_1), or of what a block of neurons is multiplied by (units)."""
        if self.draw.levels is not None:
            return quantization_law(self.block.weight, self.draw.levels)
        bernoulli = float(self.draw.bernoulli or 1)
        if self.unit is Unit.ENTRIES:
            return pruning_law(self.block.weight, bernoulli)
        return multiplier_law(self.units, bernoulli)

    def replaced(self, picked: NDArray[np.bool_], realized: Matrix) -> Matrix:
        """W_1 where the picked units took their drawn values.

        picked: (..., units); realized: (..., the law's shape); both with the same leading axes, which the result has.
        """
        if self.unit is Unit.ENTRIES:
            return np.where(picked.reshape(realized.shape), realized, self.block.weight)
        factors = np.repeat(np.where(picked, realized, 1.0), self.draw.block_size, axis=-1)
        scaled: Matrix = self.block.weight * (
            factors[..., None, :] if self.unit is Unit.COLUMNS else factors[..., :, None]
        )
        return scaled

    def deviations(self) -> Matrix:
        """The largest change of each entry's product with its input, over all draws: |h - W|, n_2 x n_1."""
        farthest = np.maximum(np.abs(self.law.low - self._undrawn), np.abs(self.law.high - self._undrawn))
        if self.unit is Unit.ENTRIES:
            return farthest
        spread = np.repeat(farthest, self.draw.block_size)
        carried: Matrix = np.abs(self.block.weight) * (
            spread[None, :] if self.unit is Unit.COLUMNS else spread[:, None]
        )
        return carried

    @property
    def _undrawn(self) -> Matrix:
        """What a unit is that is not drawn: its weight, or the factor one."""
        return self.block.weight if self.unit is Unit.ENTRIES else np.ones(self.units)
