"""Proposition 24: pruning most block columns (input neurons or filters) of one layer."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Consequence,
    Correction,
    Kind,
    Sense,
    Source,
    Statement,
    Term,
    Variable,
    Variant,
)

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .blocks import ONE_LAYER_BLOCKS, VARIANCE, divides, kept_blocks, processed, range_of_alpha
from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    alpha,
    draws,
    epsilon,
    gamma,
    k,
    kappa,
    n_0,
    n_1,
    n_2,
    nu_1,
    p,
    theta,
)
from .proposition_20_one_layer_independent_entries import PROPAGATED, RADIUS

error = Named("Pi^kappa(W_1 D)", r"\Pi^{\kappa}\left( W_1 D \right)", nonnegative=True)
kept = Named(
    "#{nonzero block columns of W_1 D}",
    r"\#\{ \ell : D_{\mathcal{E}_{\ell}, \mathcal{E}_{\ell}} \ne 0 \}",
    integer=True,
    nonnegative=True,
)
COLUMNS = n_1 / k
CARRIED = (1 + epsilon) * PROPAGATED
PRUNED = (1 + epsilon) * 2 * alpha * theta**2 * VARIANCE * nu_1**2 * n_2 / ((1 - alpha) * k)

DIVISIBILITY = (divides("block-input", n_1), divides("block-output", n_2))
BLOCKS = Assumption(
    "draws", sympy.Ge(COLUMNS, n_0), "the number of block columns is at least n_0(gamma, p, alpha, epsilon)"
)
KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(105)",
    relation=sympy.Le(kept, (1 + gamma) * p * draws(COLUMNS) + COLUMNS - draws(COLUMNS)),
    meaning="block columns that are not set to zero",
)
KEPT_COUNT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(105)",
    relation=sympy.Le(kept, kept_blocks(COLUMNS)),
    meaning="block columns that are not set to zero (their number is an integer)",
)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(106)",
    relation=sympy.Le(error, CARRIED + PRUNED),
    meaning="there is a diagonal D, constant on blocks, with entries 0, 1 or 1/p and this error",
    terms=(Term("carried on", CARRIED, "proposition-24"), Term("second order", PRUNED, "lemma-16")),
)
EXPLICIT_DRAWS = Correction(
    "the number of blocks that n_0 asks for becomes the tail condition at the number of drawn blocks, and the nonzero "
    "draws are counted as an integer",
    "n_0 is only said to exist; the proof uses Lemma 12 for floor(alpha N) draws of N blocks, which is this tail.",
    consequence=Consequence.GAP,
    place="the number of blocks",
    formula="draws",
)

STATEMENT = Statement(
    id="proposition-24",
    title="One layer, structured pruning of its columns",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 24", page=49, equations="(105)-(115)"),
    variables=(
        *ONE_LAYER_BLOCKS,
        ALPHA,
        *PRUNING_PARAMETERS,
        Variable(n_0, POSITIVE_INTEGERS, "number of blocks from which on the statement applies"),
        Variable(kappa, POSITIVE_REALS, "projection radius behind the layer"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the layer, with projection"),
        Variable(kept, sympy.S.Naturals0, "block columns that are not set to zero"),
    ),
    variants={
        "printed": Variant(
            assumptions=(ZERO_AT_ZERO, LIPSCHITZ, *DIVISIBILITY, *range_of_alpha(COLUMNS, ""), RADIUS, BLOCKS),
            claims=(KEPT, ERROR),
        ),
        "corrected": Variant(
            assumptions=(ZERO_AT_ZERO, LIPSCHITZ, *DIVISIBILITY, *processed(COLUMNS, ""), RADIUS),
            claims=(KEPT_COUNT, ERROR),
            corrections=(EXPLICIT_DRAWS,),
        ),
    },
    uses=("assumption-7", "assumption-8"),
    proof_uses=("lemma-9", "lemma-12", "lemma-16"),
    remarks=(
        "The score is an average over all earlier draws. The least score is at most the mean one, so eta = 1 would do "
        "in place of 2.",
    ),
)
