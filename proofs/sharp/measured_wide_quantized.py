"""Quantizing entries of a wide layer, their error measured at the dense inputs."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck_quantized import UNQUANTIZED, VALUES, multiple, unquantized, value
from .measured import MEASURED_VARIABLES, wide_error
from .notation import ALPHA, LEVELS, NONNEGATIVE_REALS, nu_1

QUANTIZED_VARIABLES = (
    Variable(nu_1, NONNEGATIVE_REALS, "largest absolute entry of W_1"),
    ALPHA,
    LEVELS,
    Variable(unquantized, NONNEGATIVE_REALS, "share of entries that stay unquantized"),
    Variable(value, sympy.S.Reals, "quantized entry"),
    Variable(multiple, sympy.S.Naturals0, "which multiple of the step its absolute value is"),
)
STATEMENT = Statement(
    id="sharp-measured-wide-quantized",
    title="One wide layer, measured, quantization",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, measured wide layers", page=3),
    variables=(*MEASURED_VARIABLES, *QUANTIZED_VARIABLES),
    variants={
        "printed": Variant(assumptions=(), claims=(UNQUANTIZED, VALUES, wide_error(sympy.Integer(1)))),
    },
    proof_uses=("sharp-compressed-input",),
)
