"""Propositions 21 to 23 and Corollary 5, step by step."""

import sympy

from boundcheck.core.step import Step

from .notation import Delta, alpha, n_1, n_2, n_3, nu_1, nu_2, p, sigma_2, theta
from .proofs_of_one_layer_propositions import REALIZED, ROUNDING, lower_value

left, beta, rest, tau_0, tau_1, zero = sympy.symbols("S_1 beta X tau_0 tau_1 u", real=True)
loss, error, omega = sympy.symbols("L e omega", real=True)
LAMBDA_STEP = 2 * theta * Delta * sigma_2 * nu_1**2 / ((1 - alpha) * n_1 * sympy.sqrt(n_2))
LAMBDA = 2 * alpha * theta * Delta * sigma_2 * nu_1**2 * sympy.sqrt(n_2) / (1 - alpha)
PROPOSITION_23 = (
    Step(
        "candidates",
        "(1 - 2/4) |S_1| >= 1 weights satisfy both bounds, since at least two are left",
        "smt",
        sympy.Ge((1 - sympy.Rational(2, 4)) * left, 1),
        given=(sympy.Ge(left, 2),),
        cites=("lemma-15", "alpha-below"),
    ),
    Step(
        "mean-of-roots",
        "sqrt(beta) <= beta/(2 theta) + theta/2",
        "smt",
        sympy.Le(sympy.sqrt(beta), beta / (2 * theta) + theta / 2),
        given=(sympy.Ge(beta, 0),),
        equation="(88)",
    ),
    Step(
        "per-step",
        "4 theta^2 (sqrt(beta) + X) <= 2 theta (beta + theta^2 + 2 theta X)",
        "smt",
        sympy.Le(4 * theta**2 * (sympy.sqrt(beta) + rest), 2 * theta * (beta + theta**2 + 2 * theta * rest)),
        given=(sympy.Ge(beta, 0), sympy.Ge(rest, 0)),
        cites=("mean-of-roots",),
        equation="(89)",
    ),
    Step(
        "rate",
        "the prefactor of (89) is at most lambda, since |S_1| >= (1 - alpha) n_1 n_2",
        "monomial-ratio",
        sympy.Le(2 * theta * Delta * sigma_2 * nu_1**2 * sympy.sqrt(n_2) / left, LAMBDA_STEP),
        given=(
            sympy.Ge(left, (1 - alpha) * n_1 * n_2),
            sympy.Gt(left, 0),
            sympy.Gt(Delta, 0),
            sympy.Gt(sigma_2, 0),
            sympy.Gt(nu_1, 0),
        ),
    ),
    Step(
        "exponent",
        "Lambda = lambda alpha n_1 n_2",
        "exact-algebra",
        sympy.Eq(LAMBDA_STEP * alpha * n_1 * n_2, LAMBDA, evaluate=False),
        cites=("lemma-11",),
    ),
    Step(
        "slope-summand",
        "Lambda times the second summand of omega, where sigma_2 cancels",
        "exact-algebra",
        sympy.Eq(
            LAMBDA * 2 * theta * nu_2**2 * n_3 * sympy.sqrt(n_2) / sigma_2,
            4 * alpha * theta**2 * Delta * nu_1**2 * nu_2**2 * n_2 * n_3 / (1 - alpha),
            evaluate=False,
        ),
        equation="(86)",
    ),
)
SECOND_MOMENT = Step(
    "second-moment",
    "tau_0 = 1, tau_1 = (1 - p)/p give Delta = (1 - p)/p at a weight that is not zero",
    "exact-algebra",
    sympy.Eq((1 - p) + p * ((1 - p) / p) ** 2, (1 - p) / p, evaluate=False),
)
LARGER = Step(
    "larger-deviation",
    "max(1, (1 - p)/p) = max(p, 1 - p)/p",
    "smt",
    sympy.Eq(sympy.Max(1, (1 - p) / p), sympy.Max(p, 1 - p) / p, evaluate=False),
)
AT_ZERO_WEIGHTS = Step(
    "zero-weights",
    "with one tau_0 = 1 for all entries, as in Proposition 23, Delta <= (1 - p)/p also at a weight of zero",
    "smt",
    sympy.Le(tau_0**2 * zero + tau_1**2 * (1 - zero), (1 - p) / p),
    given=(sympy.Eq(tau_0, 1), sympy.Eq(tau_1, (1 - p) / p), sympy.Eq(zero, 1)),
    cites=("proposition-23",),
)
BY_ENTRY = Step(
    "zero-weights",
    "Proposition 23's proof allows tau_0 by entry: at a weight of zero the draw is exact and tau_0 = tau_1 = 0",
    "smt",
    sympy.Le(tau_0**2 * zero + tau_1**2 * (1 - zero), (1 - p) / p),
    given=(sympy.Eq(tau_0, 0), sympy.Eq(tau_1, 0), sympy.Eq(zero, 1)),
    cites=("proposition-23",),
)
COROLLARY_5 = (
    Step(
        "root-of-the-loss",
        "noisy labels bound the loss from below, so sqrt(L) <= L/omega",
        "smt",
        sympy.Le(sympy.sqrt(loss), loss / omega),
        given=(sympy.Gt(omega, 0), sympy.Ge(loss, omega**2)),
        cites=("noisy-data",),
    ),
    Step(
        "loss",
        "L + 2 sqrt(e) sqrt(L) + e <= (1 + 2 sqrt(e)/omega) L + e",
        "smt",
        sympy.Le(
            loss + 2 * sympy.sqrt(error) * sympy.sqrt(loss) + error, (1 + 2 * sympy.sqrt(error) / omega) * loss + error
        ),
        given=(
            sympy.Gt(omega, 0),
            sympy.Ge(loss, 0),
            sympy.Ge(error, 0),
            sympy.Le(sympy.sqrt(loss), loss / omega),
        ),
        cites=("root-of-the-loss", "theorem-2"),
        equation="(25)",
    ),
)
PROOFS = {
    ("proposition-23", "printed"): PROPOSITION_23,
    ("proposition-22", "printed"): (SECOND_MOMENT, LARGER, AT_ZERO_WEIGHTS),
    ("proposition-22", "corrected"): (SECOND_MOMENT, LARGER, BY_ENTRY, REALIZED),
    ("proposition-21", "printed"): (ROUNDING, lower_value(1)),
    ("proposition-21", "corrected"): (ROUNDING, lower_value(0)),
    ("corollary-5", "printed"): COROLLARY_5,
}
