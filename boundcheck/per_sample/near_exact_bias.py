"""Nearly the exact bias and variance of units with a kink at zero, by Fourier series (statement sharp-near-exact-bias).

V = z + zeta is a unit's preactivation. For relu the bias is E(V)_+ - (z)_+ = (E|V| - |z|)/2. Let eta be independent of
V, of mean zero and density (3 W/8 pi) sinc(W x/4)^4:

- E|V| <= E|V + eta| by convexity (Jensen). E|y + eta| - |y| = E(|eta| - |y|)_+ falls in |y|; with eta' = 3/2 eta, of
  band W' = 2 W/3, that makes |y| >= 3 E|y + eta| - 2 E|y + eta'|.
- |y| lies between T(y) and T(y) + 2 (|y| - L/2)_+ for the wave T(y) = |y| on [-L/2, L/2] of period L, which is
  L/4 - (2 L/pi^2) sum over odd l of cos(2 pi l y/L)/l^2.
- E cos(2 pi l (V + eta)/L) is the real part of V's characteristic function, a product over the inputs, times eta's,
  which vanishes from W on: with W = 2 pi (2 F + 1)/L the series ends after F terms, and nothing is left out.
- E(|V + eta| - L/2)_+ <= E(|zeta| - A)_+ + E(|eta| - B)_+ with A + B + |z| = L/2: at most (5^5/6^6) E zeta^6/A^5 and
  (32/pi)/(W^3 B^2).

The variance (statement sharp-near-exact-variance) needs E V_+^2 = (E V^2 + E V|V|)/2, too:

- y|y| is at most S(y) + 2 (|y| - L/2)_+^2 for S(y) = L y/2 - (2 L^2/pi^3) sum over odd l of sin(2 pi l y/L)/l^3, which
  is y|y| on [-L/2, L/2]. The terms after F add up to at most (2 L^2/pi^3)/(16 F^2).
- E(|V| - L/2)_+^2 <= E(|zeta| - A)_+^2 <= (16/729) E zeta^6/A^4, for any A <= L/2 - |z|.

Where |z| is large beside zeta's deviation, (|y| - |z|)_+ and its square for y = zeta are nearly all that counts.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.exact.interval_array import Array, IntervalArray, constant, from_balls, point

from .two_valued_sums import Harmonics, TwoValuedDraws, TwoValuedSums, in_parts
from .unit_bounds import UnitBounds
from .unit_moments import UnitMoments

FREQUENCIES = 20
FARTHEST = 4.0
"""Units with |z| beyond so many standard deviations of zeta are bounded by zeta's sixth moment alone."""
_LEAST_SIZE = 1e-50
# A and B in standard deviations of zeta.
_A, _B = 4.0, 1.5
_OVERSHOOT_OF_ETA = 10.186  # 32/pi = 10.1859...
_OVERSHOOT = 0.06699  # 5^5/6^6 = 0.066979...
_SQUARED_OVERSHOOT = 0.021948  # 16/729 = 0.0219478...


@dataclass(frozen=True)
class KinkMeans:
    """relu's bias, and an upper bound of E V|V|; [-inf, inf] and inf where they are left to other bounds."""

    bias: IntervalArray
    signed_square: Array


def near_exact_kink(
    leak: Fraction, inputs: BallMatrix, draws: TwoValuedDraws, z: BallMatrix, moments: UnitMoments
) -> UnitBounds:
    """Of every unit at every sample, for a leaky relu of slope ``leak`` <= 1.

    phi(V) = s V + (1 - s) V_+, so that Var phi(V) = s^2 v + (1 - s)^2 Var V_+ + 2 s (1 - s) Cov(V, V_+). Draws are
    independent within each row; ``moments`` with the sixth.
    """
    found = kink_means(inputs, draws, z, moments)
    at, v, s, rest = from_balls(z), moments.variance, constant(leak), constant(1 - leak)
    known = IntervalArray(np.maximum(found.bias.low, 0.0), found.bias.high)  # convex
    mean = at.maximum(constant(0)) + known
    of_squares = (v + at**2 + IntervalArray(np.full_like(z.mid, -np.inf), found.signed_square)) * constant(0.5)
    of_squares = of_squares.maximum(constant(0))
    variance = (of_squares - mean**2).maximum(constant(0))
    covariance = (of_squares - at * mean).maximum(constant(0))
    total = s**2 * v + rest**2 * variance + constant(2) * s * rest * covariance
    return UnitBounds(known * rest, total.high)


