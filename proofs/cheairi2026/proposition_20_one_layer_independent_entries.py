"""Proposition 20: replacing most entries of one layer by independent unbiased draws costs little in the mean."""

import sympy

from boundcheck.core.operators import Expectation, Named, Variance
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Term, Variable, Variant

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    ONE_LAYER_VARIABLES,
    POSITIVE_REALS,
    alpha,
    distance,
    draws,
    kappa,
    n_1,
    n_2,
    nu_1,
    phi,
    rho,
    sigma_1,
    theta,
)

h = sympy.Symbol("h_ij", real=True)
weight = Named("[W_1]_ij", r"[W_1]_{ij}", real=True)
mean = Expectation(h)
error = Named("E Pi^kappa", r"\mathbb{E}_h\left[ \Pi^{\kappa} \right]", nonnegative=True)
kept = Named("||M||_0", r"\| M \|_0", integer=True, nonnegative=True)
ENTRIES = n_1 * n_2

PROPAGATED = sigma_1**2 * distance
SECOND_ORDER = 2 * alpha * theta**2 * phi**2 * nu_1**2 * n_2 / (1 - alpha)

RANGE_OF_ALPHA = (
    Assumption("alpha-above", sympy.Gt(alpha, 1 / ENTRIES), "alpha is above 1/(n_1 n_2)"),
    Assumption("alpha-below", sympy.Le(alpha, 1 - 1 / ENTRIES), "alpha is at most 1 - 1/(n_1 n_2)"),
)
RADIUS = Assumption("radius", sympy.Ge(kappa, sigma_1 * rho), "the projection radius is at least sigma_1 rho")

STATEMENT = Statement(
    id="proposition-20",
    title="One layer, independent unbiased entries",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 20", page=37, equations="(70)-(76)"),
    variables=(
        *ONE_LAYER_VARIABLES,
        ALPHA,
        Variable(kappa, POSITIVE_REALS, "projection radius behind the layer"),
        Variable(phi, POSITIVE_REALS, "variance factor of the draws"),
        Variable(h, sympy.S.Reals, "draw that replaces entry (i, j), independent over the entries"),
        Variable(weight, sympy.S.Reals, "entry (i, j) of W_1"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the layer, with projection"),
        Variable(kept, sympy.S.Naturals0, "unprocessed entries"),
    ),
    variants={
        "printed": Variant(
            assumptions=(
                ZERO_AT_ZERO,
                LIPSCHITZ,
                *RANGE_OF_ALPHA,
                RADIUS,
                Assumption("unbiased", sympy.Eq(mean, weight), "every draw has its weight as mean"),
                Assumption(
                    "variance", sympy.Le(Variance(h), phi**2 * nu_1**2), "every variance is at most phi^2 nu_1^2"
                ),
            ),
            claims=(
                Claim(
                    id="unprocessed",
                    sense=Sense.EQUALITY,
                    equation="(70)",
                    relation=sympy.Eq(kept, ENTRIES - draws(ENTRIES)),
                    meaning="entries of the mask that stay as they are",
                ),
                Claim(
                    id="error",
                    sense=Sense.EXISTENCE,
                    equation="(71)",
                    relation=sympy.Le(error, PROPAGATED + SECOND_ORDER),
                    meaning="there is a mask, fixed before the draws, with this mean error",
                    terms=(
                        Term("carried on", PROPAGATED, "proposition-20"),
                        Term("second order", SECOND_ORDER, "lemma-15"),
                    ),
                ),
            ),
        )
    },
    uses=("assumption-7", "assumption-8"),
    proof_uses=("lemma-9", "lemma-15"),
    remarks=(
        "The proof's picks average the score over all earlier draws, so the mask does not depend on them; Algorithm 1 "
        "scores the present network. In one layer the two agree: the score is Var(h_ij) E[x'_j^2].",
    ),
)
