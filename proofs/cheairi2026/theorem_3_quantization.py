"""Theorem 3: wide layers and bottlenecks of a network can be quantized with a bounded error."""

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

from .explicit_delta import EXPLICIT_DELTA
from .notation import (
    ALPHA,
    LEVELS,
    NETWORK_VARIABLES,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    alpha,
    c_1,
    c_2,
    delta,
    draws,
    epsilon,
    error_network,
    k,
    largest_entry,
    layer,
    loss_compressed,
    loss_dense,
    n_0,
    n_l,
    n_l1,
    n_l2,
    scale_l,
    unquantized_fraction,
)
from .proposition_18_one_layer_quantization import MULTIPLE, ZERO_IS_A_VALUE, quantized
from .theorem_2_pruning import (
    ALPHA_CLOSE,
    ENTRIES,
    ERROR,
    LAYERS_EXIST,
    LOSS,
    NETWORK_ASSUMPTIONS,
    NO_INNER_PROJECTION,
    PROCESSED,
)

ROOM = (1 - alpha) * k**2 * delta / alpha
value = Named("[W-hat_l]_ij", r"[\hat W_{\ell}]_{ij}", real=True)
printed_step, corrected_step = c_2 * scale_l / k, largest_entry / k


def widths(small_c_1: sympy.Expr) -> tuple[Assumption, ...]:
    """(19)-(21), with the factor of (20) that covers operator norms on one side of 1."""
    return (
        Assumption(
            "wide-ratio",
            sympy.Le(n_l1 / n_l, ROOM * c_1**2 / c_2**2),
            "a wide layer shrinks its input enough",
            Scope.WIDE,
            "(19)",
        ),
        Assumption(
            "bottleneck-width",
            sympy.Le(
                1 / sympy.sqrt(n_l1),
                ROOM / (c_1**layer * c_2**2 * sympy.Max(1, small_c_1) * sympy.Max(1, c_2**2 / k)),
            ),
            "a bottleneck's inner width is large",
            Scope.BOTTLENECK,
            "(20)",
        ),
        Assumption(
            "bottleneck-ratio",
            sympy.Le(n_l2 / n_l1, ROOM * c_1**4 / c_2**4),
            "a bottleneck's second layer shrinks enough",
            Scope.BOTTLENECK,
            "(21)",
        ),
    )


def values(step: sympy.Expr, with_zero: bool) -> Claim:
    """The set that the quantized entries lie in."""
    return Claim(
        id="values",
        sense=Sense.EXISTENCE,
        relation=quantized(value, step, with_zero),
        meaning="what the quantized entries are multiples of, and which multiples",
        scope=Scope.COMPRESSED,
    )


QUANTIZED_ERROR = replace(
    ERROR, equation="(23)", meaning="there is a quantized network with this mean squared distance to the dense one"
)
QUANTIZED_LOSS = replace(LOSS, equation="(24)")
UNQUANTIZED_PRINTED = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(22)",
    relation=sympy.Le(unquantized_fraction, sympy.Rational(1, 100)),
    meaning="share of entries outside K in every compressed layer",
    scope=Scope.COMPRESSED,
)
UNQUANTIZED = Claim(
    id="kept",
    sense=Sense.EXISTENCE,
    equation="(22)",
    relation=sympy.Le(unquantized_fraction, 1 - draws(ENTRIES) / ENTRIES),
    meaning="share of entries outside K in every compressed layer",
    scope=Scope.COMPRESSED,
)
# As the proof sets it, without Lemma 12, which quantization does not need.
PRINTED_N_0 = sympy.ceiling(1 / (1 - alpha))
DRAWS_PRINTED = Assumption(
    "draws", sympy.Ge(sympy.Max(n_l, n_l1), n_0), "the larger width is at least n_0(k, xi)", Scope.COMPRESSED
)

