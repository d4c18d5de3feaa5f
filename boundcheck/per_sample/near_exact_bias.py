"""Nearly the exact bias of units with a kink at zero, by Fourier series (statement sharp-near-exact-bias).

A unit's preactivation is V = z + sum of c_j (B_j - q_j), the B_j independent with P(B_j = 1) = q_j. For relu the bias
is E(V)_+ - (z)_+ = (E|V| - |z|)/2. Let eta be independent of V, of mean zero and density (3 W/8 pi) sinc(W x/4)^4:

- E|V| <= E|V + eta| by convexity (Jensen). E|y + eta| - |y| = E(|eta| - |y|)_+ falls in |y|; with eta' = 3/2 eta, of
  band W' = 2 W/3, that makes |y| >= 3 E|y + eta| - 2 E|y + eta'|.
- |y| lies between T(y) and T(y) + 2 (|y| - L/2)_+ for the wave T(y) = |y| on [-L/2, L/2] of period L, which is
  L/4 - (2 L/pi^2) sum over odd l of cos(2 pi l y/L)/l^2.
- E cos(2 pi l (V + eta)/L) is the real part of V's characteristic function, a product over the inputs, times eta's,
  which vanishes from W on: with W = 2 pi (2 F + 1)/L the series ends after F terms, and nothing is left out.
- E(|V + eta| - L/2)_+ <= E(|zeta| - A)_+ + E(|eta| - B)_+ with A + B + |z| = L/2: at most (5^5/6^6) E zeta^6/A^5 and
  (32/pi)/(W^3 B^2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, product_above
from boundcheck.exact.interval_array import Array, IntervalArray, to_balls
from boundcheck.per_sample.unit_moments import UnitMoments

FREQUENCIES = 20
FARTHEST = 4.0
"""Units with |z| beyond so many standard deviations of zeta are left out: there the closed forms are good."""
_PAIRS_AT_ONCE = 2**11
_LEAST_SIZE = 1e-50
# A and B in standard deviations of zeta.
_A, _B = 4.0, 1.5
_OVERSHOOT_OF_ETA = 10.186  # 32/pi = 10.1859...
_OVERSHOOT = 0.06699  # 5^5/6^6 = 0.066979...
# Angles up to here are off by at most 4096 times a few units of roundoff; _unit_circle adds 100 of them at most.
_LARGEST_ANGLE = 4096.0
_ANGLE_ERROR = 4e-12


@dataclass(frozen=True)
class TwoValuedDraws:
    """Every entry's draw: one value minus the other, and the probability of the first; of shape (units, inputs).

    A probability that ends at 0 or 1 may stand for one just beyond, of the next pair of values: the law is nearly the
    same there, and _perturbation allows for it.
    """

    jump: IntervalArray
    probability: IntervalArray


def near_exact_bias(inputs: BallMatrix, draws: TwoValuedDraws, z: BallMatrix, moments: UnitMoments) -> IntervalArray:
    """relu's bias of every unit at every sample; [-inf, inf] where it is left to other bounds.

    For a leaky relu of slope s it is (1 - s) times this. Draws are independent within each row; ``moments`` with the
    sixth.
    """
    assert moments.sixth is not None
    size = np.sqrt(moments.variance.high)
    jump, probability = to_balls(draws.jump), to_balls(draws.probability)
    off = _perturbation(inputs, jump, probability) + 2 * z.rad
    means = inputs.mid @ (jump.mid * probability.mid).T
    low, high = np.full(size.shape, -np.inf), np.full(size.shape, np.inf)
    samples, units = np.nonzero((np.abs(z.mid) <= FARTHEST * size) & (size > _LEAST_SIZE))
    columns = tuple(np.ascontiguousarray(matrix.mid.T) for matrix in (inputs, jump, probability))
    for start in range(0, len(samples), _PAIRS_AT_ONCE):
        pairs = samples[start : start + _PAIRS_AT_ONCE], units[start : start + _PAIRS_AT_ONCE]
        wave = _Wave(np.abs(z.mid[pairs]), size[pairs])
        with np.errstate(over="ignore", invalid="ignore"):  # angles out of reach are not known
            narrow, wide, error, is_known = _mean_waves(wave, z.mid[pairs] - means[pairs], columns, pairs)
        # What T is off by counts up to 5 times, and so does V's own perturbation, in T's means and in the overshoots.
        slack, sixth = 5 * (error + off[pairs]) * (1 + 1e-9), moments.sixth.high[pairs]
        below = (3 * narrow - 2 * (wide + 2 * wave.overshoot(sixth, 2 / 3)) - wave.centre - slack) / 2
        above = (narrow + 2 * wave.overshoot(sixth, 1.0) - wave.centre + slack) / 2
        low[pairs] = np.where(is_known, np.maximum(below, 0.0), -np.inf)
        high[pairs] = np.where(is_known & np.isfinite(above), np.maximum(above, 0.0), np.inf)
    return IntervalArray(low, high)


@dataclass(frozen=True)
class _Wave:
    """The waves T and the densities of eta for some units: from |z| and about the standard deviation of zeta."""

    centre: Array
    size: Array

    @property
    def period(self) -> Array:
        """L."""
        return 2 * ((_A + _B) * self.size + self.centre)

    @property
    def step(self) -> Array:
        """2 pi/L."""
        return 2 * np.pi / self.period

    def overshoot(self, sixth: Array, band: float) -> Array:
        """E(|zeta| - A)_+ + E(|eta| - B)_+, eta of ``band`` times W; the factor covers the roundings."""
        of_zeta = _OVERSHOOT * sixth / (_A * self.size) ** 5
        of_eta = _OVERSHOOT_OF_ETA / ((band * self.step * (2 * FREQUENCIES + 1)) ** 3 * (_B * self.size) ** 2)
        return (of_zeta + of_eta) * (1 + 1e-9)


def _perturbation(inputs: BallMatrix, jump: BallMatrix, probability: BallMatrix) -> Array:
    """How far E|V| may be from that of the midpoints: at most E|V - V'|, term by term.

    Two centred draws of probabilities q and q' with common uniform numbers are at most 2 |q - q'| jumps apart in the
    mean. With q' <= 2 r and q >= 1 - 2 r, of neighbouring pairs of values, it is 2 q' + 2 (1 - q) <= 8 r jumps, r the
    radius. The roundings of c_j (3 each) and of the sum of c_j q_j, at most n + 2 units of |c_j|, are counted in.
    """
    roundings = (jump.mid.shape[1] + 16) * UNIT_ROUNDOFF
    size = np.abs(inputs.mid) + inputs.rad
    by_jumps = jump.rad + 8 * np.abs(jump.mid) * probability.rad + roundings * np.abs(jump.mid)
    of_inputs = product_above(inputs.rad, (np.abs(jump.mid) + jump.rad).T) if inputs.rad.any() else 0.0
    return (product_above(size, by_jumps.T) + of_inputs) * (1 + 1e-9)


def _mean_waves(
    wave: _Wave,
    shift: Array,
    columns: tuple[Array, ...],
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """E T(V + eta) and E T(V + eta') for V = shift + sum of c_j B_j, how far off at most, and where they are known."""
    samples, units = pairs
    inputs, jumps, probabilities = columns
    step = wave.step
    start = _unit_circle(step * shift)
    largest = np.abs(step * shift)
    # Row l of the products belongs to the frequency 2 l + 1.
    products, turn = np.empty((FREQUENCIES, len(shift)), dtype=complex), start * start
    products[0] = start
    for number in range(1, FREQUENCIES):
        np.multiply(products[number - 1], turn, out=products[number])
    power, factor = np.empty(len(shift), dtype=complex), np.empty(len(shift), dtype=complex)
    for x, jump, probability in zip(inputs, jumps, probabilities, strict=True):
        angle = step * (x[samples] * jump[units])
        np.maximum(largest, np.abs(angle), out=largest)
        power[:] = _unit_circle(angle)
        np.multiply(power, power, out=turn)
        q = probability[units]
        turned = turn
        power *= q
        rest = 1 - q
        for number in range(FREQUENCIES):
            np.add(power, rest, out=factor)
            products[number] *= factor
            power *= turned
    narrow, wide = (wave.period * (0.25 - 2 / np.pi**2 * (_weights(band) @ products.real)) for band in (1.0, 2 / 3))
    # |computed - true| of every product is at most the sum over its factors, each l times the angle's error.
    error = wave.period / 4 * (1.2 * (len(inputs) + 1) * (2 * FREQUENCIES) * _ANGLE_ERROR + 1e-13)
    return narrow, wide, error, (largest <= _LARGEST_ANGLE) & np.isfinite(narrow)


def _weights(band: float) -> Array:
    """1/l^2 times eta's characteristic function, a cubic spline of u = 2 l/(2 F + 1), over the band's share."""
    odd = np.arange(1, 2 * FREQUENCIES, 2)
    u = np.minimum(2 * odd / (band * (2 * FREQUENCIES + 1)), 2.0)
    spline: Array = np.where(u <= 1, 1 - 1.5 * u**2 + 0.75 * u**3, (2 - u) ** 3 / 4)
    return spline / odd**2


def _unit_circle(angle: Array) -> NDArray[np.complex128]:
    """exp(i angle), up to _ANGLE_ERROR: Taylor sums at an eighth of the angle, squared three times.

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
    point = np.empty(len(x), dtype=complex)
    point.real, point.imag = cosine, sine * x
    for _ in range(3):
        point *= point
    return point
