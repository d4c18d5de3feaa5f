"""Bounds of |d^2 Psi / dt^2| over all realizations, unit by unit: the range of what Lemmas 15 and 16 speak of.

With f the block's output as a function of t, the second derivative is 2 E||f'||^2 - 2 E r . f'', r being the distance
before the last activation, whose norm is bounded sample by sample. An entry (i, j): |f'| <= L ||W_2[:, i]|| |x_j| and
|f''| <= C ||W_2[:, i]|| x_j^2. A block E of rows scaled by t: ||f'|| <= L ||W_2[:, E]|| ||z_E|| and
||f''|| <= C ||W_2[:, E]|| ||z_E||^2, z = W_1 x'.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.experiment import Known
from boundcheck.core.rung import Quantity, Unit

from .block_instance import DrawnBlock
from .error_range import INFLATION


def largest_second_derivatives(
    drawn: DrawnBlock, values: dict[Known, Fraction], deviations: NDArray[np.float64]
) -> NDArray[np.float64]:
    """One bound per unit, shape (units,); deviations: bounds of ||r||, sample by sample."""
    block, size = drawn.block, drawn.draw.block_size
    assert block.outer is not None
    slope, curvature = float(values[Quantity.LIPSCHITZ]), float(values[Quantity.CURVATURE])
    if drawn.unit is Unit.ENTRIES:
        norms = np.linalg.norm(block.outer, axis=0)[:, None]
        squares = block.compressed_inputs**2
    else:
        starts = range(0, drawn.units * size, size)
        norms = np.array([np.linalg.norm(block.outer[:, at : at + size], "fro") for at in starts])
        z = (np.abs(block.compressed_inputs) @ np.abs(block.weight).T) ** 2
        squares = z.reshape(len(z), drawn.units, size).sum(axis=2)
    first, second = squares.mean(axis=0), (deviations[:, None] * squares).mean(axis=0)
    found: NDArray[np.float64] = (2 * (norms**2 * slope**2 * first + norms * curvature * second)).ravel() * INFLATION
    return found
