"""Proposition 23's proof: the picked weight's score is no larger than a candidate's, at every step of the pass."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .behind_a_block import BEHIND, PSI, carried_on, projection
from .candidates_in_a_tall_layer import (
    ABOVE,
    ABSOLUTE,
    BELOW,
    BOUND,
    CANDIDATE,
    CONDITIONAL,
    HALVED,
    REMAINDER,
    SCORE,
    SEPARATED,
    WEIGHTED,
    bend_0,
    bend_1,
    candidates,
    score,
)
from .notation import Delta, Lambda, alpha, distance, draws, growth, nu_1, sigma_1, sigma_2, theta
from .pass_over_a_tall_layer import (
    CHANGE,
    COLLECTED,
    END,
    GROWN,
    PASS,
    PREFACTOR,
    RATE,
    START,
    SUMMED,
    beta,
    d,
    left,
    steps_done,
    times_omega,
)
from .picks_of_the_algorithm import TWO_LAYER_SCORE
from .proposition_20_one_layer_independent_entries import ENTRIES, kept
from .proposition_23_two_layers_independent_entries import (
    DRAW_TERM,
    INPUT_TERM,
    LAMBDA,
    PROPAGATED,
    SECOND_MOMENT,
    SLOPE_TERM,
    error,
)

PER_STEP = PREFACTOR / left * beta(d) + times_omega(PREFACTOR / left)
ROOT = sympy.Le(2 * theta * sympy.sqrt(beta(d)), beta(d) + theta**2)


ONE_STEP = (
    Step(
        "pick",
        "let the candidate lie in both sets; the score of the weight picked, |beta(d+1) - beta(d)|, is no larger",
        "let",
        sympy.And(sympy.Le(CHANGE, score), SCORE),
        cites=("a-candidate-exists",),
    ),
    Step(
        "score",
        "so it is at most half the mean absolute remainder",
        "smt",
        sympy.Le(CHANGE, Expectation(ABSOLUTE) / 2),
        given=(
            *(sympy.Le(CHANGE, score), SCORE, ABOVE, BELOW, HALVED),
            sympy.Le(Expectation(REMAINDER), Expectation(ABSOLUTE / 2)),
            sympy.Le(Expectation(-REMAINDER), Expectation(ABSOLUTE / 2)),
        ),
        cites=("pick", "first-order", "first-order-negative", "remainder-above", "remainder-below", "half"),
        equation="(87)",
    ),
    Step(
        "second-order",
        "at most half of nu_1^2 Delta times Lemma 15's bound",
        "smt",
        sympy.Le(CHANGE, nu_1**2 * Delta / 2 * BOUND),
        given=(
            sympy.Le(CHANGE, Expectation(ABSOLUTE) / 2),
            sympy.Le(Expectation(ABSOLUTE), Expectation(WEIGHTED)),
            *(SEPARATED, CONDITIONAL, SECOND_MOMENT.relation),
            *(sympy.Le(bend_0, BOUND), sympy.Le(bend_1, BOUND)),
        ),
        cites=(
            *("score", "in-the-mean-of-the-draw", "separated", "conditional-means", "second-moment"),
            *("bend-at-zero", "bend-away"),
        ),
    ),
    Step(
        "mean-of-roots",
        "2 theta sqrt(beta) <= beta + theta^2",
        "smt",
        ROOT,
        given=(sympy.Ge(beta(d), 0),),
        cites=("not-negative",),
        equation="(88)",
    ),
    Step(
        "per-step",
        "so at most 2 theta Delta sigma_2 nu_1^2 sqrt(n_2)/|S_1^d| times beta(d) + omega",
        "smt",
        sympy.Le(CHANGE, PER_STEP),
        given=(
            sympy.Le(CHANGE, nu_1**2 * Delta / 2 * BOUND),
            *(ROOT, sympy.Ge(beta(d), 0), sympy.Ge(left, 2)),
        ),
        cites=("second-order", "mean-of-roots", "left"),
        equation="(89)",
    ),
    Step(
        "rate",
        "with |S_1^d| >= (1 - alpha) n_1 n_2: at most lambda (beta(d) + omega)",
        "smt",
        sympy.Le(CHANGE, RATE * beta(d) + times_omega(RATE)),
        given=(
            sympy.Le(CHANGE, PER_STEP),
            *(sympy.Ge(left, (1 - alpha) * ENTRIES), sympy.Ge(beta(d), 0), sympy.Ge(left, 2)),
        ),
        cites=("per-step", "left"),
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
        equation="(85)",
    ),
    Step(
        "added",
        "the pass takes the error to (1 + f(Lambda)) beta(0) + f(Lambda) omega",
        "smt",
        sympy.Le(END, (1 + growth(Lambda)) * START + INPUT_TERM + SLOPE_TERM + DRAW_TERM),
        given=(sympy.Le(END, START + alpha * ENTRIES * GROWN), COLLECTED, sympy.Eq(Lambda, LAMBDA)),
        cites=("whole-pass", "collected"),
        equation="(92)",
    ),
    Step(
        "error",
        "with what is carried on",
        "smt",
        sympy.Le(error, PROPAGATED + INPUT_TERM + SLOPE_TERM + DRAW_TERM),
        given=(
            *(sympy.Eq(error, Expectation(BEHIND**2)), sympy.Le(Expectation(BEHIND**2), PSI), sympy.Eq(END, PSI)),
            sympy.Le(END, (1 + growth(Lambda)) * START + INPUT_TERM + SLOPE_TERM + DRAW_TERM),
            sympy.Le(START, (sigma_1 * sigma_2) ** 2 * distance),
        ),
        cites=("block", "in-the-mean", "greedy-pass", "added", "carried-on"),
        equation="(86)",
    ),
)


def steps(variant: str) -> tuple[Step, ...]:
    return (
        *((TWO_LAYER_SCORE,) if variant == "printed" else ()),
        *(*projection(error), *PASS, *CANDIDATE, *candidates(variant)),
        *(*ONE_STEP, *SUMMED, *carried_on(START), *CONCLUDED),
    )


PROOFS = {("proposition-23", variant): steps(variant) for variant in ("printed", "corrected")}
