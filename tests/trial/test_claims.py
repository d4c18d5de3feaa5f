"""Right sides computed again from the paper's formulas, and the assumptions that instances do not meet."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from trial_blocks import block, drawn, outcomes, random_block

from boundcheck.core.errors import InputError
from boundcheck.core.experiment import Measured, Observed
from boundcheck.core.rung import Quantity
from boundcheck.exact.ball import ball
from boundcheck.trial.block_instance import BlockInstance, DrawnBlock
from boundcheck.trial.claims import Bound, bounds
from boundcheck.trial.known import known

EXACT = 1e-9
PSI = 0.37


def bound(statement: str, variant: str = "corrected", measured: Measured | None = None) -> Bound:
    """The printed form where there is no corrected one."""
    found = [one for one in bounds(frozenset({statement}), None) if measured in (None, one.experiment.measured)]
    (one,) = [one for one in found if one.variant_name == variant] or found
    return one


def growth(x: float) -> float:
    return x * math.exp(x)


def numbers(one: DrawnBlock) -> dict[str, float]:
    """The paper's symbols at the instance, by numpy."""
    of, draw = one.block, one.draw
    k = draw.block_size

    def largest(weight: np.ndarray) -> float:
        rows, columns = (range(0, n, k) for n in weight.shape)
        return max(float(np.linalg.norm(weight[i : i + k, j : j + k], 2)) for i in rows for j in columns)

    found = {
        "n1": of.weight.shape[1], "n2": of.weight.shape[0], "k": k, "alpha": float(draw.alpha),
        "s1": np.linalg.norm(of.weight, 2), "nu1": largest(of.weight), "eta": float(draw.markov_factor),
        "rho": np.linalg.norm(of.inputs, axis=1).max(), "theta": np.linalg.norm(of.compressed_inputs, axis=1).max(),
        "E": np.mean(np.linalg.norm(of.inputs - of.compressed_inputs, axis=1) ** 2),
        "left": one.units - math.floor(draw.alpha * one.units),
    }  # fmt: skip
    if of.outer is not None:
        found |= {"n3": of.outer.shape[0], "s2": np.linalg.norm(of.outer, 2), "nu2": largest(of.outer)}
    if draw.bernoulli is not None:
        found["p"] = float(draw.bernoulli)
    return {name: float(value) for name, value in found.items()}


def an_instance(mode: str, spans: int, **options: Any) -> DrawnBlock:
    """Small weights, so that e^Lambda is of the size of one."""
    of = random_block(np.random.default_rng(9), spans, "tanh", "tanh", (6, 6, 6))
    outer = None if of.outer is None else of.outer / 4
    return drawn(block(of.weight / 8, of.inputs / 4, outer, of.compressed_inputs / 4), mode, **options)


def check(one: DrawnBlock, statement: str, in_the_mean: float, factor: bool = False) -> None:
    """Both variants: the right side in the mean, and with the factor 1 + epsilon the one of a realization."""
    values = known(one)
    for variant in bound(statement).statement.variants:
        found = bound(statement, variant)
        assert found.unmet(values, in_the_mean=True) is None
        assert float(ball(found.right_side_in_the_mean(values)).mid()) == pytest.approx(in_the_mean, rel=EXACT)
        for epsilon in (Fraction(1, 4), Fraction(3, 4)):
            right = found.right_side("error", {**values, Quantity.EPSILON: epsilon})
            expected = in_the_mean * (1 + float(epsilon) if factor else 1)
            assert float(ball(right).mid()) == pytest.approx(expected, rel=EXACT)


def test_proposition_18() -> None:
    one = an_instance("quantize", 1, levels=3)
    v = numbers(one)
    added = 2 * v["alpha"] * v["theta"] ** 2 * v["nu1"] ** 2 * v["n2"] / (9 * (1 - v["alpha"]))
    check(one, "proposition-18", v["s1"] ** 2 * v["E"] + added)


