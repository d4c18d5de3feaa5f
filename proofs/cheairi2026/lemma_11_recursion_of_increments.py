"""Lemma 11: a sequence whose increments are at most affine in it has increments bounded by an exponential."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS

n = sympy.Symbol("n", integer=True, positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
a_0, a_index = sympy.symbols("a_0 a_k", nonnegative=True)
increment = Named("|a_k - a_{k+1}|", r"\left| a_k - a_{k+1} \right|", nonnegative=True)
INCREMENT = Assumption(
    "increment", sympy.Le(increment, u * a_index + v), "every increment is at most affine in the element"
)
CLAIM = Claim(
    id="increment",
    sense=Sense.UPPER,
    relation=sympy.Le(increment, sympy.exp(n * u) * (u * a_0 + v)),
    meaning="|a_k - a_{k+1}| <= e^{nu} (u a_0 + v) for every k in [0, n - 1]",
)

STATEMENT = Statement(
    id="lemma-11",
    title="Increments that are affine in the sequence grow at most exponentially",
    kind=Kind.LEMMA,
    source=Source("Lemma 11", page=24, arxiv="Lemma 4"),
    variables=(
        Variable(n, POSITIVE_INTEGERS, "number of steps"),
        Variable(u, NONNEGATIVE_REALS, "relative growth per step; positive in print, which is not needed"),
        Variable(v, NONNEGATIVE_REALS, "absolute growth per step; positive in print, which is not needed"),
        Variable(a_0, NONNEGATIVE_REALS, "first element of the nonnegative sequence"),
        Variable(a_index, NONNEGATIVE_REALS, "element k, 0 <= k <= n - 1"),
        Variable(increment, NONNEGATIVE_REALS, "absolute difference of elements k and k + 1"),
    ),
    variants={
        "printed": Variant(
            assumptions=(INCREMENT,),
            claims=(CLAIM,),
        )
    },
)
