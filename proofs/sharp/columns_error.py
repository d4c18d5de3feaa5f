"""The error in front of a wide layer's activation where whole columns, or blocks of them, are drawn: an equality."""

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

from .notation import NONNEGATIVE_REALS, before, carried

h = Named("h_E", r"h_{\mathcal{E}}", real=True)
added = Named(
    "sum_E Var(h_E) E||W_E x'_E||^2",
    r"\sum_{\mathcal{E}} \operatorname{Var}(h_{\mathcal{E}}) \mathbb{E} \| W_{:,\mathcal{E}} x'_{\mathcal{E}} \|^2",
    nonnegative=True,
)
added_by_columns = Named(
    "sum_E Var(h_E) sum_j E||W_:j x'_j||^2",
    r"\sum_{\mathcal{E}} \operatorname{Var}(h_{\mathcal{E}}) "
    r"\sum_{j \in \mathcal{E}} \mathbb{E} \| W_{:,j} x'_j \|^2",
    nonnegative=True,
)
UNBIASED = Assumption(
    "unbiased",
    sympy.Eq(Expectation(h), 1, evaluate=False),
    "every multiplier has mean one, whatever was drawn before",
)


def error_claim(added: sympy.Symbol) -> Claim:
    return Claim(
        "error",
        Sense.EQUALITY,
        sympy.Eq(before, carried + added),
        "what is carried on, and what every block of columns that is drawn together adds",
    )


ERROR_BY_COLUMNS, ERROR = error_claim(added_by_columns), error_claim(added)

STATEMENT = Statement(
    id="sharp-columns-error",
    title="The error of one layer whose columns are drawn",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S1, columns", page=1),
    variables=(
        Variable(h, sympy.S.Reals, "multiplier of a block of columns, independent of the inputs"),
        Variable(before, NONNEGATIVE_REALS, "mean squared error in front of the activation"),
        Variable(carried, NONNEGATIVE_REALS, "the same for the dense layer at both inputs"),
        Variable(added, NONNEGATIVE_REALS, "sum over the blocks of Var(h_E) E||W_:E x'_E||^2"),
        Variable(added_by_columns, NONNEGATIVE_REALS, "sum over the blocks' columns of Var(h_E) E||W_:j x'_j||^2"),
    ),
    variants={
        "printed": Variant(assumptions=(UNBIASED,), claims=(ERROR_BY_COLUMNS,)),
        "corrected": Variant(
            assumptions=(UNBIASED,),
            claims=(ERROR,),
            corrections=(
                Correction(
                    "a block adds the squared norm of its image, not the sum of its columns' squares",
                    "Columns that are drawn together share their multiplier, so their images add up before they are "
                    "squared.",
                    Consequence.FALSE_AS_PRINTED,
                    "S1 for blocks",
                    "error",
                    ("squared-residual",),
                ),
            ),
        ),
    },
)
