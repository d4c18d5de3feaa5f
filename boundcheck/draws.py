"""The random draws in plain numpy: their laws, and the streams that they come from, so that anyone can repeat them.

Every unit of a layer (an entry; a column, row or filter) takes one of two values, decided by one uniform number that is
drawn for it whether it is picked or not: what a unit becomes depends on neither the picks nor the device. With exact
counts the entries of a row share their fate: those with the least numbers stay, as many as asked for.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_NUMBERS_AT_ONCE = 2**17


class Stream(IntEnum):
    """What a stream of random numbers is for, the last part of its key."""

    DRAWS = 0
    ORDER = 1


@dataclass(frozen=True)
class Law:
    """A law on two values: ``high`` with ``probability``, else ``low``; entry by entry, whatever the number type.

    Arrays of one shape; with arrays of Fractions (dtype object) all that follows is exact.
    """

    low: Array
    high: Array
    probability: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the layer's units."""
        return self.high.shape

    @property
    def mean(self) -> Array:
        """E t."""
        mean: Array = self.low + self.probability * (self.high - self.low)
        return mean

    @property
    def variance(self) -> Array:
        """Var t."""
        variance: Array = self.probability * (1 - self.probability) * (self.high - self.low) ** 2
        return variance

    def __getitem__(self, rows: slice) -> "Law":
        """The law of some of the entries along the first axis."""
        return Law(self.low[rows], self.high[rows], self.probability[rows])

    def realize(self, uniforms: Array) -> Array:
        """The values that uniform numbers in [0, 1) decide: ``high`` where they are below the probability."""
        return np.where(uniforms < self.probability, self.high, self.low)


@dataclass(frozen=True)
class LawByRows:
    """A law whose numbers are made when rows are asked for: large layers are gone through faster than written down."""

    weights: Array
    of_rows: Callable[[Array], Law]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the layer's units."""
        return self.weights.shape

    def __getitem__(self, rows: slice) -> Law:
        return self.of_rows(self.weights[rows])


@dataclass(frozen=True)
class ExactCounts:
    """Of every row's T nonzero entries exactly t = ``kept``, all sets of t equally likely, times T/t; the others zero.

    Rows are independent; a row of at most ``kept`` nonzero entries stays as it is. E U = W and Var u = w^2 (T - t)/t.
    Entries that are zero are not drawn: with them T would be larger at the same t, and with it every row's variance.
    """

    weights: Array
    kept: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the layer's entries."""
        return self.weights.shape

    def __getitem__(self, rows: slice) -> "ExactCounts":
        """The law of some of the rows."""
        return ExactCounts(self.weights[rows], self.kept)

    def realize(self, uniforms: Array) -> Array:
        """The rows that uniform numbers in [0, 1) decide: their least ones mark what stays, of equal ones the first."""
        is_drawn = self.weights != 0
        order = np.argsort(np.where(is_drawn, uniforms, 1), axis=1, kind="stable")
        stays = np.zeros(self.shape, dtype=bool)
        np.put_along_axis(stays, order[:, : self.kept], True, axis=1)
        drawn = is_drawn.sum(axis=1, keepdims=True)
        zero = self.weights.flat[0] - self.weights.flat[0]  # in the weights' number type
        scaled = np.where(stays, self.weights * drawn / self.kept, zero)
        return np.where(drawn <= self.kept, self.weights, scaled)


def pruning_law(weights: Array, bernoulli: Any) -> Law:
    """t = w Bernoulli(p) / p (section 3.2): w/p with probability p, else 0; E t = w and Var t = w^2 (1 - p)/p."""
    zero = weights.flat[0] - weights.flat[0]  # in the weights' number type
    low, probability = (np.broadcast_to(np.asarray(x), weights.shape) for x in (zero, bernoulli))
    return Law(low, weights / bernoulli, probability)


def quantization_law(weights: Array, levels: int) -> Law:
    """t = q(w; M, k) with M = ||W||_inf and k = ``levels`` (section 2): w rounded to a multiple of M/k, E t = w.

    Var t = (M/k)^2 r (1 - r), r the fractional part of k|w|/M. A matrix of zeros stays as it is.
    """
    largest = np.abs(weights).max()
    if largest == 0:
        return Law(weights, weights, weights * 0)
    scaled = np.abs(weights) / largest * levels  # in this order at most k, and k where |w| = M, whatever the rounding
    level = largest / largest * np.maximum(np.ceil(scaled), 1)  # times one: whole numbers of the weights' number type
    signed = np.where(weights < 0, -1, 1) * largest
    return Law(signed * ((level - 1) / levels), signed * (level / levels), 1 - level + scaled)


def multiplier_law(units: int, bernoulli: Any) -> Law:
    """What a pruned column, row or filter is multiplied by (section 4.2): 1/p with probability p, else 0; mean 1."""
    return pruning_law(np.full(units, bernoulli / bernoulli), bernoulli)


def uniforms(seed: int, repeat: int, layer: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """One uniform number in [0, 1) for each unit of a layer (from 1), multiples of 2^-53."""
    return _generator(seed, repeat, layer, Stream.DRAWS).random(shape)


def realized(law: Law | LawByRows | ExactCounts, seed: int, repeat: int, layer: int, dtype: Any = np.float64) -> Array:
    """What every unit of a layer becomes, law.realize(uniforms(...)), computed in parts that stay in the cache."""
    generator = _generator(seed, repeat, layer, Stream.DRAWS)
    found = np.empty(law.shape, dtype=dtype)
    for rows in parts(law.shape):
        found[rows] = law[rows].realize(generator.random(found[rows].shape))
    return found


def parts(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of the first axis of an array with this shape, about 2^17 numbers each."""
    together = max(1, _NUMBERS_AT_ONCE // math.prod(shape[1:]))
    return (slice(start, start + together) for start in range(0, shape[0], together))


def random_order(seed: int, repeat: int, layer: int, units: int) -> NDArray[np.int64]:
    """A uniformly random order of a layer's units, independent of the draws."""
    return _generator(seed, repeat, layer, Stream.ORDER).permutation(units)


def _generator(seed: int, repeat: int, layer: int, stream: Stream) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(repeat, layer, int(stream)))))
