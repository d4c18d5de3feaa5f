"""From the mean over all draws to one realization: near it with few nonzero draws, or just no worse than it."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .notation import allowed_nonzeros, draws
from .one_realization import FEW, drawn, mean, most, nonzero, value
from .one_realization import STATEMENT as ONE_REALIZATION

heads = sympy.Symbol("H", integer=True)
outcome = sympy.Symbol("f", real=True)


def few_nonzero(
    units: sympy.Expr, tail: Boolean, mean_bound: sympy.Le, bounded_by: str, error: Boolean, suffix: str = ""
) -> tuple[Step, ...]:
    """error <= (1 + epsilon) times the mean's bound, for a realization with few nonzero draws; the count apart."""
    where = _where(units) | {mean: mean_bound.lhs, value: error.lhs}
    likely = FEW.subs({drawn: draws(units), most: allowed_nonzeros(draws(units))})
    return (
        applied(
            f"realized{suffix}",
            "some realization with few nonzero draws is near the mean",
            ONE_REALIZATION,
            "corrected",
            "value",
            where,
        ),
        Step(
            f"error{suffix}",
            "few nonzero draws have probability at least 1/(1 + epsilon)",
            "smt",
            error,
            (sympy.Le(error.lhs * likely, mean_bound.lhs), tail, mean_bound),
            (f"realized{suffix}", "tail", bounded_by),
        ),
    )


def counted(units: sympy.Expr, tail: Boolean, stays: sympy.Expr, kept: Boolean) -> tuple[Step, ...]:
    """How many units stay; ``stays`` in terms of the statement's variable."""
    likely = FEW.subs({drawn: draws(units), most: allowed_nonzeros(draws(units))})
    number = sympy.Eq(stays, units - draws(units) + heads)
    return (
        Step("possible", "few nonzero draws are possible", "smt", sympy.Gt(likely, 0), (tail,), ("tail",)),
        Step(
            "realization",
            "of the realizations with few nonzero draws take one with the least error: H are nonzero",
            "let",
            sympy.And(sympy.Ge(heads, 0), number),
        ),
        applied(
            "realized-count",
            "its nonzero draws are few",
            ONE_REALIZATION,
            "corrected",
            "nonzero",
            _where(units) | {nonzero: heads},
            given=(sympy.Ge(heads, 0),),
        ),
        Step(
            "kept",
            "what stays is not drawn, or drawn as nonzero",
            "smt",
            kept,
            (number, sympy.Le(heads, allowed_nonzeros(draws(units)))),
            ("realization", "realized-count"),
        ),
    )


def no_worse(mean_bound: sympy.Le, bounded_by: str, error: Boolean, suffix: str = "") -> tuple[Step, ...]:
    """error <= the mean's bound, for the realization with the least error; the step "least" says so."""
    fixed = sympy.Eq(Expectation(error.lhs), error.lhs, evaluate=False)
    return (
        Step(
            f"error{suffix}",
            "the least error is at most the mean",
            "smt",
            error,
            (
                *(sympy.Eq(mean_bound.lhs, Expectation(outcome)), fixed, mean_bound),
                sympy.Le(Expectation(error.lhs), Expectation(outcome)),
            ),
            ("least", "least-in-the-mean", "least-is-fixed", bounded_by),
        ),
    )


def least(mean_error: sympy.Symbol, error: sympy.Symbol) -> tuple[Step, ...]:
    """The realization with the least error, whose error is not random any more."""
    return (
        Step(
            "least",
            "take the realization with the least error; f is the error of a random one",
            "let",
            sympy.And(sympy.Eq(mean_error, Expectation(outcome)), sympy.Le(error, outcome)),
        ),
        Step(
            "least-in-the-mean",
            "so in the mean",
            "expectation",
            sympy.Le(Expectation(error), Expectation(outcome)),
            (sympy.Le(error, outcome),),
            ("least",),
        ),
        Step(
            "least-is-fixed",
            "it is not random",
            "expectation",
            sympy.Eq(Expectation(error), error, evaluate=False),
        ),
    )


def _where(units: sympy.Expr) -> dict[sympy.Basic, sympy.Expr]:
    return {drawn: draws(units), most: allowed_nonzeros(draws(units))}
