"""Algorithm 1 word for word: before each step every score by forward passes. Slow, and the oracle of all the rest."""

from typing import TYPE_CHECKING

from boundcheck.draws import Law

from .block import Block
from .entry_pass import Report
from .units import unit_axis

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def literal_picks(block: Block, law: Law, realized: "Tensor", steps: int, report: Report | None = None) -> "Tensor":
    """The units picked for one repeat, in order; realized: what each becomes, in the shape of ``law``'s arrays."""
    import torch

    weight, bias = block.weight, block.bias
    left, picks = list(range(block.units)), []
    values = realized.reshape(-1)
    for step in range(steps):
        if report is not None:
            report(step)
        scores = literal_scores(block, law, weight, bias, left)
        picks.append(left.pop(int(scores.abs().argmin())))
        weight, bias = with_unit(block, weight, bias, picks[-1], values[picks[-1]])
    return torch.tensor(picks, dtype=torch.int64)


def literal_scores(block: Block, law: Law, weight: "Tensor", bias: "Tensor | None", units: list[int]) -> "Tensor":
    """The signed scores E_t L(with t) - L(now) of the given unprocessed units, L the block's mean square."""
    import torch

    now = block.mean_square(weight, bias)[0]
    signed = []
    for unit in units:
        low, high = (
            block.mean_square(*with_unit(block, weight, bias, unit, float(values.flat[unit])))[0] - now
            for values in (law.low, law.high)
        )
        share = float(law.probability.flat[unit])
        signed.append((1 - share) * low + share * high)
    return torch.stack(signed)


def with_unit(
    block: Block, weight: "Tensor", bias: "Tensor | None", unit: int, value: "float | Tensor"
) -> "tuple[Tensor, Tensor | None]":
    """Weight and bias once the unit was drawn: an entry becomes ``value``, a column, row or filter is multiplied by it.

    A row's bias is multiplied with the row.
    """
    weight = weight.clone()
    axis = unit_axis(block.unit)
    if axis is None:
        weight.view(-1)[unit] = value
    elif axis == 1:
        weight[:, unit] *= value
    else:
        weight[unit] *= value
        if bias is not None:
            places = len(bias) // len(weight)
            bias = bias.clone()
            bias[unit * places : (unit + 1) * places] *= value
    return weight, bias
