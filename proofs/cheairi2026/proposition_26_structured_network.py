"""Proposition 26: block columns of wide layers and block rows of bottlenecks can be pruned with a bounded error."""

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
    Variable,
    Variant,
)

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .assumption_9_activation_curvature import ASSUMPTION as CURVATURE
from .blocks import (
    BLOCK_SIZE,
    KEPT_PRINTED,
    KEPT_VARIABLES,
    LEAST_BLOCKS,
    LEAST_BLOCKS_VARIABLE,
    divides,
    kept_claims,
    processed_in_network,
)
from .explicit_delta import EXPLICIT_DELTA
from .lemma_17_induction_over_layers import NORMS, UNIT_BALL, largest_norm, sigma
from .notation import (
    ACTIVATION_VARIABLES,
    ALPHA,
    INPUT_NORM,
    LAYER_WIDTHS,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    UNIT_INTERVAL,
    alpha,
    delta,
    depth,
    epsilon,
    error_network,
    k,
    layer,
    loss_compressed,
    loss_dense,
    n_0,
    n_l,
    n_l1,
    n_l2,
    p,
    xi,
)
from .theorem_2_pruning import LAYERS_EXIST, LOSS, NO_INNER_PROJECTION, ROOM

block_norm = Named("nu_l", r"\nu_{\ell}", nonnegative=True)
block_norm_next = Named("nu_{l+1}", r"\nu_{\ell+1}", nonnegative=True)
COLUMNS, ROWS = n_l / k, n_l1 / k

# The square of what bounds Lambda. In print it holds (1 - p)^2/(1 - p)^2, which is one.
ROOM_OF_LAMBDA_PRINTED = p**2 * (1 - p) ** 2 * delta**2 / (alpha**2 * (1 - p) ** 2)
ROOM_OF_LAMBDA = ROOM**2


def width_conditions(room_of_lambda: sympy.Expr) -> tuple[Assumption, ...]:
    """(125)-(127)."""
    return (
        Assumption(
            "wide-ratio",
            sympy.Le(block_norm**2 * n_l1 / k, ROOM * sigma**2),
            "a wide layer's blocks are small enough",
            Scope.WIDE,
            "(125)",
        ),
        Assumption(
            "bottleneck-ratio",
            sympy.Le(
                block_norm_next**2 * n_l2 / k,
                sympy.Min(room_of_lambda * sympy.Min(1, sigma**8) / sigma ** (2 * (layer + 1)), ROOM * sigma**2),
            ),
            "the blocks of a bottleneck's second layer are small enough",
            Scope.BOTTLENECK,
            "(126)",
        ),
        Assumption(
            "bottleneck-product",
            sympy.Le(
                block_norm * block_norm_next * sympy.sqrt(n_l * n_l2) / k,
                ROOM / (sigma ** (layer - 2) * sympy.Max(1, (1 - p) / p)),
            ),
            "the blocks of both layers of a bottleneck are small enough together",
            Scope.BOTTLENECK,
            "(127)",
        ),
    )


ACTIVATIONS = (ZERO_AT_ZERO, LIPSCHITZ, CURVATURE)
BLOCKS = (
    Assumption("draws-columns", sympy.Ge(COLUMNS, n_0), "a wide layer has n_0(xi, p) block columns", Scope.WIDE),
    Assumption("draws-rows", sympy.Ge(ROWS, n_0), "a bottleneck has n_0(xi, p) block rows", Scope.BOTTLENECK),
)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    relation=sympy.Le(error_network, sigma ** (2 * depth) * (1 + xi) ** depth * xi),
    meaning="there is a pruned network with this mean squared distance to the dense one",
)
EXPLICIT_DELTA_NEEDED = Correction(
    "delta is the explicit delta(xi, epsilon), and epsilon the factor of Lemma 12 at the layers' own draws",
    "The printed constants epsilon = xi/2 and epsilon_3 = xi/2 + (1 + xi/2) f(2 delta) violate Lemma 17's "
    "xi >= 2 epsilon_3 for every delta; its chain before the last simplification gives this delta.",
    consequence=Consequence.GAP,
    place="after (134), page 57",
    formula="delta",
    steps=("slack-at-a-block",),
)
SHARES = Correction(
    "1.01 p becomes the shares that alpha, gamma and p promise at the layers' own number of blocks",
    "The proof's (129) and (131) give 0.01 + 1.01 p: blocks that are not processed stay, and floor(alpha N) can leave "
    "more than 0.01 N of them.",
    consequence=Consequence.CONDITION,
    place="the statement's claims",
    formula="kept-columns",
    steps=("kept-columns", "kept-rows"),
)
LAMBDA_ROOM = Correction(
    "(1 - p)^2 in the numerator of the first bound on a bottleneck's second layer becomes (1 - alpha)^2",
    "As printed it cancels, and Lambda <= 2 delta does not follow: at p = 3/10, alpha = 99/100, delta = 1/100, l = 1 "
    "and norms of one Lambda may be 7/5.",
    consequence=Consequence.CONDITION,
    place="(126), (28), (35)",
    formula="bottleneck-ratio",
    steps=("lambda-133", "root-126"),
)


