"""Whole certificates of the sharp rungs against every realization: the mean error of those that keep what is promised.

The statements promise one realization. Their proofs show more: the mean over all that keep what is promised is within
the bound, block after block, for the bound behind a block is concave in the error in front of it.
"""

import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sharp_cases import GRANULARITY, KINDS, RATIONAL, TRANSCENDENTAL, _numbers, _weights, data_of, exactly, network_of
from sharp_enumeration import EXACT, Compressed, Tiny, TinyDraw, Vector, at_most, big, network_truth
from test_sharp_enumeration import chunks

import boundcheck
from boundcheck.certify.certificate import Certificate, RungRecord
from boundcheck.certify.proposal import Granularity, Proposal
from boundcheck.certify.steps import output_norm, steps
from boundcheck.certify.theory import theories
from boundcheck.core.rung import DrawKind, Effort
from boundcheck.library import library
from boundcheck.network.data import Data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

# Wide layers, bottlenecks, and widths: "n" is what is drawn from.
SHAPES = (
    ((1,), (), "na"),
    ((), (1,), "ana"),
    ((), (1,), "anaa"),
    ((2,), (), "anaa"),
    ((), (2,), "aanaa"),
    ((1, 2), (), "nna"),
    ((1,), (2,), "nbna"),
    ((3,), (1,), "abna"),
    ((), (1, 3), "abbba"),
)
SHARP = ("sharp", "sharp-data")


@dataclass(frozen=True)
class Whole:
    """A network with a proposal, exactly and as boundcheck sees them."""

    kind: str
    tiny: Tiny
    network: Network
    data: Data
    proposal: Proposal
    side: int

    def certificate(self) -> Certificate:
        return boundcheck.verify(self.network, self.proposal, self.data)


@pytest.mark.parametrize("first", chunks(60, 300, 20))
def test_realizations_that_keep_what_is_promised_are_within_the_bound(first: int, tmp_path: Path) -> None:
    found, bounds = [], 0
    for seed in range(first, first + 20):
        whole = random_whole(seed, tmp_path)
        certificate = whole.certificate()
        for rung in certificate.rungs:
            if rung.name in SHARP and rung.error_bound is not None:
                bounds += 1
                found += [f"seed {seed}, {whole.kind}, {rung.name}: {problem}" for problem in problems(whole, rung)]
    assert not found
    assert bounds >= 20


def problems(whole: Whole, rung: RungRecord) -> list[str]:
    """What enumeration refutes of one rung with an error bound."""
    assert rung.error_bound is not None
    bound, found = Fraction(rung.error_bound), []
    compressed = compressed_layers(whole, rung)
    truth = network_truth(whole.tiny, compressed)
    if not at_most(truth.least, bound):
        found.append(f"no realization is within {float(bound)}: the least is {float(truth.least)}")
    if not at_most(truth.mean, bound):
        found.append(f"the mean of what is kept, {float(truth.mean)}, is above {float(bound)}")
    if len(rung.blocks) == 1 and "epsilon" in rung.blocks[0].parameters:
        everything = network_truth(whole.tiny, [_without_promise(block) for block in compressed])
        if not at_most(everything.mean, bound / (1 + Fraction(rung.blocks[0].parameters["epsilon"]))):
            found.append(f"the mean of all realizations, {float(everything.mean)}, is above the bound's")
    return found


def _without_promise(block: Compressed) -> Compressed:
    return Compressed(block.number, block.draw, None, block.behind, block.radius)


def compressed_layers(whole: Whole, rung: RungRecord) -> list[Compressed]:
    """What the rung draws, as its record says, and where it projects: the rung without data, behind every block."""
    radii = projection_radii(whole, rung)
    found = []
    for block in rung.blocks:
        assert block.draws == block.units
        layer, parameters = whole.tiny.layers[block.layer - 1], block.parameters
        p = Fraction(parameters["bernoulli"]) if "bernoulli" in parameters else None
        counts = int(p * len(layer.weight[0])) if p is not None and whole.kind == "exact counts" else None
        levels = int(Fraction(parameters["levels"])) if "levels" in parameters else None
        draw = TinyDraw(block.unit, None if counts else p, counts, levels, whole.side**2)
        allowed = None if block.promised_kept is None else Fraction(block.promised_kept) * block.units
        behind = block.layer + (block.role == "bottleneck")
        found.append(Compressed(block.layer, draw, allowed, behind, radii.get(behind)))
    return found


def projection_radii(whole: Whole, rung: RungRecord) -> dict[int, Fraction]:
    """By layer behind which the projection is; in the scale of the network as given."""
    if rung.name != "sharp":
        return {}
    ladder = theories(library(proofs=False), whole.proposal.mode, whole.proposal.draw)
    theory = next(theory for theory in ladder if theory.rung.name == "sharp")
    sets = LayerSets(frozenset(rung.wide), frozenset(rung.bottleneck))
    scaled = theory.view(boundcheck.network.network.with_input_radius(whole.network, _radius(whole)), sets.bottleneck)
    norm, found = scaled.input_norm, {}
    for step in steps(scaled, sets):
        norm = output_norm(scaled, step, norm)
        last = step.layer.number + step.span - 1
        found[last] = norm * scaled.layers[last - 1].output_scale
    return found


def _radius(whole: Whole):  # type: ignore[no-untyped-def]
    from boundcheck.network.measure import measured_input_radius

    return measured_input_radius(whole.data)


