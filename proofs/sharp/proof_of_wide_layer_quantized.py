"""Quantizing a wide layer: the equality for one layer, the cheapest entries' share of all scores, the least error."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .behind_a_layer import BEFORE, CARRIED_ON, attained, carried_on, mean_error, projected
from .bottleneck import ENTRIES
from .bottleneck_quantized import UNQUANTIZED, unquantized
from .column_sums import all_columns, all_scores, cheapest, entries_of_a_column, sums, units
from .notation import alpha, before, carried, draws, k, n_1, n_2, nu_1, theta
from .one_layer_error import STATEMENT as ONE_LAYER_ERROR
from .one_layer_error import added
from .quantized_entries import VALUES, drawn
from .wide_layer_quantized import ERROR

untouched = sympy.Symbol("U", integer=True)
PER_ENTRY = nu_1**2 / (4 * k**2)
PER_COLUMN = n_2 * PER_ENTRY
COLUMN = entries_of_a_column(PER_COLUMN, PER_ENTRY, sympy.S.One, (sympy.Eq(units(n_2), n_2),), drawn())
IN_FRONT = applied(
    "in-front",
    "the error in front of the activation",
    ONE_LAYER_ERROR,
    "printed",
    "error",
    {before: Expectation(BEFORE**2), carried: CARRIED_ON},
)
LEFT, SHARE = sympy.Eq(untouched, ENTRIES - draws(ENTRIES)), sympy.Eq(unquantized, untouched / ENTRIES)
MEAN_BOUND = ERROR.relation.rhs
PROOFS = {
    ("sharp-wide-layer-quantized", "printed"): (
        *projected(),
        *carried_on(),
        *all_columns(PER_COLUMN, n_1, COLUMN, sympy.Eq(all_scores, Expectation(sums(n_1)))),
        *VALUES,
        IN_FRONT,
        *cheapest(added, PER_COLUMN * theta**2, ENTRIES, "entries"),
        mean_error(IN_FRONT.conclusion, sympy.Le(added, alpha * PER_COLUMN * theta**2), MEAN_BOUND),
        *attained(MEAN_BOUND, ERROR.relation),
        Step(
            "mask",
            "the U entries outside of K stay as they are",
            "let",
            sympy.And(LEFT, SHARE),
        ),
        Step("kept", "their share", "smt", UNQUANTIZED.relation, given=(LEFT, SHARE), cites=("mask",)),
    )
}
