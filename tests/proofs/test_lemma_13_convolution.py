"""Lemma 13 in exact rationals: the matrix built from its entries gives the convolution computed from its definition."""

import itertools
import random
from fractions import Fraction

import pytest
from proof_files import proof_module
from statement_formulas import assumption

from boundcheck.exact.evaluate import exact_value

module = proof_module("lemma_13_convolution_as_a_matrix")
POSITION, ROW_OFFSET, COLUMN_OFFSET = (
    assumption("lemma-13", name) for name in ("position", "row-offset", "column-offset")
)
Kernel = dict[tuple[int, int], Fraction]  # (a, b), from 1


def index(relation: object, **numbers: int) -> int:
    """The right side of one of the lemma's index formulas."""
    symbols = {symbol.name: symbol for symbol in relation.rhs.free_symbols}  # type: ignore[attr-defined]
    return int(exact_value(relation.rhs, {symbol: numbers[name] for name, symbol in symbols.items()}))  # type: ignore[attr-defined]


def circulant(kernel: Kernel, r: int) -> list[list[Fraction]]:
    """C(U), entry by entry as the lemma states it."""
    matrix = [[Fraction(0)] * r**2 for _ in range(r**2)]
    places = list(itertools.product(range(1, r + 1), repeat=2))
    for (u, v), (u_2, v_2) in itertools.product(places, places):
        a, b = index(ROW_OFFSET, r=r, u=u, **{"u'": u_2}), index(COLUMN_OFFSET, r=r, v=v, **{"v'": v_2})
        row, column = index(POSITION, r=r, u=u, v=v), index(POSITION, r=r, u=u_2, v=v_2)
        matrix[row - 1][column - 1] = kernel.get((a, b), Fraction(0))
    return matrix


def convolution(kernels: list[list[Kernel]], maps: list[list[list[Fraction]]], r: int) -> list[Fraction]:
    """Z_{o,u,v} = sum_{i,a,b} K_{o,i,a,b} X_{i, u+a, v+b} on the torus, flattened; indices from 1."""
    return [
        sum(
            (w * maps[i][(u + a - 1) % r][(v + b - 1) % r] for i, k in enumerate(filters) for (a, b), w in k.items()),
            Fraction(0),
        )
        for filters in kernels
        for u, v in itertools.product(range(1, r + 1), repeat=2)
    ]


def product(kernels: list[list[Kernel]], maps: list[list[list[Fraction]]], r: int) -> list[Fraction]:
    """W(K) x with the block C(K_{o,i}) in block row o and block column i."""
    x = [entry for feature in maps for row in feature for entry in row]
    found = []
    for filters in kernels:
        blocks = [circulant(kernel, r) for kernel in filters]
        for row in range(r**2):
            weights = [entry for block in blocks for entry in block[row]]
            found.append(sum((w * c for w, c in zip(weights, x, strict=True)), Fraction(0)))
    return found


@pytest.mark.parametrize("r", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_matrix_product_is_the_convolution(r: int, seed: int) -> None:
    rng = random.Random(f"{r} {seed}")
    q, inputs, outputs = rng.randint(1, r), rng.randint(1, 2), rng.randint(1, 2)

    def number() -> Fraction:
        return Fraction(rng.randint(-9, 9), rng.randint(1, 5))

    corner = list(itertools.product(range(1, q + 1), repeat=2))
    kernels = [[{place: number() for place in corner} for _ in range(inputs)] for _ in range(outputs)]
    maps = [[[number() for _ in range(r)] for _ in range(r)] for _ in range(inputs)]
    assert product(kernels, maps, r) == convolution(kernels, maps, r)


def test_an_offset_the_wrong_way_round_is_found() -> None:
    """With <u - u'> in place of <u' - u> the matrix is the transpose, which is another convolution."""
    kernel = {(1, 1): Fraction(1), (1, 2): Fraction(2), (2, 1): Fraction(5)}
    maps = [[[Fraction(3 * u + v) ** 2 for v in range(3)] for u in range(3)]]
    assert product([[kernel]], maps, 3) == convolution([[kernel]], maps, 3)
    matrix = circulant(kernel, 3)
    x = [entry for row in maps[0] for entry in row]
    transposed = [sum((matrix[j][i] * x[j] for j in range(9)), Fraction(0)) for i in range(9)]
    assert transposed != convolution([[kernel]], maps, 3)


def test_indices_wrap_onto_one_to_r() -> None:
    for r in (1, 2, 3):
        for t in range(-r, 2 * r + 1):
            assert int(exact_value(module.wrapped(module.u), {module.u: t, module.r: r})) == (t - 1) % r + 1
