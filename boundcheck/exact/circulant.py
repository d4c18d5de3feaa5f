"""Norms of convolutions, enclosed: of the matrix W(K) and of its largest block, through the Fourier transform.

W(K) is unitarily equivalent to the r^2 matrices of the transformed kernels, K^(k, l) of shape d_out x d_in with entries
sum_{a,b} K_{o,i,a,b} omega^{ka + lb}, omega = e^{-2 pi i / r}. So its norm is the largest of theirs, and that of the
block C(K_{o,i}) the largest |K^_{o,i}(k, l)| (proofs of Lemmas 13 and 14). Real kernels have conjugate matrices at
(k, l) and (-k, -l), so half of the frequencies are enough.
"""

from collections.abc import Callable, Iterator

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import hull, lower_end, upper_end, upper_float
from boundcheck.exact.ball_matrix import (
    SMALLEST_NORMAL,
    BallMatrix,
    Matrix,
    from_exact,
    multiply,
    norm_squared,
    row_norms,
)
from boundcheck.exact.operator_norm import eigenvalue_bound, norm_bounds

LARGEST_MAP = 1024
"""The side of the largest maps whose frequencies are all looked at, one by one."""

_ENTRIES_AT_ONCE = 2**21


def convolution_norm(kernels: NDArray[np.floating], map_side: int) -> arb:
    """A ball containing ||W(K)|| for ``kernels`` of shape (d_out, d_in, q, q) and circular maps of side ``map_side``.

    Where its first entry meets the input makes no difference: another place is a cyclic shift of the output maps. The
    relative width is about 1e-12 for 64 x 64 channels.

    Raises:
        InputError: other than four axes, kernels that are not square or exceed the maps, maps beyond LARGEST_MAP, or
            entries that are not finite floats.
    """
    return _enclosed(kernels, map_side, _matrix_bounds)


def largest_block_norm(kernels: NDArray[np.floating], map_side: int) -> arb:
    """A ball containing the largest ||C(K_{o,i})||, the norm of one block of W(K); arguments as convolution_norm."""
    return _enclosed(kernels, map_side, _block_bounds)


def _enclosed(kernels: NDArray[np.floating], map_side: int, bounds: Callable[[Matrix, int], tuple[arb, arb]]) -> arb:
    """What ``bounds`` encloses, a norm of the kernels scaled by a power of two and with wide matrices."""
    exact = _checked(kernels, map_side)
    largest = np.max(np.abs(exact))
    if largest == 0:
        return arb(0)
    _, exponent = np.frexp(largest)
    wide = exact if exact.shape[0] <= exact.shape[1] else exact.transpose(1, 0, 2, 3)  # transposes every matrix
    lower, upper = bounds(np.ascontiguousarray(np.ldexp(wide, -exponent)), map_side)
    # Scaling down may flush entries below the smallest normal number; each moves a norm by at most its size.
    flushed = arb(exact.size) * arb(SMALLEST_NORMAL)
    return hull((lower - flushed).max(arb(0)), upper + flushed) * arb(2) ** int(exponent)


def _checked(kernels: NDArray[np.floating], map_side: int) -> Matrix:
    """The kernels in float64, exactly; InputError as convolution_norm."""
    if kernels.ndim != 4 or kernels.shape[2] != kernels.shape[3] or 0 in kernels.shape:
        raise InputError(f"kernels: shape={kernels.shape}; expected d_out x d_in x q x q, all at least 1")
    if not kernels.shape[2] <= map_side <= LARGEST_MAP:
        raise InputError(
            f"map side r={map_side}: expected at least the kernels' side q={kernels.shape[2]}, and at most "
            f"{LARGEST_MAP}, beyond which the norms take too long"
        )
    return from_exact(kernels.reshape(1, -1)).mid.reshape(kernels.shape)


def _matrix_bounds(kernels: Matrix, map_side: int) -> tuple[arb, arb]:
    """Lower and upper bound of the largest norm of all frequencies' matrices, which come in a random order.

    Where a Cholesky factor proves a matrix's norm to be hardly above the largest so far, that is all; else its norm is
    enclosed by itself, which a random order makes rare.
    """
    lower, upper, record = arb(0), arb(0), 0.0
    for matrix in _frequency_matrices(kernels, map_side):
        squared = eigenvalue_bound(multiply(matrix, matrix.transposed), record) if record else None
        if squared is None:
            low, high = norm_bounds(matrix)
            lower, record = lower.max(low), max(record, upper_float(high * high))
        else:
            high = upper_end(squared.sqrt())
        upper = upper.max(high)
    return lower, upper


