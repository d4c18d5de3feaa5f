"""The spectral norm of a matrix of floats, enclosed: how much the layer can stretch a vector, with proof.

Floating-point eigenvectors and factors are only guesses. The lower bound is a Rayleigh quotient in ball arithmetic. For
the upper bound, mu just above the largest eigenvalue of the Gram matrix G, a Cholesky factor R of mu I - G is computed;
whatever R is, R^T R is positive semidefinite, so G <= mu + ||mu I - G - R^T R||, and that last norm is bounded.
"""

import numpy as np
from flint import arb
from numpy.typing import NDArray

from boundcheck.exact.ball import hull, lower_end, upper_end
from boundcheck.exact.ball_matrix import (
    SMALLEST_NORMAL,
    UNIT_ROUNDOFF,
    BallMatrix,
    Matrix,
    absolute_row_sums,
    from_exact,
    multiply,
    norm_squared,
    row_norms,
)


def operator_norm(weights: NDArray[np.floating]) -> arb:
    """A ball containing the largest singular value of ``weights``, of shape (outputs, inputs).

    Its relative width is about 6e-11 for 1000 x 1000 Gaussian entries and grows like the product of the sides. Vectors
    and the zero matrix are exact up to rounding. Should the eigenvalue guess fail, the enclosure is still right but as
    wide as from the largest row norm to the Frobenius norm.

    Raises:
        InputError: the entries are not floats of at most 64 bits, or one is NaN or infinite, or there are none.
    """
    exact = from_exact(weights)
    largest = np.max(np.abs(exact.mid))
    if largest == 0:
        return arb(0)
    if 1 in weights.shape:
        return norm_squared(exact).sqrt()
    _, exponent = np.frexp(largest)
    scaled = np.ldexp(exact.mid if weights.shape[0] <= weights.shape[1] else exact.mid.T, -exponent)
    lower, upper = norm_bounds(from_exact(scaled))
    # Scaling down may flush entries below the smallest normal number; together they move the norm by at most this.
    flushed = arb(weights.size) * arb(SMALLEST_NORMAL)
    return hull(lower - flushed, upper + flushed) * arb(2) ** int(exponent)


def largest_entry(weights: NDArray[np.floating]) -> arb:
    """The largest absolute value of the entries of ``weights``, exactly; errors as operator_norm."""
    return arb(float(np.max(np.abs(from_exact(weights).mid))))


def norm_bounds(wide: BallMatrix) -> tuple[arb, arb]:
    """Lower and upper bound of the norm of any matrix in ``wide``: no more rows than columns, entries of about 1."""
    norms = row_norms(np.abs(wide.mid) + wide.rad)
    upper = _length(norms) * (1 + 2 * UNIT_ROUNDOFF)  # the Frobenius norm; the factor is for the sums of the entries
    lower = lower_end(norm_squared(_row(wide, int(np.argmax(norms)))).sqrt())
    gram = multiply(wide, wide.transposed)
    guess = _largest_eigenpair((gram.mid + gram.mid.T) / 2)
    if guess is None:
        return lower, upper
    value, direction = guess
    lower = lower.max(lower_end(_rayleigh_quotient(wide.transposed, direction)))
    squared = _upper_eigenvalue(gram, value)
    return lower, upper if squared is None else upper.min(upper_end(squared.sqrt()))


def _row(matrix: BallMatrix, place: int) -> BallMatrix:
    return BallMatrix(matrix.mid[[place]], matrix.rad[[place]])


def _largest_eigenpair(symmetric: Matrix) -> tuple[float, Matrix] | None:
    """Approximately the largest eigenvalue and its eigenvector, shape (size, 1); nothing relies on them being right."""
    from scipy.sparse.linalg import ArpackError, eigsh

    size = len(symmetric)
    try:
        if size <= 100:
            values, vectors = np.linalg.eigh(symmetric)
        else:
            start = np.random.default_rng(0).standard_normal(size)
            values, vectors = eigsh(symmetric, k=1, which="LA", ncv=50, v0=start)
    except (np.linalg.LinAlgError, ArpackError):
        return None
    return float(values[-1]), np.ascontiguousarray(vectors[:, -1:])


def _rayleigh_quotient(tall: BallMatrix, direction: Matrix) -> arb:
    """|tall v| / |v|, at most the norm of ``tall``, whatever the vector v, of shape (columns, 1)."""
    vector = from_exact(direction)
    return (norm_squared(multiply(tall, vector)) / norm_squared(vector)).sqrt()


def _upper_eigenvalue(gram: BallMatrix, guess: float) -> arb | None:
    """An upper bound on the eigenvalues of all symmetric matrices in ``gram``; None if Cholesky keeps failing."""
    margin = 8 * len(gram.mid) * UNIT_ROUNDOFF
    while margin < 1:
        bound = eigenvalue_bound(gram, guess * (1 + margin))
        if bound is not None:
            return bound
        margin *= 16
    return None


def eigenvalue_bound(gram: BallMatrix, shift: float) -> arb | None:
    """As _upper_eigenvalue, hardly above ``shift``; None if Cholesky fails, as it does for too small a ``shift``."""
    gap: Matrix = shift * np.eye(len(gram.mid)) - (gram.mid + gram.mid.T) / 2
    try:
        factor = np.linalg.cholesky(gap)
    except np.linalg.LinAlgError:
        return None
    return arb(shift) + _distance(shift, gram, factor)


def _distance(shift: float, gram: BallMatrix, factor: NDArray[np.floating]) -> arb:
    """A bound on the norm of shift * identity - gram - factor factor^T, symmetric, by its largest absolute row sum."""
    square = multiply(from_exact(factor), from_exact(factor.T))
    total = square.mid + gram.mid
    gap = total - shift * np.eye(len(total))
    rounding = 2 * UNIT_ROUNDOFF * (np.abs(total) + np.abs(gap))  # of the two operations, twice what it can be
    rad = (square.rad + gram.rad + rounding) * (1 + 8 * UNIT_ROUNDOFF) + SMALLEST_NORMAL
    return arb(float(np.max(absolute_row_sums(BallMatrix(gap, rad)))))


def _length(norms: Matrix) -> arb:
    """An upper bound of the Euclidean norm of a vector of nonnegative upper bounds."""
    return upper_end(norm_squared(from_exact(norms[:, None])).sqrt())
