"""Pruning entries of a bottleneck's tall layer, the block's error measured at the dense inputs."""

from boundcheck.core.statement import Kind, Source, Statement, Variant

from .bottleneck import DRAWN_VARIABLES, ENTRIES, KEPT_VARIABLE, LIPSCHITZ, tail
from .bottleneck_pruned import KEPT
from .measured import BLOCK_VARIABLES, bottleneck_error
from .notation import epsilon

STATEMENT = Statement(
    id="sharp-measured-bottleneck",
    title="One bottleneck block, measured, pruning entries",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured blocks", page=3),
    variables=(*BLOCK_VARIABLES, *DRAWN_VARIABLES, KEPT_VARIABLE),
    variants={
        "printed": Variant(assumptions=(LIPSCHITZ, tail(ENTRIES)), claims=(KEPT, bottleneck_error(1 + epsilon))),
    },
    proof_uses=("sharp-compressed-input", "sharp-one-realization"),
)
