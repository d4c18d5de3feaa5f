"""Keeping as many entries as asked for in every row of a tall layer, the block's error measured at the dense inputs."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck import KEPT_VARIABLE, LIPSCHITZ
from .bottleneck_exact_counts import KEPT, SOME, WHOLE, WIDTH
from .measured import BLOCK_VARIABLES, bottleneck_error
from .notation import KEEP_PROBABILITIES, p

STATEMENT = Statement(
    id="sharp-measured-bottleneck-exact-counts",
    title="One bottleneck block, measured, exact counts",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured blocks", page=3),
    variables=(*BLOCK_VARIABLES, Variable(p, KEEP_PROBABILITIES, "share of entries that stay"), KEPT_VARIABLE),
    variants={
        "printed": Variant(
            assumptions=(LIPSCHITZ, WIDTH, WHOLE, SOME), claims=(KEPT, bottleneck_error(sympy.Integer(1)))
        ),
    },
    proof_uses=("sharp-compressed-input", "sharp-exact-counts"),
)