def kink_means(inputs: BallMatrix, draws: TwoValuedDraws, z: BallMatrix, moments: UnitMoments) -> KinkMeans:
    """Of every unit at every sample."""
    assert moments.sixth is not None
    size = np.sqrt(moments.variance.high)
    sums = TwoValuedSums(inputs, draws, z)
    low, high, signed_square = _far_away(z, moments, size)
    for pairs in in_parts((np.abs(z.mid) <= FARTHEST * size) & (size > _LEAST_SIZE)):
        wave, sixth = _Wave(np.abs(z.mid[pairs]), size[pairs]), moments.sixth.high[pairs]
        harmonics, off = sums.harmonics(pairs, wave.step, FREQUENCIES), sums.off[pairs]
        narrow, wide = (wave.mean_of_size(harmonics, band) for band in (1.0, 2 / 3))
        # What T is off by counts up to 5 times, and so does V's own perturbation, in T's means and in the overshoots.
        slack = 5 * (wave.period / 4 * (harmonics.error + 1e-13) + off) * (1 + 1e-9)
        below = (3 * narrow - 2 * (wide + 2 * wave.overshoot(sixth, 2 / 3)) - wave.centre - slack) / 2
        above = (narrow + 2 * wave.overshoot(sixth, 1.0) - wave.centre + slack) / 2
        low[pairs] = np.where(harmonics.is_known, np.maximum(below, 0.0), -np.inf)
        high[pairs] = np.where(harmonics.is_known & np.isfinite(above), np.maximum(above, 0.0), np.inf)
        squared = wave.mean_of_signed_square(harmonics, z.mid[pairs], z.rad[pairs], sixth, off)
        signed_square[pairs] = np.where(harmonics.is_known & np.isfinite(squared), squared, np.inf)
    return KinkMeans(IntervalArray(low, high), signed_square)


def _far_away(z: BallMatrix, moments: UnitMoments, size: Array) -> tuple[Array, Array, Array]:
    """Beyond FARTHEST: 0 <= b <= E(|zeta| - |z|)_+, and V|V| <= V^2, or <= -V^2 + 2 (zeta - |z|)_+^2 if z < 0."""
    assert moments.sixth is not None
    is_far = np.abs(z.mid) > FARTHEST * size
    distance = np.where(is_far, np.abs(z.mid) - z.rad, 0.0)
    is_far &= distance > 0
    distance, sixth = np.where(is_far, distance, 1.0), moments.sixth.high * (1 + 1e-9)
    with np.errstate(over="ignore"):
        high = np.where(is_far, _OVERSHOOT * sixth / distance**5, np.inf)
        beyond = 2 * _SQUARED_OVERSHOOT * sixth / distance**4
    of_square = from_balls(z) ** 2 + moments.variance
    upper = np.where(z.mid > 0, of_square.high, (point(beyond) - of_square).high)
    return np.where(is_far, 0.0, -np.inf), high, np.where(is_far, upper, np.inf)


@dataclass(frozen=True)
class _Wave:
    """The waves T and S and the densities of eta for some units: from |z| and about the standard deviation of zeta."""

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

    def mean_of_size(self, harmonics: Harmonics, band: float) -> Array:
        """E T(V + eta), eta of ``band`` times W."""
        mean: Array = self.period * (0.25 - 2 / np.pi**2 * (_weights(band) @ harmonics.values.real))
        return mean

    def mean_of_signed_square(self, harmonics: Harmonics, z: Array, z_off: Array, sixth: Array, off: Array) -> Array:
        """At least E V|V|. S's two parts have slopes up to L/2 each; all cubes 1/l^3 add up to less than 1.06."""
        odd = 2.0 * np.arange(FREQUENCIES) + 1
        scale = 2 / np.pi**3 * self.period**2
        mean = self.period / 2 * z - scale * (odd**-3.0 @ harmonics.values.imag)
        left_out = scale * (1 / (16 * FREQUENCIES**2) + 1.06 * (harmonics.error + 1e-13))
        with np.errstate(divide="ignore"):
            overshoot = 2 * _SQUARED_OVERSHOOT * sixth / np.maximum((_A + _B) * self.size - z_off, 0.0) ** 4
        upper: Array = mean + (left_out + overshoot + self.period * off) * (1 + 1e-9)
        return upper


def _weights(band: float) -> Array:
    """1/l^2 times eta's characteristic function, a cubic spline of u = 2 l/(2 F + 1), over the band's share."""
    odd = np.arange(1, 2 * FREQUENCIES, 2)
    u = np.minimum(2 * odd / (band * (2 * FREQUENCIES + 1)), 2.0)
    spline: Array = np.where(u <= 1, 1 - 1.5 * u**2 + 0.75 * u**3, (2 - u) ** 3 / 4)
    return spline / odd**2