def taken_over(*corrections: Correction) -> tuple[Correction, ...]:
    """Corrections of this proposition that Theorems 6 and 7 inherit; the steps that fail are in its own proof."""
    return tuple(replace(correction, steps=()) for correction in corrections)


STATEMENT = Statement(
    id="proposition-26",
    title="Structured pruning of a network in blocks",
    kind=Kind.PROPOSITION,
    source=Source("Proposition 26", page=55, equations="(125)-(135)"),
    variables=(
        Variable(layer, POSITIVE_INTEGERS, "layer number"),
        Variable(depth, POSITIVE_INTEGERS, "number of layers"),
        *LAYER_WIDTHS,
        Variable(n_l2, POSITIVE_INTEGERS, "output width of layer l + 1"),
        BLOCK_SIZE,
        INPUT_NORM,
        *ACTIVATION_VARIABLES,
        Variable(largest_norm, NONNEGATIVE_REALS, "largest operator norm of the layers"),
        Variable(sigma, POSITIVE_REALS, "bound on every operator norm"),
        Variable(block_norm, NONNEGATIVE_REALS, "largest operator norm of a k x k block of W_l"),
        Variable(block_norm_next, NONNEGATIVE_REALS, "largest operator norm of a k x k block of W_{l+1}"),
        Variable(xi, UNIT_INTERVAL, "target of the theorem"),
        ALPHA,
        *PRUNING_PARAMETERS,
        Variable(delta, POSITIVE_REALS, "room that the width conditions leave"),
        LEAST_BLOCKS_VARIABLE,
        *KEPT_VARIABLES,
        Variable(error_network, NONNEGATIVE_REALS, "mean squared distance of the outputs"),
        Variable(loss_dense, NONNEGATIVE_REALS, "squared loss of the dense network"),
        Variable(loss_compressed, NONNEGATIVE_REALS, "squared loss of the pruned network"),
    ),
    variants={
        "printed": Variant(
            assumptions=(
                UNIT_BALL,
                NORMS,
                divides("block-input", n_l, Scope.LAYER),
                *BLOCKS,
                *width_conditions(ROOM_OF_LAMBDA_PRINTED),
            ),
            claims=(*KEPT_PRINTED, ERROR, replace(LOSS, equation="(128)")),
            definitions={delta: EXPLICIT_DELTA.subs(epsilon, xi / 2), n_0: LEAST_BLOCKS},
        ),
        "corrected": Variant(
            assumptions=(
                UNIT_BALL,
                NORMS,
                *ACTIVATIONS,
                divides("block-input", n_l, Scope.LAYER),
                divides("block-output", n_l1, Scope.LAYER),
                divides("block-next", n_l2, Scope.BOTTLENECK),
                *processed_in_network(COLUMNS, ROWS),
                *width_conditions(ROOM_OF_LAMBDA),
            ),
            claims=(*kept_claims(COLUMNS, ROWS), ERROR, replace(LOSS, equation="(128)")),
            definitions={delta: EXPLICIT_DELTA},
            corrections=(
                Correction(
                    "every activation meets (7) and (8), and those of B meet (9)",
                    "Propositions 24 and 25 and Lemma 17 ask for it; with W_1 = 0, phi_1 = 10 and sigma = 1 the "
                    "projected output is at distance 9 or more from the dense one.",
                    consequence=Consequence.FALSE_AS_PRINTED,
                    place="Proposition 26, page 55",
                    formula="activation-zero-at-zero",
                    steps=(
                        *("activation-zero-at-zero", "activation-lipschitz", "activation-curvature"),
                        "constant-network-claim",
                    ),
                ),
                Correction(
                    "k divides the network's output width too",
                    "The printed gcd ends at n_m, but nu_m speaks of the k x k blocks of W_m, which is n_{m+1} x n_m.",
                    consequence=Consequence.CONDITION,
                    place="Proposition 26, page 55",
                    formula="block-output",
                    steps=("block-output", "block-next"),
                ),
                LAMBDA_ROOM,
                EXPLICIT_DELTA_NEEDED,
                SHARES,
                LAYERS_EXIST,
                NO_INNER_PROJECTION,
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9"),
    proof_uses=("proposition-24", "proposition-25", "lemma-17"),
    remarks=(
        "Print only says that delta and n_0 exist; the printed form is shown with explicit ones, at epsilon = xi/2.",
        "A wide layer gives epsilon_2 = 2 (1 + xi/2) delta, which the proof rounds up to 4 delta; a block gives the "
        "same epsilon_3 and epsilon_4 as in Theorem 2, so the explicit delta is the same.",
        "The proof sums 2 e^{2 delta} (2 delta + 2 delta + delta) = 5 f(2 delta): slope, draw and input, in this "
        "order; min(1, sigma^8) in (126) is for the last.",
    ),
)
