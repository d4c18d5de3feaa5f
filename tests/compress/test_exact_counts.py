"""Exact counts through the whole run: every row keeps what was asked for, and costs what the sharp bounds say."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from instances_of_compression import ACTIVATIONS, Bottleneck, matrix, points

from boundcheck import draws
from boundcheck.compress import memory
from boundcheck.compress.choice import Request, choose, counted_layers
from boundcheck.compress.compress import compress
from boundcheck.compress.result import Compressed
from boundcheck.compress.settings import Implementation, Objective, Order, Settings
from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode, Unit
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.data import Data, load_data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

HALF = Fraction(1, 2)
SETS = LayerSets(frozenset({3}), frozenset({1}))
GIVEN = {"mode": Mode.PRUNE, "sets": SETS, "alpha": Fraction(1), "keep": HALF, "projection": False}


def settings(**others: object) -> Settings:
    return Settings(**{**GIVEN, **others})  # type: ignore[arg-type]


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """7-6-5-4 with biases; of the first and the last layer a third of the entries is zero, of one row all but one."""
    rng = np.random.default_rng(7)
    arrays = {f"W{n}": rng.standard_normal(shape) for n, shape in enumerate([(6, 7), (5, 6), (4, 5)], 1)}
    for name in ("W1", "W3"):
        arrays[name][rng.random(arrays[name].shape) < 1 / 3] = 0
        arrays[name][0] = [0, 1.5, *[0] * (arrays[name].shape[1] - 2)]
    arrays |= {"b1": rng.standard_normal(6), "b3": rng.standard_normal(4)}
    np.savez(tmp_path / "net.npz", **arrays, activation="gelu")
    np.savez(tmp_path / "data.npz", x=rng.standard_normal((12, 7)), y=rng.standard_normal((12, 4)))
    return network_from_checkpoint(tmp_path / "net.npz")


@pytest.fixture
def data(network: Network, tmp_path: Path) -> Data:
    return load_data(str(tmp_path / "data.npz"))


def by_hand(weights: np.ndarray, kept: int, seed: int, repeat: int, layer: int) -> np.ndarray:
    """Row by row: the numbers of its nonzero entries sorted, the first ``kept`` stay."""
    key = np.random.SeedSequence(seed, spawn_key=(repeat, layer, 0))
    u = np.random.Generator(np.random.PCG64(key)).random(weights.shape)
    found = np.zeros_like(weights)
    for row, numbers, drawn in zip(weights, u, found, strict=True):
        there = sorted((number, j) for j, number in enumerate(numbers) if row[j] != 0)
        for _, j in there[:kept]:
            drawn[j] = row[j] * max(len(there), kept) / kept if len(there) > kept else row[j]
    return found


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_row_keeps_its_count_and_nothing_else_changes(network: Network, data: Data, dtype: str) -> None:
    found = compress(network, data, settings(seed=5), repeats=3, dtype=dtype)
    kind, original = np.dtype(dtype), network.weights
    assert original is not None and network.biases is not None
    for one in found:
        for number, kept in ((1, 3), (3, 2)):
            dense, drawn = original[number - 1], one.weights[number - 1]
            counts = [min(kept, np.count_nonzero(row)) for row in dense]
            assert [np.count_nonzero(row) for row in drawn] == counts
            assert min(counts) < max(counts) == kept
            expected = by_hand(dense, kept, 5, one.repeat, number)
            assert np.array_equal(drawn, expected.astype(kind).astype(float))
        assert np.array_equal(one.weights[1], original[1].astype(kind).astype(float))
        assert all(
            mine is theirs is None or np.array_equal(mine, theirs.astype(kind))
            for mine, theirs in zip(one.biases, network.biases, strict=True)
        )
        assert [(p.layer, p.unit, p.units, p.in_order) for p in one.picks] == [
            (1, Unit.ENTRIES, 42, False), (3, Unit.ENTRIES, 20, False)
        ]  # fmt: skip
        assert all(np.array_equal(p.indices, np.arange(p.units)) for p in one.picks)
        assert one.projections == ()
    assert not same(found[0], found[1])


def same(one: Compressed, other: Compressed) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True))


def test_repeats_are_the_same_together_and_alone(network: Network, data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    together = compress(network, data, settings(), repeats=4)
    alone = [compress(network, data, settings(), repeats=range(n, n + 1))[0] for n in range(4)]
    monkeypatch.setattr(memory, "_MOST_ON_CPU", 3)
    in_parts = compress(network, data, settings(), repeats=4)
    for one, *others in zip(together, alone, in_parts, strict=True):
        assert all(same(one, other) for other in others)
    (other_seed,) = compress(network, data, settings(seed=1))
    assert not same(together[0], other_seed)


def test_no_draw_depends_on_what_comes_before(network: Network, data: Data) -> None:
    """A layer's draw is its own: it is the same whether an earlier layer is compressed, and on other data."""
    both = compress(network, data, settings())[0]
    alone = compress(network, data, settings(sets=LayerSets(frozenset({3}), frozenset())))[0]
    other = compress(network, replace(data, inputs=2 * data.inputs), settings())[0]
    assert np.array_equal(both.weights[2], alone.weights[2]) and same(both, other)


