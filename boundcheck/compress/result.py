"""What one run of the compression yields: the weights, what was picked, and where a projection would act."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.rung import Unit
from boundcheck.exact.ball_matrix import Matrix


@dataclass(frozen=True)
class Picks:
    """The units of one layer that were processed: their indices from 0, entries counted row by row.

    in_order: whether ``indices`` stand in the order of picking; else all were picked at once and stand by index.
    """

    layer: int
    unit: Unit
    units: int
    indices: NDArray[np.int64]
    in_order: bool


@dataclass(frozen=True)
class Projection:
    """The projection of layer ``layer``'s output onto the ball of this radius, and for how many samples it acts."""

    layer: int
    radius: float
    active: int
    samples: int


@dataclass(frozen=True)
class Compressed:
    """One repeat's network: weights and biases of all layers as in Network, float64, rounded to the dtype asked for."""

    repeat: int
    weights: tuple[Matrix, ...]
    biases: tuple[Matrix | None, ...]
    picks: tuple[Picks, ...]
    projections: tuple[Projection, ...]
