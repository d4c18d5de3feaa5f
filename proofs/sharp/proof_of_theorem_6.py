"""The sharper Theorem 6: units of one neuron."""

import sympy

from .network_conditions import ENTRY
from .norms_in_layers import WIDTHS
from .notation import c_2, largest_entry, n_l, n_l1, n_l2
from .structured_in_shares import proof
from .theorem_6 import ratios

PROOFS = {
    ("sharp-theorem-6", "printed"): proof(
        WIDTHS, sympy.Integer(1), largest_entry, c_2, ratios(n_l, n_l1, n_l2, c_2), ENTRY.id
    )
}
