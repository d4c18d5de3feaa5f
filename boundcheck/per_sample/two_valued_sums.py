"""Sums of independent two-valued draws: their characteristic functions at odd multiples of a step, enclosed.

A unit's preactivation is V = z + sum of c_j (B_j - q_j), the B_j independent with P(B_j = 1) = q_j, so that
E exp(i t V) is a product over the inputs. The floats stand for a law nearby; ``off`` bounds how far it is from the
true one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, product_above
from boundcheck.exact.interval_array import Array, IntervalArray, to_balls

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Samples and units, of one length."""

_PAIRS_AT_ONCE = 2**11
# Angles up to here are off by at most 4096 times a few units of roundoff; unit_circle adds 100 of them at most.
_LARGEST_ANGLE = 4096.0
ANGLE_ERROR = 4e-12


@dataclass(frozen=True)
class TwoValuedDraws:
    """Every entry's draw: one value minus the other, and the probability of the first; of shape (units, inputs).

    A probability that ends at 0 or 1 may stand for one just beyond, of the next pair of values: the law is nearly the
    same there, and _perturbation allows for it.
    """

    jump: IntervalArray
    probability: IntervalArray


@dataclass(frozen=True)
class Harmonics:
    """E exp(i l step (V - centre)) for l = 1, 3, 5, ..., one row each, by pairs; real and imaginary parts within
    ``error`` where ``is_known``."""

    values: NDArray[np.complex128]
    error: float
    is_known: NDArray[np.bool_]


class TwoValuedSums:
    """The preactivations V of every unit at every sample.

    ``off`` bounds E|V - V'|, V' the sum that the floats describe, with common uniform numbers; shape (samples, units).
    """

    def __init__(self, inputs: BallMatrix, draws: TwoValuedDraws, z: BallMatrix) -> None:
        jump, probability = to_balls(draws.jump), to_balls(draws.probability)
        self.off = _perturbation(inputs, jump, probability) + 2 * z.rad
        self._z, self._means = z.mid, inputs.mid @ (jump.mid * probability.mid).T
        self._columns = tuple(np.ascontiguousarray(matrix.mid.T) for matrix in (inputs, jump, probability))

    def harmonics(self, pairs: Pairs, step: Array, count: int, centre: Array | float = 0.0) -> Harmonics:
        """The first ``count`` odd ones; ``step`` and ``centre`` may differ from pair to pair."""
        with np.errstate(over="ignore", invalid="ignore"):  # angles out of reach are not known
            return self._harmonics(pairs, step, count, (self._z[pairs] - centre) - self._means[pairs])

    def _harmonics(self, pairs: Pairs, step: Array, count: int, shift: Array) -> Harmonics:
        samples, units = pairs
        start = unit_circle(step * shift)
        largest = np.abs(step * shift)
        products, turn = np.empty((count, len(shift)), dtype=complex), start * start
        products[0] = start
        for number in range(1, count):
            np.multiply(products[number - 1], turn, out=products[number])
        power, factor = np.empty(len(shift), dtype=complex), np.empty(len(shift), dtype=complex)
        for column, jump, probability in zip(*self._columns, strict=True):
            x = column[samples]
            if not x.any():
                continue
            angle = step * (x * jump[units])
            np.maximum(largest, np.abs(angle), out=largest)
            power[:] = unit_circle(angle)
            np.multiply(power, power, out=turn)
            q = probability[units]
            power *= q
            rest = 1 - q
            for number in range(count):
                np.add(power, rest, out=factor)
                products[number] *= factor
                power *= turn
        # |computed - true| of every product is at most the sum over its factors, each l times the angle's error.
        error = 1.2 * (len(self._columns[0]) + 1) * (2 * count) * ANGLE_ERROR
        return Harmonics(products, error, (largest <= _LARGEST_ANGLE) & np.isfinite(products[-1].real))


def in_parts(wanted: NDArray[np.bool_]) -> Iterator[Pairs]:
    """The true places of an array, a few thousand at a time."""
    samples, units = np.nonzero(wanted)
    for start in range(0, len(samples), _PAIRS_AT_ONCE):
        yield samples[start : start + _PAIRS_AT_ONCE], units[start : start + _PAIRS_AT_ONCE]


def _perturbation(inputs: BallMatrix, jump: BallMatrix, probability: BallMatrix) -> Array:
    """How far V may be from the sum of the midpoints: at most E|V - V'|, term by term.

    Two centred draws of probabilities q and q' with common uniform numbers are at most 2 |q - q'| jumps apart in the
    mean. With q' <= 2 r and q >= 1 - 2 r, of neighbouring pairs of values, it is 2 q' + 2 (1 - q) <= 8 r jumps, r the
    radius. The roundings of c_j (3 each) and of the sum of c_j q_j, at most n + 2 units of |c_j|, are counted in.
    """
    roundings = (jump.mid.shape[1] + 16) * UNIT_ROUNDOFF
    size = np.abs(inputs.mid) + inputs.rad
    by_jumps = jump.rad + 8 * np.abs(jump.mid) * probability.rad + roundings * np.abs(jump.mid)
    of_inputs = product_above(inputs.rad, (np.abs(jump.mid) + jump.rad).T) if inputs.rad.any() else 0.0
    return (product_above(size, by_jumps.T) + of_inputs) * (1 + 1e-9)


def unit_circle(angle: Array) -> NDArray[np.complex128]:
    """exp(i angle), up to ANGLE_ERROR: Taylor sums at an eighth of the angle, squared three times.

    After whole turns are taken off, an eighth is at most 0.4, where the first terms left out are below 10^-15.
    """
    x = (angle - 2 * np.pi * np.round(angle * (0.5 / np.pi))) / 8
    square = x * x
    cosine, sine = np.full_like(x, 1 / 479001600), np.full_like(x, -1 / 39916800)
    for term in (-1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1.0):
        cosine *= square
        cosine += term
    for term in (1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1.0):
        sine *= square
        sine += term
    point = np.empty(x.shape, dtype=complex)
    point.real, point.imag = cosine, sine * x
    for _ in range(3):
        point *= point
    return point
