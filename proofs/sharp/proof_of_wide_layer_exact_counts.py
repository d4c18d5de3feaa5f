"""Exact counts in a wide layer: the equality for rows, and every row's variance within n_1/(n_1 - 1) of Bernoulli's.

At one compressed input D(i) is what the first i rows add, R(i) the sum of their (w x')^2; all rows and all columns give
one sum of these squares. mu(j) is the mean of the first j terms of a row's deviation.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Step

from .behind_a_layer import BEFORE, CARRIED_ON, attained, carried_on, mean_error, projected
from .bottleneck import kept
from .bottleneck_exact_counts import KEPT, SOME, WHOLE, WIDTH
from .column_sums import all_columns, all_scores, cost, sums
from .exact_counts import STATEMENT as EXACT_COUNTS
from .exact_counts import entries, left, mean, squares, total
from .notation import carried, column_1, n_1, n_2, p, pruned, theta, v, weight
from .one_layer_error import STATEMENT as ONE_LAYER_ERROR
from .one_layer_error import UNBIASED_ROWS, added_by_rows, before_by_rows, zeta
from .wide_layer import PRUNED
from .wide_layer_exact_counts import ERROR

i, j = sympy.symbols("i_row j_row", integer=True)
norm, term, row_squares, row_total, row_cost, nonzero = sympy.symbols("||W_j|| x_j Q_i z_i v_i H", real=True)
rows, row_sums, deviation = (sympy.Function(name, real=True) for name in ("D", "R", "mu"))
COUNT = sympy.floor(p * n_1)
FACTOR = pruned(p) * n_1 / (n_1 - 1)
AT = {entries: n_1, left: COUNT, squares: row_squares, total: row_total, v: row_cost}

COUNTS = (
    Step(
        "count",
        "t = p n_1 entries of a row stay, at least one and at most all",
        "smt",
        sympy.And(sympy.Ge(COUNT, 1), sympy.Le(COUNT, n_1)),
        given=(WHOLE.relation, SOME.relation),
        cites=("whole-count", "some-kept"),
    ),
    Step(
        "mask",
        "H entries stay: as many in each of the n_2 rows",
        "let",
        sympy.And(sympy.Eq(nonzero, n_2 * COUNT), sympy.Eq(kept, nonzero / (n_1 * n_2))),
    ),
    Step(
        "kept",
        "their share is p",
        "smt",
        KEPT.relation,
        given=(sympy.Eq(nonzero, n_2 * COUNT), sympy.Eq(kept, nonzero / (n_1 * n_2)), WHOLE.relation),
        cites=("mask", "whole-count"),
    ),
)
KNOWN = (sympy.Ge(COUNT, 1), sympy.Le(COUNT, n_1))
SQUARES = sympy.And(sympy.Ge(row_squares, 0), sympy.Eq(row_sums(i + 1), row_sums(i) + row_squares))
SPREAD = (
    sympy.Ge(row_cost, 0),
    sympy.Eq(row_cost, Variance(zeta)),
    sympy.Eq(rows(i + 1), rows(i) + row_cost),
)
GROWS = sympy.Le(rows(i + 1), rows(i) + FACTOR * (row_sums(i + 1) - row_sums(i)))
BY_ROWS = sympy.Le(rows(n_2), FACTOR * row_sums(n_2))
BOUND = applied(
    "row-variance",
    "the row's variance is at most n_1/(n_1 - 1) times that for independent draws",
    EXACT_COUNTS,
    "corrected",
    "bound",
    AT,
    given=(sympy.Ge(row_squares, 0), sympy.Ge(row_cost, 0), *KNOWN),
)
MEAN = applied(
    "entry-mean",
    "every draw has its weight as mean",
    EXACT_COUNTS,
    "corrected",
    "mean",
    {entries: n_1, left: COUNT},
    given=KNOWN,
)
DEVIATION = (
    *(sympy.Eq(deviation(0), 0), sympy.Eq(deviation(n_1), Expectation(zeta))),
    sympy.Eq(deviation(j + 1), deviation(j) + (mean - weight) * term),
)
STAYS_ZERO = sympy.Eq(deviation(j + 1), deviation(j))
UNBIASED = (
    Step(
        "row-mean",
        "mu(j) is the mean of the first j terms (h_ij - W_ij) x'_j of the row's deviation zeta",
        "let",
        sympy.And(*DEVIATION[:2]),
    ),
    Step("one-term", "let j of them be summed", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, n_1 - 1))),
    Step("next-term", "the next adds (E h - w) x'_j", "let", DEVIATION[2], cites=("one-term", "row-mean")),
    MEAN,
    Step(
        "no-drift",
        "which is zero",
        "smt",
        STAYS_ZERO,
        given=(DEVIATION[2], MEAN.conclusion),
        cites=("next-term", "entry-mean"),
    ),
    Step(
        "unbiased-rows",
        "so the row's deviation has mean zero",
        "finite-induction",
        sympy.Eq(deviation(n_1), 0),
        given=(DEVIATION[0],),
        cites=("no-drift", "row-mean"),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": n_1,
            "hypothesis": sympy.Eq(deviation(j), 0),
            "recursion": (STAYS_ZERO,),
        },
    ),
    Step(
        "unbiased-row",
        "as the equality asks",
        "smt",
        UNBIASED_ROWS.relation,
        given=(DEVIATION[1], sympy.Eq(deviation(n_1), 0)),
        cites=("row-mean", "unbiased-rows"),
    ),
)


def column_of_squares(square: sympy.Expr) -> tuple[Step, ...]:
    """A column's (w x')^2 add up to its squared norm times x_j'^2."""
    whole = (sympy.Eq(cost, norm**2 * square), sympy.Ge(norm, 0), sympy.Le(norm, column_1))
    return (
        Step(
            "column-squares",
            "its (w x'_j)^2 add up to ||W_:j||^2 x'_j^2",
            "let",
            sympy.And(*whole),
            cites=("next-column",),
        ),
        Step(
            "column-cost",
            "and ||W_1||_col is the largest norm",
            "smt",
            sympy.Le(cost, column_1**2 * square),
            given=whole,
            cites=("column-squares",),
        ),
    )


