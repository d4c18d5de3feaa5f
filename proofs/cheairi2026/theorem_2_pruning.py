"""Theorem 2: wide layers and bottlenecks of a network can be pruned with a bounded error."""

import sympy

from boundcheck.core.functions import LeastDraws
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
from .assumption_10_operator_norm import ASSUMPTION as OPERATOR_NORM
from .assumption_11_largest_entry import ASSUMPTION as LARGEST_ENTRY
from .explicit_delta import EXPLICIT_DELTA
from .lemma_17_induction_over_layers import UNIT_BALL
from .notation import (
    ALPHA,
    NETWORK_VARIABLES,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    allowed_nonzeros,
    alpha,
    c_1,
    c_2,
    delta,
    depth,
    draws,
    epsilon,
    error_network,
    excess_probability,
    gamma,
    kept_fraction,
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

ENTRIES = n_l * n_l1
ROOM = p * (1 - alpha) * delta / (alpha * (1 - p))
NETWORK_ERROR = c_1 ** (2 * depth) * (1 + xi) ** depth * xi
REALIZED_SHARE = draws(ENTRIES) / ENTRIES

NETWORK_ASSUMPTIONS = (UNIT_BALL, ZERO_AT_ZERO, LIPSCHITZ, CURVATURE, OPERATOR_NORM, LARGEST_ENTRY)
WIDTHS = (
    Assumption(
        "wide-ratio",
        sympy.Le(n_l1 / n_l, ROOM * c_1**2 / c_2**2),
        "a wide layer shrinks its input enough",
        Scope.WIDE,
        "(13)",
    ),
    Assumption(
        "bottleneck-width",
        sympy.Le(
            1 / sympy.sqrt(n_l1),
            ROOM / (c_1**layer * c_2**2 * sympy.Max(1, c_1**-4) * sympy.Max(1, c_2**2, c_2**2 * (1 - p) / p)),
        ),
        "a bottleneck's inner width is large",
        Scope.BOTTLENECK,
        "(14)",
    ),
    Assumption(
        "bottleneck-ratio",
        sympy.Le(n_l2 / n_l1, ROOM * c_1**4 / c_2**4),
        "a bottleneck's second layer shrinks enough",
        Scope.BOTTLENECK,
        "(15)",
    ),
)
# As the proof sets it: the larger of Lemma 12's and 1/(1 - alpha).
PRINTED_N_0 = sympy.Max(LeastDraws(gamma, p, xi / 2), sympy.ceiling(1 / (1 - alpha)))
DRAWS_PRINTED = Assumption(
    "draws", sympy.Ge(sympy.Max(n_l, n_l1), n_0), "the larger width is at least n_0(p, xi)", Scope.COMPRESSED
)
ALPHA_CLOSE = Assumption(
    "alpha-close",
    sympy.Ge(alpha, sympy.Rational(99, 100)),
    "alpha is close enough to one; the proof takes about 0.99",
)
PROCESSED = (
    Assumption("alpha-above", sympy.Gt(alpha, 1 / ENTRIES), "alpha is above 1/N", Scope.COMPRESSED),
    Assumption("alpha-below", sympy.Le(alpha, 1 - 1 / ENTRIES), "alpha is at most 1 - 1/N", Scope.COMPRESSED),
)
TAIL = Assumption(
    "tail",
    sympy.Le(excess_probability(draws(ENTRIES)), epsilon / (1 + epsilon)),
    "more than (1 + gamma) p T nonzero draws, T = floor(alpha N), have probability at most epsilon/(1 + epsilon)",
    Scope.COMPRESSED,
    "Lemma 12",
)
ERROR = Claim(
    id="error",
    sense=Sense.EXISTENCE,
    equation="(17)",
    relation=sympy.Le(error_network, NETWORK_ERROR),
    meaning="there is a pruned network with this mean squared distance to the dense one",
)
LOSS = Claim(
    id="loss",
    sense=Sense.EXISTENCE,
    equation="(18)",
    relation=sympy.Le(loss_compressed, loss_dense + 2 * sympy.sqrt(error_network * loss_dense) + error_network),
    meaning="its loss; the error stands for c_1^{2m} epsilon, epsilon = (1 + xi)^m xi",
)
KEPT_PRINTED = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(16)",
    relation=sympy.Le(kept_fraction, sympy.Rational(1, 100) + sympy.Rational(101, 100) * p),
    meaning="share of nonzero entries in every compressed layer",
    scope=Scope.COMPRESSED,
)
KEPT = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(16)",
    relation=sympy.Le(kept_fraction, 1 - REALIZED_SHARE + allowed_nonzeros(draws(ENTRIES)) / ENTRIES),
    meaning="share of nonzero entries in every compressed layer",
    scope=Scope.COMPRESSED,
)
LAYERS_EXIST = Correction(
    "B is a subset of [m - 1]",
    "A bottleneck at the last layer has no layer behind it, and Lemma 17 then says nothing of the network's output.",
    consequence=Consequence.CONDITION,
    place="(6)",
    steps=("layer-behind-a-bottleneck",),
)
NO_INNER_PROJECTION = Correction(
    "no projection behind the layers of B",
    "The two-layer propositions bound the block without the inner projection that the printed network has, and a "
    "projection in front of W_{l+1} can raise the error behind it.",
    consequence=Consequence.CONDITION,
    place="the network's form, page 10",
    steps=("projection-inside-a-block",),
)
# Wording of a justification; what the step needs follows all the same.
JUSTIFICATION = Correction(
    "(103) uses nu_l <= c_2/sqrt(n_{l+1})",
    "Print says nu_l <= c_2/sqrt(max(n_{l+1}, n_{l+2})), which (11) does not give for nu_l.",
    consequence=Consequence.COSMETIC,
    place="(103), page 48",
    steps=("justification-of-103",),
)

