"""From the draws' error at the dense inputs to that at the inputs of a network compressed in front, in the mean."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Expectation, Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .bottleneck import LIPSCHITZ
from .measured import BOTTLENECK, MEASURED_VARIABLES, WIDE
from .notation import NONNEGATIVE_REALS, error, measured, sigma_2

mean_wide = Named("E||Psi||^2, wide", r"\mathbb{E}\,\Psi_{\mathrm{wide}}", nonnegative=True)
mean_block = Named("E||Psi||^2, block", r"\mathbb{E}\,\Psi_{\mathrm{block}}", nonnegative=True)
measured_block = Named("E||Psi_0||^2, block", r"\mathbb{E}\,\Psi_{0,\mathrm{block}}", nonnegative=True)
zeta = Named("zeta_i(x')", r"\zeta_i(x')", real=True)
zeta_moved = Named("zeta_i(x - x')", r"\zeta_i(x - x')", real=True)
UNBIASED = Assumption(
    "unbiased",
    sympy.Eq(Expectation(zeta), 0, evaluate=False),
    "what the draws add to a row's image of the compressed input has mean zero",
    only_for=("wide",),
)
UNBIASED_MOVED = Assumption(
    "unbiased-moved",
    sympy.Eq(Expectation(zeta_moved), 0, evaluate=False),
    "as has what they add to its image of the difference of the two inputs",
    only_for=("block",),
)
BLOCK = BOTTLENECK.subs(measured, measured_block)

STATEMENT = Statement(
    id="sharp-compressed-input",
    title="Draws measured at the dense inputs",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, compressed inputs", page=3),
    variables=(
        *(variable for variable in MEASURED_VARIABLES if variable.symbol != error),
        Variable(measured_block, NONNEGATIVE_REALS, "the same behind a bottleneck's second matrix"),
        Variable(sigma_2, NONNEGATIVE_REALS, "operator norm of W_2"),
        Variable(zeta, sympy.S.Reals, "what the draws of row i add at the compressed input"),
        Variable(zeta_moved, sympy.S.Reals, "what the draws of row i add at the difference of the inputs"),
        Variable(mean_wide, NONNEGATIVE_REALS, "mean squared error behind a layer, over all draws and inputs"),
        Variable(mean_block, NONNEGATIVE_REALS, "the same behind the layer behind a bottleneck"),
    ),
    variants={
        "printed": Variant(
            assumptions=(replace(LIPSCHITZ, only_for=("block",)), UNBIASED, UNBIASED_MOVED),
            claims=(
                Claim("wide", Sense.UPPER, sympy.Le(mean_wide, WIDE), "one layer and its activation"),
                Claim("block", Sense.UPPER, sympy.Le(mean_block, BLOCK), "a bottleneck and the layer behind it"),
            ),
        ),
    },
    proof_uses=("sharp-one-layer-error",),
)
