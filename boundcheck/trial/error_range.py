"""How large a repeat's error can be at most, proved for the instance: the range that confidence limits rest on.

Sample by sample the distance behind the block is at most the norm of the dense output plus the projection radius, and
at most what the largest changes of all entries at once can do to it: |W x - A x'| <= |W (x - x')| + D |x'| row by row
for every realization A, D being the largest change of each entry; the activations and ||W_2|| (or |W_2|, entry by
entry) carry that on.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.experiment import Known
from boundcheck.core.rung import Quantity
from boundcheck.exact.ball_matrix import Matrix

from .block_instance import DrawnBlock

INFLATION = 1 + 1e-9
"""On nonnegative sums and norms in floats of far fewer than 10^6 summands: more than their roundings."""


def largest_deviations(drawn: DrawnBlock, values: dict[Known, Fraction]) -> Matrix:
    """Bounds of ||W_1 x - A x'|| (one layer) or ||W_2 phi(W_1 x) - W_2 phi(A x')|| sample by sample; shape (N,)."""
    block = drawn.block
    shift = block.inputs - block.compressed_inputs
    # What cancels in the product may leave rounding errors of this size.
    carried = np.abs(shift @ block.weight.T) + np.abs(shift) @ np.abs(block.weight).T * (INFLATION - 1)
    before = (carried + np.abs(block.compressed_inputs) @ drawn.deviations().T) * INFLATION  # N x n_2
    if block.outer is None:
        return _norms(before)
    behind = before * float(_lipschitz(values))
    by_norm = _norms(behind) * float(values[Quantity.OPERATOR_NORM_NEXT])
    by_entry = _norms(behind @ np.abs(block.outer).T)
    return np.minimum(by_norm, by_entry) * INFLATION


def largest_error(drawn: DrawnBlock, values: dict[Known, Fraction]) -> float:
    """A bound of Pi over all realizations, for activations that are zero at zero."""
    deviations = largest_deviations(drawn, values) * float(_lipschitz(values))
    radius = float(values[Quantity.PROJECTION_RADIUS])
    distances = np.minimum(deviations, 2 * radius)  # the dense output lies in the ball too
    return float(np.mean(distances**2)) * INFLATION


def is_never_projected(drawn: DrawnBlock, values: dict[Known, Fraction]) -> bool:
    """Whether in one layer no realization's output leaves the ball, at any sample: by the same bounds."""
    dense = _norms(drawn.block.inputs @ drawn.block.weight.T)
    reach = (dense + largest_deviations(drawn, values)) * float(_lipschitz(values)) * INFLATION
    return bool(reach.max() <= float(values[Quantity.PROJECTION_RADIUS]))


def _lipschitz(values: dict[Known, Fraction]) -> Fraction:
    return values[Quantity.LIPSCHITZ]


def _norms(rows: Matrix) -> Matrix:
    found: NDArray[np.float64] = np.linalg.norm(rows, axis=1) * INFLATION
    return found
