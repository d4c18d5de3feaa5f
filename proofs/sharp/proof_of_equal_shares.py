"""The induction over the layers: layer i has used up at most i of m shares.

The layers are numbered by i; the error behind layer i is sigma^{2i} scaled(i), and
wide(i) = 1, tall(i) = 1 say that i is in W, in B.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .equal_shares import (
    BIAS_SHARE,
    BLOCK_GROWTH,
    ERROR,
    KEPT_GROWTH,
    SHARE,
    WIDE_GROWTH,
    error_behind,
    error_behind_block,
    error_in_front,
    factor,
    room,
    sigma,
)
from .notation import depth, error_network, layer

i = sympy.Symbol("i", integer=True)
scaled, wide, tall = (sympy.Function(name, real=True) for name in ("scaled", "wide", "tall"))
before, front, behind, tall_here, tall_behind, wide_behind = sympy.symbols(
    "before front behind tall_i tall_{i+1} wide_{i+1}", real=True
)
SCALES = (
    sympy.Eq(before, sigma ** (2 * (i - 1)) * scaled(i - 1)),
    sympy.Eq(front, sigma ** (2 * i) * scaled(i)),
    sympy.Eq(behind, sigma ** (2 * (i + 1)) * scaled(i + 1)),
)
apart = sympy.Symbol("x-xhat")  # vectors in front of a block of B, dense and compressed
MEAN_SQUARE = sympy.Eq(before, Expectation(Norm(apart) ** 2))
ROLES = (sympy.Eq(tall_here, tall(i)), sympy.Eq(tall_behind, tall(i + 1)), sympy.Eq(wide_behind, wide(i + 1)))


def read_at(growth: Boolean, where: dict[sympy.Basic, sympy.Basic]) -> Boolean:
    """A growth assumption at a layer."""
    relation: Boolean = growth.subs(where, simultaneous=True)
    return relation


LEFT_ALONE = sympy.Or(
    sympy.Eq(wide_behind, 1),
    sympy.Eq(tall_behind, 1),
    sympy.Eq(tall_here, 1),
    read_at(KEPT_GROWTH.relation, {error_in_front: front, error_behind: behind}),
)
WIDE = sympy.Or(
    sympy.Ne(wide_behind, 1),
    read_at(WIDE_GROWTH.relation, {layer: i + 1, error_in_front: front, error_behind: behind}),
)
BLOCK = sympy.Or(
    sympy.Ne(tall_here, 1),
    read_at(BLOCK_GROWTH.relation, {layer: i, error_in_front: before, error_behind_block: behind}),
)
APART = (
    sympy.Or(sympy.Ne(tall_here, 1), sympy.Ne(wide_behind, 1)),
    sympy.Or(sympy.Ne(tall_here, 1), sympy.Ne(tall_behind, 1)),
)


def used_up(number: sympy.Expr) -> Boolean:
    """At most so many shares, each grown by the realizations."""
    relation: Boolean = sympy.Le(scaled(number), factor**number * SHARE * number)
    return relation


def grown(number: sympy.Expr) -> Boolean:
    """F^i >= 1."""
    relation: Boolean = sympy.Ge(factor**number, 1)
    return relation


# In units of sigma^{2i}: what each kind of layer makes of the error.
KEPT_SCALED = sympy.Or(
    sympy.Eq(wide(i + 1), 1), sympy.Eq(tall(i + 1), 1), sympy.Eq(tall(i), 1), sympy.Le(scaled(i + 1), scaled(i))
)
WIDE_SCALED = sympy.Or(sympy.Ne(wide(i + 1), 1), sympy.Le(scaled(i + 1), factor * (scaled(i) + SHARE)))
BLOCK_SCALED = sympy.Or(
    sympy.Ne(tall(i), 1),
    sympy.Le(scaled(i + 1), factor * ((sympy.sqrt(scaled(i - 1)) + BIAS_SHARE) ** 2 + SHARE)),
)
DISJOINT = (
    sympy.Or(sympy.Ne(tall(i), 1), sympy.Ne(wide(i + 1), 1)),
    sympy.Or(sympy.Ne(tall(i), 1), sympy.Ne(tall(i + 1), 1)),
)
# At a layer of B the bound is known for the layer in front of it.
HYPOTHESIS = sympy.Or(
    sympy.And(sympy.Ne(tall(i), 1), used_up(i), grown(i)),
    sympy.And(sympy.Eq(tall(i), 1), used_up(i - 1), grown(i - 1)),
)
KEPT_STEP = sympy.Or(
    sympy.Eq(wide(i + 1), 1), sympy.Eq(tall(i + 1), 1), sympy.Eq(tall(i), 1), sympy.Not(used_up(i)), used_up(i + 1)
)
WIDE_STEP = sympy.Or(sympy.Ne(wide(i + 1), 1), sympy.Not(grown(i)), sympy.Not(used_up(i)), used_up(i + 1))
UNKNOWN_IN_FRONT = (sympy.Not(grown(i - 1)), sympy.Not(used_up(i - 1)))
ROOT = sympy.Or(*UNKNOWN_IN_FRONT, sympy.Le(sympy.sqrt(scaled(i - 1)), factor ** (i - 1) * sympy.sqrt(room)))
BIAS_FITS = sympy.Le(2 / (2 * depth + 1) + 1 / (2 * depth + 1) ** 2, 1 / depth)
SQUARE = sympy.Or(
    *UNKNOWN_IN_FRONT,
    sympy.Le((sympy.sqrt(scaled(i - 1)) + BIAS_SHARE) ** 2, factor ** (i - 1) * SHARE * i),
)
BLOCK_STEP = sympy.Or(sympy.Ne(tall(i), 1), *UNKNOWN_IN_FRONT, used_up(i + 1))
RANGE = (sympy.Ge(i, 0), sympy.Le(i, depth - 1))
PROOF = (
    Step(
        "layers",
        "errors and roles of the layers; no error in front of the first, and the last is not in B",
        "let",
        sympy.And(
            *(sympy.Eq(scaled(0), 0), sympy.Ne(tall(0), 1), sympy.Ne(wide(0), 1), sympy.Ne(tall(depth), 1)),
            *(sympy.Eq(error_network, sigma ** (2 * depth) * scaled(depth)),),
        ),
    ),
    Step("layer", "let i be a layer before the last", "let", sympy.And(*RANGE)),
    Step(
        "next-layer",
        "what is said of the layer behind it, and of the sets W and B",
        "let",
        sympy.And(*SCALES, MEAN_SQUARE, *ROLES, LEFT_ALONE, WIDE, BLOCK, *APART),
        cites=("layer", "kept-growth", "wide-growth", "block-growth"),
    ),
    Step(
        "kept-scaled",
        "left alone, in units of sigma^{2l}",
        "smt",
        KEPT_SCALED,
        (LEFT_ALONE, *SCALES[1:], *ROLES),
        ("next-layer",),
    ),
    Step("wide-scaled", "wide, in these units", "smt", WIDE_SCALED, (WIDE, *SCALES[1:], ROLES[2]), ("next-layer",)),
    Step(
        "block-scaled",
        "a block, in these units",
        "smt",
        BLOCK_SCALED,
        (BLOCK, *SCALES, ROLES[0], MEAN_SQUARE),
        ("next-layer",),
    ),
    Step(
        "behind-a-bottleneck",
        "the layer behind one of B is in neither set",
        "smt",
        sympy.And(*DISJOINT),
        (*APART, *ROLES),
        ("next-layer",),
    ),
    Step(
        "kept-step",
        "a layer that is left alone uses up no share",
        "smt",
        KEPT_STEP,
        (KEPT_SCALED, *RANGE),
        ("kept-scaled", "layer"),
    ),
    Step("wide-step", "a wide layer uses up one", "smt", WIDE_STEP, (WIDE_SCALED,), ("wide-scaled",)),
    Step(
        "in-front-of-a-block",
        "the error in front of a block is not negative",
        "smt",
        sympy.Ge(scaled(i - 1), 0),
        (SCALES[0], MEAN_SQUARE),
        ("next-layer",),
    ),
    Step(
        "root",
        "so its root is at most F^{i-1} sqrt(X)",
        "smt",
        ROOT,
        (sympy.Ge(scaled(i - 1), 0), *RANGE),
        ("in-front-of-a-block", "layer"),
    ),
    Step("bias-fits", "the bias fits into one share", "smt", BIAS_FITS),
    Step(
        "square",
        "squared with the bias",
        "smt",
        SQUARE,
        (ROOT, BIAS_FITS, sympy.Ge(scaled(i - 1), 0)),
        ("root", "bias-fits", "in-front-of-a-block"),
    ),
    Step(
        "block-step",
        "a block uses up two, one of them for its bias",
        "smt",
        BLOCK_STEP,
        (BLOCK_SCALED, SQUARE),
        ("block-scaled", "square"),
    ),
)
AT_THE_END = HYPOTHESIS.subs(i, depth)
PROOF = (
    *PROOF,
    Step(
        "induction",
        "so layer i has used up at most i shares, and a layer i of B, with those before it, at most i - 1",
        "finite-induction",
        AT_THE_END,
        given=(sympy.Eq(scaled(0), 0), sympy.Ne(tall(0), 1)),
        cites=("layers", "kept-step", "wide-step", "block-step", "behind-a-bottleneck"),
        data={
            "variable": i,
            "start": sympy.Integer(0),
            "until": depth,
            "hypothesis": HYPOTHESIS,
            "recursion": (KEPT_STEP, WIDE_STEP, BLOCK_STEP, *DISJOINT),
        },
    ),
    Step(
        "error",
        "at the last layer all m shares",
        "smt",
        ERROR.relation,
        given=(
            AT_THE_END,
            *(sympy.Ne(tall(depth), 1), sympy.Eq(error_network, sigma ** (2 * depth) * scaled(depth))),
        ),
        cites=("induction", "layers"),
    ),
)
PROOFS = {("sharp-equal-shares", "printed"): PROOF}
