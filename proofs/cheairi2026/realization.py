"""From the mean over all draws to one realization with few nonzero ones: how Propositions 19, 22, 24, 25 use Lemma 12.

Lemma 12 speaks of functions with mean at most one. The error is divided by the bound B of its mean plus a slack s > 0,
so that nothing is divided by zero where everything vanishes: the error is at most (1 + epsilon) (B + s) then, which
fails for this s if the error is above (1 + epsilon) B. The error is the least one of the realizations with few nonzero
draws, so that it does not depend on s.
"""

from dataclasses import dataclass

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from .lemma_12_sparse_realization_near_the_mean import STATEMENT as LEMMA_12
from .lemma_12_sparse_realization_near_the_mean import heads, n, value
from .lemma_12_sparse_realization_near_the_mean import mean as mean_of_f
from .notation import allowed_nonzeros, alpha, draws, epsilon, gamma, n_0, p

nonzero, least_draws = sympy.symbols("H N_0", integer=True)
bound, slack = sympy.symbols("B s", real=True)
POSITIVE_SLACK, POSITIVE_SCALE = sympy.Gt(slack, 0), sympy.Gt(bound + slack, 0)


@dataclass(frozen=True)
class Realized:
    """What a proposition's proof has when it comes to choosing a realization.

    mean_bound: mean error <= formula, as concluded by the step ``bounded_by``; error: the error at the realization.
    total: entries or blocks there are; unprocessed: the symbol of which the step ``counted_by`` concluded that it is
    total - floor(alpha total). kept: how many stay nonzero, in terms of the statement's variable.
    above: alpha > 1/total. widths: the printed assumption that a width is at least n_0.
    """

    mean_bound: sympy.Le
    bounded_by: str
    error: sympy.Symbol
    total: sympy.Expr
    unprocessed: sympy.Symbol
    counted_by: str
    kept: sympy.Expr
    above: Assumption
    widths: Assumption


def realization(of: Realized, variant: str, error_claim: Boolean, kept_claim: Boolean) -> tuple[Step, ...]:
    """Steps to error <= (1 + epsilon) times the mean's bound, and to the claim on what stays nonzero."""
    enough = _draws(of) if variant == "corrected" else (*_draws(of), *_threshold(of))
    return (*enough, *_scaled(of), *_realized(of, variant), *_concluded(of, variant, error_claim, kept_claim))


def _draws(of: Realized) -> tuple[Step, ...]:
    return (
        Step(
            "one-draw",
            "at least one draw is made, since alpha is above 1/N",
            "monotone-substitution",
            sympy.Ge(draws(of.total), 1),
            given=(of.above.relation,),
            cites=(of.above.id,),
            data={"expression": sympy.floor(slack), "replace": {slack: (sympy.Integer(1), alpha * of.total)}},
        ),
        Step(
            "realization",
            "of the realizations with few nonzero draws take one with the least error: the H nonzero draws stay, and "
            "what is not drawn",
            "let",
            sympy.And(sympy.Ge(nonzero, 0), sympy.Eq(of.kept, of.unprocessed + nonzero)),
            cites=(of.counted_by,),
        ),
    )


def _threshold(of: Realized) -> tuple[Step, ...]:
    """Print only says that its n_0 exists: it must make the draws as many as Lemma 12 asks for."""
    choice = (sympy.Ge(least_draws, 1), sympy.Ge(n_0, (least_draws + 1) / alpha))
    return (
        Step(
            "threshold",
            "let N_0 be Lemma 12's n_0 and the proposition's at least (N_0 + 1)/alpha",
            "let",
            sympy.And(*choice),
        ),
        Step(
            "enough-draws",
            "T > alpha N - 1 >= N_0",
            "smt",
            sympy.Ge(draws(of.total), least_draws),
            given=(of.widths.relation, *choice),
            cites=(of.widths.id, "threshold"),
        ),
    )


def _slack(of: Realized) -> Boolean:
    """Half of what would be too much, or anything positive."""
    excess = of.error - (1 + epsilon) * bound
    return sympy.Eq(slack, sympy.Piecewise((excess / (2 * (1 + epsilon)), excess > 0), (1, True)), evaluate=False)


def _scaled(of: Realized) -> tuple[Step, ...]:
    mean, formula = of.mean_bound.args
    below = sympy.Le(mean, bound)
    return (
        Step("bound", "B is the bound of the mean", "definition", sympy.Eq(bound, formula)),
        Step(
            "slack",
            "s is half of what would be too much, if the error were above (1 + epsilon) B",
            "definition",
            _slack(of),
        ),
        Step(
            "slack-positive",
            "s is positive",
            "case-split",
            POSITIVE_SLACK,
            given=(_slack(of),),
            cites=("slack",),
            data={"by": ("smt", {})},
        ),
        Step(
            "below-the-bound",
            "the mean is at most B",
            "smt",
            below,
            given=(sympy.Eq(bound, formula), of.mean_bound),
            cites=("bound", of.bounded_by),
        ),
        Step(
            "scale-positive",
            "so B + s is positive",
            "smt",
            POSITIVE_SCALE,
            given=(below, POSITIVE_SLACK),
            cites=("below-the-bound", "slack-positive"),
        ),
        Step(
            "normalised",
            "and the error over B + s has a mean of at most one",
            "smt",
            sympy.Le(mean / (bound + slack), 1),
            given=(below, POSITIVE_SLACK, POSITIVE_SCALE),
            cites=("below-the-bound", "scale-positive"),
        ),
    )


def _realized(of: Realized, variant: str) -> tuple[Step, ...]:
    mean = of.mean_bound.args[0]
    where = {
        n: draws(of.total),
        mean_of_f: mean / (bound + slack),
        value: of.error / (bound + slack),
        heads: nonzero,
        **({n_0: least_draws} if variant == "printed" else {}),
    }
    known = (POSITIVE_SCALE, sympy.Ge(nonzero, 0), sympy.Ge(draws(of.total), 1))
    known = (*known, sympy.Ge(least_draws, 1)) if variant == "printed" else known
    what = {
        "value": "some realization's error over B + s is at most 1 + epsilon",
        "heads": "and it has few nonzero draws",
    }
    return tuple(
        applied(f"realized-{claim}", f"Lemma 12: {text}", LEMMA_12, variant, claim, where, given=known)
        for claim, text in what.items()
    )


def _concluded(of: Realized, variant: str, error_claim: Boolean, kept_claim: Boolean) -> tuple[Step, ...]:
    near, count = sympy.Le(of.error, (1 + epsilon) * bound), draws(of.total)
    most = allowed_nonzeros(count) if variant == "corrected" else (1 + gamma) * count * p
    return (
        Step(
            "near-the-mean",
            "the error is at most (1 + epsilon) B: else s would contradict what was realized",
            "case-split",
            near,
            given=(sympy.Le(of.error / (bound + slack), 1 + epsilon), _slack(of), POSITIVE_SCALE),
            cites=("realized-value", "slack", "scale-positive"),
            data={"by": ("smt", {})},
        ),
        Step(
            "error",
            "which is the claim",
            "smt",
            error_claim,
            given=(near, sympy.Eq(bound, of.mean_bound.args[1])),
            cites=("near-the-mean", "bound"),
        ),
        Step(
            "kept",
            "what stays is not drawn, or drawn as nonzero",
            "smt",
            kept_claim,
            given=(
                sympy.Eq(of.kept, of.unprocessed + nonzero),
                sympy.Eq(of.unprocessed, of.total - count),
                sympy.Le(nonzero, most),
            ),
            cites=("realization", of.counted_by, "realized-heads"),
        ),
    )
