"""Tiny convolutions in exact rationals, as section B.2 of the paper defines them, and the matrices they are.

Written from the definition Z_{o,u,v} = sum over i, a, b of K_{o,i,a,b} X_{i,<u+a>,<v+b>}, without boundcheck.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from structured_enumeration import Blocks, Matrix, Vector

Kernels = list[list[list[list[Fraction]]]]  # [o][i][a][b], places from 0 for the paper's 1, ..., q


def convolution(kernels: Kernels, r: int, x: Vector) -> Vector:
    """The output maps, flattened one after the other and row by row, as ``x`` is."""
    d_in, q = len(kernels[0]), len(kernels[0][0])
    return tuple(
        sum(
            (
                filters[i][a][b] * x[i * r * r + (u + a + 1) % r * r + (v + b + 1) % r]
                for i, a, b in itertools.product(range(d_in), range(q), range(q))
            ),
            Fraction(0),
        )
        for filters in kernels
        for u, v in itertools.product(range(r), repeat=2)
    )


def dense(kernels: Kernels, r: int) -> Matrix:
    """W(K): its columns are the images of the unit vectors. Blocks have the size r^2."""
    size = len(kernels[0]) * r * r
    units = (tuple(Fraction(i == j) for i in range(size)) for j in range(size))
    return tuple(zip(*(convolution(kernels, r, unit) for unit in units), strict=True))


def random_kernels(rng: random.Random, d_out: int, d_in: int, q: int, size: Fraction) -> Kernels:
    """Dyadic entries within 8 ``size``."""

    def entry() -> Fraction:
        return size * rng.randint(-8, 8)

    return [[[[entry() for _ in range(q)] for _ in range(q)] for _ in range(d_in)] for _ in range(d_out)]


@dataclass(frozen=True)
class Convolutions:
    """Convolutions on r x r maps, and the problem of pruning filters of the first."""

    kernels: tuple[Kernels, ...]
    r: int
    problem: Blocks


def random_convolutions(seed: int, count: int) -> Iterator[Convolutions]:
    """Input filters of one convolution and output filters of the first of two in turn, on 2 x 2 maps."""
    rng, r = random.Random(seed), 2
    for index in range(count):
        two_layers, filters = index % 2 == 1, rng.randint(3, 4)
        d_1, d_2 = (rng.randint(1, 2), filters) if two_layers else (filters, rng.randint(1, 2))
        size = rng.choice([Fraction(1, 8), Fraction(1, 64)])
        kernels = [random_kernels(rng, d_2, d_1, rng.randint(1, r), size)]
        if two_layers:
            kernels.append(random_kernels(rng, rng.randint(1, 2), d_2, rng.randint(1, r), size))
        x, y = (
            [tuple(Fraction(rng.randint(-8, 8), 4) for _ in range(d_1 * r * r)) for _ in range(2)] for _ in range(2)
        )
        yield convolutions(
            tuple(kernels),
            r,
            points=((Fraction(1, 3), x[0], y[0]), (Fraction(2, 3), x[1], rng.choice([x[1], y[1]]))),
            alpha=Fraction(rng.randint(2, filters - 1), filters),
            p=rng.choice([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]),
            gamma=rng.choice([Fraction(1, 10), Fraction(9, 10)]),
            activations=rng.choice([("identity", "relu"), ("tanh", "identity"), ("identity", "identity")])
            if two_layers
            else rng.choice([("identity",), ("relu",), ("tanh",)]),
        )


def convolutions(kernels: tuple[Kernels, ...], r: int, **rest: object) -> Convolutions:
    W1, W2 = (*(dense(kernel, r) for kernel in kernels), None)[:2]
    return Convolutions(kernels, r, Blocks(W1=W1, W2=W2, k=r * r, **rest))  # type: ignore[arg-type]


def tight_convolutions() -> Iterator[Convolutions]:
    """Problems where the second order is near the truth: blocks are Hadamard matrices and no projection is active."""
    one, half, far = Fraction(1), Fraction(1, 2), Fraction(1000)
    hadamard = [[one, one], [one, -one]]
    units = [tuple(Fraction(i == j) for i in range(16)) for j in range(16)]
    same = tuple((Fraction(1, 16), x, x) for x in units)
    # W_1 a small permutation: one entry in the kernel from a channel to itself.
    small = [[[[Fraction(o == i, 2**20)]] for i in range(4)] for o in range(4)]
    large = [[[[1024 * entry for entry in row] for row in hadamard]] * 4]
    for p in (Fraction(1, 10), Fraction(9, 10)):
        yield convolutions(
            ([[hadamard] * 4],),
            2,
            points=same,
            alpha=Fraction(3, 4),
            p=p,
            gamma=half,
            activations=("identity",),
            slack=far,
        )
        yield convolutions(
            (small, large), 2, points=same, alpha=half, p=p, gamma=half, activations=("identity",) * 2, slack=far
        )
