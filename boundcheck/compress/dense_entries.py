"""Greedy over entries with all scores kept, and all of them updated after each step."""

from typing import TYPE_CHECKING

from boundcheck.draws import Law

from .block import Block
from .entry_pass import EntryPass, Scored

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


class DensePass(EntryPass):
    """A step that adds d to hidden unit i changes entry (k, l)'s signed score by 2 gram[i, k] mean(E_t delta_kl . d).

    Where E_t delta is not kept, all scores are computed anew after each step.
    """

    def __init__(
        self, block: Block, law: Law, realized: "Tensor", processed: "Tensor | None" = None, caches: bool = True
    ) -> None:
        super().__init__(block, law, realized, processed, caches)
        self.score_all(self._keep)

    def pick(self) -> "Tensor":
        return self.signed.abs().masked_fill_(self.processed, float("inf")).argmin(dim=1)

    def after(self, picked: "Tensor", change: "Tensor", columns: "Tensor", scored: Scored | None) -> None:
        import torch

        rows = picked // self.columns
        if self.mean_changes is None:
            self.is_same_for_all = False
            self.score_all(self._keep)
            return
        moved = torch.bmm(self.mean_changes, change[..., None])[..., 0].double() / self.samples
        by_row = moved.view(self.repeats, self.rows, self.columns)
        self.signed.view_as(by_row).addcmul_(by_row, self.gram[rows][..., None], value=2)
        if scored is not None:
            entries = rows[:, None] * self.columns + columns
            self.signed.scatter_(1, entries, scored.signed)
            self.mean_changes[self.every[:, None], entries] = scored.mean_change

    def _keep(self, some: slice, entries: slice, scored: Scored) -> None:
        self.signed[some, entries] = scored.signed
        if self.mean_changes is not None:
            self.mean_changes[some, entries] = scored.mean_change
