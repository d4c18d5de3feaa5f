"""What follows from enclosed outputs: the distance of two networks, which predictions are certain, accuracy, R^2.

A network's prediction is the place of its largest output. It is certain if that output's enclosure lies above all
others; otherwise every output that may be the largest is a candidate. Ties are never certain.
"""

from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from boundcheck.exact.ball import ball, lower_end, upper_float
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, Matrix
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


def least_changes(outputs: BallMatrix) -> Matrix:
    """Per sample, a lower bound of the least squared change of the outputs that changes the prediction, in order.

    Where the largest output leads by d that is d^2 / 2; zero where the prediction is not certain.
    """
    low = np.nextafter(outputs.mid - outputs.rad, -np.inf)
    high = round_up(outputs.mid + outputs.rad)
    rows, first = np.arange(len(low)), low.argmax(axis=1)
    others = high.copy()
    others[rows, first] = -np.inf
    lead = np.maximum(np.nextafter(low[rows, first] - others.max(axis=1), -np.inf), 0.0)
    with np.errstate(under="ignore"):
        squares = np.nextafter(lead * lead, 0.0) / 2
    return np.asarray(np.sort(squares))


def unchanged_share(changes: Matrix, error: Fraction) -> Fraction:
    """Share of samples whose prediction stays, at least, if the mean squared change of the outputs is ``error``.

    changes: from least_changes. The worst that such an error can do is to change the cheapest predictions first.
    """
    count = len(changes)
    sums = np.cumsum(changes) * (1 - 2 * count * UNIT_ROUNDOFF)
    changed = int(np.searchsorted(sums, upper_float(error * count), side="right"))
    return Fraction(count - changed, count)


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
