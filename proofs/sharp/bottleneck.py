"""What the statements on one bottleneck block share: a compressed tall layer W_1, an activation, and W_2 behind it.

The error behind the block is (what is carried on + bias)^2 + variance, all squared norms in the mean over the data.
"""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Scope, Sense, Term, Variable

from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    ONE_LAYER_VARIABLES,
    POSITIVE_INTEGERS,
    PRUNING_PARAMETERS,
    allowed_nonzeros,
    column_1,
    column_2,
    curvature,
    distance,
    draws,
    epsilon,
    error,
    excess_probability,
    lipschitz,
    n_1,
    n_2,
    n_3,
    nu_1,
    sigma_1,
    sigma_2,
    slope_range,
)

kept = Named("||M||_0 / (n_1 n_2)", r"\frac{\| M \|_0}{n_1 n_2}", nonnegative=True)
# Bounds on sigma_2 ||b||, by the slopes' range alone and by the curvature as well, and on the sum of the variances.
by_slopes, by_curvature, spread = sympy.symbols("B B_C V", nonnegative=True)
ENTRIES = n_1 * n_2

CARRIED = lipschitz * sigma_1 * sigma_2 * sympy.sqrt(distance)
BLOCK_VARIABLES = (
    *ONE_LAYER_VARIABLES,
    Variable(n_3, POSITIVE_INTEGERS, "output width of the second layer"),
    Variable(sigma_2, NONNEGATIVE_REALS, "operator norm of W_2"),
    Variable(column_2, NONNEGATIVE_REALS, "largest norm of a column of W_2"),
    Variable(curvature, NONNEGATIVE_REALS, "Lipschitz constant of the first activation's derivative, if it has one"),
    Variable(slope_range, NONNEGATIVE_REALS, "half the range of the first activation's slopes"),
    Variable(error, NONNEGATIVE_REALS, "mean squared error behind the block"),
)
FIRST_LAYER = (
    Variable(column_1, NONNEGATIVE_REALS, "largest norm of a column of W_1"),
    Variable(nu_1, NONNEGATIVE_REALS, "largest absolute entry of W_1"),
)
DRAWN_VARIABLES = (ALPHA, *PRUNING_PARAMETERS)
KEPT_VARIABLE = Variable(kept, NONNEGATIVE_REALS, "share of entries that stay nonzero")
LIPSCHITZ = Assumption(
    "activation-lipschitz",
    sympy.Le(lipschitz, 1),
    "both activations are 1-Lipschitz; a larger constant is absorbed into the weights",
    Scope.LAYER,
)


def tail(units: sympy.Expr) -> Assumption:
    """Few nonzero draws are likely enough for one realization to have them and an error near the mean."""
    return Assumption(
        "tail",
        sympy.Le(excess_probability(draws(units)), epsilon / (1 + epsilon)),
        "more than (1 + gamma) p T nonzero draws, T = floor(alpha N) of the N units, have probability at most "
        "epsilon/(1 + epsilon)",
    )


def kept_units(units: sympy.Expr) -> sympy.Expr:
    """Units that may stay, of so many: the unprocessed ones, and a whole number of nonzero draws."""
    return units - draws(units) + allowed_nonzeros(draws(units))


def error_claims(factor: sympy.Expr, origin: str, sense: Sense = Sense.EXISTENCE) -> tuple[Claim, Claim]:
    """factor ((L sigma_1 sigma_2 e + B)^2 + V), with the bias bounded by the slopes alone or by the curvature too."""
    return (
        _error_claim("error", factor, by_slopes, "by the range of the activation's slopes", origin, sense),
        _error_claim("error-smooth", factor, by_curvature, "by the activation's curvature as well", origin, sense),
    )


def _error_claim(claim: str, factor: sympy.Expr, bias: sympy.Symbol, how: str, origin: str, sense: Sense) -> Claim:
    terms = (
        Term("carried on", factor * CARRIED**2, origin),
        Term("cross", factor * 2 * CARRIED * bias, origin),
        Term("bias", factor * bias**2, "sharp-bias-of-a-unit"),
        Term("variance", factor * spread, "sharp-variance-of-a-unit"),
    )
    return Claim(
        id=claim,
        sense=sense,
        relation=sympy.Le(error, factor * ((CARRIED + bias) ** 2 + spread)),
        meaning=f"there is a realization with this error; the bias of a unit is bounded {how}",
        scope=Scope.BOTTLENECK,
        terms=terms,
    )
