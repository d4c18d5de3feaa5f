"""Theorem 6 with the sharp bounds: columns of wide layers and rows of bottlenecks, the widths' conditions explicit."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Scope, Sense, Source, Statement, Variable, Variant

from .equal_shares import room
from .network_conditions import CLAIMS, NETWORK_ASSUMPTIONS, NETWORK_VARIABLES, conditions, left_for_the_means
from .notation import (
    PRUNING_PARAMETERS,
    allowed_nonzeros,
    c_1,
    c_2,
    epsilon,
    excess_probability,
    layer,
    n_l,
    n_l1,
    n_l2,
    p,
    pruned,
)

kept_columns = Named(
    "#{nonzero columns of W-hat_l}", r"\#\{ j : [\hat W_{\ell}]_{:,j} \ne 0 \}", integer=True, nonnegative=True
)
kept_rows = Named(
    "#{nonzero rows of W-hat_l}", r"\#\{ i : [\hat W_{\ell}]_{i,:} \ne 0 \}", integer=True, nonnegative=True
)
KEPT_VARIABLES = (
    Variable(kept_columns, sympy.S.Naturals0, "columns (filters) of a wide layer that are not set to zero"),
    Variable(kept_rows, sympy.S.Naturals0, "rows (filters) of a bottleneck that are not set to zero"),
)


def tails(columns: sympy.Expr, rows: sympy.Expr) -> tuple[Assumption, ...]:
    """Few enough nonzero draws are likely, of so many columns of a wide layer or rows of a bottleneck."""
    meaning = "more than (1 + gamma) p N nonzero draws have probability at most epsilon/(1 + epsilon)"
    return tuple(
        Assumption(name, sympy.Le(excess_probability(units), epsilon / (1 + epsilon)), meaning, scope)
        for name, units, scope in (("tail-columns", columns, Scope.WIDE), ("tail-rows", rows, Scope.BOTTLENECK))
    )


def ratios(n_in: sympy.Expr, n_out: sympy.Expr, n_next: sympy.Expr, largest: sympy.Expr) -> tuple[Assumption, ...]:
    """The conditions for the widths of layer l's input and output and of the next output; ``largest`` is c_2."""
    return conditions(
        wide=pruned(p) * largest**2 / c_1**2 * n_out / n_in,
        inner=pruned(p) / 2 * c_1 ** (layer - 1) * largest * sympy.sqrt(n_in / n_out),
        ratio=pruned(p) * largest**2 / c_1**2 * n_next / n_out,
    )


def kept(columns: sympy.Expr, rows: sympy.Expr) -> tuple[Claim, ...]:
    """How many of so many columns of a wide layer, or rows of a bottleneck, may stay nonzero."""
    return (
        Claim(
            "kept-columns",
            Sense.EXISTENCE,
            sympy.Le(kept_columns, allowed_nonzeros(columns)),
            "columns (filters) of a wide layer that are not set to zero",
            scope=Scope.WIDE,
        ),
        Claim(
            "kept-rows",
            Sense.EXISTENCE,
            sympy.Le(kept_rows, allowed_nonzeros(rows)),
            "rows (filters) of a bottleneck that are not set to zero",
            scope=Scope.BOTTLENECK,
        ),
    )


STATEMENT = Statement(
    id="sharp-theorem-6",
    title="Structured pruning, sharper",
    kind=Kind.THEOREM,
    source=Source("Theorem 6, sharper", page=5),
    variables=(*NETWORK_VARIABLES, *PRUNING_PARAMETERS, *KEPT_VARIABLES),
    variants={
        "printed": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, *tails(n_l, n_l1), *ratios(n_l, n_l1, n_l2, c_2)),
            claims=(*kept(n_l, n_l1), *CLAIMS),
            definitions={room: left_for_the_means(1 + epsilon)},
        ),
    },
    proof_uses=(
        "sharp-uncompressed-layer",
        "sharp-wide-layer-columns",
        "sharp-bottleneck-rows",
        "sharp-equal-shares",
        "sharp-network",
    ),
)
