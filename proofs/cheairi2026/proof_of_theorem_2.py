"""Theorem 2's proof step by step, from the printed conditions to the constants that Lemma 17 is run with."""

import sympy

from boundcheck.core.step import Step

from .explicit_delta import BLOCK_CLOSES, BLOCK_ROOM, DELTA_WIDE, WIDE_CLOSES
from .lemma_17_induction_over_layers import e_3
from .notation import alpha, c_1, c_2, delta, growth, layer, n_l, n_l1, n_l2, p, xi
from .stated_against_proved import (
    JUSTIFICATION_103,
    JUSTIFICATION_103_CORRECTED,
    KEPT_16,
    LAYER_BEHIND,
    LAYER_BEHIND_CORRECTED,
)
from .theorem_2_pruning import WIDTHS

WIDE, WIDTH, RATIO = (condition.relation for condition in WIDTHS)
FACTOR = alpha * (1 - p) / (p * (1 - alpha))

ADDED = Step(
    "added-at-a-wide-layer",
    "t <= 2 c_1^{2l} delta, with nu_l <= c_2/sqrt(n_l) from (11) and kappa_{l-1} = c_1^{l-1}",
    "monomial-ratio",
    sympy.Le(2 * c_2**2 * c_1 ** (2 * (layer - 1)) * FACTOR * n_l1 / n_l, 2 * c_1 ** (2 * layer) * delta),
    given=(WIDE,),
    cites=("wide-ratio",),
    equation="after (97)",
)
LAMBDA = Step(
    "lambda",
    "Lambda <= 2 delta, with nu_l <= c_2/sqrt(n_{l+1}) from (11)",
    "monomial-ratio",
    sympy.Le(2 * c_2**2 * c_1**layer * FACTOR / sympy.sqrt(n_l1), 2 * delta),
    given=(WIDTH,),
    cites=("bottleneck-width",),
    equation="(101)",
)
SLOPE = Step(
    "slope-summand",
    "the second summand of (103) is at most 4 delta c_1^{2(l+1)}",
    "monomial-ratio",
    sympy.Le(FACTOR * 4 * c_2**4 * c_1 ** (2 * (layer - 1)) * n_l2 / n_l1, 4 * delta * c_1 ** (2 * (layer + 1))),
    given=(RATIO,),
    cites=("bottleneck-ratio",),
    equation="(104)",
)
INPUT = Step(
    "input-summand",
    "the first summand of (103) is at most 2 delta c_1^{2(l+1)}",
    "monomial-ratio",
    sympy.Le(FACTOR * 2 * c_2**2 * c_1 ** (3 * layer - 2) / sympy.sqrt(n_l1), 2 * delta * c_1 ** (2 * (layer + 1))),
    given=(WIDTH,),
    cites=("bottleneck-width",),
    equation="(104)",
)
DRAW = Step(
    "draw-summand",
    "the third summand of (103) is at most 4 delta c_1^{2(l+1)}",
    "monomial-ratio",
    sympy.Le(
        FACTOR * 4 * c_2**4 * c_1 ** (3 * layer - 2) * sympy.Max(1, (1 - p) / p) / sympy.sqrt(n_l1),
        4 * delta * c_1 ** (2 * (layer + 1)),
    ),
    given=(WIDTH,),
    cites=("bottleneck-width",),
    equation="(104)",
)
TOTAL = Step(
    "growth-of-two-delta",
    "e^{2 delta} (6 delta + 4 delta) = 5 f(2 delta)",
    "exact-algebra",
    sympy.Eq(sympy.exp(2 * delta) * (6 * delta + 4 * delta), 5 * growth(2 * delta), evaluate=False),
    equation="(104)",
)
CONDITIONS = (ADDED, LAMBDA, INPUT, SLOPE, DRAW, TOTAL)
PRINTED = (
    LAYER_BEHIND,
    KEPT_16,
    JUSTIFICATION_103,
    *CONDITIONS,
    Step(
        "slack-at-a-block",
        "the constants set in the proof meet xi >= 2 e_3 of Lemma 17, with e_3 = xi/2 + (1 + xi/2) f(2 delta)",
        "smt",
        sympy.Ge(xi, 2 * e_3),
        given=(
            sympy.Eq(e_3, xi / 2 + (1 + xi / 2) * sympy.Symbol("f", positive=True)),
            sympy.Gt(sympy.Symbol("f", positive=True), 0),
        ),
        cites=("lemma-17",),
        equation="after (104)",
    ),
)
room = sympy.Symbol("F", positive=True)
CORRECTED = (
    LAYER_BEHIND_CORRECTED,
    JUSTIFICATION_103_CORRECTED,
    *CONDITIONS,
    Step(
        "wide-closes",
        "at delta <= xi (xi - epsilon) / (2 (1 + epsilon)) the induction closes at a wide layer",
        "smt",
        WIDE_CLOSES,
        given=(sympy.Le(delta, DELTA_WIDE),),
        cites=("lemma-17",),
    ),
    Step(
        "block-closes",
        "with f(2 delta) <= F = ((1 + xi)^2/(1 + epsilon) - 1)/(1 + 5/xi) it closes behind a block",
        "smt",
        BLOCK_CLOSES.subs(growth(2 * delta), room),
        given=(sympy.Le(room, BLOCK_ROOM),),
        cites=("lemma-17",),
    ),
)
PROOFS = {("theorem-2", "printed"): PRINTED, ("theorem-2", "corrected"): CORRECTED}
