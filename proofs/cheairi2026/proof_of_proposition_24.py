"""Proposition 24's proof: a greedy pass over block columns, as Proposition 20's over weights, with Lemma 16's bound.

The draw scales a block column by h = Bernoulli(p)/p, of mean one. beta(d) is the mean of Psi over the first d draws.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm, Variance
from boundcheck.core.step import Step

from .behind_a_layer import BEHIND, PSI, carried_on, dense, projection, x, x_compressed
from .blocks import VARIANCE, range_of_alpha
from .greedy_over_blocks import END, START, drawn, stay
from .lemma_15_second_derivative_of_one_weight import good, unprocessed
from .lemma_16_second_derivative_of_one_block import ONE_LAYER_BOUND, one_layer
from .lemma_16_second_derivative_of_one_block import STATEMENT as LEMMA_16
from .notation import alpha, epsilon, eta, p
from .proof_of_proposition_20 import beta, curve, d, left, score, slope, steps_done, value
from .proposition_20_one_layer_independent_entries import PROPAGATED
from .proposition_24_one_layer_structured import (
    BLOCKS,
    COLUMNS,
    DIVISIBILITY,
    ERROR,
    KEPT,
    KEPT_COUNT,
    PRUNED,
    error,
    kept,
)
from .realization import Realized, realization

h, mean_error = sympy.symbols("h E_h", real=True)
RANGE = range_of_alpha(COLUMNS, "")
QUADRATIC = value + slope * (h - 1) + curve / 2 * (h - 1) ** 2
LAW = [(p, 1 / p), (1 - p, sympy.S.Zero)]
SECOND_DERIVATIVE = ONE_LAYER_BOUND.subs({eta: 2, unprocessed: left})
SECOND_ORDER = PRUNED / (1 + epsilon)
PER_STEP = SECOND_ORDER / (alpha * COLUMNS)
UNBIASED = sympy.Eq(Expectation(h), 1, evaluate=False)
SPREAD = sympy.Eq(Variance(h), VARIANCE, evaluate=False)
SCORE = sympy.Eq(Expectation(QUADRATIC), value + curve / 2 * Variance(h), evaluate=False)


def one_step(form: str) -> tuple[Step, ...]:
    """A draw adds at most half its variance times Lemma 16's bound."""
    return (
        applied(
            "candidates",
            "Lemma 16 with eta = 2: half of the block columns that are left satisfy (46)",
            LEMMA_16,
            form,
            "count",
            {eta: 2, unprocessed: left},
            given=(sympy.Ge(left, 2),),
        ),
        Step(
            "a-candidate-exists",
            "that is at least one",
            "smt",
            sympy.Ge(good, 1),
            given=(sympy.Ge(good, left / 2), sympy.Ge(left, 2)),
            cites=("candidates", "left"),
        ),
        Step("unbiased", "Bernoulli(p)/p has mean one", "finite-law", UNBIASED, data={"law": LAW, "variable": h}),
        Step("variance", "and variance (1 - p)/p", "finite-law", SPREAD, data={"law": LAW, "variable": h}),
        Step(
            "pick",
            "let h scale such a block column: Psi is quadratic in it, and the one picked has no larger score",
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
            "the first-order term has mean zero, so the score is half the variance times the second derivative",
            "expectation",
            SCORE,
            given=(UNBIASED,),
            cites=("unbiased",),
            equation="(107)",
            data={"means": {h: sympy.S.One}, "fixed": (value, slope, curve)},
        ),
        applied(
            "second-derivative",
            "Lemma 16 with eta = 2 bounds it",
            LEMMA_16,
            form,
            "one-layer",
            {eta: 2, unprocessed: left},
            "(46)",
            given=(sympy.Ge(left, 2),),
        ),
        Step(
            "per-step",
            "half of (1 - p)/p times Lemma 16's bound: 2 theta^2 (1 - p) nu_1^2 n_2/(p |S_1^d| k)",
            "smt",
            sympy.Le(beta(d + 1), beta(d) + VARIANCE / 2 * SECOND_DERIVATIVE),
            given=(
                *(
                    sympy.Le(beta(d + 1), beta(d) + score),
                    sympy.Eq(score, Expectation(QUADRATIC) - value),
                    SCORE,
                    SPREAD,
                ),
                *(sympy.Eq(one_layer, curve), sympy.Le(one_layer, SECOND_DERIVATIVE)),
            ),
            cites=("pick", "score", "second-derivative", "variance"),
            equation="(108)",
        ),
        Step(
            "increment",
            "with |S_1^d| >= (1 - alpha) N",
            "smt",
            sympy.Le(beta(d + 1), beta(d) + PER_STEP),
            given=(
                sympy.Le(beta(d + 1), beta(d) + VARIANCE / 2 * SECOND_DERIVATIVE),
                *(sympy.Ge(left, (1 - alpha) * COLUMNS), sympy.Ge(left, 2)),
            ),
            cites=("per-step", "left"),
            equation="(108)",
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
        "and T <= alpha N",
        "smt",
        sympy.Le(END, START + SECOND_ORDER),
        given=(sympy.Le(END, START + steps_done * PER_STEP), sympy.Le(steps_done, alpha * COLUMNS)),
        cites=("telescoped", "draw-count"),
    ),
    Step(
        "mean-error",
        "what is carried on, and what the draws add",
        "smt",
        sympy.Le(Expectation(BEHIND**2), PROPAGATED + SECOND_ORDER),
        given=(
            *(sympy.Le(Expectation(BEHIND**2), PSI), sympy.Eq(END, PSI), sympy.Le(END, START + SECOND_ORDER)),
            sympy.Le(START, PROPAGATED),
        ),
        cites=("in-the-mean", "greedy-pass", "second-order", "carried-on"),
    ),
)
ONE = Realized(
    mean_bound=sympy.Le(Expectation(BEHIND**2), PROPAGATED + SECOND_ORDER),
    bounded_by="mean-error",
    error=error,
    total=COLUMNS,
    unprocessed=stay,
    counted_by="undrawn",
    kept=kept,
    above=RANGE[0],
    widths=BLOCKS,
)


def steps(form: str) -> tuple[Step, ...]:
    count = KEPT if form == "printed" else KEPT_COUNT
    pass_ = drawn(COLUMNS, DIVISIBILITY[0], Expectation(Norm(dense * (x - x_compressed)) ** 2), PSI)
    passed = (*projection(mean_error), *pass_, *one_step(form), *carried_on(START), *SUMMED)
    return (*passed, *realization(ONE, form, ERROR.relation, count.relation))


PROOFS = {("proposition-24", form): steps(form) for form in ("printed", "corrected")}
