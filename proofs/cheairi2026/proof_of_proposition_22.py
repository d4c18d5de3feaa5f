"""Proposition 22's proof: Proposition 23 for draws Bernoulli(p)/p, then one realization by Lemma 12.

A weight of zero is always drawn as zero. With one tau_0 = 1 for all entries, as in print, Delta is then too small.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .notation import Delta, epsilon, omega_block, p, tau, tau_0, tau_1
from .proof_of_proposition_19 import DRAWS, LARGEST, LAW, MASKED
from .proposition_19_one_layer_pruning import KEPT, KEPT_COUNT, WIDTH, kept
from .proposition_20_one_layer_independent_entries import ENTRIES, RANGE_OF_ALPHA, h, weight
from .proposition_22_two_layers_pruning import DEFINITIONS, error
from .proposition_23_two_layers_independent_entries import (
    ADDED,
    OMEGA,
    PROPAGATED,
    SECOND_MOMENT,
    deviation,
    zero,
    zero_probability,
)
from .proposition_23_two_layers_independent_entries import DEVIATION as WITHIN
from .proposition_23_two_layers_independent_entries import STATEMENT as PROPOSITION_23
from .proposition_23_two_layers_independent_entries import error as mean_error
from .proposition_23_two_layers_independent_entries import kept as unprocessed
from .realization import Realized, realization

own, size = sympy.symbols("tau_0ij y", real=True)
AWAY = (1 - p) / p
IS_ZERO = sympy.Piecewise((1, sympy.Eq(h, 0)), (0, True))
DRAWN = (
    sympy.Eq(deviation, sympy.Abs(h - weight)),
    sympy.Eq(zero, IS_ZERO),
    sympy.Eq(zero_probability, Expectation(IS_ZERO)),
)
OWN = sympy.Or(sympy.And(sympy.Eq(weight, 0), sympy.Eq(own, 0)), sympy.And(sympy.Ne(weight, 0), sympy.Eq(own, 1)))
# Print takes tau_0 = 1, the corrected form the entry's own.
AT_ZERO = {"printed": sympy.Integer(1), "corrected": own}
BLOCK_ERROR = PROPAGATED + ADDED


def _drawn(variant: str) -> tuple[Step, ...]:
    where = {tau_0: AT_ZERO[variant], tau_1: AWAY, Delta: DEFINITIONS[Delta]}
    corrected = variant == "corrected"
    entry = Step("own-deviation", "let tau_0 be 0 at an entry of zero, and else 1", "let", OWN)
    within, moment = (each.relation.subs(where, simultaneous=True) for each in (WITHIN, SECOND_MOMENT))
    chance = sympy.Or(sympy.Eq(zero_probability, 1), sympy.Eq(zero_probability, 1 - p))
    return (
        *(step for step in DRAWS if step.id != "variance"),
        *((entry,) if corrected else ()),
        Step("draw", "what Proposition 23 speaks of, for the draw h of this entry", "let", sympy.And(*DRAWN)),
        Step(
            "within",
            "a draw of zero is off by |w|, the other by (1 - p)/p |w|",
            "case-split",
            within,
            given=(MASKED, LARGEST, *DRAWN[:2], *((OWN,) if corrected else ())),
            cites=("mask", "largest-entry", "draw", *(("own-deviation",) if corrected else ())),
            data={"by": ("smt", {})},
        ),
        *(_moment(moment) if corrected else _moment_in_print(chance, moment)),
    )


def _moment(moment: sympy.Rel) -> tuple[Step, ...]:
    mean = Expectation(IS_ZERO)
    in_the_law = sympy.Le(own**2 * mean + AWAY**2 * (1 - mean), AWAY)
    return (
        Step(
            "second-moment-of-the-draw",
            "at an entry that is not zero (1 - p) + p ((1 - p)/p)^2 = (1 - p)/p, at a zero both terms vanish",
            "finite-law",
            in_the_law,
            given=(OWN,),
            cites=("own-deviation",),
            data={"law": LAW, "variable": h},
        ),
        Step(
            "zero-weights",
            "so Delta = (1 - p)/p covers every entry, zeros too",
            "smt",
            moment,
            given=(in_the_law, DRAWN[2]),
            cites=("second-moment-of-the-draw", "draw"),
        ),
        Step(
            "larger-deviation",
            "and tau = max(p, 1 - p)/p is at least both deviations",
            "smt",
            sympy.Ge(DEFINITIONS[tau], sympy.Max(own, AWAY)),
            given=(OWN,),
            cites=("own-deviation",),
        ),
        Step("own-not-negative", "tau_0 is 0 or 1", "smt", sympy.Ge(own, 0), given=(OWN,), cites=("own-deviation",)),
    )


def _moment_in_print(chance: sympy.Or, moment: sympy.Rel) -> tuple[Step, ...]:
    computed = sympy.Eq(Expectation(IS_ZERO), sympy.Piecewise((1, sympy.Eq(weight, 0)), (1 - p, True)), evaluate=False)
    return (
        Step(
            "probability",
            "the probability is computed from the law",
            "finite-law",
            computed,
            data={"law": LAW, "variable": h},
        ),
        Step(
            "zero-probability",
            "h = 0 with probability 1 - p, and 1 if the entry is zero",
            "case-split",
            chance,
            given=(DRAWN[2], computed),
            cites=("draw", "probability"),
            data={"by": ("smt", {})},
        ),
        Step(
            "zero-weights",
            "with one tau_0 = 1 for all entries, Delta = (1 - p)/p also covers an entry of zero",
            "smt",
            moment,
            given=(chance,),
            cites=("zero-probability",),
        ),
    )


def _bounded(variant: str) -> tuple[Step, ...]:
    where = {tau_0: AT_ZERO[variant], tau_1: AWAY, Delta: DEFINITIONS[Delta]}
    where |= {tau: DEFINITIONS[tau]} if variant == "corrected" else {}
    given = (sympy.Ge(own, 0),) if variant == "corrected" else ()
    return tuple(
        applied(name, text, PROPOSITION_23, variant, claim, where, given=given)
        for name, text, claim in (
            ("mean-error", "so Proposition 23 bounds the mean error over all draws", "error"),
            ("unprocessed", "and says how many entries are not drawn", "unprocessed"),
        )
    )


def _larger() -> tuple[Step, ...]:
    """In print tau is written as max(p, 1 - p)/p, which is max(tau_0, tau_1)."""
    largest = sympy.Max(1, AWAY)
    equal = sympy.Eq(largest, DEFINITIONS[tau], evaluate=False)
    expression = PROPAGATED + ADDED.subs(omega_block, OMEGA).subs(tau, size)
    return (
        Step("larger-deviation", "max(1, (1 - p)/p) = max(p, 1 - p)/p", "smt", equal),
        Step(
            "mean-error-rewritten",
            "so tau = max(p, 1 - p)/p",
            "smt",
            sympy.Le(mean_error, expression.subs(size, DEFINITIONS[tau])),
            given=(sympy.Le(mean_error, expression.subs(size, largest)), equal),
            cites=("mean-error", "larger-deviation"),
        ),
    )


def _steps(variant: str) -> tuple[Step, ...]:
    """The bound's symbols Delta, Lambda, tau are those that Proposition 22 defines."""
    corrected = variant == "corrected"
    mean_bound = sympy.Le(mean_error, BLOCK_ERROR)
    one = Realized(
        mean_bound=mean_bound,
        bounded_by="mean-error" if corrected else "mean-error-rewritten",
        error=error,
        total=ENTRIES,
        unprocessed=unprocessed,
        counted_by="unprocessed",
        kept=kept * ENTRIES,
        above=RANGE_OF_ALPHA[0],
        widths=WIDTH,
    )
    share = KEPT_COUNT if corrected else KEPT
    return (
        *(*_drawn(variant), *_bounded(variant)),
        *(() if corrected else _larger()),
        *realization(one, variant, sympy.Le(error, (1 + epsilon) * BLOCK_ERROR), share.relation),
    )


PROOFS = {("proposition-22", variant): _steps(variant) for variant in ("printed", "corrected")}
