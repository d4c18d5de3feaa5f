"""No realization leaves the range that is proved for it: every one is tried, by plain loops."""

import itertools
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from trial_blocks import LAWS, PHI, Array, block, drawn, error_by_hand, random_block, realizations_by_hand

from boundcheck.core.rung import Quantity
from boundcheck.trial.block_cells import SecondDerivativeCell
from boundcheck.trial.block_instance import BlockInstance, DrawnBlock
from boundcheck.trial.error_range import largest_deviations, largest_error
from boundcheck.trial.known import known
from boundcheck.trial.masks import all_masks
from boundcheck.trial.network_laws import NetworkLaw, sample_inputs, sample_weights
from boundcheck.trial.second_derivative_range import largest_second_derivatives


def sampled_block(law: NetworkLaw, spans: int, inner: str, last: str, seed: int) -> BlockInstance:
    widths = (2, 4, 2) if spans == 2 else (4, 2)
    weights = sample_weights(law, widths, seed, 0)
    x = sample_inputs(3, widths[0], seed, 0)
    moved = x + 0.3 * sample_inputs(3, widths[0], seed + 1, 0)
    return block(weights[0], x, weights[1] if spans == 2 else None, moved, inner, last)


def distances(one: DrawnBlock, weight: Array) -> Array:
    """||W_1 x - A x'||, or ||W_2 phi(W_1 x) - W_2 phi(A x')||, sample by sample."""
    of = one.block
    dense, found = of.weight @ of.inputs.T, weight @ of.compressed_inputs.T
    if of.outer is not None:
        assert of.inner is not None
        dense, found = (of.outer @ PHI[of.inner.name](z) for z in (dense, found))
    return np.linalg.norm(dense - found, axis=0)


def check_every_realization(one: DrawnBlock) -> float:
    """Its largest error over the bound's."""
    values = known(one)
    radius, bound = float(values[Quantity.PROJECTION_RADIUS]), largest_error(one, values)
    by_sample, largest = largest_deviations(one, values), 0.0
    for mask in itertools.islice(all_masks(one), 0, None, 7):
        for _, weight in realizations_by_hand(one, mask):
            largest = max(largest, error_by_hand(one, weight, radius))
            assert np.all(distances(one, weight) <= by_sample)
    assert largest <= bound
    return largest / bound


@pytest.mark.parametrize("law", NetworkLaw)
@pytest.mark.parametrize("spans, inner, last", [(1, "identity", "identity"), (1, "tanh", "relu"),
                                                (2, "tanh", "identity"), (2, "relu", "tanh")])  # fmt: skip
def test_no_error_beyond_its_bound(law: NetworkLaw, spans: int, inner: str, last: str) -> None:
    for seed, draws in enumerate(LAWS):
        check_every_realization(drawn(sampled_block(law, spans, inner, last, seed), **draws))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(LAWS), st.sampled_from([1, 2]), st.sampled_from(sorted(PHI)),
       st.sampled_from(sorted(PHI)), st.sampled_from([1e-3, 1.0, 1e3]))  # fmt: skip
def test_no_error_beyond_its_bound_at_any_scale(
    seed: int, draws: dict[str, Any], spans: int, inner: str, last: str, scale: float
) -> None:
    of = random_block(np.random.default_rng(seed), spans, inner, last, (2, 4, 2) if spans == 2 else (4, 2, 2))
    check_every_realization(
        drawn(block(of.weight * scale, of.inputs, of.outer, of.compressed_inputs, inner, last), **draws)
    )


def test_the_bound_of_the_deviation_is_reached() -> None:
    """x' = x = e_1, W = (1): pruned at p = 1/4 the output is 4 or 0, so the error is 9 or 1 without a projection."""
    one = drawn(block([[1.0, 1.0]], [[1.0, 0.0]], last="identity"), "prune", p="1/4")
    assert largest_deviations(one, known(one)) == pytest.approx([3.0], rel=1e-6)
    # The projection radius is the norm of the row, sqrt(2): the two outputs are at most twice that apart.
    assert largest_error(one, known(one)) == pytest.approx(8.0, rel=1e-6)


def test_the_bound_follows_what_the_draws_can_do() -> None:
    """Fine quantization moves little, so the bound is small too: not just the radius of the projection."""
    of = random_block(np.random.default_rng(1), 2, "tanh", "identity")
    coarse, fine = (largest_error(one, known(one)) for one in (drawn(of, "quantize", levels=k) for k in (1, 64)))
    shift = np.linalg.norm(of.inputs - of.compressed_inputs)
    assert shift > 0 and fine < coarse


@pytest.mark.parametrize("law", NetworkLaw)
@pytest.mark.parametrize("draws", [LAWS[0], LAWS[3], LAWS[4], LAWS[5]])
def test_no_second_derivative_beyond_its_bound(law: NetworkLaw, draws: dict[str, Any]) -> None:
    one = drawn(sampled_block(law, 2, "tanh", "identity", 3), **draws)
    values = known(one)
    deviations = largest_deviations(one, values)
    bounds = largest_second_derivatives(one, values, deviations)
    assert bounds.shape == (one.units,)
    for number, mask in enumerate(itertools.islice(all_masks(one), 0, None, 5)):
        found = SecondDerivativeCell("", one, mask, number).sample(0, 16)
        assert np.all(found[:, 0] <= np.mean(deviations**2) * (1 + 1e-9))
        assert np.all(np.abs(found[:, 1:]) <= bounds[~mask]) and found[:, 1:].max() > 0


def test_a_second_derivative_that_reaches_its_bound() -> None:
    """One weight, x = 1, W_2 = (1), identity: d^2/dt^2 (1 - t)^2 = 2; the bound's second part is zero."""
    one = drawn(block([[1.0], [1.0]], [[1.0]], [[1.0, 0.0]], inner="identity"), "prune")
    values = known(one)
    assert largest_second_derivatives(one, values, largest_deviations(one, values)) == pytest.approx(
        [2.0, 0.0], rel=1e-6
    )