STATEMENT = Statement(
    id="theorem-3",
    title="Quantizing wide layers and bottlenecks",
    kind=Kind.THEOREM,
    source=Source("Theorem 3", page=10, equations="(19)-(24)", arxiv="Theorem 2"),
    variables=(
        *NETWORK_VARIABLES,
        ALPHA,
        LEVELS,
        Variable(delta, POSITIVE_REALS, "room that the width conditions leave"),
        Variable(n_0, POSITIVE_INTEGERS, "width that the range of alpha needs"),
        Variable(value, sympy.S.Reals, "quantized entry"),
        MULTIPLE,
        Variable(unquantized_fraction, NONNEGATIVE_REALS, "share of entries outside K"),
        Variable(error_network, NONNEGATIVE_REALS, "mean squared distance of the outputs"),
        Variable(loss_dense, NONNEGATIVE_REALS, "squared loss of the dense network"),
        Variable(loss_compressed, NONNEGATIVE_REALS, "squared loss of the quantized network"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, ALPHA_CLOSE, DRAWS_PRINTED, *widths(c_1**4)),
            claims=(UNQUANTIZED_PRINTED, values(printed_step, with_zero=False), QUANTIZED_ERROR, QUANTIZED_LOSS),
            definitions={delta: EXPLICIT_DELTA.subs(epsilon, 0), n_0: PRINTED_N_0},
        ),
        "corrected": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, *PROCESSED, *widths(c_1**-4)),
            claims=(UNQUANTIZED, values(corrected_step, with_zero=True), QUANTIZED_ERROR, QUANTIZED_LOSS),
            definitions={delta: EXPLICIT_DELTA.subs(epsilon, 0)},
            corrections=(
                Correction(
                    "(20) has max(1, c_1^-4) in place of max(1, c_1^4)",
                    "For c_1 < 1 the first and third summand of f(Lambda) omega are only bounded by multiples of "
                    "c_1^{2(l+1)} if the condition gains c_1^-4, as (14) does.",
                    consequence=Consequence.CONDITION,
                    place="(20), page 10",
                    formula="bottleneck-width",
                    steps=("input-summand", "draw-summand"),
                ),
                ZERO_IS_A_VALUE,
                Correction(
                    "the step is ||W_l||_inf / k in place of c_2 / (k sqrt(max(n_l, n_{l+1})))",
                    "The draws of Algorithm 1 and Propositions 18 and 21 are multiples of ||W_l||_inf / k, which (11) "
                    "only bounds.",
                    consequence=Consequence.GAP,
                    place="K and (22), pages 10 and 11",
                    formula="values",
                    steps=("values-in-k",),
                ),
                Correction(
                    "0.01 becomes the share that alpha leaves unprocessed, and the width condition the range of alpha "
                    "that Propositions 18 and 21 ask for",
                    "With alpha = 0.99 exactly, floor(alpha N) can leave more than 0.01 N entries outside K, and n_0 "
                    "is only said to exist.",
                    consequence=Consequence.GAP,
                    place="(22), page 11",
                    formula="kept",
                    steps=("unquantized-fraction",),
                ),
                Correction(
                    "delta is the explicit delta(xi, 0)",
                    "The theorem only says that delta(xi) exists; no realization step is needed, so epsilon = 0.",
                    Consequence.COSMETIC,
                    "Theorem 3, page 10",
                    "delta",
                ),
                LAYERS_EXIST,
                NO_INNER_PROJECTION,
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9", "assumption-10", "assumption-11"),
    proof_uses=("proposition-18", "proposition-21", "lemma-17"),
    remarks=(
        "Print only says that delta and n_0 exist; the printed form is shown with the explicit ones.",
        "Draws that round an entry in [-s, s] to s or -s, s = c_2/(k sqrt(max(n_l, n_{l+1}))), and a larger one to a "
        "multiple of s next to it, are unbiased and lie in the printed K; whether they can replace Algorithm 1's in "
        "blocks is not worked out.",
    ),
)
