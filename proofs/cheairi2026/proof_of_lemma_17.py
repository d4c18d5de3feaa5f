"""Lemma 17's proof: the induction over the layers, from how the error goes over each kind of layer."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.step import Step

from .error_over_one_layer import (
    BLOCK_SCALED,
    DISJOINT,
    GROWS,
    INPUT,
    KEPT_GROWTH,
    KEPT_LAYERS,
    NETWORK,
    SIZES,
    WIDE_SCALED,
    i,
    scaled,
    tall,
    wide,
)
from .lemma_17_induction_over_layers import (
    BLOCK_STEP,
    ERROR,
    SLACK,
    WIDE_STEP,
    e_1,
    e_2,
    e_3,
    e_4,
    error_reached,
    reached,
    sigma,
)
from .notation import xi


def bounded(number: sympy.Expr) -> Boolean:
    """(59) at a layer, in units of sigma^{2i}."""
    relation: Boolean = sympy.Le(scaled(number), (1 + xi) ** number * xi)
    return relation


def grown(number: sympy.Expr) -> Boolean:
    """(1 + xi)^i >= 1."""
    relation: Boolean = sympy.Ge((1 + xi) ** number, 1)
    return relation


WIDE_CLOSES = sympy.Le((1 + e_1) * xi + e_2, (1 + xi) * xi)
BLOCK_CLOSES = sympy.Le((1 + e_3) * xi + e_4, (1 + xi) ** 2 * xi)
KEPT_STEP = sympy.Or(sympy.Eq(wide(i + 1), 1), sympy.Eq(tall(i + 1), 1), sympy.Not(bounded(i)), bounded(i + 1))
WIDE_PASSED = sympy.Or(sympy.Ne(wide(i + 1), 1), sympy.Not(grown(i)), sympy.Not(bounded(i)), bounded(i + 1))
BLOCK_PASSED = sympy.Or(sympy.Ne(tall(i), 1), sympy.Not(grown(i - 1)), sympy.Not(bounded(i - 1)), bounded(i + 1))
# At a layer of B the bound is known for the layer in front of it.
HYPOTHESIS = sympy.Or(
    sympy.And(sympy.Ne(tall(i), 1), bounded(i), grown(i)),
    sympy.And(sympy.Eq(tall(i), 1), bounded(i - 1), grown(i - 1)),
)


def induction(
    wide_slack: tuple[Boolean, ...], block_slack: tuple[Boolean, ...], cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """From the growth over each kind of layer, and what bounds the constants, to (59)."""
    at_the_end = HYPOTHESIS.subs(i, reached)
    return (
        Step("wide-closes", "the two summands at a wide layer", "smt", WIDE_CLOSES, wide_slack, cites, "(62)-(63)"),
        Step("block-closes", "the two summands behind a block", "smt", BLOCK_CLOSES, block_slack, cites, "(64)-(65)"),
        Step(
            "kept-step", "(59) passes a layer that is kept", "smt", KEPT_STEP, (KEPT_GROWTH,), ("kept-growth",), "(61)"
        ),
        Step(
            "wide-step",
            "(59) passes a wide layer",
            "smt",
            WIDE_PASSED,
            given=(WIDE_SCALED, WIDE_CLOSES),
            cites=("wide-scaled", "wide-closes"),
            equation="(63)",
        ),
        Step(
            "block-step",
            "(59) passes a block",
            "smt",
            BLOCK_PASSED,
            given=(BLOCK_SCALED, BLOCK_CLOSES),
            cites=("block-scaled", "block-closes"),
            equation="(65)",
        ),
        Step(
            "induction",
            "so it holds at layer i if that is outside B, and at layer i - 1 if it is in B, from i = 0 on",
            "finite-induction",
            at_the_end,
            given=(sympy.Le(scaled(0), 0), sympy.Ne(tall(0), 1)),
            cites=("layers", "start", "kept-step", "wide-step", "block-step", "behind-a-bottleneck"),
            data={
                "variable": i,
                "start": sympy.Integer(0),
                "until": reached,
                "hypothesis": HYPOTHESIS,
                "recursion": (KEPT_STEP, WIDE_PASSED, BLOCK_PASSED, *DISJOINT),
            },
        ),
        Step(
            "error",
            "(59) at layer l'",
            "smt",
            ERROR.relation,
            given=(
                at_the_end,
                *(sympy.Ne(tall(reached), 1), sympy.Eq(error_reached, sigma ** (2 * reached) * scaled(reached))),
            ),
            cites=("induction", "layers"),
            equation="(59)",
        ),
    )


COMMON = (*NETWORK, *SIZES, *KEPT_LAYERS, *GROWS, *INPUT)


def from_slack() -> tuple[Step, ...]:
    """What the printed condition on xi says of the four constants, and the two terms of (63) and (65)."""
    half = sympy.Eq((1 + xi / 2) / (1 + xi) + (xi / 2) / (1 + xi), 1, evaluate=False)
    says = {
        "slack-1": ("relative growth at a wide layer by xi/2", sympy.Le(e_1, xi / 2)),
        "slack-2": ("absolute growth at a wide layer by xi^2/2", sympy.Le(e_2, xi**2 / 2)),
        "slack-3": ("relative growth behind a block by xi/2", sympy.Le(e_3, xi / 2)),
        "slack-4": ("absolute growth behind a block by xi^2/2", sympy.Le(e_4, xi**2 / 2)),
    }
    return (
        *(
            Step(name, f"the condition on xi bounds the {what}", "smt", relation, (SLACK.relation,), ("slack",))
            for name, (what, relation) in says.items()
        ),
        Step("sum-is-one", "the two terms of (63) and (65) add up to 1", "exact-algebra", half, equation="(63)"),
    )


SLACKS = tuple(step.conclusion for step in from_slack()[:4])
PROOFS = {
    ("lemma-17", "printed"): (
        *COMMON,
        *from_slack(),
        *induction(SLACKS[:2], SLACKS[2:], ("slack-1", "slack-2", "slack-3", "slack-4")),
    ),
    ("lemma-17", "corrected"): (*COMMON, *induction((WIDE_STEP,), (BLOCK_STEP,), ("wide-step", "block-step"))),
}
