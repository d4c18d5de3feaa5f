"""Exact oracle of structured pruning: every realization of the draws of block columns or block rows of one matrix.

As the proofs of Propositions 24 and 25 have it (PMLR 336:2200-2258, appendix F): T = floor(alpha N) of N blocks are
drawn, one after the other, each time the one whose draw changes the expected error before the activation least, in the
mean over all earlier draws. No help from boundcheck; rational wherever no tanh and no active projection enters.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from enumeration import (
    ACTIVATIONS,
    PRECISION_BITS,
    Number,
    projected_squared_distance,
    squared_distance,
    times,
    total,
)
from flint import ctx

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]
Scales = tuple[Fraction | None, ...]  # per block: None untouched, else the drawn 0 or 1/p
ONE = Fraction(1)


@dataclass(frozen=True)
class Blocks:
    """One problem. With one layer (W2 None) block columns of W1 are drawn, with two block rows."""

    W1: Matrix
    W2: Matrix | None
    points: tuple[tuple[Fraction, Vector, Vector], ...]  # (probability, x, x')
    k: int
    alpha: Fraction
    p: Fraction
    gamma: Fraction
    activations: tuple[str, ...]
    slack: Fraction = ONE  # the projection radius over its least value (rounded up)
    radius: Fraction | None = None  # the projection radius itself, where it is given

    @property
    def count(self) -> int:
        """N, the number of blocks."""
        return len(self.W1[0] if self.W2 is None else self.W1) // self.k

    @property
    def draws(self) -> int:
        return math.floor(self.alpha * self.count)

    @property
    def rho(self) -> Fraction:
        """||x|| <= rho, rounded up."""
        return max(length(x) for _, x, _ in self.points)

    @property
    def theta(self) -> Fraction:
        """||x'|| <= theta, likewise."""
        return max(length(x) for _, _, x in self.points)

    @property
    def kappa(self) -> Fraction:
        """Projection radius; unless it is given, with Frobenius norms above the operator norms."""
        if self.radius is not None:
            return self.radius
        radius = self.slack * self.rho * length(flat(self.W1))
        return radius if self.W2 is None else radius * length(flat(self.W2))

    def outputs(self, scales: Scales, x: Vector) -> list[Number]:
        """W_1 D x, or W_2 phi_1(D W_1 x), before the last activation."""
        factors = [ONE if scale is None else scale for scale in scales]
        if self.W2 is None:
            return apply(self.W1, [factors[j // self.k] * entry for j, entry in enumerate(x)])
        phi = ACTIVATIONS[self.activations[0]]
        hidden = [phi(factors[i // self.k] * entry) for i, entry in enumerate(apply(self.W1, list(x)))]
        return apply(self.W2, hidden)


class Realization(NamedTuple):
    probability: Fraction
    scales: Scales
    kept: int  # blocks that are not set to zero
    pi: Number


@dataclass(frozen=True)
class Truth:
    mean_psi: Number
    mean_pi: Number
    realizations: list[Realization]


def enumerate_blocks(problem: Blocks) -> Truth:
    """All 2^T realizations of the proof's picks."""
    with ctx.workprec(PRECISION_BITS):
        dense = [problem.outputs((None,) * problem.count, x) for _, x, _ in problem.points]

        def mean(distance: object, scales: Scales) -> Number:
            pairs = zip(problem.points, dense, strict=True)
            return total(times(q, distance(u, problem.outputs(scales, x))) for (q, _, x), u in pairs)  # type: ignore[operator]

        def expected_psi(nodes: list[tuple[Fraction, Scales]]) -> Number:
            return total(times(q, mean(squared_distance, scales)) for q, scales in nodes)

        last = ACTIVATIONS[problem.activations[-1]]

        def behind(u: list[Number], v: list[Number]) -> Number:
            return projected_squared_distance([*map(last, u)], [*map(last, v)], problem.kappa)

        nodes: list[tuple[Fraction, Scales]] = [(ONE, (None,) * problem.count)]
        for _ in range(problem.draws):
            before = expected_psi(nodes)
            candidates = []
            for block, scale in enumerate(nodes[0][1]):
                if scale is None:
                    after = [child for node in nodes for child in drawn(node, block, problem.p)]
                    change = abs(expected_psi(after) - before)
                    candidates.append((change if isinstance(change, Fraction) else float(change.mid()), block, after))
            nodes = min(candidates, key=lambda candidate: candidate[:2])[2]
        realizations = [
            Realization(q, scales, sum(scale != 0 for scale in scales), mean(behind, scales)) for q, scales in nodes
        ]
        mean_pi = total(times(r.probability, r.pi) for r in realizations)
        return Truth(expected_psi(nodes), mean_pi, realizations)


def drawn(node: tuple[Fraction, Scales], block: int, p: Fraction) -> list[tuple[Fraction, Scales]]:
    """The node's two children: the block set to zero, or scaled by 1/p."""
    q, scales = node
    return [(q * w, (*scales[:block], value, *scales[block + 1 :])) for w, value in ((1 - p, ONE * 0), (p, 1 / p))]


def apply(matrix: Matrix, x: list[Number]) -> list[Number]:
    return [total(times(w, entry) for w, entry in zip(row, x, strict=True)) for row in matrix]


def flat(matrix: Matrix) -> Vector:
    return tuple(entry for row in matrix for entry in row)


def length(x: Vector) -> Fraction:
    """Euclidean norm, rounded up to a multiple of a millionth; exact where that is possible."""
    square = sum((entry * entry for entry in x), Fraction(0)) * 10**12
    root = math.isqrt(math.floor(square))
    return Fraction(root if root * root == square else root + 1, 10**6)


def random_problems(seed: int, count: int) -> Iterator[Blocks]:
    """Columns and rows in turn, all entries dyadic."""
    rng = random.Random(seed)
    for index in range(count):
        two_layers = index % 2 == 1
        k, blocks = rng.choice([1, 1, 2]), rng.randint(3, 5)
        n_1, n_2 = k * blocks, k * rng.randint(1, 2)
        n_1, n_2 = (n_2, n_1) if two_layers else (n_1, n_2)
        size = rng.choice([Fraction(1, 8), Fraction(1, 64)])
        x, y = (matrix(rng, 2, n_1, Fraction(1, 4)) for _ in range(2))
        yield Blocks(
            W1=matrix(rng, n_2, n_1, size),
            W2=matrix(rng, k * rng.randint(1, 2), n_2, size) if two_layers else None,
            points=((Fraction(1, 3), x[0], y[0]), (Fraction(2, 3), x[1], rng.choice([x[1], y[1]]))),
            k=k,
            alpha=Fraction(rng.randint(2, blocks - 1), blocks),
            p=rng.choice([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]),
            gamma=rng.choice([Fraction(1, 10), Fraction(9, 10)]),
            activations=rng.choice(
                [("identity", "relu"), ("tanh", "identity"), ("identity", "identity")]
                if two_layers
                else [("identity",), ("relu",), ("tanh",)]
            ),
        )


def matrix(rng: random.Random, rows: int, columns: int, size: Fraction) -> Matrix:
    return tuple(tuple(size * rng.randint(-8, 8) for _ in range(columns)) for _ in range(rows))


HADAMARD = ((ONE, ONE), (ONE, -ONE))
UNITS = tuple(tuple(ONE if i == j else ONE * 0 for j in range(8)) for i in range(8))


def tight_problems() -> Iterator[Blocks]:
    """Problems where one term of a bound is near the truth: no projection is active."""
    far, half, third = Fraction(1000), Fraction(1, 2), Fraction(1, 10)
    same = tuple((Fraction(1, 8), x, x) for x in UNITS)
    for p in (third, Fraction(9, 10)):
        # Every block is a Hadamard matrix and x = x' spreads over all blocks: each draw costs its full share.
        columns: Matrix = tuple(row * 4 for row in HADAMARD)
        yield Blocks(columns, None, same, 2, Fraction(3, 4), p, half, ("identity",), far)
        # Two linear layers, W_1 small and orthogonal, W_2 of Hadamard blocks: the slope's term is nearly all.
        small: Matrix = tuple(tuple(entry / 2**20 for entry in row) for row in UNITS)
        large: Matrix = tuple(tuple(entry * 1024 for entry in row) for row in columns)
        yield Blocks(small, large, same, 2, half, p, half, ("identity",) * 2, far)
    # x' = -x/1000 along the top singular vector: what is carried on is all there is.
    x = (Fraction(1, 1024),) * 4
    opposite = ((ONE, x, tuple(-entry / 1024 for entry in x)),)
    level: Matrix = ((ONE,) * 4,)
    yield Blocks(level, None, opposite, 1, half, Fraction(9, 10), half, ("identity",), far)
    column: Matrix = ((ONE,), (ONE,), (ONE,), (ONE,))
    inputs = ((ONE, (Fraction(1, 1024),), (Fraction(1, 2**20),)),)
    yield Blocks(column, level, inputs, 1, half, Fraction(9, 10), half, ("identity",) * 2, far)
    # One draw that must be the zero, nine times as bad as the mean: Lemma 12's factor is needed.
    units = tuple((Fraction(1, 4), u[:4], u[:4]) for u in UNITS[:4])
    yield Blocks(level, None, units, 1, Fraction(9, 20), Fraction(9, 10), third, ("identity",), far)
