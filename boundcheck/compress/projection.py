"""The projections that Algorithm 1 adds behind compressed blocks."""

from typing import TYPE_CHECKING

import numpy as np

from boundcheck.exact.ball import ball, upper_end
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.network import Network
from boundcheck.network.torch_activation import activation_in_torch

if TYPE_CHECKING:
    import torch

_ROUNDED_UP = 1 + 1e-6


def radii(network: Network) -> list[float]:
    """kappa_1, ..., kappa_m, rounded up, none below the norm of the dense network's output there.

    c^l with c = c_1 (input radius folded in) as in Algorithm 1, where activations are 1-Lipschitz and zero at zero and
    there are no biases b_l; else kappa_l = max(1, L_l) c kappa_{l-1} + ||phi_l(b_l)||.
    """
    import torch

    c, found, radius = float(upper_end(ball(network.c_1))), [], 1.0
    for number, layer in enumerate(network.layers, start=1):
        if layer.activation is None:
            raise ValueError(f"layer {number}: its activation is not stated")
        lipschitz = float(upper_end(evaluate(layer.activation.lipschitz, {})))
        bias = None if network.biases is None else network.biases[number - 1]
        at_bias = activation_in_torch(layer.activation.name)(
            torch.from_numpy(np.zeros(layer.n_out) if bias is None else bias)
        )
        radius = (max(1.0, lipschitz) * c * radius + float(at_bias.norm())) * _ROUNDED_UP
        found.append(radius)
    return found


def projected(x: "torch.Tensor", radius: float) -> "tuple[torch.Tensor, torch.Tensor]":
    """[x]_radius for samples last, and for how many samples of each repeat the norm was larger than the radius."""
    norms = x.norm(dim=-2, keepdim=True)
    return x * (radius / norms.clamp(min=radius)), (norms > radius).sum(dim=(-2, -1))
