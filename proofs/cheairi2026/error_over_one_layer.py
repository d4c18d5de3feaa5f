"""How the error goes over a layer that is kept, a wide layer and a block: the first half of Lemma 17's proof.

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
    GROWTH,
    NORMS,
    UNCOMPRESSED,
    UNIT_BALL,
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
from .notation import distance, input_norm, layer, lipschitz, sigma_1, value_at_zero

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