def _block_bounds(kernels: Matrix, map_side: int) -> tuple[arb, arb]:
    """Lower and upper bound of the largest |K^_{o,i}(k, l)|."""
    lower, upper = arb(0), arb(0)
    for real, imaginary in _transforms(kernels, map_side):
        mid, rad = (np.stack([x.ravel(), y.ravel()], axis=1) for x, y in _parts(real, imaginary))
        lengths = row_norms(mid)
        upper = upper.max(arb(float(lengths.max())) + arb(float(row_norms(rad).max())))
        longest = [np.argmax(lengths)]
        lower = lower.max(lower_end(norm_squared(BallMatrix(mid[longest], rad[longest])).sqrt()))
    return lower, upper


def _frequency_matrices(kernels: Matrix, map_side: int) -> Iterator[BallMatrix]:
    """Per frequency the matrix [[A, -B], [B, A]]: real, with the singular values of A + iB = K^(k, l), each twice."""
    shape = kernels.shape[:2]
    for real, imaginary in _transforms(kernels, map_side):
        for place in range(len(real.mid)):
            mid, rad = ((x[place].reshape(shape), y[place].reshape(shape)) for x, y in _parts(real, imaginary))
            yield BallMatrix(
                np.block([[mid[0], -mid[1]], [mid[1], mid[0]]]), np.block([[rad[0], rad[1]], [rad[1], rad[0]]])
            )


def _parts(real: BallMatrix, imaginary: BallMatrix) -> tuple[tuple[Matrix, Matrix], tuple[Matrix, Matrix]]:
    """The two midpoints, then the two radii."""
    return (real.mid, imaginary.mid), (real.rad, imaginary.rad)


def _transforms(kernels: Matrix, map_side: int) -> Iterator[tuple[BallMatrix, BallMatrix]]:
    """Real and imaginary part of K^, of shape (some of the frequencies, pairs of channels)."""
    pairs = kernels.shape[0] * kernels.shape[1]
    flat = from_exact(kernels.reshape(pairs, -1)).transposed
    frequencies = np.random.default_rng(0).permutation(half_of_the_frequencies(map_side))
    step = max(1, _ENTRIES_AT_ONCE // pairs)
    for start in range(0, len(frequencies), step):
        cosines, sines = _powers_of_omega(frequencies[start : start + step], kernels.shape[2], map_side)
        yield multiply(cosines, flat), multiply(sines, flat)


def half_of_the_frequencies(map_side: int) -> NDArray[np.int64]:
    """One of (k, l) and (-k, -l) mod r for every frequency of the r x r maps; shape (about r^2 / 2, 2)."""
    k, l = (axis.ravel() for axis in np.indices((map_side, map_side)))  # noqa: E741
    opposite = (-k % map_side) * map_side + (-l % map_side)
    chosen = k * map_side + l <= opposite
    return np.stack([k[chosen], l[chosen]], axis=1)


def _powers_of_omega(frequencies: NDArray[np.int64], q: int, map_side: int) -> tuple[BallMatrix, BallMatrix]:
    """Real and imaginary part of omega^{ka + lb}, of shape (frequencies, q^2)."""
    a, b = (axis.ravel() for axis in np.indices((q, q)))
    exponents = (np.outer(frequencies[:, 0], a) + np.outer(frequencies[:, 1], b)) % map_side
    circle = [arb.sin_cos_pi_fmpq(fmpq(-2 * power, map_side)) for power in range(map_side)]
    cosines, sines = (_rounded([pair[part] for pair in circle]) for part in (1, 0))
    return (
        BallMatrix(cosines.mid[0, exponents], cosines.rad[0, exponents]),
        BallMatrix(sines.mid[0, exponents], sines.rad[0, exponents]),
    )


def _rounded(values: list[arb]) -> BallMatrix:
    """The numbers as one row of floats, with the rounding in the radius."""
    mid = [float(value.mid()) for value in values]
    rad = [upper_float(abs(value - arb(m))) for value, m in zip(values, mid, strict=True)]
    return BallMatrix(np.array([mid]), np.array([rad]))
