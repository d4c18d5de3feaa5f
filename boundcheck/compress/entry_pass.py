"""A greedy pass over single entries: the network as it changes, and exact scores of whichever entries are asked for.

With residual r = reference - outputs, g_i = r . outer[:, i] and, for a draw t of entry (i, j),
delta(t) = phi(z_i + (t - W_ij) x'_j) - phi(z_i), where z = W_1 x' + bias now, the signed score is
-2 mean(E_t delta . g_i) + ||outer[:, i]||^2 mean(E_t delta^2); its absolute value is Algorithm 1's score.
Several repeats advance together; tensors are (repeats, ...), with their samples last.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundcheck.draws import Law
from boundcheck.network.torch_activation import activation_in_torch

from .block import Block

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor

_NUMBERS_AT_ONCE = 2**22
"""How many numbers one intermediate array holds at most when all scores are computed."""

Report = Callable[[int], None]
"""Called with the number of steps done."""


@dataclass(frozen=True)
class Scored:
    """Signed scores, the part of them that comes from E_t delta^2 (both float64), and E_t delta, samples last."""

    signed: "Tensor"
    square: "Tensor"
    mean_change: "Tensor"


class EntryPass(ABC):
    """Greedy compression of a block's entries, ties broken by index; ``pick`` and ``after`` say how picks are found.

    realized: repeats x n_out x n_in, what each entry becomes once it is picked. processed: repeats x entries, entries
    that were picked before; None: none. caches: whether E_t delta of all entries is kept (repeats x entries x N).
    The block must be linear outside its inner activation, which acts entry by entry.
    """

    def __init__(
        self, block: Block, law: Law, realized: "Tensor", processed: "Tensor | None" = None, caches: bool = False
    ) -> None:
        import torch

        self.inputs, self.bias, self.outer = block.inputs, block.bias, block.outer
        self.phi = activation_in_torch(block.inner)
        self.repeats, (self.rows, self.columns) = len(realized), block.weight.shape
        self.samples, self.units = block.samples, block.units
        self.realized = realized
        self.processed = torch.zeros(self.repeats, self.units, dtype=torch.bool, device=realized.device)
        if processed is not None:
            self.processed |= processed
        self.weight = torch.where(self.processed.view(realized.shape), realized, block.weight)
        stored = block.weight.double().cpu().numpy()
        self.shift_low, self.shift_high, self.high_share = (
            torch.from_numpy(np.array(values)).to(block.weight)
            for values in (law.low - stored, law.high - stored, law.probability)
        )
        outer = torch.eye(self.rows, dtype=torch.float64) if block.outer is None else block.outer.double()
        self.gram = (outer.T @ outer).to(realized.device)
        self.residual = block.residual(self.weight, block.bias).expand(self.repeats, -1, -1).clone()
        self.every = torch.arange(self.repeats, device=realized.device)
        self.is_same_for_all = processed is None and len(self.inputs) == 1
        self.signed = torch.zeros(self.repeats, self.units, dtype=self.score_dtype(), device=realized.device)

        self.mean_changes: Tensor | None = None
        if caches:
            self.mean_changes = realized.new_empty(self.repeats, self.units, self.samples)

    def score_dtype(self) -> "torch.dtype":
        """In which all scores are kept."""
        import torch

        return torch.float64

    @abstractmethod
    def pick(self) -> "Tensor":
        """The entry of least score for each repeat."""

    @abstractmethod
    def after(self, picked: "Tensor", change: "Tensor", columns: "Tensor", scored: Scored | None) -> None:
        """Update the scores behind a step; change: what it added to the picked entries' hidden units, repeats x N.

        scored: the new scores of the entries ``columns`` (repeats x some) in their rows, some perhaps processed; None
        if no entry is left in any of them.
        """

    def run(self, steps: int, report: Report | None = None) -> "Tensor":
        """The entries picked in this many steps, repeats x steps."""
        import torch

        picks = []
        for step in range(steps):
            if report is not None:
                report(step)
            picks.append(self.pick())
            self.step(picks[-1])
        return torch.stack(picks, dim=1)

    def step(self, picked: "Tensor") -> None:
        """Draw the picked entries (one for each repeat), then bring residual and scores up to date."""
        import torch

        rows, columns = picked // self.columns, picked % self.columns
        z = self.pre_activations(slice(None), rows[:, None])
        realized = self.realized[self.every, rows, columns]
        x = self.inputs[self.every if len(self.inputs) > 1 else 0, columns]
        shift = (realized - self.weight[self.every, rows, columns])[:, None, None]
        moved = torch.baddbmm(z, shift, x.expand(self.repeats, -1)[:, None])
        self.weight[self.every, rows, columns] = realized
        change = (self.phi(moved) - self.phi(z))[:, 0]
        self._add_to_hidden(rows, change)
        self.processed[self.every, picked] = True
        left = self._columns_left(rows)
        scored = None
        if left.shape[1]:
            scored = self._score(moved, self.back(slice(None), rows[:, None]), slice(None), rows[:, None], left)
        self.after(picked, change, left, scored)

    def pre_activations(self, some: slice, rows: "Tensor") -> "Tensor":
        """z of the given rows (repeats x k), for ``some`` of the repeats: repeats x k x N."""
        import torch

        chosen = self.weight[some].gather(1, rows[..., None].expand(-1, -1, self.columns))
        z = torch.matmul(chosen, self._inputs(some))
        return z if self.bias is None else z + self.bias[rows][..., None]

    def back(self, some: slice, rows: "Tensor") -> "Tensor":
        """g of the given rows (repeats x k): repeats x k x N."""
        import torch

        if self.outer is None:
            return self.residual[some].gather(1, rows[..., None].expand(-1, -1, self.samples))
        return torch.bmm(self.outer.T[rows], self.residual[some])

    def score_entries(self, some: slice, entries: "Tensor") -> Scored:
        """Scores of the given entries (repeats x k) of ``some`` of the repeats."""
        rows, columns = entries // self.columns, entries % self.columns
        return self._score(self.pre_activations(some, rows), self.back(some, rows), some, rows, columns)

    def score_all(self, keep: Callable[[slice, slice, Scored], None]) -> None:
        """Compute all scores, some rows at a time; ``keep`` gets the repeats, the entries and their scores.

        As long as nothing was processed and the inputs are the same, the first repeat stands for all.
        """
        import torch

        together = 1 if self.is_same_for_all else self.repeats
        some = slice(0, together)
        at_once = max(1, _NUMBERS_AT_ONCE // (together * self.columns * self.samples))
        every_column = torch.arange(self.columns, device=self.weight.device)
        for start in range(0, self.rows, at_once):
            rows = torch.arange(start, min(start + at_once, self.rows), device=self.weight.device)
            z, g = (of(some, rows.expand(together, -1)) for of in (self.pre_activations, self.back))
            z, g = (values.repeat_interleave(self.columns, dim=1) for values in (z, g))
            own_rows = rows.repeat_interleave(self.columns).expand(together, -1)
            scored = self._score(z, g, some, own_rows, every_column.repeat(len(rows)).expand(together, -1))
            entries = slice(start * self.columns, (start + len(rows)) * self.columns)
            keep(slice(None) if self.is_same_for_all else some, entries, scored)

    def _score(self, z: "Tensor", g: "Tensor", some: slice, rows: "Tensor", columns: "Tensor") -> Scored:
        """Scores of entries (rows, columns), each repeats x k; z and g are repeats x k x N, or x 1 x N for one row."""
        import torch

        x = self._inputs(some)
        x = x[columns] if x.dim() == 2 else x.gather(1, columns[..., None].expand(-1, -1, self.samples))
        shift_low, shift_high, share = (
            values[rows, columns][..., None] for values in (self.shift_low, self.shift_high, self.high_share)
        )
        now = self.phi(z)
        low = self.phi(torch.addcmul(z, x, shift_low)).sub_(now)
        high = self.phi(torch.addcmul(z, x, shift_high)).sub_(now)
        share_ = share[..., 0]
        square = (1 - share_) * torch.linalg.vecdot(low, low) + share_ * torch.linalg.vecdot(high, high)
        mean_change = low.mul_(1 - share).addcmul_(high, share)
        first_order = torch.linalg.vecdot(mean_change, g.expand_as(mean_change))
        squares = self.gram.diagonal()[rows] * square.double() / self.samples
        return Scored(squares - first_order.double() * (2 / self.samples), squares, mean_change)

    def _inputs(self, some: slice) -> "Tensor":
        """n_in x N where all repeats share the inputs, else repeats x n_in x N."""
        return self.inputs[0] if len(self.inputs) == 1 else self.inputs[some]

    def _add_to_hidden(self, rows: "Tensor", change: "Tensor") -> None:
        if self.outer is None:
            self.residual[self.every, rows] -= change
        else:
            self.residual.baddbmm_(self.outer.T[rows][..., None], change[:, None], alpha=-1)

    def _columns_left(self, rows: "Tensor") -> "Tensor":
        """The columns of unprocessed entries in these rows, repeats x as many as the fullest row has."""
        processed = self.processed.view(self.repeats, self.rows, self.columns)[self.every, rows]
        most = int((~processed).sum(dim=1).max())
        return processed.to(dtype=self.residual.dtype).argsort(dim=1, stable=True)[:, :most]
