"""Rows as units: output neurons of a layer, each with its bias multiplied by 1/p with probability p, else by 0.

What such a unit becomes behind its activation takes two values: its mean and moments are known, not only bounded
(statement sharp-two-valued-unit).
"""

from fractions import Fraction

import numpy as np

from boundcheck.exact.ball import ball, upper_float, upper_rational
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.interval_array import IntervalArray, constant, from_balls
from boundcheck.network.activation import Activation
from boundcheck.network.activation_enclosure import enclose_activation

from .block_samples import BlockSamples, Setting
from .layer_samples import LayerSamples
from .perturbation import Perturbation, mean_square_above


class TwoValues:
    """Of every unit at every sample: the bias, and the difference of its two values; intervals."""

    def __init__(self, activation: Activation, bernoulli: Fraction, z: BallMatrix) -> None:
        p = constant(bernoulli)
        scaled = from_balls(z) / p
        middle = scaled.low / 2 + scaled.high / 2
        radius = np.nextafter(np.maximum(scaled.high - middle, middle - scaled.low), np.inf)
        kept = from_balls(enclose_activation(activation, BallMatrix(middle, radius)))
        gone = from_balls(enclose_activation(activation, from_exact(np.zeros((1, 1)))))
        self.gap = kept - gone
        self.bias = p * kept + constant(1 - bernoulli) * gone - from_balls(enclose_activation(activation, z))
        if activation.is_positively_homogeneous:
            self.bias = IntervalArray(np.zeros_like(z.mid), np.zeros_like(z.mid))


class Rows:
    """Of one layer, with another behind it."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        layer = setting.network.layers[setting.number - 1]
        assert layer.activation is not None and setting.draw.bernoulli is not None
        self.activation, self.bernoulli = layer.activation, setting.draw.bernoulli
        largest = upper_rational(ball(setting.draw.multiplier_variance) * ball(layer.operator_norm) ** 2)
        assert largest is not None
        self.largest_column_variance = largest
        self.norm_behind = upper_float(setting.network.layers[setting.number].operator_norm)

    def at(self, samples: LayerSamples) -> BlockSamples:
        """Behind the next layer."""
        p = self.bernoulli
        unit = TwoValues(self.activation, p, samples.preactivations[0])
        squares = (unit.gap**2).high
        variance = np.nextafter(upper_float(p * (1 - p)) * squares, np.inf)
        factor = upper_float(p * (1 - p) * (p**3 + (1 - p) ** 3))
        fourth = np.nextafter(factor * np.nextafter(squares * squares, np.inf), np.inf)
        centre = unit.bias.low / 2 + unit.bias.high / 2
        radius = np.nextafter(np.maximum(unit.bias.high - centre, centre - unit.bias.low), np.inf)
        perturbation = Perturbation(self.setting.next_weight, centre, radius, variance, fourth)
        error = mean_square_above(perturbation, self.norm_behind)
        return BlockSamples(None, error, perturbation, self.setting.number + 1)
