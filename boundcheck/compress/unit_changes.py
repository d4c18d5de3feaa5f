"""Greedy over whole neurons or filters: what the draw of one changes, and the steps once changes of scores are known.

z_u are unit u's maps before the inner activation, with its bias; a neuron's map has one place. A draw multiplies z_u by
h and adds outer's column u, applied to delta_u(h) = phi(h z_u) - phi(z_u), to the outputs; no other unit's draw changes
delta_u. Columns and input filters are the neurons of an identity layer in front: z = inputs, phi = identity, and the
weight itself is outer.
With V_u(d) = outer's column u applied to d, and the residual r = reference - outputs, the signed score of u is
-2 mean(r . V_u(E delta_u)) + mean(E ||V_u(delta_u)||^2); its absolute value is Algorithm 1's score. A step that adds
V_v(d) to the outputs changes the signed score of u by 2 mean(V_v(d) . V_u(E delta_u)), and nothing else does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boundcheck.draws import Law
from boundcheck.network.torch_activation import activation_in_torch

from .block import Block, plus_bias, weighted
from .entry_pass import Report

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor

_NUMBERS_AT_ONCE = 2**22
"""How many numbers one array of all units' maps holds at most."""


@dataclass(frozen=True)
class Outcomes:
    """The law of the multipliers as float64 tensors, one number per unit."""

    low: "Tensor"
    high: "Tensor"
    share: "Tensor"

    def mean(self, low: "Tensor", high: "Tensor") -> "Tensor":
        """E of what is ``low`` or ``high``, units first, with each unit's draw."""
        share = self.share.view(-1, *[1] * (low.dim() - 1)).to(low)
        return (high - low).mul_(share).add_(low)

    def are_high(self, realized: "Tensor") -> "Tensor":
        """Whether realized multipliers (repeats x units, perhaps rounded) are the high ones."""
        return (realized - self.high).abs() < (realized - self.low).abs()


def outcomes(law: Law, block: Block) -> Outcomes:
    """The law's numbers on the block's device."""
    import torch

    low, high, share = (
        torch.from_numpy(np.array(values, dtype=np.float64)).to(block.inputs.device)
        for values in (law.low, law.high, law.probability)
    )
    return Outcomes(low, high, share)


def map_side(block: Block) -> int:
    """The side of the units' maps, 1 in a fully connected layer."""
    return block.map_side or 1


def parts(block: Block, repeat: int) -> Iterator[Block]:
    """The block with this repeat's inputs alone, a few samples at a time."""
    at_once = max(1, _NUMBERS_AT_ONCE // (block.units * map_side(block) ** 2))
    inputs = block.inputs[repeat : repeat + 1]
    for start in range(0, block.samples, at_once):
        some = slice(start, start + at_once)
        yield replace(block, inputs=inputs[..., some], reference=block.reference[..., some])


def outer_kernels(block: Block) -> "Tensor":
    """What merges the units' maps into outputs: n_out x units x q x q, with q = 1 in a fully connected layer."""
    merging = block.weight if block.outer is None else block.outer
    return merging if merging.dim() == 4 else merging[..., None, None]


def as_maps(part: Block, values: "Tensor") -> "Tensor":
    """Values of one set of inputs (1 x neurons x samples) as channels x side x side x samples."""
    side = map_side(part)
    return values[0].reshape(-1, side, side, part.samples)


def pre_activations(part: Block, units: "Tensor | None" = None) -> "Tensor":
    """z of the given units, or of all: units x side x side x samples."""
    if part.outer is None:
        z = as_maps(part, part.inputs)
        return z if units is None else z[units]
    weight, bias = part.weight, part.bias
    if units is not None:
        weight = weight[units]
        bias = None if bias is None else bias.view(part.units, -1)[units].flatten()
    return as_maps(part, plus_bias(weighted(weight, part.inputs, part.map_side), bias))


def changes(part: Block, z: "Tensor", *multipliers: "Tensor") -> "Iterator[Tensor]":
    """delta(h) for units with these z, for each array of multipliers (one number per unit)."""
    phi = activation_in_torch("identity" if part.outer is None else part.inner)
    now = phi(z)
    for h in multipliers:
        yield phi(h[:, None, None, None].to(z) * z) - now


def greedy_steps(signed: "Tensor", moved: "Callable[[Tensor], Tensor]", count: int, report: Report | None) -> "Tensor":
    """The units picked in ``count`` steps, repeats x count, from signed scores (repeats x units); ties to the first.

    moved: what drawing the picked units (one for each repeat) adds to the signed scores.
    """
    import torch

    signed = signed.clone()
    picks = torch.empty(len(signed), count, dtype=torch.int64, device=signed.device)
    for step in range(count):
        if report is not None:
            report(step)
        picks[:, step] = signed.abs().argmin(dim=1)
        signed += moved(picks[:, step])
        signed.scatter_(1, picks[:, step, None], float("inf"))  # drawn: no later change brings it back
    return picks


def together(
    block: Block, realized: "Tensor", report: Report | None, count: int
) -> "Iterator[tuple[int, Tensor, Report | None]]":
    """Repeats that share their inputs: the first one's index, what is realized for them, and a share of the report."""
    if len(block.inputs) == 1:
        yield 0, realized, report
        return
    for repeat in range(len(realized)):
        yield repeat, realized[repeat : repeat + 1], _share_of(report, repeat, len(realized), count)


def _share_of(report: Report | None, repeat: int, repeats: int, count: int) -> Report | None:
    """Repeats that come one after the other are one run of ``count`` steps to whoever follows its progress."""
    if report is None:
        return None

    def shared(step: int) -> None:
        done = repeat * count + step
        if done % repeats == 0:
            report(done // repeats)

    return shared
