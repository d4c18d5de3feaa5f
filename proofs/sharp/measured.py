"""What the statements share that measure a block's error at the dense inputs, and go on to the compressed ones.

The draws of the block are unbiased and independent of the data and of the blocks in front; no projection is needed.
"""

import sympy

from boundcheck.core.statement import Claim, Scope, Sense, Term, Variable

from .notation import (
    NONNEGATIVE_REALS,
    ONE_LAYER_VARIABLES,
    POSITIVE_INTEGERS,
    distance,
    error,
    largest_column_variance,
    lipschitz,
    measured,
    n_3,
    sigma_1,
    sigma_2,
    theta,
)

MEASURED_VARIABLES = (
    *(variable for variable in ONE_LAYER_VARIABLES if variable.symbol != theta),
    Variable(
        measured, NONNEGATIVE_REALS, "mean squared error of the draws at the dense inputs, behind the last matrix"
    ),
    Variable(
        largest_column_variance,
        NONNEGATIVE_REALS,
        "largest mean squared norm that the draws add to the image of a unit vector",
    ),
    Variable(error, NONNEGATIVE_REALS, "mean squared error behind the block"),
)
BLOCK_VARIABLES = (
    *MEASURED_VARIABLES,
    Variable(n_3, POSITIVE_INTEGERS, "output width of the second layer"),
    Variable(sigma_2, NONNEGATIVE_REALS, "operator norm of W_2"),
)
# How much of the draws' error the distance of the two inputs can cause, as a root mean square.
MOVED = sympy.sqrt(largest_column_variance * distance)
WIDE = lipschitz**2 * (sigma_1**2 * distance + (sympy.sqrt(measured) + MOVED) ** 2)
CARRIED = lipschitz * sigma_2 * sympy.sqrt((sigma_1**2 + largest_column_variance) * distance)
BOTTLENECK = (sympy.sqrt(measured) + CARRIED) ** 2


def wide_error(factor: sympy.Expr, sense: Sense = Sense.EXISTENCE) -> Claim:
    """factor L^2 (sigma_1^2 e^2 + (root of what is measured + root of a e^2)^2)."""
    squares = factor * lipschitz**2
    return Claim(
        id="error",
        sense=sense,
        relation=sympy.Le(error, factor * WIDE),
        meaning="there is a realization with this error behind the layer",
        scope=Scope.WIDE,
        terms=(
            Term("carried on", squares * (sigma_1**2 + largest_column_variance) * distance, "sharp-one-layer-error"),
            Term("cross", squares * 2 * sympy.sqrt(measured) * MOVED, "sharp-one-layer-error"),
            Term("variance", squares * measured, "sharp-one-layer-error"),
        ),
    )


def bottleneck_error(factor: sympy.Expr, sense: Sense = Sense.EXISTENCE) -> Claim:
    """factor (root of what is measured + L sigma_2 root of (sigma_1^2 + a) e^2)^2."""
    return Claim(
        id="error",
        sense=sense,
        relation=sympy.Le(error, factor * BOTTLENECK),
        meaning="there is a realization with this error behind the block",
        scope=Scope.BOTTLENECK,
        terms=(
            Term("carried on", factor * CARRIED**2, "sharp-bottleneck-error"),
            Term("cross", factor * 2 * sympy.sqrt(measured) * CARRIED, "sharp-bottleneck-error"),
            Term("bias and variance", factor * measured, "sharp-bottleneck-error"),
        ),
    )
