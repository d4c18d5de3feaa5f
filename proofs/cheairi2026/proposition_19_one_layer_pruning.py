"""Proposition 19: pruning most entries of one layer."""

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
from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    ONE_LAYER_VARIABLES,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    allowed_nonzeros,
    draws,
    epsilon,
    excess_probability,
    gamma,
    kappa,
    n_0,
    n_1,
    n_2,
    p,
    phi,
)
from .proposition_20_one_layer_independent_entries import ENTRIES, PROPAGATED, RADIUS, RANGE_OF_ALPHA, SECOND_ORDER

error = Named("Pi^kappa(M.W_1)", r"\Pi^{\kappa}\left( M \odot W_1 \right)", nonnegative=True)
kept = Named("||M||_0 / (n_1 n_2)", r"\frac{\| M \|_0}{n_1 n_2}", nonnegative=True)
SHARE = draws(ENTRIES) / ENTRIES
CARRIED = (1 + epsilon) * PROPAGATED
PRUNED = (1 + epsilon) * SECOND_ORDER.subs(phi, sympy.sqrt((1 - p) / p))

WIDTH = Assumption(
    "draws", sympy.Ge(sympy.Max(n_1, n_2), n_0), "the larger width is at least n_0(gamma, p, alpha, epsilon)"
)
TAIL = Assumption(
    "tail",
    sympy.Le(excess_probability(draws(ENTRIES)), epsilon / (1 + epsilon)),
    "more than (1 + gamma) p T nonzero draws, T = floor(alpha n_1 n_2), have probability at most epsilon/(1 + epsilon)",
)
KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(68)",
    relation=sympy.Le(kept, 1 - SHARE + SHARE * (1 + gamma) * p),
    meaning="share of entries that the mask keeps",
)
KEPT_COUNT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(68)",
    relation=sympy.Le(kept, 1 - SHARE + allowed_nonzeros(draws(ENTRIES)) / ENTRIES),
    meaning="share of entries that the mask keeps (their number is an integer)",
)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(69)",
    relation=sympy.Le(error, CARRIED + PRUNED),
    meaning="there is a mask with entries 0, 1 or 1/p and this error",
    terms=(Term("carried on", CARRIED, "proposition-20"), Term("second order", PRUNED, "lemma-15")),
)
EXPLICIT_DRAWS = Correction(
    "the width condition becomes the tail condition at the layer's own number of draws, and the nonzero draws are "
    "counted as an integer",
    "n_0 is only said to exist; the proof uses Lemma 12 for floor(alpha n_1 n_2) draws, which is this tail.",
    Consequence.COSMETIC,
    "the width condition and (68)",
    "kept",
)

STATEMENT = Statement(
    id="proposition-19",
    title="One layer, pruning",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 19", page=37, equations="(68)-(69), (77)-(79)"),
    variables=(
        *ONE_LAYER_VARIABLES,
        ALPHA,
        *PRUNING_PARAMETERS,
        Variable(n_0, POSITIVE_INTEGERS, "width from which on the statement applies"),
        Variable(kappa, POSITIVE_REALS, "projection radius behind the layer"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the layer, with projection"),
        Variable(kept, NONNEGATIVE_REALS, "share of entries that the mask keeps"),
    ),
    variants={
        "printed": Variant(assumptions=(ZERO_AT_ZERO, LIPSCHITZ, *RANGE_OF_ALPHA, RADIUS, WIDTH), claims=(KEPT, ERROR)),
        "corrected": Variant(
            assumptions=(ZERO_AT_ZERO, LIPSCHITZ, *RANGE_OF_ALPHA, RADIUS, TAIL),
            claims=(KEPT_COUNT, ERROR),
            corrections=(EXPLICIT_DRAWS,),
        ),
    },
    uses=("assumption-7", "assumption-8"),
    proof_uses=("proposition-20", "lemma-12"),
)
