"""The moments of a unit's deviation zeta, a sum of independent terms of mean zero, from those of its terms."""

import sympy

from boundcheck.core.operators import Expectation, Named
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Consequence,
    Correction,
    Kind,
    Sense,
    Source,
    Statement,
    Variable,
    Variant,
)

from .notation import NONNEGATIVE_REALS, fourth_moment, sixth_moment, third_moment, v

terms = sympy.Symbol("N", integer=True, nonnegative=True)
partial, term = sympy.symbols("X t", real=True)
sum_2 = Named("sum Var", r"\sum_j \operatorname{Var}_j", nonnegative=True)
sum_3 = Named("sum m_3", r"\sum_j m_{3,j}", real=True)
sum_4 = Named("sum (m_4 - 3 Var^2)", r"\sum_j (m_{4,j} - 3 \operatorname{Var}_j^2)", real=True)
sum_6 = Named("sum kappa_6", r"\sum_j \kappa_{6,j}", real=True)
FACTORS = ((1, 1), (2, 1), (1, 2), (3, 1), (2, 2), (1, 3), (5, 1), (4, 2), (3, 3), (2, 4), (1, 5))

CENTRED = Assumption("centred", sympy.Eq(Expectation(term), 0), "every term has mean zero")
INDEPENDENT = Assumption(
    "independent",
    sympy.And(
        *(
            sympy.Eq(Expectation(partial**i * term**j), Expectation(partial**i) * Expectation(term**j))
            for i, j in FACTORS
        )
    ),
    "a term t is independent of the sum X of those before it",
)
CLAIMS = (
    Claim("variance", Sense.EQUALITY, sympy.Eq(v, sum_2), "variances add up"),
    Claim("third", Sense.EQUALITY, sympy.Eq(third_moment, sum_3), "third moments too"),
    Claim("fourth", Sense.EQUALITY, sympy.Eq(fourth_moment, 3 * v**2 + sum_4), "fourth cumulants add up"),
    Claim(
        "sixth",
        Sense.EQUALITY,
        sympy.Eq(sixth_moment, 15 * v**3 + 15 * v * sum_4 + 10 * sum_3**2 + sum_6),
        "and sixth ones, kappa_6 = m_6 - 15 m_4 Var - 10 m_3^2 + 30 Var^3",
    ),
)

STATEMENT = Statement(
    id="sharp-moments-of-a-sum",
    title="Moments of a sum of independent terms",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, section 2", page=2),
    variables=(
        Variable(terms, sympy.S.Naturals0, "number of terms"),
        Variable(term, None, "one term, a real random number"),
        Variable(partial, None, "sum of the terms before it"),
        Variable(v, NONNEGATIVE_REALS, "variance of the sum"),
        Variable(third_moment, sympy.S.Reals, "third moment of the sum"),
        Variable(fourth_moment, NONNEGATIVE_REALS, "fourth moment of the sum"),
        Variable(sixth_moment, NONNEGATIVE_REALS, "sixth moment of the sum"),
        Variable(sum_2, NONNEGATIVE_REALS, "sum of the terms' variances"),
        Variable(sum_3, sympy.S.Reals, "sum of their third moments"),
        Variable(sum_4, sympy.S.Reals, "sum of their fourth moments less three squared variances"),
        Variable(sum_6, sympy.S.Reals, "sum of their sixth cumulants"),
    ),
    variants={
        "printed": Variant(assumptions=(CENTRED,), claims=CLAIMS),
        "corrected": Variant(
            assumptions=(CENTRED, INDEPENDENT),
            claims=CLAIMS,
            corrections=(
                Correction(
                    "the terms are independent",
                    "With exact counts a row's draws depend on one another: if one of two equal terms is kept, the "
                    "sum does not vary at all.",
                    Consequence.CONDITION,
                    "section 2, slope form",
                    "independent",
                    ("independent-terms",),
                ),
            ),
        ),
    },
)
