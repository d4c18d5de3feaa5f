"""Lemma 17: errors that grow by known factors per layer or block stay below sigma^{2l} (1 + xi)^l xi."""

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
    ACTIVATION_VARIABLES,
    INPUT_NORM,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    distance,
    input_norm,
    layer,
    sigma_1,
    xi,
)

e_1, e_2, e_3, e_4 = sympy.symbols("epsilon_1 epsilon_2 epsilon_3 epsilon_4", nonnegative=True)
sigma = sympy.Symbol("sigma", positive=True)
error = Named(
    "E||z^l - [zhat^l]||^2", r"\mathbb{E}\| z^{\ell} - [\hat z^{\ell}]_{\kappa_{\ell}} \|^{2}", nonnegative=True
)

error_in_front = Named(
    "E||z^{l-1} - [zhat^{l-1}]||^2",
    r"\mathbb{E}\| z^{\ell-1} - [\hat z^{\ell-1}]_{\kappa_{\ell-1}} \|^{2}",
    nonnegative=True,
)
error_behind_block = Named(
    "E||z^{l+1} - [zhat^{l+1}]||^2",
    r"\mathbb{E}\| z^{\ell+1} - [\hat z^{\ell+1}]_{\kappa_{\ell+1}} \|^{2}",
    nonnegative=True,
)
# (59) is for every layer outside B and writes l for it too; here it is l', as l is the layer of (57) and (58).
reached = Named("l'", r"\ell'", integer=True, nonnegative=True)
error_reached = Named(
    "E||z^{l'} - [zhat^{l'}]||^2",
    r"\mathbb{E}\| z^{\ell'} - [\hat z^{\ell'}]_{\kappa_{\ell'}} \|^{2}",
    nonnegative=True,
)
largest_norm = Named("max ||W_l||", r"\max_{\ell} \left\| W_{\ell} \right\|", nonnegative=True)

UNIT_BALL = Assumption(
    "unit-ball", sympy.Le(input_norm, 1), "inputs lie in the unit ball; a larger radius is folded into W_1"
)
NORMS = Assumption("norms", sympy.Ge(sigma, largest_norm), "sigma is at least every operator norm")
GROWTH = (
    Assumption(
        "wide-growth",
        sympy.Le(error, (1 + e_1) * sigma**2 * error_in_front + e_2 * sigma ** (2 * layer)),
        "how much the error grows over a wide layer",
        Scope.WIDE,
        "(57)",
        only_for=("error",),
    ),
    Assumption(
        "block-growth",
        sympy.Le(error_behind_block, (1 + e_3) * sigma**4 * error_in_front + e_4 * sigma ** (2 * (layer + 1))),
        "how much the error grows over a bottleneck and the layer behind it",
        Scope.BOTTLENECK,
        "(58)",
        only_for=("error",),
    ),
)
ERROR = Claim(
    id="error",
    sense=Sense.UPPER,
    equation="(59)",
    relation=sympy.Le(error_reached, sigma ** (2 * reached) * (1 + xi) ** reached * xi),
    meaning="the mean squared distance of dense and compressed output behind layer l', for every l' outside B",
)
UNCOMPRESSED = Claim(
    id="uncompressed",
    sense=Sense.UPPER,
    equation="(60)",
    relation=sympy.Le(error, sigma_1**2 * distance),
    meaning="an uncompressed layer carries the error on, times the square of its operator norm (in print, of sigma)",
    scope=Scope.LAYER,
    terms=(Term("carried on", sigma_1**2 * distance, "lemma-17"),),
)
SLACK = Assumption(
    "slack",
    sympy.Ge(xi, sympy.Max(2 * e_1, 2 * e_3, sympy.sqrt(2 * e_2), sympy.sqrt(2 * e_4))),
    "xi dominates the four constants",
    only_for=("error",),
)
# The induction closes if the step does at the first layer it can stand at (l = 1, and l + 1 = 2 behind a block).
WIDE_STEP = sympy.Le((1 + e_1) / (1 + xi) + e_2 / ((1 + xi) * xi), 1)
BLOCK_STEP = sympy.Le((1 + e_3) / (1 + xi) ** 2 + e_4 / ((1 + xi) ** 2 * xi), 1)
INDUCTION = (
    Assumption(
        "wide-step", WIDE_STEP, "the induction step closes at a wide layer", Scope.WIDE, "before (63)", ("error",)
    ),
    Assumption("block-step", BLOCK_STEP, "the step closes behind a block", Scope.BOTTLENECK, "before (65)", ("error",)),
)

