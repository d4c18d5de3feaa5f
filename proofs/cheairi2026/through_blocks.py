"""Steps on matrices cut into k x k blocks, of which each has at most a given operator norm.

A block column takes k numbers to a whole vector, a block row a whole vector to k numbers.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .most_of_the_entries import Written, written
from .notation import k


def blocks_in(width: sympy.Symbol) -> sympy.Expr:
    return sympy.floor(width / k)


def column_bound(column: sympy.Symbol, vector: sympy.Symbol, width: sympy.Symbol, largest: sympy.Symbol) -> sympy.Rel:
    """||C v||^2 <= (n/k) nu^2 ||v||^2 for a block column C of n rows."""
    return sympy.Le(Norm(column * vector) ** 2, width / k * largest**2 * Norm(vector) ** 2)


def through_column(
    part: str,
    column: sympy.Symbol,
    vector: sympy.Symbol,
    width: sympy.Symbol,
    largest: sympy.Symbol,
    divides: tuple[str, Boolean],
) -> tuple[Step, ...]:
    """``column_bound``, by adding up the squares of what the column's blocks give; divides: (id, k divides n)."""
    squares, q = sympy.Function(f"i_{part}", real=True), sympy.Symbol(f"q_{part}", integer=True)
    block, count = sympy.Symbol(f"B_{part}"), blocks_in(width)
    ends = (sympy.Eq(squares(0), 0), sympy.Eq(squares(count), Norm(column * vector) ** 2))
    step = (sympy.Eq(squares(q + 1), squares(q) + Norm(block * vector) ** 2), sympy.Le(Norm(block), largest))
    product = _product(block, vector)
    hypothesis = sympy.Le(squares(q), q * largest**2 * Norm(vector) ** 2)
    rise = sympy.Le(squares(q + 1), squares(q) + largest**2 * Norm(vector) ** 2)
    return (
        Step(f"{part}-squares", "let these be the sums over the first q blocks", "let", sympy.And(*ends)),
        *_next_block(part, q, count, step, block, vector),
        Step(
            f"{part}-rise",
            "so each adds at most nu^2 times the square of the vector's norm",
            "smt",
            rise,
            given=(*step, product),
            cites=(f"{part}-block", f"{part}-product"),
        ),
        _summed(part, q, count, hypothesis, rise, ends[0], (f"{part}-squares", f"{part}-rise"), divides),
        Step(
            f"{part}-column",
            "and all blocks n/k times that",
            "smt",
            column_bound(column, vector, width, largest),
            given=(ends[1], hypothesis.subs(q, count), divides[1]),
            cites=(f"{part}-squares", f"{part}-summed", divides[0]),
        ),
    )


def row_bound(image: sympy.Symbol, vector: sympy.Symbol, width: sympy.Symbol, largest: sympy.Symbol) -> sympy.Rel:
    """||R v|| <= nu sqrt(n/k) ||v|| for a block row R of n columns."""
    return sympy.Le(Norm(image), largest * sympy.sqrt(width) / sympy.sqrt(k) * Norm(vector))


