"""Steps on the entries and columns of layer l and of the layer behind it, as c_1 and c_2 bound them."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.step import Step

from .network_conditions import ENTRY
from .notation import c_2, largest_entry, n_l, n_l1, n_l2
from .sizes_in_layers import squares
from .widths_in_shares import BEHIND, column_behind, entry_behind


def bounded(entry: sympy.Symbol, largest: sympy.Expr, width: sympy.Expr) -> Boolean:
    """entry <= largest/sqrt(width)."""
    relation: Boolean = sympy.Le(entry, largest / sympy.sqrt(width))
    return relation


def entries(
    entry: sympy.Symbol, largest: sympy.Expr, widths: tuple[sympy.Expr, sympy.Expr, sympy.Expr], assumption: str
) -> tuple[Step, ...]:
    """What bounds the entries (or filters) of layer l by each of its widths, and those of layer l + 1."""
    n_in, n_out, n_next = widths
    here = bounded(entry, largest, sympy.Max(n_in, n_out))
    behind = bounded(entry_behind, largest, sympy.Max(n_out, n_next))
    return (
        Step(
            "layer-behind",
            "the norm and the largest entry of layer l + 1",
            "let",
            sympy.And(*BEHIND, behind, sympy.Ge(entry_behind, 0)),
            cites=("operator-norm", assumption),
        ),
        Step("entry-in", "by the input's width", "smt", bounded(entry, largest, n_in), (here,), (assumption,)),
        Step("entry-out", "by the output's width", "smt", bounded(entry, largest, n_out), (here,), (assumption,)),
        Step(
            "entry-behind",
            "in the layer behind by its input's width",
            "smt",
            bounded(entry_behind, largest, n_out),
            (behind,),
            ("layer-behind",),
        ),
    )


WIDTHS = (n_l, n_l1, n_l2)
ENTRIES = entries(largest_entry, c_2, WIDTHS, ENTRY.id)
ENTRY_IN, ENTRY_OUT, ENTRY_BEHIND = (step.conclusion for step in ENTRIES[1:])
BEHIND_COLUMN = squares("behind", column_behind, n_l2, ENTRY_BEHIND, ("entry-behind",))
