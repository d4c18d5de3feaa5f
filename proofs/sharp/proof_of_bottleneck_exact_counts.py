"""Exact counts in a bottleneck: a row's variance is at most n_1/(n_1 - 1) times that of independent draws."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from .bottleneck import ENTRIES, by_curvature, by_slopes, error_claims, kept
from .bottleneck_error import mean_error
from .bottleneck_exact_counts import KEPT, SOME, WHOLE, WIDTH
from .bottleneck_pruned import definitions
from .entries_of_a_block import AT_MOST_OWN, CENTRED_SUM, LARGEST, draw_variance, own, summed_by_columns, variances
from .exact_counts import STATEMENT as EXACT_COUNTS
from .exact_counts import entries, left, squares
from .notation import column_1, error, n_1, n_2, nu_1, p, pruned, theta, v, weight
from .proof_of_bottleneck_pruned import mean_bound
from .realized import least, no_worse
from .units_of_a_block import POSITIVE, VARIANCE_IS, Units, behind, v_i

row_squares, count = sympy.symbols("sum_j(w_jx_j)^2 N_kept", real=True)
FACTOR = pruned(p) * n_1 / (n_1 - 1)
FORMULAS = definitions(FACTOR)
UNITS = Units(FACTOR * nu_1**2 * theta**2, FACTOR * column_1**2 * theta**2, FORMULAS, facts=(WIDTH.relation,))
ERRORS = error_claims(sympy.Integer(1), "")
DRAW = sympy.Eq(draw_variance, FACTOR * weight**2)
OWN = sympy.Eq(own, FACTOR * row_squares)
IN_WHOLE = {entries: n_1, left: sympy.floor(p * n_1), v: v_i, squares: row_squares}
BOUND = applied(
    "row-variance",
    "the variance of a row's deviation, p n_1 of n_1 entries kept",
    EXACT_COUNTS,
    "corrected",
    "bound",
    IN_WHOLE,
    given=(POSITIVE, sympy.Ge(row_squares, 0), WHOLE.relation, SOME.relation, WIDTH.relation),
)
COUNTED = sympy.And(sympy.Eq(count, n_2 * IN_WHOLE[left]), sympy.Eq(kept * ENTRIES, count))
ROW = (
    Step(
        "deviation",
        "let zeta be the deviation of a unit's preactivation at given inputs, v_i its variance, and d = F w^2 with "
        "F = n_1/(n_1 - 1) (1 - p)/p",
        "let",
        sympy.And(VARIANCE_IS, DRAW, OWN, sympy.Ge(row_squares, 0)),
    ),
    CENTRED_SUM,
    Step("positive", "v_i is not negative", "smt", POSITIVE, (VARIANCE_IS,), ("deviation",)),
    Step(
        "counts",
        "p n_1 entries of a row are kept",
        "smt",
        sympy.And(sympy.Le(IN_WHOLE[left], n_1), sympy.Ge(IN_WHOLE[left], 1)),
        (WHOLE.relation, SOME.relation),
        ("whole-count", "some-kept"),
    ),
    BOUND,
    Step(
        "unit-sum",
        "so v_i is at most the sum of d_j x'_j^2",
        "smt",
        AT_MOST_OWN,
        (BOUND.conclusion, OWN, WHOLE.relation, SOME.relation, WIDTH.relation),
        ("row-variance", "deviation", "whole-count", "some-kept", "two-inputs"),
    ),
)
KEEPING = (
    Step("counting", "every row keeps p n_1 of its entries", "let", COUNTED),
    Step("kept", "so their share is p", "smt", KEPT.relation, (COUNTED, WHOLE.relation), ("counting", "whole-count")),
)
PROOFS = {
    ("sharp-bottleneck-exact-counts", "printed"): (
        *(LARGEST, *ROW),
        *variances(DRAW, "deviation", FACTOR * nu_1**2, (WIDTH.relation,)),
        summed_by_columns(DRAW, "deviation", FACTOR, (WIDTH.relation,)),
        *behind(UNITS),
        *KEEPING,
        *least(mean_error, error),
        *no_worse(mean_bound(FORMULAS, by_slopes), "mean-error", ERRORS[0].relation.subs(FORMULAS)),
        *no_worse(
            mean_bound(FORMULAS, by_curvature), "mean-error-smooth", ERRORS[1].relation.subs(FORMULAS), "-smooth"
        ),
    )
}
