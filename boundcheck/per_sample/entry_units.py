"""Single weights as units: every row's deviations are independent of all other rows'."""

from fractions import Fraction
from functools import cached_property

import numpy as np

from boundcheck.core.rung import Effort, UnitQuantity
from boundcheck.exact.ball import upper_float
from boundcheck.exact.ball_matrix import BallMatrix, Matrix, sum_above
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import Activation
from boundcheck.network.activation_slopes import slopes_of

from .block_samples import BlockSamples, Setting
from .draw_moments import draw_moments
from .entry_laws import pruned_entries, quantized_entries
from .layer_samples import LayerSamples
from .near_exact_bias import near_exact_kink
from .near_exact_moments import near_exact_moments
from .perturbation import Perturbation, mean_square_above
from .two_valued_sums import TwoValuedDraws
from .unit_bounds import UnitBounds, bias_and_variance
from .unit_moments import UnitMoments, exact_counts_moments, unit_moments


class Entries:
    """Pruned or quantized weights; pruned ones each by itself, or with exact counts in every row."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        layers = setting.network.layers
        self.is_bottleneck = not setting.is_last and _acts_entrywise(setting)
        self.norm_behind = upper_float(layers[setting.number].operator_norm) if self.is_bottleneck else 0.0
        self._draw = (
            None if setting.draw.exact_counts else draw_moments(setting.claims, setting.weight, self._parameters)
        )
        self.largest_column_variance = Fraction(float(sum_above(self._variances, axis=0).max()))

    @property
    def _parameters(self) -> dict[UnitQuantity, Fraction | int]:
        draw = self.setting.draw
        if draw.levels is not None:
            return {UnitQuantity.LEVELS: draw.levels}
        assert draw.bernoulli is not None
        return {UnitQuantity.BERNOULLI: draw.bernoulli}

    @property
    def _kept(self) -> int:
        """Entries that every row keeps, by exact counts."""
        assert self.setting.draw.bernoulli is not None
        return int(self.setting.draw.bernoulli * self.setting.weight.shape[1])

    @property
    def _variances(self) -> Matrix:
        """Entry by entry, what the image of a unit vector gains; by exact counts at most T/(T - 1) times as much."""
        if self._draw is not None:
            return self._draw.variance.high
        width = self.setting.weight.shape[1]
        factor = upper_float(self.setting.draw.multiplier_variance * Fraction(width, max(1, width - 1)))
        return np.nextafter(factor * np.nextafter(self.setting.weight**2, np.inf), np.inf)

    def at(self, samples: LayerSamples) -> BlockSamples:
        """Behind the layer the variances of all rows; behind the next one what the activation makes of them."""
        moments = self._moments(samples)
        own = sum_above(moments.variance.high, axis=1)
        if not self.is_bottleneck:
            return BlockSamples(own, None, None, self.setting.number + 1)
        perturbation = self._behind_activation(samples, moments)
        return BlockSamples(
            own, mean_square_above(perturbation, self.norm_behind), perturbation, self.setting.number + 1
        )

    def _moments(self, samples: LayerSamples) -> UnitMoments:
        if self._draw is None:
            return exact_counts_moments(
                samples.inputs, self.setting.weight, self._kept, variance_alone=not self.is_bottleneck
            )
        return unit_moments(samples.inputs, self._draw, variance_alone=not self.is_bottleneck)

    def _behind_activation(self, samples: LayerSamples, moments: UnitMoments) -> Perturbation:
        setting = self.setting
        activation = setting.network.layers[setting.number - 1].activation
        assert activation is not None
        z = samples.preactivations[0]
        known = self._near_exact(activation, samples, z, moments)
        found = bias_and_variance(setting.claims, activation, z, moments, setting.effort, known)
        centre = found.bias.low / 2 + found.bias.high / 2
        radius = np.nextafter(np.maximum(found.bias.high - centre, centre - found.bias.low), np.inf)
        fourth = None
        if moments.fourth is not None:
            # With an independent copy, 2 E X^4 + 6 (E X^2)^2 = E (delta - delta')^4 <= L^4 E (zeta - zeta')^4.
            factor = upper_float(evaluate(activation.lipschitz, {}) ** 4)
            variance = moments.variance.high
            fourth = factor * (moments.fourth.high + 3 * variance * variance) * (1 + 2.0**-49)
        return Perturbation(setting.next_weight, centre, radius, found.variance_above, fourth)

    def _near_exact(
        self, activation: Activation, samples: LayerSamples, z: BallMatrix, moments: UnitMoments
    ) -> UnitBounds | None:
        """Where the law of every draw is known and the work is asked for."""
        slopes = slopes_of(activation)
        if self._laws is None or slopes.half_range == 0:
            return None
        if slopes.kink is not None:
            leak = Fraction(int(slopes.kink.p), int(slopes.kink.q))
            return near_exact_kink(leak, samples.inputs, self._laws, z, moments)
        return near_exact_moments(activation, samples.inputs, self._laws, z, moments)

    @cached_property
    def _laws(self) -> TwoValuedDraws | None:
        draw = self.setting.draw
        if self.setting.effort is not Effort.NEAR_EXACT or draw.exact_counts:
            return None
        if draw.levels is not None:
            return quantized_entries(self.setting.weight, draw.levels)
        assert draw.bernoulli is not None
        return pruned_entries(self.setting.weight, draw.bernoulli)


def _acts_entrywise(setting: Setting) -> bool:
    activation = setting.network.layers[setting.number - 1].activation
    return activation is not None and activation.entrywise
