"""What the random compression of tiny networks really costs, by enumeration of every realization of the draws.

An oracle that shares nothing with what it judges: weights, draws and errors are exact rationals, and numbers of 60
digits where an activation is transcendental.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from mpmath.ctx_mp import MPContext

MP = MPContext()
MP.dps = 60

Number = Any
"""A Fraction, or a number of MP."""
Vector = tuple[Number, ...]
Rows = tuple[Vector, ...]
EXACT = {"identity", "relu", "leaky_relu"}


def big(number: Number) -> Number:
    """As a number of 60 digits."""
    return MP.mpf(number.numerator) / number.denominator if isinstance(number, Fraction | int) else MP.mpf(number)


@lru_cache(maxsize=None, typed=True)  # a Fraction is not the equal number of MP
def phi(name: str, x: Number) -> Number:
    """An activation by its definition; ``name`` as users write it."""
    kind, _, rest = name.partition("(")
    parameter = Fraction(rest.rstrip(")")) if rest else Fraction(1)
    if kind == "identity":
        return x
    if kind == "relu":
        return max(x, x * 0)
    if kind == "leaky_relu":
        return x if x > 0 else parameter * x if isinstance(x, Fraction) else big(parameter) * x
    x = big(x)
    if kind == "tanh":
        return MP.tanh(x)
    if kind == "sigmoid":
        return 1 / (1 + MP.exp(-x))
    if kind == "silu":
        return x / (1 + MP.exp(-x))
    if kind == "gelu":
        return x * MP.erfc(-x / MP.sqrt(2)) / 2
    if kind == "sin":
        return MP.sin(x)
    if kind == "elu":
        return x if x > 0 else big(parameter) * MP.expm1(x)
    assert kind == "softplus"
    scaled = big(parameter) * x
    return (max(scaled, 0) + MP.log1p(MP.exp(-abs(scaled)))) / big(parameter)


def activated(name: str, z: Vector) -> Vector:
    """A layer's activation; softmax is the one that does not act entry by entry."""
    if name == "softmax":
        exponentials = [MP.exp(big(entry) - big(max(z))) for entry in z]
        return tuple(entry / sum(exponentials) for entry in exponentials)
    return tuple(phi(name, entry) for entry in z)


@dataclass(frozen=True)
class TinyLayer:
    """Weights as a matrix (of a convolution too) and one bias per output, all exactly the floats of the network."""

    weight: Rows
    bias: Vector
    activation: str

    def preactivation(self, x: Vector) -> Vector:
        return tuple(dot(row, x) + b for row, b in zip(self.weight, self.bias, strict=True))

    def __call__(self, x: Vector) -> Vector:
        return activated(self.activation, self.preactivation(x))


def dot(a: Vector, b: Vector) -> Number:
    if b and not isinstance(b[0], Fraction):
        return MP.fsum(big(x) * big(y) for x, y in zip(a, b, strict=True) if x)
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def squared_distance(a: Vector, b: Vector) -> Number:
    return sum((big_if_needed(x, y) ** 2 for x, y in zip(a, b, strict=True)), Fraction(0) if _all_exact(a, b) else 0)


def big_if_needed(x: Number, y: Number) -> Number:
    return x - y if isinstance(x, Fraction) and isinstance(y, Fraction) else big(x) - big(y)


def _all_exact(*vectors: Vector) -> bool:
    return all(isinstance(entry, Fraction) for vector in vectors for entry in vector)


@dataclass(frozen=True)
class TinyDraw:
    """How a layer is drawn. unit: entries, columns, rows, input filters or output filters; block: neurons per filter.

    p: probability of staying. kept: entries that stay in every row, by exact counts. levels: of quantization.
    """

    unit: str
    p: Fraction | None = None
    kept: int | None = None
    levels: int | None = None
    block: int = 1


@dataclass(frozen=True)
class Choice:
    """One value of something that is drawn independently of the rest: the rows that it decides, and their biases."""

    probability: Fraction
    rows: dict[int, tuple[Vector, Number]]
    nonzero: int


def choices(layer: TinyLayer, draw: TinyDraw) -> list[list[Choice]]:
    """What is drawn independently of each other, each with all its values."""
    n_out, n_in = len(layer.weight), len(layer.weight[0])
    if draw.unit == "entries":
        return [_row_choices(layer, number, draw) for number in range(n_out)]
    if draw.unit in ("columns", "input filters"):
        units = [range(start, start + draw.block) for start in range(0, n_in, draw.block)]
        return [[_columns(layer, units, stay, draw.p) for stay in product((False, True), repeat=len(units))]]
    units = [range(start, start + draw.block) for start in range(0, n_out, draw.block)]
    return [[_rows(layer, unit, stays, draw.p) for stays in (False, True)] for unit in units]


