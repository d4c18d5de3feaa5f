"""Both networks on the data: enclosures of their outputs and difference, and what follows for errors and predictions.

A network's prediction is the place of its largest output. It is certain if that output's enclosure lies above all
others; otherwise every output that may be the largest is a candidate. Ties are never certain.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
from flint import arb
from numpy.typing import NDArray

from boundcheck.exact.ball import ball, hull, lower_end, upper_end, upper_float
from boundcheck.exact.ball_matrix import UNIT_ROUNDOFF, BallMatrix, norm_squared
from boundcheck.network.activation_enclosure import TINY, round_up
from boundcheck.network.data import Data
from boundcheck.network.measure import Progress, forward_enclosure, loss_enclosure

from .pair import Pair

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Outputs:
    """Phi(x), Phi-hat(x) and their difference for every sample x, one a row."""

    dense: BallMatrix
    compressed: BallMatrix
    difference: BallMatrix


@dataclass(frozen=True)
class Changes:
    """How many predictions certainly changed, certainly did not, or are undecided within the enclosures."""

    changed: Flags
    unchanged: Flags

    @property
    def undecided(self) -> Flags:
        """Neither proved."""
        return ~(self.changed | self.unchanged)


def enclose(pair: Pair, data: Data, progress: Progress | None = None) -> Outputs:
    """Run the data through both; identical networks differ by exactly zero. Raises InputError as forward_enclosure."""
    dense = forward_enclosure(pair.dense, data, progress)
    if pair.is_identical:
        return Outputs(dense, dense, BallMatrix(np.zeros_like(dense.mid), np.zeros_like(dense.mid)))
    compressed = forward_enclosure(pair.compressed, data, progress)
    return Outputs(dense, compressed, _difference(dense, compressed))


def _difference(a: BallMatrix, b: BallMatrix) -> BallMatrix:
    """a - b; the radius takes the rounding of the midpoints' difference, and of its own two sums."""
    mid = a.mid - b.mid
    return BallMatrix(mid, round_up(round_up(a.rad + b.rad) + round_up(UNIT_ROUNDOFF * np.abs(mid) + TINY)))


def squared_errors(outputs: Outputs) -> list[arb]:
    """||Phi(x) - Phi-hat(x)||^2 for every sample, never below zero."""
    rows = zip(outputs.difference.mid, outputs.difference.rad, strict=True)
    found = (norm_squared(BallMatrix(mid[None], rad[None])) for mid, rad in rows)
    return [not_negative(error) for error in found]


def not_negative(x: arb) -> arb:
    """The points of ``x`` that are at least zero, of a number that is."""
    return x if lower_end(x) >= 0 else hull(ball(0), upper_end(x))


def mean(values: list[arb]) -> arb:
    """Their mean."""
    return sum(values, ball(0)) / len(values)


def largest(values: list[arb]) -> arb:
    """Their maximum."""
    return reduce(arb.max, values)


def upper_ends(errors: list[arb]) -> NDArray[np.float64]:
    """A float at least each error."""
    return np.array([upper_float(error) for error in errors])


def candidates(outputs: BallMatrix) -> Flags:
    """Per sample and output, whether it may be the largest.

    Sums are rounded to the nearest float, which keeps their order: an upper end that reaches a lower one still does.
    """
    lower_ends = outputs.mid - outputs.rad
    return np.asarray(outputs.mid + outputs.rad >= lower_ends.max(axis=1, keepdims=True))


def prediction_changes(pair: Pair, outputs: Outputs) -> Changes:
    """Per sample, whether the prediction certainly changed or certainly did not."""
    if pair.is_identical:
        everywhere = np.ones(len(outputs.dense.mid), dtype=bool)
        return Changes(~everywhere, everywhere)
    before, after = candidates(outputs.dense), candidates(outputs.compressed)
    shared: Flags = np.any(before & after, axis=1)
    certain: Flags = (before.sum(axis=1) == 1) & (after.sum(axis=1) == 1)
    return Changes(~shared, shared & certain)


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
        middle = mean(values)
        spread += mean([(value - middle) * (value - middle) for value in values])
    return 1 - loss / spread if lower_end(spread) > 0 else None
