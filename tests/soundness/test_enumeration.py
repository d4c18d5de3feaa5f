"""The oracle against hand-computed cases, closed forms and a plain float enumeration; the generators' domains."""

import functools
import itertools
import math
import random
from fractions import Fraction

import enumeration
import numpy as np
import pytest
from enumeration import PRECISION_BITS, Outcome, ball, oracle, quantizer_outcomes
from flint import arb, ctx
from instances import Instance, general_instances, operator_norm_squared_upper, sqrt_upper, tight_instances

F = Fraction
INSTANCES = [*general_instances(seed=11, count=120), *tight_instances(seed=12, rounds=3)]
NAMES = [f"{n}-{i.family}-{i.mode}-{i.layers}" for n, i in enumerate(INSTANCES)]
solved = functools.cache(oracle)
LINEAR = [i for i in INSTANCES if i.layers == 1 or i.activations[0] == "identity"]


def pruning_problem(W1, points, *, W2=None, draws, activations=("identity",), kappa=100):
    """An instance with hand-chosen numbers and p = 1/2; rho and theta play no part in the enumeration."""
    W1, W2 = (W and tuple(tuple(map(F, row)) for row in W) for W in (W1, W2))
    return Instance(
        family="by hand", mode="prune", W1=W1, W2=W2, points=points, rho=F(10), theta=F(10),
        alpha=F(draws, len(W1) * len(W1[0])), p=F(1, 2), k=None, gamma=F(1, 10), kappa=F(kappa),
        activations=activations,
    )  # fmt: skip


def same_input(*xs):
    """x = x', all points equally likely."""
    return tuple((F(1, len(xs)), tuple(map(F, x)), tuple(map(F, x))) for x in xs)


# ---- by hand


def test_quantizer_by_hand():
    assert quantizer_outcomes(F(-3, 10), F(1), 2) == [(F(3, 5), F(-1, 2), False), (F(2, 5), F(0), False)]
    assert quantizer_outcomes(F(3, 4), F(1), 2) == [(F(1, 2), F(1), False), (F(1, 2), F(1, 2), False)]
    assert quantizer_outcomes(F(0), F(1), 3) == [(F(1), F(0), False)]
    assert quantizer_outcomes(F(-1), F(1), 3) == [(F(1), F(-1), False)]
    with pytest.raises(ValueError, match="quantizer: w=2, M=1"):
        quantizer_outcomes(F(2), F(1), 3)


def test_quantizer_is_unbiased_and_near():
    rng = random.Random(0)
    for _ in range(300):
        M, k = F(rng.randint(1, 9), rng.randint(1, 9)), rng.randint(1, 5)
        w = M * F(rng.randint(-20, 20), 20)
        outcomes = quantizer_outcomes(w, M, k)
        assert sum(o.probability for o in outcomes) == 1
        assert sum(o.probability * o.value for o in outcomes) == w
        assert all(abs(o.value - w) <= M / k for o in outcomes)


def test_one_layer_pruning_by_hand():
    # W = (3, 1, 2), x = x' = e_1 or e_2 or e_3: drawing an entry costs w^2 / 3 = 3, 1/3, 4/3.
    result = oracle(pruning_problem([[3, 1, 2]], same_input((1, 0, 0), (0, 1, 0), (0, 0, 1)), draws=2))
    assert result.picked_proof == ((0, 1), (0, 2))
    assert result.expectation_psi_proof == result.expectation_psi_algorithm == F(1, 3) + F(4, 3)
    assert result.expectation_pi_proof == result.expectation_pi_algorithm == F(5, 3)
    # every realization moves each drawn entry by its own size, up or down: the error is always (1 + 4) / 3
    assert sorted(result.realizations_proof) == [(F(1, 4), kept, F(5, 3)) for kept in (1, 2, 2, 3)]


