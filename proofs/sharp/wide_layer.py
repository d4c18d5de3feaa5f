"""What the statements on one wide layer share: what is carried on, and what the draws add."""

import sympy

from boundcheck.core.statement import Claim, Scope, Sense, Term, Variable

from .notation import (
    NONNEGATIVE_REALS,
    ONE_LAYER_VARIABLES,
    alpha,
    column_1,
    distance,
    error,
    kappa,
    lipschitz,
    p,
    pruned,
    sigma_1,
    theta,
)

CARRIED = lipschitz**2 * sigma_1**2 * distance
# What all units of a pruned layer would add, and the share of it that the floor(alpha N) cheapest of them add.
PRUNED = pruned(p) * column_1**2 * theta**2
CHEAPEST = lipschitz**2 * alpha * PRUNED

WIDE_VARIABLES = (
    *ONE_LAYER_VARIABLES,
    Variable(kappa, NONNEGATIVE_REALS, "projection radius behind the layer, at least the dense output's norm"),
    Variable(error, NONNEGATIVE_REALS, "mean squared error behind the layer, with projection"),
)
COLUMN_NORM = Variable(column_1, NONNEGATIVE_REALS, "largest norm of a column of W_1")


def error_claim(factor: sympy.Expr, added: sympy.Expr) -> Claim:
    """factor (carried on + what the draws add)."""
    return Claim(
        id="error",
        sense=Sense.EXISTENCE,
        relation=sympy.Le(error, factor * CARRIED + factor * added),
        meaning="there is a realization with this error",
        scope=Scope.WIDE,
        terms=(
            Term("carried on", factor * CARRIED, "sharp-one-layer-error"),
            Term("variance", factor * added, "sharp-variance-of-a-draw"),
        ),
    )
