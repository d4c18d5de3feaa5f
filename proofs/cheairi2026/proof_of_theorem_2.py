"""Theorem 2's proof: Propositions 19 and 22 at every layer, Lemma 17 over the layers, Cauchy-Schwarz for the loss."""

import sympy

from boundcheck.core.step import Step

from .blocks_of_entries import block
from .layers_of_entries import Draws, alpha_range, entries, wide_layer
from .lemma_17_induction_over_layers import SLACK, e_1, e_2, e_3, e_4
from .notation import c_1, delta, epsilon, gamma, growth, kept_fraction, n_0, operator_norm, p, xi
from .over_the_layers import closes, constant, constants, loss, network_error
from .proposition_19_one_layer_pruning import STATEMENT as PROPOSITION_19
from .proposition_19_one_layer_pruning import error, kept
from .proposition_22_two_layers_pruning import STATEMENT as PROPOSITION_22
from .stated_against_proved import (
    HUNDREDTH,
    JUSTIFICATION_103,
    JUSTIFICATION_103_CORRECTED,
    KEPT_16,
    LAYER_BEHIND,
    LAYER_BEHIND_CORRECTED,
    PROJECTION_INSIDE,
    SHARE,
)
from .theorem_2_pruning import ALPHA_CLOSE, DRAWS_PRINTED, KEPT_PRINTED, PRINTED_N_0, WIDTHS

MOMENT = (1 - p) / p
f = sympy.Symbol("f", real=True)


def draws(variant: str, value: sympy.Expr, excess: sympy.Expr) -> Draws:
    """What pruning draws; ``value`` is taken for epsilon, ``excess`` for gamma."""
    where = {kept: kept_fraction, epsilon: value, gamma: excess}
    size = sympy.Max(p, 1 - p) / p
    return Draws(variant, PROPOSITION_19, PROPOSITION_22, error, MOMENT, size, value, WIDTHS, where)


def layers(drawn: Draws, entry_bound: tuple[Step, ...]) -> tuple[Step, ...]:
    """What the propositions say of every compressed layer, in Lemma 17's terms."""
    return (
        *entries(),
        *entry_bound,
        drawn.of_one("kept-at-a-wide-layer", "the entries that stay nonzero in a layer of W", "kept", "(97)"),
        drawn.of_two("kept-at-a-bottleneck", "and in a layer of B", "kept", "(97)"),
        *wide_layer(drawn),
        *block(drawn),
    )


AS_PRINTED = draws("printed", xi / 2, HUNDREDTH)
E_1, E_2, E_4 = (constant(e, xi / 2) for e in (e_1, e_2, e_4))
NAMED = tuple(sympy.Eq(e, value) for e, value in ((e_3, xi / 2 + (1 + xi / 2) * f), (e_4, (1 + xi / 2) * 5 * f)))
# What Lemma 17 asks of the constants, which the proof is silent about.
CONSTANTS_MEET_LEMMA_17 = (
    Step("growth", "let f be f(2 delta)", "definition", sympy.Eq(f, growth(2 * delta))),
    Step("growth-positive", "which is positive", "smt", sympy.Gt(f, 0), (sympy.Eq(f, growth(2 * delta)),), ("growth",)),
    Step(
        "constants-named",
        "epsilon_3 and epsilon_4 by that name",
        "smt",
        sympy.And(*NAMED),
        given=(constant(e_3, xi / 2), E_4, sympy.Eq(f, growth(2 * delta))),
        cites=("constants", "growth"),
        equation="after (104)",
    ),
    Step(
        "slack-at-a-block",
        "the constants meet Lemma 17's condition on xi, with epsilon_3 = xi/2 + (1 + xi/2) f(2 delta)",
        "smt",
        SLACK.relation,
        given=(E_1, E_2, *NAMED, sympy.Gt(f, 0)),
        cites=("lemma-17", "constants", "constants-named", "growth-positive"),
        equation="after (104)",
    ),
)
PRINTED = (
    *LAYER_BEHIND,
    *alpha_range(
        (ALPHA_CLOSE.relation, DRAWS_PRINTED.relation, sympy.Eq(n_0, PRINTED_N_0)),
        ("alpha-close", "draws"),
    ),
    constants(xi / 2),
    *layers(AS_PRINTED, JUSTIFICATION_103),
    KEPT_16,
    Step(
        "kept",
        "so at most 0.01 + 1.01 p of the entries stay nonzero",
        "smt",
        KEPT_PRINTED.relation,
        given=(sympy.Le(kept_fraction, 1 - SHARE + SHARE * (1 + HUNDREDTH) * p), KEPT_16.conclusion),
        cites=("kept-at-a-wide-layer", "kept-at-a-bottleneck", "kept-fraction"),
        equation="(16)",
    ),
    *PROJECTION_INSIDE,
    *CONSTANTS_MEET_LEMMA_17,
    network_error("printed", c_1, operator_norm),
    *loss(c_1),
)
CORRECTED = (
    *LAYER_BEHIND_CORRECTED,
    constants(epsilon),
    *layers(draws("corrected", epsilon, gamma), JUSTIFICATION_103_CORRECTED),
    *closes(epsilon),
    network_error("corrected", c_1, operator_norm),
    *loss(c_1),
)
PROOFS = {("theorem-2", "printed"): PRINTED, ("theorem-2", "corrected"): CORRECTED}
