"""Lemma 17's proof: the error over a layer that is kept, a wide layer and a block, and the induction over all three.

The layers are numbered by i; E||z^i - [zhat^i]||^2 is sigma^{2i} scaled(i), and wide(i) = 1, tall(i) = 1 say that i is
in W, in B.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Projection
from boundcheck.core.step import Step

from .lemma_9_projection_brings_closer import STATEMENT as LEMMA_9
from .lemma_9_projection_brings_closer import kappa
from .lemma_9_projection_brings_closer import u as lemma_u
from .lemma_9_projection_brings_closer import v as lemma_v
from .lemma_17_induction_over_layers import (
    BLOCK_STEP,
    ERROR,
    GROWTH,
    NORMS,
    SLACK,
    UNCOMPRESSED,
    UNIT_BALL,
    WIDE_STEP,
    e_1,
    e_2,
    e_3,
    e_4,
    error,
    error_behind_block,
    error_in_front,
    error_reached,
    largest_norm,
    reached,
    sigma,
)
from .notation import distance, input_norm, layer, lipschitz, sigma_1, value_at_zero, xi

i, j = sympy.symbols("i j", integer=True)
root = sympy.Symbol("r", real=True)  # of the number of units
# The dense network's vectors; errors in units of sigma^{2i}; and the layers' roles.
z = sympy.Function("z")
scaled, wide, tall = (sympy.Function(name, real=True) for name in ("scaled", "wide", "tall"))
# Of the layer behind i or j: its matrix, the compressed vector in front of it, the one behind it if it is kept.
weights, weights_j, z_front, z_kept, z_start = sympy.symbols("W W_j zhat_i zkept zhat_0")
before, front, behind, tall_here, tall_behind, wide_behind = sympy.symbols(
    "before front behind tall_i tall_{i+1} wide_{i+1}", real=True
)

APART = z(i) - Projection(z_front, sigma**i)
KEPT = Norm(z(i + 1) - Projection(z_kept, sigma ** (i + 1)))
IMAGE = Norm(weights * APART)
START = Norm(z(0) - Projection(z_start, 1))
MOVES = sympy.Le(Norm(z(i + 1) - z_kept), lipschitz * IMAGE)
SIZE = sympy.Le(Norm(z(j + 1)), lipschitz * Norm(weights_j * z(j)) + sympy.Abs(value_at_zero) * root)
SCALES = (
    sympy.Eq(before, sigma ** (2 * (i - 1)) * scaled(i - 1)),
    sympy.Eq(front, sigma ** (2 * i) * scaled(i)),
    sympy.Eq(behind, sigma ** (2 * (i + 1)) * scaled(i + 1)),
)
ROLES = (sympy.Eq(tall_here, tall(i)), sympy.Eq(tall_behind, tall(i + 1)), sympy.Eq(wide_behind, wide(i + 1)))


def read_at(growth: Boolean, where: dict[sympy.Basic, sympy.Basic]) -> Boolean:
    """(57) or (58) at a layer."""
    relation: Boolean = growth.subs(where, simultaneous=True)
    return relation


# (57) at layer i + 1, (58) at layer i, (56) at layer i + 1, and (6).
WIDE_GROWTH = sympy.Or(
    sympy.Ne(wide_behind, 1), read_at(GROWTH[0].relation, {layer: i + 1, error_in_front: front, error: behind})
)
BLOCK_GROWTH = sympy.Or(
    sympy.Ne(tall_here, 1), read_at(GROWTH[1].relation, {layer: i, error_in_front: before, error_behind_block: behind})
)
KEPT_LAYER = sympy.Or(sympy.Eq(wide_behind, 1), sympy.Eq(tall_behind, 1), sympy.Eq(behind, Expectation(KEPT**2)))
APART_SETS = (
    sympy.Or(sympy.Ne(tall_here, 1), sympy.Ne(wide_behind, 1)),
    sympy.Or(sympy.Ne(tall_here, 1), sympy.Ne(tall_behind, 1)),
)
NETWORK = (
    Step(
        "layers",
        "the dense vectors z^i, the errors and the roles of layers; 0 is the input of both networks, l' is not in B",
        "let",
        sympy.And(
            *(sympy.Eq(Norm(z(0)), input_norm), sympy.Eq(Norm(z(0) - z_start), 0)),
            *(sympy.Ne(tall(0), 1), sympy.Ne(wide(0), 1), sympy.Eq(scaled(0), Expectation(START**2))),
            *(sympy.Eq(error_reached, sigma ** (2 * reached) * scaled(reached)), sympy.Ne(tall(reached), 1)),
        ),
    ),
    Step("layer", "let i be a layer before l'", "let", sympy.And(sympy.Ge(i, 0), sympy.Le(i, reached - 1))),
    Step(
        "next-layer",
        "what (6), (56)-(58) and the activation say of the layer behind it",
        "let",
        sympy.And(
            *(sympy.Le(Norm(weights), largest_norm), MOVES, *SCALES, sympy.Eq(front, Expectation(Norm(APART) ** 2))),
            *(*ROLES, KEPT_LAYER, WIDE_GROWTH, BLOCK_GROWTH, *APART_SETS),
            # What is called the error in front of and behind a layer that is kept.
            *(sympy.Eq(error, Expectation(KEPT**2)), sympy.Eq(sigma_1, Norm(weights)), sympy.Eq(distance, front)),
        ),
        cites=("layer", "wide-growth", "block-growth"),
        equation="(6), (56)-(58)",
    ),
    Step("layer-in-front", "let j be i or a layer before it", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, i))),
    Step(
        "activation",
        "what the activation does behind j",
        "let",
        sympy.And(SIZE, sympy.Le(Norm(weights_j), largest_norm)),
        cites=("layer-in-front",),
    ),
)
SIZES = (
    Step(
        "image",
        "||W z|| <= ||W|| ||z||",
        "named-lemma",
        sympy.Le(Norm(weights_j * z(j)), Norm(weights_j) * Norm(z(j))),
        data={"lemma": "operator-norm", "instance": {"A": weights_j, "x": z(j)}},
    ),
    Step(
        "size-grows",
        "||z^{j+1}|| <= sigma ||z^j||, as phi(0) = 0 and phi is 1-Lipschitz",
        "smt",
        sympy.Le(Norm(z(j + 1)), sigma * Norm(z(j))),
        given=(
            SIZE,
            sympy.Le(Norm(weights_j * z(j)), Norm(weights_j) * Norm(z(j))),
            sympy.Le(Norm(weights_j), largest_norm),
            NORMS.relation,
            sympy.Le(lipschitz, 1),
            sympy.Eq(value_at_zero, 0),
        ),
        cites=("activation", "image", "norms", "activation-lipschitz", "activation-zero-at-zero"),
    ),
    Step(
        "size",
        "so ||z^{i+1}|| <= sigma^{i+1}, the radius behind layer i + 1",
        "finite-induction",
        sympy.Le(Norm(z(i + 1)), sigma ** (i + 1)),
        given=(sympy.Eq(Norm(z(0)), input_norm), UNIT_BALL.relation, sympy.Ge(i, 0)),
        cites=("layers", "layer", "size-grows", "unit-ball"),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": i + 1,
            "hypothesis": sympy.Le(Norm(z(j)), sigma**j),
            "recursion": (sympy.Le(Norm(z(j + 1)), sigma * Norm(z(j))),),
        },
    ),
)
KEPT_LAYERS = (
    applied(
        "projected",
        "Lemma 9: the projection brings the compressed output no farther from the dense one",
        LEMMA_9,
        "printed",
        "distance",
        {lemma_u: z(i + 1), lemma_v: z_kept, kappa: sigma ** (i + 1)},
    ),
    Step(
        "image-of-the-error",
        "||W (z - [zhat])|| <= ||W|| ||z - [zhat]||",
        "named-lemma",
        sympy.Le(IMAGE, Norm(weights) * Norm(APART)),
        data={"lemma": "operator-norm", "instance": {"A": weights, "x": APART}},
    ),
    Step(
        "kept-pointwise",
        "a layer that is kept multiplies the distance by its norm at most",
        "smt",
        sympy.Le(KEPT**2, sigma_1**2 * Norm(APART) ** 2),
        given=(
            sympy.Le(KEPT, Norm(z(i + 1) - z_kept)),
            MOVES,
            sympy.Le(IMAGE, Norm(weights) * Norm(APART)),
            sympy.Eq(sigma_1, Norm(weights)),
            sympy.Le(lipschitz, 1),
        ),
        cites=("projected", "next-layer", "image-of-the-error", "activation-lipschitz"),
        equation="(60)",
    ),
    Step(
        "kept-in-the-mean",
        "in the mean",
        "expectation",
        sympy.Le(Expectation(KEPT**2), Expectation(sigma_1**2 * Norm(APART) ** 2)),
        given=(sympy.Le(KEPT**2, sigma_1**2 * Norm(APART) ** 2),),
        cites=("kept-pointwise",),
    ),
    Step(
        "constant-out",
        "weights are not random",
        "expectation",
        sympy.Eq(
            Expectation(sigma_1**2 * Norm(APART) ** 2), sigma_1**2 * Expectation(Norm(APART) ** 2), evaluate=False
        ),
    ),
    Step(
        "uncompressed",
        "the error behind a layer that is kept",
        "smt",
        UNCOMPRESSED.relation,
        given=(
            sympy.Eq(error, Expectation(KEPT**2)),
            sympy.Le(Expectation(KEPT**2), Expectation(sigma_1**2 * Norm(APART) ** 2)),
            sympy.Eq(Expectation(sigma_1**2 * Norm(APART) ** 2), sigma_1**2 * Expectation(Norm(APART) ** 2)),
            *(sympy.Eq(distance, front), sympy.Eq(front, Expectation(Norm(APART) ** 2))),
        ),
        cites=("next-layer", "kept-in-the-mean", "constant-out"),
        equation="(60)",
    ),
)
# Of the layer behind i: what each role makes of the error, and of the bound (59), in units of sigma^{2i}.
KEPT_GROWTH = sympy.Or(sympy.Eq(wide(i + 1), 1), sympy.Eq(tall(i + 1), 1), sympy.Le(scaled(i + 1), scaled(i)))
WIDE_SCALED = sympy.Or(sympy.Ne(wide(i + 1), 1), sympy.Le(scaled(i + 1), (1 + e_1) * scaled(i) + e_2))
BLOCK_SCALED = sympy.Or(sympy.Ne(tall(i), 1), sympy.Le(scaled(i + 1), (1 + e_3) * scaled(i - 1) + e_4))
DISJOINT = (
    sympy.Or(sympy.Ne(tall(i), 1), sympy.Ne(wide(i + 1), 1)),
    sympy.Or(sympy.Ne(tall(i), 1), sympy.Ne(tall(i + 1), 1)),
)
GROWS = (
    Step(
        "kept-growth",
        "outside W and B the error grows by sigma^2 at most",
        "smt",
        KEPT_GROWTH,
        given=(
            *(KEPT_LAYER, UNCOMPRESSED.relation, sympy.Eq(error, Expectation(KEPT**2)), sympy.Eq(distance, front)),
            *(sympy.Eq(sigma_1, Norm(weights)), sympy.Le(Norm(weights), largest_norm), NORMS.relation),
            *(*SCALES[1:], *ROLES[1:], sympy.Eq(front, Expectation(Norm(APART) ** 2))),
        ),
        cites=("next-layer", "uncompressed", "norms"),
        equation="(60)",
    ),
    Step(
        "wide-scaled",
        "(57) in units of sigma^{2l}",
        "smt",
        WIDE_SCALED,
        given=(WIDE_GROWTH, *SCALES[1:], ROLES[2]),
        cites=("next-layer",),
        equation="(62)",
    ),
    Step(
        "block-scaled",
        "(58) in units of sigma^{2(l+1)}",
        "smt",
        BLOCK_SCALED,
        given=(BLOCK_GROWTH, *SCALES, ROLES[0]),
        cites=("next-layer",),
        equation="(64)",
    ),
    Step(
        "behind-a-bottleneck",
        "the layer behind one of B is in neither set",
        "smt",
        sympy.And(*DISJOINT),
        given=(*APART_SETS, *ROLES),
        cites=("next-layer",),
        equation="(6)",
    ),
)
INPUT = (
    Step(
        "input-in-the-ball",
        "the input lies in the ball of radius kappa_0 = 1",
        "smt",
        sympy.Ge(1, Norm(z(0)), evaluate=False),
        given=(UNIT_BALL.relation, sympy.Eq(Norm(z(0)), input_norm)),
        cites=("unit-ball", "layers"),
    ),
    applied(
        "input-projected",
        "so the projection leaves it where it is",
        LEMMA_9,
        "printed",
        "distance",
        {lemma_u: z(0), lemma_v: z_start, kappa: 1},
    ),
    Step(
        "input-pointwise",
        "both networks start from it",
        "smt",
        sympy.Le(START**2, 0),
        given=(sympy.Le(START, Norm(z(0) - z_start)), sympy.Eq(Norm(z(0) - z_start), 0)),
        cites=("input-projected", "layers"),
    ),
    Step(
        "input-in-the-mean",
        "in the mean",
        "expectation",
        sympy.Le(Expectation(START**2), Expectation(0)),
        given=(sympy.Le(START**2, 0),),
        cites=("input-pointwise",),
    ),
    Step("nothing", "the mean of zero is zero", "expectation", sympy.Eq(Expectation(0), 0, evaluate=False)),
    Step(
        "start",
        "the induction starts without an error",
        "smt",
        sympy.Le(scaled(0), 0),
        given=(
            sympy.Eq(scaled(0), Expectation(START**2)),
            sympy.Le(Expectation(START**2), Expectation(0)),
            sympy.Eq(Expectation(0), 0, evaluate=False),
        ),
        cites=("layers", "input-in-the-mean", "nothing"),
    ),
)


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
