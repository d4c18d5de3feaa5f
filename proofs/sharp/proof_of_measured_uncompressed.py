"""A layer that is left alone: its norm and its activation's Lipschitz constant."""

import sympy

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .measured_uncompressed import ERROR
from .minkowski import squared_mean
from .notation import distance, error, lipschitz, sigma_1

moved, dense, u, y = sympy.symbols("x'-x W u y")
APART, IMAGE = Norm(u - y), Norm(dense * moved)
LAYER = (
    sympy.Eq(sigma_1, Norm(dense)),
    sympy.Eq(distance, Expectation(Norm(moved) ** 2)),
    sympy.Eq(error, Expectation(APART**2)),
    sympy.Le(APART, lipschitz * IMAGE),
)
BOUND = sympy.Le(IMAGE, Norm(dense) * Norm(moved))
POINTWISE = sympy.Le(APART, lipschitz * sigma_1 * Norm(moved))
PROOFS = {
    ("sharp-measured-uncompressed", "printed"): (
        Step("layer", "the matrix, the inputs and the outputs behind the activation", "meaning", sympy.And(*LAYER)),
        Step(
            "image",
            "||W (x' - x)|| <= ||W|| ||x' - x||",
            "named-lemma",
            BOUND,
            data={"lemma": "operator-norm", "instance": {"A": dense, "x": moved}},
        ),
        Step(
            "pointwise",
            "so the outputs are at most L sigma_1 times as far apart as the inputs",
            "smt",
            POINTWISE,
            (BOUND, LAYER[0], LAYER[3]),
            ("image", "layer"),
        ),
        *squared_mean("mean", APART, lipschitz * sigma_1, Norm(moved), POINTWISE, ("pointwise",)),
        Step(
            "error",
            "by their names",
            "smt",
            ERROR.relation,
            (
                *LAYER[1:3],
                sympy.Le(Expectation(APART**2), lipschitz**2 * sigma_1**2 * Expectation(Norm(moved) ** 2)),
            ),
            ("layer", "mean"),
        ),
    )
}
