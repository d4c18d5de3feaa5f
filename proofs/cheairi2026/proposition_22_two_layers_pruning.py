"""Proposition 22: pruning most entries of a bottleneck's tall layer."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Scope, Sense, Source, Statement, Variable, Variant

from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    TWO_LAYER_VARIABLES,
    Delta,
    Lambda,
    epsilon,
    kappa,
    n_0,
    omega_block,
    p,
    tau,
)
from .proposition_19_one_layer_pruning import EXPLICIT_DRAWS, KEPT, KEPT_COUNT, TAIL, WIDTH, kept
from .proposition_20_one_layer_independent_entries import RANGE_OF_ALPHA
from .proposition_23_two_layers_independent_entries import (
    ACTIVATIONS,
    ADDED,
    BY_ENTRY,
    LAMBDA,
    OMEGA,
    PROPAGATED,
    RADIUS,
    block_terms,
)

error = Named("Pi^kappa(M.W_1)", r"\Pi^{\kappa}\left( M \odot W_1 \right)", nonnegative=True)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(83)",
    relation=sympy.Le(error, (1 + epsilon) * PROPAGATED + (1 + epsilon) * ADDED),
    meaning="there is a mask with entries 0, 1 or 1/p and this error",
    scope=Scope.BOTTLENECK,
    terms=block_terms(1 + epsilon),
)
DEFINITIONS = {tau: sympy.Max(p, 1 - p) / p, Delta: (1 - p) / p, omega_block: OMEGA, Lambda: LAMBDA}

STATEMENT = Statement(
    id="proposition-22",
    title="Two layers, pruning",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 22", page=41, equations="(82)-(83), (94)-(95)"),
    variables=(
        *TWO_LAYER_VARIABLES,
        ALPHA,
        *PRUNING_PARAMETERS,
        Variable(n_0, POSITIVE_INTEGERS, "width from which on the statement applies"),
        Variable(kappa, POSITIVE_REALS, "projection radius behind the second layer"),
        Variable(Lambda, NONNEGATIVE_REALS, "exponent of the growth over all draws"),
        Variable(omega_block, NONNEGATIVE_REALS, "size of what the block adds"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the block, with projection"),
        Variable(kept, NONNEGATIVE_REALS, "share of entries that the mask keeps"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*ACTIVATIONS, *RANGE_OF_ALPHA, RADIUS, WIDTH),
            claims=(replace(KEPT, equation="(82)"), ERROR),
            definitions=DEFINITIONS,
        ),
        "corrected": Variant(
            assumptions=(*ACTIVATIONS, *RANGE_OF_ALPHA, RADIUS, TAIL),
            claims=(replace(KEPT_COUNT, equation="(82)"), ERROR),
            definitions=DEFINITIONS,
            corrections=(EXPLICIT_DRAWS, BY_ENTRY),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("proposition-23", "lemma-12"),
    remarks=(
        "A weight of zero is always drawn as zero: with tau_0 = 1 for all entries, Proposition 23's Delta is at least "
        "1 then, above (1 - p)/p for p > 1/2. The proof takes tau_0 = 0 at such entries, and that of Proposition 23 "
        "allows it.",
    ),
)
