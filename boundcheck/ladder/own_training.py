"""Two networks that `boundcheck train` does not make: convolutions on Digits, and a wide block with biases."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.data import load_data
from boundcheck.network.torch_activation import activation_in_torch
from boundcheck.network.torch_threads import one_thread

from .plan import NetworkPlan

if TYPE_CHECKING:
    import torch

MAP_SIDE = 8
KERNEL = 3
CLASSES = 10
_HELD_OUT = 0.2
_BATCH = 64
_LEARNING_RATE = 1e-3
_LARGEST_SUM = 18


@dataclass(frozen=True)
class Trained:
    """A safetensors file's content, and the score on held-out samples."""

    content: bytes
    measure: str
    score: float


def token_inputs(width: int, samples: int, seed: int) -> tuple[Matrix, NDArray[np.int64]]:
    """Token-like vectors, and a class of each.

    Two random images of Digits side by side, embedded by a fixed Gaussian matrix, then normalized to mean 0 and
    variance 1 like the inputs of a transformer's block; the class is the sum of the two digits, 0 to 18.
    """
    digits = load_data("digits")
    assert digits.labels is not None
    generator = np.random.default_rng(seed)
    pairs = generator.integers(len(digits.inputs), size=(samples, 2))
    embedding = generator.normal(size=(2 * digits.inputs.shape[1], width))
    vectors = digits.inputs[pairs].reshape(samples, -1) @ embedding
    vectors -= vectors.mean(axis=1, keepdims=True)
    vectors /= vectors.std(axis=1, keepdims=True)
    return vectors, digits.labels[pairs].sum(axis=1)


def train_block(plan: NetworkPlan) -> Trained:
    """W_2 phi(W_1 x + b_1) + b_2, trained on the squared distance to a fixed Gaussian vector of every class."""
    import torch

    if len(plan.widths) != 3 or plan.widths[0] != plan.widths[2]:
        raise InputError(f"widths={list(plan.widths)}: a block has three, the last as the first: 384, 1536, 384")
    vectors, classes = token_inputs(plan.widths[0], plan.samples, plan.seed)
    codes = np.random.default_rng([plan.seed, 1]).normal(size=(_LARGEST_SUM + 1, plan.widths[2]))
    inputs, targets = torch.from_numpy(vectors).float(), torch.from_numpy(codes[classes]).float()
    with one_thread(), torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        first = torch.nn.Linear(plan.widths[0], plan.widths[1])
        second = torch.nn.Linear(plan.widths[1], plan.widths[2])
        phi = activation_in_torch(plan.activation)
        parameters = {"layers.1.weight": first.weight, "layers.1.bias": first.bias}
        parameters |= {"layers.2.weight": second.weight, "layers.2.bias": second.bias}
        held_out = _fit(plan, parameters, lambda some: torch.nn.functional.mse_loss(
            second(phi(first(inputs[some]))), targets[some]
        ), len(inputs))  # fmt: skip
        with torch.no_grad():
            residual = float(((second(phi(first(inputs[held_out]))) - targets[held_out]) ** 2).sum())
        spread = float(((targets[held_out] - targets[held_out].mean(dim=0)) ** 2).sum())
    return Trained(_content(plan, parameters), "R^2", 1 - residual / spread)


def train_convolution(plan: NetworkPlan) -> Trained:
    """Circular convolutions without biases; in training a class's logit is the mean of its output map."""
    import torch

    if plan.widths[0] != 1 or plan.widths[-1] != CLASSES:
        raise InputError(f"widths={list(plan.widths)}: channels on Digits start with 1 and end with {CLASSES}")
    digits = load_data("digits")
    assert digits.labels is not None
    inputs = torch.from_numpy(digits.inputs).float().reshape(-1, 1, MAP_SIDE, MAP_SIDE)
    labels, phi = torch.from_numpy(digits.labels), activation_in_torch(plan.activation)
    with one_thread(), torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        layers = [
            torch.nn.Conv2d(d_in, d_out, KERNEL, padding="same", padding_mode="circular", bias=False)
            for d_in, d_out in zip(plan.widths[:-1], plan.widths[1:], strict=True)
        ]

        def logits(some: "torch.Tensor") -> "torch.Tensor":
            hidden = inputs[some]
            for number, layer in enumerate(layers, 1):
                hidden = layer(hidden) if number == len(layers) else phi(layer(hidden))
            return hidden.mean(dim=(2, 3))

        parameters = {f"layers.{number}.weight": layer.weight for number, layer in enumerate(layers, 1)}
        held_out = _fit(
            plan, parameters, lambda some: torch.nn.functional.cross_entropy(logits(some), labels[some]), len(inputs)
        )
        with torch.no_grad():
            accuracy = float((logits(held_out).argmax(dim=1) == labels[held_out]).double().mean())
    return Trained(_content(plan, parameters), "accuracy", accuracy)


def _fit(
    plan: NetworkPlan,
    parameters: "dict[str, torch.Tensor]",
    loss_of: "Callable[[torch.Tensor], torch.Tensor]",
    samples: int,
) -> "torch.Tensor":
    """Adam on random batches of 80 % of the samples; the others' numbers."""
    import torch

    order = torch.randperm(samples)
    held_out, left = order[: int(samples * _HELD_OUT)], order[int(samples * _HELD_OUT) :]
    optimizer = torch.optim.Adam(parameters.values(), lr=_LEARNING_RATE)
    for _ in range(plan.epochs):
        for batch in torch.split(left[torch.randperm(len(left))], _BATCH):
            optimizer.zero_grad()
            loss_of(batch).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return held_out


def _content(plan: NetworkPlan, parameters: "dict[str, torch.Tensor]") -> bytes:
    from safetensors.torch import save

    tensors = {name: values.detach().contiguous() for name, values in parameters.items()}
    facts = {"activation": plan.activation, "output_activation": "identity", "source": plan.source}
    return save(tensors, {**facts, "epochs": str(plan.epochs), "seed": str(plan.seed)})
