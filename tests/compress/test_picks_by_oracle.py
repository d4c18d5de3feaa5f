"""Picks on dyadic data, where floating point is exact: unit for unit those of the exact oracle, ties included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from cases_of_compression import data_of, network_of
from convolution_instances import dense
from enumeration import Losses, squared_distance
from instances import Instance
from replay import Array, Case
from structured_enumeration import Blocks

from boundcheck import draws
from boundcheck.compress.compress import compress
from boundcheck.compress.result import Compressed
from boundcheck.compress.settings import Implementation, Settings
from boundcheck.core.rung import Mode
from boundcheck.network.layer_sets import LayerSets

Vector = tuple[Fraction, ...]
ONE = Fraction(1)
EXACT_IN_FLOATS = [Implementation.LITERAL, Implementation.DENSE]
SETS = {
    "wide": (((1,), ()), 1),
    "two wide": (((1, 2), ()), 2),
    "bottleneck": (((), (1,)), 2),
    "wide, bottleneck": (((1,), (2,)), 3),
}


def dyadic_case(rng: np.random.Generator, mode: Mode, sets: str, implementation: Implementation) -> Case:
    """Entries, data, p and levels such that everything Algorithm 1 computes is a short binary fraction."""
    (wide, bottleneck), depth = SETS[sets]
    map_side = 2 if mode is Mode.CONV else None
    widths = [int(n) for n in rng.integers(2, 4, depth + 1)]
    shape = (int(rng.integers(1, 3)),) * 2 if map_side else ()
    weights = [rng.integers(-4, 5, (n_out, n_in, *shape)) / 4 for n_in, n_out in zip(widths, widths[1:], strict=False)]
    for weight in weights:
        weight.flat[rng.integers(weight.size)] = rng.choice([-1, 1])  # a largest entry by which division is exact
    hidden = str(rng.choice(["relu", "identity"]))
    settings = Settings(
        mode=mode,
        sets=LayerSets(frozenset(wide), frozenset(bottleneck)),
        alpha=Fraction(int(rng.choice([60, 90, 100])), 100),
        bernoulli=Fraction(1, int(rng.choice([2, 4]))) if mode.prunes else None,
        levels=None if mode.prunes else int(rng.choice([1, 2])),
        implementation=implementation,
        projection=False,
        seed=int(rng.integers(2**30)),
    )
    places = map_side**2 if map_side else 1
    return Case(
        f"{mode}, {sets}", tuple(weights), (None,) * depth, (*[hidden] * (depth - 1), "identity"),
        rng.integers(-4, 5, (widths[0] * places, 4)) / 2, None, settings, map_side=map_side,
    )  # fmt: skip


def matrices(case: Case, weights: Sequence[Array]) -> list[tuple[Vector, ...]]:
    """As exact matrices; a convolution's by the paper's definition, a shift of the maps away from torch's."""
    nested = [np.vectorize(Fraction, otypes=[object])(weight).tolist() for weight in weights]
    if case.map_side:
        return [dense(kernels, case.map_side) for kernels in nested]
    return [tuple(tuple(row) for row in weight) for weight in nested]


def forward(matrix: tuple[Vector, ...], x: Vector, activation: str) -> Vector:
    z = (sum(w * c for w, c in zip(row, x, strict=True)) for row in matrix)
    return tuple(max(c, Fraction(0)) if activation == "relu" else c for c in z)


def oracle_picks(case: Case, result: Compressed) -> dict[int, list[int]]:
    """By layer, the picks of Algorithm 1 along the draws that the seed gives, all in rationals."""
    exact, realized_matrices = matrices(case, case.weights), matrices(case, result.weights)
    x = [tuple(map(Fraction, sample)) for sample in case.inputs.T.tolist()]
    x_hat, found = x, {}
    for index, activation in enumerate(case.activations):
        number = index + 1
        is_bottleneck = number in case.settings.sets.bottleneck
        if is_bottleneck or number in case.settings.sets.wide:
            points = tuple((Fraction(1, len(x)), *pair) for pair in zip(x, x_hat, strict=True))
            following = exact[number] if is_bottleneck else None
            activations = (activation, "identity") if is_bottleneck else ("identity",)
            pick = picks_of_entries if case.settings.mode in (Mode.PRUNE, Mode.QUANTIZE) else picks_of_blocks
            found[number] = pick(case, number, exact[index], following, points, activations)
        x = [forward(exact[index], sample, activation) for sample in x]
        x_hat = [forward(realized_matrices[index], sample, activation) for sample in x_hat]
    return found


