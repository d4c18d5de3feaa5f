"""Pruning entries of a bottleneck: variances of the units, the block's error, one realization with few draws."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from .bottleneck import CARRIED, ENTRIES, by_curvature, by_slopes, error_claims, kept, spread, tail
from .bottleneck_error import mean_error
from .bottleneck_pruned import KEPT, definitions
from .entries_of_a_block import LARGEST, SUM, draw_variance, summed_by_columns, variances
from .notation import column_1, epsilon, nu_1, p, pruned, pruned_variance, theta, weight
from .realized import counted, few_nonzero
from .units_of_a_block import Units, behind
from .variance_of_a_draw import STATEMENT as ONE_DRAW

FORMULAS = definitions(pruned(p))
DRAW = sympy.Le(draw_variance, pruned(p) * weight**2)
TAIL = tail(ENTRIES).relation
UNITS = Units(pruned(p) * nu_1**2 * theta**2, pruned(p) * column_1**2 * theta**2, FORMULAS)
ERRORS = error_claims(1 + epsilon, "")
OF_AN_ENTRY = applied("draw-variance", "(1 - p)/p w^2", ONE_DRAW, "corrected", "pruned-variance", {})
ONE = (
    Step(
        "draw",
        "let d be the variance of the draw of an entry w, or zero if it is not drawn",
        "let",
        sympy.Or(sympy.Eq(draw_variance, pruned_variance), sympy.Eq(draw_variance, 0)),
    ),
    OF_AN_ENTRY,
    Step(
        "drawn",
        "in either case",
        "smt",
        DRAW,
        (
            sympy.Or(sympy.Eq(draw_variance, pruned_variance), sympy.Eq(draw_variance, 0)),
            OF_AN_ENTRY.conclusion,
        ),
        ("draw", "draw-variance"),
    ),
)


def mean_bound(formulas: dict[sympy.Symbol, sympy.Expr], bias: sympy.Symbol) -> sympy.Le:
    """What the block's error is at most, in the mean over the draws."""
    return sympy.Le(mean_error, (CARRIED + formulas[bias]) ** 2 + formulas[spread])


def expanded(relation: sympy.Basic, formulas: dict[sympy.Symbol, sympy.Expr]) -> sympy.Basic:
    return relation.subs(formulas)


PROOFS = {
    ("sharp-bottleneck-pruned", "printed"): (
        LARGEST,
        *ONE,
        *SUM,
        *variances(DRAW, "drawn", pruned(p) * nu_1**2),
        summed_by_columns(DRAW, "drawn", pruned(p)),
        *behind(UNITS),
        *counted(ENTRIES, TAIL, kept * ENTRIES, KEPT.relation),
        *few_nonzero(
            ENTRIES, TAIL, mean_bound(FORMULAS, by_slopes), "mean-error", expanded(ERRORS[0].relation, FORMULAS)
        ),
        *few_nonzero(
            ENTRIES,
            TAIL,
            mean_bound(FORMULAS, by_curvature),
            "mean-error-smooth",
            expanded(ERRORS[1].relation, FORMULAS),
            "-smooth",
        ),
    )
}
