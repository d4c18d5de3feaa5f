"""Lemma 11's proof: the recursion, iterated, and 1 + u <= e^u. Divided by u in print, which u = 0 would not allow.

a(j) is the sequence; the statement speaks of its element K, which is any up to n - 1.
"""

import sympy

from boundcheck.core.step import Step

from .lemma_11_recursion_of_increments import CLAIM, INCREMENT, a_0, a_index, increment, n, u, v

j, last = sympy.symbols("j K", integer=True)
size = sympy.Symbol("|a_j - a_{j+1}|", real=True)
a = sympy.Function("a", real=True)

POWER = (1 + u) ** last
RECURSION = sympy.Le(a(j + 1), (1 + u) * a(j) + v)
ITERATED = u * a(j) + v <= (1 + u) ** j * (u * a_0 + v)
RANGE = (sympy.Ge(last, 0), sympy.Le(last, n - 1))
MEANING = (sympy.Eq(a_0, a(0)), sympy.Eq(a_index, a(last)), sympy.Eq(increment, sympy.Abs(a(last) - a(last + 1))))
TANGENT = sympy.Le(1 + u, sympy.exp(u))

LEMMA_11 = (
    Step("last", "K is any index up to n - 1", "let", sympy.And(*RANGE)),
    Step("sequence", "a(j) is element j, and the statement speaks of element K", "meaning", sympy.And(*MEANING)),
    Step("index", "let j be an index below K", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, last - 1))),
    Step(
        "increment-at-j",
        "the increment there is affine in the element, as at every index",
        "let",
        sympy.And(sympy.Eq(size, sympy.Abs(a(j) - a(j + 1))), sympy.Le(size, u * a(j) + v)),
        cites=("increment",),
    ),
    Step(
        "one-step",
        "a_{j+1} <= (1 + u) a_j + v",
        "smt",
        RECURSION,
        given=(sympy.Eq(size, sympy.Abs(a(j) - a(j + 1))), sympy.Le(size, u * a(j) + v)),
        cites=("increment-at-j",),
    ),
    Step(
        "iterated",
        "u a_K <= u (1 + u)^K a_0 + v ((1 + u)^K - 1)",
        "finite-induction",
        ITERATED.subs(j, last),
        given=(*RANGE, MEANING[0]),
        cites=("one-step", "last", "sequence"),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": last,
            "hypothesis": ITERATED,
            "recursion": (RECURSION,),
        },
    ),
    Step("tangent", "1 + u <= e^u", "interval", TANGENT),
    Step(
        "exponential",
        "so (1 + u)^K <= e^{K u}",
        "monotone-substitution",
        sympy.Le(POWER, sympy.exp(last * u)),
        given=(TANGENT, *RANGE),
        cites=("tangent", "last"),
        data={"expression": size**last, "replace": {size: (1 + u, sympy.exp(u))}},
    ),
    Step(
        "up-to-n",
        "and e^{K u} <= e^{n u}",
        "monotone-substitution",
        sympy.Le(sympy.exp(last * u), sympy.exp(n * u)),
        given=RANGE,
        cites=("last",),
        data={"expression": sympy.exp(size * u), "replace": {size: (last, n)}},
    ),
    Step(
        "claim",
        "|a_K - a_{K+1}| <= u a_K + v <= e^{n u} (u a_0 + v)",
        "smt",
        CLAIM.relation,
        given=(
            INCREMENT.relation,
            sympy.Eq(a_index, a(last)),
            ITERATED.subs(j, last),
            sympy.Le(POWER, sympy.exp(last * u)),
            sympy.Le(sympy.exp(last * u), sympy.exp(n * u)),
        ),
        cites=("increment", "sequence", "iterated", "exponential", "up-to-n"),
    ),
)
PROOFS = {("lemma-11", "printed"): LEMMA_11}