@pytest.mark.parametrize("p", ["3/10", "4/5"])
def test_proposition_19(p: str) -> None:
    one = an_instance("prune", 1, p=p)
    v = numbers(one)
    added = 2 * v["alpha"] * v["theta"] ** 2 * (1 - v["p"]) * v["nu1"] ** 2 * v["n2"] / (v["p"] * (1 - v["alpha"]))
    check(one, "proposition-19", v["s1"] ** 2 * v["E"] + added, factor=True)


def variance(one: DrawnBlock) -> float:
    weight = one.block.weight.ravel()
    return max(sum(p * (h - weight[unit]) ** 2 for p, h in outcomes(one, unit)) for unit in range(one.units))


@pytest.mark.parametrize("options", [{"mode": "prune", "p": "3/10"}, {"mode": "quantize", "levels": 3}])
def test_proposition_20(options: dict[str, Any]) -> None:
    """phi^2 nu_1^2 is the largest variance of a draw."""
    one = an_instance(spans=1, **options)
    v = numbers(one)
    added = 2 * v["alpha"] * v["theta"] ** 2 * variance(one) * v["n2"] / (1 - v["alpha"])
    check(one, "proposition-20", v["s1"] ** 2 * v["E"] + added)


def two_layers(v: dict[str, float], delta: float, tau: float) -> float:
    """(86)."""
    lam = 2 * v["alpha"] * v["theta"] * delta * v["s2"] * v["nu1"] ** 2 * math.sqrt(v["n2"]) / (1 - v["alpha"])
    omega = (
        v["theta"] ** 2
        + 2 * v["theta"] * v["nu2"] ** 2 * v["n3"] * math.sqrt(v["n2"]) / v["s2"]
        + 2 * v["theta"] ** 2 * tau * v["nu1"] * v["nu2"] * math.sqrt(v["n2"] * v["n3"])
    )
    return (1 + growth(lam)) * (v["s1"] * v["s2"]) ** 2 * v["E"] + growth(lam) * omega


def test_proposition_21() -> None:
    one = an_instance("quantize", 2, levels=3)
    check(one, "proposition-21", two_layers(numbers(one), 1 / 9, 1 / 3))


@pytest.mark.parametrize("p", ["3/10", "4/5"])
def test_proposition_22(p: str) -> None:
    one = an_instance("prune", 2, p=p)
    q = numbers(one)["p"]
    check(one, "proposition-22", two_layers(numbers(one), (1 - q) / q, max(q, 1 - q) / q), factor=True)


@pytest.mark.parametrize("options", [{"mode": "prune", "p": "3/10"}, {"mode": "quantize", "levels": 3}])
def test_proposition_23(options: dict[str, Any]) -> None:
    """Delta is the largest of tau_0^2 P(h = 0) + tau_1^2 P(h != 0), entry by entry as the proof has it."""
    one = an_instance(spans=2, **options)
    moments, deviations = [], []
    for unit, weight in enumerate(one.block.weight.ravel()):
        some = [(p, h, abs(h - weight) / np.abs(one.block.weight).max()) for p, h in outcomes(one, unit) if p > 0]
        zero = max((d for _, h, d in some if h == 0), default=0.0)
        other = max((d for _, h, d in some if h != 0), default=0.0)
        at_zero = sum(p for p, h, _ in some if h == 0)
        moments.append(zero**2 * at_zero + other**2 * (1 - at_zero))
        deviations += [zero, other]
    check(one, "proposition-23", two_layers(numbers(one), max(moments), max(deviations)))


@pytest.mark.parametrize("size", [1, 2])
def test_proposition_24(size: int) -> None:
    one = an_instance("structured", 1, p="3/10", size=size)
    v = numbers(one)
    added = 2 * v["alpha"] * v["theta"] ** 2 * (1 - v["p"]) / (v["p"] * (1 - v["alpha"])) * v["nu1"] ** 2 * v["n2"]
    check(one, "proposition-24", v["s1"] ** 2 * v["E"] + added / size, factor=True)


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("p", ["3/10", "4/5"])
def test_proposition_25(size: int, p: str) -> None:
    one = an_instance("structured", 2, p=p, size=size)
    v = numbers(one)
    ratio, tau = (1 - v["p"]) / v["p"], max(1, (1 - v["p"]) / v["p"])
    lam = 2 * v["alpha"] * v["theta"] * ratio / (1 - v["alpha"]) * v["s1"] ** 2 * v["nu2"] * math.sqrt(v["n3"] / size)
    inner = 2 * v["theta"] * v["nu2"] * math.sqrt(v["n3"])
    inner += 2 * tau * v["theta"] ** 2 * v["s2"] * v["nu1"] * math.sqrt(v["n1"])
    omega = inner / math.sqrt(size) + v["theta"] ** 2
    expected = (1 + growth(lam)) * (v["s1"] * v["s2"]) ** 2 * v["E"] + growth(lam) * omega
    check(one, "proposition-25", expected, factor=True)


