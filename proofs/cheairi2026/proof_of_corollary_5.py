"""Corollary 5's proof: the dense loss is at least the noise, so its root is at most the loss over omega.

y is the label, m its conditional mean E[y|x], and z the dense output, a function of x as m is.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .assumption_12_noisy_data import ASSUMPTION as NOISY_DATA
from .corollary_5_noisy_data import LOSS
from .notation import label_noise, loss_dense, omega_noise
from .theorem_2_pruning import LOSS as LOSS_18
from .theorem_2_pruning import STATEMENT as THEOREM_2

z, y, m = sympy.symbols("z y m")
CROSS = sympy.Function("inner")(z - m, m - y)
BIAS, NOISE, TOTAL = Norm(z - m) ** 2, Norm(m - y) ** 2, Norm(z - y) ** 2
EXPANDED = sympy.Eq(TOTAL, BIAS + 2 * CROSS + NOISE)
MEANING = (sympy.Eq(loss_dense, Expectation(TOTAL)), sympy.Eq(label_noise, Expectation(NOISE)))
ORTHOGONAL = sympy.Eq(Expectation(CROSS), 0)
IN_THE_MEAN = sympy.Le(Expectation(BIAS + 2 * CROSS + NOISE), Expectation(TOTAL))
TAKEN_APART = sympy.Eq(
    Expectation(BIAS + 2 * CROSS + NOISE),
    Expectation(BIAS) + 2 * Expectation(CROSS) + Expectation(NOISE),
    evaluate=False,
)


def in_components(size: int) -> list[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]:
    """The norms and the scalar product for vectors of this length."""
    dense, label, mean = (sympy.Matrix(sympy.symbols(f"{name}_1:{size + 1}", real=True)) for name in ("z", "y", "m"))
    pairs = {z - y: dense - label, z - m: dense - mean, m - y: mean - label}
    norms = {Norm(node): sympy.sqrt(vector.dot(vector)) for node, vector in pairs.items()}
    return [({**norms, CROSS: (dense - mean).dot(mean - label)}, ())]


NOISE_BELOW = (
    Step(
        "labels",
        "L is the mean squared distance of z and y, and the noise that of m and y",
        "meaning",
        sympy.And(*MEANING),
    ),
    Step(
        "conditional-mean",
        "y - m is orthogonal in the mean to every function of x, such as z - m",
        "let",
        ORTHOGONAL,
        cites=("labels",),
    ),
    Step(
        "expanded",
        "the square expanded about m",
        "written-out",
        EXPANDED,
        data={"sizes": [(1,), (2,), (3,)], "instance": in_components, "by": ("exact-algebra", {})},
    ),
    Step("in-the-mean", "in the mean", "expectation", IN_THE_MEAN, given=(EXPANDED,), cites=("expanded",)),
    Step(
        "taken-apart",
        "term by term",
        "expectation",
        TAKEN_APART,
    ),
    Step(
        "loss-above-the-noise",
        "L >= E||y - E[y|x]||^2 >= omega^2",
        "smt",
        sympy.Ge(loss_dense, omega_noise**2),
        given=(*MEANING, ORTHOGONAL, IN_THE_MEAN, TAKEN_APART, NOISY_DATA.relation),
        cites=("labels", "conditional-mean", "in-the-mean", "taken-apart", "noisy-data"),
    ),
    Step(
        "root-of-the-loss",
        "so sqrt(L) <= L/omega",
        "smt",
        sympy.Le(sympy.sqrt(loss_dense), loss_dense / omega_noise),
        given=(sympy.Ge(loss_dense, omega_noise**2),),
        cites=("loss-above-the-noise",),
    ),
)


def steps(variant: str) -> tuple[Step, ...]:
    return (
        *NOISE_BELOW,
        applied("theorem", "Theorem 2's loss (18), and Theorem 3's (24) is the same", THEOREM_2, variant, "loss", {}),
        Step(
            "loss",
            "L + 2 sqrt(e L) + e <= (1 + 2 sqrt(e)/omega) L + e",
            "smt",
            LOSS.relation,
            given=(LOSS_18.relation, sympy.Le(sympy.sqrt(loss_dense), loss_dense / omega_noise)),
            cites=("theorem", "theorem-3", "root-of-the-loss"),
            equation="(25)",
        ),
    )


PROOFS = {("corollary-5", variant): steps(variant) for variant in ("printed", "corrected")}
