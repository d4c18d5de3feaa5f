"""What a rung's outcome is measured against."""

from dataclasses import dataclass, field
from fractions import Fraction

from boundcheck.exact.ball_matrix import Matrix


@dataclass(frozen=True)
class Goal:
    """The acceptable error (rounded down), the trivial bound (a lower one), and xi if the target was asked for so.

    least_changes: of a classifier at the data, sample by sample, the squared change of the outputs that it takes to
    change a prediction (a lower bound, in order); None for other networks.
    """

    error: Fraction
    trivial: Fraction
    xi: Fraction | None = None
    least_changes: Matrix | None = field(default=None, compare=False)