def test_relu_and_input_difference_by_hand():
    # W = (2, 1, 1), x = (1, 1, 1), x' = (1, -1, 0): draw 1 of the free entry 3. W x = 4, W x' = 1, and ReLU keeps both.
    points = ((F(1), (F(1),) * 3, (F(1), F(-1), F(0))),)
    result = oracle(pruning_problem([[2, 1, 1]], points, draws=1, activations=("relu",)))
    assert result.picked_proof == ((0, 2),)
    assert result.expectation_psi_proof == result.expectation_pi_proof == 9
    # W = (-3, 1, 1) with x' = (1, 0, 0): before ReLU W x = -1 and W x' = -3, after it both are 0
    points = ((F(1), (F(1),) * 3, (F(1), F(0), F(0))),)
    result = oracle(pruning_problem([[-3, 1, 1]], points, draws=1, activations=("relu",)))
    assert (result.expectation_psi_proof, result.expectation_pi_proof) == (4, 0)


def test_projection_by_hand():
    # W = (3, 4)^T, x = x' = 1, kappa = 5, both drawn: 0, (6, 0) -> (5, 0), (0, 8) -> (0, 5) and (6, 8) -> (3, 4)
    result = oracle(pruning_problem([[3], [4]], same_input((1,)), draws=2, kappa=5))
    assert result.expectation_psi_proof == result.expectation_psi_algorithm == 25
    errors = sorted((r.kept_count, float(r.pi)) for r in result.realizations_proof)
    assert errors[:3] == [(0, 25), (1, 10), (1, 20)]
    assert errors[3] == (2, pytest.approx(0, abs=1e-30))
    assert result.expectation_pi_proof.overlaps(arb(55) / 4)
    assert float(result.expectation_pi_proof.rad()) < 1e-30
    assert result.least_pi(1).overlaps(arb(10)) and result.least_pi(0) == 25
    assert result.least_pi(-1) is None


def test_picks_that_see_earlier_draws_by_hand():
    """ReLU hidden neuron, W_1 = (1, 1, 1), W_2 = 1, p = 1/2, points (1, -1, 0) and (0, 0, 4/5), T = 2.

    Without the point's probability 1/2: entries 1 and 2 both change Psi by 1/2, entry 3 by 16/25; the tie goes to 1.
    If 1 became 0, the neuron is dead on the first point and entry 2 is free. If it became 2, entry 2 changes Psi by
    (4 + 0)/2 - 1 = 1, so Algorithm 1 takes entry 3: E Psi = (0 + 1 + 16/25)/2. The proof averages: entry 2 costs
    (0 + 1)/2 < 16/25, and E Psi = (0 + (4 + 0)/2)/2 = 1.
    """
    points = same_input((1, -1, 0), (0, 0, F(4, 5)))
    result = oracle(pruning_problem([[1, 1, 1]], points, W2=[[1]], draws=2, activations=("relu", "identity")))
    assert result.picked_proof == ((0, 0), (0, 1))
    assert result.expectation_psi_proof == result.expectation_pi_proof == F(1, 2)
    assert result.expectation_psi_algorithm == result.expectation_pi_algorithm == F(41, 100)
    assert sorted(result.realizations_proof) == [(F(1, 4), 1, 0), (F(1, 4), 2, 0), (F(1, 4), 2, 2), (F(1, 4), 3, 0)]
    assert result.least_pi(1) == 0 and result.least_pi(0) is None


def test_a_draw_that_helps_is_scored_by_its_size_by_hand():
    # ReLU hidden neuron, W_1 = (1, 1, 1), W_2 = 1, p = 1/2. First point: dense output 2, compressed one
    # ReLU(3 a_1 - 4 a_3) = 0, so Psi = 4; drawing entry 1 makes it 4 or 0, entry 3 makes it 1 or 4. Second point:
    # drawing entry 2 makes 0 into 1. The changes are -2, 1, -3/2 (times 1/2): the least in size is entry 2's.
    points = ((F(1, 2), (F(2), F(0), F(0)), (F(3), F(0), F(-4))), (F(1, 2), (F(0), F(1), F(0)), (F(0), F(1), F(0))))
    result = oracle(pruning_problem([[1, 1, 1]], points, W2=[[1]], draws=1, activations=("relu", "identity")))
    assert result.picked_proof == ((0, 1),)
    assert result.expectation_psi_proof == result.expectation_psi_algorithm == F(5, 2)


