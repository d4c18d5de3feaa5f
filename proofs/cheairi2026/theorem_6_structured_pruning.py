"""Theorem 6: columns of wide layers and rows of bottlenecks can be pruned with a bounded error."""

from dataclasses import replace

import sympy

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

from .blocks import (
    KEPT_PRINTED,
    KEPT_VARIABLES,
    LEAST_BLOCKS,
    LEAST_BLOCKS_VARIABLE,
    kept_claims,
    processed_in_network,
)
from .explicit_delta import EXPLICIT_DELTA
from .notation import (
    ALPHA,
    NETWORK_VARIABLES,
    NONNEGATIVE_REALS,
    POSITIVE_REALS,
    PRUNING_PARAMETERS,
    alpha,
    c_1,
    c_2,
    delta,
    epsilon,
    error_network,
    layer,
    loss_compressed,
    loss_dense,
    n_l,
    n_l1,
    n_l2,
    p,
    xi,
)
from .proposition_26_structured_network import (
    EXPLICIT_DELTA_NEEDED,
    LAMBDA_ROOM,
    ROOM_OF_LAMBDA,
    ROOM_OF_LAMBDA_PRINTED,
    SHARES,
    taken_over,
)
from .theorem_2_pruning import (
    DRAWS_PRINTED,
    ERROR,
    LAYERS_EXIST,
    LOSS,
    NETWORK_ASSUMPTIONS,
    NO_INNER_PROJECTION,
    ROOM,
)

INVERTED_ROOM = alpha * (1 - p) * delta / (p * (1 - alpha))


def ratios(
    widths: tuple[sympy.Expr, sympy.Expr, sympy.Expr],
    largest: sympy.Expr,
    equations: tuple[str, str, str],
    printed: bool,
) -> tuple[Assumption, ...]:
    """(27)-(29) for the widths of layer l's input and output and of the next output, and the square of c_2."""
    n_in, n_out, n_next = widths
    room_of_lambda = ROOM_OF_LAMBDA_PRINTED if printed else ROOM_OF_LAMBDA
    return (
        Assumption(
            "wide-ratio",
            sympy.Le(n_out / n_in, (INVERTED_ROOM if printed else ROOM) * c_1**2 / largest),
            "a wide layer shrinks its input enough",
            Scope.WIDE,
            equations[0],
        ),
        Assumption(
            "bottleneck-ratio",
            sympy.Le(
                n_next / n_out,
                sympy.Min(
                    room_of_lambda * sympy.Min(1, c_1**8) / (c_1 ** (2 * (layer + 1)) * largest),
                    ROOM * c_1**2 / largest,
                ),
            ),
            "a bottleneck's second layer shrinks enough",
            Scope.BOTTLENECK,
            equations[1],
        ),
        Assumption(
            "bottleneck-product",
            sympy.Le(
                sympy.sqrt(n_in * n_next) / n_out,
                ROOM / (c_1 ** (layer - 2) * largest * sympy.Max(1, (1 - p) / p)),
            ),
            "a bottleneck's inner width is large",
            Scope.BOTTLENECK,
            equations[2],
        ),
    )


WIDTHS, EQUATIONS = (n_l, n_l1, n_l2), ("(27)", "(28)", "(29)")
ROOM_UPSIDE_DOWN = Correction(
    "the bound on a wide layer's ratio has p (1 - alpha) above alpha (1 - p), as in Theorem 2",
    "The printed fraction is upside down: at alpha = 99/100 a Hadamard matrix of norm one meets it once "
    "p <= 99 delta/(1 + 99 delta), and with at most a share 1.01 p of the columns the error is at least 1 - 1.01 p.",
    consequence=Consequence.FALSE_AS_PRINTED,
    place="(27), page 13",
    formula="wide-ratio",
    steps=("wide-125", "hadamard-refutes-the-claims"),
)
NUMBER_OF_BLOCKS = Correction(
    "the larger width gives way to the number of columns of a wide layer and of rows of a bottleneck",
    "The proof draws n_l columns in W and n_{l+1} rows in B, and asks these for n_0; the larger width can be the other "
    "one.",
    consequence=Consequence.CONDITION,
    place="Theorem 6, page 13",
    formula="draws",
    steps=("draws-columns", "draws-rows"),
)

STATEMENT = Statement(
    id="theorem-6",
    title="Structured pruning: columns of wide layers, rows of bottlenecks",
    kind=Kind.THEOREM,
    source=Source("Theorem 6", page=13, equations="(27)-(30)", arxiv="Theorem 3"),
    variables=(
        *NETWORK_VARIABLES,
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
            assumptions=(*NETWORK_ASSUMPTIONS, DRAWS_PRINTED, *ratios(WIDTHS, c_2**2, EQUATIONS, printed=True)),
            claims=(*KEPT_PRINTED, replace(ERROR, equation=""), replace(LOSS, equation="(30)")),
            definitions={delta: EXPLICIT_DELTA.subs(epsilon, xi / 2), LEAST_BLOCKS_VARIABLE.symbol: LEAST_BLOCKS},
        ),
        "corrected": Variant(
            assumptions=(
                *NETWORK_ASSUMPTIONS,
                *processed_in_network(n_l, n_l1),
                *ratios(WIDTHS, c_2**2, EQUATIONS, printed=False),
            ),
            claims=(*kept_claims(n_l, n_l1), replace(ERROR, equation=""), replace(LOSS, equation="(30)")),
            definitions={delta: EXPLICIT_DELTA},
            corrections=(
                ROOM_UPSIDE_DOWN,
                replace(LAMBDA_ROOM, steps=("lambda-133",)),
                NUMBER_OF_BLOCKS,
                *taken_over(SHARES, EXPLICIT_DELTA_NEEDED, LAYERS_EXIST, NO_INNER_PROJECTION),
            ),
        ),
    },
    uses=("assumption-7", "assumption-8", "assumption-9", "assumption-10", "assumption-11"),
    proof_uses=("proposition-26",),
    remarks=(
        "Proposition 26 at k = 1: a block is one entry, and nu_l is the largest one.",
        "Print only says that delta and n_0 exist; the printed form is shown with explicit ones, at epsilon = xi/2.",
    ),
)
