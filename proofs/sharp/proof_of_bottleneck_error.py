"""The error of a bottleneck block: centred deviations add their variances, and Minkowski's inequality does the rest."""

import sympy

from boundcheck.core.operators import Expectation, Norm, Projection
from boundcheck.core.step import Step

from .bottleneck import LIPSCHITZ
from .bottleneck_error import (
    APART,
    BIAS,
    BIAS_BOUND,
    BOUND,
    DATA,
    MINKOWSKI,
    SPLIT,
    SPREAD_BOUND,
    TOGETHER,
    a,
    bias_bound,
    c,
    given_inputs,
    kappa,
    mean_error,
    second,
    shift,
    spread_bound,
    spreads,
)
from .deviations_in_components import (
    ADAPTIVE,
    APART_IN_COMPONENTS,
    COMPONENTS,
    NO_COVARIANCE,
    OFF,
    SHARED,
    UNCORRELATED,
)
from .in_the_mean import linear
from .notation import distance, lipschitz, sigma_1, sigma_2

# u and v are the block's outputs, of the dense and of the compressed network; off is ||W_2 (a - c - delta)||.
x, x_compressed, first, u, v = sympy.symbols("x x' W_1 u v")
off = sympy.Symbol("off", real=True)
BEHIND = Norm(u - Projection(v, kappa))
INPUTS, HIDDEN = Norm(x - x_compressed), Norm(a - c)
SETTING = Step(
    "block",
    "what the error stands for: off is ||W_2 (a - c - delta)|| over all draws and inputs, and a projection behind the "
    "block leaves the dense output where it is",
    "meaning",
    sympy.And(
        sympy.Eq(given_inputs, Expectation(OFF**2)),
        sympy.Eq(mean_error, Expectation(BEHIND**2)),
        sympy.Eq(Expectation(given_inputs), Expectation(off**2)),
        sympy.Le(Norm(u - v), lipschitz * off),
        sympy.Le(Norm(u), kappa),
        sympy.Le(HIDDEN, lipschitz * Norm(first * (x - x_compressed))),
        sympy.Eq(sigma_1, Norm(first)),
        sympy.Eq(sigma_2, Norm(second)),
        sympy.Eq(distance, Expectation(INPUTS**2)),
    ),
)
TRIANGLE = sympy.Le(TOGETHER, APART + Norm(-second * shift))
TURNED = sympy.Le(Norm(-second * shift), BIAS)
AT_GIVEN_INPUTS = (
    Step(
        "split",
        "so the mean is the squared norm of the mean plus the variances",
        "smt",
        SPLIT.relation,
        (sympy.Eq(given_inputs, Expectation(OFF**2)), APART_IN_COMPONENTS, UNCORRELATED),
        ("block", "in-components", "uncorrelated"),
    ),
    Step(
        "triangle",
        "the triangle inequality",
        "named-lemma",
        TRIANGLE,
        data={"lemma": "triangle", "instance": {"u": second * (a - c), "v": -second * shift}},
    ),
    Step(
        "turned",
        "||-W_2 E delta|| <= ||W_2 E delta||",
        "named-lemma",
        TURNED,
        data={"lemma": "scaling", "instance": {"s": sympy.S.NegativeOne, "u": second * shift}},
    ),
    Step(
        "bound",
        "what is carried on and the bias apart",
        "smt",
        BOUND.relation,
        (SPLIT.relation, TRIANGLE, TURNED),
        ("split", "triangle", "turned"),
    ),
)
IMAGE = sympy.Le(APART, Norm(second) * HIDDEN)
FIRST_IMAGE = sympy.Le(Norm(first * (x - x_compressed)), Norm(first) * INPUTS)
CARRY = lipschitz * sigma_1 * sigma_2
ON = sympy.Le(APART**2, CARRY**2 * INPUTS**2)
SUMMED = (APART + BIAS) ** 2 + spreads
EXPANDED = Expectation(APART**2) + 2 * Expectation(APART * BIAS) + Expectation(BIAS**2) + Expectation(spreads)
CROSS = sympy.Le(
    sympy.Abs(Expectation(APART * BIAS), evaluate=False),
    sympy.sqrt(Expectation(APART**2)) * sympy.sqrt(Expectation(BIAS**2)),
)
CARRIED_ON = sympy.Le(Expectation(APART**2), CARRY**2 * distance)
MOVED, PROJECTED = Norm(u - Projection(u, kappa)), Norm(Projection(u, kappa) - Projection(v, kappa))
OVER_DATA = (
    Step(
        "image",
        "||W_2 (a - c)|| <= ||W_2|| ||a - c||",
        "named-lemma",
        IMAGE,
        data={"lemma": "operator-norm", "instance": {"A": second, "x": a - c}},
    ),
    Step(
        "first-image",
        "||W_1 (x - x')|| <= ||W_1|| ||x - x'||",
        "named-lemma",
        FIRST_IMAGE,
        data={"lemma": "operator-norm", "instance": {"A": first, "x": x - x_compressed}},
    ),
    Step(
        "carried",
        "||W_2 (a - c)|| <= L sigma_1 sigma_2 ||x - x'||",
        "smt",
        ON,
        (IMAGE, FIRST_IMAGE, SETTING.conclusion),
        ("image", "first-image", "block"),
    ),
    Step(
        "carried-in-the-mean",
        "and in the mean",
        "expectation",
        sympy.Le(Expectation(APART**2), Expectation(CARRY**2 * INPUTS**2)),
        (ON,),
        ("carried",),
    ),
    linear("constants-out", "the norms are not random", CARRY**2 * INPUTS**2, {}, CARRY**2 * Expectation(INPUTS**2)),
    Step(
        "carried-on",
        "E||W_2 (a - c)||^2 <= (L sigma_1 sigma_2)^2 E||x - x'||^2",
        "smt",
        CARRIED_ON,
        (
            sympy.Le(Expectation(APART**2), Expectation(CARRY**2 * INPUTS**2)),
            sympy.Eq(Expectation(CARRY**2 * INPUTS**2), CARRY**2 * Expectation(INPUTS**2), evaluate=False),
            sympy.Eq(distance, Expectation(INPUTS**2)),
        ),
        ("carried-in-the-mean", "constants-out", "block"),
    ),
    Step(
        "bound-in-the-mean",
        "the error in front of the second activation, in the mean",
        "expectation",
        sympy.Le(Expectation(given_inputs), Expectation(SUMMED)),
        (BOUND.relation,),
        ("bound",),
    ),
    linear("bound-expanded", "multiplied out", SUMMED, {}, EXPANDED),
    Step(
        "together",
        "the product's mean",
        "named-lemma",
        CROSS,
        data={"lemma": "cauchy-schwarz", "instance": {"X": APART, "Y": BIAS}},
    ),
    Step(
        "inside",
        "the projection leaves u",
        "named-lemma",
        sympy.Le(MOVED, 0, evaluate=False),
        (sympy.Le(Norm(u), kappa),),
        ("block",),
        data={"lemma": "projection-inside", "instance": {"u": u, "kappa": kappa}},
    ),
    Step(
        "nonexpansive",
        "and brings no two points farther apart",
        "named-lemma",
        sympy.Le(PROJECTED, Norm(u - v)),
        data={"lemma": "projection-nonexpansive", "instance": {"u": u, "v": v, "kappa": kappa}},
    ),
    Step(
        "between",
        "u - [v] is u - [u] plus [u] - [v]",
        "named-lemma",
        sympy.Le(BEHIND, MOVED + PROJECTED),
        data={
            "lemma": "triangle",
            "instance": {"u": u - Projection(u, kappa), "v": Projection(u, kappa) - Projection(v, kappa)},
        },
    ),
    Step(
        "behind",
        "the second activation is 1-Lipschitz, so the error behind the block is no larger",
        "smt",
        sympy.Le(BEHIND**2, off**2),
        (
            *(sympy.Le(BEHIND, MOVED + PROJECTED), sympy.Le(PROJECTED, Norm(u - v)), LIPSCHITZ.relation),
            *(sympy.Le(MOVED, 0, evaluate=False), sympy.Le(Norm(u - v), lipschitz * off)),
        ),
        ("between", "nonexpansive", "inside", "block", "activation-lipschitz"),
    ),
    Step(
        "behind-in-the-mean",
        "and in the mean",
        "expectation",
        sympy.Le(Expectation(BEHIND**2), Expectation(off**2)),
        (sympy.Le(BEHIND**2, off**2),),
        ("behind",),
    ),
    Step(
        "below-the-sum",
        "so the error is at most what was multiplied out",
        "smt",
        sympy.Le(mean_error, EXPANDED),
        (
            sympy.Eq(mean_error, Expectation(BEHIND**2)),
            sympy.Le(Expectation(BEHIND**2), Expectation(off**2)),
            sympy.Eq(Expectation(given_inputs), Expectation(off**2)),
            sympy.Le(Expectation(given_inputs), Expectation(SUMMED)),
            sympy.Eq(Expectation(SUMMED), EXPANDED, evaluate=False),
        ),
        ("block", "behind-in-the-mean", "bound-in-the-mean", "bound-expanded"),
    ),
    Step(
        "minkowski",
        "which is the claim",
        "smt",
        MINKOWSKI.relation,
        (sympy.Le(mean_error, EXPANDED), CROSS, CARRIED_ON),
        ("below-the-sum", "together", "carried-on"),
    ),
)
SQUARED_BOUND = sympy.Le(BIAS**2, bias_bound**2)
BOUNDS = [sympy.Le(Expectation(BIAS**2), bias_bound**2), sympy.Le(Expectation(spreads), spread_bound)]
CONSTANT = [sympy.Eq(Expectation(each), each, evaluate=False) for each in (bias_bound**2, spread_bound)]
WITH_BOUNDS = (
    Step("bias-squared", "squared", "smt", SQUARED_BOUND, (BIAS_BOUND.relation,), ("bias",)),
    Step(
        "bias-in-the-mean",
        "in the mean",
        "expectation",
        sympy.Le(Expectation(BIAS**2), Expectation(bias_bound**2)),
        (SQUARED_BOUND,),
        ("bias-squared",),
    ),
    Step(
        "variance-in-the-mean",
        "the variances too",
        "expectation",
        sympy.Le(Expectation(spreads), Expectation(spread_bound)),
        (SPREAD_BOUND.relation,),
        ("variance",),
    ),
    Step("bounds-are-fixed", "the bounds are not random", "expectation", CONSTANT[0]),
    Step("spread-is-fixed", "neither of them", "expectation", CONSTANT[1]),
    Step(
        "data",
        "with the bounds put in",
        "smt",
        DATA.relation,
        (
            *(MINKOWSKI.relation, *CONSTANT),
            sympy.Le(Expectation(BIAS**2), Expectation(bias_bound**2)),
            sympy.Le(Expectation(spreads), Expectation(spread_bound)),
        ),
        ("minkowski", "bias-in-the-mean", "variance-in-the-mean", "bounds-are-fixed", "spread-is-fixed"),
    ),
)
LATER = (*AT_GIVEN_INPUTS, *OVER_DATA, *WITH_BOUNDS)
PROOFS = {
    ("sharp-bottleneck-error", "printed"): (SETTING, COMPONENTS, SHARED, ADAPTIVE, *LATER),
    ("sharp-bottleneck-error", "corrected"): (SETTING, COMPONENTS, *NO_COVARIANCE, *LATER),
}
