"""Greedy over whole neurons or filters: all scores kept, and all of them updated after each step, place by place."""

from itertools import product
from typing import TYPE_CHECKING

from boundcheck.draws import Law

from .block import Block
from .entry_pass import Report
from .unit_changes import (
    Outcomes,
    as_maps,
    changes,
    greedy_steps,
    outcomes,
    outer_kernels,
    parts,
    pre_activations,
    together,
)

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def dense_unit_picks(block: Block, law: Law, realized: "Tensor", count: int, report: Report | None = None) -> "Tensor":
    """The units picked in ``count`` steps, repeats x count; realized: repeats x units multipliers."""
    import torch

    picks = []
    for repeat, drawn, shared in together(block, realized, report, count):
        scores = DenseScores(block, repeat, outcomes(law, block), drawn)
        picks.append(greedy_steps(scores.signed, scores.moved, count, shared))
    return torch.cat(picks)


class DenseScores:
    """The signed scores of repeats that share their inputs, and how far a step moves them; keeps all E delta."""

    def __init__(self, block: Block, repeat: int, law: Outcomes, realized: "Tensor") -> None:
        import torch

        self.realized, self.samples = realized, block.samples
        self.outer = outer_kernels(block)
        self.parts, self.mean_changes = list(parts(block, repeat)), []
        signed = torch.zeros(block.units, dtype=torch.float64, device=block.inputs.device)
        for part in self.parts:
            low, high = changes(part, pre_activations(part), law.low, law.high)
            self.mean_changes.append(law.mean(low, high).contiguous())
            residual = as_maps(part, part.residual(part.weight, part.bias))
            signed -= 2 * _inner(merged_back(self.outer, residual), self.mean_changes[-1])
            signed += law.mean(squared_norms(self.outer, low), squared_norms(self.outer, high))
        self.signed = (signed / block.samples).expand(len(realized), -1)

    def moved(self, picked: "Tensor") -> "Tensor":
        """What drawing ``picked`` (one unit for each repeat) adds to the signed scores, repeats x units."""
        import torch

        drawn = self.realized.gather(1, picked[:, None])[:, 0]
        kernels, offsets = pair_kernels(self.outer, picked), offsets_between(self.outer)
        total = torch.zeros(self.realized.shape, dtype=torch.float64, device=picked.device)
        for part, mean_change in zip(self.parts, self.mean_changes, strict=True):
            (change,) = changes(part, pre_activations(part, picked), drawn)
            seen = torch.stack([torch.roll(change, (-a, -b), (1, 2)) for a, b in offsets], dim=1)
            products = mean_change.flatten(1) @ seen.flatten(0, 1).flatten(1).T
            total += torch.einsum("uro,ruo->ru", products.double().view(len(products), len(picked), -1), kernels)
        return total * (2 / self.samples)


def offsets_between(outer: "Tensor") -> list[tuple[int, int]]:
    """How far two entries of a kernel can lie apart, in the order of ``pair_kernels``."""
    reach = range(1 - outer.shape[-1], outer.shape[-1])
    return list(product(reach, reach))


def pair_kernels(outer: "Tensor", picked: "Tensor") -> "Tensor":
    """G with V_v(d) . V_u(a) = sum over offsets t and places x of G[v, u, t] a(x) d(x + t), for all u and picked v."""
    from torch.nn import functional

    by_unit = outer.double().transpose(0, 1)
    return functional.conv2d(by_unit[picked], by_unit, padding=outer.shape[-1] - 1).flatten(2)


def squared_norms(outer: "Tensor", maps: "Tensor") -> "Tensor":
    """||V_u(d)||^2 for each unit's maps d, summed over the samples."""
    import torch
    from torch.nn import functional

    n_out, units, q, _ = outer.shape
    by_unit = outer.double().transpose(0, 1)
    kernels = functional.conv2d(by_unit.reshape(1, -1, q, q), by_unit, padding=q - 1, groups=units)[0].flatten(1)
    shifted = (torch.roll(maps, (-a, -b), (1, 2)) for a, b in offsets_between(outer))
    return torch.stack([_inner(maps, seen) for seen in shifted], dim=1).mul(kernels).sum(dim=1)


def merged_back(outer: "Tensor", residual: "Tensor") -> "Tensor":
    """The transpose of merging: for each unit the maps g with r . V_u(d) = g . d."""
    import torch

    q = outer.shape[-1]
    before = (q - 1) // 2
    found = outer.new_zeros(outer.shape[1], residual[0].numel())
    for a, b in product(range(q), range(q)):
        seen = torch.roll(residual, (a - before, b - before), (1, 2))
        found += outer[:, :, a, b].T @ seen.flatten(1)
    return found.view(-1, *residual.shape[1:])


def _inner(one: "Tensor", other: "Tensor") -> "Tensor":
    """The inner product for each unit."""
    import torch

    return (one * other).flatten(1).sum(dim=1, dtype=torch.float64)
