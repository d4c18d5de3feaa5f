"""What all entries or blocks of a layer would add together, column by column.

S(j) is what the first j columns (or blocks of them) would add at one compressed input, Q(j) the squared norm of that
input's first j entries (or blocks of them); both are sums over j.
"""

from collections.abc import Callable

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Variance
from boundcheck.core.step import Step

from .behind_a_layer import SHORT, x_compressed
from .least_scores import STATEMENT as LEAST_SCORES
from .least_scores import least, total
from .least_scores import units as how_many
from .notation import alpha, n_2, theta
from .one_layer_error import h

j, i = sympy.symbols("j i", integer=True)
cost, entry, all_scores = sympy.symbols("S_j x'_j A", real=True)
sums, squares, costs, units = (sympy.Function(name, real=True) for name in ("S", "Q", "e", "q"))
INPUT = Norm(x_compressed) ** 2


def all_columns(
    per_column: sympy.Expr, count: sympy.Expr, column: Callable[[sympy.Expr], tuple[Step, ...]], added: Boolean
) -> tuple[Step, ...]:
    """Steps to A <= per_column theta^2, A the mean of the sum of all scores.

    column: steps to S_j <= per_column x_j^2 for one column, the last of id "column-cost", at this square of its input.
    added: what makes the scores' sum A.
    """
    together = sums(count)
    bound = per_column * theta**2
    ends = (sympy.Eq(sums(0), 0), sympy.Eq(squares(0), 0), sympy.Eq(squares(count), INPUT))
    following = (sympy.Eq(sums(j + 1), sums(j) + cost), sympy.Eq(squares(j + 1), squares(j) + entry**2))
    grows = sympy.Le(sums(j + 1), sums(j) + per_column * (squares(j + 1) - squares(j)))
    summed = sympy.Le(together, per_column * squares(count))
    constant = sympy.Eq(Expectation(bound), bound, evaluate=False)
    return (
        Step(
            "columns",
            "S and Q are summed column by column; A is the mean of all together",
            "let",
            sympy.And(*ends, sympy.Ge(all_scores, 0), added),
        ),
        Step("column", "let j columns be summed", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, count - 1))),
        Step("next-column", "the next adds S_j, at x'_j", "let", sympy.And(*following), cites=("column", "columns")),
        *column(entry**2),
        Step(
            "column-by-column",
            "so S grows by at most as many times what Q grows by",
            "smt",
            grows,
            given=(*following, sympy.Le(cost, per_column * entry**2)),
            cites=("next-column", "column-cost"),
        ),
        Step(
            "all-columns",
            "over all columns",
            "finite-induction",
            summed,
            given=(*ends[:2], sympy.Ge(count, 0)),
            cites=("column-by-column", "columns"),
            data={
                "variable": j,
                "start": sympy.Integer(0),
                "until": count,
                "hypothesis": sympy.Le(sums(j), per_column * squares(j)),
                "recursion": (grows,),
            },
        ),
        Step(
            "short-input",
            "theta bounds the input",
            "smt",
            sympy.Le(together, bound),
            given=(summed, ends[2], SHORT),
            cites=("all-columns", "columns", "layer"),
        ),
        Step(
            "all-in-the-mean",
            "and in the mean",
            "expectation",
            sympy.Le(Expectation(together), Expectation(bound)),
            given=(sympy.Le(together, bound),),
            cites=("short-input",),
        ),
        Step("all-constant", "that bound is not random", "expectation", constant),
        Step(
            "all-scores",
            "all scores together",
            "smt",
            sympy.Le(all_scores, bound),
            given=(added, sympy.Le(Expectation(together), Expectation(bound)), constant),
            cites=("columns", "all-in-the-mean", "all-constant"),
        ),
    )


def entries_of_a_column(
    per_column: sympy.Expr, factor: sympy.Expr, unit: sympy.Expr, whole: tuple[Boolean, ...], drawn: tuple[Step, ...]
) -> Callable[[sympy.Expr], tuple[Step, ...]]:
    """Steps to S_j <= per_column x_j^2 from Var(h) <= factor unit, which ``drawn`` concludes last.

    Summed over the column's entries the unit (the squared weight, or 1) gives q(n_2), of which ``whole`` says more.
    """
    spread, share = sympy.symbols("Var_ij q_ij", real=True)

    def column(square: sympy.Expr) -> tuple[Step, ...]:
        ends = (sympy.Eq(costs(0), 0), sympy.Eq(costs(n_2), cost), sympy.Eq(units(0), 0), *whole)
        of_entry = (
            sympy.Eq(spread, Variance(h)),
            sympy.Eq(costs(i + 1), costs(i) + spread * square),
            *(sympy.Eq(share, unit), sympy.Eq(units(i + 1), units(i) + share)),
        )
        grows = sympy.Le(costs(i + 1), costs(i) + factor * (units(i + 1) - units(i)) * square)
        summed = sympy.Le(costs(n_2), factor * units(n_2) * square)
        return (
            Step(
                "column-of-entries",
                "e(i) is what its first i entries would add, q(i) counts them, by their weight",
                "let",
                sympy.And(*ends),
                cites=("next-column",),
            ),
            Step("row", "let i entries be summed", "let", sympy.And(sympy.Ge(i, 0), sympy.Le(i, n_2 - 1))),
            Step(
                "next-entry",
                "the next, of weight w and drawn as h, adds Var(h) x'_j^2",
                "let",
                sympy.And(*of_entry),
                cites=("row", "column-of-entries"),
            ),
            *drawn,
            Step(
                "entry-by-entry",
                "so e grows by at most as many times what q grows by",
                "smt",
                grows,
                given=(*of_entry, drawn[-1].conclusion),
                cites=("next-entry", drawn[-1].id),
            ),
            Step(
                "all-entries",
                "over the column",
                "finite-induction",
                summed,
                given=(ends[0], ends[2]),
                cites=("entry-by-entry", "column-of-entries"),
                data={
                    "variable": i,
                    "start": sympy.Integer(0),
                    "until": n_2,
                    "hypothesis": sympy.Le(costs(i), factor * units(i) * square),
                    "recursion": (grows,),
                },
            ),
            Step(
                "column-cost",
                "what the column would add",
                "smt",
                sympy.Le(cost, per_column * square),
                given=(summed, ends[1], *whole),
                cites=("all-entries", "column-of-entries"),
            ),
        )

    return column


def cheapest(added: sympy.Symbol, total_at_most: sympy.Expr, count: sympy.Expr, what: str) -> tuple[Step, ...]:
    """Steps to added <= alpha times the bound of all scores, for the floor(alpha N) cheapest of so many units."""
    where = {least: added, total: all_scores, how_many: count}
    share = LEAST_SCORES.variant("printed").claim("sum").relation.subs(where)
    return (
        applied(
            "least",
            f"K holds the floor(alpha N) cheapest {what}",
            LEAST_SCORES,
            "printed",
            "sum",
            where,
            given=(sympy.Ge(all_scores, 0), sympy.Ge(count, 0)),
        ),
        Step(
            "added",
            "they add at most alpha times as much as all would",
            "smt",
            sympy.Le(added, alpha * total_at_most),
            given=(share, sympy.Le(all_scores, total_at_most)),
            cites=("least", "all-scores"),
        ),
    )
