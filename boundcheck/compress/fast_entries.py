"""The same greedy picks without touching all scores: most are only known to lie in an interval."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

from boundcheck.draws import Law
from boundcheck.network.torch_threads import one_thread

from .block import Block
from .entry_pass import EntryPass, Report, Scored

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor

_WINDOW = 64
"""Steps over which the norm of a sum of changes is followed; beyond it norms are added up."""
_MOST_DIRECTIONS = 16
_LEAST_DIRECTIONS = 4
_NUMBERS_ALONG = 2**20
"""Directions of sample space that are followed exactly: fewer where there are so many entries that it takes long."""
_SAMPLED = 256
"""Entries from which these directions are found."""
_NEVER = float("inf")
"""Score of a processed entry."""
_FEW = 4
"""How many candidates are evaluated first; twice as many in each further round of the same step."""
_NUMBERS_AT_ONCE = 2**18
"""Candidates times samples that are evaluated together at most."""


class FastPass(EntryPass):
    """Only entries whose interval reaches below the least score are evaluated, a few at a time, lowest bound first.

    A step adds d to hidden unit i, and entry (k, l)'s signed score moves by 2 gram[i, k] mean(E_t delta_kl . d). Along
    a few orthonormal directions of sample space this is followed exactly for all entries. What is left is bounded by
    Cauchy-Schwarz: 2 rms(rest of E_t delta_kl) times the rms of the sum of gram[i, k] (rest of d) over the steps since
    the entry was evaluated. That rms follows from the inner products of the d within a window of steps.
    A pick is always an entry evaluated since the last step that moved it; rounding is left to a small excess of the
    bounds. Beside weights and residual this needs a window of changes and a few numbers for each entry; where E_t delta
    is kept, an evaluation is little more than one product with it.
    """

    def __init__(
        self, block: Block, law: Law, realized: "Tensor", processed: "Tensor | None" = None, caches: bool = False
    ) -> None:
        import torch

        super().__init__(block, law, realized, processed, caches)
        self.roundoff = 16 * torch.finfo(realized.dtype).eps
        self.most_at_once = min(self.rows, max(_FEW, _NUMBERS_AT_ONCE // self.samples))
        self.directions = self._directions(law)
        self.along = realized.new_zeros(self.repeats, self.units, len(self.directions))
        self.rest = self._zeros(self.repeats, self.units)
        self.square = torch.zeros(self.repeats, self.units, dtype=torch.float64, device=realized.device)
        # of the rest's drift: its square within the window since entry's own start, and the sum over earlier windows
        self.drift_square = self._zeros(self.repeats, self.units)
        self.drift_before = self._zeros(self.repeats, self.units)
        self.since = torch.zeros(self.repeats, self.units, dtype=torch.int64, device=realized.device)
        self.window = realized.new_zeros(self.repeats, _WINDOW, self.samples)
        self.window_along = realized.new_zeros(self.repeats, _WINDOW, len(self.directions))
        self.window_gram = self._zeros(self.repeats, self.rows, _WINDOW)
        self.grown = self._zeros(self.repeats, self.rows, _WINDOW + 1)
        self.steps_in_window = 0
        # written anew in each step: memory of this size is costly to get again and again
        self.lower, self.slack = torch.empty_like(self.rest), torch.empty_like(self.rest)
        self.evaluated = 0
        self.score_all(self._keep)
        self.signed.masked_fill_(self.processed, _NEVER)

    def score_dtype(self) -> "torch.dtype":
        """The block's own: followed scores only decide which ones are evaluated."""
        return self.weight.dtype

    def run(self, steps: int, report: Report | None = None) -> "Tensor":
        """As in EntryPass; a repeat by itself on one thread, since its operations are small."""
        with one_thread() if self.repeats == 1 else nullcontext():
            return super().run(steps, report)

    def pick(self) -> "Tensor":
        self._find_bounds()
        everyone = slice(None)
        best, is_open = self._least(everyone)
        at_once = _FEW
        while unsettled := is_open.nonzero()[:, 0].tolist():
            together = 2 * len(unsettled) >= self.repeats or self.weight.is_cuda
            for some in [everyone] if together else [slice(repeat, repeat + 1) for repeat in unsettled]:
                self._evaluate_lowest(some, min(at_once, self.most_at_once), best[some])
                best[some], is_open[some] = self._least(some)
            at_once *= 2
        return best

    def after(self, picked: "Tensor", change: "Tensor", columns: "Tensor", scored: Scored | None) -> None:
        import torch

        rows = picked // self.columns
        if change.any():  # a hidden unit that no sample activates changes nothing
            moves = self.gram[rows].to(change)
            along = change @ self.directions.T / self.samples**0.5
            moved = torch.bmm(self.along, along[..., None]).view(self.repeats, self.rows, self.columns)
            self.signed.view_as(moved).addcmul_(moved, moves[..., None], value=2)
            self._drift(moves, change, along)
        self.signed[self.every, picked] = _NEVER
        self.rest[self.every, picked] = 0
        if scored is not None:
            self._remember(slice(None), rows[:, None] * self.columns + columns, scored)

    def _find_bounds(self) -> None:
        """Lower bounds of all scores (infinite for processed entries), and how far below the followed ones they lie."""
        import torch

        torch.sqrt(self.drift_square, out=self.slack).add_(self.drift_before).mul_(self.rest)
        torch.abs(self.signed, out=self.lower).sub_(self.slack).clamp_(min=0)

    def _least(self, some: slice) -> "tuple[Tensor, Tensor]":
        """The first entry of least lower bound for each repeat, and whether its score is only bounded."""
        best = self._lowest(some, self._least_of_rows(some).min(dim=1, keepdim=True).indices)
        return best[:, 0], self.slack[some].gather(1, best)[:, 0] > 0

    def _least_of_rows(self, some: slice) -> "Tensor":
        return self.lower[some].view(-1, self.rows, self.columns).amin(dim=2)

    def _lowest(self, some: slice, rows: "Tensor") -> "Tensor":
        """The first entry of least lower bound in each of the rows (repeats x k)."""
        by_row = self.lower[some].view(-1, self.rows, self.columns)
        chosen = by_row.gather(1, rows[..., None].expand(-1, -1, self.columns))
        return rows * self.columns + chosen.min(dim=2).indices

    def _evaluate_lowest(self, some: slice, at_once: int, best: "Tensor") -> None:
        """Evaluate ``best`` and the entries of least lower bound in the rows that reach lowest; mend their bounds."""
        rows = self._least_of_rows(some).topk(at_once, dim=1, largest=False, sorted=False).indices
        rows[:, -1] = best // self.columns  # of many equal bounds the first one's matters
        entries = self._lowest(some, rows)
        self.evaluated += entries.numel()
        if self.mean_changes is None:
            signed = self._remember(some, entries, self.score_entries(some, entries))
        else:
            signed = self._restart(some, entries, self._signed_again(some, entries, self.mean_changes))
        self.lower[some].scatter_(1, entries, signed.abs())
        self.slack[some].scatter_(1, entries, 0)

    def _drift(self, moves: "Tensor", change: "Tensor", along: "Tensor") -> None:
        """Add one step to the squared norms: 2 gram <sum so far, d> + gram^2 <d, d>, on the rest of d."""
        import torch

        last = self.steps_in_window
        self.window[:, last], self.window_along[:, last], self.window_gram[:, :, last] = change, along, moves
        products = torch.bmm(self.window[:, : last + 1], change[..., None])[..., 0] / self.samples
        square = products[:, last].clone()
        products -= torch.bmm(self.window_along[:, : last + 1], along[..., None])[..., 0]
        products[:, last] = products[:, last].clamp(min=0) + self.roundoff * square
        # <sum of the changes, d> by row, over the steps up to each one; an entry leaves out those before its own start
        grown = self.grown[:, :, : last + 2]
        torch.cumsum(self.window_gram[:, :, : last + 1] * products[:, None], dim=2, out=grown[:, :, 1:])
        since = self.since.view(self.repeats, self.rows, self.columns)
        twice = (grown[:, :, -1:] * 2 - (moves * products[:, last:])[..., None]).expand_as(since)
        added = torch.sub(twice, grown.gather(2, since), alpha=2)
        self.drift_square.view_as(added).addcmul_(added, moves[..., None]).clamp_(min=0)
        self.steps_in_window += 1
        if self.steps_in_window == _WINDOW:
            self.drift_before += self.drift_square.sqrt()
            self.drift_square.zero_()
            self.since.zero_()
            self.steps_in_window = 0

    def _zeros(self, *shape: int) -> "Tensor":
        import torch

        return torch.zeros(*shape, dtype=self.weight.dtype, device=self.weight.device)

    def _keep(self, some: slice, entries: slice, scored: Scored) -> None:
        along, rest = self._split(scored.mean_change)
        self.signed[some, entries], self.square[some, entries] = scored.signed.to(self.signed), scored.square
        self.along[some, entries], self.rest[some, entries] = along, rest
        if self.mean_changes is not None:
            self.mean_changes[some, entries] = scored.mean_change

    def _remember(self, some: slice, entries: "Tensor", scored: Scored) -> "Tensor":
        """Put in all that is known of entries (repeats x k) evaluated just now; their scores as _restart."""
        along, rest = self._split(scored.mean_change)
        self.along[some].scatter_(1, entries[..., None].expand_as(along), along)
        self.rest[some].scatter_(1, entries, rest)
        if self.mean_changes is not None:
            self.mean_changes[some][self.every[: len(entries), None], entries] = scored.mean_change
            self.square[some].scatter_(1, entries, scored.square)
        return self._restart(some, entries, scored.signed)

    def _signed_again(self, some: slice, entries: "Tensor", mean_changes: "Tensor") -> "Tensor":
        """Signed scores (repeats x k) of entries whose E_t delta is kept."""
        import torch

        kept = mean_changes[some][self.every[: len(entries), None], entries]
        first_order = torch.linalg.vecdot(kept, self.back(some, entries // self.columns))
        signed: Tensor = self.square[some].gather(1, entries) - first_order.double() * (2 / self.samples)
        return signed

    def _restart(self, some: slice, entries: "Tensor", signed: "Tensor") -> "Tensor":
        """Put in signed scores (repeats x k), exact as of now; infinite, also in what is returned, where processed."""
        signed = signed.to(self.signed).masked_fill_(self.processed[some].gather(1, entries), _NEVER)
        self.signed[some].scatter_(1, entries, signed)
        for values, start in ((self.drift_square, 0), (self.drift_before, 0), (self.since, self.steps_in_window)):
            values[some].scatter_(1, entries, start)
        return signed

    def _split(self, mean_change: "Tensor") -> "tuple[Tensor, Tensor]":
        """Components along the directions, and twice the root mean square of the rest, a little enlarged."""
        import torch

        along = mean_change @ self.directions.T / self.samples**0.5
        square = torch.linalg.vecdot(mean_change, mean_change) / self.samples
        rest = (square - torch.linalg.vecdot(along, along)).clamp_(min=0) + self.roundoff * square
        return along, rest.sqrt_() * (2 + 1e4 * self.roundoff)

    def _directions(self, law: Law) -> "Tensor":
        """Orthonormal rows, the main directions of some entries' mean changes and of what a draw would add.

        Any orthonormal rows would do; these make the rest small.
        """
        import torch

        count = min(_SAMPLED, self.units)
        entries = torch.arange(count, device=self.weight.device) * self.units // count
        first = slice(0, 1)
        scored = self.score_entries(first, entries[None])
        rows, columns = entries // self.columns, entries % self.columns
        z = self.pre_activations(first, rows[None])[0]
        shift = self.realized[0, rows, columns] - self.weight[0, rows, columns]
        added = self.phi(torch.addcmul(z, self.inputs[0, columns], shift[:, None]))
        both = torch.cat([scored.mean_change[0], added - self.phi(z)]).double()
        both = both / both.norm(dim=1, keepdim=True).clamp(min=1e-300)
        _, vectors = torch.linalg.eigh(both @ both.T)
        followed = max(_LEAST_DIRECTIONS, min(_MOST_DIRECTIONS, _NUMBERS_ALONG // self.units))
        main = vectors[:, -min(followed, self.samples) :].T @ both
        orthonormal: Tensor = torch.linalg.qr(main.T)[0]
        return orthonormal.T.to(self.weight).contiguous()
