"""ReLU's bias behind the second layer need not vanish as the hidden layer widens and its entries become small.

n_1 = 2, x' = (1, 1)/sqrt(2), every row of W_1 is (1, -1)/sqrt(n_2), pruned with p = 1/2; W_2 = (1, ..., 1)/sqrt(n_2).
"""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
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

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, n_2

behind = Named("||W_2 b||", r"\left\| W_2 b \right\|", nonnegative=True)
VANISHES = Claim(
    "width",
    Sense.UPPER,
    sympy.Le(behind, 1 / (2 * sympy.sqrt(n_2))),
    "the bound for an activation of curvature 1: half of (1 - p)/p sigma_2 nu_1 ||W_1||_col theta^2",
)
STAYS = Claim("width", Sense.EQUALITY, sympy.Eq(behind, sympy.sqrt(2) / 4), "it is the same at every width")

STATEMENT = Statement(
    id="sharp-bias-and-width",
    title="ReLU's bias need not vanish with the width",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds, section 2", page=2),
    variables=(
        Variable(n_2, POSITIVE_INTEGERS, "width of the hidden layer"),
        Variable(behind, NONNEGATIVE_REALS, "norm of the bias behind the second layer, for ReLU"),
    ),
    variants={
        "printed": Variant(assumptions=(), claims=(VANISHES,)),
        "corrected": Variant(
            assumptions=(),
            claims=(STAYS,),
            corrections=(
                Correction(
                    "ReLU's bias stays what it is",
                    "A kink at zero has a bias of the order of the deviation, and no smaller one.",
                    Consequence.FALSE_AS_PRINTED,
                    "section 2",
                    "width",
                    ("width",),
                ),
            ),
        ),
    },
)
