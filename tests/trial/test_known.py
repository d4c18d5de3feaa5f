"""What a block puts in for the symbols of a statement, computed again from its numbers."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from trial_blocks import LAWS, block, drawn, outcomes, random_block

from boundcheck.core.experiment import Observed
from boundcheck.core.rung import Quantity
from boundcheck.trial.block_instance import BlockInstance, DrawnBlock
from boundcheck.trial.known import known, largest_block_norm, least_epsilon

CLOSE = 1e-9


def is_just_above(found: Fraction, exact: float) -> bool:
    """Not below, apart from what numpy itself rounds, and close."""
    return exact * (1 - 1e-14) <= float(found) <= exact * (1 + CLOSE)


def two_layers(seed: int = 4) -> BlockInstance:
    return random_block(np.random.default_rng(seed), 2, "tanh", "tanh", (2, 4, 6))


@pytest.mark.parametrize("seed", range(5))
def test_norms_by_singular_values(seed: int) -> None:
    of = two_layers(seed)
    assert of.outer is not None
    values = known(drawn(of, "structured", size=2))
    sigma_1, sigma_2 = (np.linalg.norm(w, 2) for w in (of.weight, of.outer))
    rho, theta = (max(np.linalg.norm(row) for row in x) for x in (of.inputs, of.compressed_inputs))
    by_hand = {
        Quantity.OPERATOR_NORM: sigma_1,
        Quantity.OPERATOR_NORM_NEXT: sigma_2,
        Quantity.LARGEST_ENTRY: np.abs(of.weight).max(),
        Quantity.LARGEST_ENTRY_NEXT: np.abs(of.outer).max(),
        Quantity.BLOCK_NORM: max(np.linalg.norm(of.weight[i : i + 2], 2) for i in (0, 2)),
        Quantity.BLOCK_NORM_NEXT: max(
            np.linalg.norm(of.outer[i : i + 2, j : j + 2], 2) for i in (0, 2, 4) for j in (0, 2)
        ),
        Observed.DENSE_INPUT_NORM: rho,
        Observed.COMPRESSED_INPUT_NORM: theta,
        Quantity.ERROR_IN: np.mean([np.linalg.norm(d) ** 2 for d in of.inputs - of.compressed_inputs]),
        Quantity.PROJECTION_RADIUS: sigma_1 * sigma_2 * rho,
    }
    for quantity, exact in by_hand.items():
        assert is_just_above(values[quantity], exact), quantity


def test_whole_numbers_are_exact() -> None:
    values = known(drawn(two_layers(), "prune", alpha="1/2"))
    sizes = {
        Quantity.N_IN: 2, Quantity.N_OUT: 4, Quantity.N_NEXT: 6, Observed.UNPROCESSED: 4, Quantity.BLOCK_SIZE: 1,
        Quantity.ALPHA: Fraction(1, 2), Quantity.BERNOULLI: Fraction(1, 2), Quantity.GAMMA: Fraction(1, 10),
    }  # fmt: skip
    assert {quantity: values[quantity] for quantity in sizes} == sizes
    assert Quantity.LEVELS not in values and known(drawn(two_layers(), "quantize", levels=3))[Quantity.LEVELS] == 3


def test_one_layer_has_one_norm_in_its_radius_and_nothing_of_a_next_one() -> None:
    of = random_block(np.random.default_rng(0), 1, "tanh", "tanh")
    values = known(drawn(of, "prune"))
    rho = max(np.linalg.norm(row) for row in of.inputs)
    assert is_just_above(values[Quantity.PROJECTION_RADIUS], float(np.linalg.norm(of.weight, 2) * rho))
    assert Quantity.N_NEXT not in values and Quantity.OPERATOR_NORM_NEXT not in values


def test_blocks_at_the_edge_count_too() -> None:
    """3 x 3 in blocks of two: the last row and column are blocks as well."""
    weight = np.diag([1.0, 1.0, 7.0])
    assert is_just_above(largest_block_norm(weight, 2), 7.0)


@pytest.mark.parametrize("inner, last, zero, lipschitz, curvature", [
    ("tanh", "relu", 0, 1, 4 / (3 * math.sqrt(3))), ("sigmoid", "identity", 1, 1, 1 / (6 * math.sqrt(3))),
    ("identity", "sigmoid", 1, 1, 0), ("relu", "tanh", 0, 1, None), ("softplus(2)", "tanh", 1, 1, 0.5),
])  # fmt: skip
def test_activations(inner: str, last: str, zero: int, lipschitz: float, curvature: float | None) -> None:
    """The curvature is that of the first activation alone."""
    of = two_layers()
    values = known(drawn(block(of.weight, of.inputs, of.outer, None, inner, last), "prune"))
    assert (values[Quantity.VALUE_AT_ZERO] == 0) == (zero == 0)
    assert values[Quantity.LIPSCHITZ] == lipschitz
    if curvature is None:
        assert Quantity.CURVATURE not in values
    else:
        assert curvature <= float(values[Quantity.CURVATURE]) * (1 + 1e-12) and float(values[Quantity.CURVATURE]) <= 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("draws", LAWS)
def test_what_the_draws_can_do(draws: dict[str, Any], seed: int) -> None:
    """tau_0, tau_1, tau, Delta and phi: the largest over the units of what their outcomes do."""
    rng = np.random.default_rng(seed)
    weight = rng.standard_normal((4, 2)) * rng.integers(0, 2, (4, 2))  # some are zero
    weight[seed % 4, 1] = 2.0
    one = drawn(block(weight, [[1, 1]], np.ones((2, 4))), **draws)
    is_structured = one.draw.mode == "structured"
    scale = 1.0 if is_structured else float(np.abs(weight).max())
    by_unit = []
    for unit in range(one.units):
        undrawn = 1.0 if is_structured else weight.ravel()[unit]
        some = [(p, value, abs(value - undrawn) / scale) for p, value in outcomes(one, unit) if p > 0]
        zero = max((change for _, value, change in some if value == 0), default=0.0)
        other = max((change for _, value, change in some if value != 0), default=0.0)
        at_zero = sum(p for p, value, _ in some if value == 0)
        moment = sum(p * change**2 for p, _, change in some)
        by_unit.append((zero, other, max(zero, other), zero**2 * at_zero + other**2 * (1 - at_zero), moment))
    tau_0, tau_1, tau, delta, variance = map(max, zip(*by_unit, strict=True))
    values = known(one)
    for quantity, exact in {
        Observed.DEVIATION_AT_ZERO: tau_0,
        Observed.DEVIATION_ELSEWHERE: tau_1,
        Observed.LARGEST_DEVIATION: tau,
        Observed.SECOND_MOMENT: delta,
        Observed.VARIANCE_FACTOR: math.sqrt(variance),
    }.items():
        assert exact * (1 - 1e-12) <= float(values[quantity]) <= exact * (1 + CLOSE) + 1e-12, quantity


def test_a_layer_of_zeros_is_not_changed_by_its_draws() -> None:
    values = known(drawn(block(np.zeros((2, 2)), [[1, 1]]), "quantize"))
    assert values[Observed.LARGEST_DEVIATION] == values[Observed.SECOND_MOMENT] == 0


def tail(draws: int, p: Fraction, gamma: Fraction) -> Fraction:
    """P(B > (1 + gamma) p T), B ~ Binomial(T, p)."""
    limit = (1 + gamma) * p * draws
    return sum(
        (math.comb(draws, k) * p**k * (1 - p) ** (draws - k) for k in range(draws + 1) if k > limit), Fraction(0)
    )


def layer_of(units: int, p: Fraction, gamma: Fraction) -> DrawnBlock:
    """Nine in ten of its entries are drawn."""
    return drawn(block(np.ones((units, 1)), [[1]]), "prune", alpha="9/10", p=str(p), gamma=str(gamma))


@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(3, 10), Fraction(4, 5)])
@pytest.mark.parametrize("gamma", [Fraction(1, 10), Fraction(1, 2), Fraction(1)])
@pytest.mark.parametrize("units", [2, 3, 5, 10, 40, 200])
def test_the_least_epsilon_by_exact_sums(units: int, p: Fraction, gamma: Fraction) -> None:
    one = layer_of(units, p, gamma)
    epsilon, exact = least_epsilon(one), tail(one.draws, p, gamma)
    assert known(one).get(Quantity.EPSILON) == epsilon
    if epsilon is None:
        assert exact / (1 - exact) > 1 - Fraction(1, 10**12)
        return
    assert 0 < epsilon < 1
    assert exact <= epsilon / (1 + epsilon)
    smaller = epsilon * (1 - Fraction(1, 10**12))
    assert exact > smaller / (1 + smaller) or epsilon <= Fraction(1, 10**15)


def test_some_layers_have_an_epsilon_and_some_have_none() -> None:
    assert least_epsilon(layer_of(3, Fraction(1, 2), Fraction(1, 10))) is not None
    assert least_epsilon(layer_of(2, Fraction(1, 2), Fraction(1, 10))) is None  # one draw: half of the time too many
    assert least_epsilon(layer_of(10, Fraction(4, 5), Fraction(1))) == Fraction(1, 10**15)  # no draw can be too many
