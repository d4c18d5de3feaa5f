"""Quantizing entries of a bottleneck's tall layer, the block's error measured at the dense inputs."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variant

from .bottleneck import LIPSCHITZ
from .bottleneck_quantized import UNQUANTIZED, VALUES
from .measured import BLOCK_VARIABLES, bottleneck_error
from .measured_wide_quantized import QUANTIZED_VARIABLES

STATEMENT = Statement(
    id="sharp-measured-bottleneck-quantized",
    title="One bottleneck block, measured, quantization",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured blocks", page=3),
    variables=(*BLOCK_VARIABLES, *QUANTIZED_VARIABLES),
    variants={
        "printed": Variant(assumptions=(LIPSCHITZ,), claims=(UNQUANTIZED, VALUES, bottleneck_error(sympy.Integer(1)))),
    },
    proof_uses=("sharp-compressed-input",),
)