def _row_choices(layer: TinyLayer, number: int, draw: TinyDraw) -> list[Choice]:
    row, bias = layer.weight[number], layer.bias[number]
    found = []
    if draw.kept is not None:
        places = [place for place, weight in enumerate(row) if weight]
        if len(places) <= draw.kept:
            return [Choice(Fraction(1), {number: (row, bias)}, len(places))]
        sets = list(combinations(places, draw.kept))
        factor = Fraction(len(places), draw.kept)
        for stay in sets:
            drawn = tuple(weight * factor if place in stay else Fraction(0) for place, weight in enumerate(row))
            found.append(Choice(Fraction(1, len(sets)), {number: (drawn, bias)}, draw.kept))
        return found
    largest = max(abs(weight) for other in layer.weight for weight in other)
    for outcome in product(*(_values(weight, largest, draw) for weight in row)):
        probability = Fraction(1)
        for _, share in outcome:
            probability *= share
        drawn = tuple(value for value, _ in outcome)
        found.append(Choice(probability, {number: (drawn, bias)}, sum(value != 0 for value in drawn)))
    return found


def _values(weight: Fraction, largest: Fraction, draw: TinyDraw) -> list[tuple[Fraction, Fraction]]:
    """The values of one entry with their probabilities."""
    if draw.p is not None:
        return [(weight / draw.p, draw.p), (Fraction(0), 1 - draw.p)] if weight else [(weight, Fraction(1))]
    assert draw.levels is not None
    if not weight:
        return [(weight, Fraction(1))]
    step = largest / draw.levels
    below = weight // step * step
    up = (weight - below) / step
    return [(below, 1 - up), (below + step, up)] if up else [(below, Fraction(1))]


def _columns(layer: TinyLayer, units: list[range], stay: Sequence[bool], p: Fraction | None) -> Choice:
    assert p is not None
    factor = {place: 1 / p if stays else Fraction(0) for unit, stays in zip(units, stay, strict=True) for place in unit}
    probability = Fraction(1)
    for stays in stay:
        probability *= p if stays else 1 - p
    rows = {
        number: (tuple(weight * factor[place] for place, weight in enumerate(row)), layer.bias[number])
        for number, row in enumerate(layer.weight)
    }
    return Choice(probability, rows, sum(stay))


def _rows(layer: TinyLayer, unit: range, stays: bool, p: Fraction | None) -> Choice:
    assert p is not None
    factor = 1 / p if stays else Fraction(0)
    rows = {
        number: (tuple(weight * factor for weight in layer.weight[number]), layer.bias[number] * factor)
        for number in unit
    }
    return Choice(p if stays else 1 - p, rows, int(stays))


@dataclass(frozen=True)
class Realization:
    """One compressed matrix: its probability, how many of its units are not zero, and the preactivations it gives."""

    probability: Fraction
    nonzero: int
    preactivations: tuple[Vector, ...]


def realizations(layer: TinyLayer, draw: TinyDraw, inputs: Sequence[Vector]) -> Iterator[Realization]:
    """Every realization of the layer's draws, at some inputs."""
    groups = [
        [
            (
                choice.probability,
                choice.nonzero,
                [{number: dot(row, x) + bias for number, (row, bias) in choice.rows.items()} for x in inputs],
            )
            for choice in group
        ]
        for group in choices(layer, draw)
    ]
    for outcome in product(*groups):
        probability, nonzero = Fraction(1), 0
        for share, count, _ in outcome:
            probability *= share
            nonzero += count
        images = []
        for sample in range(len(inputs)):
            entries = {number: z for _, _, at in outcome for number, z in at[sample].items()}
            images.append(tuple(entries[number] for number in range(len(layer.weight))))
        yield Realization(probability, nonzero, tuple(images))


@dataclass(frozen=True)
class Tiny:
    """A network and its data, exactly."""

    layers: tuple[TinyLayer, ...]
    inputs: tuple[Vector, ...]

    def states(self, number: int) -> tuple[Vector, ...]:
        """What enters layer ``number`` (from 1; one more than the depth for the outputs) without compression."""
        states = self.inputs
        for layer in self.layers[: number - 1]:
            states = tuple(layer(x) for x in states)
        return states

    def behind(self, number: int, states: Sequence[Vector]) -> tuple[Vector, ...]:
        """The outputs, for what enters layer ``number``."""
        for layer in self.layers[number - 1 :]:
            states = tuple(layer(x) for x in states)
        return tuple(states)


def mean_distance(a: Sequence[Vector], b: Sequence[Vector]) -> Number:
    """Mean squared distance over the samples."""
    return sum(squared_distance(x, y) for x, y in zip(a, b, strict=True)) / len(a)


