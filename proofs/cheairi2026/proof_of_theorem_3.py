"""Theorem 3's proof, "identical to the proof of Theorem 2": the same steps with Propositions 18 and 21."""

import sympy

from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from .blocks_of_entries import block
from .layers_of_entries import Draws, alpha_range, entries, wide_layer
from .lemma_17_induction_over_layers import SLACK, e_1, e_2, e_3, e_4
from .notation import c_1, delta, growth, k, n_0, operator_norm, unquantized_fraction, xi
from .over_the_layers import closes, constant, constants, loss, network_error
from .proposition_18_one_layer_quantization import STATEMENT as PROPOSITION_18
from .proposition_18_one_layer_quantization import error, multiple, unquantized
from .proposition_18_one_layer_quantization import value as drawn_value
from .proposition_21_two_layers_quantization import STATEMENT as PROPOSITION_21
from .stated_against_proved import (
    FROM_11,
    JUSTIFICATION_103_CORRECTED,
    LAYER_BEHIND,
    LAYER_BEHIND_CORRECTED,
    PROJECTION_INSIDE,
    SHARE,
    UNQUANTIZED_22,
)
from .theorem_2_pruning import ALPHA_CLOSE
from .theorem_3_quantization import (
    DRAWS_PRINTED,
    PRINTED_N_0,
    UNQUANTIZED,
    UNQUANTIZED_PRINTED,
    corrected_step,
    printed_step,
    value,
    widths,
)

NO_REALIZATION = sympy.Integer(0)  # epsilon: quantization needs no passage by Lemma 12
SHARE_LEFT = sympy.Eq(unquantized_fraction, 1 - SHARE)


def draws(variant: str, conditions: tuple[Assumption, ...]) -> Draws:
    """What quantization draws."""
    where = {unquantized: unquantized_fraction, drawn_value: value}
    form = (variant, PROPOSITION_18, PROPOSITION_21, error, 1 / k**2, 1 / k, NO_REALIZATION)
    return Draws(*form, conditions, where)


def layers(drawn: Draws) -> tuple[Step, ...]:
    """What the propositions say of every compressed layer, in Lemma 17's terms."""
    return (
        *entries(),
        *JUSTIFICATION_103_CORRECTED,
        drawn.of_one("kept-at-a-wide-layer", "the entries that stay as they are in a layer of W", "kept", "(66)"),
        drawn.of_two("kept-at-a-bottleneck", "and in a layer of B", "kept", "(80)"),
        drawn.of_one("values-at-a-wide-layer", "the others are multiples of nu_l/k in a layer of W", "values", "(66)"),
        drawn.of_two("values-at-a-bottleneck", "and in a layer of B", "values", "(80)"),
        *wide_layer(drawn),
        *block(drawn),
    )


# Print takes delta small enough for its Lemma 17; here is how small that is, at any such delta.
small, f_small = sympy.symbols("delta_0 f_0", real=True)
NAMED = sympy.Eq(f_small, growth(2 * small))
ENOUGH = (sympy.Gt(small, 0), sympy.Le(small, xi**2 / 4), sympy.Ge(f_small, 0), sympy.Le(f_small, xi**2 / 10))
AT_SMALL = {
    e: constant(e, NO_REALIZATION).rhs.subs(delta, small).subs(NAMED.rhs, NAMED.lhs) for e in (e_1, e_2, e_3, e_4)
}
SMALL_DELTA = (
    Step("small-delta", "let delta_0 be small enough", "let", sympy.And(NAMED, *ENOUGH)),
    Step(
        "slack-at-small-delta",
        "at delta_0 the constants meet Lemma 17's condition on xi, as epsilon = 0",
        "smt",
        SLACK.relation.subs(AT_SMALL),
        given=ENOUGH,
        cites=("small-delta", "lemma-17"),
        equation="after (104)",
    ),
)
VALUES_IN_K = Step(
    "values-in-k",
    "multiples of nu_l/k are multiples of c_2/(k sqrt(max(n_l, n_{l+1})))",
    "smt",
    sympy.Eq(sympy.Abs(value), multiple * printed_step),
    given=(sympy.Eq(sympy.Abs(value), multiple * corrected_step), FROM_11),
    cites=("values-at-a-wide-layer", "values-at-a-bottleneck", "largest-entry"),
    equation="(22)",
)
PRINTED = (
    *LAYER_BEHIND,
    *alpha_range((ALPHA_CLOSE.relation, DRAWS_PRINTED.relation, sympy.Eq(n_0, PRINTED_N_0)), ("alpha-close", "draws")),
    constants(NO_REALIZATION),
    *layers(draws("printed", widths(c_1**4))),
    UNQUANTIZED_22,
    Step(
        "kept",
        "so at most 0.01 of the entries lie outside K",
        "smt",
        UNQUANTIZED_PRINTED.relation,
        given=(SHARE_LEFT, UNQUANTIZED_22.conclusion),
        cites=("kept-at-a-wide-layer", "kept-at-a-bottleneck", "unquantized-fraction"),
        equation="(22)",
    ),
    VALUES_IN_K,
    *PROJECTION_INSIDE,
    *SMALL_DELTA,
    *closes(NO_REALIZATION),
    network_error("corrected", c_1, operator_norm),
    *loss(c_1),
)
CORRECTED = (
    *LAYER_BEHIND_CORRECTED,
    constants(NO_REALIZATION),
    *layers(draws("corrected", widths(c_1**-4))),
    Step(
        "kept",
        "at most what alpha leaves",
        "smt",
        UNQUANTIZED.relation,
        given=(SHARE_LEFT,),
        cites=("kept-at-a-wide-layer", "kept-at-a-bottleneck"),
        equation="(22)",
    ),
    *closes(NO_REALIZATION),
    network_error("corrected", c_1, operator_norm),
    *loss(c_1),
)
PROOFS = {("theorem-3", "printed"): PRINTED, ("theorem-3", "corrected"): CORRECTED}