ADDED = (
    sympy.Eq(all_scores, Expectation(sums(n_1))),
    sympy.Eq(added_by_rows, Expectation(rows(n_2))),
    sympy.Eq(row_sums(n_2), sums(n_1)),
)
IN_FRONT = applied(
    "in-front",
    "the error in front of the activation",
    ONE_LAYER_ERROR,
    "printed",
    "rows",
    {before_by_rows: Expectation(BEFORE**2), carried: CARRIED_ON},
)
OUT = sympy.Eq(Expectation(FACTOR * sums(n_1)), FACTOR * Expectation(sums(n_1)), evaluate=False)
IN_THE_MEAN = sympy.Le(Expectation(rows(n_2)), Expectation(FACTOR * sums(n_1)))
BY_ALL = sympy.Le(rows(n_2), FACTOR * sums(n_1))
TOTAL = sympy.Le(added_by_rows, PRUNED * n_1 / (n_1 - 1))
ROWS = (
    Step(
        "rows",
        "D and R are summed row by row",
        "let",
        sympy.And(sympy.Eq(rows(0), 0), sympy.Eq(row_sums(0), 0), *ADDED[1:]),
        cites=("columns",),
    ),
    Step("row", "let i rows be summed", "let", sympy.And(sympy.Ge(i, 0), sympy.Le(i, n_2 - 1))),
    Step(
        "row-squares", "the next has preactivation z_i, and its squares add up to Q_i", "let", SQUARES, cites=("row",)
    ),
    Step("row-deviation", "its deviation zeta has variance v_i", "let", sympy.And(*SPREAD), cites=("row", "rows")),
    BOUND,
    Step(
        "row-by-row",
        "so D grows by at most as many times what R grows by",
        "smt",
        GROWS,
        given=(*SQUARES.args, *SPREAD, BOUND.conclusion, WHOLE.relation, WIDTH.relation),
        cites=("row-squares", "row-deviation", "row-variance", "whole-count", "two-inputs"),
    ),
    Step(
        "all-rows",
        "over all rows",
        "finite-induction",
        BY_ROWS,
        given=(sympy.Eq(rows(0), 0), sympy.Eq(row_sums(0), 0), WIDTH.relation),
        cites=("row-by-row", "rows", "two-inputs"),
        data={
            "variable": i,
            "start": sympy.Integer(0),
            "until": n_2,
            "hypothesis": sympy.Le(rows(i), FACTOR * row_sums(i)),
            "recursion": (GROWS,),
        },
    ),
    Step(
        "rows-or-columns",
        "the squares' sum is that over the columns",
        "smt",
        BY_ALL,
        given=(BY_ROWS, ADDED[2], WIDTH.relation),
        cites=("all-rows", "rows", "two-inputs"),
    ),
    Step(
        "rows-in-the-mean",
        "in the mean",
        "expectation",
        IN_THE_MEAN,
        given=(BY_ALL,),
        cites=("rows-or-columns",),
    ),
    Step("factor-out", "the factor is not random", "expectation", OUT),
    Step(
        "added",
        "so this is what the draws add",
        "smt",
        TOTAL,
        given=(
            *ADDED[:2],
            *(IN_THE_MEAN, OUT, sympy.Le(all_scores, column_1**2 * theta**2), WIDTH.relation),
        ),
        cites=("rows", "columns", "rows-in-the-mean", "factor-out", "all-scores", "two-inputs"),
    ),
)
MEAN_BOUND = ERROR.relation.rhs
PROOFS = {
    ("sharp-wide-layer-exact-counts", "printed"): (
        *COUNTS,
        *projected(),
        *carried_on(),
        *all_columns(column_1**2, n_1, column_of_squares, ADDED[0]),
        *ROWS,
        *UNBIASED,
        IN_FRONT,
        mean_error(IN_FRONT.conclusion, TOTAL, MEAN_BOUND),
        *attained(MEAN_BOUND, ERROR.relation),
    )
}
