"""What the cells sample, against plain loops over the same uniform numbers, and against differentiation by mpmath."""

import pickle
from typing import Any

import mpmath
import numpy as np
import pytest
from trial_blocks import LAWS, Array, block, drawn, error_by_hand, mean_by_hand, outcomes, put_in, random_block

from boundcheck.draws import uniforms
from boundcheck.trial.block_cells import DERIVATIVE_POINTS, BlockErrorCell, DrawsCell, SecondDerivativeCell
from boundcheck.trial.block_instance import DrawnBlock
from boundcheck.trial.masks import all_masks

SEED = 77


def weight_by_hand(one: DrawnBlock, mask: np.ndarray, repeat: int) -> Array:
    """W_1 in a repeat: a picked unit takes its upper value where its uniform number is below the probability."""
    numbers = uniforms(SEED, repeat, 1, one.law.shape).ravel()
    weight = one.block.weight.copy()
    for unit in np.flatnonzero(mask):
        (probability, upper), (_, lower) = outcomes(one, int(unit))
        put_in(one, weight, int(unit), upper if numbers[unit] < probability else lower)
    return weight


def some_masks(one: DrawnBlock) -> np.ndarray:
    return np.array(list(all_masks(one))[::4])


def error_cell(one: DrawnBlock, radius: float = 0.8) -> BlockErrorCell:
    return BlockErrorCell("key", one, some_masks(one), radius, SEED)


def a_block(spans: int, draws: dict[str, Any], inner: str = "tanh", last: str = "relu") -> DrawnBlock:
    rng = np.random.default_rng(11)
    return drawn(random_block(rng, spans, inner, last, (2, 4, 3) if spans == 2 else (4, 3, 1)), **draws)


@pytest.mark.parametrize("draws", LAWS)
@pytest.mark.parametrize("spans", [1, 2])
@pytest.mark.parametrize("radius", [0.8, 50.0])
def test_errors_by_a_plain_loop(spans: int, draws: dict[str, Any], radius: float) -> None:
    cell = error_cell(a_block(spans, draws), radius)
    found = cell.sample(3, 9)
    assert found.shape == (6, len(cell.masks)) == (6, len(cell.quantities))
    by_hand = [
        [error_by_hand(cell.drawn, weight_by_hand(cell.drawn, mask, repeat), radius) for mask in cell.masks]
        for repeat in range(3, 9)
    ]
    np.testing.assert_allclose(found, by_hand, rtol=1e-12, atol=1e-14)
    assert len(np.unique(found)) > 1


@pytest.mark.parametrize("draws", LAWS)
@pytest.mark.parametrize("spans", [1, 2])
def test_the_mean_of_many_repeats_is_the_enumerated_one(spans: int, draws: dict[str, Any]) -> None:
    """Within 5 standard errors, of which a normal law leaves 6 in 10 million outside."""
    one, repeats = a_block(spans, draws), 4000
    cell = BlockErrorCell("key", one, some_masks(one)[:2], 0.8, SEED)
    found = cell.sample(0, repeats)
    for column, mask in enumerate(cell.masks):
        error = found[:, column].std() / np.sqrt(repeats)
        assert abs(found[:, column].mean() - mean_by_hand(one, mask, 0.8)) <= 5 * error + 1e-12


@pytest.mark.parametrize("draws", LAWS)
@pytest.mark.parametrize("spans", [1, 2])
def test_a_repeat_depends_on_its_number_alone(spans: int, draws: dict[str, Any]) -> None:
    cell = error_cell(a_block(spans, draws))
    whole, parts = cell.sample(0, 10), np.concatenate([cell.sample(0, 4), cell.sample(4, 10)])
    assert np.array_equal(whole, parts)


def test_many_repeats_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = error_cell(a_block(2, LAWS[0]))
    whole = cell.sample(0, 10)
    monkeypatch.setattr("boundcheck.trial.block_cells._NUMBERS_AT_ONCE", 1)
    np.testing.assert_allclose(cell.sample(0, 10), whole, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kind", [error_cell, lambda one: SecondDerivativeCell("key", one, some_masks(one)[0], SEED),
                                  lambda one: DrawsCell("key", one, np.arange(one.units), SEED)])  # fmt: skip
