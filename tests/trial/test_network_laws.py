"""The laws of random networks: shapes, streams, moments, spectra. Statistical checks fail by chance below 1e-5 each."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom, kstest, norm, t, uniform

from boundcheck import draws
from boundcheck.core.errors import InputError
from boundcheck.trial import network_laws
from boundcheck.trial.network_laws import NetworkLaw, sample_inputs, sample_weights

LEVEL = 1e-6
DEVIATIONS = 6.0  # of a normal variable, with a standard error estimated from hundreds of instances
WIDTHS = (7, 12, 12, 3)


def one(law: NetworkLaw, n_in: int, n_out: int, instance: int = 0) -> np.ndarray:
    (weights,) = sample_weights(law, (n_in, n_out), 11, instance)
    return weights


@pytest.mark.parametrize("law", NetworkLaw)
def test_shapes_and_the_same_numbers_again(law: NetworkLaw) -> None:
    weights = sample_weights(law, WIDTHS, 5, 2)
    assert [(w.shape, w.dtype) for w in weights] == [((12, 7), float), ((12, 12), float), ((3, 12), float)]
    assert all(np.array_equal(w, again) for w, again in zip(weights, sample_weights(law, WIDTHS, 5, 2), strict=True))
    assert np.array_equal(weights[1], sample_weights(law, (12, 12, 12), 5, 2)[1])  # the other widths do not matter
    assert all(np.isfinite(w).all() for w in sample_weights(law, (1, 1, 2, 1), 5, 2))


def test_seeds_instances_layers_and_laws_share_nothing() -> None:
    """No two of the matrices are related: their correlations are those of independent entries."""
    widths = (40, 40, 40)
    matrices = [
        w.ravel() / w.std()
        for law, seed, instance in itertools.product(NetworkLaw, (0, 1), (0, 1))
        for w in sample_weights(law, widths, seed, instance)
    ]
    correlations = np.corrcoef(matrices)[np.triu_indices(len(matrices), 1)]
    assert len(correlations) == 48 * 47 / 2
    assert np.abs(correlations).max() < 0.2  # spikes are single directions of 40 * 40, sd 1/40; others as well


def test_no_stream_is_one_of_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys end in different words, so the words that seed two streams never agree, however long a number is."""
    keys: list[tuple[int, ...]] = []
    genuine = np.random.SeedSequence

    def recorded(seed: int, spawn_key: tuple[int, ...]) -> np.random.SeedSequence:
        keys.append(spawn_key)
        return genuine(seed, spawn_key=spawn_key)

    monkeypatch.setattr(np.random, "SeedSequence", recorded)
    draws.uniforms(1, 2, 3, (4,))
    draws.random_order(1, 2, 3, 4)
    of_draws = {key[-1] for key in keys}
    keys.clear()
    for law in NetworkLaw:
        sample_weights(law, WIDTHS, 1, 2)
    assert len(set(keys)) == 3 * len(NetworkLaw)
    of_weights = {key[-1] for key in keys}
    keys.clear()
    sample_inputs(3, 2, 1, 2)
    assert of_draws == set(draws.Stream)
    assert [len(x) for x in (of_weights, of_weights | of_draws, of_weights | of_draws | {keys[0][-1]})] == [1, 3, 4]


@pytest.mark.parametrize(
    ("law", "entries"),
    [
        (NetworkLaw.GLOROT, uniform(-math.sqrt(6 / 500), 2 * math.sqrt(6 / 500))),
        (NetworkLaw.KAIMING, norm(0, math.sqrt(2 / 100))),
        (NetworkLaw.HEAVY_TAILED, t(3, scale=math.sqrt(2 / 500 / 3))),
    ],
)
def test_entries_have_their_law(law: NetworkLaw, entries: object) -> None:
    assert kstest(one(law, 100, 400).ravel(), entries.cdf).pvalue > LEVEL  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("law", "variance"),
    [
        (NetworkLaw.GLOROT, 2 / 20),
        (NetworkLaw.KAIMING, 2 / 12),
        (NetworkLaw.RANK_DEFICIENT, 2 / 20),
    ],
)
def test_entries_have_their_variance(law: NetworkLaw, variance: float) -> None:
    squares = np.array([(one(law, 12, 8, instance) ** 2).mean() for instance in range(500)])
    assert abs(squares.mean() - variance) < DEVIATIONS * squares.std() / math.sqrt(len(squares))
    means = np.array([one(law, 12, 8, instance).mean() for instance in range(500)])
    assert abs(means.mean()) < DEVIATIONS * means.std() / math.sqrt(len(means))


