"""Proposition 21: quantizing most entries of a bottleneck's tall layer."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Scope, Sense, Source, Statement, Variable, Variant

from .notation import (
    ALPHA,
    LEVELS,
    NONNEGATIVE_REALS,
    POSITIVE_REALS,
    TWO_LAYER_VARIABLES,
    Delta,
    Lambda,
    k,
    kappa,
    omega_block,
    tau,
)
from .proposition_18_one_layer_quantization import MULTIPLE, UNQUANTIZED, ZERO_IS_A_VALUE, unquantized, value, values
from .proposition_20_one_layer_independent_entries import RANGE_OF_ALPHA
from .proposition_23_two_layers_independent_entries import (
    ACTIVATIONS,
    ADDED,
    LAMBDA,
    OMEGA,
    PROPAGATED,
    RADIUS,
    block_terms,
)

error = Named(
    "Pi^kappa", r"\Pi^{\kappa}\left( (\mathbf{1}\mathbf{1}^{\top} - M) \odot Q + M \odot W_1 \right)", nonnegative=True
)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(81)",
    relation=sympy.Le(error, PROPAGATED + ADDED),
    meaning="there are a mask and a quantized matrix with this error",
    scope=Scope.BOTTLENECK,
    terms=block_terms(sympy.Integer(1)),
)
DEFINITIONS = {tau: 1 / k, Delta: 1 / k**2, omega_block: OMEGA, Lambda: LAMBDA}

STATEMENT = Statement(
    id="proposition-21",
    title="Two layers, quantization",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 21", page=41, equations="(80)-(81), (93)"),
    variables=(
        *TWO_LAYER_VARIABLES,
        ALPHA,
        LEVELS,
        Variable(kappa, POSITIVE_REALS, "projection radius behind the second layer"),
        Variable(Lambda, NONNEGATIVE_REALS, "exponent of the growth over all draws"),
        Variable(omega_block, NONNEGATIVE_REALS, "size of what the block adds"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the block, with projection"),
        Variable(unquantized, NONNEGATIVE_REALS, "share of entries that stay unquantized"),
        Variable(value, sympy.S.Reals, "quantized entry"),
        MULTIPLE,
    ),
    variants={
        name: Variant(
            assumptions=(*ACTIVATIONS, *RANGE_OF_ALPHA, RADIUS),
            claims=(replace(UNQUANTIZED, equation="(80)"), values(with_zero=name == "corrected"), ERROR),
            definitions=DEFINITIONS,
            corrections=(ZERO_IS_A_VALUE,) if name == "corrected" else (),
        )
        for name in ("printed", "corrected")
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("lemma-8", "proposition-23"),
)
