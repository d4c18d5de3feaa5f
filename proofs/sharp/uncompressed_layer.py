"""An uncompressed layer carries the error on."""

import sympy

from boundcheck.core.statement import Claim, Kind, Scope, Sense, Source, Statement, Term, Variant

from .notation import error
from .wide_layer import CARRIED, WIDE_VARIABLES

ERROR = Claim(
    id="error",
    sense=Sense.UPPER,
    relation=sympy.Le(error, CARRIED),
    meaning="an uncompressed layer carries the error on, times the square of its norm",
    scope=Scope.LAYER,
    terms=(Term("carried on", CARRIED, "sharp-uncompressed-layer"),),
)

STATEMENT = Statement(
    id="sharp-uncompressed-layer",
    title="An uncompressed layer",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, uncompressed layer", page=3),
    variables=WIDE_VARIABLES,
    variants={"printed": Variant(assumptions=(), claims=(ERROR,))},
)
