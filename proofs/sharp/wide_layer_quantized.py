"""Quantizing the cheapest entries of a wide layer."""

import sympy

from boundcheck.core.statement import Kind, Source, Statement, Variable, Variant

from .bottleneck_quantized import UNQUANTIZED, VALUES, multiple, unquantized, value
from .notation import ALPHA, LEVELS, NONNEGATIVE_REALS, alpha, k, lipschitz, n_2, nu_1, theta
from .wide_layer import WIDE_VARIABLES, error_claim

ERROR = error_claim(sympy.Integer(1), lipschitz**2 * alpha * n_2 * nu_1**2 * theta**2 / (4 * k**2))

STATEMENT = Statement(
    id="sharp-wide-layer-quantized",
    title="One wide layer, quantization",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S1'", page=1),
    variables=(
        *WIDE_VARIABLES,
        Variable(nu_1, NONNEGATIVE_REALS, "largest absolute entry of W_1"),
        ALPHA,
        LEVELS,
        Variable(unquantized, NONNEGATIVE_REALS, "share of entries that stay unquantized"),
        Variable(value, sympy.S.Reals, "quantized entry"),
        Variable(multiple, sympy.S.Naturals0, "which multiple of the step its absolute value is"),
    ),
    variants={"printed": Variant(assumptions=(), claims=(UNQUANTIZED, VALUES, ERROR))},
    proof_uses=("sharp-one-layer-error", "sharp-least-scores"),
)
