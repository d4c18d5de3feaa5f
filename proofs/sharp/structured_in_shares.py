"""The proof that the sharper Theorems 6 and 7 share: columns of wide layers and rows of bottlenecks in equal shares.

A unit is a neuron, or a filter of r^2 neurons; what is said of entries holds of the norms of a filter's matrices.
"""

import sympy

from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from .bottleneck_rows import STATEMENT as BOTTLENECK
from .bottleneck_rows import kept as kept_rows_here
from .norms_in_layers import bounded, entries
from .notation import (
    alpha,
    bias_norm,
    c_1,
    curvature,
    epsilon,
    k,
    operator_norm,
    p,
    pruned,
    row_1,
)
from .sizes_in_layers import FRONT, SIZES, squares
from .theorem_6 import kept_columns, kept_rows
from .wide_layer_columns import STATEMENT as WIDE
from .wide_layer_columns import kept as kept_columns_here
from .widths_in_shares import (
    Sharper,
    bias_small,
    block_growth,
    column_behind,
    column_wide,
    conclusions,
    entry_behind,
    kept,
    norm_behind,
    variance_small,
    wide_growth,
    wide_small,
)

row_tall = sympy.Symbol("row_l", real=True)
stretch, bend, width, norm = sympy.symbols("s c w s'", real=True)


def proof(
    units: tuple[sympy.Expr, sympy.Expr, sympy.Expr],
    size: sympy.Expr,
    entry: sympy.Symbol,
    largest: sympy.Expr,
    conditions: tuple[Assumption, Assumption, Assumption],
    assumption: str,
) -> tuple[Step, ...]:
    """units: of layer l's input and output and of the next output, each of so many neurons. ``assumption`` bounds
    ``entry`` by ``largest`` over the root of the larger number of units.
    """
    n_in, n_out, n_next = units
    neurons = tuple(sympy.Ge(count * size, 1) for count in units)
    sharper = Sharper(
        one=WIDE,
        two=BOTTLENECK,
        where={
            **{k: size, alpha: sympy.Integer(1), row_1: row_tall, bias_norm: sympy.Integer(0)},
            **{kept_columns_here: kept_columns, kept_rows_here: kept_rows},
        },
        slack=1 + epsilon,
        widths=(n_in * size, n_out * size, n_next * size),
        conditions=conditions,
        given=(
            *(sympy.Ge(norm, 0) for norm in (column_wide, row_tall, column_behind)),
            *(relation for relation in neurons if relation != sympy.true),
        ),
        cites=("wide-squares", "tall-squares", "behind-squares"),
    )
    counted = tuple(
        Step(f"neurons-{place}", "a layer has at least one neuron", "smt", relation)
        for place, relation in enumerate(neurons)
        if relation != sympy.true
    )
    of_entries = entries(entry, largest, units, assumption)
    entry_in, entry_out = bounded(entry, largest, n_in), bounded(entry, largest, n_out)
    columns = (
        *squares("wide", column_wide, n_out, entry_in, ("entry-in",)),
        *squares("tall", row_tall, n_in, entry_out, ("entry-out",)),
        *squares("behind", column_behind, n_next, bounded(entry_behind, largest, n_out), ("entry-behind",)),
    )
    by_entries = {step.id: step.conclusion for step in columns}
    row_small = sympy.Le(row_tall, largest * sympy.sqrt(n_in / n_out))
    row = Step(
        "row-small",
        "so a bottleneck's row is short",
        "smt",
        row_small,
        (by_entries["tall-norm"], sympy.Ge(row_tall, 0)),
        ("tall-norm", "tall-squares"),
    )
    bias = bias_small(
        sharper,
        stretch * bend / 2 * pruned(p) * width * FRONT * norm * FRONT,
        {
            **{stretch: (norm_behind, c_1), bend: (curvature, 1)},
            **{width: row_small.args, norm: (operator_norm, c_1)},
        },
        (row_small, sympy.Le(operator_norm, c_1)),
        ("row-small", "operator-norm"),
    )
    variance = variance_small(
        sharper,
        pruned(p) * largest**2 * n_next / n_out * (c_1 * FRONT) ** 2,
        (by_entries["behind-norm"], sympy.Le(operator_norm, c_1)),
        ("behind-norm", "operator-norm"),
    )
    return (
        *SIZES,
        *counted,
        *of_entries,
        *columns,
        row,
        sharper.of_one("kept-columns", "the columns of a wide layer that stay", "kept"),
        sharper.of_two("kept-rows", "the rows of a bottleneck that stay", "kept"),
        *kept(sharper),
        *wide_growth(sharper, wide_small(sharper, (by_entries["wide-norm"],), ("wide-norm",))),
        *block_growth(sharper, (*bias, *variance)),
        *conclusions(1 + epsilon),
    )
