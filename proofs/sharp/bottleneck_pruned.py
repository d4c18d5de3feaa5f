"""Pruning entries of a bottleneck's tall layer."""

import sympy

from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variant

from .bottleneck import (
    BLOCK_VARIABLES,
    DRAWN_VARIABLES,
    ENTRIES,
    FIRST_LAYER,
    KEPT_VARIABLE,
    LIPSCHITZ,
    by_curvature,
    by_slopes,
    error_claims,
    kept,
    kept_units,
    spread,
    tail,
)
from .notation import column_1, column_2, curvature, epsilon, lipschitz, nu_1, p, pruned, sigma_2, slope_range, theta

KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    relation=sympy.Le(kept, kept_units(ENTRIES) / ENTRIES),
    meaning="share of entries that stay nonzero (their number is an integer)",
)


def definitions(variance: sympy.Expr) -> dict[sympy.Symbol, sympy.Expr]:
    """Bias and variance of the block, where a draw's variance is so many times its squared weight."""
    slopes = slope_range * sympy.sqrt(variance) * column_1 * theta
    return {
        by_slopes: sigma_2 * slopes,
        by_curvature: sigma_2 * sympy.Min(curvature / 2 * variance * nu_1 * column_1 * theta**2, slopes),
        spread: lipschitz**2 * variance * column_2**2 * column_1**2 * theta**2,
    }


STATEMENT = Statement(
    id="sharp-bottleneck-pruned",
    title="One bottleneck block, pruning entries",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S2", page=2),
    variables=(*BLOCK_VARIABLES, *FIRST_LAYER, *DRAWN_VARIABLES, KEPT_VARIABLE),
    variants={
        "printed": Variant(
            assumptions=(LIPSCHITZ, tail(ENTRIES)),
            claims=(KEPT, *error_claims(1 + epsilon, "sharp-bottleneck-error")),
            definitions=definitions(pruned(p)),
        ),
    },
    proof_uses=(
        "sharp-variance-of-a-draw",
        "sharp-bias-of-a-unit",
        "sharp-variance-of-a-unit",
        "sharp-bottleneck-error",
        "sharp-one-realization",
    ),
)
