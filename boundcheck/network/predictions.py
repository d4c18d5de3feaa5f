"""What follows from enclosed outputs: the distance of two networks, which predictions are certain, accuracy, R^2.

A network's prediction is the place of its largest output. It is certain if that output's enclosure lies above all
others; otherwise every output that may be the largest is a candidate. Ties are never certain.
"""

from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from boundcheck.exact.ball import ball, lower_end
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix
from boundcheck.network.activation_enclosure import TINY, round_up
from boundcheck.network.data import Data
from boundcheck.network.measure import loss_enclosure


def difference(a: BallMatrix, b: BallMatrix) -> BallMatrix:
    """a - b; the radius takes the rounding of the midpoints' difference, and of its own two sums."""
    mid = a.mid - b.mid
    return BallMatrix(mid, round_up(round_up(a.rad + b.rad) + round_up(UNIT_ROUNDOFF * np.abs(mid) + TINY)))


def candidates(outputs: BallMatrix) -> NDArray[np.bool_]:
    """Per sample and output, whether it may be the largest."""
    low = np.nextafter(outputs.mid - outputs.rad, -np.inf)
    return np.asarray(round_up(outputs.mid + outputs.rad) >= low.max(axis=1, keepdims=True))


def accuracy(outputs: BallMatrix, labels: NDArray[np.int64]) -> tuple[Fraction, Fraction]:
    """The least and the largest share of samples whose prediction is their label."""
    found = candidates(outputs)
    possible = found[np.arange(len(labels)), labels]
    certain = possible & (found.sum(axis=1) == 1)
    return Fraction(int(certain.sum()), len(labels)), Fraction(int(possible.sum()), len(labels))


def r_squared(outputs: BallMatrix, data: Data) -> arb | None:
    """1 - E||Phi - y||^2 / E||y - E y||^2 over the samples; None if all targets are the same."""
    loss = loss_enclosure(outputs, data)
    if loss is None or data.targets is None:
        return None
    spread = ball(0)
    for column in data.targets.T:
        values = [ball(float(value)) for value in column]
        middle = sum(values, ball(0)) / len(values)
        spread += sum(((value - middle) * (value - middle) for value in values), ball(0)) / len(values)
    return 1 - loss / spread if lower_end(spread) > 0 else None
