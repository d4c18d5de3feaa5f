"""Whole networks: the sampled error against a plain loop, and the recursion's right side computed again by hand."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from trial_blocks import PHI, Array

from boundcheck.compress.compress import compress
from boundcheck.core.rung import Mode
from boundcheck.exact.ball import ball
from boundcheck.network.activation import parse_activation
from boundcheck.trial.block_instance import Draw
from boundcheck.trial.cases import Case
from boundcheck.trial.instances import SampledNetwork
from boundcheck.trial.judge import MeanAtMost
from boundcheck.trial.network_cases import NetworkErrorCell, network_cases
from boundcheck.trial.network_laws import NetworkLaw, sample_inputs, sample_weights
from boundcheck.trial.plan import NetworkPlan
from boundcheck.trial.verdict_record import NotApplicable, TrialVerdict

SETS = [{"wide": [1, 3]}, {"wide": [1, 2, 3]}, {"bottleneck": [1]}, {"bottleneck": [1], "wide": [3]}]
PRUNE = Draw(Mode.PRUNE, Fraction(1, 2), Fraction(1, 2))
DRAWS = [PRUNE, Draw(Mode.QUANTIZE, Fraction(1, 2), levels=2), Draw(Mode.STRUCTURED, Fraction(1, 2), Fraction(1, 2))]
ABOVE_RADIUS = 1e-4
"""Algorithm 1's radii are rounded up by a millionth a layer."""


def network(
    whole: Sequence[dict[str, list[int]]], activation: str = "tanh", weights: Sequence[Array] | None = None
) -> SampledNetwork:
    """Widths 3, 4, 4, 2 unless weights are given; norms that differ from layer to layer."""
    if weights is None:
        sampled = sample_weights(NetworkLaw.GLOROT, (3, 4, 4, 2), 6, 0)
        weights = [scale * weight for scale, weight in zip((0.1, 1.0, 0.4), sampled, strict=True)]
    widths = (weights[0].shape[1], *(len(weight) for weight in weights))
    plan = NetworkPlan(law="glorot", widths=widths, whole=whole, activation=activation)
    inputs = sample_inputs(5, widths[0], 1, 0)
    return SampledNetwork("by hand", tuple(weights), parse_activation(activation), inputs, plan, (0, 0))


def only_case(sampled: SampledNetwork, draw: Draw) -> Case:
    (case,) = network_cases(sampled, draw, 1, "cpu")
    assert isinstance(case, Case), case
    return case


def right_and_largest(case: Case) -> tuple[float, float]:
    assert case.judge is not None
    judge = case.judge(0.01)
    assert isinstance(judge, MeanAtMost) and case.largest == judge.largest[0]
    return float(ball(judge.right).mid()), float(judge.largest[0])


def forward(sampled: SampledNetwork, weights: Sequence[Array], radii: dict[int, float], x: Array) -> Array:
    """The hidden activation, the identity at the end, projections behind the layers that have one."""
    for number, weight in enumerate(weights, start=1):
        x = weight @ x
        if number < len(weights):
            x = PHI[sampled.activation.name](x)
        norm = float(np.linalg.norm(x))
        if norm > radii.get(number, np.inf):
            x = x * radii[number] / norm
    return x


def error_of(sampled: SampledNetwork, weights: Sequence[Array], radii: dict[int, float]) -> float:
    """The mean squared distance behind the network."""
    gaps = [forward(sampled, sampled.weights, {}, x) - forward(sampled, weights, radii, x) for x in sampled.inputs]
    return float(np.mean([np.sum(gap**2) for gap in gaps]))


@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.mode.value)
@pytest.mark.parametrize("sets", SETS, ids=str)
def test_errors_by_a_plain_loop(sets: dict[str, list[int]], draw: Draw) -> None:
    sampled = network([sets])
    cell = only_case(sampled, draw).cell
    assert isinstance(cell, NetworkErrorCell)
    found = cell.sample(2, 6)
    results = compress(sampled.network(), sampled.data(), cell.settings, repeats=range(2, 6))
    by_hand = []
    for one in results:
        behind = {projection.layer: projection.radius for projection in one.projections}
        assert set(behind) == set(sets.get("wide", [])) | {layer + 1 for layer in sets.get("bottleneck", [])}
        by_hand.append([error_of(sampled, one.weights, behind)])
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)
    assert found.min() > 0 and len(np.unique(found)) > 1


def test_an_active_projection_is_part_of_it() -> None:
    """Large weights of small probability: some outputs are cut off."""
    sampled = network([{"wide": [1, 2, 3]}], "identity")
    draw = Draw(Mode.PRUNE, Fraction(3, 4), Fraction(1, 100))
    cell = only_case(sampled, draw).cell
    assert isinstance(cell, NetworkErrorCell)
    results = compress(sampled.network(), sampled.data(), cell.settings, repeats=range(200))
    active = [repeat for repeat, one in enumerate(results) if any(p.active for p in one.projections)]
    assert active
    one = results[active[0]]
    behind = {projection.layer: projection.radius for projection in one.projections}
    error, without = (error_of(sampled, one.weights, radii) for radii in (behind, {}))
    assert cell.sample(active[0], active[0] + 1)[0, 0] == pytest.approx(error) and error != pytest.approx(without)


