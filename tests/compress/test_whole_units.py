"""Whole neurons and filters: dense and fast scores against Algorithm 1 word for word, within a computed bound."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from boundcheck.compress import unit_changes
from boundcheck.compress.block import Block, plus_bias, weighted
from boundcheck.compress.dense_units import DenseScores, dense_unit_picks
from boundcheck.compress.fast_units import FastScores, fast_unit_picks
from boundcheck.compress.literal import literal_scores, with_unit
from boundcheck.compress.unit_changes import outcomes, together
from boundcheck.compress.unit_spectra import constant_unit_scores
from boundcheck.core.rung import Unit
from boundcheck.draws import Law, multiplier_law
from boundcheck.network.torch_activation import activation_in_torch

ACTIVATIONS = ["tanh", "relu", "softplus", "identity"]  # all with Lipschitz constant 1; softplus(0) is not 0
BOTTLENECK = {Unit.ROWS, Unit.OUTPUT_FILTERS}
FILTERS = {Unit.INPUT_FILTERS, Unit.OUTPUT_FILTERS}
UNITS = [Unit.ROWS, Unit.COLUMNS, Unit.OUTPUT_FILTERS, Unit.INPUT_FILTERS]
Picker = Callable[..., torch.Tensor]
PICKERS = [dense_unit_picks, fast_unit_picks]


def random_block(rng: np.random.Generator, unit: Unit, own_inputs: int, inner: str | None = None) -> Block:
    """A tiny block; ``own_inputs`` repeats have inputs of their own, 1: they share them."""
    n_in, n_out, n_next, samples = (int(n) for n in rng.integers([2, 2, 1, 1], [5, 6, 4, 6]))
    side = int(rng.integers(2, 5)) if unit in FILTERS else None
    q, places = int(rng.integers(1, min(3, side) + 1)) if side else 1, side**2 if side else 1

    def normal(*shape: int) -> torch.Tensor:
        return torch.from_numpy(rng.standard_normal(shape))

    def weight(rows: int, columns: int) -> torch.Tensor:
        return normal(rows, columns, q, q) if side else normal(rows, columns)

    def bias(channels: int) -> torch.Tensor | None:
        return normal(channels).repeat_interleave(places) if rng.random() < 0.6 else None

    x = normal(own_inputs, n_in * places, samples)
    is_bottleneck = unit in BOTTLENECK
    outputs = n_next if is_bottleneck else n_out
    return Block(
        layer=1,
        unit=unit,
        weight=weight(n_out, n_in),
        bias=bias(n_out),
        inputs=x,
        inner=inner or (str(rng.choice(ACTIVATIONS)) if is_bottleneck else "identity"),
        outer=weight(n_next, n_out) if is_bottleneck else None,
        outer_bias=bias(n_next) if is_bottleneck else None,
        last="identity",
        reference=normal(1, outputs * places, samples),
        map_side=side,
    )


def random_instance(
    seed: int, unit: Unit, inner: str | None = None
) -> tuple[Block, Law, torch.Tensor, list[torch.Tensor]]:
    """A block, the law and realized multipliers of one to three repeats, and for each a random order of all units."""
    rng = np.random.default_rng([seed, UNITS.index(unit)])
    repeats = int(rng.integers(1, 4))
    block = random_block(rng, unit, int(rng.choice([1, repeats])), inner)
    law = multiplier_law(block.units, float(rng.choice([0.3, 0.5, 0.7])))
    realized = torch.from_numpy(law.realize(rng.random((repeats, block.units))))
    return block, law, realized, [torch.from_numpy(rng.permutation(block.units)) for _ in range(repeats)]


def rounding_bound(block: Block, law: Law, steps: int, unit_roundoff: float = 2.0**-53) -> float:
    """How far signed scores behind ``steps`` steps may be from literal ones.

    Let H bound all |phi(h z)| by |phi(0)| + |h| (|W| |x| + |bias|), R = |reference| + |outer| H + |outer_bias| and
    Q = mean ||R||^2. Everything is a sum of products, whose rounding errors are at most gamma_k = k u / (1 - k u) times
    the same sum of absolute values, k the operations an input meets (counted generously, 8 for an activation).
    A literal score combines three mean squares <= Q, each with a relative error of 2 gamma_k: 5 gamma_k Q. The sums of
    absolute values of the other two are at most 4 Q (first order, since |E delta| <= 2 H), 4 Q (second order) and 8 Q a
    step. Products taken at frequencies bound coefficients by sums of absolute values over the places: by
    Cauchy-Schwarz this costs a factor of at most the number of places.
    """
    places = block.map_side**2 if block.map_side else 1
    phi = activation_in_torch(block.inner)
    size = plus_bias(
        weighted(block.weight.abs(), block.inputs.abs(), block.map_side),
        None if block.bias is None else block.bias.abs(),
    )
    size = phi(torch.zeros_like(size)).abs() + float(law.high.max()) * size
    if block.outer is not None:
        size = weighted(block.outer.abs(), size, block.map_side)
        size = plus_bias(size, None if block.outer_bias is None else block.outer_bias.abs())
    size = size + block.reference.abs()
    q = float((size * size).sum(dim=(-2, -1)).max()) / block.samples
    kernels = block.weight.numel() + (0 if block.outer is None else 2 * block.outer.numel())
    k = kernels + 3 * places + 3 * size[0].numel() + 25 + steps + 60
    gamma = k * unit_roundoff / (1 - k * unit_roundoff)
    return gamma * places * (8 * (1 + steps) + 5) * q


def alone(block: Block, repeat: int) -> Block:
    return replace(block, inputs=block.inputs[repeat : repeat + 1]) if len(block.inputs) > 1 else block


def literal_path(
    block: Block, law: Law, realized: torch.Tensor, order: list[int]
) -> Iterator[tuple[list[int], torch.Tensor]]:
    """Before each step of one repeat the unprocessed units and their literal signed scores; then ``order`` goes on."""
    weight, bias = block.weight, block.bias
    for step, unit in enumerate(order):
        left = [u for u in range(block.units) if u not in order[:step]]
        yield left, literal_scores(block, law, weight, bias, left)
        weight, bias = with_unit(block, weight, bias, unit, realized[unit])


@pytest.fixture(params=[None, 2], ids=["at once", "in parts"])
def in_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps of all units for at most a sample or two at a time, or of all samples at once."""
    if request.param is not None:
        monkeypatch.setattr(unit_changes, "_NUMBERS_AT_ONCE", 40)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", [DenseScores, FastScores])
