"""Lemma 17's induction step by step: the two inequalities, as printed and as the corrected form keeps them."""

import sympy

from boundcheck.core.step import Step

from .lemma_17_induction_over_layers import BLOCK_STEP, SLACK, WIDE_STEP, e_1, e_2, e_3, e_4
from .notation import layer, xi

GROWS = sympy.Ge((1 + xi) ** layer, 1 + xi)
HALF = (1 + xi / 2) / (1 + xi) + (xi / 2) / (1 + xi)

BOUNDS = (
    Step(
        "slack-1",
        "xi >= 2 e_1 bounds the relative growth at a wide layer by xi/2",
        "smt",
        sympy.Le(e_1, xi / 2),
        given=(SLACK.relation,),
        cites=("slack",),
    ),
    Step(
        "slack-2",
        "xi >= sqrt(2 e_2) bounds the absolute growth at a wide layer by xi^2/2",
        "smt",
        sympy.Le(e_2, xi**2 / 2),
        given=(SLACK.relation,),
        cites=("slack",),
    ),
    Step(
        "slack-3",
        "xi >= 2 e_3 bounds the relative growth behind a block by xi/2",
        "smt",
        sympy.Le(e_3, xi / 2),
        given=(SLACK.relation,),
        cites=("slack",),
    ),
    Step(
        "slack-4",
        "xi >= sqrt(2 e_4) bounds the absolute growth behind a block by xi^2/2",
        "smt",
        sympy.Le(e_4, xi**2 / 2),
        given=(SLACK.relation,),
        cites=("slack",),
    ),
)
PRINTED = (
    *BOUNDS,
    Step(
        "wide-63",
        "the two terms at a wide layer are at most those of (63)",
        "smt",
        sympy.Le((1 + e_1) / (1 + xi) + e_2 / ((1 + xi) * xi), HALF),
        given=(sympy.Le(e_1, xi / 2), sympy.Le(e_2, xi**2 / 2)),
        cites=("slack-1", "slack-2"),
        equation="(63)",
    ),
    Step(
        "sum-is-one", "the two terms of (63) and (65) add up to 1", "exact-algebra", sympy.Eq(HALF, 1), equation="(63)"
    ),
    Step(
        "block-65",
        "the two terms behind a block are at most those of (65)",
        "smt",
        sympy.Le((1 + e_3) / (1 + xi) ** 2 + e_4 / ((1 + xi) ** 2 * xi), HALF),
        given=(sympy.Le(e_3, xi / 2), sympy.Le(e_4, xi**2 / 2)),
        cites=("slack-3", "slack-4"),
        equation="(65)",
    ),
)
error_before, sigma = sympy.symbols("E sigma", positive=True)
CORRECTED = (
    Step(
        "wide-closes",
        "the induction step at a wide layer: (1 + e_1) xi + e_2 <= (1 + xi) xi, in units of sigma^{2l} (1 + xi)^{l-1}",
        "smt",
        sympy.Le((1 + e_1) * xi + e_2, (1 + xi) * xi),
        given=(WIDE_STEP,),
        equation="(62)-(63)",
    ),
    Step(
        "block-closes",
        "the induction step behind a block: (1 + e_3) xi + e_4 <= (1 + xi)^2 xi, in units of sigma^{2l} (1 + xi)^{l-2}",
        "smt",
        sympy.Le((1 + e_3) * xi + e_4, (1 + xi) ** 2 * xi),
        given=(BLOCK_STEP,),
        equation="(64)-(65)",
    ),
    Step(
        "uncompressed-grows",
        "an uncompressed layer closes with room: xi <= (1 + xi) xi",
        "smt",
        sympy.Le(xi, (1 + xi) * xi),
        equation="(60)-(61)",
    ),
)
PROOFS = {("lemma-17", "printed"): PRINTED, ("lemma-17", "corrected"): CORRECTED}
