"""An uncompressed layer: the norm of its weights, its activation's Lipschitz constant, and the projection behind it."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .behind_a_layer import CARRIED, CARRIED_ON, DIFFERENCE, IMAGE, MEAN, carried_on, projected
from .notation import distance, error, lipschitz
from .uncompressed_layer import ERROR

MEASURED = sympy.Eq(error, MEAN)
PROOFS = {
    ("sharp-uncompressed-layer", "printed"): (
        *projected(IMAGE, (MEASURED,)),
        *carried_on(),
        Step(
            "error",
            "together",
            "smt",
            ERROR.relation,
            given=(
                *(MEASURED, sympy.Le(MEAN, lipschitz**2 * CARRIED_ON), CARRIED),
                sympy.Eq(distance, Expectation(DIFFERENCE**2)),
            ),
            cites=("behind", "carried-on", "layer"),
        ),
    )
}
