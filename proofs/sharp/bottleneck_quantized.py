"""Quantizing entries of a bottleneck's tall layer."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bottleneck import (
    BLOCK_VARIABLES,
    ENTRIES,
    FIRST_LAYER,
    LIPSCHITZ,
    by_curvature,
    by_slopes,
    error_claims,
    spread,
)
from .notation import (
    ALPHA,
    LEVELS,
    NONNEGATIVE_REALS,
    column_2,
    curvature,
    draws,
    k,
    lipschitz,
    n_2,
    nu_1,
    sigma_2,
    slope_range,
    theta,
)

unquantized = Named("||M||_0 / (n_1 n_2)", r"\frac{\| M \|_0}{n_1 n_2}", nonnegative=True)
value = Named("Q_ij", "Q_{ij}", real=True)
multiple = Named("j", "j", integer=True, nonnegative=True)
UNQUANTIZED = Claim(
    id="kept",
    sense=Sense.EQUALITY,
    relation=sympy.Eq(unquantized, 1 - draws(ENTRIES) / ENTRIES),
    meaning="share of entries that stay unquantized",
)
VALUES = Claim(
    id="values",
    sense=Sense.EXISTENCE,
    relation=sympy.And(sympy.Eq(sympy.Abs(value), multiple * nu_1 / k), sympy.Le(multiple, k)),
    meaning="every quantized entry is a multiple of nu_1/k up to nu_1, zero included",
)
# Half a step: the standard deviation of a draw is at most that.
HALF_STEP = nu_1 * theta / (2 * k)
DEFINITIONS = {
    by_slopes: sigma_2 * slope_range * sympy.sqrt(n_2) * HALF_STEP,
    by_curvature: sigma_2 * sympy.sqrt(n_2) * sympy.Min(curvature / 2 * HALF_STEP**2, slope_range * HALF_STEP),
    spread: lipschitz**2 * n_2 * column_2**2 * HALF_STEP**2,
}

STATEMENT = Statement(
    id="sharp-bottleneck-quantized",
    title="One bottleneck block, quantization",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S2", page=2),
    variables=(
        *BLOCK_VARIABLES,
        FIRST_LAYER[1],
        ALPHA,
        LEVELS,
        Variable(unquantized, NONNEGATIVE_REALS, "share of entries that stay unquantized"),
        Variable(value, sympy.S.Reals, "quantized entry"),
        Variable(multiple, sympy.S.Naturals0, "which multiple of the step its absolute value is"),
    ),
    variants={
        "printed": Variant(
            assumptions=(LIPSCHITZ,),
            claims=(UNQUANTIZED, VALUES, *error_claims(sympy.Integer(1), "sharp-bottleneck-error")),
            definitions=DEFINITIONS,
        ),
    },
    proof_uses=(
        "sharp-variance-of-a-draw",
        "sharp-bias-of-a-unit",
        "sharp-variance-of-a-unit",
        "sharp-bottleneck-error",
    ),
)
