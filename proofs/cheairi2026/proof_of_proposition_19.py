"""Proposition 19's proof: Proposition 20 for draws Bernoulli(p)/p, then one realization by Lemma 12."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Variance
from boundcheck.core.step import Step

from .notation import nu_1, p, phi
from .proposition_19_one_layer_pruning import ERROR, KEPT, KEPT_COUNT, WIDTH, error, kept
from .proposition_20_one_layer_independent_entries import ENTRIES, PROPAGATED, RANGE_OF_ALPHA, SECOND_ORDER, h, weight
from .proposition_20_one_layer_independent_entries import STATEMENT as PROPOSITION_20
from .proposition_20_one_layer_independent_entries import error as mean_error
from .proposition_20_one_layer_independent_entries import kept as unprocessed
from .proposition_20_one_layer_independent_entries import mean as mean_draw
from .realization import Realized, realization

FACTOR = sympy.sqrt((1 - p) / p)
LAW = [(p, weight / p), (1 - p, sympy.S.Zero)]
MASKED = sympy.Or(sympy.Eq(h, 0), sympy.Eq(h, weight / p))
LARGEST = sympy.Le(sympy.Abs(weight), nu_1)

DRAWS = (
    Step("largest-entry", "nu_1 is the largest absolute entry", "meaning", LARGEST),
    Step(
        "mask",
        "w Bernoulli(p)/p is w times a mask's entry 0 or 1/p",
        "finite-law",
        MASKED,
        data={"law": LAW, "variable": h},
    ),
    Step(
        "unbiased",
        "w Bernoulli(p)/p has mean w",
        "finite-law",
        sympy.Eq(mean_draw, weight),
        data={"law": LAW, "variable": h},
    ),
    Step(
        "variance",
        "and variance (1 - p)/p w^2 <= phi^2 nu_1^2 with phi^2 = (1 - p)/p",
        "finite-law",
        sympy.Le(Variance(h), FACTOR**2 * nu_1**2),
        given=(LARGEST,),
        cites=("largest-entry",),
        data={"law": LAW, "variable": h},
    ),
)
PROCESSED = tuple(
    applied(name, text, PROPOSITION_20, "printed", claim, {phi: FACTOR})
    for name, text, claim in (
        ("mean-error", "so Proposition 20 bounds the mean error over all draws", "error"),
        ("unprocessed", "and says how many entries are not drawn", "unprocessed"),
    )
)
ONE = Realized(
    mean_bound=sympy.Le(mean_error, PROPAGATED + SECOND_ORDER.subs(phi, FACTOR)),
    bounded_by="mean-error",
    error=error,
    total=ENTRIES,
    unprocessed=unprocessed,
    counted_by="unprocessed",
    kept=kept * ENTRIES,
    above=RANGE_OF_ALPHA[0],
    widths=WIDTH,
)
PROOFS = {
    ("proposition-19", variant): (*DRAWS, *PROCESSED, *realization(ONE, variant, ERROR.relation, share.relation))
    for variant, share in (("printed", KEPT), ("corrected", KEPT_COUNT))
}
