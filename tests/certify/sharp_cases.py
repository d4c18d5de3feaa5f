"""Random tiny networks for the sharp rungs, as boundcheck reads them and exactly, with every kind of draw."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sharp_enumeration import EXACT, Tiny, TinyDraw, TinyLayer

import boundcheck
from boundcheck.certify.draw_choice import Draw
from boundcheck.certify.measured_blocks import BlockMeasure, Knowledge
from boundcheck.certify.proposal import Granularity, Proposal
from boundcheck.certify.scaling import round_up
from boundcheck.certify.steps import block_environment, steps
from boundcheck.certify.theory import Theory, theories
from boundcheck.core.rung import DrawKind, Effort, Mode, Quantity, Unit
from boundcheck.library import library
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.data import Data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network
from boundcheck.per_sample.block_samples import BlockDraw

KINDS = {
    "pruned": (Mode.PRUNE, "entries", "entries"),
    "exact counts": (Mode.PRUNE, "entries", "entries"),
    "quantized": (Mode.QUANTIZE, "entries", "entries"),
    "structured": (Mode.STRUCTURED, "columns", "rows"),
    "filters": (Mode.CONV, "input filters", "output filters"),
}
GRANULARITY = {"structured": Granularity.STRUCTURED, "filters": Granularity.CONV}
RATIONAL = ("identity", "relu", "relu", "leaky_relu(1/4)", "leaky_relu(1)", "leaky_relu(3)")
TRANSCENDENTAL = (
    "tanh",
    "sigmoid",
    "gelu",
    "silu",
    "sigmoid",
    "elu",
    "elu(2)",
    "elu(1/2)",
    "softplus",
    "softplus(3)",
    "sin",
)
OUTPUTS = ("identity", "identity", "identity", "relu", "tanh", "sigmoid", "softmax")


@dataclass(frozen=True)
class Case:
    """A network, its data, and which layer is drawn how. role: wide or bottleneck."""

    kind: str
    tiny: Tiny
    network: Network
    data: Data
    number: int
    role: str
    draw: TinyDraw

    @property
    def mode(self) -> Mode:
        return KINDS[self.kind][0]

    @property
    def sets(self) -> LayerSets:
        layers = frozenset([self.number])
        return LayerSets(layers, frozenset()) if self.role == "wide" else LayerSets(frozenset(), layers)

    @property
    def drawn(self) -> BlockDraw:
        """As measure_block takes it."""
        p = self.draw.p if self.draw.kept is None else Fraction(self.draw.kept, len(self.layer.weight[0]))
        return BlockDraw(Unit(self.draw.unit), self.draw.kept is not None, p, self.draw.levels)

    @property
    def layer(self) -> TinyLayer:
        return self.tiny.layers[self.number - 1]


def theory_of(kind: str, name: str = "sharp-data") -> Theory:
    return _theory(KINDS[kind][0], DrawKind.EXACT_COUNTS if kind == "exact counts" else DrawKind.INDEPENDENT, name)


@cache
def _theory(mode: Mode, draw: DrawKind, name: str) -> Theory:
    return next(theory for theory in theories(library(proofs=False), mode, draw) if theory.rung.name == name)


def knowledge(case: Case, effort: Effort) -> tuple[Knowledge, Fraction]:
    """What the rung takes of the block with nothing in front, and what its claims make of that at the output."""
    theory = theory_of(case.kind)
    scaled = theory.view(case.network, case.sets.bottleneck)
    quantities = {Quantity.ALPHA: Fraction(1), Quantity.EPSILON: Fraction(0)}
    if case.drawn.bernoulli is not None:
        quantities[Quantity.BERNOULLI] = case.drawn.bernoulli
    if case.drawn.levels is not None:
        quantities[Quantity.LEVELS] = Fraction(case.drawn.levels)
    measure = BlockMeasure(theory, case.network, case.data, proposal_of(case, effort), lambda stage: None)
    error, known = Fraction(0), None
    for step in steps(scaled, case.sets):
        environment = block_environment(scaled, step, Fraction(1), error) | quantities
        if step.role == case.role:
            known = measure.knowledge(scaled, step, Draw(quantities, 1, Fraction(1)), Fraction(0), is_last=True)
            environment |= known.quantities
        error = round_up(theory.roles[step.role].right_side("error", environment))
    assert known is not None
    return known, error * scaled.error_scale


def proposal_of(case: Case, effort: Effort = Effort.TIGHT, keep: Fraction = Fraction(1, 2)) -> Proposal:
    """Keeping about the share that the case's own draw keeps."""
    if case.kind == "quantized":
        return Proposal(levels=case.draw.levels, sets=case.sets, effort=effort)
    return Proposal(
        keep=case.drawn.bernoulli if case.kind == "exact counts" else keep,
        sets=case.sets,
        granularity=GRANULARITY.get(case.kind, Granularity.UNSTRUCTURED),
        draw=DrawKind.EXACT_COUNTS if case.kind == "exact counts" else DrawKind.INDEPENDENT,
        effort=effort,
    )


