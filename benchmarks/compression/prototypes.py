"""The dense and the fast greedy pass written down plainly in torch: what the engine is measured against.

One repeat, pruning, ReLU inside. Scores are -2 mean(E delta . g_i) + c_i mean(E delta^2), signed.
"""

from abc import ABC, abstractmethod

import torch

from .instances import BERNOULLI, Instance

_AT_ONCE = 8
"""Stale scores that the fast pass evaluates together."""


class PlainPass(ABC):
    """Weight, residual and the step; how picks are found is left open."""

    def __init__(self, one: Instance, processed: torch.Tensor) -> None:
        self.dense, self.outer, self.inputs, self.realized = one.weight, one.outer, one.inputs, one.realized[0]
        self.rows, self.columns = one.weight.shape
        self.samples = one.inputs.shape[1]
        self.processed = processed.clone()
        self.weight = torch.where(processed.view_as(one.weight), self.realized, one.weight)
        hidden = [(weight @ self.inputs).relu() for weight in (self.dense, self.weight)]
        self.residual = self.outer @ (hidden[0] - hidden[1])
        self.gram = self.outer.T @ self.outer
        self.evaluated = 0
        self.signed = torch.empty(self.rows * self.columns, device=self.weight.device)

    @abstractmethod
    def pick(self) -> torch.Tensor:
        """The entry of least score."""

    @abstractmethod
    def after(self, row: int, change: torch.Tensor) -> None:
        """Bring the scores up to date once ``change`` was added to hidden unit ``row``."""

    def step(self, picked: torch.Tensor) -> None:
        """Draw the entry."""
        row, column = divmod(int(picked), self.columns)
        before = (self.weight[row] @ self.inputs).relu()
        self.weight[row, column] = self.realized[row, column]
        change = (self.weight[row] @ self.inputs).relu() - before
        self.residual -= self.outer[:, row, None] * change
        self.processed[picked] = True
        self.after(row, change)

    def score(self, rows: torch.Tensor, columns: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Signed scores and mean changes of the entries (rows, columns), computed anew."""
        z, g = self.weight[rows] @ self.inputs, self.outer.T[rows] @ self.residual
        return self.score_with(z, g, rows, columns)

    def score_row(self, row: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The same for all entries of a row."""
        z, g = self.weight[row] @ self.inputs, self.outer[:, row] @ self.residual
        return self.score_with(z, g, torch.full((self.columns,), row), torch.arange(self.columns))

    def score_with(
        self, z: torch.Tensor, g: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The same with z and g of these rows at hand."""
        w, x, now = self.dense[rows, columns, None], self.inputs[columns], z.relu()
        to_zero, kept = (z - w * x).relu() - now, (z + (w / BERNOULLI - w) * x).relu() - now
        mean_change = (1 - BERNOULLI) * to_zero + BERNOULLI * kept
        square = ((1 - BERNOULLI) * to_zero**2 + BERNOULLI * kept**2).mean(dim=1)
        return self.gram.diagonal()[rows] * square - 2 * (mean_change * g).mean(dim=1), mean_change


class PlainDense(PlainPass):
    """Keeps E delta of all entries: a step is one product of that matrix with a vector, and one row anew."""

    def __init__(self, one: Instance, processed: torch.Tensor) -> None:
        super().__init__(one, processed)
        self.mean_changes = torch.empty(len(self.signed), self.samples, device=self.weight.device)
        for row in range(self.rows):
            self._renew(row)

    def pick(self) -> torch.Tensor:
        return self.signed.abs().masked_fill(self.processed, float("inf")).argmin()

    def after(self, row: int, change: torch.Tensor) -> None:
        moved = (self.mean_changes @ change).view(self.rows, self.columns) / self.samples
        self.signed += (2 * self.gram[row, :, None] * moved).flatten()
        self._renew(row)

    def _renew(self, row: int) -> None:
        entries = slice(row * self.columns, (row + 1) * self.columns)
        self.signed[entries], self.mean_changes[entries] = self.score_row(row)


class PlainFast(PlainPass):
    """A stale score lies within the sum over the steps since of 2 |gram| rms(d) rms(E delta): Cauchy-Schwarz."""

    def __init__(self, one: Instance, processed: torch.Tensor) -> None:
        super().__init__(one, processed)
        self.twice_rms = torch.empty_like(self.signed)
        self.drift = torch.zeros(self.rows, device=self.weight.device)
        self.drift_then = torch.zeros_like(self.signed)
        for row in range(self.rows):
            self._renew(row)

    def pick(self) -> torch.Tensor:
        slack = (self.drift[:, None] - self.drift_then.view(self.rows, self.columns)).flatten() * self.twice_rms
        lower = (self.signed.abs() - slack).clamp(min=0).masked_fill(self.processed, float("inf"))
        while True:
            best = lower.argmin()
            if slack[best] == 0:
                return best
            stale = lower.masked_fill(slack == 0, float("inf")).topk(min(_AT_ONCE, len(lower)), largest=False).indices
            rows, columns = stale // self.columns, stale % self.columns
            self._keep(stale, rows, *self.score(rows, columns))
            lower[stale] = self.signed[stale].abs().masked_fill(self.processed[stale], float("inf"))
            slack[stale] = 0
            self.evaluated += len(stale)

    def after(self, row: int, change: torch.Tensor) -> None:
        self.drift += self.gram[row].abs() * change.norm() / self.samples**0.5
        self._renew(row)

    def _renew(self, row: int) -> None:
        entries = torch.arange(row * self.columns, (row + 1) * self.columns, device=self.weight.device)
        self._keep(entries, torch.full_like(entries, row), *self.score_row(row))

    def _keep(self, entries: torch.Tensor, rows: torch.Tensor, signed: torch.Tensor, mean_change: torch.Tensor) -> None:
        self.signed[entries] = signed
        self.twice_rms[entries] = 2 * mean_change.norm(dim=1) / self.samples**0.5
        self.drift_then[entries] = self.drift[rows]
