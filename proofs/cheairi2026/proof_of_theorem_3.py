"""Theorem 3's proof step by step: "identical to the proof of Theorem 2", with Propositions 18 and 21."""

import sympy

from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from .explicit_delta import BLOCK_CLOSES, BLOCK_ROOM, DELTA_WIDE, WIDE_CLOSES
from .notation import alpha, c_1, c_2, delta, epsilon, growth, k, layer, n_l, n_l1, n_l2
from .stated_against_proved import LAYER_BEHIND, LAYER_BEHIND_CORRECTED, UNQUANTIZED_22
from .theorem_3_quantization import widths

FACTOR = alpha / (k**2 * (1 - alpha))
TARGET = c_1 ** (2 * (layer + 1))
room = sympy.Symbol("F", positive=True)


def conditions(printed: tuple[Assumption, ...]) -> tuple[Step, ...]:
    """What (19)-(21) are used for: t, Lambda and the three summands of f(Lambda) omega."""
    wide, width, ratio = (condition.relation for condition in printed)
    root = sympy.sqrt(n_l1)
    return (
        Step(
            "added-at-a-wide-layer",
            "t <= 2 c_1^{2l} delta",
            "monomial-ratio",
            sympy.Le(2 * c_2**2 * c_1 ** (2 * (layer - 1)) * FACTOR * n_l1 / n_l, 2 * c_1 ** (2 * layer) * delta),
            given=(wide,),
            cites=("wide-ratio",),
            equation="(19)",
        ),
        Step(
            "lambda",
            "Lambda <= 2 delta",
            "monomial-ratio",
            sympy.Le(2 * c_2**2 * c_1**layer * FACTOR / root, 2 * delta),
            given=(width,),
            cites=("bottleneck-width",),
            equation="(20)",
        ),
        Step(
            "input-summand",
            "the first summand of f(Lambda) omega is at most 2 delta e^Lambda c_1^{2(l+1)}",
            "monomial-ratio",
            sympy.Le(FACTOR * 2 * c_2**2 * c_1 ** (3 * layer - 2) / root, 2 * delta * TARGET),
            given=(width,),
            cites=("bottleneck-width",),
            equation="(20)",
        ),
        Step(
            "slope-summand",
            "the second summand is at most 4 delta e^Lambda c_1^{2(l+1)}",
            "monomial-ratio",
            sympy.Le(FACTOR * 4 * c_2**4 * c_1 ** (2 * (layer - 1)) * n_l2 / n_l1, 4 * delta * TARGET),
            given=(ratio,),
            cites=("bottleneck-ratio",),
            equation="(21)",
        ),
        Step(
            "draw-summand",
            "the third summand, with tau = 1/k, is at most 4 delta e^Lambda c_1^{2(l+1)}",
            "monomial-ratio",
            sympy.Le(FACTOR * 4 * c_2**4 * c_1 ** (3 * layer - 2) / (k * root), 4 * delta * TARGET),
            given=(width,),
            cites=("bottleneck-width",),
            equation="(20)",
        ),
    )


CLOSES = (
    Step(
        "wide-closes",
        "at delta <= xi^2/2 the induction closes at a wide layer (epsilon = 0)",
        "smt",
        WIDE_CLOSES.subs(epsilon, 0),
        given=(sympy.Le(delta, DELTA_WIDE.subs(epsilon, 0)),),
        cites=("lemma-17",),
    ),
    Step(
        "block-closes",
        "with f(2 delta) <= F it closes behind a block (epsilon = 0)",
        "smt",
        BLOCK_CLOSES.subs(growth(2 * delta), room).subs(epsilon, 0),
        given=(sympy.Le(room, BLOCK_ROOM.subs(epsilon, 0)),),
        cites=("lemma-17",),
    ),
)
PROOFS = {
    ("theorem-3", "printed"): (LAYER_BEHIND, UNQUANTIZED_22, *conditions(widths(c_1**4)), *CLOSES),
    ("theorem-3", "corrected"): (LAYER_BEHIND_CORRECTED, *conditions(widths(c_1**-4)), *CLOSES),
}
