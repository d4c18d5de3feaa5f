"""Lemma 13's proof: where an entry (a, b) of the kernel goes, for every r; the two sums written out up to r = 3.

A kernel entry (a, b) in row phi(u, v) stands in the column phi(<u + a>, <v + b>).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.step import Step

from .lemma_13_convolution_as_a_matrix import (
    COLUMN_OFFSET,
    CONVOLUTION,
    ENTRY,
    POSITION,
    ROW_OFFSET,
    a,
    b,
    feature,
    kernel_entry,
    matrix_entry,
    position,
    r,
    u,
    u_2,
    v,
    v_2,
    wrapped,
)
from .lemma_13_convolution_as_a_matrix import product as product_entry

SIZES = [(1,), (2,), (3,)]
Kernel = Sequence[Sequence[sympy.Expr]]
Components = dict[sympy.Basic, sympy.Basic]


def circle(index: int, size: int) -> int:
    """<t>_r, by the statement's formula."""
    return int(wrapped(sympy.Integer(index)).subs(r, size))


def place(row: int, column: int, size: int) -> int:
    """phi(u, v), by the statement's formula."""
    return int(POSITION.relation.rhs.subs({u: row, v: column, r: size}))


def kernel(size: int, name: str = "U") -> Kernel:
    """Entries of a padded kernel."""
    return [[sympy.Symbol(f"{name}_{i}{j}", real=True) for j in range(1, size + 1)] for i in range(1, size + 1)]


def indices(size: int, count: int) -> Iterable[tuple[int, ...]]:
    """All tuples of so many indices in [r]."""
    return product(range(1, size + 1), repeat=count)


def circulant(entries: Kernel, size: int) -> sympy.Matrix:
    """C(U), entry by entry as the lemma states it."""
    matrix = sympy.zeros(size**2, size**2)
    for row, column, row_2, column_2 in indices(size, 4):
        entry = entries[circle(row_2 - row, size) - 1][circle(column_2 - column, size) - 1]
        matrix[place(row, column, size) - 1, place(row_2, column_2, size) - 1] = entry
    return matrix


def shifted(size: int, row: int, column: int, entries: Kernel, values: Kernel) -> sympy.Expr:
    """sum over a, b of U_ab y_{<u+a>,<v+b>}."""
    return sympy.Add(
        *(
            entries[i - 1][j - 1] * values[circle(row + i, size) - 1][circle(column + j, size) - 1]
            for i, j in indices(size, 2)
        )
    )


def as_a_matrix(size: int) -> Iterator[tuple[Components, tuple[Boolean, ...]]]:
    """Every entry of C(U): what multiplies y_{phi(u', v')} in the shifted sum at (u, v), and the kernel's entry."""
    entries, values = kernel(size), kernel(size, "y")
    for row, column, row_2, column_2 in indices(size, 4):
        factor = sympy.diff(shifted(size, row, column, entries, values), values[row_2 - 1][column_2 - 1])
        offsets = circle(row_2 - row, size), circle(column_2 - column, size)
        yield {matrix_entry: factor, kernel_entry: entries[offsets[0] - 1][offsets[1] - 1]}, ()


def as_blocks(size: int, channels: int = 2) -> Iterator[tuple[Components, tuple[Boolean, ...]]]:
    """Every entry of the convolution, and of W(K) x with the blocks C(K_{o,i})."""
    kernels = [[kernel(size, f"K{o}{i}") for i in range(channels)] for o in range(channels)]
    maps = [kernel(size, f"X{i}") for i in range(channels)]
    matrix = sympy.Matrix(sympy.BlockMatrix([[circulant(block, size) for block in row] for row in kernels]))
    flattened = sympy.Matrix([each[i - 1][j - 1] for each in maps for i, j in indices(size, 2)])
    image = matrix * flattened
    for o in range(channels):
        for i, j in indices(size, 2):
            convolved = sympy.Add(*(shifted(size, i, j, kernels[o][c], maps[c]) for c in range(channels)))
            yield {feature: convolved, product_entry: image[o * size**2 + place(i, j, size) - 1]}, ()


def offset_of(
    name: str, offset: sympy.Symbol, start: sympy.Symbol, end: sympy.Symbol, given: Boolean
) -> tuple[Step, ...]:
    """<start + offset> = end, and no other offset in [r] leads there, for offset = <end - start>."""
    other = sympy.Symbol(f"{offset}'", integer=True)
    turns, again = sympy.floor((end - start - 1) / r), sympy.floor((start + other - 1) / r)
    back, forth = sympy.Eq(sympy.floor((start + offset - 1) / r), -turns), sympy.Eq(turns, -again)
    another = (sympy.Ge(other, 1), sympy.Le(other, r), sympy.Eq(wrapped(start + other), end))
    return (
        Step(
            f"{name}-back",
            "the offset goes round as often as it was reduced",
            "rounding",
            back,
            given=(given, sympy.Le(end, r)),
            cites=(f"{name}-offset", "range"),
        ),
        Step(
            f"{name}-reached",
            f"so <{start} + {offset}> = {end}",
            "smt",
            sympy.Eq(wrapped(start + offset), end),
            given=(given, back),
            cites=(f"{name}-offset", f"{name}-back"),
        ),
        Step(f"{name}-another", "let another offset lead there", "let", sympy.And(*another)),
        Step(
            f"{name}-forth",
            "it goes round as often, the other way",
            "rounding",
            forth,
            given=another,
            cites=(f"{name}-another",),
        ),
        Step(
            f"{name}-unique",
            "so it is the same offset",
            "smt",
            sympy.Eq(other, offset),
            given=(*another, forth, given),
            cites=(f"{name}-another", f"{name}-forth", f"{name}-offset"),
        ),
    )


FLATTENED = sympy.floor((position - 1) / r)
PLACES = (
    Step(
        "row-of-the-place",
        "phi(u, v) tells u",
        "rounding",
        sympy.Eq(FLATTENED, u - 1),
        given=(POSITION.relation, sympy.Le(v, r)),
        cites=("position", "range"),
    ),
    Step(
        "column-of-the-place",
        "and v, so that no two pairs share a place",
        "smt",
        sympy.Eq(wrapped(position), v),
        given=(POSITION.relation, sympy.Eq(FLATTENED, u - 1)),
        cites=("position", "row-of-the-place"),
    ),
    Step(
        "places",
        "all places lie in [r^2]",
        "smt",
        sympy.And(sympy.Ge(position, 1, evaluate=False), sympy.Le(position, r**2)),
        given=(POSITION.relation, sympy.Le(u, r), sympy.Le(v, r)),
        cites=("position", "range"),
    ),
)
LEMMA_13 = (
    *offset_of("row", a, u, u_2, ROW_OFFSET.relation),
    *offset_of("column", b, v, v_2, COLUMN_OFFSET.relation),
    *PLACES,
    Step(
        "entry",
        "U_{a,b} is the one entry that multiplies place phi(u', v') in sum U_{a,b} y_{phi(<u+a>,<v+b>)}",
        "written-out",
        ENTRY.relation,
        cites=("row-reached", "row-unique", "column-reached", "column-unique", "column-of-the-place"),
        data={"sizes": SIZES, "instance": as_a_matrix, "by": ("exact-algebra", {})},
    ),
    Step(
        "convolution",
        "the blocks C(K_{o,i}) sum over the input maps",
        "written-out",
        CONVOLUTION.relation,
        cites=("entry", "places"),
        data={"sizes": SIZES, "instance": as_blocks, "by": ("exact-algebra", {})},
    ),
)
PROOFS = {("lemma-13", "printed"): LEMMA_13}
