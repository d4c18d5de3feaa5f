"""Lemma 15 (one layer) and Propositions 18 to 20, step by step."""

from dataclasses import replace

import sympy

from boundcheck.core.step import Step

from .notation import alpha, distance, epsilon, k, n_1, n_2, nu_1, p, phi, sigma_1, theta

left, done, draws, eta, weight = sympy.symbols("S_1 d T eta w", real=True)
mean, certified, within, share, index = sympy.symbols("mean realization P r j", real=True)
ENTRIES = n_1 * n_2
PER_STEP = 2 * theta**2 * phi**2 * nu_1**2 * n_2 / left
PROPOSITION_20 = (
    Step(
        "per-step",
        "half the variance times Lemma 15's bound at eta = 2",
        "exact-algebra",
        sympy.Eq(phi**2 * nu_1**2 / 2 * (2 * 2 * theta**2 * n_2 / left), PER_STEP, evaluate=False),
        cites=("lemma-15",),
        equation="(73)",
    ),
    Step(
        "candidates",
        "(1 - 1/2) |S_1| >= 1 weights satisfy the bound, since at least two are left",
        "smt",
        sympy.Ge(left / 2, 1),
        given=(sympy.Ge(left, ENTRIES - done), sympy.Le(done, draws - 1), sympy.Le(draws, ENTRIES - 1)),
        cites=("alpha-below",),
    ),
    Step(
        "left",
        "at least (1 - alpha) n_1 n_2 weights are left at every step",
        "smt",
        sympy.Ge(ENTRIES - done, (1 - alpha) * ENTRIES),
        given=(sympy.Le(done, alpha * ENTRIES),),
    ),
    Step(
        "increment",
        "each step adds at most 2 theta^2 phi^2 nu_1^2 / ((1 - alpha) n_1)",
        "monomial-ratio",
        sympy.Le(PER_STEP, 2 * theta**2 * phi**2 * nu_1**2 / ((1 - alpha) * n_1)),
        given=(sympy.Ge(left, (1 - alpha) * ENTRIES), sympy.Gt(left, 0), sympy.Gt(nu_1, 0)),
        cites=("left",),
    ),
    Step(
        "telescoped",
        "T = floor(alpha n_1 n_2) steps add at most the second term of (71)",
        "monomial-ratio",
        sympy.Le(
            draws * 2 * theta**2 * phi**2 * nu_1**2 / ((1 - alpha) * n_1),
            2 * alpha * theta**2 * phi**2 * nu_1**2 * n_2 / (1 - alpha),
        ),
        given=(sympy.Le(draws, alpha * ENTRIES), sympy.Gt(draws, 0), sympy.Gt(nu_1, 0)),
        cites=("increment",),
        equation="(71)",
    ),
)
VARIANCE = Step(
    "variance",
    "w Bernoulli(p)/p has variance (1 - p)/p w^2",
    "exact-algebra",
    sympy.Eq(p * (weight / p - weight) ** 2 + (1 - p) * weight**2, (1 - p) / p * weight**2, evaluate=False),
)
REALIZED = Step(
    "realized",
    "some realization with few nonzero draws is at most (1 + epsilon) times the mean",
    "smt",
    sympy.Le(certified, (1 + epsilon) * mean),
    given=(
        sympy.Ge(within, 1 / (1 + epsilon)),
        sympy.Ge(mean, certified * within),
        sympy.Ge(certified, 0),
    ),
    cites=("lemma-12", "tail"),
)
ROUNDING = Step(
    "variance",
    "the quantizer's variance is r (1 - r) (nu_1/k)^2 <= (nu_1/k)^2, r the fractional part",
    "smt",
    sympy.Le(share * (1 - share) * (nu_1 / k) ** 2, (nu_1 / k) ** 2),
    given=(sympy.Ge(share, 0), sympy.Le(share, 1)),
    cites=("lemma-8",),
)


def lower_value(least: int) -> Step:
    """The lower of the two values that a weight is rounded to, as a multiple of nu_1/k, lies in the set named."""
    return Step(
        "values",
        f"the lower value (l_w - 1) nu_1/k is a multiple j nu_1/k with j >= {least}",
        "smt",
        sympy.Ge(index - 1, least),
        given=(sympy.Ge(index, 1),),
        cites=("lemma-8", "values"),
    )


PROPAGATED = Step(
    "carried-on",
    "Psi(W_1) = E||W_1 (x - x')||^2 <= sigma_1^2 E||x - x'||^2",
    "citation",
    sympy.Le(sympy.Symbol("Psi(W_1)"), sigma_1**2 * distance),
    data={"source": "the definition of the operator norm"},
)
PROOFS = {
    ("proposition-20", "printed"): (PROPAGATED, *PROPOSITION_20),
    ("proposition-19", "printed"): (VARIANCE, replace(REALIZED, cites=("lemma-12", "draws"))),
    ("proposition-19", "corrected"): (VARIANCE, REALIZED),
    ("proposition-18", "printed"): (ROUNDING, lower_value(1)),
    ("proposition-18", "corrected"): (ROUNDING, lower_value(0)),
}
