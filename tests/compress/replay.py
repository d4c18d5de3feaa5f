"""One compressed layer at its turn, replayed from the picks in numpy's long double: every score by forward passes.

Written from Algorithm 1 without boundcheck.compress and without torch. Beside each value goes its size: the same sums
with absolute values everywhere, which rounding errors are relative to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from boundcheck import draws
from boundcheck.compress.result import Compressed, Picks
from boundcheck.compress.settings import Objective, Settings
from boundcheck.core.rung import Mode, Unit

Array = np.ndarray
ACTIVATIONS = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "softplus": lambda z: np.maximum(z, 0) + np.log1p(np.exp(-abs(z))),
}
VALUE_AT_ZERO = {"identity": 0.0, "relu": 0.0, "tanh": 0.0, "softplus": np.log(2)}


@dataclass(frozen=True, eq=False)
class Case:
    """A network, data and settings. Weights n_out x n_in or kernels; biases one number per neuron; inputs d x N."""

    name: str
    weights: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    activations: tuple[str, ...]
    inputs: Array
    targets: Array | None
    settings: Settings
    repeats: int = 1
    map_side: int | None = None


@dataclass(frozen=True)
class Sized:
    """A value and its size."""

    value: Array
    size: Array

    def behind(self, weight: Array, bias: Array | None, activation: str, map_side: int | None) -> Sized:
        """phi(W x + bias)."""
        z, size = affine(weight, bias, self.value, map_side), affine(abs(weight), absolute(bias), self.size, map_side)
        return Sized(activated(activation, z), activated(activation, size, sized=True))


def affine(weight: Array, bias: Array | None, x: Array, map_side: int | None) -> Array:
    z = times(weight, x, map_side)
    return z if bias is None else z + bias[:, None]


def activated(name: str, z: Array, sized: bool = False) -> Array:
    """phi(z); sized: a bound on it if |z| is at most the given one, as all of them have Lipschitz constant 1."""
    return z + VALUE_AT_ZERO[name] if sized else ACTIVATIONS[name](z)


def absolute(bias: Array | None) -> Array | None:
    return None if bias is None else abs(bias)


def times(weight: Array, x: Array, map_side: int | None) -> Array:
    """W x, or the circular convolution sum over i, a, b of K_{o,i,a,b} x_{i,u+a-s,v+b-s}, s = floor((q - 1)/2)."""
    if map_side is None:
        return weight @ x
    q, s = weight.shape[2], (weight.shape[2] - 1) // 2
    maps = x.reshape(-1, map_side, map_side, x.shape[1])
    shifted = np.array([[np.roll(maps, (s - a, s - b), (1, 2)) for b in range(q)] for a in range(q)])
    return np.einsum("oiab,abiuvn->ouvn", weight, shifted).reshape(-1, x.shape[1])


@dataclass(frozen=True, eq=False)
class Turn:
    """Layer ``picks.layer`` when it is compressed: what its scores compare, and what each unit becomes once drawn."""

    case: Case
    picks: Picks
    inputs: Sized
    reference: Sized
    law: draws.Law
    realized: Array

    @property
    def unit(self) -> Unit:
        return self.picks.unit

    @property
    def layer(self) -> int:
        return self.picks.layer - 1

    @property
    def is_bottleneck(self) -> bool:
        return self.picks.layer in self.case.settings.sets.bottleneck

    def dense(self) -> tuple[Array, Array | None]:
        weight, bias = self.case.weights[self.layer], self.case.biases[self.layer]
        return exact(weight), exact(bias)

    def outputs(self, weight: Array, bias: Array | None, sized: bool = False) -> Array:
        """What is compared with the reference; sized: its size, where the weight and bias are bounds already."""
        case, x = self.case, self.inputs.size if sized else self.inputs.value
        found = affine(weight, bias, x, case.map_side)
        last = self.layer + self.is_bottleneck
        if self.is_bottleneck:
            outer, outer_bias = self.outer
            if sized:
                outer, outer_bias = abs(outer), absolute(outer_bias)
            found = activated(case.activations[self.layer], found, sized)
            found = affine(outer, outer_bias, found, case.map_side)
        if case.settings.objective is Objective.LOSS:
            found = activated(case.activations[last], found, sized)
        return found

    @cached_property
    def outer(self) -> tuple[Array, Array | None]:
        return exact(self.case.weights[self.layer + 1]), exact(self.case.biases[self.layer + 1])

    def mean_square(self, weight: Array, bias: Array | None) -> np.longdouble:
        return ((self.reference.value - self.outputs(weight, bias)) ** 2).sum() / self.case.inputs.shape[1]

    @cached_property
    def size(self) -> float:
        """The mean of ||R||^2, R bounding the residual's size whatever is drawn; 1/p, or M, in place of all weights."""
        (weight, bias), high = self.dense(), abs(self.law.high)
        if self.unit is Unit.ENTRIES:
            largest, bias = np.maximum(abs(weight), high), absolute(bias)
        else:
            largest, bias = abs(weight) * high.max(), None if bias is None else abs(bias) * high.max()
        size = self.reference.size + self.outputs(largest, bias, sized=True)
        return float((size**2).sum() / self.case.inputs.shape[1])

    def with_unit(self, weight: Array, bias: Array | None, unit: int, value: float) -> tuple[Array, Array | None]:
        """Weight and bias once a unit was drawn: an entry becomes ``value``, a neuron or filter is multiplied by it."""
        weight = weight.copy()
        if self.unit is Unit.ENTRIES:
            weight.reshape(-1)[unit] = value
        elif self.unit in (Unit.COLUMNS, Unit.INPUT_FILTERS):
            weight[:, unit] *= value
        else:
            weight[unit] *= value
            if bias is not None:
                bias = bias.copy()
                bias.reshape(len(weight), -1)[unit] *= value
        return weight, bias

    def scores(self, weight: Array, bias: Array | None, units: Sequence[int]) -> Array:
        """|E_t Psi(with t) - Psi(now)| of each unit."""
        now = self.mean_square(weight, bias)
        found = []
        for unit in units:
            low, high = (
                self.mean_square(*self.with_unit(weight, bias, unit, values.flat[unit])) - now
                for values in (self.law.low, self.law.high)
            )
            found.append(low + np.longdouble(self.law.probability.flat[unit]) * (high - low))
        return np.abs(found)

    def steps(self) -> Iterator[tuple[int, Array]]:
        """Each pick with the scores before it, of all units that were left then, by index."""
        weight, bias = self.dense()
        left = list(range(self.picks.units))
        for pick in self.picks.indices.tolist():
            yield pick, self.scores(weight, bias, left)
            left = [unit for unit in left if unit != pick]
            weight, bias = self.with_unit(weight, bias, pick, self.realized.flat[pick])

    def compressed(self) -> tuple[Array, Array | None]:
        """Weight and bias behind all picks."""
        weight, bias = self.dense()
        for pick in self.picks.indices.tolist():
            weight, bias = self.with_unit(weight, bias, pick, self.realized.flat[pick])
        return weight, bias


