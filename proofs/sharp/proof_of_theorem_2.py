"""The sharper Theorem 2: exact counts at every compressed layer, and equal shares over the layers."""

import sympy

from boundcheck.core.step import Step

from .bottleneck import kept as kept_here
from .bottleneck_exact_counts import STATEMENT as BOTTLENECK
from .network_conditions import NORM, kept_fraction
from .norms_in_layers import BEHIND_COLUMN, ENTRIES, ENTRY_IN, ENTRY_OUT
from .norms_in_layers import WIDTHS as WIDTHS_OF_LAYERS
from .notation import c_1, c_2, curvature, largest_entry, n_l1, n_l2, nu_1
from .sizes_in_layers import FRONT, SIZES, part_of, squares
from .theorem_2 import COLUMN, COUNTS, DRAW, WIDTHS
from .wide_layer_exact_counts import STATEMENT as WIDE
from .widths_in_shares import (
    Sharper,
    bias_small,
    block_growth,
    column_behind,
    column_tall,
    column_wide,
    conclusions,
    kept,
    norm_behind,
    variance_small,
    wide_growth,
    wide_small,
)

SHARPER = Sharper(
    one=WIDE,
    two=BOTTLENECK,
    where={nu_1: largest_entry, kept_here: kept_fraction},
    slack=sympy.Integer(1),
    widths=WIDTHS_OF_LAYERS,
    conditions=WIDTHS,
    given=(
        *(assumption.relation for assumption in COUNTS),
        *(sympy.Ge(column, 0) for column in (column_wide, column_tall, column_behind)),
    ),
    cites=(*(assumption.id for assumption in COUNTS), "wide-squares", "tall-squares", "behind-squares"),
)
COLUMNS = (
    *squares("wide", column_wide, n_l1, ENTRY_IN, ("entry-in",)),
    *squares("tall", column_tall, n_l1, ENTRY_OUT, ("entry-out",)),
    *part_of("tall", column_tall, NORM.relation, ("operator-norm",)),
    *BEHIND_COLUMN,
)
BY_ENTRIES = {step.id: step.conclusion for step in COLUMNS}
TALL_SMALL = sympy.Le(column_tall, COLUMN)
TALL = Step(
    "tall-column-small",
    "a bottleneck's column is at most min(c_1, c_2)",
    "smt",
    TALL_SMALL,
    (BY_ENTRIES["tall-by-norm"], BY_ENTRIES["tall-norm"], sympy.Ge(column_tall, 0)),
    ("tall-by-norm", "tall-norm", "tall-squares"),
)
stretch, bend, entry, width = sympy.symbols("s c nu w", real=True)
BIAS = bias_small(
    SHARPER,
    stretch * bend / 2 * DRAW * entry * width * FRONT**2,
    {stretch: (norm_behind, c_1), bend: (curvature, 1), entry: ENTRY_OUT.args, width: TALL_SMALL.args},
    (ENTRY_OUT, TALL_SMALL),
    ("entry-out", "tall-column-small"),
)
VARIANCE = variance_small(
    SHARPER,
    DRAW * c_2**2 * n_l2 / n_l1 * COLUMN**2 * FRONT**2,
    (BY_ENTRIES["behind-norm"], TALL_SMALL),
    ("behind-norm", "tall-column-small"),
)
PROOF = (
    *SIZES,
    *ENTRIES,
    *COLUMNS,
    TALL,
    SHARPER.of_one("kept", "exactly a share p of a wide layer's entries stays", "kept"),
    SHARPER.of_two("kept-of-a-bottleneck", "and of a bottleneck's", "kept"),
    *kept(SHARPER),
    *wide_growth(SHARPER, wide_small(SHARPER, (BY_ENTRIES["wide-norm"],), ("wide-norm",))),
    *block_growth(SHARPER, (*BIAS, *VARIANCE)),
    *conclusions(sympy.Integer(1)),
)
PROOFS = {("sharp-theorem-2", "printed"): PROOF}
