"""Pruning entries of a wide layer, their error measured at the dense inputs."""

from boundcheck.core.statement import Kind, Source, Statement, Variant

from .bottleneck import DRAWN_VARIABLES, ENTRIES, KEPT_VARIABLE, tail
from .bottleneck_pruned import KEPT
from .measured import MEASURED_VARIABLES, wide_error
from .notation import epsilon

STATEMENT = Statement(
    id="sharp-measured-wide",
    title="One wide layer, measured, pruning entries",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured wide layers", page=3),
    variables=(*MEASURED_VARIABLES, *DRAWN_VARIABLES, KEPT_VARIABLE),
    variants={"printed": Variant(assumptions=(tail(ENTRIES),), claims=(KEPT, wide_error(1 + epsilon)))},
    proof_uses=("sharp-compressed-input", "sharp-one-realization"),
)
