"""Proposition 21's proof: Proposition 23 for the quantizer's draws, and a realization not above the mean."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from .notation import Delta, k, tau, tau_0, tau_1
from .proposition_18_one_layer_quantization import UNQUANTIZED, unquantized
from .proposition_20_one_layer_independent_entries import ENTRIES, h, weight
from .proposition_21_two_layers_quantization import DEFINITIONS, ERROR, error
from .proposition_23_two_layers_independent_entries import ADDED, PROPAGATED, SECOND_MOMENT, deviation
from .proposition_23_two_layers_independent_entries import DEVIATION as WITHIN
from .proposition_23_two_layers_independent_entries import STATEMENT as PROPOSITION_23
from .proposition_23_two_layers_independent_entries import error as mean_error
from .proposition_23_two_layers_independent_entries import kept as unprocessed
from .quantized_entries import DRAW, DRAWS, IN_RANGE, LARGEST, POSITIVE, SPAN, attained, span, values

STEP = 1 / k
WHERE = {tau_0: STEP, tau_1: STEP, Delta: DEFINITIONS[Delta]}
MEANT = sympy.Eq(deviation, sympy.Abs(h - weight))
BY_STEP = sympy.Le(sympy.Abs(h - weight), span / k)
KEPT_ZERO = sympy.Or(sympy.Ne(weight, 0), sympy.Eq(h, 0))
DEVIATED, MOMENT = (each.relation.subs(WHERE, simultaneous=True) for each in (WITHIN, SECOND_MOMENT))
UNPROCESSED = PROPOSITION_23.variant("printed").claim("unprocessed").relation
SHARE = sympy.Eq(unquantized, unprocessed / ENTRIES)

DRAWN = (
    *(step for step in DRAWS if not step.id.startswith("variance")),
    Step("deviation", "Proposition 23 speaks of |h - w|", "let", MEANT),
    Step(
        "by-the-step",
        "the draw is within a step of the weight",
        "finite-law",
        BY_STEP,
        given=(POSITIVE, IN_RANGE),
        cites=("range-positive", "in-range"),
        data=DRAW,
    ),
    Step(
        "zero-stays",
        "and a weight of zero is drawn as zero",
        "finite-law",
        KEPT_ZERO,
        given=(POSITIVE, IN_RANGE),
        cites=("range-positive", "in-range"),
        data=DRAW,
    ),
    Step(
        "within",
        "so the draw is within nu_1/k of the weight, also in a layer of zeros: tau_0 = tau_1 = 1/k",
        "case-split",
        DEVIATED,
        given=(MEANT, SPAN, LARGEST, BY_STEP, KEPT_ZERO),
        cites=("deviation", "range", "largest-entry", "by-the-step", "zero-stays"),
        data={"by": ("smt", {})},
    ),
    Step("second-moment", "and Delta = 1/k^2, whatever the probability of zero", "smt", MOMENT),
)


def _processed(variant: str) -> tuple[Step, ...]:
    where = {**WHERE, tau: STEP} if variant == "corrected" else WHERE
    return (
        Step("mask", "let M mark the entries that are not processed", "let", SHARE),
        *(
            applied(name, text, PROPOSITION_23, variant, claim, where)
            for name, text, claim in (
                ("mean-error", "Proposition 23 bounds the mean error over all draws", "error"),
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
            equation="(80)",
        ),
    )


PROOFS = {
    ("proposition-21", variant): (
        *DRAWN,
        *_processed(variant),
        *values(with_zero=variant == "corrected"),
        *attained(error, sympy.Le(mean_error, PROPAGATED + ADDED), "mean-error", ERROR.relation),
    )
    for variant in ("printed", "corrected")
}
