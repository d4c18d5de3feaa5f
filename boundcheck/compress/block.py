"""A compressed block as Algorithm 1 sees it: what is replaced, and how far its outputs are from where they should be.

Tensors have their samples last: (repeats, neurons, samples), with one repeat where all repeats share them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from boundcheck.core.rung import Unit
from boundcheck.network.torch_activation import activation_in_torch

from .units import unit_axis

if TYPE_CHECKING:
    import torch

_NUMBERS_AT_ONCE = 2**23
"""How many numbers a convolution may write out at once: in float64 it copies its input for each entry of a kernel."""


@dataclass(frozen=True, eq=False)
class Block:
    """last(outer(inner(weight(inputs) + bias)) + outer_bias), compared with ``reference``.

    weight: n_out x n_in, or kernels d_out x d_in x q x q on maps of side ``map_side``. inputs: n_in x N for all
    repeats (the first axis is 1) or each of them, those of the partly compressed network. outer: the next layer's
    weight if the block is a bottleneck, else None.
    reference: 1 x n x N, what the dense network has there (objective distance), or the targets (loss). Biases that both
    have cancel and are left out. inner, last: names of activations; last is identity wherever the objective is the
    distance.
    """

    layer: int
    unit: Unit
    weight: "torch.Tensor"
    bias: "torch.Tensor | None"
    inputs: "torch.Tensor"
    inner: str
    outer: "torch.Tensor | None"
    outer_bias: "torch.Tensor | None"
    last: str
    reference: "torch.Tensor"
    map_side: int | None = None

    @property
    def units(self) -> int:
        """How many units may be drawn: the paper's n_l n_{l+1} entries, or the columns, rows or filters."""
        axis = unit_axis(self.unit)
        return self.weight.numel() if axis is None else self.weight.shape[axis]

    @property
    def samples(self) -> int:
        """N."""
        return self.inputs.shape[-1]

    @property
    def is_linear_outside(self) -> bool:
        """Whether the residual is linear in the inner activation's outputs, as dense and fast scores need."""
        return self.last == "identity"

    @cached_property
    def has_constant_scores(self) -> bool:
        """Whether no score changes from step to step: all is linear, and the draws are unbiased.

        Changes of different units are then uncorrelated, and a unit's score is the variance that its draw adds.
        """
        return self.inner == "identity" and self.is_linear_outside

    def residual(self, weight: "torch.Tensor", bias: "torch.Tensor | None") -> "torch.Tensor":
        """Reference minus outputs with this weight and bias, (1 or repeats) x n x N."""
        z = weighted(weight, self.inputs, self.map_side)
        hidden = activation_in_torch(self.inner, axis=-2)(plus_bias(z, bias))
        if self.outer is not None:
            hidden = plus_bias(weighted(self.outer, hidden, self.map_side), self.outer_bias)
        return self.reference - activation_in_torch(self.last, axis=-2)(hidden)

    def mean_square(self, weight: "torch.Tensor", bias: "torch.Tensor | None") -> "torch.Tensor":
        """Psi, or the loss: the mean over the samples of the squared residual, one value per repeat."""
        residual = self.residual(weight, bias)
        return (residual * residual).sum(dim=(-2, -1)) / self.samples


def weighted(weight: "torch.Tensor", x: "torch.Tensor", map_side: int | None) -> "torch.Tensor":
    """W x for (repeats x) n_out x n_in matrices, or the circular convolution with d_out x d_in x q x q kernels.

    Places of a map as in boundcheck.network.convolve: torch's padding="same", padding_mode="circular".
    """
    import torch
    from torch.nn import functional

    if map_side is None:
        return torch.matmul(weight, x)
    if weight.dim() == 5:  # one set of kernels per repeat
        shared = x.expand(len(weight), -1, -1)
        return torch.stack([weighted(w, one[None], map_side)[0] for w, one in zip(weight, shared, strict=True)])
    q = weight.shape[-1]
    before, after = (q - 1) // 2, q - 1 - (q - 1) // 2
    maps = x.transpose(-2, -1).reshape(-1, weight.shape[1], map_side, map_side)
    padded = functional.pad(maps, (before, after, before, after), mode="circular") if q > 1 else maps
    at_once = max(1, _NUMBERS_AT_ONCE // (padded[0].numel() * q * q))
    found = torch.cat([functional.conv2d(some, weight) for some in torch.split(padded, at_once)])
    return found.reshape(*x.shape[:-2], x.shape[-1], -1).transpose(-2, -1)


def plus_bias(z: "torch.Tensor", bias: "torch.Tensor | None") -> "torch.Tensor":
    """z plus a bias per neuron; ``bias`` is n or repeats x n."""
    return z if bias is None else z + bias[..., None]
