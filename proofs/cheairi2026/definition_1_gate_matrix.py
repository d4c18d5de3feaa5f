"""Definition 1: the gate matrix that scales a set of coordinates."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import POSITIVE_INTEGERS

n = sympy.Symbol("n", integer=True, positive=True)
z = sympy.Symbol("z", real=True)
coordinate, entry = sympy.symbols("x_i y_i", real=True)
member = Named("1{i in S}", r"\mathbf{1}_{i \in \mathcal{S}}", real=True)

GATE = Claim(
    id="entry",
    sense=Sense.EQUALITY,
    relation=sympy.Eq(entry, coordinate + (z - 1) * member * coordinate),
    meaning="y = G(z; S) x with G(z; S) = I + (z - 1) P_S scales the coordinates in S by z and keeps the others",
)

STATEMENT = Statement(
    id="definition-1",
    title="Gate matrix",
    kind=Kind.DEFINITION,
    source=Source("Definition 1", page=5),
    variables=(
        Variable(n, POSITIVE_INTEGERS, "dimension"),
        Variable(z, sympy.S.Reals, "scale of the gated coordinates"),
        Variable(coordinate, sympy.S.Reals, "coordinate i of x"),
        Variable(member, sympy.FiniteSet(0, 1), "1 if i is in S, else 0"),
        Variable(entry, sympy.S.Reals, "coordinate i of G(z; S) x"),
    ),
    variants={"printed": Variant(assumptions=(), claims=(GATE,))},
)
