"""Keeping as many entries as asked for in every row of a wide layer, their error measured at the dense inputs."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck import KEPT_VARIABLE
from .bottleneck_exact_counts import KEPT, SOME, WHOLE, WIDTH
from .measured import MEASURED_VARIABLES, wide_error
from .notation import KEEP_PROBABILITIES, p

STATEMENT = Statement(
    id="sharp-measured-wide-exact-counts",
    title="One wide layer, measured, exact counts",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured wide layers", page=3),
    variables=(*MEASURED_VARIABLES, Variable(p, KEEP_PROBABILITIES, "share of entries that stay"), KEPT_VARIABLE),
    variants={
        "printed": Variant(assumptions=(WIDTH, WHOLE, SOME), claims=(KEPT, wide_error(sympy.Integer(1)))),
    },
    proof_uses=("sharp-compressed-input", "sharp-exact-counts"),
)
