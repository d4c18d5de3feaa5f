"""Lemma 9: projecting onto a ball that contains u brings v no farther from u."""

import sympy

from boundcheck.core.operators import Norm, Projection
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import POSITIVE_INTEGERS, POSITIVE_REALS, kappa

n = sympy.Symbol("n", integer=True, positive=True)
# Vectors: symbols that only ever stand inside norms and projections.
u, v = sympy.symbols("u v")
DISTANCE = Norm(u - v)
PROJECTED_DISTANCE = Norm(u - Projection(v, kappa))
RADIUS = Assumption("radius", sympy.Ge(kappa, Norm(u)), "the ball contains u")

STATEMENT = Statement(
    id="lemma-9",
    title="Projection onto a ball that contains u brings v no farther from u",
    kind=Kind.LEMMA,
    source=Source("Lemma 9", page=23, arxiv="Lemma 2"),
    variables=(
        Variable(n, POSITIVE_INTEGERS, "dimension"),
        Variable(u, None, "vector of length n"),
        Variable(v, None, "vector of length n"),
        Variable(kappa, POSITIVE_REALS, "radius of the ball"),
    ),
    variants={
        "printed": Variant(
            assumptions=(RADIUS,),
            claims=(
                Claim(
                    id="distance",
                    sense=Sense.UPPER,
                    relation=sympy.Le(PROJECTED_DISTANCE, DISTANCE),
                    meaning="||u - [v]_kappa|| <= ||u - v||",
                ),
            ),
        )
    },
    remarks=("In print kappa may also be infinite: nothing is projected then, and the claim is an equality.",),
)
