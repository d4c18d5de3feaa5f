"""ReLU's bias and the width: every unit's deviation is (e_1 - e_2)/sqrt(2 n_2) with two fair signs."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bias_and_width import STAYS, VANISHES, behind
from .notation import n_2

zeta = sympy.Symbol("zeta", real=True)
AWAY = sympy.sqrt(2) / sympy.sqrt(n_2)
QUARTER = sympy.Rational(1, 4)
LAW = {"law": [(QUARTER, AWAY), (QUARTER, -AWAY), (sympy.Rational(1, 2), sympy.S.Zero)], "variable": zeta}
RELU = (zeta + sympy.Abs(zeta)) / 2
IS_BEHIND = sympy.Eq(behind, sympy.sqrt(n_2) * Expectation(RELU))
SETTING = (
    Step(
        "unit",
        "all n_2 units have the same bias E max(zeta, 0), and W_2 sums them over sqrt(n_2)",
        "meaning",
        IS_BEHIND,
    ),
)


def _steps(claim: sympy.Basic, printed: bool) -> tuple[Step, ...]:
    mean = claim.xreplace({behind: sympy.sqrt(n_2) * Expectation(RELU)})
    return (
        *SETTING,
        Step("width", "over the law of zeta", "finite-law", mean, refutes="claim" if printed else "proof", data=LAW),
        Step("claim", "which is the claim", "smt", claim, (IS_BEHIND, mean), ("unit", "width")),
    )


PROOFS = {
    ("sharp-bias-and-width", "printed"): _steps(VANISHES.relation, printed=True),
    ("sharp-bias-and-width", "corrected"): _steps(STAYS.relation, printed=False),
}