def test_scores_along_the_whole_path_are_the_literal_ones(kind: type, unit: Unit) -> None:
    for seed in range(40):
        block, law, realized, orders = random_instance(seed, unit)
        bound = rounding_bound(block, law, block.units)
        largest = 0.0
        for first, drawn, _ in together(block, realized, None, block.units):
            scores = kind(block, first, outcomes(law, block), drawn)
            signed, some = scores.signed.clone(), orders[first : first + len(drawn)]
            paths = [
                literal_path(alone(block, first), law, *pair)
                for pair in zip(drawn, [o.tolist() for o in some], strict=True)
            ]
            for step, found in enumerate(zip(*paths, strict=True)):
                for repeat, (left, expected) in enumerate(found):
                    assert (signed[repeat, left] - expected).abs().max() <= bound, (seed, step, repeat)
                    largest = max(largest, float(expected.abs().max()))
                signed += scores.moved(torch.stack([order[step] for order in some]))
        assert bound < 1e-4 * largest


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("pick", PICKERS)
def test_picks_are_the_literal_ones_up_to_rounding(pick: Picker, unit: Unit) -> None:
    differing = steps = 0
    for seed in range(30):
        block, law, realized, _ = random_instance(1000 + seed, unit)
        count = block.units if seed % 2 else block.units - 1
        bound = rounding_bound(block, law, count)
        picks = pick(block, law, realized, count)
        assert picks.shape == (len(realized), count) and picks.dtype == torch.int64
        for repeat, order in enumerate(picks.tolist()):
            assert len(set(order)) == count
            path = literal_path(alone(block, repeat), law, realized[repeat], order)
            for unit_picked, (left, signed) in zip(order, path, strict=True):
                scores = signed.abs()
                assert scores[left.index(unit_picked)] <= scores.min() + 2 * bound
                differing += left[int(scores.argmin())] != unit_picked
                steps += 1
    assert steps > 150 and differing == 0  # random instances have no ties


