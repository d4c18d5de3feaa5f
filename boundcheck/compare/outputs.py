"""Both networks on the data: their outputs and difference enclosed, and what follows for errors and predictions."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from flint import arb
from numpy.typing import NDArray

from boundcheck.exact.ball import ball, hull, lower_end, upper_end, upper_float
from boundcheck.exact.ball_matrix import BallMatrix, norm_squared
from boundcheck.network.data import Data
from boundcheck.network.measure import Progress, forward_enclosure
from boundcheck.network.predictions import candidates, difference

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
    return Outputs(dense, compressed, difference(dense, compressed))


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


def prediction_changes(pair: Pair, outputs: Outputs) -> Changes:
    """Per sample, whether the prediction certainly changed or certainly did not."""
    if pair.is_identical:
        everywhere = np.ones(len(outputs.dense.mid), dtype=bool)
        return Changes(~everywhere, everywhere)
    before, after = candidates(outputs.dense), candidates(outputs.compressed)
    shared: Flags = np.any(before & after, axis=1)
    certain: Flags = (before.sum(axis=1) == 1) & (after.sum(axis=1) == 1)
    return Changes(~shared, shared & certain)
