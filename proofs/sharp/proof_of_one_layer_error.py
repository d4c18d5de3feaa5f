"""The error of one layer: every draw changes one entry of the residual, by something of mean zero."""

import sympy

from .draws_in_turn import InTurn, in_turn
from .notation import before, carried, weight
from .one_layer_error import UNBIASED, UNBIASED_ROWS, added, added_by_rows, before_by_rows, h, zeta

others, residual, x = sympy.symbols("rest R_i x'_j", real=True)
other_rows, row = sympy.symbols("rest_rows r_i", real=True)

ENTRY = InTurn(
    kind="error",
    text="the draw changes the residual R = W x - U x' in its row i alone, by -(h_ij - W_ij) x'_j",
    before=others + residual**2,
    after=others + (residual - (h - weight) * x) ** 2,
    draw=h,
    mean=weight,
    unbiased=UNBIASED.relation,
    unbiased_by=UNBIASED.id,
    times=x**2,
    error=before,
    carried=carried,
    added=added,
    new=(sympy.Ge(others, 0),),
)
ROW = InTurn(
    kind="rows",
    text="the draw of row i changes the residual R = W x - U x' in that row alone, by -zeta_i",
    before=other_rows + row**2,
    after=other_rows + (row - zeta) ** 2,
    draw=zeta,
    mean=sympy.S.Zero,
    unbiased=UNBIASED_ROWS.relation,
    unbiased_by=UNBIASED_ROWS.id,
    times=sympy.S.One,
    error=before_by_rows,
    carried=carried,
    added=added_by_rows,
    new=(sympy.Ge(other_rows, 0),),
)
PROOFS = {("sharp-one-layer-error", "printed"): (*in_turn(ENTRY), *in_turn(ROW))}