def recursion(sampled: SampledNetwork, sets: dict[str, list[int]], draw: Draw) -> float:
    """Propositions 18, 19, 21 and 22 in the mean, layer by layer; theta: the radius of the projection in front."""
    norms = [float(np.linalg.norm(weight, 2)) for weight in sampled.weights]
    entries = [float(np.abs(weight).max()) for weight in sampled.weights]
    alpha, share = float(draw.alpha), float(draw.alpha / (1 - draw.alpha))
    if draw.levels is not None:
        variance, tau = 1 / draw.levels**2, 1 / draw.levels
    else:
        assert draw.bernoulli is not None
        p = float(draw.bernoulli)
        variance, tau = (1 - p) / p, max(p, 1 - p) / p
    error, theta, number, largest = 0.0, 1.0, 1, max(norms)
    while number <= len(norms):
        place = number - 1
        n_out = sampled.weights[place].shape[0]
        if number in sets.get("bottleneck", []):
            n_next, sigma, nu = sampled.weights[number].shape[0], norms[number], entries[number]
            lam = 2 * share * theta * variance * sigma * entries[place] ** 2 * np.sqrt(n_out)
            growth = lam * np.exp(lam)
            omega = theta**2 + 2 * theta * nu**2 * n_next * np.sqrt(n_out) / sigma
            omega += 2 * theta**2 * tau * entries[place] * nu * np.sqrt(n_out * n_next)
            error = (1 + growth) * (norms[place] * sigma) ** 2 * error + growth * omega
            number += 2
        elif number in sets.get("wide", []):
            error = norms[place] ** 2 * error + 2 * share * theta**2 * variance * entries[place] ** 2 * n_out
            number += 1
        else:
            error, theta, number = norms[place] ** 2 * error, theta * norms[place], number + 1
            continue
        theta = largest ** (number - 1)
    assert 0 < alpha < 1
    return error


@pytest.mark.parametrize("draw", DRAWS[:2], ids=lambda draw: draw.mode.value)
@pytest.mark.parametrize("sets", SETS, ids=str)
def test_the_right_side_by_hand(sets: dict[str, list[int]], draw: Draw) -> None:
    sampled = network([sets])
    found, by_hand = right_and_largest(only_case(sampled, draw))[0], recursion(sampled, sets, draw)
    assert by_hand * (1 - 1e-9) <= found <= by_hand * (1 + ABOVE_RADIUS)


def test_behind_a_projection_the_input_is_bounded_by_its_radius_alone() -> None:
    """sigma_1 = 0.001 and c = 1: what the second layer gets may be far larger than the dense network's 0.001."""
    turned = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    sampled = network([{"wide": [1, 2]}], "identity", [0.001 * turned, turned])
    draw = Draw(Mode.PRUNE, Fraction(3, 4), Fraction(1, 50))
    first = 2 * 3 * 49 * (0.001**2 / 2) * 2
    second = 2 * 3 * 49 * (1 / 2) * 2  # theta = 1
    assert right_and_largest(only_case(sampled, draw))[0] == pytest.approx(first + second, rel=ABOVE_RADIUS)


@pytest.mark.parametrize("draw", [*DRAWS, Draw(Mode.PRUNE, Fraction(3, 4), Fraction(1, 10))], ids=str)
@pytest.mark.parametrize("activation", ["identity", "tanh"])
@pytest.mark.parametrize("sets", SETS, ids=str)
def test_no_error_beyond_its_range(sets: dict[str, list[int]], activation: str, draw: Draw) -> None:
    case = only_case(network([sets], activation), draw)
    assert case.cell is not None and case.judge is not None
    values = case.cell.sample(0, 64)
    right, largest = right_and_largest(case)
    assert 0 < values.max() <= largest
    assert case.judge(0.01)(values).verdict is not TrialVerdict.REFUTED
    assert values.mean() <= right


def test_another_mask_may_be_meant_in_a_bottleneck() -> None:
    for sets, is_every_mask in zip(SETS, (True, True, False, False), strict=True):
        case = only_case(network([sets]), PRUNE)
        assert case.judge is not None
        assert case.judge(0.01).is_every_mask is is_every_mask  # type: ignore[attr-defined]


@pytest.mark.parametrize("sets, activation, word", [({"bottleneck": [1]}, "relu", "curvature"),
                                                    ({"wide": [2]}, "sigmoid", "zero")])  # fmt: skip
def test_what_a_network_does_not_meet(sets: dict[str, list[int]], activation: str, word: str) -> None:
    (found,) = network_cases(network([sets], activation), PRUNE, 1, "cpu")
    assert isinstance(found, NotApplicable) and word in found.reason


def test_networks_draw_single_neurons() -> None:
    assert not list(
        network_cases(network(SETS), Draw(Mode.STRUCTURED, Fraction(1, 2), Fraction(1, 2), block_size=2), 1, "cpu")
    )
