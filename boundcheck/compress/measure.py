"""What a compressed network does on the data, in float64: error, accuracy or R^2, projections. Measured, not certified.

Samples run through in groups, so that memory does not grow with their number.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.data import Data
from boundcheck.network.network import Network
from boundcheck.network.torch_activation import activation_in_torch

from .block import plus_bias, weighted
from .projection import projected

if TYPE_CHECKING:
    import torch

Run = Callable[["torch.Tensor"], "torch.Tensor"]
"""From inputs to outputs, both neurons x samples."""

_MOST_ENTRIES_AT_ONCE = 2**21
"""Of one layer's outputs, and of a convolution's patches: 16 MiB."""


@dataclass(frozen=True)
class Quality:
    """error: E||Phi(x) - Phi-hat(x)||^2 over the samples; score: the compressed network's, None without answers."""

    error: float
    score: float | None


@dataclass(frozen=True)
class Measurement:
    """A compressed network beside the dense one.

    second_moment: E||Phi(x)||^2 of the dense network, the error of the zero network. measure: accuracy or R^2, None
    without answers. plain: without projections. projected: with them, None if none acts. active: by layer, for how many
    samples the projection behind it acts.
    """

    samples: int
    second_moment: float
    measure: Literal["accuracy", "R^2"] | None
    dense_score: float | None
    plain: Quality
    projected: Quality | None
    active: Mapping[int, int]

    def relative(self, quality: Quality) -> float | None:
        """The error over the dense network's second moment; None if that is zero."""
        return quality.error / self.second_moment if self.second_moment > 0 else None


def check_answers(data: Data, outputs: int) -> None:
    """Raise InputError if the labels or targets do not fit so many outputs."""
    if data.targets is None:
        return
    values = data.targets.shape[1]
    if values > outputs or (data.labels is None and values < outputs):
        raise InputError(
            f"{data.description}: {values} target values per sample, but the network's output width is {outputs}; use "
            f"labels with {outputs} values, or data without any"
        )


def measure(
    network: Network,
    weights: Sequence[Matrix],
    biases: Sequence[Matrix | None],
    radii: Mapping[int, float],
    data: Data,
) -> Measurement:
    """Compare ``network`` with the one that has these weights, biases, and projections behind layers (radii by layer).

    Inner widths may differ, as after merging. Raises InputError if something overflows.
    """
    assert network.weights is not None and network.biases is not None
    active = dict.fromkeys(radii, 0)
    dense = partial(_outputs, network, network.weights, network.biases, {}, {})
    plain = partial(_outputs, network, weights, biases, {}, {})
    projected = partial(_outputs, network, weights, biases, radii, active)
    moment, dense_score, found = _compare(network, dense, [plain, projected] if radii else [plain], data)
    return Measurement(
        len(data.inputs),
        moment,
        None if data.targets is None else "R^2" if data.labels is None else "accuracy",
        dense_score,
        found[0],
        found[1] if any(active.values()) else None,
        active,
    )


def _outputs(
    network: Network,
    weights: Sequence[Matrix],
    biases: Sequence[Matrix | None],
    radii: Mapping[int, float],
    active: dict[int, int],
    inputs: "torch.Tensor",
) -> "torch.Tensor":
    """The outputs; counts in ``active`` the samples on which a projection acts."""

    z = inputs
    for number, (layer, weight, bias) in enumerate(zip(network.layers, weights, biases, strict=True), 1):
        map_side = None if layer.kernel is None else math.isqrt(layer.block)
        z = weighted(_tensor(weight), z[None], map_side)[0]
        z = plus_bias(z, None if bias is None else _tensor(bias))
        assert layer.activation is not None
        z = activation_in_torch(layer.activation.name, axis=-2)(z)
        if number in radii:
            z, acting = projected(z, radii[number])
            active[number] += int(acting)
    return z


def _tensor(values: Matrix) -> "torch.Tensor":
    """The same memory where that may be written to, which torch insists on; else a copy."""
    import torch

    return torch.from_numpy(np.require(values, requirements=["W"]))


def _compare(
    network: Network, dense: Run, others: Sequence[Run], data: Data
) -> tuple[float, float | None, list[Quality]]:
    """The dense second moment and score, and the quality of the others."""
    moments: list[float] = []
    errors: list[list[float]] = [[] for _ in others]
    scores = [_Score(data) for _ in range(1 + len(others))]
    widest = max(layer.n_in * (layer.kernel or 1) ** 2 for layer in network.layers)
    together = max(1, _MOST_ENTRIES_AT_ONCE // max(widest, network.widths[-1]))
    for start in range(0, len(data.inputs), together):
        inputs = _tensor(data.inputs[start : start + together]).T.contiguous()
        exact = dense(inputs)
        moments.append(float(exact.square().sum()))
        scores[0].add(exact, start)
        for other, found, score in zip(others, errors, scores[1:], strict=True):
            outputs = other(inputs)
            found.append(float((exact - outputs).square().sum()))
            score.add(outputs, start)
    count = len(data.inputs)
    totals = [_mean("the dense network's outputs", moments, count)]
    totals += [_mean("the compressed network's outputs", found, count) for found in errors]
    answers = [score.value() for score in scores]
    return totals[0], answers[0], [Quality(e, s) for e, s in zip(totals[1:], answers[1:], strict=True)]


def _mean(what: str, sums: list[float], count: int) -> float:
    total = math.fsum(sums) if all(map(math.isfinite, sums)) else math.nan
    if not math.isfinite(total):
        raise InputError(f"{what} overflow float64 on the data; scale the inputs or the weights down")
    return total / count


class _Score:
    """Accuracy for classes, R^2 for targets, summed up group by group."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.parts: list[float] = []

    def add(self, outputs: "torch.Tensor", start: int) -> None:
        """Count the samples from ``start`` on, whose outputs these are."""
        data, found = self.data, outputs.numpy().T
        stop = start + len(found)
        if data.labels is not None:
            self.parts.append(float((found.argmax(axis=1) == data.labels[start:stop]).sum()))
        elif data.targets is not None:
            self.parts.append(float(((data.targets[start:stop] - found) ** 2).sum()))

    def value(self) -> float | None:
        """The score; None without answers, and for R^2 if all targets are the same."""
        data, total = self.data, math.fsum(self.parts)
        if data.labels is not None:
            return total / len(data.labels)
        if data.targets is None:
            return None
        spread = float(((data.targets - data.targets.mean(axis=0)) ** 2).sum())
        return 1 - total / spread if spread > 0 else None
