"""The whole run: layers one after the other, repeats together or alone, projections, draws that anyone can repeat."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from boundcheck import draws
from boundcheck.compress import memory, projection
from boundcheck.compress.compress import compress
from boundcheck.compress.result import Compressed
from boundcheck.compress.settings import Implementation, Objective, Order, Settings
from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode, Unit
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.data import Data, load_data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

WIDTHS = (3, 4, 5, 4, 3, 2)
MIXED = LayerSets(frozenset({1, 4}), frozenset({2}))  # wide, bottleneck 2 with 3, wide, untouched
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def stored(folder: Path, shapes: list[tuple[int, ...]], biases: bool = False, samples: int = 12, d: int = 3) -> Path:
    """A checkpoint with random weights, and data beside it."""
    rng = np.random.default_rng(7)
    arrays = {f"W{n}": rng.standard_normal(shape) / 2 for n, shape in enumerate(shapes, 1)}
    if biases:
        arrays |= {f"b{n}": rng.standard_normal(shape[0]) / 2 for n, shape in enumerate(shapes, 1)}
    np.savez(folder / "net.npz", **arrays)
    np.savez(folder / "data.npz", x=rng.standard_normal((samples, d)), y=rng.standard_normal((samples, shapes[-1][0])))
    return folder / "net.npz"


def mlp(folder: Path, activation: str = "tanh", biases: bool = False) -> tuple[Network, Data]:
    path = stored(folder, [(n_out, n_in) for n_in, n_out in pairwise(WIDTHS)], biases)
    return network_from_checkpoint(path, parse_activation(activation)), load_data(str(folder / "data.npz"))


def cnn(folder: Path) -> tuple[Network, Data]:
    path = stored(folder, [(4, 2, 2, 2), (3, 4, 2, 2), (2, 3, 2, 2)], d=2 * 9)
    network = convolutional_network_from_checkpoint(path, 3, parse_activation("relu"))
    return network, replace(load_data(str(folder / "data.npz"), None), targets=None)


def settings(mode: Mode = Mode.PRUNE, sets: LayerSets = MIXED, **others: object) -> Settings:
    given = {"levels": 2} if mode is Mode.QUANTIZE else {"bernoulli": THIRD}
    return Settings(mode, sets, alpha=Fraction(9, 10), **{**given, **others})  # type: ignore[arg-type]


def same(one: Compressed, other: Compressed) -> bool:
    weights = all(np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True))
    return weights and all(np.array_equal(a.indices, b.indices) for a, b in zip(one.picks, other.picks, strict=True))


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("mode", [Mode.PRUNE, Mode.QUANTIZE, Mode.STRUCTURED])
def test_five_layers_with_wide_ones_and_a_bottleneck(tmp_path: Path, mode: Mode, biases: bool) -> None:
    network, data = mlp(tmp_path, biases=biases)
    found = {
        way: compress(network, data, settings(mode, implementation=way), repeats=3) for way in list(Implementation)
    }
    for fast, dense, literal in zip(*(found[way] for way in ("fast", "dense", "literal")), strict=True):
        for one, two, three in zip(fast.picks, dense.picks, literal.picks, strict=True):
            assert np.array_equal(two.indices, three.indices)
            assert set(one.indices) == set(three.indices)
            if one.in_order:
                assert np.array_equal(one.indices, three.indices)
        assert all(np.allclose(a, b, rtol=0, atol=1e-12) for a, b in zip(fast.weights, literal.weights, strict=True))
        assert [picked.layer for picked in fast.picks] == [1, 2, 4]
        assert np.array_equal(fast.weights[2], network.weights[2])  # type: ignore[index]  # inside the bottleneck
    assert not same(found[Implementation.FAST][0], found[Implementation.FAST][1])


@pytest.mark.parametrize("sets", [LayerSets(frozenset({1}), frozenset({2})), LayerSets(frozenset({3}), frozenset({1}))])
def test_filters(tmp_path: Path, sets: LayerSets) -> None:
    network, data = cnn(tmp_path)
    fast = compress(network, data, settings(Mode.CONV, sets), repeats=2)
    literal = compress(network, data, settings(Mode.CONV, sets, implementation=Implementation.LITERAL), repeats=2)
    for one, other in zip(fast, literal, strict=True):
        assert [set(p.indices) for p in one.picks] == [set(p.indices) for p in other.picks]
        assert {p.unit for p in one.picks} == {Unit.INPUT_FILTERS, Unit.OUTPUT_FILTERS}


@pytest.mark.parametrize("mode", [Mode.PRUNE, Mode.STRUCTURED])
def test_repeats_are_the_same_together_and_alone(tmp_path: Path, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    network, data = mlp(tmp_path)
    together = compress(network, data, settings(mode), repeats=4)
    alone = [compress(network, data, settings(mode), repeats=range(n, n + 1))[0] for n in range(4)]
    monkeypatch.setattr(memory, "_MOST_ON_CPU", 3)
    in_parts = compress(network, data, settings(mode), repeats=4)
    assert [one.repeat for one in in_parts] == [0, 1, 2, 3]
    assert all(same(one, other) for one, other in zip(together, alone, strict=True))
    assert all(same(one, other) for one, other in zip(together, in_parts, strict=True))


def test_dense_scores_without_their_arrays_pick_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, data = mlp(tmp_path)
    chosen = settings(implementation=Implementation.DENSE)
    cached = compress(network, data, chosen, repeats=2)
    planned = memory.plan(network, chosen, 12, 2, torch.device("cpu"), 8, None)
    assert planned == memory.Plan(2, True)
    without = memory.plan(network, chosen, 12, 2, torch.device("cpu"), 8, 16_000)
    assert without == memory.Plan(1, False)
    recomputed = compress(network, data, chosen, repeats=2, memory_limit=16_000)
    assert all(same(one, other) for one, other in zip(cached, recomputed, strict=True))


def test_too_little_memory_is_said(tmp_path: Path) -> None:
    network, data = mlp(tmp_path)
    with pytest.raises(InputError, match="one repeat needs about"):
        compress(network, data, settings(), memory_limit=1000)


def test_draws_are_repeated_from_seed_repeat_and_layer_alone(tmp_path: Path) -> None:
    network, data = mlp(tmp_path)
    assert network.weights is not None
    for one in compress(network, data, settings(seed=5), repeats=range(2, 4)):
        for picked in one.picks:
            weight = network.weights[picked.layer - 1]
            law = draws.pruning_law(weight, 1 / 3)
            drawn = law.realize(draws.uniforms(5, one.repeat, picked.layer, weight.shape))
            is_picked = np.zeros(weight.size, dtype=bool)
            is_picked[picked.indices] = True
            assert len(picked.indices) == math.floor(Fraction(9, 10) * weight.size)
            expected = np.where(is_picked.reshape(weight.shape), drawn, weight)
            assert np.array_equal(one.weights[picked.layer - 1], expected)


def test_orders(tmp_path: Path) -> None:
    network, data = mlp(tmp_path)
    by_index = compress(network, data, settings(order=Order.FIXED))[0]
    assert all(np.array_equal(p.indices, np.arange(len(p.indices))) for p in by_index.picks)
    at_random = compress(network, data, settings(order=Order.RANDOM), repeats=2)
    for one in at_random:
        for p in one.picks:
            expected = draws.random_order(0, one.repeat, p.layer, p.units)[: len(p.indices)]
            assert p.in_order and np.array_equal(p.indices, expected)
    assert not np.array_equal(at_random[0].picks[0].indices, at_random[1].picks[0].indices)


def outputs(network: Network, one: Compressed, data: Data, upto: int) -> NDArray[np.float64]:
    """What the compressed network computes up to a layer, projections included, in plain numpy; tanh inside."""
    z = data.inputs.T
    radii = {p.layer: p.radius for p in one.projections}
    for number, weight in enumerate(one.weights[:upto], 1):
        z = weight @ z
        z = z if number == network.depth else np.tanh(z)
        if number in radii:
            norms = np.linalg.norm(z, axis=0)
            z = z * np.minimum(1, radii[number] / norms)
    return z


def test_projections_are_where_the_algorithm_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, data = mlp(tmp_path)
    one = compress(network, data, settings())[0]
    assert [p.layer for p in one.projections] == [1, 3, 4]
    radius = max(1.0, float(np.linalg.norm(data.inputs, axis=1).max()))
    assert network.weights is not None
    norms = [np.linalg.norm(weight, 2) for weight in network.weights]
    c = max(radius * norms[0], *norms)
    assert all(0.9 * c**p.layer >= float(network.c_1.upper()) ** p.layer * 0.1 for p in one.projections)  # type: ignore[union-attr]
    assert [(p.radius, p.active) for p in one.projections] == [(pytest.approx(c**n, rel=1e-4), 0) for n in (1, 3, 4)]
    monkeypatch.setattr("boundcheck.compress.compress.radii", lambda network: [0.3] * 5)
    tight = compress(network, data, settings())[0]
    assert [p.active for p in tight.projections] == [
        int((np.linalg.norm(before, axis=0) > 0.3).sum())
        for before in (unprojected(network, tight, data, p.layer) for p in tight.projections)
    ]
    assert any(p.active > 0 for p in tight.projections)
    assert compress(network, data, settings(projection=False))[0].projections == ()


def unprojected(network: Network, one: Compressed, data: Data, layer: int) -> NDArray[np.float64]:
    """The layer's output with the projections in front of it alone."""
    kept = tuple(p for p in one.projections if p.layer < layer)
    return outputs(network, replace(one, projections=kept), data, layer)