@pytest.mark.parametrize("first", chunks(20, 100, 20))
def test_predictions_that_are_said_to_stay(first: int, tmp_path: Path) -> None:
    """In no realization within the bound do more predictions change than the rung says."""
    found, told = [], 0
    for seed in range(first, first + 20):
        whole = random_whole(seed, tmp_path, classes=True)
        for rung in whole.certificate().rungs:
            if rung.name not in SHARP or rung.unchanged_predictions is None or rung.error_bound is None:
                continue
            told += rung.unchanged_predictions not in ("0", "1")
            stay, bound = Fraction(rung.unchanged_predictions), Fraction(rung.error_bound)
            dense = whole.tiny.behind(1, whole.tiny.inputs)
            least = sum(unchanged for unchanged in _costs(dense, bound))
            if stay * len(dense) > least:
                found.append(f"seed {seed}, {rung.name}: {stay} of {len(dense)} stay, but {least} alone are sure to")
            found += [
                f"seed {seed}, {rung.name}: {changed} change in a realization within the bound"
                for changed in _changed(whole, rung, dense, bound)
                if len(dense) - changed < stay * len(dense)
            ]
    assert not found
    assert told > 0


def _costs(dense: tuple[Vector, ...], bound: Fraction) -> list[int]:
    """One for every prediction that stays when as many as the error can pay for change, the cheapest first."""
    left, stays = big(bound) * len(dense), [1] * len(dense)
    leads = sorted(_lead(outputs) for outputs in dense)
    for place, lead in enumerate(leads):
        left -= lead**2 / 2
        stays[place] = int(left < 0)
    return stays


def _lead(outputs: Vector):  # type: ignore[no-untyped-def]
    first, second = sorted((big(x) for x in outputs), reverse=True)[:2]
    return first - second


def _changed(whole: Whole, rung: RungRecord, dense: tuple[Vector, ...], bound: Fraction) -> list[int]:
    """In every realization that is within the bound, how many predictions change; ties change."""
    found: list[int] = []

    def note(states: tuple[Vector, ...]) -> None:
        error = sum(
            (big(a) - big(b)) ** 2 for x, y in zip(dense, states, strict=True) for a, b in zip(x, y, strict=True)
        )
        if error <= big(bound) * len(dense):
            found.append(sum(_argmax(x) != _argmax(y) for x, y in zip(dense, states, strict=True)))

    network_truth(whole.tiny, compressed_layers(whole, rung), note)
    return found


def _argmax(outputs: Vector) -> int | None:
    largest = max(big(x) for x in outputs)
    places = [place for place, x in enumerate(outputs) if big(x) == largest]
    return places[0] if len(places) == 1 else None


def random_whole(seed: int, folder: Path, classes: bool = False) -> Whole:
    """Kinds and shapes in turn, all else at random; the same for the same seed."""
    rng = random.Random(10_000 + seed)
    kind = list(KINDS)[seed % len(KINDS)]
    wide, bottleneck, letters = SHAPES[seed // len(KINDS) % len(SHAPES)]
    hidden = rng.choice(RATIONAL if rng.random() < 0.6 or len(letters) > 4 else TRANSCENDENTAL)
    last = rng.choice(
        ["identity", "identity", "relu", "leaky_relu(1/2)", *(["tanh", "softmax"] if seed % 4 == 0 else [])]
    )
    exact = hidden.partition("(")[0] in EXACT and last.partition("(")[0] in EXACT
    most = (4 if letters.count("n") + letters.count("b") > 1 else 7) - (not exact)
    side = 2 if kind == "filters" else 1
    widths = _widths(rng, kind, letters, most, len(wide) + len(bottleneck) > 1)
    if classes:
        widths[-1] = 2 if kind in ("structured", "filters") or letters[-2] != "n" or bottleneck else widths[-1]
        widths[-1] = max(2, widths[-1])
    size = rng.choice([1 / 4, 1.0, 2.0])
    weights = [_weights(rng, kind, a, b, size) for a, b in zip(widths[:-1], widths[1:], strict=True)]
    biases = [_numbers(rng, (n,), size) if rng.random() < 0.5 else None for n in widths[1:]]
    samples = 6 if classes else rng.randint(1, 3)
    inputs = _numbers(rng, (samples, widths[0] * side**2), rng.choice([0.25, 1.0, 3.0]))
    if not inputs.any():
        inputs[0, 0] = 1.0
    labels = np.arange(samples) % 2 if classes else None
    return Whole(
        kind,
        exactly(weights, biases, hidden, last, inputs, side),
        network_of(folder, weights, biases, hidden, last, side),
        data_of(inputs, labels),
        _proposal(rng, kind, LayerSets(frozenset(wide), frozenset(bottleneck)), classes),
        side,
    )


def _widths(rng: random.Random, kind: str, letters: str, most: int, is_long: bool) -> list[int]:
    whole = kind in ("structured", "filters")
    largest = {"n": most, "b": 2 if not whole else 3, "a": 2}
    if whole and kind == "filters":
        largest = {"n": 3, "b": 2, "a": 1}
    if not whole and is_long:
        largest = {"n": 2, "b": 2, "a": 2}
    elif not whole:
        largest = {"n": 3, "b": 2, "a": 2}
    return [rng.randint(min(2, largest[letter]), largest[letter]) for letter in letters]


def _proposal(rng: random.Random, kind: str, sets: LayerSets, classes: bool) -> Proposal:
    effort = rng.choice(list(Effort))
    if kind == "quantized":
        return Proposal(levels=rng.randint(1, 5) * (10 if classes else 1), sets=sets, effort=effort)
    return Proposal(
        keep=Fraction(rng.choice([50, 60, 75, 90, 99, 100]), 100),
        sets=sets,
        effort=effort,
        granularity=GRANULARITY.get(kind, Granularity.UNSTRUCTURED),
        draw=DrawKind.EXACT_COUNTS if kind == "exact counts" else DrawKind.INDEPENDENT,
    )
