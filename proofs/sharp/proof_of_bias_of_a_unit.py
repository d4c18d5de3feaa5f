"""The bias of a unit: Taylor's theorem for smooth activations, and the mean of |z + zeta| for those with a kink."""

from .kinked_unit import ABOVE, BELOW, FROM_ZERO, KINK
from .smooth_unit import CENTRED_CLAIM, CURVATURE, RANGE, UNIT

PROOFS = {
    ("sharp-bias-of-a-unit", "printed"): (
        *(UNIT, *CURVATURE, *CENTRED_CLAIM, *RANGE),
        *(*KINK, *ABOVE, *FROM_ZERO, *BELOW),
    )
}
