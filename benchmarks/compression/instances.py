"""Instances: a bottleneck phi(W_1 x) behind which W_2 follows, random or trained; and networks with random weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from boundcheck.compress.block import Block
from boundcheck.core.rung import Unit
from boundcheck.draws import Law, pruning_law, uniforms

if TYPE_CHECKING:
    import torch

    from boundcheck.network.data import Data
    from boundcheck.network.network import Network

ALPHA = Fraction(99, 100)
BERNOULLI = 0.29
"""With alpha it keeps 0.3 of the entries."""
SEED = 0


@dataclass(frozen=True)
class Instance:
    """weight: W_1, entry by entry drawn with ``law``; inputs: n_1 x N; realized: repeats x W_1's shape."""

    weight: torch.Tensor
    outer: torch.Tensor
    inputs: torch.Tensor
    law: Law
    realized: torch.Tensor

    @property
    def steps(self) -> int:
        """T, those of a full pass."""
        return math.floor(ALPHA * self.weight.numel())

    def block(self) -> Block:
        """ReLU inside, and the compressed inputs are the dense ones."""
        return Block(
            layer=1,
            unit=Unit.ENTRIES,
            weight=self.weight,
            bias=None,
            inputs=self.inputs[None],
            inner="relu",
            outer=self.outer,
            outer_bias=None,
            last="identity",
            reference=(self.outer @ (self.weight @ self.inputs).relu())[None],
        )


def instance(
    shape: list[int], device: str, file: str | None = None, repeats: int = 1, dtype: str = "float32"
) -> Instance:
    """shape: n_1, n_2, n_3, N. file: .npz with a trained network's W_1, W_2 and inputs; None: random Gaussian ones."""
    import torch

    n_1, n_2, n_3, samples = shape
    if file is None:
        rng = np.random.default_rng(SEED)
        weight = rng.standard_normal((n_2, n_1)) / n_1**0.5
        outer, inputs = rng.standard_normal((n_3, n_2)) / n_2**0.5, rng.standard_normal((n_1, samples))
    else:
        stored = np.load(file)
        weight, outer, inputs = stored["weight"], stored["outer"], stored["inputs"]
    law = pruning_law(weight, BERNOULLI)
    realized = np.stack([law.realize(uniforms(SEED, repeat, 1, weight.shape)) for repeat in range(repeats)])
    tensors = (torch.from_numpy(a).to(device, getattr(torch, dtype)) for a in (weight, outer, inputs, realized))
    one, two, three, four = tensors
    return Instance(one, two, three, law, four)


def train(dataset: str, shape: list[int], epochs: int, path: str) -> dict[str, Any]:
    """Train a network of this shape and leave its first two layers, with N of the samples, in a file."""
    from safetensors.numpy import load_file

    from boundcheck.network.data import load_data
    from boundcheck.network.train import ENDS, train_network

    n_1, n_2, n_3, samples = shape
    checkpoint = Path(path).with_suffix(".safetensors")
    done = train_network(dataset, (n_1, n_2, n_3, ENDS[dataset][1]), "relu", epochs, SEED, checkpoint)
    weights = load_file(checkpoint)
    data = load_data(dataset).inputs
    some = np.random.default_rng(SEED).permutation(len(data))[:samples]
    first, second = (weights[f"layers.{number}.weight"].astype(np.float64) for number in (1, 2))
    np.savez(path, weight=first, outer=second, inputs=np.ascontiguousarray(data[some].T))
    return {"score": f"{done.measure} {done.score:.3f}"}


def random_network(channels: list[int], map_side: int | None = None, q: int | None = None) -> Network:
    """ReLU layers with these widths, or convolutions with these channels; the stated norms are true and coarse."""
    from boundcheck.exact.ball import ball
    from boundcheck.network.activation import parse_activation
    from boundcheck.network.network import Layer, Network, Origin

    rng, places, layers, weights = np.random.default_rng(SEED), (map_side or 1) ** 2, [], []
    for number, (n_in, n_out) in enumerate(zip(channels, channels[1:], strict=False), 1):
        weight = rng.standard_normal((n_out, n_in, *([q, q] if q else []))) / (n_in * (q or 1) ** 2) ** 0.5
        norm, largest = (
            Fraction(math.ceil(np.linalg.norm(weight) * (q or 1))),
            Fraction(math.ceil(np.abs(weight).max())),
        )
        weights.append(weight)
        layers.append(
            Layer(
                name=f"W{number}",
                n_in=n_in * places,
                n_out=n_out * places,
                operator_norm=norm,
                largest_entry=largest,
                activation=parse_activation("relu" if number < len(channels) - 1 else "identity"),
                has_bias=False,
                block=places,
                block_norm=norm if map_side else None,
                kernel=q,
            )
        )
    c_1 = max(layer.operator_norm for layer in layers)
    origin = Origin("checkpoint", "random weights", None, None, None, Fraction(1), illustrative=False)
    return Network(tuple(layers), ball(1), c_1, 100 * c_1, origin, tuple(weights), (None,) * len(layers))


def network_of(one: Instance) -> tuple[Network, Data]:
    """The instance as compress() takes it."""
    from dataclasses import replace

    n_2, n_1 = one.weight.shape
    network = random_network([n_1, n_2, len(one.outer)])
    weights = tuple(values.double().cpu().numpy() for values in (one.weight, one.outer))
    return replace(network, weights=weights), data_of(one.inputs.T.double().cpu().numpy())


def random_data(features: int, samples: int) -> Data:
    """Gaussian inputs."""
    return data_of(np.random.default_rng(SEED + 1).standard_normal((samples, features)))


def data_of(inputs: np.ndarray) -> Data:
    """N x d inputs without labels."""
    from boundcheck.network.data import Data

    return Data(np.ascontiguousarray(inputs), None, "data=benchmark", "")
