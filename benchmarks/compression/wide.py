"""One wide layer: the whole greedy pass is one selection, next to what pruning by magnitude or by Wanda costs."""

import math
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch.nn.utils import prune

from boundcheck.compress.block import Block
from boundcheck.compress.block_of_layer import law_by_rows
from boundcheck.compress.selection import constant_entry_scores, least
from boundcheck.compress.settings import Settings
from boundcheck.core.rung import Mode, Unit
from boundcheck.draws import realized as drawn
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.layer_sets import LayerSets

from .cells import seconds_of
from .instances import ALPHA, BERNOULLI, SEED

_KEEP = 0.3
_REPEATS = 3
SETTINGS = Settings(Mode.PRUNE, LayerSets(frozenset({1}), frozenset()), ALPHA, bernoulli=Fraction(str(BERNOULLI)))


def wide_layer(rows: int, columns: int, samples: int, device: str, what: str) -> dict[str, Any]:
    """Median seconds of one way to prune a float32 layer with random weights and inputs."""
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(rows, columns, generator=generator).to(device)
    inputs = torch.randn(columns, samples, generator=generator).to(device)
    ways: dict[str, Callable[[torch.Tensor, torch.Tensor], Any]] = {
        "whole pass": whole_pass(weight),
        "selection alone": selection(weight, inputs),
        "Wanda score + sort": wanda,
        "torch l1_unstructured": magnitude,
    }
    times = []
    for _ in range(_REPEATS):
        fresh = weight.clone()
        times.append(seconds_of(lambda fresh=fresh: ways[what](fresh, inputs), device))
    return {"seconds": statistics.median(times)}


def as_block(weight: torch.Tensor, inputs: torch.Tensor) -> Block:
    """A wide layer, compared before its activation."""
    reference = weight.new_zeros(1, 1, 1)  # scores that never change do not look at it
    return Block(1, Unit.ENTRIES, weight, None, inputs[None], "identity", None, None, "identity", reference)


def whole_pass(stored: torch.Tensor) -> Callable[[torch.Tensor, torch.Tensor], Any]:
    """As compress() does it, which has the weights in float64 too: as they were read from the checkpoint."""
    exact = stored.cpu().numpy().astype(np.float64)
    return lambda weight, inputs: compressed(exact, weight, inputs)


def compressed(exact: Matrix, weight: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """Law, draws, second moments, scores, selection, new weight."""
    law = law_by_rows(SETTINGS, exact)
    realized = torch.from_numpy(drawn(law, SEED, 0, 1, np.float32)).to(weight)
    picked = least(constant_entry_scores(as_block(weight, inputs), law)[0], math.floor(ALPHA * weight.numel()))
    is_picked = np.zeros(weight.numel(), dtype=bool)
    is_picked[picked] = True
    return torch.where(torch.from_numpy(is_picked).to(weight.device).view_as(weight), realized, weight)


def selection(weight: torch.Tensor, inputs: torch.Tensor) -> Callable[[torch.Tensor, torch.Tensor], Any]:
    """Scores and their least, with the law at hand."""
    law = law_by_rows(SETTINGS, weight.cpu().numpy().astype(np.float64))
    count = math.floor(ALPHA * weight.numel())
    return lambda fresh, x: least(constant_entry_scores(as_block(fresh, x), law)[0], count)


def wanda(weight: torch.Tensor, inputs: torch.Tensor) -> None:
    """As its authors publish it: |W| times the root of the mean squared input, sorted row by row, the least zeroed."""
    scaler = torch.norm(inputs, p=2, dim=1) ** 2 / inputs.shape[1]
    metric = torch.abs(weight) * torch.sqrt(scaler.reshape((1, -1)))
    mask = torch.zeros_like(metric) == 1
    order = torch.sort(metric, dim=-1, stable=True)
    indices = order[1][:, : int(metric.shape[1] * (1 - _KEEP))]
    mask.scatter_(1, indices, True)
    weight[mask] = 0


def magnitude(weight: torch.Tensor, inputs: torch.Tensor) -> None:
    """Its inputs do not matter."""
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False, device="meta")
    layer.weight = torch.nn.Parameter(weight)
    prune.l1_unstructured(layer, "weight", amount=1 - _KEEP)