def check_lemma(one: DrawnBlock, statement: str, measured: Measured, expected: float) -> None:
    values = {**known(one), Observed.MEAN_ERROR: Fraction(PSI)}
    for variant in bound(statement, measured=measured).statement.variants:
        found = bound(statement, variant, measured)
        assert found.unmet(values, in_the_mean=True) is None
        right = float(ball(found.right_side(found.experiment.claim, values)).mid())
        assert right == pytest.approx(expected, rel=EXACT)
        assert found.least_count(values) == math.ceil((1 - 1 / 2) * (one.units - one.draws))


@pytest.mark.parametrize("options", [{"mode": "prune", "p": "3/10"}, {"mode": "quantize", "levels": 3}])
def test_lemma_15(options: dict[str, Any]) -> None:
    one = an_instance(spans=1, **options)
    v = numbers(one)
    check_lemma(one, "lemma-15", Measured.INPUT_MOMENTS, 2 * v["eta"] * v["theta"] ** 2 * v["n2"] / v["left"])
    one = an_instance(spans=2, **options)
    v, entries = numbers(one), enumerate(one.block.weight.ravel())
    tau = max(abs(h - w) for unit, w in entries for p, h in outcomes(one, unit) if p > 0) / v["nu1"]
    inner = math.sqrt(PSI) + v["nu2"] ** 2 * v["n3"] * math.sqrt(v["n2"]) / v["s2"]
    inner += v["theta"] * tau * v["nu1"] * v["nu2"] * math.sqrt(v["n2"] * v["n3"])
    outer = 2 * v["eta"] * v["theta"] ** 2 * v["s2"] * math.sqrt(v["n2"]) / v["left"]
    check_lemma(one, "lemma-15", Measured.SECOND_DERIVATIVES, outer * inner)


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("p", ["3/10", "4/5"])
def test_lemma_16(size: int, p: str) -> None:
    one = an_instance("structured", 1, p=p, size=size)
    v = numbers(one)
    first = 2 * v["eta"] * v["theta"] ** 2 * v["nu1"] ** 2 * v["n2"] / (v["left"] * size)
    check_lemma(one, "lemma-16", Measured.INPUT_MOMENTS, first)
    one = an_instance("structured", 2, p=p, size=size)
    v, tau = numbers(one), max(1, (1 - float(Fraction(p))) / float(Fraction(p)))
    inner = v["nu2"] * math.sqrt(v["n3"]) + tau * v["theta"] * v["s2"] * v["nu1"] * math.sqrt(v["n1"])
    inner = inner / math.sqrt(size) + math.sqrt(PSI)
    outer = (
        2 * v["eta"] * v["theta"] ** 2 * v["s1"] ** 2 * v["nu2"] * math.sqrt(v["n3"]) / (v["left"] * math.sqrt(size))
    )
    check_lemma(one, "lemma-16", Measured.SECOND_DERIVATIVES, outer * inner)


# What an instance does not meet


def reason(one: DrawnBlock, statement: str, variant: str = "corrected", measured: Measured | None = None) -> str | None:
    return bound(statement, variant, measured).unmet(known(one), in_the_mean=True)


def with_activations(inner: str, last: str) -> BlockInstance:
    of = an_instance("prune", 2).block
    return block(of.weight, of.inputs, of.outer, of.compressed_inputs, inner, last)


