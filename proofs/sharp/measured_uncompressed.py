"""A layer that is left alone carries the error in front of it on, without a projection."""

import sympy

from boundcheck.core.statement import Claim, Kind, Scope, Sense, Source, Statement, Term, Variable, Variant

from .notation import NONNEGATIVE_REALS, ONE_LAYER_VARIABLES, distance, error, lipschitz, sigma_1, theta

CARRIED = lipschitz**2 * sigma_1**2 * distance
ERROR = Claim(
    id="error",
    sense=Sense.UPPER,
    relation=sympy.Le(error, CARRIED),
    meaning="mean squared error behind the layer",
    scope=Scope.LAYER,
    terms=(Term("carried on", CARRIED, "sharp-measured-uncompressed"),),
)

STATEMENT = Statement(
    id="sharp-measured-uncompressed",
    title="A layer that is left alone",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, a layer left alone", page=3),
    variables=(
        *(variable for variable in ONE_LAYER_VARIABLES if variable.symbol != theta),
        Variable(error, NONNEGATIVE_REALS, "mean squared error behind the layer"),
    ),
    variants={"printed": Variant(assumptions=(), claims=(ERROR,))},
)
