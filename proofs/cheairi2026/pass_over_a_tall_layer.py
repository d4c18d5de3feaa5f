"""A greedy pass over a bottleneck's tall layer, whose increments are affine in the mean error beta(d) after d draws."""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .behind_a_block import AT_THE_START, PSI
from .lemma_11_recursion_of_increments import STATEMENT as LEMMA_11
from .lemma_11_recursion_of_increments import a_0, a_index, increment, n, u, v
from .notation import Delta, Lambda, alpha, draws, n_2, nu_1, sigma_2, theta
from .proposition_20_one_layer_independent_entries import ENTRIES, RANGE_OF_ALPHA, kept
from .proposition_23_two_layers_independent_entries import LAMBDA, OMEGA

d, steps_done, left = sympy.symbols("d T |S_1^d|", integer=True)
point = sympy.Symbol("t", real=True)
residual = sympy.Symbol("W_2a-W_2b_d")
beta = sympy.Function("beta", real=True)

START, END = beta(0), beta(steps_done)
CHANGE = sympy.Abs(beta(d + 1) - beta(d))
PREFACTOR = 2 * theta * Delta * sigma_2 * nu_1**2 * sympy.sqrt(n_2)
# lambda
RATE = PREFACTOR / ((1 - alpha) * ENTRIES)


def times_omega(factor: sympy.Expr) -> sympy.Expr:
    """factor * omega, summand by summand: sigma_2 in the factor cancels where omega divides by it."""
    return sympy.Add(*(factor * summand for summand in OMEGA.args))


GROWN = sympy.exp(Lambda) * (RATE * START + times_omega(RATE))

PROCESSED = (sympy.Ge(alpha * ENTRIES, 1), sympy.Le(alpha * ENTRIES, ENTRIES - 1))

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
