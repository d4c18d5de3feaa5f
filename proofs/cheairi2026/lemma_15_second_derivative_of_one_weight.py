"""Lemma 15: for most weights the second derivative of the error in that one weight is small."""

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
from .notation import (
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    TWO_LAYER_VARIABLES,
    eta,
    n_2,
    n_3,
    nu_1,
    nu_2,
    sigma_2,
    tau,
    theta,
)

unprocessed = Named("|S_1|", r"|\mathcal{S}_1|", integer=True, positive=True)
good = Named("|C|", r"|\mathcal{C}|", integer=True, nonnegative=True)
error = Named("E_T Psi(Z, W_2)", r"\mathbb{E}_T \Psi(Z, W_2)", nonnegative=True)
one_layer = Named("E|d^2 Psi(Z)/dt^2|", r"\mathbb{E}\left| \partial_t^2 \Psi(Z(t_{ij})) \right|", nonnegative=True)
two_layers = Named(
    "E|d^2 Psi(Z, W_2)/dt^2|", r"\mathbb{E}\left| \partial_t^2 \Psi(Z(t_{ij}), W_2) \right|", nonnegative=True
)
deviation = Named("|t_ij - [W_1]_ij|", r"\left| t_{ij} - [W_1]_{ij} \right|", nonnegative=True)

ONE_LAYER_BOUND = 2 * eta * theta**2 * n_2 / unprocessed
PRINTED_TWO_LAYER_BOUND = (2 * eta * theta**2 * sigma_2 * sympy.sqrt(n_2) / unprocessed) * (
    sympy.sqrt(error) + nu_2**2 * n_3 * sympy.sqrt(n_2) / sigma_2 + theta * tau * nu_1 * nu_2 * sympy.sqrt(n_2 * n_3)
)
# The same where sigma_2 > 0, and a bound where sigma_2 = 0.
TWO_LAYER_BOUND = (2 * eta * theta**2 * sympy.sqrt(n_2) / unprocessed) * (
    sigma_2 * sympy.sqrt(error)
    + nu_2**2 * n_3 * sympy.sqrt(n_2)
    + theta * tau * sigma_2 * nu_1 * nu_2 * sympy.sqrt(n_2 * n_3)
)
COUNT = Claim(
    id="count",
    sense=Sense.LOWER,
    relation=sympy.Ge(good, (1 - 1 / eta) * unprocessed),
    meaning="at least (1 - 1/eta) |S_1| of the unprocessed weights satisfy the bound of part 1",
)
COUNT_TWO_LAYERS = replace(
    COUNT, id="count-two-layers", meaning="at least (1 - 1/eta) |S_1| of them satisfy the bound of part 2"
)
ONE_LAYER = Claim(
    id="one-layer",
    sense=Sense.UPPER,
    equation="(39)",
    relation=sympy.Le(one_layer, ONE_LAYER_BOUND),
    meaning="for f = A x, the mean absolute second derivative of Psi in such a weight",
)
TWO_LAYERS = Claim(
    id="two-layers",
    sense=Sense.UPPER,
    equation="(40)",
    relation=sympy.Le(two_layers, PRINTED_TWO_LAYER_BOUND),
    meaning="for f = B phi(A x), the mean absolute second derivative of Psi in such a weight",
)
TWO_LAYERS_MULTIPLIED_OUT = replace(TWO_LAYERS, relation=sympy.Le(two_layers, TWO_LAYER_BOUND))
FACTOR = Assumption("factor", sympy.Ge(eta, 1), "eta is at least one")
DEVIATION = Assumption(
    "deviation", sympy.Le(deviation, tau * nu_1), "the draw differs from the weight by at most tau nu_1 (two layers)"
)
TWO_LAYER_CLAIMS = ("count-two-layers", "two-layers")


def for_two_layers(*assumptions: Assumption) -> tuple[Assumption, ...]:
    """Assumptions that part 2 alone makes."""
    return tuple(replace(assumption, only_for=TWO_LAYER_CLAIMS) for assumption in assumptions)


STATEMENT = Statement(
    id="lemma-15",
    title="For most weights the second derivative of the error is small",
    kind=Kind.LEMMA,
    source=Source("Lemma 15", page=26, equations="(39)-(45)", arxiv="Lemma 8"),
    variables=(
        *TWO_LAYER_VARIABLES,
        Variable(eta, sympy.Interval(1, sympy.oo), "factor of Lemma 10"),
        Variable(tau, NONNEGATIVE_REALS, "relative deviation of a draw"),
        Variable(unprocessed, POSITIVE_INTEGERS, "number of unprocessed weights (S_1 is not empty)"),
        Variable(good, sympy.S.Naturals0, "how many of them satisfy the bound"),
        Variable(error, NONNEGATIVE_REALS, "mean error Psi at the present weights"),
        Variable(deviation, NONNEGATIVE_REALS, "deviation of a draw from its weight"),
        Variable(one_layer, NONNEGATIVE_REALS, "mean absolute second derivative, one layer"),
        Variable(two_layers, NONNEGATIVE_REALS, "mean absolute second derivative, two layers"),
    ),
    variants={
        "printed": Variant(
            assumptions=(FACTOR, *for_two_layers(ZERO_AT_ZERO, LIPSCHITZ, CURVATURE, DEVIATION)),
            claims=(COUNT, ONE_LAYER, COUNT_TWO_LAYERS, TWO_LAYERS),
        ),
        "corrected": Variant(
            assumptions=(FACTOR, *for_two_layers(LIPSCHITZ, CURVATURE, DEVIATION)),
            claims=(COUNT, ONE_LAYER, COUNT_TWO_LAYERS, TWO_LAYERS_MULTIPLIED_OUT),
            corrections=(
                Correction(
                    "W_1 and W_2 are fixed (or sigma_i, nu_i bound them almost surely)",
                    "With random weights the printed sigma_i and nu_i on the right side are random while the left side "
                    "is a mean.",
                    Consequence.CONDITION,
                    "Lemma 15, page 26",
                ),
                Correction(
                    "sigma_2 is multiplied out",
                    "The printed right side divides by sigma_2, which may be zero.",
                    Consequence.GAP,
                    "(40), page 27",
                    "two-layers",
                    steps=("second-layer",),
                ),
                Correction(
                    "phi(0) = 0 is not asked for",
                    "The printed form asks for item (7); the proof never uses it.",
                    Consequence.COSMETIC,
                    "Lemma 15, page 26",
                    "activation-zero-at-zero",
                ),
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("lemma-10",),
)
