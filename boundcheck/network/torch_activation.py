"""The known activations in torch's floating point, for training and for running the compression; they prove nothing."""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def activation_in_torch(name: str, axis: int = -1) -> "Callable[[torch.Tensor], torch.Tensor]":
    """The activation ``name`` (as Activation.name writes it) in floating point; softmax goes over ``axis``."""
    import torch
    from torch.nn import functional

    family, _, argument = name.removesuffix(")").partition("(")
    parameter = float(Fraction(argument or 1))
    functions: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "identity": lambda z: z,
        "relu": torch.relu,
        "leaky_relu": lambda z: functional.leaky_relu(z, parameter),
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        # torch takes softplus for linear beyond its threshold, whose default is noticed in float64
        "softplus": lambda z: functional.softplus(z, beta=parameter, threshold=50),
        "gelu": functional.gelu,
        "silu": functional.silu,
        "elu": lambda z: functional.elu(z, alpha=parameter),
        "sin": torch.sin,
        "softmax": lambda z: functional.softmax(z, dim=axis),
    }
    return functions[family]
