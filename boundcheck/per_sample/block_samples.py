"""What every kind of unit has to say of a compressed block: how it is drawn, and its error at some samples."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from boundcheck.core.rung import Effort, Unit, UnitQuantity
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.exact.interval_array import IntervalArray
from boundcheck.network.network import Network

from .layer_samples import LayerSamples
from .perturbation import Perturbation
from .unit_claims import UnitClaims


@dataclass(frozen=True)
class BlockDraw:
    """How a layer's units are drawn: pruned with a keep probability, by exact counts or not, or quantized."""

    unit: Unit
    exact_counts: bool
    bernoulli: Fraction | None
    levels: int | None

    @property
    def multiplier_variance(self) -> Fraction:
        """(1 - p)/p, of what a pruned unit is multiplied by."""
        assert self.bernoulli is not None
        return (1 - self.bernoulli) / self.bernoulli


@dataclass(frozen=True)
class Setting:
    """One layer, how it is drawn, and the claims about its units."""

    network: Network
    number: int
    draw: BlockDraw
    claims: UnitClaims
    effort: Effort

    @property
    def weight(self) -> Matrix:
        """Of the compressed layer."""
        assert self.network.weights is not None
        return self.network.weights[self.number - 1]

    @property
    def is_last(self) -> bool:
        """Whether no layer is behind it."""
        return self.number == self.network.depth

    @property
    def next_weight(self) -> Matrix:
        """Of the layer behind it."""
        assert self.network.weights is not None
        return self.network.weights[self.number]


@dataclass(frozen=True)
class BlockSamples:
    """Upper bounds of the mean squared error at every sample, each of shape (samples,).

    own: behind the layer's own matrix. next: behind the next layer's. perturbation: what enters the activation of
    layer ``first``, where the later layers' derivative is worth taking. None where it is not known.
    """

    own: Matrix | None
    next: Matrix | None
    perturbation: Perturbation | None
    first: int


class Units(Protocol):
    """One kind of unit of one layer."""

    largest_column_variance: Fraction
    """Bounds the mean squared norm that the draw adds to the image of a unit vector."""

    def at(self, samples: LayerSamples) -> BlockSamples:
        """The errors at some samples."""


UnitValues = dict[UnitQuantity, IntervalArray | Fraction | int]
