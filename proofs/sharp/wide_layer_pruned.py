"""Pruning the cheapest entries of a wide layer."""

from boundcheck.core.statement import Kind, Source, Statement, Variant

from .bottleneck import DRAWN_VARIABLES, ENTRIES, KEPT_VARIABLE, tail
from .bottleneck_pruned import KEPT
from .notation import epsilon
from .wide_layer import CHEAPEST, COLUMN_NORM, WIDE_VARIABLES, error_claim

ERROR = error_claim(1 + epsilon, CHEAPEST)
TAIL = tail(ENTRIES)

STATEMENT = Statement(
    id="sharp-wide-layer-pruned",
    title="One wide layer, pruning entries",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S1'", page=1),
    variables=(*WIDE_VARIABLES, COLUMN_NORM, *DRAWN_VARIABLES, KEPT_VARIABLE),
    variants={"printed": Variant(assumptions=(TAIL,), claims=(KEPT, ERROR))},
    proof_uses=("sharp-one-layer-error", "sharp-least-scores", "sharp-one-realization"),
)
