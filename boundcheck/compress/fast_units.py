"""Greedy over whole neurons or filters with all pairs of changes multiplied up front: a step then adds one row."""

from typing import TYPE_CHECKING

from boundcheck.draws import Law

from .block import Block
from .entry_pass import Report
from .unit_changes import (
    Outcomes,
    as_maps,
    changes,
    greedy_steps,
    map_side,
    outcomes,
    outer_kernels,
    parts,
    pre_activations,
    together,
)
from .unit_spectra import frequency_weights, kernel_spectrum, merged_energies, spectrum

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def fast_unit_picks(block: Block, law: Law, realized: "Tensor", count: int, report: Report | None = None) -> "Tensor":
    """The units picked in ``count`` steps, repeats x count; realized: repeats x units multipliers."""
    import torch

    picks = []
    for repeat, drawn, shared in together(block, realized, report, count):
        scores = FastScores(block, repeat, outcomes(law, block), drawn)
        picks.append(greedy_steps(scores.signed, scores.moved, count, shared))
    return torch.cat(picks)


class FastScores:
    """The signed scores of repeats that share their inputs, and how far a step moves them; keeps units x units numbers.

    One repeat needs the products of all E delta_u with each unit's realized change, several repeats those with both its
    changes.
    """

    def __init__(self, block: Block, repeat: int, law: Outcomes, realized: "Tensor") -> None:
        import torch

        are_high = law.are_high(realized)
        if len(realized) == 1:
            self.wanted, self.which = are_high, torch.zeros_like(are_high, dtype=torch.int64)
        else:
            self.wanted = torch.tensor([False, True], device=are_high.device)[:, None].expand(-1, block.units)
            self.which = are_high.to(torch.int64)
        self.kernels = kernel_spectrum(outer_kernels(block), map_side(block))
        self.weights = frequency_weights(map_side(block), block.inputs)
        total = torch.zeros(block.units, dtype=torch.float64, device=block.inputs.device)
        self.pairs = total.new_zeros(len(self.wanted), block.units, block.units)
        for part in parts(block, repeat):
            total += self._add_pairs(part, law)
        self.signed = (total / block.samples).expand(len(realized), -1)
        self.pairs *= 2 / block.samples

    def moved(self, picked: "Tensor") -> "Tensor":
        """What drawing ``picked`` (one unit for each repeat) adds to the signed scores, repeats x units."""
        return self.pairs[self.which.gather(1, picked[:, None])[:, 0], picked]

    def _add_pairs(self, part: Block, law: Outcomes) -> "Tensor":
        """The part's share of the first scores; adds V_v(realized change of v) . V_u(E delta_u) for all v and u."""
        import torch

        residual = spectrum(as_maps(part, part.residual(part.weight, part.bias)))
        low, high = map(spectrum, changes(part, pre_activations(part), law.low, law.high))
        mean_change = law.mean(low.transpose(0, 1), high.transpose(0, 1)).transpose(0, 1)
        for pairs, are_high in zip(self.pairs, self.wanted, strict=True):
            for weight, kernels, one, other, mean in zip(
                self.weights, self.kernels, low, high, mean_change, strict=True
            ):
                products = torch.where(are_high[:, None], other, one) @ mean.mH
                pairs += products.mul_((weight * kernels).T @ kernels.conj()).real
        first_order = (self.kernels.mH @ residual).mul_(mean_change.conj()).real.sum(dim=-1, dtype=torch.float64)
        low_energy, high_energy = (merged_energies(self.kernels, self.weights, change) for change in (low, high))
        return law.mean(low_energy, high_energy) - 2 * (self.weights @ first_order)
