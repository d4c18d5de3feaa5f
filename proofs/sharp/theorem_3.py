"""Theorem 3 with the sharp bounds: every entry is quantized, and the widths' conditions are explicit."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Scope, Sense, Source, Statement, Variable, Variant

from .equal_shares import room
from .network_conditions import CLAIMS, NETWORK_ASSUMPTIONS, NETWORK_VARIABLES, conditions, left_for_the_means
from .notation import LEVELS, NONNEGATIVE_REALS, c_1, c_2, k, largest_entry, layer, n_l, n_l1, n_l2

unquantized_fraction = Named(
    "#{W-hat_l not in K} / (n_l n_{l+1})",
    r"\frac{\| \mathbf{1}_{\hat W_{\ell} \notin \mathcal{K}} \|_0}{n_{\ell} n_{\ell+1}}",
    nonnegative=True,
)
value = Named("[W-hat_l]_ij", r"[\hat W_{\ell}]_{ij}", real=True)
multiple = Named("j", "j", integer=True, nonnegative=True)
STEP = 4 * k**2  # a draw's variance is at most the squared largest entry over that
WIDTHS = conditions(
    wide=c_2**2 / (STEP * c_1**2) * n_l1 / n_l,
    inner=c_2**2 * c_1 ** (layer - 2) / (2 * STEP * sympy.sqrt(n_l1)),
    ratio=c_2**4 / (STEP * c_1**4) * n_l2 / n_l1,
)
UNQUANTIZED = Claim(
    "kept",
    Sense.EQUALITY,
    sympy.Eq(unquantized_fraction, 0),
    "share of entries that stay unquantized in a compressed layer: none",
    scope=Scope.COMPRESSED,
)
VALUES = Claim(
    "values",
    Sense.EXISTENCE,
    sympy.And(sympy.Eq(sympy.Abs(value), multiple * largest_entry / k), sympy.Le(multiple, k)),
    "every entry of a compressed layer is a multiple of ||W_l||_inf/k up to ||W_l||_inf, zero included",
    scope=Scope.COMPRESSED,
)

STATEMENT = Statement(
    id="sharp-theorem-3",
    title="Quantizing wide layers and bottlenecks, sharper",
    kind=Kind.THEOREM,
    source=Source("Theorem 3, sharper", page=5),
    variables=(
        *NETWORK_VARIABLES,
        LEVELS,
        Variable(unquantized_fraction, NONNEGATIVE_REALS, "share of entries that stay unquantized"),
        Variable(value, sympy.S.Reals, "entry of a compressed layer"),
        Variable(multiple, sympy.S.Naturals0, "which multiple of the step its absolute value is"),
    ),
    variants={
        "printed": Variant(
            assumptions=(*NETWORK_ASSUMPTIONS, *WIDTHS),
            claims=(UNQUANTIZED, VALUES, *CLAIMS),
            definitions={room: left_for_the_means(sympy.Integer(1))},
        ),
    },
    proof_uses=(
        "sharp-uncompressed-layer",
        "sharp-wide-layer-quantized",
        "sharp-bottleneck-quantized",
        "sharp-equal-shares",
        "sharp-network",
    ),
)
