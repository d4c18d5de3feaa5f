"""Theorem 2 with the sharp bounds: exactly a share p of every row is kept, and the widths' conditions are explicit."""

import sympy

from boundcheck.core.statement import Assumption, Claim, Kind, Scope, Sense, Source, Statement, Variable, Variant

from .equal_shares import room
from .network_conditions import (
    CLAIMS,
    NETWORK_ASSUMPTIONS,
    NETWORK_VARIABLES,
    conditions,
    kept_fraction,
    left_for_the_means,
)
from .notation import KEEP_PROBABILITIES, NONNEGATIVE_REALS, c_1, c_2, layer, n_l, n_l1, n_l2, p, pruned

# Variance of an entry drawn by exact counts, in units of its square: a bound for all rows of n_l entries.
DRAW = pruned(p) * n_l / (n_l - 1)
COLUMN = sympy.Min(c_1, c_2)
COUNTS = (
    Assumption("two-inputs", sympy.Ge(n_l, 2), "a row has at least two entries", Scope.COMPRESSED),
    Assumption("whole-count", sympy.Eq(sympy.floor(p * n_l), p * n_l), "p n_l is an integer", Scope.COMPRESSED),
    Assumption("some-kept", sympy.Ge(p * n_l, 1), "at least one entry of a row stays", Scope.COMPRESSED),
)
WIDTHS = conditions(
    wide=DRAW * c_2**2 / c_1**2 * n_l1 / n_l,
    inner=DRAW / 2 * c_1 ** (layer - 2) * c_2 * COLUMN / sympy.sqrt(n_l1),
    ratio=DRAW * c_2**2 * COLUMN**2 / c_1**4 * n_l2 / n_l1,
)
KEPT = Claim(
    "kept",
    Sense.EQUALITY,
    sympy.Eq(kept_fraction, p),
    "share of nonzero entries in every compressed layer",
    scope=Scope.COMPRESSED,
)

STATEMENT = Statement(
    id="sharp-theorem-2",
    title="Pruning wide layers and bottlenecks, sharper",
    kind=Kind.THEOREM,
    source=Source("Theorem 2, sharper", page=5),
    variables=(
        *NETWORK_VARIABLES,
        Variable(p, KEEP_PROBABILITIES, "share of entries that every row of the layer keeps"),
        Variable(kept_fraction, NONNEGATIVE_REALS, "share of nonzero entries in a compressed layer"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, *COUNTS, *WIDTHS),
            claims=(KEPT, *CLAIMS),
            definitions={room: left_for_the_means(sympy.Integer(1))},
        ),
    },
    proof_uses=(
        "sharp-uncompressed-layer",
        "sharp-wide-layer-exact-counts",
        "sharp-bottleneck-exact-counts",
        "sharp-equal-shares",
        "sharp-network",
    ),
)
