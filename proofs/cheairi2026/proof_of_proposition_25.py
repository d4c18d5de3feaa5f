"""Proposition 25's proof: a greedy pass over block rows, as Proposition 23's over weights, with Lemma 16's bound.

The draw scales a block row by h = Bernoulli(p)/p. G(t) is the mean of Psi over the earlier draws, as a function of the
scale t of one block row, and t lies between h and one.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .behind_a_block import AT_THE_START, BEHIND, PSI, carried_on, projection
from .blocks import VARIANCE, range_of_alpha
from .candidates_in_a_tall_layer import at_draw, bend, bend_0, bend_1, both, either, good_0, good_1, score, slope, value
from .greedy_over_blocks import END, START, drawn, stay
from .lemma_11_recursion_of_increments import STATEMENT as LEMMA_11
from .lemma_11_recursion_of_increments import a_0, a_index, increment, n, u, v
from .lemma_15_second_derivative_of_one_weight import good, unprocessed
from .lemma_16_second_derivative_of_one_block import STATEMENT as LEMMA_16
from .lemma_16_second_derivative_of_one_block import TWO_LAYER_BOUND, two_layers
from .lemma_16_second_derivative_of_one_block import deviation as lemma_deviation
from .lemma_16_second_derivative_of_one_block import error as present_error
from .notation import Lambda, alpha, distance, draws, eta, growth, omega_block, p, sigma_1, sigma_2, tau, theta
from .pass_over_a_tall_layer import point, residual
from .proof_of_proposition_20 import beta, d, left, steps_done
from .proposition_23_two_layers_independent_entries import PROPAGATED
from .proposition_25_two_layers_structured import (
    BLOCKS,
    DEFINITIONS,
    DIVISIBILITY,
    ERROR,
    KEPT,
    KEPT_COUNT,
    LAMBDA,
    OMEGA,
    ROWS,
    error,
    kept,
)
from .realization import Realized, realization

h, miss, mean_error = sympy.symbols("h 1{h=0} E_h", real=True)
RANGE = range_of_alpha(ROWS, "")
LAW = [(p, 1 / p), (1 - p, sympy.S.Zero)]
CHANGE = sympy.Abs(beta(d + 1) - beta(d))
BOUND = TWO_LAYER_BOUND.subs({eta: 4, unprocessed: left, present_error: beta(d)})
# lambda; the same with |S_1^d| for (1 - alpha) N
RATE = LAMBDA / (alpha * ROWS)
RATE_HERE = RATE * (1 - alpha) * ROWS / left
GROWN = sympy.exp(Lambda) * RATE * (START + OMEGA)

VALUES = sympy.Or(sympy.And(sympy.Eq(miss, 1), sympy.Eq(h, 0)), sympy.And(sympy.Eq(miss, 0), sympy.Eq(h, 1 / p)))
LARGEST = sympy.Eq(tau, DEFINITIONS[tau])
UNBIASED = sympy.Eq(Expectation(h), 1, evaluate=False)
POINT = sympy.Eq(lemma_deviation, sympy.Abs(1 - point))
BETWEEN = sympy.Le(sympy.Abs(point - 1), sympy.Abs(h - 1))
EXPANDED = sympy.Eq(at_draw, value + slope * (h - 1) + bend / 2 * (h - 1) ** 2)
REMAINDER = at_draw - value - slope * (h - 1)
ABSOLUTE = sympy.Abs(bend) * (h - 1) ** 2
ABOVE = sympy.Eq(Expectation(REMAINDER), Expectation(at_draw) - value, evaluate=False)
BELOW = sympy.Eq(Expectation(-REMAINDER), value - Expectation(at_draw), evaluate=False)
HALVED = sympy.Eq(Expectation(ABSOLUTE / 2), Expectation(ABSOLUTE) / 2, evaluate=False)
WEIGHTED = VARIANCE**2 * (1 - miss) * sympy.Abs(bend) + miss * sympy.Abs(bend)
AT_ZERO, AWAY = Expectation(miss * sympy.Abs(bend)), Expectation((1 - miss) * sympy.Abs(bend))
SEPARATED = sympy.Eq(Expectation(WEIGHTED), VARIANCE**2 * AWAY + AT_ZERO, evaluate=False)
CONDITIONAL = sympy.And(
    sympy.Eq(AT_ZERO, (1 - p) * bend_0), sympy.Eq(AWAY, p * bend_1), sympy.Ge(bend_0, 0), sympy.Ge(bend_1, 0)
)
SCORE = sympy.Eq(score, sympy.Abs(Expectation(at_draw) - value))
ROOT = sympy.Le(2 * theta * sympy.sqrt(beta(d)), beta(d) + theta**2)
PRESENT = sympy.Eq(beta(d), Expectation(Norm(residual) ** 2))
START_MEANS = sympy.Eq(START, AT_THE_START)

PRESENT_ERROR = (
    Step("present-error", "beta(d) is the mean of a squared norm", "let", PRESENT, cites=("greedy-pass",)),
    Step("not-negative", "so it is not negative", "smt", sympy.Ge(beta(d), 0), (PRESENT,), ("present-error",)),
    Step("start-not-negative", "nor is beta(0)", "smt", sympy.Ge(START, 0), (START_MEANS,), ("greedy-pass",)),
)
CANDIDATE = (
    Step("draw", "let h = Bernoulli(p)/p scale a candidate: it is zero or 1/p", "let", VALUES),
    Step("unbiased", "its mean is one", "finite-law", UNBIASED, data={"law": LAW, "variable": h}),
    Step("point", "let t be the point of Lagrange's remainder for this draw", "let", POINT, cites=("draw",)),
    Step(
        "taylor",
        "G(h) to second order about one, with Lagrange's remainder at t between the two",
        "citation",
        sympy.And(EXPANDED, BETWEEN),
        cites=("point", "activation-curvature"),
        equation="(118)",
        data={
            "source": "Taylor's theorem with Lagrange's remainder, for example Rudin 1976, Theorem 5.15",
            "takes": "the mean value theorem as a named lemma, applied twice",
        },
    ),
    *(
        Step(
            name,
            text,
            "expectation",
            relation,
            given=(UNBIASED,),
            cites=("unbiased",),
            equation="(118)",
            data={"means": {h: sympy.S.One}, "fixed": [value, slope]},
        )
        for name, text, relation in (
            ("first-order", "the first-order term has mean zero", ABOVE),
            ("first-order-negative", "the same with the sign turned", BELOW),
        )
    ),
    *(
        Step(
            name,
            "the remainder's mean is at most the mean of its absolute value, either way",
            "expectation",
            sympy.Le(Expectation(sign * REMAINDER), Expectation(ABSOLUTE / 2)),
            given=(EXPANDED,),
            cites=("taylor",),
        )
        for name, sign in (("remainder-above", 1), ("remainder-below", -1))
    ),
    Step("half", "one half comes out of the mean", "expectation", HALVED),
    Step(
        "squared-deviation",
        "(h - 1)^2 is one for a draw of zero, else ((1 - p)/p)^2",
        "smt",
        sympy.Le(ABSOLUTE, WEIGHTED),
        given=(VALUES,),
        cites=("draw",),
    ),
    Step(
        "in-the-mean-of-the-draw",
        "and in the mean",
        "expectation",
        sympy.Le(Expectation(ABSOLUTE), Expectation(WEIGHTED)),
        given=(sympy.Le(ABSOLUTE, WEIGHTED),),
        cites=("squared-deviation",),
    ),
    Step("separated", "draws of zero and the others apart", "expectation", SEPARATED),
    Step(
        "conditional-means",
        "let these be the means of |G''(t)| given that the draw is zero, and given that it is not",
        "let",
        CONDITIONAL,
        cites=("taylor",),
    ),
    Step(
        "deviation-of-the-point",
        "t is within tau of one, whatever the draw",
        "smt",
        sympy.Le(lemma_deviation, tau),
        given=(POINT, BETWEEN, VALUES, LARGEST),
        cites=("point", "taylor", "draw"),
    ),
    Step(
        "two-sets",
        "let C_0 and C_1 be the block rows that Lemma 16 names for draws of zero, and for the others",
        "let",
        sympy.And(
            *(sympy.Ge(symbol, 0) for symbol in (good_0, good_1, both)),
            sympy.Eq(good_0 + good_1, both + either),
            sympy.Le(either, left),
        ),
        cites=("one-step",),
    ),
)


def candidates(form: str) -> tuple[Step, ...]:
    """Lemma 16 twice: at least half of the block rows that are left are candidates for both kinds of draw."""
    known = (sympy.Ge(left, 2), sympy.Ge(beta(d), 0))

    def lemma_16(name: str, text: str, claim: str, place: sympy.Symbol, count: sympy.Symbol) -> Step:
        where = {eta: 4, unprocessed: left, present_error: beta(d), place: count}
        return applied(name, text, LEMMA_16, form, claim, where, "(47)", (*known, sympy.Ge(count, 0)))

    return (
        lemma_16("candidates-at-zero", "Lemma 16 with eta = 4, for draws of zero", "count-two-layers", good, good_0),
        lemma_16("candidates-away", "the same for the other draws", "count-two-layers", good, good_1),
        Step(
            "a-candidate-exists",
            "(1 - 2/4) |S_1| >= 1 block rows lie in both",
            "smt",
            sympy.Ge(both, 1),
            given=(
                *(sympy.Ge(good_0, sympy.Rational(3, 4) * left), sympy.Ge(good_1, sympy.Rational(3, 4) * left)),
                *(sympy.Eq(good_0 + good_1, both + either), sympy.Le(either, left), sympy.Ge(left, 2)),
            ),
            cites=("candidates-at-zero", "candidates-away", "two-sets", "left"),
        ),
        lemma_16("bend-at-zero", "Lemma 16's bound, for draws of zero", "two-layers", two_layers, bend_0),
        lemma_16("bend-away", "the same for the other draws", "two-layers", two_layers, bend_1),
    )


ONE_STEP = (
    Step(
        "pick",
        "let the candidate lie in both sets; the score of the block row picked, |beta(d+1) - beta(d)|, is no larger",
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
        equation="(118)",
    ),
    Step(
        "mean-of-the-weights",
        "E (h - 1)^2 |G''| <= (1 - p)/p times Lemma 16's bound",
        "smt",
        sympy.Le(Expectation(ABSOLUTE), VARIANCE * BOUND),
        given=(
            *(sympy.Le(Expectation(ABSOLUTE), Expectation(WEIGHTED)), SEPARATED, CONDITIONAL),
            *(sympy.Le(bend_0, BOUND), sympy.Le(bend_1, BOUND)),
        ),
        cites=("in-the-mean-of-the-draw", "separated", "conditional-means", "bend-at-zero", "bend-away"),
    ),
    Step(
        "mean-of-roots",
        "2 theta sqrt(beta) <= beta + theta^2",
        "smt",
        ROOT,
        given=(sympy.Ge(beta(d), 0),),
        cites=("not-negative",),
    ),
    Step(
        "per-step",
        "so the step adds at most 2 theta (1 - p) sigma_1^2 nu_2 sqrt(n_3)/(p |S_1^d| sqrt(k)) times beta(d) + omega",
        "smt",
        sympy.Le(CHANGE, RATE_HERE * (beta(d) + OMEGA)),
        given=(
            *(sympy.Le(CHANGE, Expectation(ABSOLUTE) / 2), sympy.Le(Expectation(ABSOLUTE), VARIANCE * BOUND)),
            *(ROOT, sympy.Ge(beta(d), 0), sympy.Ge(left, 2)),
        ),
        cites=("score", "mean-of-the-weights", "mean-of-roots", "left"),
        equation="(119)",
    ),
    Step(
        "omega-not-negative",
        "omega >= 0",
        "smt",
        sympy.Ge(OMEGA, 0, evaluate=False),
        given=(LARGEST,),
    ),
    Step(
        "rate-not-negative",
        "lambda >= 0",
        "smt",
        sympy.Ge(RATE, 0, evaluate=False),
    ),
    Step(
        "rate",
        "with |S_1^d| >= (1 - alpha) N: at most lambda (beta(d) + omega)",
        "smt",
        sympy.Le(CHANGE, RATE * beta(d) + RATE * OMEGA),
        given=(
            *(sympy.Le(CHANGE, RATE_HERE * (beta(d) + OMEGA)), sympy.Ge(left, (1 - alpha) * ROWS)),
            *(sympy.Ge(beta(d), 0), sympy.Ge(left, 2), sympy.Ge(OMEGA, 0, evaluate=False)),
        ),
        cites=("per-step", "left", "omega-not-negative"),
        equation="(119)",
    ),
)
ADDED = sympy.Le(END, (1 + growth(Lambda)) * START + growth(Lambda) * OMEGA)
MEAN = sympy.Le(Expectation(BEHIND**2), PROPAGATED + growth(Lambda) * omega_block)
SUMMED = (
    Step(
        "at-least-one",
        "alpha N >= 1",
        "smt",
        sympy.Ge(alpha * ROWS, 1),
        given=(RANGE[0].relation,),
        cites=("alpha-above",),
    ),
    Step(
        "a-step-exists",
        "so floor(alpha N) >= 1",
        "monotone-substitution",
        sympy.Ge(draws(ROWS), 1),
        given=(sympy.Ge(alpha * ROWS, 1),),
        cites=("at-least-one",),
        data={"expression": sympy.floor(point), "replace": {point: (sympy.Integer(1), alpha * ROWS)}},
    ),
    Step(
        "step-count",
        "and Lemma 11 applies to T steps",
        "smt",
        sympy.Ge(steps_done, 1),
        given=(sympy.Eq(steps_done, draws(ROWS)), sympy.Ge(draws(ROWS), 1)),
        cites=("greedy-pass", "a-step-exists"),
    ),
    applied(
        "lemma-11-over-the-pass",
        "Lemma 11 with u = lambda, v = lambda omega",
        LEMMA_11,
        "printed",
        "increment",
        {n: steps_done, u: RATE, v: RATE * OMEGA, a_0: START, a_index: beta(d), increment: CHANGE},
        given=(
            *(sympy.Ge(steps_done, 1), sympy.Ge(START, 0), sympy.Ge(beta(d), 0)),
            *(sympy.Ge(RATE, 0, evaluate=False), sympy.Ge(OMEGA, 0, evaluate=False)),
        ),
    ),
    Step(
        "exponent",
        "lambda T <= lambda alpha N = Lambda",
        "smt",
        sympy.Le(steps_done * RATE, Lambda),
        given=(
            *(sympy.Eq(Lambda, LAMBDA), sympy.Le(steps_done, alpha * ROWS)),
            sympy.Ge(RATE, 0, evaluate=False),
        ),
        cites=("draw-count", "rate-not-negative"),
    ),
    Step(
        "exponential",
        "so e^{lambda T} <= e^Lambda",
        "monotone-substitution",
        sympy.Le(sympy.exp(steps_done * RATE), sympy.exp(Lambda)),
        given=(sympy.Le(steps_done * RATE, Lambda),),
        cites=("exponent",),
        data={"expression": sympy.exp(point), "replace": {point: (steps_done * RATE, Lambda)}},
    ),
    Step(
        "increment",
        "every step adds at most e^Lambda lambda (beta(0) + omega)",
        "smt",
        sympy.Le(beta(d + 1), beta(d) + GROWN),
        given=(
            sympy.Le(CHANGE, sympy.exp(steps_done * RATE) * (RATE * START + RATE * OMEGA)),
            *(sympy.Le(sympy.exp(steps_done * RATE), sympy.exp(Lambda)), sympy.Ge(START, 0)),
            *(sympy.Ge(RATE, 0, evaluate=False), sympy.Ge(OMEGA, 0, evaluate=False)),
        ),
        cites=("lemma-11-over-the-pass", "exponential", "start-not-negative", "rate-not-negative"),
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
        "added",
        "with lambda T <= Lambda: the pass takes the error to (1 + f(Lambda)) beta(0) + f(Lambda) omega",
        "smt",
        ADDED,
        given=(
            *(sympy.Le(END, START + steps_done * GROWN), sympy.Le(steps_done * RATE, Lambda), sympy.Ge(START, 0)),
            sympy.Ge(OMEGA, 0, evaluate=False),
        ),
        cites=("telescoped", "exponent", "start-not-negative", "omega-not-negative"),
        equation="(124)",
    ),
    Step(
        "mean-error",
        "with what is carried on",
        "smt",
        MEAN,
        given=(
            *(sympy.Le(Expectation(BEHIND**2), PSI), sympy.Eq(END, PSI), ADDED, sympy.Eq(omega_block, OMEGA)),
            *(sympy.Le(START, (sigma_1 * sigma_2) ** 2 * distance), sympy.Eq(Lambda, LAMBDA)),
        ),
        cites=("in-the-mean", "greedy-pass", "added", "carried-on"),
    ),
)
ONE = Realized(
    mean_bound=MEAN,
    bounded_by="mean-error",
    error=error,
    total=ROWS,
    unprocessed=stay,
    counted_by="undrawn",
    kept=kept,
    above=RANGE[0],
    widths=BLOCKS,
)


def steps(form: str) -> tuple[Step, ...]:
    count = KEPT if form == "printed" else KEPT_COUNT
    pass_ = (*drawn(ROWS, DIVISIBILITY[1], AT_THE_START, PSI), *PRESENT_ERROR, *CANDIDATE, *candidates(form), *ONE_STEP)
    passed = (*projection(mean_error), *pass_, *SUMMED[:-1], *carried_on(START), SUMMED[-1])
    return (*passed, *realization(ONE, form, ERROR.relation, count.relation))


PROOFS = {("proposition-25", form): steps(form) for form in ("printed", "corrected")}
