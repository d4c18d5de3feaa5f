"""Pruning block columns of a wide layer: as for entries, with the image of a block in place of a column's entries."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Variance
from boundcheck.core.step import Step

from .behind_a_layer import BEFORE, CARRIED_ON, carried_on, mean_error, one_realization, projected
from .column_sums import all_columns, all_scores, cheapest, cost, sums
from .columns_error import STATEMENT as COLUMNS_ERROR
from .columns_error import UNBIASED, added, h
from .notation import alpha, before, carried, column_1, p, pruned
from .wide_layer import CARRIED as CARRIED_TERM
from .wide_layer import CHEAPEST, PRUNED
from .wide_layer_columns import COLUMNS, DIVIDES, ERROR, KEPT, TAIL, kept

blocks = sympy.Symbol("N", integer=True)
spread = sympy.Symbol("Var_E", real=True)
# The block W_{:,E} of columns, and the part x'_E of the input that it meets.
block, part = sympy.symbols("W_E x'_E")
LAW = {"law": [(p, 1 / p), (1 - p, sympy.S.Zero)], "variable": h}
VARIANCE = sympy.Eq(Variance(h), pruned(p), evaluate=False)
PER_COLUMN = pruned(p) * column_1**2
WHOLE = sympy.Eq(blocks, COLUMNS)
IMAGE = sympy.Le(Norm(block * part), Norm(block) * Norm(part))


def block_of_columns(square: sympy.Expr) -> tuple[Step, ...]:
    of_block = (
        *(sympy.Eq(spread, Variance(h)), sympy.Eq(cost, spread * Norm(block * part) ** 2)),
        *(sympy.Le(Norm(block), column_1), sympy.Eq(square, Norm(part) ** 2)),
    )
    return (
        Step("unbiased", "the multiplier has mean one", "finite-law", UNBIASED.relation, data=LAW),
        Step("variance", "and variance (1 - p)/p", "finite-law", VARIANCE, data=LAW),
        Step(
            "block",
            "its block W_E, of norm at most ||W_1||_col, would add Var(h_E) ||W_E x'_E||^2",
            "let",
            sympy.And(*of_block),
            cites=("next-column",),
        ),
        Step(
            "block-image",
            "||W_E x'_E|| <= ||W_E|| ||x'_E||",
            "named-lemma",
            IMAGE,
            data={"lemma": "operator-norm", "instance": {"A": block, "x": part}},
        ),
        Step(
            "column-cost",
            "what the block would add",
            "smt",
            sympy.Le(cost, PER_COLUMN * square),
            given=(*of_block, IMAGE, VARIANCE),
            cites=("block", "block-image", "variance"),
        ),
    )


NUMBER = (
    Step("number", "N is the number of blocks", "definition", sympy.Eq(blocks, sympy.floor(COLUMNS))),
    Step(
        "whole-blocks",
        "N = n_1/k, as k divides n_1",
        "smt",
        WHOLE,
        given=(sympy.Eq(blocks, sympy.floor(COLUMNS)), DIVIDES.relation),
        cites=("number", "block-input"),
    ),
    Step("blocks", "which is not negative", "smt", sympy.Ge(blocks, 0), given=(WHOLE,), cites=("whole-blocks",)),
)
IN_FRONT = applied(
    "in-front",
    "the error in front of the activation",
    COLUMNS_ERROR,
    "corrected",
    "error",
    {before: Expectation(BEFORE**2), carried: CARRIED_ON},
)
MEAN_BOUND = CARRIED_TERM + CHEAPEST
PROOFS = {
    ("sharp-wide-layer-columns", "printed"): (
        *projected(),
        *carried_on(),
        *NUMBER,
        *all_columns(PER_COLUMN, blocks, block_of_columns, sympy.Eq(all_scores, Expectation(sums(blocks)))),
        IN_FRONT,
        *cheapest(added, PRUNED, blocks, "block columns"),
        mean_error(IN_FRONT.conclusion, sympy.Le(added, alpha * PRUNED), MEAN_BOUND),
        *one_realization(COLUMNS, kept, TAIL.relation, MEAN_BOUND, ERROR.relation, KEPT.relation),
    )
}
