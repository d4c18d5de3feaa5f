"""Proposition 18's proof: Proposition 20 with the quantizer's variance, and a realization not above the mean."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from .notation import k, phi
from .proposition_18_one_layer_quantization import ERROR, UNQUANTIZED, error, unquantized
from .proposition_20_one_layer_independent_entries import ENTRIES, PROPAGATED, SECOND_ORDER
from .proposition_20_one_layer_independent_entries import STATEMENT as PROPOSITION_20
from .proposition_20_one_layer_independent_entries import error as mean_error
from .proposition_20_one_layer_independent_entries import kept as unprocessed
from .quantized_entries import DRAWS, attained, values

FACTOR = 1 / k
MEAN_BOUND = sympy.Le(mean_error, PROPAGATED + SECOND_ORDER.subs(phi, FACTOR))
UNPROCESSED = PROPOSITION_20.variant("printed").claim("unprocessed").relation
SHARE = sympy.Eq(unquantized, unprocessed / ENTRIES)

PROCESSED = (
    Step("mask", "let M mark the entries that are not processed", "let", SHARE),
    *(
        applied(name, text, PROPOSITION_20, "printed", claim, {phi: FACTOR})
        for name, text, claim in (
            ("mean-error", "Proposition 20 with phi^2 = 1/k^2 bounds the mean error over all draws", "error"),
            ("unprocessed", "and says how many entries are not processed", "unprocessed"),
        )
    ),
    Step(
        "kept",
        "which are the share that stays unquantized",
        "smt",
        UNQUANTIZED.relation,
        given=(SHARE, UNPROCESSED),
        cites=("mask", "unprocessed"),
        equation="(66)",
    ),
)
PROOFS = {
    ("proposition-18", variant): (
        *DRAWS,
        *PROCESSED,
        *values(with_zero=variant == "corrected"),
        *attained(error, MEAN_BOUND, "mean-error", ERROR.relation),
    )
    for variant in ("printed", "corrected")
}