@pytest.mark.parametrize("mode, statement", [
    ("prune", "proposition-22"), ("prune", "proposition-23"),
    ("quantize", "proposition-21"), ("structured", "proposition-25"),
])  # fmt: skip
def test_activations_that_two_layers_do_not_allow(mode: str, statement: str) -> None:
    assert reason(drawn(with_activations("tanh", "relu"), mode), statement) is None
    assert "curvature" in (reason(drawn(with_activations("relu", "tanh"), mode), statement) or "")
    assert "zero" in (reason(drawn(with_activations("sigmoid", "tanh"), mode), statement) or "")
    assert "zero" in (reason(drawn(with_activations("tanh", "sigmoid"), mode), statement) or "")
    assert "lipschitz" in (reason(drawn(with_activations("tanh", "leaky_relu(2)"), mode), statement) or "").lower()


@pytest.mark.parametrize("mode, statement", [
    ("prune", "proposition-19"), ("prune", "proposition-20"),
    ("quantize", "proposition-18"), ("structured", "proposition-24"),
])  # fmt: skip
def test_one_layer_asks_for_no_curvature(mode: str, statement: str) -> None:
    of = an_instance("prune", 1).block
    assert reason(drawn(block(of.weight, of.inputs, last="relu"), mode), statement) is None
    assert "zero" in (reason(drawn(block(of.weight, of.inputs, last="sigmoid"), mode), statement) or "")


def test_the_lemmas_ask_for_a_value_at_zero_in_print_alone() -> None:
    one = drawn(with_activations("sigmoid", "tanh"), "prune")
    assert reason(one, "lemma-15", "corrected", Measured.SECOND_DERIVATIVES) is None
    assert "zero" in (reason(one, "lemma-15", "printed", Measured.SECOND_DERIVATIVES) or "")


@pytest.mark.parametrize("alpha, word", [("1/36", "alpha-above"), ("71/72", "alpha-below"), ("1", "alpha-below")])
def test_alpha_out_of_range(alpha: str, word: str) -> None:
    """Of 36 entries: above 1/36, at most 35/36."""
    for variant in ("printed", "corrected"):
        assert word in (reason(an_instance("prune", 2, alpha=alpha), "proposition-22", variant) or "")
    assert reason(an_instance("prune", 2, alpha="35/36"), "proposition-22") is None


@pytest.mark.parametrize("alpha, word", [("1/6", "alpha-above"), ("6/7", "alpha-below")])
def test_alpha_out_of_range_for_neurons(alpha: str, word: str) -> None:
    """Of 6 rows: above 1/6, at most 5/6."""
    for variant in ("printed", "corrected"):
        assert word in (reason(an_instance("structured", 2, alpha=alpha), "proposition-25", variant) or "")


def test_a_block_size_that_does_not_divide() -> None:
    with pytest.raises(InputError, match="block_size=4 does not divide the 6 rows"):
        an_instance("structured", 2, size=4)
    of = random_block(np.random.default_rng(0), 2, "tanh", "tanh", (2, 6, 3))
    assert "block-next" in (reason(drawn(of, "structured", size=2), "proposition-25") or "")
    assert "block-next" in (
        reason(drawn(of, "structured", size=2), "lemma-16", measured=Measured.SECOND_DERIVATIVES) or ""
    )
    assert reason(drawn(of, "structured", size=1), "proposition-25") is None


def test_the_tail_is_for_one_realization_alone() -> None:
    """Two draws at p = 4/5: mostly both are nonzero, and more than (1 + gamma) p T may not be."""
    one = an_instance("prune", 1, alpha="2/36", p="4/5")
    values = known(one)
    assert Quantity.EPSILON not in values
    found = bound("proposition-19")
    assert found.unmet(values, in_the_mean=True) is None
    assert "tail" in (found.unmet(values, in_the_mean=False) or "")
    assert not found.knows_right_side(values)
    assert bound("proposition-18").knows_right_side(known(an_instance("quantize", 1)))


def test_zero_in_the_second_layer() -> None:
    """sigma_2 = 0 divides nothing: the right side is the sum of the claim's terms."""
    of = an_instance("prune", 2).block
    one = drawn(block(of.weight, of.inputs, np.zeros((6, 6)), of.compressed_inputs), "prune")
    assert float(ball(bound("proposition-22").right_side_in_the_mean(known(one))).mid()) == 0
