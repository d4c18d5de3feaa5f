"""The sharper Theorem 3: every entry is quantized, and equal shares over the layers."""

import sympy

from .bottleneck_quantized import STATEMENT as BOTTLENECK
from .bottleneck_quantized import multiple as multiple_here
from .bottleneck_quantized import unquantized
from .bottleneck_quantized import value as value_here
from .norms_in_layers import BEHIND_COLUMN, ENTRIES, ENTRY_IN, ENTRY_OUT
from .norms_in_layers import WIDTHS as WIDTHS_OF_LAYERS
from .notation import alpha, c_1, c_2, curvature, k, largest_entry, n_l1, n_l2, nu_1
from .sizes_in_layers import FRONT, SIZES
from .theorem_3 import WIDTHS, multiple, unquantized_fraction, value
from .wide_layer_quantized import STATEMENT as WIDE
from .widths_in_shares import (
    Sharper,
    bias_small,
    block_growth,
    column_behind,
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
    where={
        **{nu_1: largest_entry, alpha: sympy.Integer(1), unquantized: unquantized_fraction},
        **{value_here: value, multiple_here: multiple},
    },
    slack=sympy.Integer(1),
    widths=WIDTHS_OF_LAYERS,
    conditions=WIDTHS,
    given=(sympy.Ge(column_behind, 0),),
    cites=("behind-squares",),
)
NEXT = BEHIND_COLUMN[-1].conclusion
stretch, bend, entry = sympy.symbols("s c nu", real=True)
BIAS = bias_small(
    SHARPER,
    stretch * bend / 2 * sympy.sqrt(n_l1) * (entry * FRONT / (2 * k)) ** 2,
    {stretch: (norm_behind, c_1), bend: (curvature, 1), entry: ENTRY_OUT.args},
    (ENTRY_OUT,),
    ("entry-out",),
)
VARIANCE = variance_small(
    SHARPER,
    n_l2 / n_l1 * c_2**2 * c_2**2 * (FRONT / (2 * k)) ** 2,
    (NEXT, ENTRY_OUT),
    ("behind-norm", "entry-out"),
)
PROOF = (
    *SIZES,
    *ENTRIES,
    *BEHIND_COLUMN,
    SHARPER.of_one("kept", "every entry of a wide layer is quantized", "kept"),
    SHARPER.of_two("kept-of-a-bottleneck", "and of a bottleneck", "kept"),
    SHARPER.of_one("values", "what a wide layer's entries are", "values"),
    SHARPER.of_two("values-of-a-bottleneck", "and a bottleneck's", "values"),
    *kept(SHARPER),
    *wide_growth(SHARPER, wide_small(SHARPER, (ENTRY_IN,), ("entry-in",))),
    *block_growth(SHARPER, (*BIAS, *VARIANCE)),
    *conclusions(sympy.Integer(1)),
)
PROOFS = {("sharp-theorem-3", "printed"): PROOF}
