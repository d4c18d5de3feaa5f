"""Pruning the cheapest columns of a wide layer, or blocks of neighbouring columns that are drawn together."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bottleneck import DRAWN_VARIABLES, kept_units, tail
from .notation import POSITIVE_INTEGERS, epsilon, k, n_1
from .wide_layer import CHEAPEST, COLUMN_NORM, WIDE_VARIABLES, error_claim

kept = Named(
    "#{nonzero block columns}", r"\#\{ \mathcal{E} : U_{:,\mathcal{E}} \ne 0 \}", integer=True, nonnegative=True
)
COLUMNS = n_1 / k
DIVIDES = Assumption("block-input", sympy.Eq(k * sympy.floor(COLUMNS), n_1), "k divides n_1")
ERROR = error_claim(1 + epsilon, CHEAPEST)
TAIL = tail(COLUMNS)
KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    relation=sympy.Le(kept, kept_units(COLUMNS)),
    meaning="block columns that are not set to zero (their number is an integer)",
)

STATEMENT = Statement(
    id="sharp-wide-layer-columns",
    title="One wide layer, pruning columns",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S1', columns", page=1),
    variables=(
        *WIDE_VARIABLES,
        replace(COLUMN_NORM, meaning="largest operator norm of a block of columns of W_1 that is drawn together"),
        Variable(k, POSITIVE_INTEGERS, "block size: how many neighbouring columns are drawn together"),
        *DRAWN_VARIABLES,
        Variable(kept, sympy.S.Naturals0, "block columns that are not set to zero"),
    ),
    variants={"printed": Variant(assumptions=(DIVIDES, TAIL), claims=(KEPT, ERROR))},
    proof_uses=("sharp-columns-error", "sharp-least-scores", "sharp-one-realization"),
)
