"""Matrices of balls in float64 (midpoint and radius): products at the speed of BLAS with a rigorous error bound.

Assumed of the floating-point product is only that each entry is a sum of the n rounded products in some order, with or
without fused multiply-add (so no Strassen-like algorithm); subnormal results may be flushed to zero, not operands. Then
|computed - exact| <= gamma_n |a||b| + underflow with gamma_n = n u / (1 - n u) (Higham, Accuracy and Stability of
Numerical Algorithms, section 3.1), and (|a||b|)_ij is at most (norm of row i of a) * (norm of column j of b).
"""

from dataclasses import dataclass

import numpy as np
from flint import arb
from numpy.typing import NDArray

from boundcheck.core.errors import InputError

Matrix = NDArray[np.float64]

UNIT_ROUNDOFF = 2.0**-53
# Every product and every sum may lose this much where the processor flushes subnormal results to zero.
SMALLEST_NORMAL = 2.0**-1022
LARGEST_INNER = 2**24


@dataclass(frozen=True)
class BallMatrix:
    """All matrices within ``rad`` of ``mid``, entry by entry; both of shape (rows, columns), finite, ``rad`` >= 0."""

    mid: Matrix
    rad: Matrix

    def __post_init__(self) -> None:
        if self.mid.ndim != 2 or self.mid.shape != self.rad.shape:
            raise InputError(f"ball matrix: mid={self.mid.shape}, rad={self.rad.shape}; expected one shape of two axes")
        if not (np.isfinite(self.mid).all() and np.isfinite(self.rad).all()):
            raise InputError("ball matrix: an entry is NaN or infinite; expected finite numbers, scale the matrix down")

    @property
    def transposed(self) -> "BallMatrix":
        return BallMatrix(self.mid.T, self.rad.T)


def from_exact(array: NDArray[np.floating]) -> BallMatrix:
    """The matrix itself, radius zero. Shape (rows, columns); float16 and float32 are widened, which is exact.

    Raises:
        InputError: another type of entries or number of axes, no entries at all, or a NaN or infinite one.
    """
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise InputError(f"matrix: dtype={array.dtype}; expected float16, float32 or float64, convert it first")
    if array.ndim != 2 or array.size == 0:
        raise InputError(f"matrix: shape={array.shape}; expected two axes with at least one entry each")
    widened = array.astype(np.float64)
    return BallMatrix(widened, np.zeros_like(widened))


def multiply(a: BallMatrix, b: BallMatrix) -> BallMatrix:
    """A ball matrix containing every product of a matrix in ``a`` (n, k) with one in ``b`` (k, m).

    Raises:
        InputError: the inner sizes differ or exceed 2^24, or a product overflows.
    """
    inner = a.mid.shape[1]
    if inner != b.mid.shape[0] or inner > LARGEST_INNER:
        raise InputError(f"product: inner sizes {inner}, {b.mid.shape[0]}; expected equal ones up to {LARGEST_INNER}")
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        mid = a.mid @ b.mid
        rows, row_radii = row_norms(a.mid), row_norms(a.rad)
        columns, column_radii = row_norms(b.mid.T), row_norms(b.rad.T)
        gamma = inner * UNIT_ROUNDOFF / (1 - inner * UNIT_ROUNDOFF)
        rad = gamma * np.outer(rows, columns) + np.outer(row_radii, columns) + np.outer(rows + row_radii, column_radii)
        # Each product and sum of the entry, and each step of the radius, may underflow; the rest is relative.
        rad = _raised(rad, roundings=16) + inner * 16 * SMALLEST_NORMAL
    return BallMatrix(mid, rad)


def row_norms(matrix: Matrix) -> Matrix:
    """Upper bounds, within a relative 1e-8, of the Euclidean norms of the rows; shape (rows,).

    Each row is scaled by a power of two first, so that squaring cannot overflow and what underflows is negligible.
    """
    _, exponents = np.frexp(np.max(np.abs(matrix), axis=1))
    scaled = np.ldexp(matrix, -exponents[:, None])
    squares = _raised(np.einsum("ij,ij->i", scaled, scaled), roundings=matrix.shape[1] + 4)
    padding = matrix.shape[1] * 4 * SMALLEST_NORMAL * (squares > 0)
    norms = np.ldexp(_raised(np.sqrt(squares + padding), roundings=4), exponents)
    return np.where(squares > 0, np.nextafter(norms, np.inf), 0.0)


def absolute_row_sums(matrix: BallMatrix) -> Matrix:
    """Upper bounds of the sums of absolute values along the rows of any matrix in the ball matrix; shape (rows,)."""
    sums = np.sum(np.abs(matrix.mid), axis=1) + np.sum(matrix.rad, axis=1)
    return _raised(sums, roundings=matrix.mid.shape[1] + 4)


def norm_squared(vector: BallMatrix) -> arb:
    """The sum of the squares of all entries, in ball arithmetic (for vectors: it visits entry by entry)."""
    total = arb(0)
    for mid, rad in zip(vector.mid.flat, vector.rad.flat, strict=True):
        entry = arb(float(mid), float(rad))
        total += entry * entry  # not a power: that of a ball around 0 is NaN in python-flint
    return total


def _raised(nonnegative: Matrix, roundings: int) -> Matrix:
    """At least the exact value of a nonnegative expression computed with at most so many roundings per entry.

    computed >= exact (1 - u)^n, and 1 / (1 - u)^n <= 1 + 2 n u for n u <= 1/4; the extra roundings are the raising's.
    """
    return nonnegative * (1 + 2 * (roundings + 4) * UNIT_ROUNDOFF)


def product_above(a: Matrix, b: Matrix) -> Matrix:
    """An upper bound of every entry of the product of two matrices (or stacks of them) without negative entries.

    Nothing cancels, so that the bound is within a relative 2 n u, n the inner size.
    """
    inner = a.shape[-1]
    with np.errstate(under="ignore", over="ignore"):
        product: Matrix = a @ b
        raised: Matrix = _raised(product, roundings=2 * inner) + inner * 4 * SMALLEST_NORMAL
    return raised


def sum_above(values: Matrix, axis: int | None = None) -> Matrix:
    """An upper bound of the sum of numbers that are not negative."""
    total: Matrix = np.asarray(np.sum(values, axis=axis), dtype=np.float64)
    raised: Matrix = _raised(total, roundings=values.size if axis is None else values.shape[axis])
    return raised
