"""Masks: fixed before the draws; in one layer the best there is."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from trial_blocks import LAWS, block, drawn, mean_by_hand, random_block

from boundcheck.draws import realized
from boundcheck.trial.masks import PILOT, all_masks, chosen_mask, count_of_masks, scores_in_one_layer

NO_PROJECTION = 1e9


@pytest.mark.parametrize("draws", LAWS)
@pytest.mark.parametrize("seed", range(3))
def test_in_one_layer_no_mask_is_better(draws: dict[str, Any], seed: int) -> None:
    of = random_block(np.random.default_rng(seed), 1, "identity", "identity", (4, 2, 1))
    one = drawn(of, **draws)
    chosen = chosen_mask(one, seed=1)
    means = {tuple(mask): mean_by_hand(one, mask, NO_PROJECTION) for mask in all_masks(one)}
    assert means[tuple(chosen)] <= min(means.values()) * (1 + 1e-12)
    assert max(means.values()) > means[tuple(chosen)] * 1.01  # others are worse
    assert np.array_equal(chosen, chosen_mask(one, seed=2))


@pytest.mark.parametrize("draws", LAWS)
def test_scores_are_what_a_single_draw_adds(draws: dict[str, Any]) -> None:
    one = drawn(random_block(np.random.default_rng(8), 1, "identity", "identity", (4, 2, 1)), **draws)
    none = mean_by_hand(one, np.zeros(one.units, dtype=bool), NO_PROJECTION)
    added = [mean_by_hand(one, np.arange(one.units) == unit, NO_PROJECTION) - none for unit in range(one.units)]
    np.testing.assert_allclose(scores_in_one_layer(one), added, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("alpha, processed", [("1/8", 1), ("1/2", 4), ("3/5", 4), ("7/8", 7)])
@pytest.mark.parametrize("spans", [1, 2])
@pytest.mark.parametrize("mode", ["prune", "quantize"])
def test_as_many_as_alpha_says(mode: str, spans: int, alpha: str, processed: int) -> None:
    of = random_block(np.random.default_rng(1), spans, "tanh", "tanh", (2, 4, 2))
    one = drawn(of, mode, alpha)
    mask = chosen_mask(one, 3)
    assert mask.shape == (8,) and mask.sum() == processed == one.draws
    assert count_of_masks(one) == math.comb(8, processed)


@pytest.mark.parametrize("size, units", [(1, 4), (2, 2)])
def test_rows_of_a_bottleneck(size: int, units: int) -> None:
    one = drawn(random_block(np.random.default_rng(1), 2, "tanh", "tanh", (2, 4, 2)), "structured", size=size)
    mask = chosen_mask(one, 3)
    assert mask.shape == (units,) and mask.sum() == units // 2


@pytest.mark.parametrize("draws", LAWS)
def test_the_trials_draws_have_no_part_in_it(draws: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same mask however the trials' streams come out: only the pilot's are asked for."""
    one = drawn(random_block(np.random.default_rng(6), 2, "tanh", "tanh", (2, 4, 2)), **draws)
    asked = []

    def watched(law: Any, seed: int, repeat: int, layer: int, dtype: Any = np.float64) -> Any:
        asked.append(repeat)
        return realized(law, seed, repeat, layer, dtype)

    monkeypatch.setattr("boundcheck.trial.masks.realized", watched)
    first = chosen_mask(one, 12)
    assert np.array_equal(first, chosen_mask(one, 12))
    assert set(asked) <= {PILOT} and PILOT > 2**32


def test_a_pilots_picks_avoid_what_matters() -> None:
    """One row of W_1 is a hundred times as heavy as the others: Algorithm 1 leaves it for last."""
    rng = np.random.default_rng(0)
    weight = rng.uniform(0.5, 1, (6, 2))
    weight[4] *= 100
    one = drawn(
        block(weight, rng.standard_normal((5, 2)), rng.uniform(0.5, 1, (2, 6)), inner="identity"), "prune", "5/6"
    )
    assert set(np.flatnonzero(~chosen_mask(one, 0))) == {8, 9}


@pytest.mark.parametrize("draws", LAWS)
def test_all_masks(draws: dict[str, Any]) -> None:
    one = drawn(random_block(np.random.default_rng(1), 2, "tanh", "tanh", (2, 4, 2)), **draws)
    found = [tuple(mask) for mask in all_masks(one)]
    every = [m for m in itertools.product([False, True], repeat=one.units) if sum(m) == one.draws]
    assert len(found) == len(set(found)) == count_of_masks(one) and set(found) == set(every)