def test_tanh_by_hand():
    # W_1 = (1, 2, 4), W_2 = 3, x = x' = (1, 0, 0) or (0, 1, 0): entry 3 is free, entry 1 costs less than entry 2
    points = same_input((1, 0, 0), (0, 1, 0))
    result = oracle(pruning_problem([[1, 2, 4]], points, W2=[[3]], draws=2, activations=("tanh", "identity")))
    costs = [9 * (math.tanh(w) ** 2 + (math.tanh(2 * w) - math.tanh(w)) ** 2) / 4 for w in (1, 2)]
    assert costs[0] < costs[1] and set(result.picked_proof) == {(0, 2), (0, 0)}
    assert float(result.expectation_psi_proof) == pytest.approx(costs[0], rel=1e-13)
    assert float(result.expectation_psi_proof.rad()) < 1e-30


# ---- closed forms, and faults that they must catch


def variance(instance, w):
    if instance.mode == "prune":
        return w * w * (1 - instance.p) / instance.p
    step = max(abs(v) for row in instance.W1 for v in row) / instance.k
    part = abs(w) / step - math.floor(abs(w) / step)
    return part * (1 - part) * step**2


def check_closed_form(instance):
    """With no activation inside Psi: E Psi = Psi(W_1) + sum over the picks of Var(h_ij) E x'_j^2 ||W_2[:, i]||^2."""
    W1, W2 = (np.array(W, dtype=object) for W in (instance.W1, instance.W2 or np.eye(len(instance.W1), dtype=int)))
    expected = sum(q * sum((W2 @ W1 @ np.subtract(x, x_compressed)) ** 2) for q, x, x_compressed in instance.points)
    result = oracle(instance)
    for i, j in result.picked_proof:
        second_moment = sum(q * x_compressed[j] ** 2 for q, _, x_compressed in instance.points)
        expected += variance(instance, W1[i, j]) * second_moment * sum(W2[:, i] ** 2)
    assert result.expectation_psi_proof == expected
    assert result.expectation_psi_algorithm == expected  # a linear network's scores do not depend on earlier draws


def test_linear_networks_have_a_closed_form():
    assert {(i.mode, i.layers) for i in LINEAR} == set(itertools.product(("prune", "quantize"), (1, 2)))
    for instance in LINEAR:
        check_closed_form(instance)


@pytest.mark.parametrize(
    ("mode", "name", "faulty"),
    [
        ("prune", "pruning_outcomes", lambda w, p: [Outcome(1 - p, F(0), False), Outcome(p, w, True)]),
        ("quantize", "quantizer_outcomes", lambda w, M, k: [Outcome(F(1, 2), s * M / k, False) for s in (0, 1)]),
    ],
)
def test_a_biased_draw_is_caught(monkeypatch, mode, name, faulty):
    instance = next(i for i in LINEAR if i.mode == mode and i.layers == 2 and i.family == "generic")
    check_closed_form(instance)
    monkeypatch.setattr(enumeration, name, faulty)
    with pytest.raises(AssertionError):
        check_closed_form(instance)


# ---- all instances


@pytest.mark.parametrize("instance", INSTANCES, ids=NAMES)
def test_against_plain_enumeration(instance):
    """A floating-point enumeration of the proof's picks in another way: all outcomes at once, no tree, no memo."""
    result = solved(instance)
    outcomes = [enumeration.entry_outcomes(instance)[i * len(instance.W1[0]) + j] for i, j in result.picked_proof]
    psi = pi = total = 0.0
    for combination in itertools.product(*outcomes):
        A = np.array(instance.W1, dtype=float)
        for (i, j), outcome in zip(result.picked_proof, combination, strict=True):
            A[i, j] = outcome.value
        probability = math.prod(float(outcome.probability) for outcome in combination)
        losses = plain_losses(instance, A)
        psi, pi, total = psi + probability * losses[0], pi + probability * losses[1], total + probability
    assert total == pytest.approx(1)
    assert float(result.expectation_psi_proof) == pytest.approx(psi, rel=1e-9, abs=1e-24)
    assert float(result.expectation_pi_proof) == pytest.approx(pi, rel=1e-9, abs=1e-24)