def test_spikes_stand_out_of_a_glorot_spectrum() -> None:
    n_in, n_out = 150, 250
    typical = math.sqrt(2 / 400) * (math.sqrt(n_in) + math.sqrt(n_out))
    for instance in range(5):
        sizes = np.linalg.svd(one(NetworkLaw.SPIKED, n_in, n_out, instance), compute_uv=False)
        # a spike s in noise of variance v shows as sqrt((s^2 + v n_in) (s^2 + v n_out)) / s (Benaych-Georges and
        # Nadakuditi 2012)
        squared = (3 * typical) ** 2
        shown = math.sqrt((squared + n_in / 200) * (squared + n_out / 200)) / (3 * typical)
        assert sizes[0] == pytest.approx(shown, rel=0.02)
        assert sizes[1] == pytest.approx(typical, rel=0.1)
        glorot = np.linalg.svd(one(NetworkLaw.GLOROT, n_in, n_out, instance), compute_uv=False)
        assert glorot[0] == pytest.approx(typical, rel=0.1)


@pytest.mark.parametrize(("n_in", "n_out"), [(9, 9), (5, 30), (30, 5), (1, 4)])
def test_orthonormal_rows_or_columns(n_in: int, n_out: int) -> None:
    weights = one(NetworkLaw.ORTHOGONAL, n_in, n_out)
    gram = weights.T @ weights if n_out >= n_in else weights @ weights.T
    assert np.abs(gram - np.eye(min(n_in, n_out))).max() < 1e-13


def test_orthogonal_matrices_point_everywhere_alike() -> None:
    """Without the signs of R, LAPACK's Q has a first entry of one sign."""
    corners = [one(NetworkLaw.ORTHOGONAL, 3, 3, instance)[0, 0] for instance in range(400)]
    positive = sum(corner > 0 for corner in corners)
    assert binom.ppf(LEVEL, 400, 0.5) <= positive <= binom.isf(LEVEL, 400, 0.5)
    assert (
        kstest(corners, uniform(-1, 2).cdf).pvalue > LEVEL
    )  # a coordinate of a point on the sphere in R^3 (Archimedes)


@pytest.mark.parametrize(("n_in", "n_out", "rank"), [(20, 31, 10), (9, 6, 3), (7, 7, 3), (1, 5, 1)])
def test_half_the_rank(n_in: int, n_out: int, rank: int) -> None:
    assert np.linalg.matrix_rank(one(NetworkLaw.RANK_DEFICIENT, n_in, n_out)) == rank
    assert np.linalg.matrix_rank(one(NetworkLaw.GLOROT, n_in, n_out)) == min(n_in, n_out)


@pytest.mark.parametrize("width", [1, 3, 64])
def test_inputs_lie_in_the_ball_and_some_on_the_sphere(width: int) -> None:
    inputs = sample_inputs(1000, width, 3, 0)
    assert inputs.shape == (1000, width) and inputs.dtype == float
    assert all(sum(Fraction(x) ** 2 for x in row) <= 1 for row in inputs)  # exactly
    norms = np.linalg.norm(inputs, axis=1)
    on_sphere = np.arange(1000) % network_laws.EVERY_ON_SPHERE == 0
    assert (norms[on_sphere] > 1 - 1e-13).all()
    assert kstest(norms[~on_sphere] ** width, uniform(0, 1).cdf).pvalue > LEVEL
    directions = inputs / norms[:, None]
    assert abs(directions.mean(axis=0)).max() < DEVIATIONS / math.sqrt(1000 * width)
    assert np.array_equal(inputs, sample_inputs(1000, width, 3, 0))
    assert not np.isin(inputs, sample_inputs(1000, width, 3, 1)).any() or width == 1
    assert not np.isin(inputs, sample_inputs(1000, width, 4, 0)).any() or width == 1


def test_bad_requests_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="widths=5: expected at least two"):
        sample_weights(NetworkLaw.GLOROT, (5,), 0, 0)
    with pytest.raises(InputError, match="seed=-1, instance=0: expected integers >= 0"):
        sample_weights(NetworkLaw.GLOROT, (5, 2), -1, 0)
    with pytest.raises(InputError, match="seed=0, instance=-3: expected"):
        sample_inputs(2, 2, 0, -3)
    with pytest.raises(InputError, match="count=0, width=2: expected at least one"):
        sample_inputs(0, 2, 0, 0)
