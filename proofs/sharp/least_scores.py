"""The least of many numbers add up to no more than their share of the whole."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import ALPHA, NONNEGATIVE_REALS, alpha

units = sympy.Symbol("N", integer=True, nonnegative=True)
least = Named("sum of the least", r"\sum_{K} a", nonnegative=True)
total = Named("sum of all", r"\sum a", nonnegative=True)
SUM = Claim(
    "sum",
    Sense.UPPER,
    sympy.Le(least, alpha * total),
    "the floor(alpha N) least numbers add up to at most alpha times the sum of all",
)

STATEMENT = Statement(
    id="sharp-least-scores",
    title="The least scores add up to at most their share",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds S1', the least scores", page=1),
    variables=(
        Variable(units, sympy.S.Naturals0, "how many numbers there are, none of them negative"),
        ALPHA,
        Variable(least, NONNEGATIVE_REALS, "sum of the floor(alpha N) least of them"),
        Variable(total, NONNEGATIVE_REALS, "sum of all"),
    ),
    variants={"printed": Variant(assumptions=(), claims=(SUM,))},
)
