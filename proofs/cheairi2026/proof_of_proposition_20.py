"""Proposition 20's proof: a greedy pass over one layer, whose every step adds at most half a variance times Lemma 15's
bound.

beta(d) is the mean of Psi over the first d draws. The pick averages the score over all earlier draws, so it does not
depend on them.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Variance
from boundcheck.core.step import Step

from .behind_a_layer import BEHIND, PSI, carried_on, dense, projection, x, x_compressed
from .lemma_15_second_derivative_of_one_weight import ONE_LAYER_BOUND, good, one_layer, unprocessed
from .lemma_15_second_derivative_of_one_weight import STATEMENT as LEMMA_15
from .notation import alpha, draws, eta, n_1, nu_1, phi, theta
from .picks_of_the_algorithm import ONE_LAYER_SCORE
from .proposition_20_one_layer_independent_entries import (
    ENTRIES,
    PROPAGATED,
    RANGE_OF_ALPHA,
    SECOND_ORDER,
    error,
    h,
    kept,
    mean,
    weight,
)

d, steps_done, left = sympy.symbols("d T |S_1^d|", integer=True)
score, value, slope, curve = sympy.symbols("score Psi Psi' Psi''", real=True)
beta = sympy.Function("beta", real=True)

QUADRATIC = value + slope * (h - weight) + curve / 2 * (h - weight) ** 2
VARIANCE = sympy.Le(Variance(h), phi**2 * nu_1**2)
UNBIASED = sympy.Eq(mean, weight)
PER_STEP = 2 * theta**2 * phi**2 * nu_1**2 / ((1 - alpha) * n_1)
START, END = beta(0), beta(steps_done)
SECOND_DERIVATIVE = ONE_LAYER_BOUND.subs({eta: 2, unprocessed: left})

PASS = (
    Step(
        "greedy-pass",
        "T weights are processed one after the other; beta(d) is the mean error Psi after d of them",
        "let",
        sympy.And(
            sympy.Eq(steps_done, draws(ENTRIES)),
            sympy.Eq(kept, ENTRIES - steps_done),
            sympy.Eq(START, Expectation(Norm(dense * (x - x_compressed)) ** 2)),
            sympy.Eq(END, PSI),
        ),
    ),
    Step(
        "draw-count",
        "T <= alpha n_1 n_2, and at least one weight stays",
        "smt",
        sympy.And(sympy.Ge(steps_done, 0), sympy.Le(steps_done, alpha * ENTRIES), sympy.Le(steps_done, ENTRIES - 1)),
        given=(sympy.Eq(steps_done, draws(ENTRIES)), *(a.relation for a in RANGE_OF_ALPHA)),
        cites=("alpha-above", "alpha-below"),
    ),
)
ONE_STEP = (
    Step(
        "one-step",
        "let d < T weights be processed; |S_1^d| are left",
        "let",
        sympy.And(sympy.Ge(d, 0), sympy.Le(d, steps_done - 1), sympy.Eq(left, ENTRIES - d)),
        cites=("greedy-pass",),
    ),
    Step(
        "left",
        "at least two weights are left, and at least (1 - alpha) n_1 n_2",
        "smt",
        sympy.And(sympy.Ge(left, 2), sympy.Ge(left, (1 - alpha) * ENTRIES)),
        given=(
            sympy.Le(d, steps_done - 1),
            sympy.Eq(left, ENTRIES - d),
            sympy.Le(steps_done, alpha * ENTRIES),
            sympy.Le(steps_done, ENTRIES - 1),
        ),
        cites=("one-step", "draw-count"),
    ),
    applied(
        "candidates",
        "Lemma 15 with eta = 2: half of the weights that are left satisfy (39)",
        LEMMA_15,
        "corrected",
        "count",
        {eta: 2, unprocessed: left},
        given=(sympy.Ge(left, 2),),
    ),
    Step(
        "a-candidate-exists",
        "that is at least one weight",
        "smt",
        sympy.Ge(good, 1),
        given=(sympy.Ge(good, left / 2), sympy.Ge(left, 2)),
        cites=("candidates", "left"),
    ),
    Step(
        "pick",
        "let h replace such a weight: Psi is quadratic in it, and the weight picked has no larger score",
        "let",
        sympy.And(
            sympy.Le(beta(d + 1), beta(d) + score),
            sympy.Eq(score, Expectation(QUADRATIC) - value),
            sympy.Eq(one_layer, curve),
        ),
        cites=("a-candidate-exists",),
    ),
    Step(
        "score",
        "the first-order term has mean zero, so the score is half the variance times the second derivative (72)",
        "expectation",
        sympy.Eq(Expectation(QUADRATIC), value + curve / 2 * Variance(h), evaluate=False),
        given=(UNBIASED,),
        cites=("unbiased",),
        equation="(72)",
        data={"means": {h: weight}, "fixed": (value, slope, curve)},
    ),
    applied(
        "second-derivative",
        "Lemma 15 with eta = 2 bounds it",
        LEMMA_15,
        "corrected",
        "one-layer",
        {eta: 2, unprocessed: left},
        "(39)",
        given=(sympy.Ge(left, 2),),
    ),
    Step(
        "per-step",
        "half of phi^2 nu_1^2 times Lemma 15's bound",
        "smt",
        sympy.Le(beta(d + 1), beta(d) + phi**2 * nu_1**2 / 2 * SECOND_DERIVATIVE),
        given=(
            sympy.Le(beta(d + 1), beta(d) + score),
            sympy.Eq(score, Expectation(QUADRATIC) - value),
            sympy.Eq(Expectation(QUADRATIC), value + curve / 2 * Variance(h), evaluate=False),
            sympy.Eq(one_layer, curve),
            sympy.Le(one_layer, SECOND_DERIVATIVE),
            VARIANCE,
        ),
        cites=("pick", "score", "second-derivative", "variance"),
        equation="(73)",
    ),
    Step(
        "increment",
        "with |S_1^d| >= (1 - alpha) n_1 n_2 a step adds at most 2 theta^2 phi^2 nu_1^2 / ((1 - alpha) n_1)",
        "smt",
        sympy.Le(beta(d + 1), beta(d) + PER_STEP),
        given=(
            sympy.Le(beta(d + 1), beta(d) + phi**2 * nu_1**2 / 2 * SECOND_DERIVATIVE),
            sympy.Ge(left, (1 - alpha) * ENTRIES),
        ),
        cites=("per-step", "left"),
        equation="(73)",
    ),
)
SUMMED = (
    Step(
        "telescoped",
        "T steps add at most T times that",
        "finite-induction",
        sympy.Le(END, START + steps_done * PER_STEP),
        given=(sympy.Ge(steps_done, 0),),
        cites=("increment", "draw-count"),
        equation="(74)",
        data={
            "variable": d,
            "start": sympy.Integer(0),
            "until": steps_done,
            "hypothesis": sympy.Le(beta(d), START + d * PER_STEP),
            "recursion": (sympy.Le(beta(d + 1), beta(d) + PER_STEP),),
        },
    ),
    Step(
        "second-order",
        "and T <= alpha n_1 n_2",
        "smt",
        sympy.Le(END, START + SECOND_ORDER),
        given=(sympy.Le(END, START + steps_done * PER_STEP), sympy.Le(steps_done, alpha * ENTRIES)),
        cites=("telescoped", "draw-count"),
        equation="(75)",
    ),
)
CONCLUDED = (
    Step(
        "unprocessed",
        "the mask keeps the weights that are not processed",
        "smt",
        sympy.Eq(kept, ENTRIES - draws(ENTRIES)),
        given=(sympy.Eq(kept, ENTRIES - steps_done), sympy.Eq(steps_done, draws(ENTRIES))),
        cites=("greedy-pass",),
        equation="(70)",
    ),
    Step(
        "error",
        "what is carried on, and what the draws add",
        "smt",
        sympy.Le(error, PROPAGATED + SECOND_ORDER),
        given=(
            sympy.Eq(error, Expectation(BEHIND**2)),
            sympy.Le(Expectation(BEHIND**2), PSI),
            sympy.Eq(END, PSI),
            sympy.Le(END, START + SECOND_ORDER),
            sympy.Le(START, PROPAGATED),
        ),
        cites=("layer", "in-the-mean", "greedy-pass", "second-order", "carried-on"),
        equation="(71)",
    ),
)


def steps(variant: str) -> tuple[Step, ...]:
    return (ONE_LAYER_SCORE, *projection(error), *PASS, *ONE_STEP, *SUMMED, *carried_on(START), *CONCLUDED)


PROOFS = {("proposition-20", "printed"): steps("printed")}
