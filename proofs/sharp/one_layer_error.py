"""The error in front of a wide layer's activation: an equality."""

import sympy

from boundcheck.core.operators import Expectation, Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, before, carried, weight

h = Named("h_ij", "h_{ij}", real=True)
zeta = Named("zeta_i", r"\zeta_i", real=True)
added = Named("sum_K Var(h_ij) E x'_j^2", r"\sum_K \operatorname{Var}(h_{ij}) \mathbb{E} x_j'^2", nonnegative=True)
added_by_rows = Named("sum_i E zeta_i^2", r"\sum_i \mathbb{E} \zeta_i^2", nonnegative=True)
before_by_rows = Named(
    "E||W x - U x'||^2, rows drawn", r"\mathbb{E}\left\| W x - U x' \right\|^{2}_{\mathrm{rows}}", nonnegative=True
)

UNBIASED = Assumption(
    "unbiased",
    sympy.Eq(Expectation(h), weight),
    "every draw has its weight as mean, whatever was drawn before",
    only_for=("error",),
)
UNBIASED_ROWS = Assumption(
    "unbiased-rows",
    sympy.Eq(Expectation(zeta), 0, evaluate=False),
    "a row's deviation (U - W) x' has mean zero, whatever the other rows are",
    only_for=("rows",),
)
ERROR = Claim(
    "error",
    Sense.EQUALITY,
    sympy.Eq(before, carried + added),
    "what is carried on, and what every draw adds; K may depend on earlier draws",
)
ROWS = Claim(
    "rows",
    Sense.EQUALITY,
    sympy.Eq(before_by_rows, carried + added_by_rows),
    "the same where whole rows are drawn, with any dependence within a row",
)

STATEMENT = Statement(
    id="sharp-one-layer-error",
    title="The error of one layer, in front of its activation",
    kind=Kind.PROPOSITION,
    source=Source("Sharp bounds S1", page=1),
    variables=(
        Variable(h, sympy.S.Reals, "draw that replaces entry (i, j), independent of the inputs"),
        Variable(weight, sympy.S.Reals, "entry (i, j) of W"),
        Variable(zeta, sympy.S.Reals, "what the draw of row i adds to its preactivation"),
        Variable(before, NONNEGATIVE_REALS, "mean squared error in front of the activation, entries drawn"),
        Variable(before_by_rows, NONNEGATIVE_REALS, "mean squared error in front of the activation, rows drawn"),
        Variable(carried, NONNEGATIVE_REALS, "the same for the dense layer at both inputs"),
        Variable(added, NONNEGATIVE_REALS, "mean, over everything, of the sum of Var(h_ij) x'_j^2 over what is drawn"),
        Variable(added_by_rows, NONNEGATIVE_REALS, "sum of the rows' mean squared deviations"),
    ),
    variants={"printed": Variant(assumptions=(UNBIASED, UNBIASED_ROWS), claims=(ERROR, ROWS))},
)
