"""Pruning rows, or blocks of rows, of a bottleneck's tall layer, their biases with them."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bottleneck import (
    BLOCK_VARIABLES,
    DRAWN_VARIABLES,
    LIPSCHITZ,
    by_curvature,
    by_slopes,
    error_claims,
    kept_units,
    spread,
    tail,
)
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    bias_norm,
    column_2,
    curvature,
    epsilon,
    k,
    lipschitz,
    n_2,
    p,
    pruned,
    row_1,
    sigma_1,
    sigma_2,
    slope_range,
    slope_range_of_multiples,
    theta,
)

kept = Named("#{nonzero block rows}", r"\#\{ \ell : D_{\mathcal{E}_{\ell}} \ne 0 \}", integer=True, nonnegative=True)
size = sympy.Symbol("S", nonnegative=True)
ROWS = n_2 / k
DIVISIBILITY = Assumption("block-output", sympy.Eq(k * sympy.floor(n_2 / k), n_2), "k divides n_2")
KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    relation=sympy.Le(kept, kept_units(ROWS)),
    meaning="block rows that are not set to zero (their number is an integer)",
)
SLOPES = slope_range_of_multiples * sympy.sqrt(pruned(p)) * size
DEFINITIONS = {
    size: sigma_1 * theta + bias_norm,
    by_slopes: sigma_2 * SLOPES,
    by_curvature: sigma_2 * sympy.Min(curvature / 2 * pruned(p) * (row_1 * theta + bias_norm) * size, SLOPES),
    spread: lipschitz**2 * pruned(p) * column_2**2 * size**2,
}
_MEANINGS = {column_2: "largest norm of a column of W_2, or of a block of columns behind a block of rows"}

STATEMENT = Statement(
    id="sharp-bottleneck-rows",
    title="One bottleneck block, pruning rows",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S2", page=2),
    variables=(
        *(
            Variable(v.symbol, v.domain, _MEANINGS.get(v.symbol, v.meaning))
            for v in BLOCK_VARIABLES
            if v.symbol != slope_range
        ),
        Variable(
            slope_range_of_multiples,
            NONNEGATIVE_REALS,
            "half the range of the slopes, or zero where phi(h z) = h phi(z) for all h >= 0",
        ),
        Variable(row_1, NONNEGATIVE_REALS, "largest norm of a row of W_1"),
        Variable(bias_norm, NONNEGATIVE_REALS, "norm of the first layer's bias"),
        Variable(k, POSITIVE_INTEGERS, "block size: how many neighbouring rows are drawn together"),
        *DRAWN_VARIABLES,
        Variable(kept, sympy.S.Naturals0, "block rows that are not set to zero"),
    ),
    variants={
        "printed": Variant(
            assumptions=(LIPSCHITZ, DIVISIBILITY, tail(ROWS)),
            claims=(KEPT, *error_claims(1 + epsilon, "sharp-bottleneck-error")),
            definitions=DEFINITIONS,
        ),
    },
    proof_uses=(
        "sharp-bias-of-a-unit",
        "sharp-variance-of-a-unit",
        "sharp-bottleneck-error",
        "sharp-one-realization",
    ),
)
