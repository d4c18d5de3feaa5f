"""Proposition 23's proof: a greedy pass over a bottleneck's tall layer, whose increments are affine in the mean error.

beta(d) is the mean of Psi after d draws. G(t) is the mean of Psi over the earlier draws, as a function of one weight t.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .behind_a_block import AT_THE_START, BEHIND, PSI, carried_on, projection
from .lemma_11_recursion_of_increments import STATEMENT as LEMMA_11
from .lemma_11_recursion_of_increments import a_0, a_index, increment, n, u, v
from .lemma_15_second_derivative_of_one_weight import STATEMENT as LEMMA_15
from .lemma_15_second_derivative_of_one_weight import TWO_LAYER_BOUND, good, two_layers, unprocessed
from .lemma_15_second_derivative_of_one_weight import deviation as lemma_deviation
from .lemma_15_second_derivative_of_one_weight import error as present_error
from .notation import (
    Delta,
    Lambda,
    alpha,
    distance,
    draws,
    eta,
    growth,
    n_2,
    nu_1,
    sigma_1,
    sigma_2,
    tau,
    tau_0,
    tau_1,
    theta,
)
from .picks_of_the_algorithm import TWO_LAYER_SCORE
from .proposition_20_one_layer_independent_entries import ENTRIES, RANGE_OF_ALPHA, h, kept, mean, weight
from .proposition_23_two_layers_independent_entries import (
    DEVIATION,
    DRAW_TERM,
    INPUT_TERM,
    LAMBDA,
    LARGEST_DEVIATION,
    OMEGA,
    PROPAGATED,
    SECOND_MOMENT,
    SLOPE_TERM,
    deviation,
    error,
    zero,
    zero_probability,
)

d, steps_done, left = sympy.symbols("d T |S_1^d|", integer=True)
good_0, good_1, both, either = sympy.symbols("|C_0| |C_1| |C_0&C_1| |C_0|C_1|", integer=True)
score, value, slope, bend, at_draw, point = sympy.symbols("score G G' G'' G(h) t", real=True)
bend_0, bend_1 = sympy.symbols("E|G''|_0 E|G''|_1", real=True)
residual = sympy.Symbol("W_2a-W_2b_d")
beta = sympy.Function("beta", real=True)

START, END = beta(0), beta(steps_done)
CHANGE = sympy.Abs(beta(d + 1) - beta(d))
TAYLOR = value + slope * (h - weight) + bend / 2 * (h - weight) ** 2
AT_ZERO, AWAY = Expectation(zero * sympy.Abs(bend)), Expectation((1 - zero) * sympy.Abs(bend))
BOUND = TWO_LAYER_BOUND.subs({eta: 4, unprocessed: left, present_error: beta(d)})
PREFACTOR = 2 * theta * Delta * sigma_2 * nu_1**2 * sympy.sqrt(n_2)
# lambda
RATE = PREFACTOR / ((1 - alpha) * ENTRIES)


def times_omega(factor: sympy.Expr) -> sympy.Expr:
    """factor * omega, summand by summand: sigma_2 in the factor cancels where omega divides by it."""
    return sympy.Add(*(factor * summand for summand in OMEGA.args))


PER_STEP = PREFACTOR / left * beta(d) + times_omega(PREFACTOR / left)
GROWN = sympy.exp(Lambda) * (RATE * START + times_omega(RATE))

PROCESSED = (sympy.Ge(alpha * ENTRIES, 1), sympy.Le(alpha * ENTRIES, ENTRIES - 1))
ROOT = sympy.Le(2 * theta * sympy.sqrt(beta(d)), beta(d) + theta**2)

PASS = (
    Step(
        "greedy-pass",
        "T weights are processed one after the other; beta(d) is the mean error Psi after d of them",
        "let",
        sympy.And(
            sympy.Eq(steps_done, draws(ENTRIES)),
            sympy.Eq(kept, ENTRIES - steps_done),
            sympy.Eq(START, AT_THE_START),
            sympy.Eq(END, PSI),
        ),
    ),
    Step(
        "processed",
        "alpha n_1 n_2 lies between 1 and n_1 n_2 - 1",
        "smt",
        sympy.And(*PROCESSED),
        given=tuple(a.relation for a in RANGE_OF_ALPHA),
        cites=("alpha-above", "alpha-below"),
    ),
    Step(
        "draw-count",
        "T <= alpha n_1 n_2, and at least one weight stays",
        "smt",
        sympy.And(sympy.Ge(steps_done, 0), sympy.Le(steps_done, alpha * ENTRIES), sympy.Le(steps_done, ENTRIES - 1)),
        given=(sympy.Eq(steps_done, draws(ENTRIES)), *PROCESSED),
        cites=("greedy-pass", "processed"),
    ),
    Step(
        "start-not-negative",
        "beta(0) is the mean of a square",
        "smt",
        sympy.Ge(START, 0),
        given=(sympy.Eq(START, AT_THE_START),),
        cites=("greedy-pass",),
    ),
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
    Step(
        "present-error",
        "beta(d) is the mean of a squared norm",
        "let",
        sympy.Eq(beta(d), Expectation(Norm(residual) ** 2)),
        cites=("greedy-pass",),
    ),
    Step(
        "not-negative",
        "so it is not negative",
        "smt",
        sympy.Ge(beta(d), 0),
        given=(sympy.Eq(beta(d), Expectation(Norm(residual) ** 2)),),
        cites=("present-error",),
    ),
)
WITHIN = DEVIATION.relation
MEANT = sympy.Eq(deviation, sympy.Abs(h - weight))
BETWEEN = sympy.Le(sympy.Abs(point - weight), sympy.Abs(h - weight))
EXPANDED = sympy.Eq(at_draw, TAYLOR)
REMAINDER = at_draw - value - slope * (h - weight)
ABSOLUTE = sympy.Abs(bend) * (h - weight) ** 2
ABOVE = sympy.Eq(Expectation(REMAINDER), Expectation(at_draw) - value, evaluate=False)
BELOW = sympy.Eq(Expectation(-REMAINDER), value - Expectation(at_draw), evaluate=False)
HALVED = sympy.Eq(Expectation(ABSOLUTE / 2), Expectation(ABSOLUTE) / 2, evaluate=False)
WEIGHTED = nu_1**2 * (tau_1**2 * (1 - zero) * sympy.Abs(bend) + tau_0**2 * zero * sympy.Abs(bend))
CONDITIONAL = sympy.And(
    sympy.Eq(AT_ZERO, zero_probability * bend_0),
    sympy.Eq(AWAY, (1 - zero_probability) * bend_1),
    sympy.Ge(bend_0, 0),
    sympy.Ge(bend_1, 0),
)
SEPARATED = sympy.Eq(Expectation(WEIGHTED), nu_1**2 * (tau_1**2 * AWAY + tau_0**2 * AT_ZERO), evaluate=False)
SCORE = sympy.Eq(score, sympy.Abs(Expectation(at_draw) - value))
CANDIDATE = (
    Step("draw", "let h be the draw for a candidate, an unprocessed weight", "meaning", MEANT),
    Step(
        "point",
        "let t be the point of Lagrange's remainder for this draw",
        "let",
        sympy.Eq(lemma_deviation, sympy.Abs(point - weight)),
        cites=("draw",),
    ),
    Step(
        "taylor",
        "G(h) to second order about the weight, with Lagrange's remainder at t between the two",
        "citation",
        sympy.And(EXPANDED, BETWEEN),
        cites=("point", "activation-curvature"),
        equation="(87)",
        data={"source": "Taylor's theorem with Lagrange's remainder, for example Rudin 1976, Theorem 5.15"},
    ),
    Step(
        "first-order",
        "the first-order term has mean zero",
        "expectation",
        ABOVE,
        given=(sympy.Eq(mean, weight),),
        cites=("unbiased",),
        equation="(87)",
        data={"means": {h: weight}, "fixed": [value, slope]},
    ),
    Step(
        "first-order-negative",
        "the same with the sign turned",
        "expectation",
        BELOW,
        given=(sympy.Eq(mean, weight),),
        cites=("unbiased",),
        data={"means": {h: weight}, "fixed": [value, slope]},
    ),
    Step(
        "remainder-above",
        "the remainder's mean is at most the mean of its absolute value",
        "expectation",
        sympy.Le(Expectation(REMAINDER), Expectation(ABSOLUTE / 2)),
        given=(EXPANDED,),
        cites=("taylor",),
    ),
    Step(
        "remainder-below",
        "so is that of its negative",
        "expectation",
        sympy.Le(Expectation(-REMAINDER), Expectation(ABSOLUTE / 2)),
        given=(EXPANDED,),
        cites=("taylor",),
    ),
    Step("half", "one half comes out of the mean", "expectation", HALVED),
    Step(
        "squared-deviation",
        "(h - w)^2 is at most nu_1^2 tau_0^2 for a draw of zero, else nu_1^2 tau_1^2",
        "smt",
        sympy.Le(ABSOLUTE, WEIGHTED),
        given=(MEANT, WITHIN),
        cites=("draw", "deviation"),
    ),
    Step(
        "in-the-mean-of-the-draw",
        "and in the mean",
        "expectation",
        sympy.Le(Expectation(ABSOLUTE), Expectation(WEIGHTED)),
        given=(sympy.Le(ABSOLUTE, WEIGHTED),),
        cites=("squared-deviation",),
    ),
    Step(
        "separated",
        "draws of zero and the others apart",
        "expectation",
        SEPARATED,
    ),
    Step(
        "conditional-means",
        "let these be the means of |G''(t)| given that the draw is zero, and given that it is not",
        "let",
        CONDITIONAL,
        cites=("taylor",),
    ),
)


def candidates(variant: str) -> tuple[Step, ...]:
    """Lemma 15 twice: at least half of the weights that are left are candidates for both kinds of draw."""
    corrected = variant == "corrected"
    counted = sympy.And(
        *(sympy.Ge(symbol, 0) for symbol in (good_0, good_1, both)),
        sympy.Eq(good_0 + good_1, both + either),
        sympy.Le(either, left),
    )
    known = (sympy.Ge(left, 2), sympy.Ge(beta(d), 0))

    def lemma_15(step_id: str, text: str, claim: str, place: sympy.Symbol, value: sympy.Expr) -> Step:
        where = {eta: 4, unprocessed: left, present_error: beta(d), place: value}
        return applied(step_id, text, LEMMA_15, variant, claim, where, "(40)", (*known, sympy.Ge(value, 0)))

    return (
        Step(
            "deviation-of-the-point",
            "t is within tau nu_1 of the weight, whatever the draw",
            "smt",
            sympy.Le(lemma_deviation, tau * nu_1),
            given=(
                *(sympy.Eq(lemma_deviation, sympy.Abs(point - weight)), BETWEEN, MEANT, WITHIN),
                *((LARGEST_DEVIATION.relation,) if corrected else (sympy.Eq(tau, sympy.Max(tau_0, tau_1)),)),
            ),
            cites=("point", "taylor", "draw", "deviation", *(("largest-deviation",) if corrected else ())),
        ),
        Step(
            "two-sets",
            "let C_0 and C_1 be the weights that Lemma 15 names for draws of zero, and for the others",
            "let",
            counted,
            cites=("one-step",),
        ),
        lemma_15("candidates-at-zero", "Lemma 15 with eta = 4, for draws of zero", "count-two-layers", good, good_0),
        lemma_15("candidates-away", "the same for the other draws", "count-two-layers", good, good_1),
        Step(
            "a-candidate-exists",
            "(1 - 2/4) |S_1| >= 1 weights lie in both",
            "smt",
            sympy.Ge(both, 1),
            given=(
                *(sympy.Ge(good_0, sympy.Rational(3, 4) * left), sympy.Ge(good_1, sympy.Rational(3, 4) * left)),
                *(sympy.Eq(good_0 + good_1, both + either), sympy.Le(either, left), sympy.Ge(left, 2)),
            ),
            cites=("candidates-at-zero", "candidates-away", "two-sets", "left"),
        ),
        lemma_15("bend-at-zero", "Lemma 15's bound, for draws of zero", "two-layers", two_layers, bend_0),
        lemma_15("bend-away", "the same for the other draws", "two-layers", two_layers, bend_1),
    )


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
COLLECTED = sympy.Eq(
    alpha * ENTRIES * (RATE * START + times_omega(RATE)), LAMBDA * START + times_omega(LAMBDA), evaluate=False
)
SUMMED = (
    Step(
        "a-step-exists",
        "floor(alpha n_1 n_2) >= 1, since alpha n_1 n_2 >= 1",
        "monotone-substitution",
        sympy.Ge(draws(ENTRIES), 1),
        given=PROCESSED,
        cites=("processed",),
        data={"expression": sympy.floor(point), "replace": {point: (sympy.Integer(1), alpha * ENTRIES)}},
    ),
    Step(
        "step-count",
        "so Lemma 11 applies to T steps",
        "smt",
        sympy.Ge(steps_done, 1),
        given=(sympy.Eq(steps_done, draws(ENTRIES)), sympy.Ge(draws(ENTRIES), 1)),
        cites=("greedy-pass", "a-step-exists"),
    ),
    applied(
        "lemma-11-over-the-pass",
        "Lemma 11 with u = lambda, v = lambda omega",
        LEMMA_11,
        "printed",
        "increment",
        {n: steps_done, u: RATE, v: times_omega(RATE), a_0: START, a_index: beta(d), increment: CHANGE},
        given=(sympy.Ge(steps_done, 1), sympy.Ge(START, 0), sympy.Ge(beta(d), 0)),
    ),
    Step(
        "exponent",
        "Lambda = lambda alpha n_1 n_2",
        "exact-algebra",
        sympy.Eq(RATE * alpha * ENTRIES, LAMBDA, evaluate=False),
    ),
    Step(
        "exponent-grows",
        "lambda T <= Lambda",
        "smt",
        sympy.Le(steps_done * RATE, Lambda),
        given=(
            *(sympy.Eq(RATE * alpha * ENTRIES, LAMBDA, evaluate=False), sympy.Eq(Lambda, LAMBDA)),
            sympy.Le(steps_done, alpha * ENTRIES),
        ),
        cites=("exponent", "draw-count"),
    ),
    Step(
        "exponential",
        "so e^{lambda T} <= e^Lambda",
        "monotone-substitution",
        sympy.Le(sympy.exp(steps_done * RATE), sympy.exp(Lambda)),
        given=(sympy.Le(steps_done * RATE, Lambda),),
        cites=("exponent-grows",),
        data={"expression": sympy.exp(point), "replace": {point: (steps_done * RATE, Lambda)}},
    ),
    Step(
        "increment",
        "every step adds at most e^Lambda lambda (beta(0) + omega)",
        "smt",
        sympy.Le(beta(d + 1), beta(d) + GROWN),
        given=(
            sympy.Le(CHANGE, sympy.exp(steps_done * RATE) * (RATE * START + times_omega(RATE))),
            *(sympy.Le(sympy.exp(steps_done * RATE), sympy.exp(Lambda)), sympy.Ge(START, 0)),
        ),
        cites=("lemma-11-over-the-pass", "exponential", "start-not-negative"),
    ),
    Step(
        "telescoped",
        "T steps add at most T times that",
        "finite-induction",
        sympy.Le(END, START + steps_done * GROWN),
        given=(sympy.Ge(steps_done, 0),),
        cites=("increment", "draw-count"),
        data={
            "variable": d,
            "start": sympy.Integer(0),
            "until": steps_done,
            "hypothesis": sympy.Le(beta(d), START + d * GROWN),
            "recursion": (sympy.Le(beta(d + 1), beta(d) + GROWN),),
        },
    ),
    Step(
        "whole-pass",
        "and T <= alpha n_1 n_2",
        "smt",
        sympy.Le(END, START + alpha * ENTRIES * GROWN),
        given=(
            *(sympy.Le(END, START + steps_done * GROWN), sympy.Le(steps_done, alpha * ENTRIES)),
            sympy.Ge(START, 0),
        ),
        cites=("telescoped", "draw-count", "start-not-negative"),
    ),
    Step(
        "collected",
        "alpha n_1 n_2 lambda (beta(0) + omega) = Lambda (beta(0) + omega), where sigma_2 has cancelled",
        "exact-algebra",
        COLLECTED,
        cites=("exponent",),
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
