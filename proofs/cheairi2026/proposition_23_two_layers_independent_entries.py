"""Proposition 23: replacing most entries of a bottleneck's tall layer by independent unbiased draws."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Consequence,
    Correction,
    Kind,
    Scope,
    Sense,
    Source,
    Statement,
    Term,
    Variable,
    Variant,
)

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .assumption_9_activation_curvature import ASSUMPTION as CURVATURE
from .notation import (
    ALPHA,
    NONNEGATIVE_REALS,
    POSITIVE_REALS,
    TWO_LAYER_VARIABLES,
    Delta,
    Lambda,
    alpha,
    distance,
    draws,
    growth,
    kappa,
    n_2,
    n_3,
    nu_1,
    nu_2,
    omega_block,
    rho,
    sigma_1,
    sigma_2,
    tau,
    tau_0,
    tau_1,
    theta,
)
from .proposition_20_one_layer_independent_entries import ENTRIES, RANGE_OF_ALPHA, h, kept, mean, weight

deviation = Named("|h_ij - [W_1]_ij|", r"\left| h_{ij} - [W_1]_{ij} \right|", nonnegative=True)
zero = Named("1{h_ij = 0}", r"\mathbf{1}_{h_{ij} = 0}", integer=True, nonnegative=True)
zero_probability = Named("P(h_ij = 0)", r"\mathbb{P}(h_{ij} = 0)", nonnegative=True)
error = Named("E Pi^kappa", r"\mathbb{E}_h\left[ \Pi^{\kappa} \right]", nonnegative=True)

LAMBDA = 2 * alpha * theta * Delta * sigma_2 * nu_1**2 * sympy.sqrt(n_2) / (1 - alpha)
OMEGA = (
    theta**2
    + 2 * theta * nu_2**2 * n_3 * sympy.sqrt(n_2) / sigma_2
    + 2 * theta**2 * tau * nu_1 * nu_2 * sympy.sqrt(n_2 * n_3)
)
PROPAGATED = (1 + growth(Lambda)) * (sigma_1 * sigma_2) ** 2 * distance
ADDED = growth(Lambda) * omega_block
# f(Lambda) omega, summand by summand; the second is written without sigma_2, which cancels and may be zero.
INPUT_TERM = growth(Lambda) * theta**2
SLOPE_TERM = sympy.exp(Lambda) * 4 * alpha * theta**2 * Delta * nu_1**2 * nu_2**2 * n_2 * n_3 / (1 - alpha)
DRAW_TERM = growth(Lambda) * 2 * theta**2 * tau * nu_1 * nu_2 * sympy.sqrt(n_2 * n_3)


def block_terms(factor: sympy.Expr) -> tuple[Term, ...]:
    """The summands of factor * ((1 + f(Lambda)) (sigma_1 sigma_2)^2 E||x - x'||^2 + f(Lambda) omega)."""
    return (
        Term("carried on", factor * PROPAGATED, "proposition-23"),
        Term("second order, size of the input", factor * INPUT_TERM, "lemma-15"),
        Term("second order, slope of the activation", factor * SLOPE_TERM, "lemma-15"),
        Term("second order, size of the draw", factor * DRAW_TERM, "lemma-15"),
    )


RADIUS = Assumption(
    "radius", sympy.Ge(kappa, sigma_1 * sigma_2 * rho), "the projection radius is at least sigma_1 sigma_2 rho"
)
ACTIVATIONS = (ZERO_AT_ZERO, LIPSCHITZ, CURVATURE)

UNBIASED = Assumption("unbiased", sympy.Eq(mean, weight), "every draw has its weight as mean", equation="(84)")
DEVIATION = Assumption(
    "deviation",
    sympy.Le(deviation, nu_1 * (tau_1 * (1 - zero) + tau_0 * zero)),
    "a draw differs from its weight by at most nu_1 tau_0 if it is zero, else nu_1 tau_1",
    equation="(84)",
)
SECOND_MOMENT = Assumption(
    "second-moment",
    sympy.Ge(Delta, tau_0**2 * zero_probability + tau_1**2 * (1 - zero_probability)),
    "Delta is at least this for every entry; in print it is the largest such value",
)
LARGEST_DEVIATION = Assumption(
    "largest-deviation",
    sympy.Ge(tau, sympy.Max(tau_0, tau_1)),
    "tau is at least both for every entry, which may have its own tau_0 and tau_1",
)
ASSUMED = (*ACTIVATIONS, *RANGE_OF_ALPHA, RADIUS, UNBIASED, DEVIATION, SECOND_MOMENT)
CLAIMS = (
    Claim(
        id="unprocessed",
        sense=Sense.EQUALITY,
        equation="(85)",
        relation=sympy.Eq(kept, ENTRIES - draws(ENTRIES)),
        meaning="entries of the mask that stay as they are",
    ),
    Claim(
        id="error",
        sense=Sense.EXISTENCE,
        equation="(86)",
        relation=sympy.Le(error, PROPAGATED + ADDED),
        meaning="there is a mask, fixed before the draws, with this mean error",
        scope=Scope.BOTTLENECK,
        terms=block_terms(sympy.Integer(1)),
    ),
)
BLOCK_DEFINITIONS = {omega_block: OMEGA, Lambda: LAMBDA}

BY_ENTRY = Correction(
    "tau_0 and tau_1 may differ from entry to entry",
    "The proof uses them entry by entry, and Proposition 22 needs it: a weight of zero is always drawn as zero, so "
    "that with one tau_0 = 1 for all entries Delta is at least 1.",
    consequence=Consequence.GAP,
    place="(84) and Delta, page 42",
    steps=("zero-weights",),
)

STATEMENT = Statement(
    id="proposition-23",
    title="Two layers, independent unbiased entries",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 23", page=42, equations="(84)-(92)"),
    variables=(
        *TWO_LAYER_VARIABLES,
        ALPHA,
        Variable(kappa, POSITIVE_REALS, "projection radius behind the second layer"),
        Variable(tau_0, NONNEGATIVE_REALS, "relative deviation of a draw that is zero"),
        Variable(tau_1, NONNEGATIVE_REALS, "relative deviation of a draw that is not zero"),
        Variable(tau, NONNEGATIVE_REALS, "the larger of the two"),
        Variable(Delta, NONNEGATIVE_REALS, "largest mean squared relative deviation"),
        Variable(Lambda, NONNEGATIVE_REALS, "exponent of the growth over all draws"),
        Variable(omega_block, NONNEGATIVE_REALS, "size of what the block adds"),
        Variable(h, None, "draw that replaces entry (i, j), real and random, independent over the entries"),
        Variable(weight, sympy.S.Reals, "entry (i, j) of W_1"),
        Variable(deviation, NONNEGATIVE_REALS, "absolute difference of the draw and its weight"),
        Variable(zero, sympy.FiniteSet(0, 1), "1 if the draw is zero"),
        Variable(zero_probability, sympy.Interval(0, 1), "probability of that"),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the block, with projection"),
        Variable(kept, sympy.S.Naturals0, "unprocessed entries"),
    ),
    variants={
        "printed": Variant(ASSUMED, CLAIMS, {tau: sympy.Max(tau_0, tau_1), **BLOCK_DEFINITIONS}),
        "corrected": Variant(
            (*ASSUMED, LARGEST_DEVIATION),
            CLAIMS,
            BLOCK_DEFINITIONS,
            corrections=(
                replace(BY_ENTRY, formula="largest-deviation"),
                Correction(
                    "the pick averages the score over all earlier draws",
                    "Algorithm 1 scores the present network; in two layers that score depends on the earlier draws, "
                    "so its mask is not fixed before the draws, and the proof is not about it.",
                    consequence=Consequence.CONDITION,
                    place="Algorithm 1, page 43",
                    steps=("score-of-the-algorithm",),
                ),
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("lemma-9", "lemma-11", "lemma-15"),
    remarks=(
        "The proof's picks average the score over all earlier draws, so the mask does not depend on them; Algorithm 1 "
        "scores the present network, and its mask does.",
        "The block has no projection between its two layers.",
        "At sigma_2 = 0 omega is undefined; the terms of the claim, where sigma_2 has cancelled, hold there too.",
    ),
)
