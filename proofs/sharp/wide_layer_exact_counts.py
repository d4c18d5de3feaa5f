"""Keeping exactly as many entries as asked for in every row of a wide layer."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck import KEPT_VARIABLE
from .bottleneck_exact_counts import KEPT, SOME, WHOLE, WIDTH
from .notation import KEEP_PROBABILITIES, lipschitz, n_1, p
from .wide_layer import COLUMN_NORM, PRUNED, WIDE_VARIABLES, error_claim

ERROR = error_claim(sympy.Integer(1), lipschitz**2 * PRUNED * n_1 / (n_1 - 1))

STATEMENT = Statement(
    id="sharp-wide-layer-exact-counts",
    title="One wide layer, exact counts",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S1, exact counts", page=4),
    variables=(
        *WIDE_VARIABLES,
        COLUMN_NORM,
        Variable(p, KEEP_PROBABILITIES, "share of entries that stay"),
        KEPT_VARIABLE,
    ),
    variants={"printed": Variant(assumptions=(WIDTH, WHOLE, SOME), claims=(KEPT, ERROR))},
    proof_uses=("sharp-one-layer-error", "sharp-exact-counts"),
)