STATEMENT = Statement(
    id="theorem-2",
    title="Pruning wide layers and bottlenecks",
    kind=Kind.THEOREM,
    source=Source("Theorem 2", page=9, equations="(13)-(18), (96)-(104)", arxiv="Theorem 1"),
    variables=(
        *NETWORK_VARIABLES,
        ALPHA,
        *PRUNING_PARAMETERS,
        Variable(delta, POSITIVE_REALS, "room that the width conditions leave"),
        Variable(n_0, POSITIVE_INTEGERS, "width (printed) or number of draws (corrected) that the realization needs"),
        Variable(kept_fraction, NONNEGATIVE_REALS, "share of nonzero entries in a compressed layer"),
        Variable(error_network, NONNEGATIVE_REALS, "mean squared distance of the outputs"),
        Variable(loss_dense, NONNEGATIVE_REALS, "squared loss of the dense network"),
        Variable(loss_compressed, NONNEGATIVE_REALS, "squared loss of the pruned network"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, ALPHA_CLOSE, DRAWS_PRINTED, *WIDTHS),
            claims=(KEPT_PRINTED, ERROR, LOSS),
            definitions={
                delta: EXPLICIT_DELTA.subs(epsilon, xi / 2),
                n_0: PRINTED_N_0,
            },
        ),
        "corrected": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, *PROCESSED, TAIL, *WIDTHS),
            claims=(KEPT, ERROR, LOSS),
            definitions={delta: EXPLICIT_DELTA},
            corrections=(
                Correction(
                    "delta is the explicit delta(xi, epsilon), and epsilon the factor of Lemma 12 at the layers' own "
                    "draws",
                    "The printed constants epsilon = xi/2 and epsilon_3 violate Lemma 17's xi >= 2 epsilon_3 for every "
                    "delta; its chain before the last simplification gives this delta.",
                    consequence=Consequence.GAP,
                    place="after (104), page 48",
                    formula="delta",
                    steps=("slack-at-a-block",),
                ),
                Correction(
                    "0.01 + 1.01 p becomes the share that alpha, gamma and p promise, and the width condition what "
                    "Propositions 19 and 22 ask for",
                    "With alpha = 0.99 exactly, floor(alpha N) can leave more than 0.01 N entries unprocessed, and n_0 "
                    "is only said to exist.",
                    consequence=Consequence.GAP,
                    place="(16), page 10",
                    formula="kept",
                    steps=("kept-fraction",),
                ),
                JUSTIFICATION,
                LAYERS_EXIST,
                NO_INNER_PROJECTION,
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9", "assumption-10", "assumption-11"),
    proof_uses=("proposition-19", "proposition-22", "lemma-17"),
    remarks=(
        "Print only says that delta and n_0 exist; the printed form is shown with explicit ones, at epsilon = xi/2.",
        "With alpha = 0.995 in place of 0.99 and n_0 >= 1/(1 - alpha), what is left unprocessed fits into 0.01: "
        "1 - floor(alpha N)/N <= 1 - alpha + 1/N <= 2 (1 - alpha).",
    ),
)