def network_of(
    folder: Path,
    weights: Sequence[NDArray[np.float64]],
    biases: Sequence[NDArray[np.float64] | None],
    hidden: str,
    last: str,
    side: int = 1,
) -> Network:
    """Through a file, as users give it."""
    tensors = {f"layers.{number}.weight": weight for number, weight in enumerate(weights, start=1)}
    tensors |= {f"layers.{number}.bias": bias for number, bias in enumerate(biases, start=1) if bias is not None}
    np.savez(folder / "net.npz", **tensors)  # type: ignore[arg-type]
    parsed = boundcheck.parse_activation(hidden), boundcheck.parse_activation(last)
    if weights[0].ndim == 4:
        return convolutional_network_from_checkpoint(folder / "net.npz", side, *parsed)
    return boundcheck.network_from_checkpoint(folder / "net.npz", *parsed)


def data_of(inputs: NDArray[np.float64], labels: NDArray[np.int64] | None = None) -> Data:
    targets = None if labels is None else np.eye(int(labels.max()) + 1)[labels]
    return Data(inputs, labels, "inputs of a test", "0" * 64, targets)


def exactly(
    weights: Sequence[NDArray[np.float64]],
    biases: Sequence[NDArray[np.float64] | None],
    hidden: str,
    last: str,
    inputs: NDArray[np.float64],
    side: int = 1,
) -> Tiny:
    """The same network and data for the oracle."""
    layers = []
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
        matrix = unrolled(weight, side) if weight.ndim == 4 else [[Fraction(float(w)) for w in row] for row in weight]
        places = side**2 if weight.ndim == 4 else 1
        shifts = (
            [Fraction(0)] * len(matrix) if bias is None else [Fraction(float(b)) for b in bias for _ in range(places)]
        )
        layers.append(TinyLayer(tuple(map(tuple, matrix)), tuple(shifts), last if number == len(weights) else hidden))
    return Tiny(tuple(layers), tuple(tuple(Fraction(float(x)) for x in row) for row in inputs))


def unrolled(kernels: NDArray[np.float64], side: int) -> list[list[Fraction]]:
    """A convolution with stride 1 and circular padding as a matrix: out(u, v) sums K(a, b) in(u + a - s, v + b - s)."""
    d_out, d_in, q, _ = kernels.shape
    shift = (q - 1) // 2
    matrix = [[Fraction(0)] * (d_in * side**2) for _ in range(d_out * side**2)]
    for (o, i, a, b), value in np.ndenumerate(kernels):
        for u in range(side):
            for v in range(side):
                column = i * side**2 + (u + a - shift) % side * side + (v + b - shift) % side
                matrix[o * side**2 + u * side + v][column] += Fraction(float(value))
    return matrix


