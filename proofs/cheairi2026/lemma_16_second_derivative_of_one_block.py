"""Lemma 16: for most blocks the second derivative of the error in that block's scale is small."""

from dataclasses import replace

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
    Variable,
    Variant,
)

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .assumption_9_activation_curvature import ASSUMPTION as CURVATURE
from .blocks import TWO_LAYER_BLOCKS, divides
from .lemma_15_second_derivative_of_one_weight import FACTOR, for_two_layers, good, unprocessed
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    eta,
    k,
    n_1,
    n_2,
    n_3,
    nu_1,
    nu_2,
    sigma_1,
    sigma_2,
    tau,
    theta,
)

error = Named("E Psi(U_1, W_2)", r"\mathbb{E} \Psi(U_1, W_2)", nonnegative=True)
one_layer = Named(
    "E|d^2 Psi(U_1 G(t))/dt^2|", r"\mathbb{E}\left| \partial_t^2 \Psi(U_1 G(t; \mathcal{E}_{\ell})) \right|",
    nonnegative=True,
)  # fmt: skip
two_layers = Named(
    "E|d^2 Psi(G(t) U_1, W_2)/dt^2|",
    r"\mathbb{E}\left| \partial_t^2 \Psi(G(t_{\ell}; \mathcal{E}_{\ell}) U_1, W_2) \right|",
    nonnegative=True,
)
deviation = Named("|1 - t_l|", r"\left| 1 - t_{\ell} \right|", nonnegative=True)

ONE_LAYER_BOUND = 2 * eta * theta**2 * nu_1**2 * n_2 / (unprocessed * k)
SLOPE = nu_2 * sympy.sqrt(n_3) / sympy.sqrt(k)
DRAW = tau * theta * sigma_2 * nu_1 * sympy.sqrt(n_1) / sympy.sqrt(k)
TWO_LAYER_BOUND = (
    (2 * eta * theta**2 * sigma_1**2 * nu_2 * sympy.sqrt(n_3) / (unprocessed * sympy.sqrt(k)))
    * (SLOPE + DRAW + sympy.sqrt(error))
)  # fmt: skip
COUNT = Claim(
    id="count",
    sense=Sense.LOWER,
    relation=sympy.Ge(good, (1 - 1 / eta) * unprocessed),
    meaning="at least (1 - 1/eta) |S_1| of the unprocessed blocks satisfy the bound of part 1",
)
COUNT_TWO_LAYERS = replace(
    COUNT, id="count-two-layers", meaning="at least (1 - 1/eta) |S_1| of them satisfy the bound of part 2"
)
ONE_LAYER = Claim(
    id="one-layer",
    sense=Sense.UPPER,
    equation="(46)",
    relation=sympy.Le(one_layer, ONE_LAYER_BOUND),
    meaning="for f = A x, the mean absolute second derivative of Psi in the scale of such a block of columns, at one",
)
TWO_LAYERS = Claim(
    id="two-layers",
    sense=Sense.UPPER,
    equation="(47)",
    relation=sympy.Le(two_layers, TWO_LAYER_BOUND),
    meaning="for f = B phi(A x), the mean absolute second derivative of Psi in the scale of such a block of rows",
)
DEVIATION = Assumption("deviation", sympy.Le(deviation, tau), "the scale differs from one by at most tau (two layers)")
DIVISIBILITY = (divides("block-input", n_1), divides("block-output", n_2))
NEXT_DIVISIBILITY = divides("block-next", n_3)

STATEMENT = Statement(
    id="lemma-16",
    title="For most blocks the second derivative of the error is small",
    kind=Kind.LEMMA,
    source=Source("Lemma 16", page=29, equations="(46)-(55)", arxiv="Lemma 9"),
    variables=(
        *TWO_LAYER_BLOCKS,
        Variable(eta, sympy.Interval(1, sympy.oo), "factor of Lemma 10; above one in print, which is not needed"),
        Variable(tau, NONNEGATIVE_REALS, "deviation of a scale; positive in print, which is not needed"),
        Variable(unprocessed, POSITIVE_INTEGERS, "number of unprocessed blocks (S_1 is not empty)"),
        Variable(good, sympy.S.Naturals0, "how many of them satisfy the bound"),
        Variable(error, NONNEGATIVE_REALS, "mean error Psi at the present weights"),
        Variable(deviation, NONNEGATIVE_REALS, "deviation of a block's scale from one"),
        Variable(one_layer, NONNEGATIVE_REALS, "mean absolute second derivative, one layer"),
        Variable(two_layers, NONNEGATIVE_REALS, "mean absolute second derivative, two layers"),
    ),
    variants={
        "printed": Variant(
            assumptions=(
                *DIVISIBILITY,
                FACTOR,
                *for_two_layers(NEXT_DIVISIBILITY, ZERO_AT_ZERO, LIPSCHITZ, CURVATURE, DEVIATION),
            ),
            claims=(COUNT, ONE_LAYER, COUNT_TWO_LAYERS, TWO_LAYERS),
        ),
        "corrected": Variant(
            assumptions=(*DIVISIBILITY, FACTOR, *for_two_layers(NEXT_DIVISIBILITY, LIPSCHITZ, CURVATURE, DEVIATION)),
            claims=(COUNT, ONE_LAYER, COUNT_TWO_LAYERS, TWO_LAYERS),
            corrections=(
                Correction(
                    "W_1 and W_2 are fixed (or sigma_i, nu_i bound them almost surely), and S_1 is not empty",
                    "With random weights the printed sigma_i and nu_i on the right side are random while the left side "
                    "is a mean, and the right side divides by |S_1|.",
                    Consequence.CONDITION,
                    "Lemma 16, page 29",
                ),
                Correction(
                    "phi(0) = 0 is not asked for",
                    "The printed form asks for item (7); the proof never uses it.",
                    Consequence.COSMETIC,
                    "Lemma 16, page 29",
                    "activation-zero-at-zero",
                ),
            ),
        ),
    },
    uses=("definition-1", "assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("lemma-10",),
    remarks=(
        "A block of rows of W_1 has norm at most sigma_1 too, so sigma_1 may stand for nu_1 sqrt(n_1/k) in the second "
        "summand, and nu_2 sqrt(n_3/k) for sigma_2.",
    ),
)
