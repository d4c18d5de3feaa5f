"""Columns as units: input neurons of a layer, each multiplied by a draw of its own."""

import numpy as np

from boundcheck.core.rung import UnitQuantity
from boundcheck.exact.ball import ball, upper_rational
from boundcheck.exact.ball_matrix import product_above

from .block_samples import BlockSamples, Setting
from .draw_moments import draw_moments
from .layer_samples import LayerSamples
from .perturbation import Perturbation, column_norms_squared, square_above


class Columns:
    """The error is the sum of the columns' own: their draws are independent and have mean one."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        assert setting.draw.bernoulli is not None
        moments = draw_moments(setting.claims, np.ones((1, 1)), {UnitQuantity.BERNOULLI: setting.draw.bernoulli})
        self._variance, self._fourth = float(moments.variance.high[0, 0]), float(moments.fourth.high[0, 0])
        self._squares = column_norms_squared(setting.weight)
        norm = setting.network.layers[setting.number - 1].column_norm
        bound = ball(float(self._squares.max())) if norm is None else ball(norm) ** 2
        largest = upper_rational(ball(setting.draw.multiplier_variance) * bound)
        assert largest is not None
        self.largest_column_variance = largest

    def at(self, samples: LayerSamples) -> BlockSamples:
        """Var h x_j^2 ||W_:j||^2, summed over the columns."""
        x = samples.inputs
        squares = square_above(np.nextafter(np.abs(x.mid) + x.rad, np.inf))
        variance = np.nextafter(self._variance * squares, np.inf)
        fourth = np.nextafter(self._fourth * square_above(squares), np.inf)
        own = product_above(variance, self._squares[:, None])[:, 0]
        nothing = np.zeros_like(variance)
        perturbation = Perturbation(self.setting.weight, nothing, nothing, variance, fourth)
        return BlockSamples(own, None, perturbation, self.setting.number)