def picks_of_entries(
    case: Case, number: int, W1: tuple[Vector, ...], W2: tuple[Vector, ...] | None, points: tuple, activations: tuple
) -> list[int]:
    settings = case.settings
    instance = Instance(
        family="dyadic", mode=str(settings.mode), W1=W1, W2=W2, points=points, rho=ONE, theta=ONE,
        alpha=settings.alpha, p=settings.bernoulli, k=settings.levels, gamma=ONE, activations=activations, kappa=ONE,
    )  # fmt: skip
    losses, state, picks = Losses(instance), (0,) * instance.entries, []
    numbers = np.array(W1, dtype=object)
    prunes = settings.mode.prunes
    law = draws.pruning_law(numbers, settings.bernoulli) if prunes else draws.quantization_law(numbers, settings.levels)
    realized = law.realize(draws.uniforms(settings.seed, 0, number, numbers.shape)).ravel()
    for _ in range(instance.draws):
        picks.append(losses.best_entry([(ONE, state)]))
        values = [outcome.value for outcome in losses.outcomes[picks[-1]]]
        drawn = values.index(realized[picks[-1]]) + 1
        state = (*state[: picks[-1]], drawn, *state[picks[-1] + 1 :])
    return picks


def picks_of_blocks(
    case: Case, number: int, W1: tuple[Vector, ...], W2: tuple[Vector, ...] | None, points: tuple, activations: tuple
) -> list[int]:
    p, places = case.settings.bernoulli, case.map_side**2 if case.map_side else 1
    blocks = Blocks(W1, W2, points, places, case.settings.alpha, p, ONE, activations)
    realized = draws.multiplier_law(blocks.count, p).realize(
        draws.uniforms(case.settings.seed, 0, number, (blocks.count,))
    )
    untouched: tuple[Fraction | None, ...] = (None,) * blocks.count
    reference = [blocks.outputs(untouched, x) for _, x, _ in points]

    def psi(scales: tuple[Fraction | None, ...]) -> Fraction:
        outputs = (blocks.outputs(scales, x_hat) for _, _, x_hat in points)
        return sum(
            (q * squared_distance(u, v) for (q, _, _), u, v in zip(points, reference, outputs, strict=True)), ONE * 0
        )

    def score(scales: tuple[Fraction | None, ...], unit: int) -> Fraction:
        after = [psi((*scales[:unit], value, *scales[unit + 1 :])) for value in (ONE * 0, 1 / p)]
        return abs((1 - p) * after[0] + p * after[1] - psi(scales))

    scales, picks = untouched, []
    for _ in range(math.floor(case.settings.alpha * blocks.count)):
        left = [unit for unit, scale in enumerate(scales) if scale is None]
        picks.append(min(left, key=lambda unit: (score(scales, unit), unit)))
        scales = (*scales[: picks[-1]], realized[picks[-1]], *scales[picks[-1] + 1 :])
    return picks


@pytest.mark.parametrize("sets", SETS)
@pytest.mark.parametrize("mode", Mode)
def test_picks_are_the_oracles(mode: Mode, sets: str) -> None:
    rng = np.random.default_rng([list(Mode).index(mode), list(SETS).index(sets)])
    for _ in range(12):
        case = dyadic_case(rng, mode, sets, Implementation.LITERAL)
        for implementation in EXACT_IN_FLOATS:
            case = replace(case, settings=replace(case.settings, implementation=implementation))
            (result,) = compress(network_of(case), data_of(case), case.settings)
            expected = oracle_picks(case, result)
            assert sorted(expected) == [picks.layer for picks in result.picks]
            for picks in result.picks:
                found, wanted = picks.indices.tolist(), expected[picks.layer]
                assert found == (wanted if picks.in_order else sorted(wanted)), (case.name, implementation)
