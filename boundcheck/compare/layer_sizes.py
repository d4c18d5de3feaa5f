"""What a compressed layer takes: nonzero weights, zero rows and columns, distinct values, bits per weight.

Definitions: a weight is kept if it is not zero; rows are output neurons (filters), columns input ones, zero if all
their weights are, whatever their bias. Biases are not counted. Bits per weight are the least of four ways of storing
all n weights of a layer, zeros among them, at the b bits that a number has in the file:
- as stored: b;
- table: ceil(log2 k) for k distinct values, and k b / n for their table (Han, Mao and Dally, Deep Compression, 2016);
- step: all weights are integers times one step; the bits of these integers, and b / n for the step;
- step per row: as before with a step for each row, r b / n for r rows.
A multiple of the step may be off by the rounding of its product with an integer to the file's type.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball_matrix import Matrix

BITS = {"float16": 16, "bfloat16": 16, "float32": 32, "float64": 64}
_PRECISION = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
_MOST_PARTS, _MOST_LEVELS = 8, 2**12
"""The step is looked for among the least gap and its first fractions, and among steps with at most so many levels."""


Way = Literal["as stored", "table", "step", "step per row"]


@dataclass(frozen=True)
class Coding:
    """How many different numbers there are; how few bits a weight takes on average, and the way that does it."""

    distinct: int
    bits: Fraction
    way: Way


def index_bits(distinct: int) -> int:
    """ceil(log2 distinct): bits of a code of fixed length."""
    return (distinct - 1).bit_length()


def zero_rows(weight: Matrix) -> int:
    """Rows, or output filters, without a nonzero weight."""
    return int(np.count_nonzero(~weight.reshape(len(weight), -1).any(axis=1)))


def zero_columns(weight: Matrix) -> int:
    """Columns, or input filters, without a nonzero weight."""
    return zero_rows(np.moveaxis(weight, 1, 0))


def coding(weight: Matrix, dtype: str) -> Coding:
    """The least of the four ways of storing; ``dtype`` is the file's."""
    b, n, rows = BITS[dtype], weight.size, weight.reshape(len(weight), -1)
    values = np.unique(weight + 0.0)  # 0 and -0 are one
    table = index_bits(len(values)) + Fraction(len(values) * b, n)
    ways: list[tuple[Fraction, Way]] = [(Fraction(b), "as stored"), (table, "table")]
    whole = step_bits(values, dtype)
    if whole is not None:
        ways.append((whole + Fraction(b, n), "step"))
    elif (by_row := _step_bits_by_row(rows, dtype)) is not None:
        ways.append((by_row + Fraction(len(rows) * b, n), "step per row"))
    bits, way = min(ways)
    return Coding(len(values), bits, way)


def _step_bits_by_row(rows: Matrix, dtype: str) -> int | None:
    """The most bits of any row; None unless each has a step."""
    most = 0
    for row in rows:
        bits = step_bits(np.unique(row + 0.0), dtype)
        if bits is None:
            return None
        most = max(most, bits)
    return most


def step_bits(distinct: NDArray[np.float64], dtype: str) -> int | None:
    """The bits of the integers whose multiples of one step the values are, up to rounding; None if none was found."""
    if not distinct.any():
        return 0
    gap, largest = float(np.diff(np.union1d(distinct, [0.0])).min()), float(np.abs(distinct).max())
    tolerance = 2.0 ** (2 - _PRECISION[dtype])  # of a rounded product, twice over, and of the division here
    for parts in range(1, _MOST_PARTS + 1):
        levels = np.rint(largest / gap * parts)
        if levels > _MOST_LEVELS:
            return None
        multiples = distinct / (largest / levels)
        integers = np.rint(multiples)
        if np.all(np.abs(multiples - integers) <= tolerance * np.abs(integers)):
            span = int(max(integers.max(), 0)) - int(min(integers.min(), 0))
            return span.bit_length()
    return None
