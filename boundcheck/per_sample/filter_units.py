"""Filters of convolutions as units: maps of input or output channels, each multiplied by a draw of its own."""

import math
from collections.abc import Iterator

import numpy as np

from boundcheck.exact.ball import ball, upper_float, upper_rational
from boundcheck.exact.ball_matrix import BallMatrix, Matrix, row_norms
from boundcheck.exact.interval_array import to_balls
from boundcheck.network.convolve import convolve

from .block_samples import BlockSamples, Setting
from .layer_samples import LayerSamples
from .perturbation import square_above
from .row_units import TwoValues


class _Filters:
    """Which neurons each channel's map has, and what the draws add to the image of a unit vector at most."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        layer = setting.network.layers[setting.number - 1]
        self.places = layer.block
        self.side = math.isqrt(layer.block)
        largest = upper_rational(ball(setting.draw.multiplier_variance) * ball(layer.operator_norm) ** 2)
        assert largest is not None
        self.largest_column_variance = largest

    def image_squares(self, z: BallMatrix, kernels: Matrix) -> Iterator[Matrix]:
        """Channel by channel, upper bounds of the squared norm of what the kernels make of its map alone."""
        for channel in range(kernels.shape[1]):
            neurons = slice(channel * self.places, (channel + 1) * self.places)
            alone = BallMatrix(z.mid[:, neurons], z.rad[:, neurons])
            image = convolve(alone, kernels[:, channel : channel + 1], self.side)
            yield square_above(np.nextafter(row_norms(image.mid) + row_norms(image.rad), np.inf))


class InputFilters(_Filters):
    """Blocks of columns."""

    def at(self, samples: LayerSamples) -> BlockSamples:
        """Var h ||W_{:,E} x_E||^2, summed over the channels."""
        total = np.zeros(len(samples.inputs.mid))
        for squares in self.image_squares(samples.inputs, self.setting.weight):
            total = np.nextafter(total + squares, np.inf)
        own = np.nextafter(upper_float(self.setting.draw.multiplier_variance) * total, np.inf)
        return BlockSamples(own, None, None, self.setting.number)


class OutputFilters(_Filters):
    """Blocks of rows."""

    def at(self, samples: LayerSamples) -> BlockSamples:
        """||W_2 b||^2 + p (1 - p) ||W_{2,:E} gap_E||^2, summed over the channels."""
        setting, p = self.setting, self.setting.draw.bernoulli
        activation = setting.network.layers[setting.number - 1].activation
        assert activation is not None and p is not None
        unit = TwoValues(activation, p, samples.preactivations[0])
        bias = convolve(to_balls(unit.bias), setting.next_weight, self.side)
        total = square_above(np.nextafter(row_norms(bias.mid) + row_norms(bias.rad), np.inf))
        factor = upper_float(p * (1 - p))
        for squares in self.image_squares(to_balls(unit.gap), setting.next_weight):
            total = np.nextafter(total + np.nextafter(factor * squares, np.inf), np.inf)
        return BlockSamples(None, total, None, setting.number + 1)
