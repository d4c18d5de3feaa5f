"""Nearly the exact mean and variance of any activation, by waves (statement sharp-near-exact-moments).

V = z + zeta is the preactivation of a unit. In a window of half width R around c, with |z - c| <= b R, the activation
phi (less a constant) and its square are each T(u) + D(u), u = (V - c)/R, T a parabola plus a few waves and
|D| <= near + far (|u| - b)_+^6. So E T is exact from E V, E V^2 and V's characteristic function at the waves'
frequencies, and E |D| <= near + far E zeta^6/R^6. Then the bias is E phi(V) - phi(z), and
Var phi(V) = E g^2 - (E g)^2 for g = phi - r, whatever r.
"""

import numpy as np
from numpy.typing import NDArray

from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix
from boundcheck.exact.interval_array import Array, IntervalArray, from_balls, point
from boundcheck.network.activation import Activation
from boundcheck.network.activation_enclosure import enclose_activation

from .two_valued_sums import Pairs, TwoValuedDraws, TwoValuedSums, in_parts
from .unit_bounds import UnitBounds
from .unit_moments import UnitMoments
from .wave_fits import BAND, FREQUENCY, REACH, Fits, fit_activation, number_of_waves

_WIDTH = 1.9
"""Windows' half widths are at least so many times the sixth root of E zeta^6: three standard deviations if normal."""
_FARTHEST = 64.0
"""Windows and what is around them stay within this: beyond it phi is enclosed point by point, which is slow."""
_LEAST_WIDTH = 2.0**-10
"""Below it the closed forms are as good."""
_MOST_WINDOWS = 512
"""The windows of most units are kept; the other units are left out."""


def near_exact_moments(
    activation: Activation, inputs: BallMatrix, draws: TwoValuedDraws, z: BallMatrix, moments: UnitMoments
) -> UnitBounds:
    """Of every unit at every sample; [-inf, inf] and inf where it is left to other bounds.

    Draws are independent within each row; ``moments`` with the sixth.
    """
    assert moments.sixth is not None
    sums, windows = TwoValuedSums(inputs, draws, z), _Windows(z, moments.sixth.high)
    is_wanted = windows.number >= 0
    nearby = BallMatrix(np.where(is_wanted, z.mid, 0.0), np.where(is_wanted, z.rad, 0.0))
    at_z = from_balls(enclose_activation(activation, nearby))
    low, high = np.full(z.mid.shape, -np.inf), np.full(z.mid.shape, np.inf)
    variance = np.full(z.mid.shape, np.inf)
    counts = number_of_waves(activation, windows.half_widths)
    for count in np.unique(counts):
        places = np.flatnonzero(counts == count)
        fits = fit_activation(activation, windows.centres[places], windows.half_widths[places], int(count))
        row = np.full(len(counts) + 1, -1)  # the last one stands for no window
        row[places] = np.arange(len(places))
        for pairs in in_parts(row[windows.number] >= 0):
            window = windows.number[pairs]
            mean = _Mean(z, moments, sums, pairs, windows.centres[window], windows.half_widths[window], int(count))
            g, square = (mean.of(fit, row[window]) for fit in (fits.value, fits.square))
            there = IntervalArray(at_z.low[pairs], at_z.high[pairs])
            bias, spread = g + point(fits.offset[row[window]]) - there, square - g**2
            low[pairs] = np.where(mean.is_known, bias.low, -np.inf)
            high[pairs] = np.where(mean.is_known, bias.high, np.inf)
            variance[pairs] = np.where(mean.is_known, np.maximum(spread.high, 0.0), np.inf)
    return UnitBounds(IntervalArray(low, high), variance)


class _Windows:
    """The windows c + R [-1, 1] that units need, R of two digits and c a multiple of R/4.

    number: of every unit's window at every sample, of shape (samples, units); -1 where there is none.
    """

    def __init__(self, z: BallMatrix, sixth: Array) -> None:
        least = _WIDTH * sixth ** (1 / 6)
        mantissa, exponent = np.frexp(np.clip(least, _LEAST_WIDTH, 2 * _FARTHEST))
        half_width = np.ldexp(np.where(mantissa <= 0.75, 0.75, 1.0), exponent)
        centre = half_width / 4 * np.round(4 * z.mid / half_width)
        is_near = np.abs(z.mid - centre) + z.rad <= (BAND - 1e-9) * half_width
        is_wanted = is_near & (np.abs(centre) + REACH * half_width <= _FARTHEST) & (least >= _LEAST_WIDTH)
        # One integer tells windows apart: the multiple of R/4 is below 2^20.
        width_number = 2.0 * exponent + (mantissa <= 0.75)
        key = width_number * 2**32 + np.round(4 * z.mid / half_width)
        _, first, number, counts = np.unique(key[is_wanted], return_index=True, return_inverse=True, return_counts=True)
        kept = np.argsort(-counts, kind="stable")[:_MOST_WINDOWS]
        rank = np.full(len(counts), -1)
        rank[kept] = np.arange(len(kept))
        self.centres, self.half_widths = (values[is_wanted][first[kept]] for values in (centre, half_width))
        self.number: NDArray[np.intp] = np.full(z.mid.shape, -1)
        self.number[is_wanted] = rank[number]


class _Mean:
    """E f(V) for fitted functions f, at some pairs of samples and units."""

    def __init__(
        self,
        z: BallMatrix,
        moments: UnitMoments,
        sums: TwoValuedSums,
        pairs: Pairs,
        centre: Array,
        half_width: Array,
        count: int,
    ) -> None:
        assert moments.sixth is not None
        self._harmonics = sums.harmonics(pairs, FREQUENCY / half_width, count, centre)
        self.is_known = self._harmonics.is_known
        low, high = moments.variance.low[pairs], moments.variance.high[pairs]
        shift, shift_off = (z.mid[pairs] - centre) / half_width, z.rad[pairs] / half_width
        second = shift**2 + (low / 2 + high / 2) / half_width**2
        second_off = shift_off * (2 * np.abs(shift) + shift_off) + (high - low) / half_width**2
        self._powers = np.stack([np.ones_like(shift), shift, second], axis=1)
        self._powers_off = np.stack([np.zeros_like(shift), shift_off, second_off], axis=1)
        self._off = sums.off[pairs] / half_width
        self._sixth = moments.sixth.high[pairs] / half_width**6

    def of(self, fits: Fits, number: NDArray[np.intp]) -> IntervalArray:
        """``number``: each pair's row of the fits."""
        coefficients, count = fits.coefficients[number], fits.count
        parabola, cosines, sines = coefficients[:, :3], coefficients[:, 3 : 3 + count], coefficients[:, 3 + count :]
        waves = self._harmonics.values.T
        mean = (parabola * self._powers).sum(axis=1) + (cosines * waves.real + sines * waves.imag).sum(axis=1)
        sizes, frequencies = np.abs(cosines) + np.abs(sines), FREQUENCY * (2.0 * np.arange(count) + 1)
        off = (np.abs(parabola) * self._powers_off).sum(axis=1) + (sizes @ frequencies) * self._off
        off += fits.near[number] + fits.far[number] * self._sixth
        # The sums take fewer than 100 roundings, each of at most a unit of the terms' sizes.
        rounding = self._harmonics.error + 100 * UNIT_ROUNDOFF
        off += sizes.sum(axis=1) * rounding + (np.abs(parabola * self._powers)).sum(axis=1) * rounding
        off *= 1 + 1e-9
        return IntervalArray(mean - off, mean + off)