@pytest.mark.parametrize("draws", [LAWS[0], LAWS[3], LAWS[5]])
def test_sent_to_another_process_it_samples_the_same(kind: Any, draws: dict[str, Any]) -> None:
    cell = kind(a_block(2, draws))
    copies = [pickle.loads(pickle.dumps(cell))]
    first = cell.sample(0, 6)
    copies.append(pickle.loads(pickle.dumps(cell)))  # what it keeps while it samples stays behind
    for copy in copies:
        assert copy.key == cell.key and copy.quantities == cell.quantities
        assert np.array_equal(copy.sample(0, 6), first)


def test_draws_by_hand() -> None:
    one = a_block(1, LAWS[3])
    found = DrawsCell("key", one, np.arange(one.units), SEED).sample(5, 8)
    every = np.ones(one.units, dtype=bool)
    by_hand = [weight_by_hand(one, every, repeat).ravel() for repeat in (5, 6, 7)]
    np.testing.assert_allclose(found, by_hand, rtol=1e-15)


def test_a_layer_of_zeros_has_no_error() -> None:
    one = drawn(block(np.zeros((2, 2)), [[1, 1]], last="identity"), "prune")
    assert np.array_equal(BlockErrorCell("key", one, some_masks(one), 0.0, SEED).sample(0, 2), np.zeros((2, 2)))


# Second derivatives


def psi(one: DrawnBlock, weight: "mpmath.matrix") -> "mpmath.mpf":
    """E||W_2 phi(W_1 x) - W_2 phi(A x')||^2 to 60 digits."""
    of = one.block
    assert of.inner is not None and of.outer is not None
    phi = {"tanh": mpmath.tanh, "identity": lambda z: z, "sin": mpmath.sin}[of.inner.name]
    outer, dense_weight = mpmath.matrix(of.outer.tolist()), mpmath.matrix(of.weight.tolist())
    total = mpmath.mpf(0)
    for x, x_hat in zip(of.inputs.tolist(), of.compressed_inputs.tolist(), strict=True):
        z, moved = dense_weight * mpmath.matrix(x), weight * mpmath.matrix(x_hat)
        gap = outer * (z.apply(phi) - moved.apply(phi))
        total += sum(entry**2 for entry in gap)
    return total / len(of.inputs)


def second_by_hand(one: DrawnBlock, weight: Array, unit: int, at: float) -> "mpmath.mpf":
    """d^2/dt^2 of Psi where the entry becomes t (Lemma 15), or its block of rows t times what it is (Lemma 16)."""
    size, columns = one.draw.block_size, weight.shape[1]

    def along(t: "mpmath.mpf") -> "mpmath.mpf":
        moved = mpmath.matrix(weight.tolist())
        if one.draw.mode != "structured":
            moved[unit // columns, unit % columns] = t
        else:
            for i in range(unit * size, (unit + 1) * size):
                for j in range(columns):
                    moved[i, j] *= t
        return psi(one, moved)

    return mpmath.diff(along, mpmath.mpf(at), 2)


@pytest.mark.parametrize("draws", LAWS)
@pytest.mark.parametrize("inner", ["tanh", "identity"])
def test_second_derivatives_by_differentiation(inner: str, draws: dict[str, Any]) -> None:
    """Of the block before its last activation, at points drawn by the unit's law from a stream of their own."""
    one = a_block(2, draws, inner, "relu")
    mask = some_masks(one)[-1]
    cell = SecondDerivativeCell("key", one, mask, SEED)
    found = cell.sample(2, 4)
    assert found.shape == (2, 1 + int((~mask).sum())) and len(cell.quantities) == found.shape[1]
    with mpmath.workdps(60):
        for repeat, row in zip((2, 3), found, strict=True):
            weight = weight_by_hand(one, mask, repeat)
            numbers = uniforms(SEED, repeat, DERIVATIVE_POINTS, one.law.shape).ravel()
            assert row[0] == pytest.approx(float(psi(one, mpmath.matrix(weight.tolist()))), rel=1e-12)
            for unit, second in zip(np.flatnonzero(~mask), row[1:], strict=True):
                (probability, upper), (_, lower) = outcomes(one, int(unit))
                at = upper if numbers[unit] < probability else lower
                by_hand = abs(second_by_hand(one, weight, int(unit), at))
                assert second == pytest.approx(float(by_hand), rel=1e-10, abs=1e-13)


def test_points_and_draws_are_independent() -> None:
    """The point at which an unprocessed unit is looked at says nothing of the draws."""
    first, second = (uniforms(SEED, 0, layer, (1000,)) for layer in (1, DERIVATIVE_POINTS))
    assert DERIVATIVE_POINTS != 1 and abs(np.corrcoef(first, second)[0, 1]) < 0.15
