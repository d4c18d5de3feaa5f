"""Pruning rows, or blocks of rows, of a bottleneck's tall layer, the block's error measured at the dense inputs."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck import DRAWN_VARIABLES, LIPSCHITZ, tail
from .bottleneck_rows import DIVISIBILITY, KEPT, ROWS, kept
from .measured import BLOCK_VARIABLES, bottleneck_error
from .notation import POSITIVE_INTEGERS, epsilon, k

STATEMENT = Statement(
    id="sharp-measured-bottleneck-rows",
    title="One bottleneck block, measured, pruning rows",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured blocks", page=3),
    variables=(
        *BLOCK_VARIABLES,
        Variable(k, POSITIVE_INTEGERS, "block size: how many neighbouring rows are drawn together"),
        *DRAWN_VARIABLES,
        Variable(kept, sympy.S.Naturals0, "block rows that are not set to zero"),
    ),
    variants={
        "printed": Variant(
            assumptions=(LIPSCHITZ, DIVISIBILITY, tail(ROWS)), claims=(KEPT, bottleneck_error(1 + epsilon))
        ),
    },
    proof_uses=("sharp-compressed-input", "sharp-one-realization"),
)
