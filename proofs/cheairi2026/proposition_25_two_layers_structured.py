"""Proposition 25: pruning most block rows (output neurons or filters) of a bottleneck's tall layer."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Kind,
    Scope,
    Sense,
    Source,
    Statement,
    Term,
    Variable,
    Variant,
)

from .blocks import TWO_LAYER_BLOCKS, VARIANCE, divides, kept_blocks, processed, range_of_alpha
from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    Lambda,
    alpha,
    draws,
    epsilon,
    gamma,
    growth,
    k,
    kappa,
    n_0,
    n_1,
    n_2,
    n_3,
    nu_1,
    nu_2,
    omega_block,
    p,
    sigma_1,
    sigma_2,
    tau,
    theta,
)
from .proposition_23_two_layers_independent_entries import ACTIVATIONS, INPUT_TERM, PROPAGATED, RADIUS
from .proposition_24_one_layer_structured import EXPLICIT_DRAWS

error = Named("Pi^kappa(D W_1)", r"\Pi^{\kappa}\left( D W_1 \right)", nonnegative=True)
kept = Named(
    "#{nonzero block rows of D W_1}",
    r"\#\{ \ell : D_{\mathcal{E}_{\ell}, \mathcal{E}_{\ell}} \ne 0 \}",
    integer=True,
    nonnegative=True,
)
ROWS = n_2 / k
LAMBDA = 2 * alpha * theta * VARIANCE * sigma_1**2 * nu_2 * sympy.sqrt(n_3) / ((1 - alpha) * sympy.sqrt(k))
SLOPE = 2 * theta * nu_2 * sympy.sqrt(n_3) / sympy.sqrt(k)
DRAW = 2 * tau * theta**2 * sigma_2 * nu_1 * sympy.sqrt(n_1) / sympy.sqrt(k)
OMEGA = SLOPE + DRAW + theta**2
DEFINITIONS = {tau: sympy.Max(1, (1 - p) / p), omega_block: OMEGA, Lambda: LAMBDA}

DIVISIBILITY = (divides("block-input", n_1), divides("block-output", n_2), divides("block-next", n_3))
BLOCKS = Assumption("draws", sympy.Ge(ROWS, n_0), "the number of block rows is at least n_0(gamma, p, alpha, epsilon)")
KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(116)",
    relation=sympy.Le(kept, (1 + gamma) * p * draws(ROWS) + ROWS - draws(ROWS)),
    meaning="block rows that are not set to zero",
)
KEPT_COUNT = replace(
    KEPT,
    relation=sympy.Le(kept, kept_blocks(ROWS)),
    meaning="block rows that are not set to zero (their number is an integer)",
)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(117)",
    relation=sympy.Le(error, (1 + epsilon) * (PROPAGATED + growth(Lambda) * omega_block)),
    meaning="there is a diagonal D, constant on blocks, with entries 0, 1 or 1/p and this error",
    scope=Scope.BOTTLENECK,
    terms=(
        Term("carried on", (1 + epsilon) * PROPAGATED, "proposition-25"),
        Term("second order, size of the input", (1 + epsilon) * INPUT_TERM, "lemma-16"),
        Term("second order, slope of the activation", (1 + epsilon) * growth(Lambda) * SLOPE, "lemma-16"),
        Term("second order, size of the draw", (1 + epsilon) * growth(Lambda) * DRAW, "lemma-16"),
    ),
)

STATEMENT = Statement(
    id="proposition-25",
    title="Two layers, structured pruning of the first one's rows",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 25", page=52, equations="(116)-(124)"),
    variables=(
        *TWO_LAYER_BLOCKS,
        ALPHA,
        *PRUNING_PARAMETERS,
        Variable(n_0, POSITIVE_INTEGERS, "number of blocks from which on the statement applies"),
        Variable(kappa, POSITIVE_REALS, "projection radius behind the second layer"),
        Variable(tau, NONNEGATIVE_REALS, "largest deviation of a draw from one"),
        Variable(Lambda, NONNEGATIVE_REALS, "exponent of the growth over all draws"),
        Variable(omega_block, NONNEGATIVE_REALS, "size of what the block adds"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the block, with projection"),
        Variable(kept, sympy.S.Naturals0, "block rows that are not set to zero"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*ACTIVATIONS, *DIVISIBILITY, *range_of_alpha(ROWS, ""), RADIUS, BLOCKS),
            claims=(KEPT, ERROR),
            definitions=DEFINITIONS,
        ),
        "corrected": Variant(
            assumptions=(*ACTIVATIONS, *DIVISIBILITY, *processed(ROWS, ""), RADIUS),
            claims=(KEPT_COUNT, ERROR),
            definitions=DEFINITIONS,
            corrections=(EXPLICIT_DRAWS,),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("lemma-9", "lemma-11", "lemma-12", "lemma-16"),
    remarks=(
        "The block has no projection between its two layers.",
        "The least score is at most the mean one, so eta = 1 would do in place of 4.",
        "On page 53 the mean after a step is written with the intermediate point t_l; the drawn h_l is meant.",
        "If sigma_1 or nu_2 is zero nothing is added: Lemma 11 asks for positive constants, and the limit is used.",
    ),
)
