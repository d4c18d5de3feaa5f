"""Measured blocks: every kind of draw is unbiased, and one realization is near the mean or below."""

from dataclasses import replace

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bottleneck import ENTRIES, kept, tail
from .bottleneck_pruned import KEPT as KEPT_ENTRIES
from .bottleneck_quantized import UNQUANTIZED, unquantized
from .bottleneck_rows import KEPT as KEPT_ROWS
from .bottleneck_rows import ROWS
from .bottleneck_rows import kept as kept_rows
from .compressed_input import mean_block, mean_wide
from .exact_counts import STATEMENT as EXACT_COUNTS
from .exact_counts import entries, left
from .measured import bottleneck_error, wide_error
from .measured_in_the_mean import BLOCK_BOUND, WIDE_BOUND, in_the_mean
from .notation import draws, epsilon, error, n_1, p, weight
from .one_layer_error import h
from .proof_of_wide_layer_exact_counts import COUNTS
from .quantized_entries import VALUES, drawn
from .realized import counted, few_nonzero, least, no_worse
from .wide_layer_columns import COLUMNS
from .wide_layer_columns import KEPT as KEPT_COLUMNS
from .wide_layer_columns import kept as kept_columns

Steps = tuple[Step, ...]
COUNT = sympy.floor(p * n_1)
PRUNED_MEAN = sympy.Eq(Expectation(h), weight)
MULTIPLIER_MEAN = sympy.Eq(Expectation(h), 1, evaluate=False)
PRUNED = Step(
    "draw-mean",
    "the draw has mean w",
    "finite-law",
    PRUNED_MEAN,
    data={"law": [(p, weight / p), (1 - p, sympy.S.Zero)], "variable": h},
)
MULTIPLIER = Step(
    "draw-mean",
    "the multiplier has mean one",
    "finite-law",
    MULTIPLIER_MEAN,
    data={"law": [(p, 1 / p), (1 - p, sympy.S.Zero)], "variable": h},
)
COUNTED_MEAN = applied(
    "draw-mean",
    "every draw has its weight as mean",
    EXACT_COUNTS,
    "corrected",
    "mean",
    {entries: n_1, left: COUNT},
    given=(sympy.Ge(COUNT, 1), sympy.Le(COUNT, n_1)),
)
QUANTIZED = tuple(replace(step, id="draw-mean") if step.id == "unbiased" else step for step in drawn())
untouched = sympy.Symbol("U", integer=True)
LEFT, SHARE = sympy.Eq(untouched, ENTRIES - draws(ENTRIES)), sympy.Eq(unquantized, untouched / ENTRIES)
MASK = (
    Step("mask", "the U entries that are not drawn stay as they are", "let", sympy.And(LEFT, SHARE)),
    Step("kept", "their share", "smt", UNQUANTIZED.relation, (LEFT, SHARE), ("mask",)),
)
ONE = sympy.Integer(1)


def pruned(units: sympy.Expr, stays: sympy.Expr, share: Boolean, draw: Step, is_block: bool) -> Steps:
    """Few nonzero draws, and an error of at most (1 + epsilon) times the mean's bound."""
    claim = (bottleneck_error if is_block else wide_error)(1 + epsilon)
    few = tail(units).relation
    return (
        draw,
        *in_the_mean(draw.conclusion, draw.id, is_block),
        *counted(units, few, stays, share),
        *few_nonzero(units, few, BLOCK_BOUND if is_block else WIDE_BOUND, "mean-error", claim.relation),
    )


def best(drawn_steps: Steps, draw: Step, is_block: bool) -> Steps:
    """The least error is at most the mean: for draws that all keep, or quantize, as many entries."""
    claim = (bottleneck_error if is_block else wide_error)(ONE)
    bound = BLOCK_BOUND if is_block else WIDE_BOUND
    return (
        *drawn_steps,
        *in_the_mean(draw.conclusion, draw.id, is_block),
        *least(mean_block if is_block else mean_wide, error),
        *no_worse(bound, "mean-error", claim.relation),
    )


def quantized(is_block: bool) -> Steps:
    draw = next(step for step in QUANTIZED if step.id == "draw-mean")
    return (*best(QUANTIZED, draw, is_block), *VALUES, *MASK)


def exactly(is_block: bool) -> Steps:
    return best((*COUNTS, COUNTED_MEAN), COUNTED_MEAN, is_block)


PROOFS = {
    ("sharp-measured-wide", "printed"): pruned(ENTRIES, kept * ENTRIES, KEPT_ENTRIES.relation, PRUNED, False),
    ("sharp-measured-bottleneck", "printed"): pruned(ENTRIES, kept * ENTRIES, KEPT_ENTRIES.relation, PRUNED, True),
    ("sharp-measured-wide-columns", "printed"): pruned(COLUMNS, kept_columns, KEPT_COLUMNS.relation, MULTIPLIER, False),
    ("sharp-measured-bottleneck-rows", "printed"): pruned(ROWS, kept_rows, KEPT_ROWS.relation, MULTIPLIER, True),
    ("sharp-measured-wide-quantized", "printed"): quantized(False),
    ("sharp-measured-bottleneck-quantized", "printed"): quantized(True),
    ("sharp-measured-wide-exact-counts", "printed"): exactly(False),
    ("sharp-measured-bottleneck-exact-counts", "printed"): exactly(True),
}
