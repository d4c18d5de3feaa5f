"""The mean over every realization: against exact fractions, and against a plain loop over the realizations."""

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from trial_blocks import LAWS, block, drawn, error_by_hand, mean_by_hand, random_block, realizations_by_hand

from boundcheck.trial.block_instance import DrawnBlock
from boundcheck.trial.enumeration import block_errors, enumerable_masks, mean_errors, realizations
from boundcheck.trial.masks import all_masks

NARROW = 1e-9
NARROW_FOR_TANH = 1e-4
"""Its enclosure interpolates between nodes: each output is right to about 1e-6."""
Vector = list[Fraction]

# Numbers with few binary places, so that floats and fractions are the same; 3, 4 and 5 for rational norms.
WEIGHT = [[0.75, -0.5, 1.0, 0.0], [0.25, 2.0, -1.5, 0.5]]
TALL = [[0.75, -0.5], [1.0, 0.25], [-2.0, 0.5], [0.5, 1.5]]
OUTER = [[1.0, -0.5, 0.25, 2.0], [0.5, 0.5, -1.0, 0.75]]
THREE_FOUR = [[3.0, 1.5, -3.0, 0.75], [4.0, 2.0, -4.0, 1.0]]


def root(square: Fraction) -> Fraction:
    """Exact where it is rational, else right to 60 decimals."""
    exact = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return (
        exact if exact**2 == square else Fraction(math.isqrt(square.numerator * 10**120 // square.denominator), 10**60)
    )


def product(matrix: Sequence[Sequence[float]], x: Vector) -> Vector:
    return [sum((Fraction(w) * c for w, c in zip(row, x, strict=True)), Fraction(0)) for row in matrix]


def activated(name: str, z: Vector) -> Vector:
    return [max(c, Fraction(0)) for c in z] if name == "relu" else z


def exact_outcomes(one: DrawnBlock, unit: int) -> list[tuple[Fraction, Fraction]]:
    """The paper's draws: w Bernoulli(p)/p, its quantizer, or a multiplier Bernoulli(p)/p."""
    if one.draw.levels is not None:
        k, top = one.draw.levels, Fraction(float(np.abs(one.block.weight).max()))
        w = Fraction(float(one.block.weight.ravel()[unit]))
        level = min(n for n in range(1, k + 1) if abs(w) <= n * top / k)
        sign, up = (1 if w >= 0 else -1), 1 - level + k * abs(w) / top
        return [(up, sign * level * top / k), (1 - up, sign * (level - 1) * top / k)]
    assert one.draw.bernoulli is not None
    p = one.draw.bernoulli
    whole = Fraction(float(one.block.weight.ravel()[unit])) if one.draw.mode == "prune" else Fraction(1)
    return [(p, whole / p), (1 - p, Fraction(0))]


def exact_weights(one: DrawnBlock, mask: np.ndarray) -> Iterator[tuple[Fraction, list[Vector]]]:
    picked = np.flatnonzero(mask).tolist()
    for chosen in itertools.product(*(exact_outcomes(one, unit) for unit in picked)):
        weight = [[Fraction(w) for w in row] for row in one.block.weight.tolist()]
        for unit, (_, value) in zip(picked, chosen, strict=True):
            if one.draw.mode != "structured":
                weight[unit // len(weight[0])][unit % len(weight[0])] = value
                continue
            for at in range(unit * one.draw.block_size, (unit + 1) * one.draw.block_size):
                for i, j in itertools.product(range(len(weight)), range(len(weight[0]))):
                    if at == (j if one.block.outer is None else i):
                        weight[i][j] *= value
        yield math.prod((probability for probability, _ in chosen), start=Fraction(1)), weight


def exact_error(one: DrawnBlock, weight: list[Vector], radius: Fraction) -> Fraction:
    of, total = one.block, Fraction(0)
    for x, x_hat in zip(of.inputs.tolist(), of.compressed_inputs.tolist(), strict=True):
        ends = []
        for matrix, of_x in ((of.weight.tolist(), x), (weight, x_hat)):
            z = product(matrix, [Fraction(c) for c in of_x])
            if of.outer is not None:
                assert of.inner is not None
                z = product(of.outer.tolist(), activated(of.inner.name, z))
            ends.append(activated(of.last.name, z))
        norm = root(sum((c * c for c in ends[1]), Fraction(0)))
        shrink = radius / norm if norm > radius else Fraction(1)
        total += sum(((a - shrink * b) ** 2 for a, b in zip(*ends, strict=True)), Fraction(0))
    return total / len(of.inputs)


def exact_mean(one: DrawnBlock, mask: np.ndarray, radius: float) -> Fraction:
    return sum((p * exact_error(one, w, Fraction(radius)) for p, w in exact_weights(one, mask)), Fraction(0))


def mean_error(one: DrawnBlock, mask: np.ndarray, radius: float) -> tuple[float, float]:
    (found,) = mean_errors(one, [mask], radius)
    return found


def check_against_fractions(one: DrawnBlock, radius: float) -> None:
    for mask in itertools.islice(all_masks(one), 0, None, 5):
        lower, upper = mean_errors(one, [mask], radius)[0]
        exact, error = exact_mean(one, mask, radius), Fraction(1, 10**50)
        assert Fraction(lower) - error <= exact <= Fraction(upper) + error
        assert exact > 0 and upper - lower <= NARROW * upper


CASES = [
    {"mode": "prune", "p": "1/4"},
    {"mode": "quantize", "levels": 1},
    {"mode": "quantize", "levels": 4},
    {"mode": "structured", "p": "1/4"},
    {"mode": "structured", "p": "1/2", "size": 2},
]


@pytest.mark.parametrize("activation", ["identity", "relu"])
@pytest.mark.parametrize("radius", [1000.0, 1.25])
@pytest.mark.parametrize("law", CASES)
def test_one_layer_in_fractions(law: dict[str, object], radius: float, activation: str) -> None:
    of = block(WEIGHT, [[1, -0.5, 0.25, 0.5], [0.5, 1, 0, -1]], None, [[1, -0.25, 0.25, 1], [0, 1, 0.5, -1]],
               last=activation)  # fmt: skip
    check_against_fractions(drawn(of, **law), radius)


@pytest.mark.parametrize("inner, last", [("identity", "relu"), ("relu", "identity")])
@pytest.mark.parametrize("radius", [1000.0, 1.25])
@pytest.mark.parametrize("law", CASES)
def test_two_layers_in_fractions(law: dict[str, object], radius: float, inner: str, last: str) -> None:
    of = block(TALL, [[1, -0.5], [0.5, 1]], OUTER, [[1, -0.25], [0, 1]], inner, last)
    check_against_fractions(drawn(of, **law), radius)


def test_an_active_projection_by_hand() -> None:
    """W_1 is the column (3, 4), x = 1, p = 1/2: behind the draw stand (6, 8) or zero, and [(6, 8)]_5 = (3, 4)."""
    one = drawn(block([[3, 0], [4, 0]], [[1, 1]], last="identity"), "structured")
    lower, upper = mean_errors(one, [np.array([True, False])], 5.0)[0]
    assert lower <= 12.5 <= upper and upper - lower <= 1e-12


def test_an_active_projection_with_rational_norms() -> None:
    of = block(THREE_FOUR, [[1, 0, 0.5, 0], [0, 1, 0, 0.25]], last="identity")
    one = drawn(of, "structured", alpha="3/4", p="1/2")
    for mask in all_masks(one):
        lower, upper = mean_errors(one, [mask], 5.0)[0]
        exact = exact_mean(one, mask, 5.0)
        assert exact.denominator.bit_length() < 64  # rational indeed, no root was rounded
        assert Fraction(lower) <= exact <= Fraction(upper) and upper - lower <= NARROW * upper


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("spans", [1, 2])
@pytest.mark.parametrize("radius", [100.0, 0.4])
def test_tanh_by_a_plain_loop(spans: int, law: dict[str, object], radius: float) -> None:
    rng = np.random.default_rng(5)
    one = drawn(random_block(rng, spans, "tanh", "tanh", (2, 4, 2) if spans == 2 else (4, 2, 2)), **law)
    for mask in itertools.islice(all_masks(one), 3):
        lower, upper = mean_errors(one, [mask], radius)[0]
        by_hand = mean_by_hand(one, mask, radius)
        assert lower * (1 - 1e-12) <= by_hand <= upper * (1 + 1e-12)
        assert upper - lower <= NARROW_FOR_TANH * upper


@pytest.mark.parametrize("law", LAWS)
def test_every_realization_once(law: dict[str, object]) -> None:
    """The same weights with the same probabilities as the loop's, errors with them."""
    one = drawn(random_block(np.random.default_rng(2), 2, "identity", "relu", (2, 4, 2)), **law)
    mask = next(iter(all_masks(one)))
    is_high, weights, probability = realizations(one, mask)
    errors = block_errors(one, weights, 0.7)
    by_hand = sorted((p, error_by_hand(one, w, 0.7)) for p, w in realizations_by_hand(one, mask))
    middle = (probability.lower + probability.upper) / 2, (errors.lower + errors.upper) / 2
    np.testing.assert_allclose(np.array(sorted(zip(*middle, strict=True))), by_hand, rtol=1e-9, atol=1e-12)
    assert not is_high[:, ~mask].any() and len(np.unique(is_high, axis=0)) == 2**one.draws
    assert probability.lower.sum() <= 1 <= probability.upper.sum()


def test_several_masks_at_once_are_each_on_its_own() -> None:
    one = drawn(random_block(np.random.default_rng(3), 2, "tanh", "tanh", (2, 2, 2)), "prune")
    masks = list(all_masks(one))
    np.testing.assert_allclose(
        mean_errors(one, masks, 0.5), [mean_error(one, mask, 0.5) for mask in masks], rtol=NARROW_FOR_TANH
    )


@pytest.mark.parametrize("units, draws, samples, masks, expected", [
    ((4, 5), 10, 1, 8, True), ((4, 5), 10, 1, 9, False),  # 2^13 realizations
    ((4, 5), 12, 1, 1, True), ((4, 5), 13, 1, 1, False),
    ((4, 5), 10, 32, 8, True), ((4, 5), 10, 33, 8, False),  # 2^20 outputs
])  # fmt: skip
def test_how_much_is_enumerated(units: tuple[int, int], draws: int, samples: int, masks: int, expected: bool) -> None:
    one = drawn(block(np.ones(units), np.ones((samples, 5))), "prune", alpha=f"{draws}/20")
    assert enumerable_masks(one, masks) is expected


def test_a_layer_of_zeros() -> None:
    """Its projection radius is zero, and everything behind it is zero."""
    one = drawn(block(np.zeros((2, 2)), [[1, 1]], last="identity"), "prune")
    assert mean_errors(one, [np.array([True, True, False, False])], 0.0) == [(0.0, 0.0)]
