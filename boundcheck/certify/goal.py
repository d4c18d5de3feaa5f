"""What a rung's outcome is measured against."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Goal:
    """The acceptable error (rounded down), the trivial bound (a lower one), and xi if the target was asked for so."""

    error: Fraction
    trivial: Fraction
    xi: Fraction | None = None