def random_case(seed: int, folder: Path) -> Case:
    """Kinds, roles, depths, widths and sizes in turn or at random; the same for the same seed."""
    rng = random.Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    role = rng.choice(["wide", "bottleneck", "bottleneck"])
    rational = rng.random() < 0.5
    hidden = rng.choice(RATIONAL if rational else TRANSCENDENTAL)
    exact = hidden.partition("(")[0] in EXACT
    depth = rng.choice([1, 2, 3, 4] if role == "wide" else [2, 2, 3, 4])
    number = rng.randint(1, depth if role == "wide" else depth - 1)
    last = rng.choice(
        OUTPUTS if not exact or rng.random() < 0.2 else ("identity", "identity", "relu", "leaky_relu(1/2)")
    )
    mostly_drawn = 8 if exact and last.partition("(")[0] in EXACT else 6
    widths = _widths(rng, kind, role, depth, number, mostly_drawn)
    side = 2 if kind == "filters" else 1
    size = rng.choice([1 / 32, 1 / 4, 1.0, 1.0, 4.0])
    weights = [_weights(rng, kind, a, b, size) for a, b in zip(widths[:-1], widths[1:], strict=True)]
    biases = [
        _numbers(rng, (n_out,), size * rng.choice([0.1, 1.0, 10.0])) if rng.random() < 0.5 else None
        for n_out in widths[1:]
    ]
    inputs = _numbers(rng, (rng.randint(1, 3), widths[0] * side**2), rng.choice([0.25, 1.0, 3.0]))
    if len(inputs) > 1 and rng.random() < 0.2:
        inputs[1] = inputs[0]
    return Case(
        kind,
        exactly(weights, biases, hidden, last, inputs, side),
        network_of(folder, weights, biases, hidden, last, side),
        data_of(inputs),
        number,
        role,
        _draw(rng, kind, role, widths[number - 1], side),
    )


def with_layer(case: Case, number: int, role: str) -> Case:
    return replace(case, number=number, role=role)


def _widths(rng: random.Random, kind: str, role: str, depth: int, number: int, most: int) -> list[int]:
    widths = [rng.randint(1, 2 if kind == "filters" else 3) for _ in range(depth + 1)]
    if kind in ("structured", "filters"):
        drawn = number - 1 if role == "wide" else number
        widths[drawn] = rng.randint(1, 3 if kind == "filters" else most - 1)
        return widths
    while widths[number - 1] * widths[number] > most:
        widths[number - rng.randint(0, 1)] = rng.randint(1, 4)
    if kind == "exact counts":
        widths[number - 1] = rng.randint(2, 4)
        widths[number] = rng.randint(1, 3)
    return widths


def _weights(rng: random.Random, kind: str, n_in: int, n_out: int, size: float) -> NDArray[np.float64]:
    shape = (n_out, n_in) if kind != "filters" else (n_out, n_in, *(2 * [rng.choice([1, 2])]))
    found = _numbers(rng, shape, size)
    if not found.any():
        found.flat[0] = size
    return found


def _numbers(rng: random.Random, shape: tuple[int, ...], size: float) -> NDArray[np.float64]:
    """Dyadic ones, so that preactivations vanish and entries repeat, or full floats; some are zero."""
    dyadic = rng.random() < 0.5
    count = int(np.prod(shape))
    drawn = [rng.randint(-4, 4) / 4 if dyadic else rng.gauss(0, 1) * (rng.random() > 0.15) for _ in range(count)]
    return np.array(drawn).reshape(shape) * size


def _draw(rng: random.Random, kind: str, role: str, n_in: int, side: int) -> TinyDraw:
    unit = KINDS[kind][1 if role == "wide" else 2]
    if kind == "quantized":
        return TinyDraw(unit, levels=rng.randint(1, 5))
    if kind == "exact counts":
        return TinyDraw(unit, kept=rng.randint(1, n_in))
    p = rng.choice([Fraction(1, 2), Fraction(3, 10), Fraction(9, 10), Fraction(1, 50), Fraction(999999, 1000000)])
    return TinyDraw(unit, p=p, block=side**2)