def plain_losses(instance, A):
    functions = {"identity": lambda v: v, "relu": lambda v: np.maximum(v, 0), "tanh": np.tanh}
    activations = [functions[name] for name in instance.activations]
    psi = pi = 0.0
    for probability, x, x_compressed in instance.points:
        dense, compressed = np.array(instance.W1, dtype=float) @ np.array(x, float), A @ np.array(x_compressed, float)
        if instance.layers == 2:
            W2 = np.array(instance.W2, dtype=float)
            dense, compressed = W2 @ activations[0](dense), W2 @ activations[0](compressed)
        psi += float(probability) * np.sum((dense - compressed) ** 2)
        output = activations[-1](compressed)
        output = output * min(1.0, float(instance.kappa) / max(np.linalg.norm(output), 1e-300))
        pi += float(probability) * np.sum((activations[-1](dense) - output) ** 2)
    return psi, pi


@pytest.mark.parametrize("instance", INSTANCES, ids=NAMES)
def test_every_result_is_a_distribution(instance):
    result = solved(instance)
    realizations, draws = result.realizations_proof, instance.draws
    assert sum(r.probability for r in realizations) == 1 and all(r.probability > 0 for r in realizations)
    assert len(set(result.picked_proof)) == draws
    for kept in range(draws + 1):
        share = sum(r.probability for r in realizations if r.kept_count == instance.entries - draws + kept)
        if instance.mode == "prune":
            assert share == math.comb(draws, kept) * instance.p**kept * (1 - instance.p) ** (draws - kept)
        else:
            assert share == (1 if kept == 0 else 0)
    with ctx.workprec(PRECISION_BITS):
        # neither the last activation nor the projection adds error, and the least error is at most the mean
        assert not ball(result.expectation_pi_proof) > ball(result.expectation_psi_proof)
        assert not ball(result.expectation_pi_algorithm) > ball(result.expectation_psi_algorithm)
        assert not ball(result.least_pi()) > ball(result.expectation_pi_proof)


@pytest.mark.parametrize("instance", INSTANCES, ids=NAMES)
def test_generated_instances_lie_in_the_domain(instance):
    N = instance.entries
    assert F(1, N) < instance.alpha <= 1 - F(1, N) and 1 <= instance.draws <= 12 and N <= 16
    assert sum(q for q, _, _ in instance.points) == 1 and instance.rho > 0 and instance.theta > 0
    for _, x, x_compressed in instance.points:
        assert sum(c * c for c in x) <= instance.rho**2 and sum(c * c for c in x_compressed) <= instance.theta**2
    norms = [np.linalg.norm(np.array(W, dtype=float), 2) for W in (instance.W1, instance.W2) if W is not None]
    assert float(instance.kappa) >= math.prod(norms) * float(instance.rho) * (1 - 1e-12)
    assert len(instance.activations) == instance.layers and (instance.layers == 1 or instance.activations[0] != "relu")
    assert (instance.p is None) == (instance.mode == "quantize") != (instance.k is None)


def test_generators_are_seeded_and_varied():
    assert list(general_instances(3, 20)) == list(general_instances(3, 20)) != list(general_instances(4, 20))
    assert {(i.family, i.mode, i.layers) for i in general_instances(0, 20)} == {
        (family, mode, layers)
        for family in ("generic", "one spike", "equal magnitudes", "rank one", "with zeros")
        for mode in ("prune", "quantize")
        for layers in (1, 2)
    }
    many = list(general_instances(0, 200))
    assert any(i.draws > 6 for i in many) and any("tanh" in i.activations for i in many)
    assert {(i.alpha * i.entries).denominator == 1 for i in many} == {True, False}
    assert {all(x == y for _, x, y in i.points) for i in many} == {True, False}


def test_rational_norm_bounds():
    assert sqrt_upper(F(9, 4)) == F(3, 2) and sqrt_upper(F(0)) == 0
    for q in (F(2), F(1, 3), F(2, 10**20), F(10**20 + 1)):
        assert q < sqrt_upper(q) ** 2 < q * F(10**6 + 3, 10**6)
    assert operator_norm_squared_upper(((F(1), F(2)), (F(2), F(4)))) == 25  # rank one: exact
    assert operator_norm_squared_upper(((F(1), F(0)), (F(0), F(1)))) == 1