def through_row(
    part: str,
    image: sympy.Symbol,
    vector: sympy.Symbol,
    width: sympy.Symbol,
    largest: sympy.Symbol,
    divides: tuple[str, Boolean],
) -> tuple[Step, ...]:
    """``row_bound``, by the triangle inequality over the row's blocks, and Cauchy-Schwarz over the vector's."""
    norms, lengths = (sympy.Function(f"{name}_{part}", real=True) for name in ("s", "l"))
    q, count, block = sympy.Symbol(f"q_{part}", integer=True), blocks_in(width), sympy.Symbol(f"B_{part}")
    before, piece = sympy.symbols(f"z_{part} x_{part}")
    total = sympy.Symbol(f"sum||x_{part}||", real=True)
    ends = (
        *(sympy.Eq(norms(0), 0), sympy.Eq(lengths(0), 0)),
        *(sympy.Eq(norms(count), Norm(image)), sympy.Eq(lengths(count), total)),
    )
    step = (
        sympy.Eq(norms(q), Norm(before)),
        sympy.Eq(norms(q + 1), Norm(before + block * piece)),
        sympy.Eq(lengths(q + 1), lengths(q) + Norm(piece)),
        sympy.Le(Norm(block), largest),
    )
    added = sympy.Le(Norm(before + block * piece), Norm(before) + Norm(block * piece))
    product = _product(block, piece)
    hypothesis = sympy.Le(norms(q), largest * lengths(q))
    rise = sympy.Le(norms(q + 1), norms(q) + largest * (lengths(q + 1) - lengths(q)))
    across = sympy.Le(total**2, width / k * Norm(vector) ** 2)

    def pieces(blocks: int) -> Written:
        each = [sympy.Symbol(f"l{i}", real=True) for i in range(blocks)]
        squares = sympy.Add(*(length**2 for length in each))
        return [({total: sympy.Add(*each), width: blocks * k, Norm(vector) ** 2: squares}, ())]

    return (
        Step(f"{part}-sums", "let these be the sums over the first q blocks", "let", sympy.And(*ends)),
        *_next_block(part, q, count, step, block, piece),
        Step(
            f"{part}-triangle",
            "||z + B x|| <= ||z|| + ||B x||",
            "named-lemma",
            added,
            data={"lemma": "triangle", "instance": {"u": before, "v": block * piece}},
        ),
        Step(
            f"{part}-rise",
            "so each adds at most nu times the norm of its part of the vector",
            "smt",
            rise,
            given=(*step, added, product),
            cites=(f"{part}-block", f"{part}-triangle", f"{part}-product"),
        ),
        _summed(part, q, count, hypothesis, rise, sympy.And(*ends[:2]), (f"{part}-sums", f"{part}-rise"), divides),
        written(
            f"{part}-across",
            "Cauchy-Schwarz over the vector's n/k parts",
            across,
            pieces,
            ((1,), (2,), (3,), (4,)),
            cites=(f"{part}-sums",),
        ),
        Step(
            f"{part}-row",
            "and the whole row has at most nu sqrt(n/k) times the vector's norm",
            "smt",
            row_bound(image, vector, width, largest),
            given=(*ends[2:], hypothesis.subs(q, count), across),
            cites=(f"{part}-sums", f"{part}-summed", f"{part}-across"),
        ),
    )


def _product(block: sympy.Symbol, vector: sympy.Symbol) -> sympy.Rel:
    return sympy.Le(Norm(block * vector), Norm(block) * Norm(vector))


def _next_block(
    part: str,
    q: sympy.Symbol,
    count: sympy.Expr,
    step: tuple[Boolean, ...],
    block: sympy.Symbol,
    vector: sympy.Symbol,
) -> tuple[Step, ...]:
    return (
        Step(f"{part}-index", "let q be below their number", "let", sympy.And(sympy.Ge(q, 0), sympy.Le(q, count - 1))),
        Step(
            f"{part}-block",
            "let B be the next block; no block's norm is above nu",
            "let",
            sympy.And(*step),
            cites=(f"{part}-index",),
        ),
        Step(
            f"{part}-product",
            "||B v|| <= ||B|| ||v||",
            "named-lemma",
            _product(block, vector),
            data={"lemma": "operator-norm", "instance": {"A": block, "x": vector}},
        ),
    )


def _summed(
    part: str,
    q: sympy.Symbol,
    count: sympy.Expr,
    hypothesis: sympy.Rel,
    rise: Boolean,
    starts: Boolean,
    cites: tuple[str, ...],
    divides: tuple[str, Boolean],
) -> Step:
    return Step(
        f"{part}-summed",
        "summed over the blocks",
        "finite-induction",
        hypothesis.subs(q, count),
        given=(starts, divides[1]),
        cites=(*cites, divides[0]),
        data={
            "variable": q,
            "start": sympy.Integer(0),
            "until": count,
            "hypothesis": hypothesis,
            "recursion": (rise,),
        },
    )
