"""Steps that the proofs of the one-layer propositions share: from the error behind the activation to Psi before it.

The layer's input is x in the dense network and x' in the compressed one; U is the compressed matrix; u and v are the
two outputs behind the activation.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Projection
from boundcheck.core.step import Step

from .lemma_9_projection_brings_closer import STATEMENT as LEMMA_9
from .lemma_9_projection_brings_closer import u as lemma_u
from .lemma_9_projection_brings_closer import v as lemma_v
from .notation import distance, kappa, lipschitz, rho, sigma_1, value_at_zero

# Vectors and matrices: symbols that stand inside norms alone.
x, x_compressed, dense, compressed, u, v = sympy.symbols("x x' W_1 U u v")
root = sympy.Symbol("r", real=True)  # of the number of units
BEFORE = Norm(dense * x - compressed * x_compressed)
BEHIND = Norm(u - Projection(v, kappa))
PSI = Expectation(BEFORE**2)


def projection(error: sympy.Symbol) -> tuple[Step, ...]:
    """error = E||u - [v]_kappa||^2 <= E||W_1 x - U x'||^2, by (7), (8), Lemma 9 and kappa >= sigma_1 rho."""
    return (
        Step(
            "layer",
            "rho bounds the dense input, sigma_1 is the weights' norm, and the error is taken behind the projection",
            "meaning",
            sympy.And(
                sympy.Le(Norm(x), rho),
                sympy.Eq(sigma_1, Norm(dense)),
                sympy.Eq(distance, Expectation(Norm(x - x_compressed) ** 2)),
                sympy.Eq(error, Expectation(BEHIND**2)),
                sympy.Le(Norm(u - v), lipschitz * BEFORE),
                sympy.Le(Norm(u), lipschitz * Norm(dense * x) + sympy.Abs(value_at_zero) * root),
            ),
        ),
        Step(
            "dense-image",
            "||W_1 x|| <= ||W_1|| ||x||",
            "named-lemma",
            sympy.Le(Norm(dense * x), Norm(dense) * Norm(x)),
            data={"lemma": "operator-norm", "instance": {"A": dense, "x": x}},
        ),
        Step(
            "dense-output",
            "||u|| <= sigma_1 rho <= kappa, as phi(0) = 0 and phi is 1-Lipschitz",
            "smt",
            sympy.Ge(kappa, Norm(u)),
            given=(
                sympy.Le(Norm(u), lipschitz * Norm(dense * x) + sympy.Abs(value_at_zero) * root),
                sympy.Le(Norm(dense * x), Norm(dense) * Norm(x)),
                sympy.Le(Norm(x), rho),
                sympy.Eq(sigma_1, Norm(dense)),
                sympy.Le(lipschitz, 1),
                sympy.Eq(value_at_zero, 0),
                sympy.Ge(kappa, sigma_1 * rho),
            ),
            cites=("layer", "dense-image", "activation-lipschitz", "activation-zero-at-zero", "radius"),
        ),
        applied(
            "projected",
            "the projection brings v no farther from u",
            LEMMA_9,
            "printed",
            "distance",
            {lemma_u: u, lemma_v: v},
        ),
        Step(
            "pointwise",
            "||u - [v]_kappa|| <= ||W_1 x - U x'||",
            "smt",
            sympy.Le(BEHIND, BEFORE),
            given=(sympy.Le(BEHIND, Norm(u - v)), sympy.Le(Norm(u - v), lipschitz * BEFORE), sympy.Le(lipschitz, 1)),
            cites=("projected", "layer", "activation-lipschitz"),
        ),
        Step(
            "in-the-mean",
            "so in the mean",
            "expectation",
            sympy.Le(Expectation(BEHIND**2), PSI),
            given=(sympy.Le(BEHIND, BEFORE),),
            cites=("pointwise",),
        ),
    )


def carried_on(start: sympy.Expr) -> tuple[Step, ...]:
    """start = Psi at U = W_1 is at most sigma_1^2 E||x - x'||^2; ``start`` is the mean error before the first draw."""
    difference = x - x_compressed
    image = Norm(dense * difference)
    return (
        Step(
            "image-of-the-difference",
            "||W_1 (x - x')|| <= ||W_1|| ||x - x'||",
            "named-lemma",
            sympy.Le(image, Norm(dense) * Norm(difference)),
            data={"lemma": "operator-norm", "instance": {"A": dense, "x": difference}},
        ),
        Step(
            "image-squared",
            "the same squared",
            "smt",
            sympy.Le(image**2, sigma_1**2 * Norm(difference) ** 2),
            given=(sympy.Le(image, Norm(dense) * Norm(difference)), sympy.Eq(sigma_1, Norm(dense))),
            cites=("image-of-the-difference", "layer"),
        ),
        Step(
            "image-in-the-mean",
            "and in the mean",
            "expectation",
            sympy.Le(Expectation(image**2), Expectation(sigma_1**2 * Norm(difference) ** 2)),
            given=(sympy.Le(image**2, sigma_1**2 * Norm(difference) ** 2),),
            cites=("image-squared",),
        ),
        Step(
            "constant-out",
            "sigma_1 is not random",
            "expectation",
            sympy.Eq(
                Expectation(sigma_1**2 * Norm(difference) ** 2),
                sigma_1**2 * Expectation(Norm(difference) ** 2),
                evaluate=False,
            ),
        ),
        Step(
            "carried-on",
            "Psi(W_1) <= sigma_1^2 E||x - x'||^2",
            "smt",
            sympy.Le(start, sigma_1**2 * distance),
            given=(
                sympy.Eq(start, Expectation(image**2)),
                sympy.Le(Expectation(image**2), Expectation(sigma_1**2 * Norm(difference) ** 2)),
                sympy.Eq(
                    Expectation(sigma_1**2 * Norm(difference) ** 2), sigma_1**2 * Expectation(Norm(difference) ** 2)
                ),
                sympy.Eq(distance, Expectation(Norm(difference) ** 2)),
            ),
            cites=("greedy-pass", "image-in-the-mean", "constant-out", "layer"),
        ),
    )
