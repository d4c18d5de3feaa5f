"""Proposition 26's proof: (125)-(127) give the growth over wide layers and bottlenecks, and Lemma 17 adds it up.

In print the activations are not assumed to be anything, a share of 1.01 p is claimed where the proof has more, and the
constants do not meet Lemma 17's condition on xi.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import sympy

from boundcheck.core.application import applied
from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from . import proposition_24_one_layer_structured as columns
from . import proposition_25_two_layers_structured as rows
from .blocks import KEPT_PRINTED, LEAST_BLOCKS, divides, kept_claims, kept_columns, kept_rows, range_of_alpha
from .growth_over_bottleneck_blocks import NORM_SIGNS, WHERE, bottleneck
from .growth_over_wide_blocks import INSIDE, LAYER, RADII, WIDE, wide
from .lemma_17_induction_over_layers import SLACK, e_3, largest_norm, sigma
from .notation import alpha, depth, draws, epsilon, gamma, k, n_0, n_l, n_l1, n_l2, p, xi
from .over_the_layers import closes, constant, constants, loss, network_error
from .proposition_26_structured_network import (
    ACTIVATIONS,
    COLUMNS,
    ERROR,
    ROOM_OF_LAMBDA,
    ROOM_OF_LAMBDA_PRINTED,
    ROWS,
    block_norm,
)
from .stated_against_proved import PROJECTION_INSIDE

SLACK_IN_PRINT = xi / 2
bottleneck_layer = sympy.Symbol("l_B", integer=True)
output, projected, distance = sympy.symbols("u v d", real=True)
COUNTS = (sympy.Eq(kept_columns, columns.kept / COLUMNS), sympy.Eq(kept_rows, rows.kept / ROWS))


def kept(form: str, slack: sympy.Expr) -> tuple[Step, ...]:
    """How many block columns and block rows stay, by Propositions 24 and 25."""
    given = (*NORM_SIGNS, INSIDE)
    by_24 = applied(
        "kept-24",
        "Proposition 24 counts the block columns that stay",
        columns.STATEMENT,
        form,
        "kept",
        {**LAYER, epsilon: slack},
        "(105)",
        given=given,
    )
    by_25 = applied(
        "kept-25",
        "Proposition 25 counts the block rows that stay",
        rows.STATEMENT,
        form,
        "kept",
        {**WHERE, epsilon: slack},
        "(116)",
        given=given,
    )
    counted = Step(
        "counts",
        "so many block columns and block rows are not zero, which makes these shares",
        "let",
        sympy.And(*COUNTS),
    )
    ends = _shares_printed if form == "printed" else _shares
    return (counted, by_24, by_25, *ends(by_24, by_25))


def _shares(by_24: Step, by_25: Step) -> Iterator[Step]:
    """The claims of the corrected form."""
    for step, count, claim in zip((by_24, by_25), COUNTS, kept_claims(COLUMNS, ROWS), strict=True):
        yield Step(
            claim.id,
            "over their number",
            "smt",
            claim.relation,
            given=(step.conclusion, count),
            cites=(step.id, "counts"),
        )


def _shares_printed(by_24: Step, by_25: Step) -> Iterator[Step]:
    """What the proof has, (129) and (131), and 1.01 p, which the statement has."""
    parts = (("129", by_24, COUNTS[0], COLUMNS, n_l), ("131", by_25, COUNTS[1], ROWS, n_l1))
    for (number, step, count, blocks, width), claim in zip(parts, KEPT_PRINTED, strict=True):
        share, stay = count.lhs, step.conclusion.lhs
        processed = draws(blocks)
        drawn = sympy.And(sympy.Ge(processed, alpha * blocks - 1), sympy.Le(processed, blocks))
        stays = sympy.Le(stay, (1 - alpha) * blocks + 1 + (1 + gamma) * p * blocks)
        yield Step(
            f"processed-{number}",
            "all but a share of 1 - alpha are processed, and what rounding to a whole number leaves",
            "smt",
            drawn,
            cites=(step.id,),
        )
        yield Step(
            f"stay-{number}",
            "so at most so many stay",
            "smt",
            stays,
            given=(step.conclusion, drawn),
            cites=(step.id, f"processed-{number}"),
        )
        yield Step(
            f"fraction-{number}",
            "as a share: 0.01 + 1.01 p in the limit",
            "smt",
            sympy.Le(share, 1 - alpha + 1 / blocks + (1 + gamma) * p),
            given=(stays, count),
            cites=(f"stay-{number}", "counts"),
            equation=f"({number})",
        )
        yield Step(
            claim.id,
            "that is at most 1.01 p, with alpha = 0.99 and gamma = 0.01",
            "enumeration",
            claim.relation,
            given=(step.conclusion, count),
            cites=(step.id, "counts", f"fraction-{number}"),
            data={"instances": partial(_realized, width, stay, share), "size": "100,000 blocks, p = 0.3"},
        )


def _realized(width: sympy.Symbol, stay: sympy.Symbol, share: sympy.Symbol) -> Iterator[dict[sympy.Basic, Fraction]]:
    """Blocks of one neuron of which as many stay as alpha = 0.99, gamma = 0.01 and p = 0.3 allow."""
    blocks, draw = 100_000, {alpha: Fraction(99, 100), gamma: Fraction(1, 100), p: Fraction(3, 10), k: Fraction(1)}
    processed = 99 * blocks // 100
    left = blocks - processed + 303 * processed // 1000
    yield {**draw, width: Fraction(blocks), stay: Fraction(left), share: Fraction(left, blocks)}


def _asked(assumption: Assumption) -> Step:
    """An assumption that Propositions 24, 25 and Lemma 17 have and the printed statement lacks."""
    return Step(
        f"activation-{assumption.id.removeprefix('activation-')}",
        f"what Propositions 24, 25 and Lemma 17 ask for: {assumption.meaning}",
        "smt",
        assumption.relation,
        equation=assumption.equation,
    )


def _enough(name: str, blocks: sympy.Expr) -> tuple[Step, Step]:
    """n_0 blocks leave at least one, and process at least one."""
    return tuple(
        Step(
            f"alpha-{side}-{name}",
            f"n_0 {name} are enough for alpha",
            "smt",
            condition.relation,
            given=(sympy.Ge(blocks, n_0), sympy.Eq(n_0, LEAST_BLOCKS)),
            cites=(f"draws-{name}",),
        )
        for side, condition in zip(("above", "below"), range_of_alpha(blocks, ""), strict=True)
    )


def layer_behind(last: sympy.Expr) -> tuple[Step, Step]:
    """The layer behind a bottleneck, if ``last`` is the last that a bottleneck may be."""
    return (
        Step(
            "bottleneck-layer",
            "let l be a layer of B",
            "let",
            sympy.And(sympy.Ge(bottleneck_layer, 1), sympy.Le(bottleneck_layer, last)),
        ),
        Step(
            "layer-behind-a-bottleneck",
            "layer l + 1 is there",
            "smt",
            sympy.Le(bottleneck_layer + 1, depth),
            given=(sympy.Le(bottleneck_layer, last),),
            cites=("bottleneck-layer",),
            equation="(6)",
        ),
    )


# What the printed statement does not say, and the proof needs.
NOT_ASSUMED = (
    *(_asked(assumption) for assumption in ACTIVATIONS),
    *(
        Step(
            condition.id,
            f"{condition.meaning}, as it does n_l for every l in [m]",
            "smt",
            condition.relation,
            given=(divides("block-input", n_l).relation,),
            cites=("block-input",),
        )
        for condition in (divides("block-output", n_l1), divides("block-next", n_l2))
    ),
    *_enough("columns", COLUMNS),
    *_enough("rows", ROWS),
)
# Without (7) the claim fails: the dense output phi_1(0) = 10 lies outside of the ball that Phi-hat is projected to.
NOT_ZERO_AT_ZERO = (
    Step(
        "constant-network",
        "let m = 1, W_1 = 0, sigma = 1 and phi_1(0) = 10; Phi-hat = [v]_1 whatever the pruned matrix is",
        "let",
        sympy.And(
            sympy.Eq(output, 10),
            sympy.Ge(projected, -1),
            sympy.Le(projected, 1),
            sympy.Eq(distance, (output - projected) ** 2),
        ),
    ),
    Step(
        "constant-network-meets-125",
        "its blocks are zero, which (125) allows",
        "smt",
        WIDE.subs({block_norm: 0, sigma: 1}),
        equation="(125)",
    ),
    Step(
        "constant-network-error",
        "the squared distance of the two outputs is at least 81",
        "smt",
        sympy.Ge(distance, 81),
        given=(
            sympy.Eq(output, 10),
            sympy.Ge(projected, -1),
            sympy.Le(projected, 1),
            sympy.Eq(distance, (output - projected) ** 2),
        ),
        cites=("constant-network",),
    ),
    Step(
        "constant-network-claim",
        "the error of the constant network is at most (1 + xi) xi, as is claimed",
        "smt",
        sympy.Le(distance, ERROR.relation.rhs.subs({sigma: 1, depth: 1})),
        given=(sympy.Ge(distance, 81),),
        cites=("constant-network-error",),
        refutes="claim",
    ),
)
CONSTANTS_MEET_LEMMA_17 = (
    Step(
        "constant-behind-a-block",
        "f(2 delta) > 0, so e_3 = xi/2 + (1 + xi/2) f(2 delta) is above xi/2",
        "smt",
        sympy.Gt(e_3, xi / 2),
        given=(constant(e_3, SLACK_IN_PRINT),),
        cites=("constants",),
    ),
    Step(
        "slack-at-a-block",
        "the constants set in the proof meet Lemma 17's condition on xi, of which xi >= 2 e_3 is a part",
        "smt",
        SLACK.relation,
        given=(sympy.Gt(e_3, xi / 2),),
        cites=("constant-behind-a-block",),
        equation="after (134)",
    ),
)


def _growth(form: str, room_of_lambda: sympy.Expr, slack: sympy.Expr) -> tuple[Step, ...]:
    return (*RADII, constants(slack), *wide(form, slack), *bottleneck(form, room_of_lambda, slack), *kept(form, slack))


END = (*loss(sigma),)
PROOFS = {
    ("proposition-26", "printed"): (
        *layer_behind(depth),
        *PROJECTION_INSIDE,
        *NOT_ASSUMED,
        *NOT_ZERO_AT_ZERO,
        *_growth("printed", ROOM_OF_LAMBDA_PRINTED, SLACK_IN_PRINT),
        *CONSTANTS_MEET_LEMMA_17,
        network_error("printed", sigma, largest_norm),
        *END,
    ),
    ("proposition-26", "corrected"): (
        *layer_behind(depth - 1),
        *_growth("corrected", ROOM_OF_LAMBDA, epsilon),
        *closes(epsilon),
        network_error("corrected", sigma, largest_norm),
        *END,
    ),
}
