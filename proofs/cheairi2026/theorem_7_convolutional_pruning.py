"""Theorem 7: input filters of wide convolutions and output filters of bottlenecks can be pruned."""

from dataclasses import replace

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Assumption,
    Consequence,
    Correction,
    Kind,
    Scope,
    Source,
    Statement,
    Variable,
    Variant,
)

from .assumption_7_activation_zero_at_zero import ASSUMPTION as ZERO_AT_ZERO
from .assumption_8_activation_lipschitz import ASSUMPTION as LIPSCHITZ
from .assumption_9_activation_curvature import ASSUMPTION as CURVATURE
from .assumption_10_operator_norm import ASSUMPTION as OPERATOR_NORM
from .blocks import (
    KEPT_PRINTED,
    KEPT_VARIABLES,
    LEAST_BLOCKS,
    LEAST_BLOCKS_VARIABLE,
    kept_claims,
    processed_in_network,
)
from .explicit_delta import EXPLICIT_DELTA
from .lemma_17_induction_over_layers import UNIT_BALL
from .notation import (
    ALPHA,
    C_1,
    C_2,
    LARGEST_ENTRY,
    NETWORK_VARIABLES,
    NONNEGATIVE_REALS,
    POSITIVE_INTEGERS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    c_2,
    delta,
    epsilon,
    error_network,
    largest_entry,
    loss_compressed,
    loss_dense,
    n_0,
    n_l,
    n_l1,
    n_l2,
    xi,
)
from .proposition_26_structured_network import EXPLICIT_DELTA_NEEDED, LAMBDA_ROOM, SHARES, taken_over
from .theorem_2_pruning import ERROR, LAYERS_EXIST, LOSS, NO_INNER_PROJECTION
from .theorem_6_structured_pruning import ratios

d_l = Named("d_l", r"d_{\ell}", integer=True, positive=True)
d_l1 = Named("d_{l+1}", r"d_{\ell+1}", integer=True, positive=True)
d_l2 = Named("d_{l+2}", r"d_{\ell+2}", integer=True, positive=True)
q, r = sympy.symbols("q r", integer=True, positive=True)
CHANNELS, EQUATIONS = (d_l, d_l1, d_l2), ("(34)", "(35)", "(36)")
LARGEST_SQUARED = c_2**2 * q**2
_WIDTHS = {n_l, n_l1, n_l2}

NETWORK_ASSUMPTIONS = (
    UNIT_BALL,
    ZERO_AT_ZERO,
    LIPSCHITZ,
    CURVATURE,
    OPERATOR_NORM,
    Assumption(
        "largest-entry",
        sympy.Le(largest_entry, c_2 / (q * sympy.sqrt(sympy.Max(d_l, d_l1)))),
        "every entry of W_l is at most c_2 over q times the root of the larger number of channels",
        Scope.LAYER,
        "(33)",
    ),
    Assumption("kernel", sympy.Le(q, r), "the kernels fit into the feature maps, whose side is r everywhere"),
)
DRAWS_PRINTED = Assumption(
    "draws", sympy.Ge(sympy.Max(d_l, d_l1), n_0), "the larger number of channels is at least n_0", Scope.COMPRESSED
)

STATEMENT = Statement(
    id="theorem-7",
    title="Pruning of filters: input filters of wide convolutions, output filters of bottlenecks",
    kind=Kind.THEOREM,
    source=Source("Theorem 7", page=18, equations="(33)-(38), (136)-(139)", arxiv="Theorem 4"),
    variables=(
        *(v for v in NETWORK_VARIABLES if v.symbol not in _WIDTHS | {LARGEST_ENTRY.symbol, C_1.symbol, C_2.symbol}),
        C_1,
        Variable(c_2, POSITIVE_REALS, "bound on every entry times the kernel's side and the root of the channels"),
        Variable(largest_entry, NONNEGATIVE_REALS, "largest absolute entry of W_l, which is that of the kernels"),
        Variable(d_l, POSITIVE_INTEGERS, "input channels of layer l"),
        Variable(d_l1, POSITIVE_INTEGERS, "output channels of layer l"),
        Variable(d_l2, POSITIVE_INTEGERS, "output channels of layer l + 1"),
        Variable(q, POSITIVE_INTEGERS, "side of the kernels"),
        Variable(r, POSITIVE_INTEGERS, "side of the feature maps"),
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
                *NETWORK_ASSUMPTIONS,
                DRAWS_PRINTED,
                *ratios(CHANNELS, LARGEST_SQUARED, EQUATIONS, printed=True),
            ),
            claims=(*KEPT_PRINTED, replace(ERROR, equation="(37)"), replace(LOSS, equation="(38)")),
            definitions={delta: EXPLICIT_DELTA.subs(epsilon, xi / 2), n_0: LEAST_BLOCKS},
        ),
        "corrected": Variant(
            assumptions=(
                *NETWORK_ASSUMPTIONS,
                *processed_in_network(d_l, d_l1),
                *ratios(CHANNELS, LARGEST_SQUARED, EQUATIONS, printed=False),
            ),
            claims=(*kept_claims(d_l, d_l1), replace(ERROR, equation="(37)"), replace(LOSS, equation="(38)")),
            definitions={delta: EXPLICIT_DELTA},
            corrections=(
                Correction(
                    "the bound on a wide layer's ratio has p (1 - alpha) above alpha (1 - p), as in Theorem 2",
                    "The printed fraction is upside down: on 1 x 1 feature maps the theorem is Theorem 6 with q = 1, "
                    "and a Hadamard matrix refutes it.",
                    consequence=Consequence.FALSE_AS_PRINTED,
                    place="(34), page 19",
                    formula="wide-ratio",
                    steps=("wide-125", "hadamard-refutes-the-claims"),
                ),
                replace(LAMBDA_ROOM, steps=("lambda-133",)),
                Correction(
                    "the larger number of channels gives way to that of input filters of a wide layer and of output "
                    "filters of a bottleneck",
                    "The proof draws d_l filters in W and d_{l+1} in B, and asks these for n_0; the larger number can "
                    "be the other one.",
                    consequence=Consequence.CONDITION,
                    place="Theorem 7, page 18",
                    formula="draws",
                    steps=("draws-columns", "draws-rows"),
                ),
                *taken_over(SHARES, EXPLICIT_DELTA_NEEDED, LAYERS_EXIST, NO_INNER_PROJECTION),
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9", "assumption-10"),
    proof_uses=("proposition-26", "lemma-13", "lemma-14"),
    remarks=(
        "Proposition 26 at k = r^2: a block is the matrix C(K_{o,i}) of one kernel, and by Lemma 14 its norm is at "
        "most q^2 times the largest entry, so at most c_2 q over the root of the larger number of channels.",
        "All layers are convolutions of stride 1 with circular padding on r x r maps; r cancels in the conditions.",
        "Print only says that delta and n_0 exist; the printed form is shown with explicit ones, at epsilon = xi/2.",
    ),
)