STATEMENT = Statement(
    id="lemma-17",
    title="Induction over layers: per-layer growth bounds add up to one bound for the network",
    kind=Kind.LEMMA,
    source=Source("Lemma 17", page=34, equations="(56)-(65)", arxiv="Lemma 10"),
    variables=(
        Variable(
            sigma, POSITIVE_REALS, "bound on every operator norm; the projection radius behind layer l is sigma^l"
        ),
        Variable(sigma_1, NONNEGATIVE_REALS, "operator norm of the uncompressed layer"),
        Variable(largest_norm, NONNEGATIVE_REALS, "largest operator norm of the layers"),
        Variable(layer, POSITIVE_INTEGERS, "layer number"),
        Variable(reached, sympy.S.Naturals0, "layer outside B that the conclusion is about; 0 stands for the input"),
        INPUT_NORM,
        *ACTIVATION_VARIABLES,
        Variable(distance, NONNEGATIVE_REALS, "error in front of the uncompressed layer"),
        Variable(error_in_front, NONNEGATIVE_REALS, "error in front of layer l"),
        Variable(error, NONNEGATIVE_REALS, "error behind layer l"),
        Variable(error_behind_block, NONNEGATIVE_REALS, "error behind layer l + 1"),
        Variable(error_reached, NONNEGATIVE_REALS, "error behind layer l'"),
        Variable(xi, POSITIVE_REALS, "target"),
        Variable(e_1, NONNEGATIVE_REALS, "relative growth at a wide layer (57)"),
        Variable(e_2, NONNEGATIVE_REALS, "absolute growth at a wide layer (57)"),
        Variable(e_3, NONNEGATIVE_REALS, "relative growth behind a bottleneck block (58)"),
        Variable(e_4, NONNEGATIVE_REALS, "absolute growth behind a bottleneck block (58)"),
    ),
    variants={
        "printed": Variant(
            assumptions=(UNIT_BALL, NORMS, ZERO_AT_ZERO, LIPSCHITZ, CURVATURE, *GROWTH, SLACK),
            claims=(ERROR, UNCOMPRESSED),
        ),
        "corrected": Variant(
            assumptions=(UNIT_BALL, NORMS, ZERO_AT_ZERO, LIPSCHITZ, *GROWTH, *INDUCTION),
            claims=(ERROR, UNCOMPRESSED),
            corrections=(
                Correction(
                    "B is a subset of [m - 1]",
                    "A block needs the layer behind it: with m in B the conclusion skips the network's output.",
                    consequence=Consequence.CONDITION,
                    place="Lemma 17, page 34",
                ),
                Correction(
                    "no projection between the two layers of a block",
                    "Propositions 21 and 22, which supply (58), bound the block without one, and a projection in front "
                    "of W_{l+1} can increase the error behind it.",
                    consequence=Consequence.CONDITION,
                    place="(58), page 34",
                ),
                Correction(
                    "the four bounds on xi are replaced by the two inequalities that they imply",
                    "Theorem 2 sets epsilon_3 = xi/2 + (1 + xi/2) f(2 delta), which meets 2 epsilon_3 <= xi for no "
                    "delta > 0; the chain before its last simplification has room for it.",
                    consequence=Consequence.GAP,
                    place="Lemma 17 and (63), (65), pages 34 to 36",
                    formula="slack",
                ),
                Correction(
                    "smoothness, item (9), is not asked for",
                    "The printed form asks it of every layer; only the propositions that supply (58) use it, in B.",
                    consequence=Consequence.COSMETIC,
                    place="Lemma 17, page 34",
                    formula="activation-curvature",
                ),
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("lemma-9",),
    remarks=(
        "In print the four constants are positive; the proof needs no more than that they are not negative, and "
        "Theorem 3 has epsilon_1 = 0.",
    ),
)
