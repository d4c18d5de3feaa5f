"""Lemma 14: a rigorous enclosure of the norm of C(U) against the bound, on random, sparse and extremal kernels."""

import random
from fractions import Fraction

import numpy as np
import pytest
from statement_formulas import at, claim
from test_lemma_13_convolution import Kernel, circulant

from boundcheck.core.verdict import Verdict
from boundcheck.exact.operator_norm import operator_norm

NORM = claim("lemma-14", "norm")


def verdict(kernel: Kernel, r: int, largest: Fraction | None = None) -> Verdict:
    """The claim at the lower end of the norm's enclosure: FAILS would refute the lemma."""
    matrix = np.array([[float(entry) for entry in row] for row in circulant(kernel, r)])  # dyadic, so exact
    biggest = max(abs(entry) for entry in kernel.values()) if largest is None else largest
    nonzeros = sum(entry != 0 for entry in kernel.values())
    return at(NORM, **{"||C(U)||": operator_norm(matrix).lower(), "||U||_inf": biggest, "||U||_0": Fraction(nonzeros)})


def kernels(seed: int, r: int) -> list[Kernel]:
    """Random dyadic kernels, some sparse."""
    rng = random.Random(seed)
    places = [(a, b) for a in range(1, r + 1) for b in range(1, r + 1)]
    return [
        {place: Fraction(rng.randint(-8, 8), 4) for place in rng.sample(places, rng.randint(1, r * r))}
        for _ in range(8)
    ]


@pytest.mark.parametrize("r", [1, 2, 3])
def test_the_norm_is_at_most_the_bound(r: int) -> None:
    for kernel in kernels(r, r):
        if any(kernel.values()):
            assert verdict(kernel, r) is Verdict.HOLDS


@pytest.mark.parametrize("r", [2, 3])
def test_equal_entries_attain_the_bound(r: int) -> None:
    """The constant vector: a bound smaller by a millionth is refuted."""
    level = {(a, b): Fraction(1, 2) for a in range(1, r + 1) for b in range(1, r + 1)}
    assert verdict(level, r, largest=Fraction(1, 2) * (1 + Fraction(1, 10**6))) is Verdict.HOLDS
    assert verdict(level, r, largest=Fraction(1, 2) * (1 - Fraction(1, 10**6))) is Verdict.FAILS