def turns(case: Case, result: Compressed) -> Iterator[Turn]:
    """The compressed layers in order, each with the inputs that the layers before it, as compressed, give it."""
    settings = case.settings
    x = exact(case.inputs)
    dense = compressed = Sized(x, abs(x))
    picks = {picked.layer: picked for picked in result.picks}
    for index, weight in enumerate(case.weights):
        number, bias, side = index + 1, case.biases[index], case.map_side
        if number in picks:
            if settings.objective is Objective.LOSS:
                reference = Sized(exact(case.targets), abs(case.targets))
            elif number in settings.sets.wide:
                reference = dense.behind(weight, bias, "identity", side)
            else:
                hidden = dense.behind(weight, bias, case.activations[index], side)
                reference = hidden.behind(case.weights[number], case.biases[number], "identity", side)
            law = law_of(weight, settings, picks[number])
            u = draws.uniforms(settings.seed, result.repeat, number, law.low.shape)
            yield Turn(case, picks[number], compressed, reference, law, law.realize(u))
        dense = dense.behind(weight, bias, case.activations[index], side)
        now = result.weights[index], result.biases[index]
        compressed = compressed.behind(*now, case.activations[index], side)


def exact(values: Array | None) -> Array | None:
    """In long double, whose rounding errors are 2^-11 times those of float64."""
    return None if values is None else np.asarray(values, dtype=np.longdouble)


def law_of(weight: Array, settings: Settings, picks: Picks) -> draws.Law:
    if picks.unit is not Unit.ENTRIES:
        return draws.multiplier_law(picks.units, float(settings.bernoulli))
    if settings.mode is Mode.QUANTIZE:
        return draws.quantization_law(weight, settings.levels)
    return draws.pruning_law(weight, float(settings.bernoulli))