def test_no_projection_touches_the_dense_network(tmp_path: Path) -> None:
    for activation, biases in (("tanh", False), ("softplus", False), ("gelu", True), ("elu(3)", True)):
        network, data = mlp(tmp_path, activation, biases)
        widest = compress(network, data, settings())  # folds the input radius in
        radii = [p.radius for p in widest[0].projections]
        z, norms = torch.from_numpy(data.inputs.T), []
        phi = projection.activation_in_torch(activation)
        assert network.weights is not None and network.biases is not None
        for number, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True), 1):
            z = torch.from_numpy(weight) @ z
            z = z if bias is None else z + torch.from_numpy(bias)[:, None]
            z = z if number == network.depth else phi(z)
            norms.append(float(z.norm(dim=0).max()))
        assert [norms[n - 1] <= radius for n, radius in zip((1, 3, 4), radii, strict=True)] == [True] * 3


def test_the_loss_is_an_objective_where_dimensions_allow(tmp_path: Path) -> None:
    network, data = mlp(tmp_path)
    last = LayerSets(frozenset(), frozenset({4}))
    ways = [
        compress(network, data, settings(sets=last, objective=Objective.LOSS, implementation=way))[0].picks[0].indices
        for way in Implementation
    ]
    assert np.array_equal(ways[0], ways[1]) and np.array_equal(ways[1], ways[2])
    distance = compress(network, data, settings(sets=last))[0].picks[0].indices
    assert not np.array_equal(ways[0], distance)
    with pytest.raises(InputError, match="layer 1: objective=loss compares its 4 outputs"):
        compress(network, data, settings(objective=Objective.LOSS))
    with pytest.raises(InputError, match="holds no labels"):
        compress(network, replace(data, targets=None), settings(sets=last, objective=Objective.LOSS))


