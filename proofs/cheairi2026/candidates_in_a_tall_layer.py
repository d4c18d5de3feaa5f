"""Proposition 23's candidates: one weight to second order, and Lemma 15 for most of those that are left.

G(t) is the mean of Psi over the earlier draws, as a function of one weight t.
"""

import sympy

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .lemma_15_second_derivative_of_one_weight import STATEMENT as LEMMA_15
from .lemma_15_second_derivative_of_one_weight import TWO_LAYER_BOUND, good, two_layers, unprocessed
from .lemma_15_second_derivative_of_one_weight import deviation as lemma_deviation
from .lemma_15_second_derivative_of_one_weight import error as present_error
from .notation import eta, nu_1, tau, tau_0, tau_1
from .pass_over_a_tall_layer import beta, d, left, point
from .proposition_20_one_layer_independent_entries import h, mean, weight
from .proposition_23_two_layers_independent_entries import (
    DEVIATION,
    LARGEST_DEVIATION,
    deviation,
    zero,
    zero_probability,
)

good_0, good_1, both, either = sympy.symbols("|C_0| |C_1| |C_0&C_1| |C_0|C_1|", integer=True)
score, value, slope, bend, at_draw = sympy.symbols("score G G' G'' G(h)", real=True)
bend_0, bend_1 = sympy.symbols("E|G''|_0 E|G''|_1", real=True)
TAYLOR = value + slope * (h - weight) + bend / 2 * (h - weight) ** 2
AT_ZERO, AWAY = Expectation(zero * sympy.Abs(bend)), Expectation((1 - zero) * sympy.Abs(bend))
BOUND = TWO_LAYER_BOUND.subs({eta: 4, unprocessed: left, present_error: beta(d)})
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
        data={
            "source": "Taylor's theorem with Lagrange's remainder, for example Rudin 1976, Theorem 5.15",
            "takes": "the mean value theorem as a named lemma, applied twice",
        },
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
