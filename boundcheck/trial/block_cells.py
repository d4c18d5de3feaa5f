"""What is sampled of a block: a repeat draws its units and measures the error behind it, or second derivatives.

All cells are pure functions of their own content and the repeats' numbers, and can be sent to another process. A
repeat's draws are ``draws.realized(law, seed, repeat, 1)``, with the seed that the cell's key holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.rung import Unit
from boundcheck.draws import Array, realized, uniforms
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.torch_activation import activation_in_torch

from .block_instance import DrawnBlock

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor

_NUMBERS_AT_ONCE = 2**22
DERIVATIVE_POINTS = 2
"""The layer number under which the points t of the second derivatives are drawn, independent of the block's draws."""


@dataclass(frozen=True, eq=False)
class BlockErrorCell:
    """Pi for one mask or several, all from the same draws. masks: M x units; radius: of the projection behind."""

    key: str
    drawn: DrawnBlock
    masks: NDArray[np.bool_]
    radius: float
    seed: int
    device: str = "cpu"

    @property
    def quantities(self) -> tuple[str, ...]:
        """One error per mask."""
        return tuple(f"error {number}" for number in range(len(self.masks)))

    def sample(self, start: int, stop: int) -> Matrix:
        """Shape (stop - start, M)."""
        import torch

        evaluation = BlockEvaluation(self.drawn, self.device)
        together = max(1, _NUMBERS_AT_ONCE // (len(self.masks) * evaluation.numbers_of_a_repeat))
        found = []
        with torch.no_grad():
            for first in range(start, stop, together):
                draws = repeated_draws(self.drawn, self.seed, range(first, min(stop, first + together)))
                picked, drawn = np.broadcast_arrays(self.masks[None], draws.reshape(len(draws), 1, -1))
                weights = self.drawn.replaced(picked, drawn.reshape(*drawn.shape[:2], *self.drawn.law.shape))
                errors = evaluation.errors(weights.reshape(-1, *self.drawn.block.weight.shape), self.radius)
                found.append(errors.reshape(len(draws), -1).cpu().numpy())
        return np.concatenate(found)


def repeated_draws(drawn: DrawnBlock, seed: int, repeats: range) -> Array:
    """What every unit becomes, repeat by repeat: repeats x the law's shape."""
    return np.stack([realized(drawn.law, seed, repeat, 1) for repeat in repeats])


class BlockEvaluation:
    """The block in floating point on a device; samples last."""

    def __init__(self, drawn: DrawnBlock, device: str) -> None:
        import torch

        def placed(values: Matrix) -> "Tensor":
            return torch.from_numpy(np.ascontiguousarray(values)).to(device)

        block = drawn.block
        self.place = placed
        self.inputs = placed(block.compressed_inputs.T)
        self.outer = None if block.outer is None else placed(block.outer)
        self.inner = activation_in_torch(block.first_activation.name, axis=-2)
        self.last = activation_in_torch(block.last.name, axis=-2)
        pre_activation = placed(block.weight) @ placed(block.inputs.T)
        self.before_last = pre_activation if self.outer is None else self.outer @ self.inner(pre_activation)
        widest = max(block.weight.shape[0], 0 if block.outer is None else block.outer.shape[0])
        self.numbers_of_a_repeat = block.weight.size + widest * len(block.inputs)

    def errors(self, weights: Matrix, radius: float) -> "Tensor":
        """Pi of every weight in a stack (R x n_2 x n_1); shape (R,)."""
        z = self.place(weights) @ self.inputs
        outputs = self.last(z if self.outer is None else self.outer @ self.inner(z))
        norms = outputs.norm(dim=-2, keepdim=True)
        distance = self.last(self.before_last) - outputs * (radius / norms).where(norms > radius, 1.0)
        found: Tensor = distance.square().sum(dim=-2).mean(dim=-1)
        return found


@dataclass(frozen=True, eq=False)
class SecondDerivativeCell:
    """Psi at Z, and |d^2 Psi / dt^2| in every unprocessed unit at a draw t of that unit.

    mask: the processed units (S_2), drawn anew in each repeat. Lemma 15 replaces an entry by t, Lemma 16 scales a block
    of rows by t.
    """

    key: str
    drawn: DrawnBlock
    mask: NDArray[np.bool_]
    seed: int
    device: str = "cpu"

    @property
    def quantities(self) -> tuple[str, ...]:
        """Psi, then one per unprocessed unit, by index."""
        return ("psi", *(f"unit {unit}" for unit in np.flatnonzero(~self.mask)))

    def sample(self, start: int, stop: int) -> Matrix:
        """Shape (stop - start, 1 + unprocessed units)."""
        import torch

        with torch.no_grad():
            return np.stack([self._repeat(repeat) for repeat in range(start, stop)])

    @cached_property
    def _evaluation(self) -> BlockEvaluation:
        return BlockEvaluation(self.drawn, self.device)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_evaluation"}

    def _repeat(self, repeat: int) -> NDArray[np.float64]:
        drawn, at = self.drawn, self._evaluation
        assert at.outer is not None
        values = realized(drawn.law, self.seed, repeat, 1)
        weight = at.place(drawn.replaced(self.mask, values))
        points = at.place(drawn.law.realize(uniforms(self.seed, repeat, DERIVATIVE_POINTS, drawn.law.shape)))
        z = weight @ at.inputs
        residual = at.before_last - at.outer @ at.inner(z)  # n_3 x N
        psi = residual.square().sum(dim=-2).mean()
        second = (
            self._in_entries(weight, points, z, residual)
            if drawn.unit is Unit.ENTRIES
            else self._in_rows(points, z, residual)
        )
        kept = second.flatten().abs().cpu().numpy()[~self.mask]
        return np.concatenate([[float(psi)], kept])

    def _in_entries(self, weight: "Tensor", points: "Tensor", z: "Tensor", residual: "Tensor") -> "Tensor":
        """d^2/dt^2 of mean ||r||^2, r = residual - W_2[:, i] (phi(z_i + (t - Z_ij) x_j) - phi(z_i)): n_2 x n_1."""
        at = self._evaluation
        assert at.outer is not None
        moved = z[:, None, :] + (points - weight)[..., None] * at.inputs  # n_2 x n_1 x N
        value, slope, curvature = derivatives(at.inner, moved)
        of_column = at.outer.square().sum(dim=0)[:, None, None]
        along = (at.outer.T @ residual)[:, None, :] - of_column * (value - at.inner(z)[:, None, :])
        return 2 * ((of_column * slope.square() - along * curvature) * at.inputs.square()).mean(dim=-1)

    def _in_rows(self, points: "Tensor", z: "Tensor", residual: "Tensor") -> "Tensor":
        """The same for W_2[:, E] phi(t z_E), E a block of rows: one number per block."""
        at, size = self._evaluation, self.drawn.draw.block_size
        assert at.outer is not None
        scaled = points.repeat_interleave(size)[:, None] * z
        value, slope, curvature = derivatives(at.inner, scaled)

        def by_block(rows: "Tensor") -> "Tensor":
            assert at.outer is not None
            terms = at.outer[:, :, None] * rows  # n_3 x n_2 x N
            return terms.reshape(len(terms), -1, size, terms.shape[-1]).sum(dim=2)

        left = residual[:, None, :] - by_block(value - at.inner(z))
        first, second = by_block(slope * z), by_block(curvature * z.square())
        found: Tensor = 2 * (first.square() - left * second).sum(dim=0).mean(dim=-1)
        return found


def derivatives(phi: "Callable[[Tensor], Tensor]", at: "Tensor") -> "tuple[Tensor, Tensor, Tensor]":
    """phi, phi' and phi'' entry by entry, by forward differentiation of the one formula there is."""
    import torch
    from torch.func import jvp

    ones = torch.ones_like(at)

    def with_slope(z: "Tensor") -> "tuple[Tensor, Tensor]":
        value, slope = jvp(phi, (z,), (ones,))[:2]
        return value, slope

    (value, slope), (_, curvature) = jvp(with_slope, (at,), (ones,))[:2]
    return value, slope, curvature


@dataclass(frozen=True, eq=False)
class DrawsCell:
    """The draws themselves: what some entries become; ``entries``: their indices, counted row by row."""

    key: str
    drawn: DrawnBlock
    entries: NDArray[np.int64]
    seed: int

    @property
    def quantities(self) -> tuple[str, ...]:
        """One per entry."""
        return tuple(f"entry {entry}" for entry in self.entries)

    def sample(self, start: int, stop: int) -> Matrix:
        """Shape (stop - start, entries)."""
        draws = repeated_draws(self.drawn, self.seed, range(start, stop))
        return np.asarray(draws.reshape(len(draws), -1)[:, self.entries], dtype=np.float64)
