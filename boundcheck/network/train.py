"""Trains a small MLP without biases on a built-in data set and saves it as safetensors."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.network.activation import parse_activation
from boundcheck.network.data import Data, load_data
from boundcheck.network.files import check_writable, write_bytes_whole
from boundcheck.network.measure import Progress
from boundcheck.network.network import check_widths
from boundcheck.network.torch_activation import activation_in_torch
from boundcheck.network.torch_threads import one_thread

if TYPE_CHECKING:
    import torch

ENDS = {"digits": (64, 10), "california": (8, 1)}
"""Every data set's features and outputs, the first and the last width."""
_HELD_OUT = 0.2
_BATCH = 64
_LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class TrainingResult:
    """``score`` on the held-out 20 % of the samples: the accuracy (digits) or R^2 (california), as ``measure`` says."""

    measure: str
    score: float
    epochs: int
    seconds: float


def train_network(
    dataset: str,
    widths: Sequence[int],
    activation: str,
    epochs: int,
    seed: int,
    path: Path | str,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train W_m phi(... phi(W_1 x)) and save ``layers.<l>.weight`` (out x in, float32) with the activation as metadata.

    Adam on the cross-entropy of the logits (digits) or the squared error (california), batches of 64, on 80 % of the
    samples; the same seed gives the same file on the same machine. Everything that can be wrong with the arguments
    raises InputError before training starts.
    """
    path = Path(path)
    sizes, phi = _check_arguments(dataset, widths, activation, epochs, seed)
    check_writable(path)
    _check_torch()
    data = load_data(dataset)
    start = time.perf_counter()
    order = np.random.default_rng(seed).permutation(len(data.inputs))
    held_out = int(len(order) * _HELD_OUT)
    weights = _initial_weights(sizes, seed)
    with one_thread():
        _fit(weights, phi, data, order[held_out:], epochs, seed, progress)
        measure, score = _score(weights, phi, data, order[:held_out])
    facts = {"activation": phi, "output_activation": "identity", "dataset": dataset, "epochs": epochs, "seed": seed}
    _save(path, weights, {name: str(value) for name, value in facts.items()})
    return TrainingResult(measure, score, epochs, time.perf_counter() - start)


def _check_arguments(
    dataset: str, widths: Sequence[int], activation: str, epochs: int, seed: int
) -> tuple[tuple[int, ...], str]:
    if dataset not in ENDS:
        raise InputError(f"dataset={dataset}: not known; choose one of {', '.join(ENDS)}")
    sizes, phi = check_widths(widths), parse_activation(activation)
    first, last = ENDS[dataset]
    if (sizes[0], sizes[-1]) != (first, last):
        raise InputError(
            f"widths={','.join(map(str, sizes))}: {dataset} has {first} features and "
            f"{last} output{'s' * (last > 1)}; start with {first} and end with {last}"
        )
    if epochs < 1:
        raise InputError(f"epochs={epochs}: expected a positive integer; give for example 20")
    if not 0 <= seed < 2**63:
        raise InputError(f"seed={seed}: expected an integer from 0 to 2^63 - 1; give for example 0")
    return sizes, phi.name


def _check_torch() -> None:
    try:
        import torch  # noqa: F401
    except ImportError:
        raise InputError("train: needs torch, which is not installed; install boundcheck[torch]") from None


def _initial_weights(sizes: tuple[int, ...], seed: int) -> "list[torch.Tensor]":
    """Glorot uniform, from a generator of its own."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    weights = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        limit = (6 / (n_in + n_out)) ** 0.5
        weight = (torch.rand(n_out, n_in, generator=generator) * 2 - 1) * limit
        weights.append(weight.requires_grad_())
    return weights


def _outputs(weights: "list[torch.Tensor]", phi: str, inputs: "torch.Tensor") -> "torch.Tensor":
    hidden, activation = inputs, activation_in_torch(phi)
    for number, weight in enumerate(weights, 1):
        hidden = hidden @ weight.T
        if number < len(weights):
            hidden = activation(hidden)
    return hidden


def _fit(
    weights: "list[torch.Tensor]",
    phi: str,
    data: Data,
    samples: NDArray[np.int64],
    epochs: int,
    seed: int,
    progress: Progress | None,
) -> None:
    """Minibatch Adam in place; the order of the samples comes from its own generator."""
    import torch
    from torch.nn import functional

    inputs = torch.from_numpy(data.inputs[samples]).float()
    answers = torch.from_numpy(data.labels[samples]) if data.labels is not None else _targets(data, samples).float()
    loss_of = functional.mse_loss if data.labels is None else functional.cross_entropy
    shuffler = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(weights, lr=_LEARNING_RATE)
    for epoch in range(epochs):
        if progress is not None:
            progress(f"epoch {epoch + 1} of {epochs}", epoch / epochs)
        for batch in torch.split(torch.randperm(len(inputs), generator=shuffler), _BATCH):
            loss = loss_of(_outputs(weights, phi, inputs[batch]), answers[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()


def _targets(data: Data, samples: NDArray[np.int64]) -> "torch.Tensor":
    """The targets of the given samples; every built-in data set has them."""
    import torch

    assert data.targets is not None
    return torch.from_numpy(data.targets[samples])


def _score(weights: "list[torch.Tensor]", phi: str, data: Data, samples: NDArray[np.int64]) -> tuple[str, float]:
    """Accuracy for classes, R^2 for targets, on the given samples."""
    import torch

    with torch.no_grad():
        outputs = _outputs(weights, phi, torch.from_numpy(data.inputs[samples]).float()).double().numpy()
    if data.labels is not None:
        return "accuracy", float(np.mean(outputs.argmax(axis=1) == data.labels[samples]))
    targets = _targets(data, samples).numpy()
    residual = np.sum((targets - outputs) ** 2)
    return "R^2", float(1 - residual / np.sum((targets - targets.mean(axis=0)) ** 2))


def _save(path: Path, weights: "list[torch.Tensor]", metadata: dict[str, str]) -> None:
    """Write the safetensors file, with the versions that made it, whole or not at all."""
    import safetensors
    import torch
    from safetensors.torch import save

    if not all(torch.isfinite(weight).all() for weight in weights):
        raise InputError(
            f"path={path}: not written, since training diverged (NaN or infinite weights); "
            "try another activation, fewer epochs or another seed"
        )
    tensors = {f"layers.{number}.weight": weight.detach().contiguous() for number, weight in enumerate(weights, 1)}
    versions = {"torch": torch.__version__, "numpy": np.__version__, "safetensors": safetensors.__version__}
    write_bytes_whole(path, save(tensors, {**metadata, **versions}))