@dataclass(frozen=True)
class BlockTruth:
    """Expected mean squared errors of one compressed layer at dense inputs.

    own: behind its matrix. next: behind the next layer's (None if there is none). output: of the network.
    """

    own: Number
    next: Number | None
    output: Number


def block_truth(tiny: Tiny, number: int, draw: TinyDraw) -> BlockTruth:
    """By all realizations of layer ``number``."""
    layer, inputs = tiny.layers[number - 1], tiny.states(number)
    dense = tuple(layer.preactivation(x) for x in inputs)
    is_last = number == len(tiny.layers)
    dense_next = () if is_last else _next_preactivations(tiny, number, dense)
    outputs = tiny.behind(number, inputs)
    own: Number = 0
    behind: Number = 0
    output: Number = 0
    for realization in realizations(layer, draw, inputs):
        share = realization.probability
        own += _times(share, mean_distance(dense, realization.preactivations))
        if not is_last:
            behind += _times(
                share, mean_distance(dense_next, _next_preactivations(tiny, number, realization.preactivations))
            )
        states = tuple(activated(layer.activation, z) for z in realization.preactivations)
        output += _times(share, mean_distance(outputs, tiny.behind(number + 1, states)))
    return BlockTruth(own, None if is_last else behind, output)


def _times(share: Fraction, value: Number) -> Number:
    return share * value if isinstance(value, Fraction | int) else big(share) * value


def _next_preactivations(tiny: Tiny, number: int, z: Sequence[Vector]) -> tuple[Vector, ...]:
    activation = tiny.layers[number - 1].activation
    return tuple(tiny.layers[number].preactivation(activated(activation, each)) for each in z)


@dataclass(frozen=True)
class Compressed:
    """One compressed layer of a whole network, and what is promised of it.

    allowed: so many units may be nonzero; None where every realization counts. radius: of the projection behind the
    block, after layer ``behind``; None without one.
    """

    number: int
    draw: TinyDraw
    allowed: Fraction | None
    behind: int
    radius: Fraction | None = None


@dataclass(frozen=True)
class NetworkTruth:
    """Over the realizations that keep what is promised: the least and the mean error, and all (probability, error)."""

    least: Number
    mean: Number
    all: tuple[tuple[Fraction, Number], ...]


def network_truth(
    tiny: Tiny, compressed: Sequence[Compressed], note: Callable[[tuple[Vector, ...]], None] = lambda outputs: None
) -> NetworkTruth:
    """By all realizations of all compressed layers together; ``note`` is shown the outputs of each."""
    dense = tiny.behind(1, tiny.inputs)
    found: list[tuple[Fraction, Number]] = []

    def follow(number: int, states: tuple[Vector, ...], probability: Fraction) -> None:
        if number > len(tiny.layers):
            found.append((probability, mean_distance(dense, states)))
            note(states)
            return
        layer = tiny.layers[number - 1]
        here = next((block for block in compressed if block.number == number), None)
        if here is None:
            follow(number + 1, _projected(tuple(layer(x) for x in states), number), probability)
            return
        for drawn in realizations(layer, here.draw, states):
            if here.allowed is None or drawn.nonzero <= here.allowed:
                after = tuple(activated(layer.activation, z) for z in drawn.preactivations)
                follow(number + 1, _projected(after, number), probability * drawn.probability)

    def _projected(states: tuple[Vector, ...], number: int) -> tuple[Vector, ...]:
        radius = next((block.radius for block in compressed if block.behind == number), None)
        return states if radius is None else tuple(projected(x, radius) for x in states)

    follow(1, tiny.inputs, Fraction(1))
    assert found, "no realization keeps what is promised"
    if not all(isinstance(error, Fraction | int) for _, error in found):  # some are projected, and irrational
        found = [(share, big(error)) for share, error in found]
    whole = sum(share for share, _ in found)
    mean = sum(_times(share / whole, error) for share, error in found)
    return NetworkTruth(min(error for _, error in found), mean, tuple(found))


def projected(x: Vector, radius: Fraction) -> Vector:
    """The nearest point of the ball."""
    square = sum((entry * entry for entry in x), Fraction(0) if _all_exact(x) else 0)
    limit = radius**2 if isinstance(square, Fraction) else big(radius) ** 2
    if square <= limit:
        return x
    factor = big(radius) / MP.sqrt(big(square))
    return tuple(big(entry) * factor for entry in x)


def at_most(value: Number, bound: Fraction, slack: Callable[[], Fraction] = lambda: Fraction(1, 10**40)) -> bool:
    """value <= bound; numbers of 60 digits up to a relative 10^-40."""
    if isinstance(value, Fraction | int):
        return value <= bound
    return bool(value <= big(bound) * (1 + big(slack())))


def ratio(bound: Fraction, value: Number) -> float | None:
    """bound over value; None where the value is zero."""
    return None if value == 0 else float(big(bound) / big(value))
