"""Lemmas 8 to 12, step by step."""

from dataclasses import replace

import sympy

from boundcheck.core.step import Step

from .notation import epsilon, eta, k

M, w, level = sympy.symbols("M w l_w", real=True)
size, small, mu, mean = sympy.symbols("S s mu a", real=True)
u, v, a_0, a_k, a_next, power, growth_factor = sympy.symbols("u v a_0 a_k a_next q E", real=True)
tail, within, average, conditional = sympy.symbols("P_tail P_within mean conditional_mean", real=True)

IN_RANGE = (sympy.Gt(M, 0), sympy.Ge(k, 1), sympy.Ge(w, 0), sympy.Le(w, M))
BETWEEN = (sympy.Le((level - 1) * M / k, w), sympy.Le(w, level * M / k))
UPPER = 1 - level + k * w / M
LEMMA_8 = (
    Step(
        "unbiased",
        "the two values, weighted by their probabilities, have mean w (w >= 0; w < 0 by symmetry)",
        "exact-algebra",
        sympy.Eq(UPPER * level * M / k + (1 - UPPER) * (level - 1) * M / k, w, evaluate=False),
    ),
    Step(
        "probabilities",
        "the probability of the upper value lies in [0, 1]",
        "smt",
        sympy.And(sympy.Ge(UPPER, 0), sympy.Le(UPPER, 1)),
        given=(*IN_RANGE, *BETWEEN),
    ),
    Step(
        "within-a-step",
        "both values are within M/k of w",
        "smt",
        sympy.And(sympy.Le(level * M / k - w, M / k), sympy.Le(w - (level - 1) * M / k, M / k)),
        given=(*IN_RANGE, *BETWEEN),
    ),
)
LEMMA_9 = (
    Step(
        "nonexpansive",
        "the projection onto a closed convex set is 1-Lipschitz, and [u]_kappa = u",
        "citation",
        sympy.Le(sympy.Symbol("|[u]-[v]|"), sympy.Symbol("|u-v|")),
        data={"source": "the projection theorem, for example Bauschke and Combettes 2017, Proposition 4.16"},
    ),
)
LEMMA_10 = (
    Step(
        "count",
        "fewer than (1 - 1/eta) |S| small ones would make the mean exceed mu (for mu = 0 all are zero)",
        "smt",
        sympy.Ge(small, (1 - 1 / eta) * size),
        given=(
            sympy.Gt(size, 0),
            sympy.Ge(small, 0),
            sympy.Le(small, size),
            sympy.Gt(mu, 0),
            sympy.Ge(mu, mean),
            sympy.Or(sympy.Eq(small, size), sympy.Gt(mean * size, (size - small) * eta * mu)),
        ),
    ),
)
LEMMA_11 = (
    Step(
        "one-step",
        "a_{k+1} <= (1 + u) a_k + v",
        "smt",
        sympy.Le(a_next, (1 + u) * a_k + v),
        given=(sympy.Le(a_next - a_k, u * a_k + v),),
    ),
    Step(
        "iterated",
        "the bound (1+u)^k a_0 + (v/u)((1+u)^k - 1) meets the same recursion, with q = (1+u)^k",
        "exact-algebra",
        sympy.Eq(
            (1 + u) * (power * a_0 + v / u * (power - 1)) + v,
            power * (1 + u) * a_0 + v / u * (power * (1 + u) - 1),
            evaluate=False,
        ),
    ),
    Step(
        "exponential",
        "(1 + u)^n <= e^{n u}",
        "citation",
        sympy.Le(1 + u, sympy.exp(u)),
        data={"source": "the tangent of the exponential at 0"},
    ),
    Step(
        "increment",
        "u (E a_0 + (v/u)(E - 1)) + v = E (u a_0 + v), with E = e^{n u}",
        "exact-algebra",
        sympy.Eq(
            u * (growth_factor * a_0 + v / u * (growth_factor - 1)) + v, growth_factor * (u * a_0 + v), evaluate=False
        ),
    ),
)
LEMMA_12 = (
    Step(
        "within",
        "the complement of the tail has probability at least 1/(1 + epsilon)",
        "smt",
        sympy.Ge(1 - tail, 1 / (1 + epsilon)),
        given=(sympy.Le(tail, epsilon / (1 + epsilon)),),
        cites=("tail",),
    ),
    Step(
        "conditional-mean",
        "the mean given few heads is at most 1 + epsilon, so some realization is not above it",
        "smt",
        sympy.Le(conditional, 1 + epsilon),
        given=(
            sympy.Ge(within, 1 / (1 + epsilon)),
            sympy.Le(average, 1),
            sympy.Ge(average, conditional * within),
            sympy.Ge(conditional, 0),
        ),
        cites=("mean", "within"),
    ),
)
CONCENTRATION = Step(
    "concentration",
    "more than (1 + gamma) n p heads have probability at most exp(-c gamma^2 n p); print leaves c open",
    "citation",
    sympy.Le(tail, epsilon / (1 + epsilon)),
    data={"source": "a Chernoff bound, c = 1/3 for example"},
)
PROOFS = {
    ("lemma-12", "printed"): (CONCENTRATION, replace(LEMMA_12[0], cites=("concentration",)), LEMMA_12[1]),
    ("lemma-8", "printed"): LEMMA_8,
    ("lemma-9", "printed"): LEMMA_9,
    ("lemma-10", "printed"): LEMMA_10,
    ("lemma-11", "printed"): LEMMA_11,
    ("lemma-12", "corrected"): LEMMA_12,
}
