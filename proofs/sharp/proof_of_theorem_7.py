"""The sharper Theorem 7: units of one filter, k = r^2 neurons."""

from .notation import c_2, k
from .structured_in_shares import proof
from .theorem_6 import ratios
from .theorem_7 import FILTER, d_l, d_l1, d_l2, filter_norm, q

PROOFS = {
    ("sharp-theorem-7", "printed"): proof(
        (d_l, d_l1, d_l2), k, filter_norm, c_2 * q, ratios(d_l, d_l1, d_l2, c_2 * q), FILTER.id
    )
}
