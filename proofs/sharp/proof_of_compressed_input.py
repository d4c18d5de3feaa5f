"""Draws at compressed inputs: their error at the dense input, and what they add at the difference of the inputs.

W is the dense matrix and D = U - W what the draws add to it, so that U x' - W x = W (x' - x) + D x'. The hidden values
phi(W x), phi(U x) and phi(U x') are f, g and c.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .compressed_input import STATEMENT as COMPRESSED_INPUT
from .compressed_input import mean_block, mean_wide, measured_block, zeta, zeta_moved
from .minkowski import minkowski, squared_mean
from .notation import carried, distance, largest_column_variance, lipschitz, measured, sigma_1, sigma_2
from .one_layer_error import STATEMENT as ONE_LAYER_ERROR
from .one_layer_error import added_by_rows, before_by_rows
from .one_layer_error import zeta as deviation

x, x_moved, dense, drawn, u, y = sympy.symbols("x x'-x W D u y")
outer, f, g, c, out, out_compressed = sympy.symbols("W_2 f g c u_2 y_2")
x_compressed = sympy.expand(drawn * (x + x_moved))  # D x'
APART, IMAGE, BEFORE = Norm(u - y), Norm(dense * x_moved), Norm(dense * x_moved + x_compressed)
ADDED, AT_DENSE, AT_MOVED = Norm(x_compressed), Norm(drawn * x), Norm(drawn * x_moved)
DRAWN_IMAGE = Norm(dense * x_moved + drawn * x_moved)
MEANINGS = (
    sympy.Eq(sigma_1, Norm(dense)),
    sympy.Eq(distance, Expectation(Norm(x_moved) ** 2)),
    sympy.Le(Expectation(AT_MOVED**2), largest_column_variance * Expectation(Norm(x_moved) ** 2)),
)
REACHES = sympy.Le(APART, lipschitz * BEFORE)
OF_WIDE = (sympy.Eq(mean_wide, Expectation(APART**2)), sympy.Eq(measured, Expectation(AT_DENSE**2)), REACHES)
IMAGE_BOUND = sympy.Le(IMAGE, Norm(dense) * Norm(x_moved))
SPLIT = sympy.Le(ADDED, AT_DENSE + AT_MOVED)
CARRIED = sympy.Le(Expectation(IMAGE**2), sigma_1**2 * Expectation(Norm(x_moved) ** 2))
IN_FRONT = applied(
    "in-front",
    "the error in front of the activation: the draws of a row have mean zero",
    ONE_LAYER_ERROR,
    "printed",
    "rows",
    {
        **{before_by_rows: Expectation(BEFORE**2), carried: Expectation(IMAGE**2)},
        **{added_by_rows: Expectation(ADDED**2), deviation: zeta},
    },
)
COMMON = (
    Step("inputs", "the dense matrix, and the inputs' distance", "meaning", sympy.And(*MEANINGS)),
    Step(
        "image",
        "||W (x' - x)|| <= ||W|| ||x' - x||",
        "named-lemma",
        IMAGE_BOUND,
        data={"lemma": "operator-norm", "instance": {"A": dense, "x": x_moved}},
    ),
    Step(
        "image-bounded",
        "with sigma_1 = ||W||",
        "smt",
        sympy.Le(IMAGE, sigma_1 * Norm(x_moved)),
        (IMAGE_BOUND, MEANINGS[0]),
        ("image", "inputs"),
    ),
    *squared_mean(
        "carried-on", IMAGE, sigma_1, Norm(x_moved), sympy.Le(IMAGE, sigma_1 * Norm(x_moved)), ("image-bounded",)
    ),
)
WIDE = (
    Step("layer", "what is measured, and the error behind the activation", "meaning", sympy.And(*OF_WIDE)),
    *squared_mean("behind", APART, lipschitz, BEFORE, REACHES, ("layer",)),
    IN_FRONT,
    Step(
        "split",
        "D x' = D x + D (x' - x)",
        "named-lemma",
        SPLIT,
        data={"lemma": "triangle", "instance": {"u": drawn * x, "v": drawn * x_moved}},
    ),
    *minkowski("added", ADDED, (AT_DENSE, AT_MOVED), SPLIT, ("split",)),
    Step(
        "wide",
        "together",
        "smt",
        COMPRESSED_INPUT.variant("printed").claim("wide").relation,
        (
            *(*OF_WIDE[:2], *MEANINGS[1:], IN_FRONT.conclusion, CARRIED),
            sympy.Le(Expectation(APART**2), lipschitz**2 * Expectation(BEFORE**2)),
            sympy.Le(
                Expectation(ADDED**2),
                (sympy.sqrt(Expectation(AT_DENSE**2)) + sympy.sqrt(Expectation(AT_MOVED**2))) ** 2,
            ),
        ),
        ("layer", "inputs", "in-front", "carried-on", "behind", "added"),
    ),
)
BEHIND = Norm(out - out_compressed)
FIRST, SECOND = Norm(outer * f - outer * g), Norm(outer * (g - c))
WHOLE = Norm(outer * f - outer * g + outer * (g - c))
BETWEEN = sympy.Le(WHOLE, FIRST + SECOND)
NEXT = sympy.Le(SECOND, Norm(outer) * Norm(g - c))
OF_BLOCK = (
    *(sympy.Eq(sigma_2, Norm(outer)), sympy.Eq(measured_block, Expectation(FIRST**2))),
    *(sympy.Eq(mean_block, Expectation(BEHIND**2)), sympy.Le(Norm(g - c), lipschitz * DRAWN_IMAGE)),
    sympy.Le(BEHIND, lipschitz * WHOLE),
)
MOVED = sympy.Le(SECOND, lipschitz * sigma_2 * DRAWN_IMAGE)
DRAWN = applied(
    "drawn-image",
    "what U makes of the difference of the inputs: the draws of a row have mean zero",
    ONE_LAYER_ERROR,
    "printed",
    "rows",
    {
        **{before_by_rows: Expectation(DRAWN_IMAGE**2), carried: Expectation(IMAGE**2)},
        **{added_by_rows: Expectation(AT_MOVED**2), deviation: zeta_moved},
    },
)
BLOCK = (
    Step(
        "block",
        "what is measured, and the error behind the second activation",
        "meaning",
        sympy.And(*OF_BLOCK),
    ),
    Step(
        "between",
        "by way of the compressed layer at the dense input",
        "named-lemma",
        BETWEEN,
        data={"lemma": "triangle", "instance": {"u": outer * f - outer * g, "v": outer * (g - c)}},
    ),
    Step(
        "next-layer",
        "||W_2 (g - c)|| <= ||W_2|| ||g - c||",
        "named-lemma",
        NEXT,
        data={"lemma": "operator-norm", "instance": {"A": outer, "x": g - c}},
    ),
    Step(
        "moved",
        "the activation is L-Lipschitz",
        "smt",
        MOVED,
        (NEXT, OF_BLOCK[0], OF_BLOCK[3]),
        ("next-layer", "block"),
    ),
    *squared_mean("moved-mean", SECOND, lipschitz * sigma_2, DRAWN_IMAGE, MOVED, ("moved",)),
    DRAWN,
    *squared_mean("behind-block", BEHIND, lipschitz, WHOLE, OF_BLOCK[4], ("block",)),
    *minkowski("parts", WHOLE, (FIRST, SECOND), BETWEEN, ("between",)),
    Step(
        "block-error",
        "together",
        "smt",
        COMPRESSED_INPUT.variant("printed").claim("block").relation,
        (
            *(*OF_BLOCK[1:3], *MEANINGS[1:], DRAWN.conclusion, CARRIED),
            sympy.Le(Expectation(BEHIND**2), lipschitz**2 * Expectation(WHOLE**2)),
            sympy.Le(lipschitz, 1),
            sympy.Le(Expectation(SECOND**2), lipschitz**2 * sigma_2**2 * Expectation(DRAWN_IMAGE**2)),
            sympy.Le(
                Expectation(WHOLE**2),
                (sympy.sqrt(Expectation(FIRST**2)) + sympy.sqrt(Expectation(SECOND**2))) ** 2,
            ),
        ),
        (
            *("block", "inputs", "drawn-image", "carried-on", "moved-mean", "parts", "behind-block"),
            "activation-lipschitz",
        ),
    ),
)
PROOFS = {("sharp-compressed-input", "printed"): (*COMMON, *WIDE, *BLOCK)}