def test_progress_tells_steps_rate_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, data = mlp(tmp_path)
    monkeypatch.setattr("boundcheck.compress.progress._EVERY_SECONDS", 0.0)
    said: list[tuple[str, float]] = []
    compress(network, data, settings(), progress=lambda text, share: said.append((text, share)))
    assert any("layer 2: step 5 of 18, " in text and "steps/s" in text and "left" in text for text, _ in said)
    assert all(0 <= share <= 1 for _, share in said)


def test_what_does_not_fit_is_refused_before_any_work(tmp_path: Path) -> None:
    network, data = mlp(tmp_path)
    convolutions, maps = cnn(tmp_path)
    refused = [
        (network, data, settings(Mode.CONV), {}, "layer 1: is fully connected, and mode=conv"),
        (convolutions, maps, settings(sets=LayerSets(frozenset({1}), frozenset())), {}, "layer 1: is a convolution"),
        (network, data, settings(), {"dtype": "float16"}, "dtype=float16: expected one of float64, float32"),
        (network, data, settings(), {"device": "tpu"}, "device=tpu: expected one of cpu, cuda"),
        (network, data, settings(), {"repeats": 0}, "expected at least one"),
        (network, data, settings(sets=LayerSets(frozenset({9}), frozenset())), {}, "wide=9"),
        (network, replace(data, inputs=data.inputs[:, :2]), settings(), {}, "2 features"),
    ]
    for one, given, asked, options, message in refused:
        with pytest.raises(InputError, match=message):
            compress(one, given, asked, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("device", ["cuda"])
def test_another_device_picks_and_draws_the_same(tmp_path: Path, device: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip(f"torch sees no {device} device here")
    network, data = mlp(tmp_path)
    for mode in (Mode.PRUNE, Mode.QUANTIZE, Mode.STRUCTURED):
        here, there = (compress(network, data, settings(mode), repeats=3, device=d) for d in ("cpu", device))
        for one, other in zip(here, there, strict=True):
            assert all(np.array_equal(a.indices, b.indices) for a, b in zip(one.picks, other.picks, strict=True))
            assert all(np.allclose(a, b, rtol=1e-12) for a, b in zip(one.weights, other.weights, strict=True))
