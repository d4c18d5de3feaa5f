"""Theorem 6 from Proposition 26 with k = 1, sigma = c_1, nu_l <= c_2/sqrt(max(n_l, n_{l+1})); and what (126) gives."""

import sympy

from boundcheck.core.step import Step

from .notation import alpha, c_1, c_2, delta, layer, n_l, n_l1, n_l2, p
from .theorem_2_pruning import ROOM
from .theorem_6_structured_pruning import EQUATIONS, WIDTHS, ratios

FACTOR = alpha * (1 - p) / (p * (1 - alpha))


def steps(printed: bool) -> tuple[Step, ...]:
    """(27) => (125), (28) => (126) and (133), (29) => (127)."""
    wide, ratio, width = (condition.relation for condition in ratios(WIDTHS, c_2**2, EQUATIONS, printed))
    return (
        Step(
            "wide-125",
            "(27) gives (125): nu_l^2 n_{l+1} <= [p (1 - alpha) delta / (alpha (1 - p))] c_1^2, as nu_l^2 <= c_2^2/n_l",
            "monomial-ratio",
            sympy.Le(c_2**2 * n_l1 / n_l, ROOM * c_1**2),
            given=(wide,),
            cites=("wide-ratio", "proposition-26"),
            equation="(125)",
        ),
        Step(
            "ratio-126",
            "(28) gives the second bound of (126)",
            "monomial-ratio",
            sympy.Le(c_2**2 * n_l2 / n_l1, ROOM * c_1**2),
            given=(ratio,),
            cites=("bottleneck-ratio", "proposition-26"),
            equation="(126)",
        ),
        Step(
            "lambda-133",
            "(28) gives Lambda <= 2 delta",
            "monomial-ratio",
            sympy.Le(2 * FACTOR * c_1 ** (layer + 1) * c_2 * sympy.sqrt(n_l2) / sympy.sqrt(n_l1), 2 * delta),
            given=(ratio,),
            cites=("bottleneck-ratio", "proposition-26"),
            equation="(133)",
        ),
        Step(
            "product-127",
            "(29) gives (127), as nu_l nu_{l+1} <= c_2^2/n_{l+1}",
            "monomial-ratio",
            sympy.Le(
                c_2**2 * sympy.sqrt(n_l) * sympy.sqrt(n_l2) / n_l1,
                ROOM / (c_1 ** (layer - 2) * sympy.Max(1, (1 - p) / p)),
            ),
            given=(width,),
            cites=("bottleneck-product", "proposition-26"),
            equation="(127)",
        ),
    )


PROOFS = {("theorem-6", "printed"): steps(printed=True), ("theorem-6", "corrected"): steps(printed=False)}