def test_all_kept_is_the_dense_network(network: Network, data: Data) -> None:
    (found,) = compress(network, data, settings(keep=Fraction(1)))
    assert network.weights is not None
    assert all(np.array_equal(a, b) for a, b in zip(found.weights, network.weights, strict=True))


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"keep": Fraction(1, 6)}, "layer 3: keep=1/6 leaves none of the 5 entries of a row, .* at least 1/5"),
        ({"keep": Fraction(0)}, r"keep=0: expected a fraction in \(0, 1\]"),
        ({"keep": Fraction(3, 2)}, r"keep=3/2: expected a fraction in \(0, 1\]"),
        ({"alpha": HALF}, "alpha=1/2.* give mode=prune, alpha=1 and keep alone"),
        ({"bernoulli": HALF}, "bernoulli=1/2.* give mode=prune, alpha=1 and keep alone"),
        ({"mode": Mode.STRUCTURED}, "mode=structured.* give mode=prune, alpha=1 and keep alone"),
        ({"mode": Mode.QUANTIZE, "levels": 3}, "mode=quantize.* give mode=prune, alpha=1 and keep alone"),
        ({"projection": True}, "projection: belongs to the paper's draws"),
        ({"order": Order.RANDOM}, "order=random: with draw=exact-counts .* none is picked"),
        ({"objective": Objective.LOSS}, "objective=loss: with draw=exact-counts .* none is picked"),
        ({"implementation": Implementation.DENSE}, "implementation=dense: with draw=exact-counts .* none is picked"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_what_exact_counts_cannot_be_is_refused(
    network: Network, data: Data, monkeypatch: pytest.MonkeyPatch, others: dict[str, object], message: str
) -> None:
    """Before any work."""

    def work(*_: object) -> None:
        raise AssertionError("layers were put on the device")

    monkeypatch.setattr("boundcheck.compress.compress.device_layers", work)
    with pytest.raises(InputError, match=message):
        compress(network, data, settings(**others))


def test_the_promise_is_certain_and_no_more_than_what_is_asked() -> None:
    weights = [np.ones((6, 7)), np.ones((5, 6)), np.ones((4, 5))]
    counted = counted_layers(Mode.PRUNE, SETS, weights)
    for keep in (Fraction(1, 5), Fraction(3, 10), HALF, Fraction(99, 100), Fraction(1)):
        choice = choose(Request(Mode.PRUNE, keep=keep, draw=DrawKind.EXACT_COUNTS), counted)
        assert (choice.alpha, choice.bernoulli, choice.requested, choice.probability) == (1, None, keep, 1)
        assert [(p.layer, p.units, p.draws) for p in choice.promises] == [(1, 42, 42), (3, 20, 20)]
        assert [p.staying for p in choice.promises] == [6 * math.floor(7 * keep), 4 * math.floor(5 * keep)]
        assert all(p.share <= keep for p in choice.promises)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"keep": HALF, "alpha": HALF}, "^alpha=0.5: follows from draw=exact-counts"),
        ({"keep": HALF, "bernoulli": HALF}, "^bernoulli=0.5: follows from draw=exact-counts"),
        ({"keep": HALF, "mode": Mode.CONV}, "^draw=exact-counts: .* mode=conv does not"),
        ({"levels": 3, "mode": Mode.QUANTIZE}, "^draw=exact-counts: .* levels=3 does not"),
        ({}, "^draw=exact-counts: needs keep"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_requests_that_no_exact_count_meets(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Request(**{"mode": Mode.PRUNE, "draw": DrawKind.EXACT_COUNTS} | fields)  # type: ignore[arg-type]


def bottlenecks() -> Iterator[tuple[Bottleneck, int]]:
    """Blocks with rows of three entries, and how many of them stay; the last have rows with zeros."""
    import random

    rng = random.Random(6)
    for (name, phi), kept, zeros in itertools.product(ACTIVATIONS.items(), (1, 2), (0, 1)):
        yield Bottleneck(
            f"{name}, {kept} of 3, {zeros} zeros", matrix(rng, 2, 3, zeros=zeros), matrix(rng, 1, 2)[0],
            matrix(rng, 2, 2), points(rng, 3), phi, 3,
        ), kept  # fmt: skip


def rows_of(w: np.ndarray, kept: int) -> list[np.ndarray]:
    """All outcomes of a row, equally likely."""
    there = np.flatnonzero(w)
    if len(there) <= kept:
        return [w]
    found = []
    for stays in itertools.combinations(there, kept):
        row = w * 0
        row[list(stays)] = w[list(stays)] * Fraction(len(there), kept)
        found.append(row)
    return found


def test_what_exact_counts_cost() -> None:
    """S1 and S2 with P = 1: the rows' exact variances, and ||A - W_2 b||^2 + sum c_i Var(delta_i), rows independent."""
    for block, kept in bottlenecks():
        law = draws.ExactCounts(block.W_1, kept)
        numbers = [np.array(order) for order in itertools.permutations([Fraction(1, 6), HALF, Fraction(5, 6)])]
        drawn = [law.realize(np.array(pair)) for pair in itertools.product(numbers, repeat=2)]
        wide = sum(q * ((block.W_1 @ x - U @ y) ** 2).sum() for U in drawn for q, x, y in block.points) / len(drawn)
        expected = sum(q * (((block.W_1 @ (x - y)) ** 2).sum() + variances(block, kept, y).sum())
                       for q, x, y in block.points)  # fmt: skip
        assert wide == expected, block.name
        left = sum(block.error(U, block.bias) for U in drawn) / len(drawn)
        right = Fraction(0)
        for q, x, y in block.points:
            z = block.W_1 @ y + block.bias
            deltas = [
                [block.phi((row - w) @ y + z[i]) - block.phi(z[i]) for row in rows_of(w, kept)]
                for i, w in enumerate(block.W_1)
            ]
            b = np.array([Fraction(sum(delta), len(delta)) for delta in deltas])
            spread = [sum((d - m) ** 2 for d in delta) / len(delta) for delta, m in zip(deltas, b, strict=True)]
            A = block.W_2 @ (block.phi(block.W_1 @ x + block.bias) - block.phi(z))
            right += q * (((A - block.W_2 @ b) ** 2).sum() + ((block.W_2**2).sum(axis=0) * spread).sum())
        assert left == right, block.name


def variances(block: Bottleneck, kept: int, y: np.ndarray) -> np.ndarray:
    """Section 4: ((1 - p)/p) [T sum w^2 x^2 - (sum w x)^2]/(T - 1), p = t/T, at most T/(T - 1) times Bernoulli's."""
    found = []
    for w in block.W_1:
        T, products = np.count_nonzero(w), w * y
        p, square = Fraction(min(kept, T), T), (products**2).sum()
        v = (1 - p) / p * (T * square - products.sum() ** 2) / (T - 1)
        assert v <= Fraction(T, T - 1) * (1 - p) / p * square
        found.append(v)
    return np.array(found)
