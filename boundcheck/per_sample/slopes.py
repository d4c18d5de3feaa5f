"""Slopes by which the later activations are replaced at the data, and what they leave out of the activation's change.

Any slope will do: that at the data point leaves out little of a small change, the middle one of all slopes less of a
large one. Each unit takes the one whose remainder is bounded better.
"""

import numpy as np

from boundcheck.core.rung import Effort
from boundcheck.exact.ball_matrix import BallMatrix, Matrix
from boundcheck.exact.interval_array import point
from boundcheck.network.activation import Activation
from boundcheck.network.activation_slopes import slopes_of
from boundcheck.network.derivative_enclosure import enclose_slope
from boundcheck.network.network import Network

from .perturbation import Moments
from .unit_bounds import least_upper_bound, unit_facts
from .unit_claims import UnitClaims
from .unit_moments import UnitMoments

_ROUNDED = 2.0**-52


class Slopes:
    """Of a network's activations, all of which act entry by entry."""

    def __init__(self, network: Network, claims: UnitClaims) -> None:
        self.network, self.claims = network, claims

    def chosen(self, number: int, z: BallMatrix, moments: Moments) -> tuple[Matrix, Matrix]:
        """For a change D with these moments: slopes, and bounds of E R^2, R = phi(z + D) - phi(z) - slope D."""
        activation = self.network.layers[number - 1].activation
        assert activation is not None
        facts = slopes_of(activation)
        if facts.half_range == 0:
            return np.full_like(z.mid, float(facts.low)), np.zeros_like(z.mid)
        at_data, off = _at_data(activation, z)
        there = self._remainder("remainder", activation, z, moments, off)
        middle = float((facts.low + facts.high) / 2)
        beside = self._remainder(
            "middle-remainder", activation, z, moments, np.full_like(off, _ROUNDED * (1 + abs(middle)))
        )
        is_small = there <= beside
        return np.where(is_small, at_data, middle), np.where(is_small, there, beside)

    def _remainder(self, claims: str, activation: Activation, z: BallMatrix, moments: Moments, off: Matrix) -> Matrix:
        """By the claims about an exact slope, and what it adds that the float is ``off`` by so much."""
        fourth = None if moments.fourth is None else point(moments.fourth)
        facts = unit_facts(activation, z, UnitMoments(point(moments.second), fourth=fourth), Effort.PLAIN)
        exact = least_upper_bound(self.claims[claims], facts, Effort.PLAIN, z.mid.shape)
        root = np.sqrt(exact) + off * np.sqrt(moments.second)
        return root * root * (1 + 8 * _ROUNDED)


def _at_data(activation: Activation, z: BallMatrix) -> tuple[Matrix, Matrix]:
    """Floats near phi'(z), and how far off they may be; at a kink those of one side, whichever it is."""
    kink = slopes_of(activation).kink
    if kink is not None:
        leak = float(kink)
        return np.where(z.mid > 0, 1.0, leak), np.where(z.mid > 0, 0.0, _ROUNDED * abs(leak))
    slope = enclose_slope(activation, z)
    middle = slope.low / 2 + slope.high / 2
    return middle, np.nextafter(np.maximum(slope.high - middle, middle - slope.low), np.inf)
