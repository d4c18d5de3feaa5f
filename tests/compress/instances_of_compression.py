"""Tiny compressions in exact rationals (arrays of Fractions), one or more of every variant, for full enumeration."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from convolution_instances import dense, random_kernels
from enumeration import pruning_outcomes, quantizer_outcomes

from boundcheck import draws

Vector = np.ndarray
Points = tuple[tuple[Fraction, Vector, Vector], ...]  # (probability, x, x')


@dataclass(frozen=True, eq=False)
class Wide:
    """Units of W x: entries, pruned with p or quantized to k levels, or blocks of columns, pruned with p.

    grid: all probabilities of the law are multiples of 1/grid.
    """

    name: str
    W: np.ndarray
    points: Points
    grid: int
    p: Fraction | None = None
    k: int | None = None
    blocks: list[list[int]] | None = None

    @property
    def units(self) -> int:
        return self.W.size if self.blocks is None else len(self.blocks)

    def law(self) -> draws.Law:
        if self.blocks is not None:
            return draws.multiplier_law(self.units, self.p)
        return draws.pruning_law(self.W, self.p) if self.k is None else draws.quantization_law(self.W, self.k)

    @property
    def dense_values(self) -> np.ndarray:
        return self.W.ravel() if self.blocks is None else np.array([Fraction(1)] * self.units)

    def matrix(self, values: np.ndarray) -> np.ndarray:
        if self.blocks is None:
            return values.reshape(self.W.shape)
        U = self.W.copy()
        for E, value in zip(self.blocks, values, strict=True):
            U[:, E] *= value
        return U

    @cached_property
    def variances(self) -> list[Fraction]:
        """Var(h) of every unit, in closed form."""
        if self.k is None:
            factor = (1 - self.p) / self.p
            return [factor] * self.units if self.blocks is not None else [factor * w * w for w in self.W.flat]
        step = abs(self.W).max() / self.k
        return [step**2 * (abs(w) / step % 1) * (1 - abs(w) / step % 1) for w in self.W.flat]

    @cached_property
    def costs(self) -> list[Fraction]:
        """Var(h) E||what the unit adds to W x'||^2 of every unit."""
        if self.blocks is None:
            columns = self.W.shape[1]
            return [v * sum(q * y[i % columns] ** 2 for q, _, y in self.points) for i, v in enumerate(self.variances)]
        return [
            v * sum(q * ((self.W[:, E] @ y[E]) ** 2).sum() for q, _, y in self.points)
            for v, E in zip(self.variances, self.blocks, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class Bottleneck:
    """W_2 phi(W_1 x + bias). Blocks of rows are drawn with their biases, or single entries of W_1 where blocks is None.

    sets: which entries are compressed, each a mask like W_1.
    """

    name: str
    W_1: np.ndarray
    bias: np.ndarray
    W_2: np.ndarray
    points: Points
    phi: Callable[[np.ndarray], np.ndarray]
    grid: int
    p: Fraction | None = None
    k: int | None = None
    blocks: list[list[int]] | None = None
    sets: tuple[np.ndarray, ...] = ()

    def law(self) -> draws.Law:
        if self.blocks is not None:
            return draws.multiplier_law(len(self.blocks), self.p)
        return draws.pruning_law(self.W_1, self.p) if self.k is None else draws.quantization_law(self.W_1, self.k)

    def error_of_rows(self, values: np.ndarray) -> Fraction:
        h = self.bias * 0
        for E, value in zip(self.blocks, values, strict=True):
            h[E] += value
        return self.error(h[:, None] * self.W_1, h * self.bias)

    def error(self, U: np.ndarray, bias: np.ndarray) -> Fraction:
        """E||W_2 phi(W_1 x + bias) - W_2 phi(U x' + its bias)||^2."""
        total = Fraction(0)
        for q, x, y in self.points:
            change = self.phi(self.W_1 @ x + self.bias) - self.phi(U @ y + bias)
            total += q * ((self.W_2 @ change) ** 2).sum()
        return total

    def row_outcomes(self, i: int, drawn: np.ndarray) -> list[tuple[Fraction, np.ndarray]]:
        """All values of row i with their probabilities, the entries in the mask ``drawn`` compressed."""
        largest = abs(self.W_1).max()
        entries = [
            (
                [
                    (o.probability, o.value)
                    for o in (pruning_outcomes(w, self.p) if self.k is None else quantizer_outcomes(w, largest, self.k))
                ]
            )
            if is_drawn
            else [(Fraction(1), w)]
            for w, is_drawn in zip(self.W_1[i], drawn, strict=True)
        ]
        found = []
        for chosen in itertools.product(*entries):
            probability = Fraction(1)
            for factor, _ in chosen:
                probability *= factor
            found.append((probability, np.array([w for _, w in chosen])))
        return found


def wide_layers() -> Iterator[Wide]:
    rng = random.Random(3)
    third, two_fifths = Fraction(1, 3), Fraction(2, 5)
    yield Wide("entries, p = 1/3", matrix(rng, 2, 2), points(rng, 2), 3, p=third)
    yield Wide("entries, p = 2/5, one zero", matrix(rng, 1, 4, zeros=1), points(rng, 4), 5, p=two_fifths)
    yield Wide("entries, p = 1", matrix(rng, 2, 2), points(rng, 2), 1, p=Fraction(1))
    for k, largest in ((1, Fraction(3, 2)), (2, Fraction(-2, 3)), (3, Fraction(5))):
        on_grid = [largest, 0, *(largest * Fraction(rng.randint(-4 * k, 4 * k), 4 * k) for _ in range(2))]
        W = np.array([*map(Fraction, on_grid)]).reshape(2, 2)[:, rng.sample(range(2), 2)]
        yield Wide(f"entries, k = {k}", W, points(rng, 2), 4, k=k)
    yield Wide("columns", matrix(rng, 2, 4), points(rng, 4), 3, p=third, blocks=[[j] for j in range(4)])
    yield Wide("columns of one row", matrix(rng, 1, 3), points(rng, 3), 5, p=two_fifths, blocks=[[j] for j in range(3)])
    yield Wide("blocks of columns", matrix(rng, 2, 6), points(rng, 6), 5, p=two_fifths, blocks=[[0, 1], [2, 3], [4, 5]])
    uneven = [[0, 3], [1], [2, 4, 5]]
    yield Wide("uneven blocks", matrix(rng, 3, 6), points(rng, 6), 3, p=third, blocks=uneven)
    for d_out, d_in, q in ((2, 3, 2), (1, 4, 2)):
        W = np.array(dense(random_kernels(rng, d_out, d_in, q, Fraction(1, 8)), 2))
        filters = [[*range(4 * c, 4 * c + 4)] for c in range(d_in)]
        yield Wide("input filters", W, points(rng, 4 * d_in), 4, p=Fraction(3, 4), blocks=filters)


def bottlenecks_of_rows() -> Iterator[Bottleneck]:
    rng = random.Random(4)
    for (name, phi), with_bias in itertools.product(ACTIVATIONS.items(), (False, True)):
        for blocks in ([[0], [1], [2], [3]], [[0, 1], [2, 3]], [[0, 2], [1], [3]]):
            yield Bottleneck(
                f"{name}, rows {blocks}, bias {with_bias}", matrix(rng, 4, 3), matrix(rng, 1, 4)[0] * with_bias,
                matrix(rng, 2, 4), points(rng, 3), phi, 5, p=Fraction(2, 5), blocks=blocks,
            )  # fmt: skip
        kernels, after = (random_kernels(rng, *shape, Fraction(1, 8)) for shape in ((3, 2, 2), (2, 3, 2)))
        yield Bottleneck(
            f"{name}, output filters, bias {with_bias}", np.array(dense(kernels, 2)), matrix(rng, 1, 12)[0] * with_bias,
            np.array(dense(after, 2)), points(rng, 8), phi, 3, p=Fraction(1, 3),
            blocks=[[*range(4 * c, 4 * c + 4)] for c in range(3)],
        )  # fmt: skip


def bottlenecks_of_entries() -> Iterator[Bottleneck]:
    rng = random.Random(5)
    every = np.ones((2, 2), dtype=bool)
    sets = (every, np.array([[True, False], [True, True]]), np.array([[True, False], [False, True]]))
    for (name, phi), with_bias in itertools.product(ACTIVATIONS.items(), (False, True)):
        bias = matrix(rng, 1, 2)[0] * with_bias
        yield Bottleneck(
            f"{name}, pruned entries", matrix(rng, 2, 2), bias, matrix(rng, 3, 2), points(rng, 2), phi, 3,
            p=Fraction(1, 3), sets=sets,
        )  # fmt: skip
        largest, k = Fraction(-3, 2), rng.randint(1, 3)
        others = [largest * Fraction(rng.randint(-3 * k, 3 * k), 3 * k) for _ in range(3)]
        yield Bottleneck(
            f"{name}, quantized entries", np.array([largest, *others]).reshape(2, 2), bias, matrix(rng, 3, 2),
            points(rng, 2), phi, 3, k=k, sets=sets,
        )  # fmt: skip


def matrix(rng: random.Random, rows: int, columns: int, zeros: int = 0) -> np.ndarray:
    """Fractions that differ in sign and size, the first ``zeros`` of them zero."""
    entries = [rng.choice([-1, 1]) * Fraction(rng.randint(1, 12), rng.randint(1, 6)) for _ in range(rows * columns)]
    entries[:zeros] = [Fraction(0)] * zeros
    return np.array(entries).reshape(rows, columns)


def points(rng: random.Random, size: int) -> Points:
    """Two points of unequal probability; x' is not x."""
    return tuple((q, matrix(rng, 1, size)[0], matrix(rng, 1, size)[0]) for q in (Fraction(1, 3), Fraction(2, 3)))


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "clipped": lambda z: np.clip(z, Fraction(-1), Fraction(1)),  # not linear on a ray from 0: E delta is not zero
}
