"""Steps that the proofs of the two-layer propositions share: from the error behind the block to Psi before phi_2.

The block's input is x in the dense network and x' in the compressed one; U is the compressed W_1. Behind the first
activation these are a = phi_1(W_1 x), b = phi_1(U x') and c = phi_1(W_1 x'), behind the second u = phi_2(W_2 a) and
v = phi_2(W_2 b). Between the two layers nothing is projected.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Projection
from boundcheck.core.step import Step

from .lemma_9_projection_brings_closer import STATEMENT as LEMMA_9
from .lemma_9_projection_brings_closer import u as lemma_u
from .lemma_9_projection_brings_closer import v as lemma_v
from .notation import distance, kappa, lipschitz, rho, sigma_1, sigma_2, value_at_zero

# Vectors and matrices: symbols that stand inside norms alone.
x, x_compressed, first, second = sympy.symbols("x x' W_1 W_2")
a, b, c, u, v = sympy.symbols("a b c u v")
root, inner_root = sympy.symbols("r r'", real=True)  # of the numbers of units
BEFORE = Norm(second * a - second * b)
BEHIND = Norm(u - Projection(v, kappa))
PSI = Expectation(BEFORE**2)
# Psi before the first draw, where U = W_1.
AT_THE_START = Expectation(Norm(second * (a - c)) ** 2)
APART = x - x_compressed
FIRST_APART = Norm(first * APART)


def projection(error: sympy.Symbol) -> tuple[Step, ...]:
    """error = E||u - [v]_kappa||^2 <= Psi, by (7), (8), Lemma 9 and kappa >= sigma_1 sigma_2 rho."""
    at_zero = sympy.Abs(value_at_zero)
    inner = sympy.Le(Norm(a), lipschitz * Norm(first * x) + at_zero * inner_root)
    outer = sympy.Le(Norm(u), lipschitz * Norm(second * a) + at_zero * root)
    layer_1 = sympy.Le(Norm(first * x), Norm(first) * Norm(x))
    layer_2 = sympy.Le(Norm(second * a), Norm(second) * Norm(a))
    return (
        Step(
            "block",
            "rho bounds the dense input, sigma_i are the weights' norms, and the error is taken behind the projection",
            "meaning",
            sympy.And(
                sympy.Le(Norm(x), rho),
                sympy.Eq(sigma_1, Norm(first)),
                sympy.Eq(sigma_2, Norm(second)),
                sympy.Eq(distance, Expectation(Norm(APART) ** 2)),
                sympy.Eq(error, Expectation(BEHIND**2)),
                sympy.Le(Norm(u - v), lipschitz * BEFORE),
                sympy.Le(Norm(a - c), lipschitz * FIRST_APART),
                inner,
                outer,
            ),
        ),
        Step(
            "dense-image",
            "||W_1 x|| <= ||W_1|| ||x||",
            "named-lemma",
            layer_1,
            data={"lemma": "operator-norm", "instance": {"A": first, "x": x}},
        ),
        Step(
            "dense-hidden",
            "||a|| <= sigma_1 rho, as phi_1(0) = 0 and phi_1 is 1-Lipschitz",
            "smt",
            sympy.Le(Norm(a), sigma_1 * rho),
            given=(
                *(inner, layer_1, sympy.Le(Norm(x), rho), sympy.Eq(sigma_1, Norm(first))),
                *(sympy.Le(lipschitz, 1), sympy.Eq(value_at_zero, 0)),
            ),
            cites=("block", "dense-image", "activation-lipschitz", "activation-zero-at-zero"),
        ),
        Step(
            "dense-second-image",
            "||W_2 a|| <= ||W_2|| ||a||",
            "named-lemma",
            layer_2,
            data={"lemma": "operator-norm", "instance": {"A": second, "x": a}},
        ),
        Step(
            "dense-output",
            "||u|| <= sigma_2 ||a|| <= sigma_1 sigma_2 rho <= kappa, by the same of phi_2",
            "smt",
            sympy.Ge(kappa, Norm(u)),
            given=(
                *(outer, layer_2, sympy.Le(Norm(a), sigma_1 * rho), sympy.Eq(sigma_2, Norm(second))),
                *(sympy.Le(lipschitz, 1), sympy.Eq(value_at_zero, 0), sympy.Ge(kappa, sigma_1 * sigma_2 * rho)),
            ),
            cites=("block", "dense-hidden", "dense-second-image", "radius"),
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
            "||u - [v]_kappa|| <= ||W_2 a - W_2 b||",
            "smt",
            sympy.Le(BEHIND, BEFORE),
            given=(sympy.Le(BEHIND, Norm(u - v)), sympy.Le(Norm(u - v), lipschitz * BEFORE), sympy.Le(lipschitz, 1)),
            cites=("projected", "block", "activation-lipschitz"),
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
    """start = Psi at U = W_1 is at most (sigma_1 sigma_2)^2 E||x - x'||^2; the step "greedy-pass" gives start."""
    hidden = sympy.Le(Norm(a - c), lipschitz * FIRST_APART)
    layer_1 = sympy.Le(FIRST_APART, Norm(first) * Norm(APART))
    layer_2 = sympy.Le(Norm(second * (a - c)), Norm(second) * Norm(a - c))
    squared = sympy.Le(Norm(second * (a - c)) ** 2, (sigma_1 * sigma_2) ** 2 * Norm(APART) ** 2)
    linear = sympy.Eq(
        Expectation((sigma_1 * sigma_2) ** 2 * Norm(APART) ** 2),
        (sigma_1 * sigma_2) ** 2 * Expectation(Norm(APART) ** 2),
        evaluate=False,
    )
    in_the_mean = sympy.Le(AT_THE_START, Expectation((sigma_1 * sigma_2) ** 2 * Norm(APART) ** 2))
    return (
        Step(
            "image-of-the-difference",
            "||W_1 (x - x')|| <= ||W_1|| ||x - x'||",
            "named-lemma",
            layer_1,
            data={"lemma": "operator-norm", "instance": {"A": first, "x": APART}},
        ),
        Step(
            "second-image-of-the-difference",
            "||W_2 (a - c)|| <= ||W_2|| ||a - c||",
            "named-lemma",
            layer_2,
            data={"lemma": "operator-norm", "instance": {"A": second, "x": a - c}},
        ),
        Step(
            "image-squared",
            "||W_2 (a - c)||^2 <= (sigma_1 sigma_2)^2 ||x - x'||^2, as phi_1 is 1-Lipschitz",
            "smt",
            squared,
            given=(
                *(hidden, layer_1, layer_2, sympy.Le(lipschitz, 1)),
                *(sympy.Eq(sigma_1, Norm(first)), sympy.Eq(sigma_2, Norm(second))),
            ),
            cites=("block", "image-of-the-difference", "second-image-of-the-difference", "activation-lipschitz"),
        ),
        Step("image-in-the-mean", "and in the mean", "expectation", in_the_mean, (squared,), ("image-squared",)),
        Step(
            "constant-out",
            "sigma_1 and sigma_2 are not random",
            "expectation",
            linear,
        ),
        Step(
            "carried-on",
            "Psi(W_1) <= (sigma_1 sigma_2)^2 E||x - x'||^2",
            "smt",
            sympy.Le(start, (sigma_1 * sigma_2) ** 2 * distance),
            given=(
                *(sympy.Eq(start, AT_THE_START), in_the_mean, linear),
                sympy.Eq(distance, Expectation(Norm(APART) ** 2)),
            ),
            cites=("greedy-pass", "image-in-the-mean", "constant-out", "block"),
        ),
    )