@pytest.mark.parametrize("pick", PICKERS)
@pytest.mark.parametrize("inner", ["tanh", "softplus"])
@pytest.mark.parametrize("unit", [Unit.ROWS, Unit.OUTPUT_FILTERS])
def test_ties_go_to_the_least_index(unit: Unit, inner: str, pick: Picker) -> None:
    block, law, realized, _ = random_instance(3, unit, inner)
    weight = torch.randn(7, *block.weight.shape[1:], dtype=torch.float64)
    weight[[1, 2, 5]] = 0  # drawing these changes nothing: their scores are exactly zero
    outer = torch.randn(2, 7, *block.weight.shape[2:], dtype=torch.float64)
    reference = torch.randn(1, 2 * block.inputs.shape[1] // block.weight.shape[1], block.samples, dtype=torch.float64)
    tied = replace(block, weight=weight, bias=None, outer=outer, outer_bias=None, reference=reference)
    law = multiplier_law(7, 0.5)
    realized = torch.from_numpy(law.realize(np.random.default_rng(0).random((len(realized), 7))))
    assert pick(tied, law, realized, 4)[:, :3].tolist() == [[1, 2, 5]] * len(realized)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("unit", UNITS)
def test_constant_scores_are_the_literal_ones_all_along(unit: Unit) -> None:
    for seed in range(30):
        block, law, realized, orders = random_instance(2000 + seed, unit, "identity")
        assert block.has_constant_scores
        found = constant_unit_scores(block, float(law.probability[0]))
        assert found.shape == (len(block.inputs), block.units) and found.dtype == torch.float64
        bound = rounding_bound(block, law, 0)
        for repeat, order in enumerate(orders):
            own = found[repeat if len(found) > 1 else 0]
            for left, expected in literal_path(alone(block, repeat), law, realized[repeat], order.tolist()):
                assert (own[left] - expected.abs()).abs().max() <= bound
                assert bound < 1e-4 * found.max()


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", [DenseScores, FastScores])
def test_single_precision_inputs_give_single_precision_scores(kind: type, unit: Unit) -> None:
    for seed in range(20):
        block, law, realized, orders = random_instance(3000 + seed, unit)
        tensors = {name: value for name, value in vars(block).items() if isinstance(value, torch.Tensor)}
        single = replace(block, **{name: value.float() for name, value in tensors.items()})
        block = replace(block, **{name: value.float().double() for name, value in tensors.items()})
        drawn = realized[:1]
        scores = kind(single, 0, outcomes(law, single), drawn.float())
        signed = scores.signed.clone()
        assert signed.dtype == torch.float64
        path = literal_path(alone(block, 0), law, drawn[0], orders[0].tolist())
        for step, (left, expected) in enumerate(path):
            assert (signed[0, left] - expected).abs().max() <= rounding_bound(block, law, step, 2.0**-24)
            signed += scores.moved(orders[0][step : step + 1])


@pytest.mark.parametrize("pick", PICKERS)
@pytest.mark.parametrize("repeats_of_inputs", [1, 3])
def test_every_step_is_reported_once(pick: Picker, repeats_of_inputs: int) -> None:
    block = random_block(np.random.default_rng(1), Unit.ROWS, repeats_of_inputs)
    law = multiplier_law(block.units, 0.5)
    steps: list[int] = []
    pick(block, law, torch.from_numpy(np.tile(law.high, (3, 1))), block.units, steps.append)
    assert steps == list(range(block.units))
