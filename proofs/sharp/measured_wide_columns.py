"""Pruning columns, or blocks of columns, of a wide layer, their error measured at the dense inputs."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck import DRAWN_VARIABLES, tail
from .measured import MEASURED_VARIABLES, wide_error
from .notation import POSITIVE_INTEGERS, epsilon, k
from .wide_layer_columns import COLUMNS, DIVIDES, KEPT, kept

STATEMENT = Statement(
    id="sharp-measured-wide-columns",
    title="One wide layer, measured, pruning columns",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured wide layers", page=3),
    variables=(
        *MEASURED_VARIABLES,
        Variable(k, POSITIVE_INTEGERS, "block size: how many neighbouring columns are drawn together"),
        *DRAWN_VARIABLES,
        Variable(kept, sympy.S.Naturals0, "block columns that are not set to zero"),
    ),
    variants={
        "printed": Variant(assumptions=(DIVIDES, tail(COLUMNS)), claims=(KEPT, wide_error(1 + epsilon))),
    },
    proof_uses=("sharp-compressed-input", "sharp-one-realization"),
)
