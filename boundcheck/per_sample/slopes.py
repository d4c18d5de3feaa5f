"""Slopes of the later activations at the data, and what they leave out of the activation's change."""

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
    """Of a network's activations, which all act entry by entry."""

    def __init__(self, network: Network, claims: UnitClaims) -> None:
        self.network, self.claims = network, claims

    def at(self, number: int, z: BallMatrix) -> tuple[Matrix, Matrix]:
        """Floats near phi'(z), and how far off they may be; at a kink those of one side, whichever it is."""
        activation = self._activation(number)
        kink = slopes_of(activation).kink
        if kink is not None:
            return np.where(z.mid > 0, 1.0, float(kink)), np.where(z.mid > 0, 0.0, _ROUNDED * abs(float(kink)))
        slope = enclose_slope(activation, z)
        middle = slope.low / 2 + slope.high / 2
        return middle, np.nextafter(np.maximum(slope.high - middle, middle - slope.low), np.inf)

    def remainder(self, number: int, z: BallMatrix, moments: Moments, off: Matrix) -> Matrix:
        """Bounds E R^2, R = phi(z + D) - phi(z) - slope D, for a D with these moments."""
        activation = self._activation(number)
        fourth = None if moments.fourth is None else point(moments.fourth)
        facts = unit_facts(activation, z, UnitMoments(point(moments.second), fourth=fourth), Effort.PLAIN)
        exact = least_upper_bound(self.claims["remainder"], facts, Effort.PLAIN, z.mid.shape)
        root = np.sqrt(exact) + off * np.sqrt(moments.second)
        return root * root * (1 + 8 * _ROUNDED)

    def _activation(self, number: int) -> Activation:
        activation = self.network.layers[number - 1].activation
        assert activation is not None
        return activation
