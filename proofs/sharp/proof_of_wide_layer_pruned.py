"""Pruning a wide layer: the equality for one layer, the cheapest entries' share of all scores, one realization."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Step

from .behind_a_layer import BEFORE, CARRIED_ON, carried_on, mean_error, one_realization, projected
from .bottleneck import ENTRIES, kept
from .bottleneck_pruned import KEPT
from .column_sums import all_columns, all_scores, cheapest, entries_of_a_column, sums, units
from .notation import alpha, before, carried, column_1, n_1, n_2, p, pruned, weight
from .one_layer_error import STATEMENT as ONE_LAYER_ERROR
from .one_layer_error import UNBIASED, added, h
from .wide_layer import CARRIED as CARRIED_TERM
from .wide_layer import CHEAPEST, PRUNED
from .wide_layer_pruned import ERROR, TAIL

norm = sympy.Symbol("||W_:j||", real=True)
LAW = {"law": [(p, weight / p), (1 - p, sympy.S.Zero)], "variable": h}
VARIANCE = sympy.Eq(Variance(h), pruned(p) * weight**2)
DRAWN = (
    Step("unbiased", "the draw has mean w", "finite-law", UNBIASED.relation, data=LAW),
    Step("variance", "and variance (1 - p)/p w^2", "finite-law", VARIANCE, data=LAW),
)
PER_COLUMN = pruned(p) * column_1**2
WHOLE = (sympy.Eq(units(n_2), norm**2), sympy.Ge(norm, 0), sympy.Le(norm, column_1))
COLUMN = entries_of_a_column(PER_COLUMN, pruned(p), weight**2, WHOLE, DRAWN)
IN_FRONT = applied(
    "in-front",
    "the error in front of the activation",
    ONE_LAYER_ERROR,
    "printed",
    "error",
    {before: Expectation(BEFORE**2), carried: CARRIED_ON},
)
MEAN_BOUND = CARRIED_TERM + CHEAPEST
PROOFS = {
    ("sharp-wide-layer-pruned", "printed"): (
        *projected(),
        *carried_on(),
        *all_columns(PER_COLUMN, n_1, COLUMN, sympy.Eq(all_scores, Expectation(sums(n_1)))),
        IN_FRONT,
        *cheapest(added, PRUNED, ENTRIES, "entries"),
        mean_error(IN_FRONT.conclusion, sympy.Le(added, alpha * PRUNED), MEAN_BOUND),
        *one_realization(ENTRIES, kept * ENTRIES, TAIL.relation, MEAN_BOUND, ERROR.relation, KEPT.relation),
    )
}
