"""Lemma 13: a convolution with circular padding is the product with a matrix of doubly circulant blocks."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import POSITIVE_INTEGERS

r, u, v, u_2, v_2, a, b = sympy.symbols("r u v u' v' a b", integer=True, positive=True)
position = Named("phi(u, v)", r"\phi(u, v)", integer=True, positive=True)
feature = Named("Z_{o,u,v}", "Z_{o,u,v}", real=True)
product = Named("[W(K) x]_{o,phi(u,v)}", r"[W(K) x]_{o,\phi(u,v)}", real=True)
kernel_entry = Named("U_{a,b}", "U_{a,b}", real=True)
matrix_entry = Named("[C(U)]_{phi(u,v),phi(u',v')}", r"[C(U)]_{\phi(u,v),\phi(u',v')}", real=True)


def wrapped(index: sympy.Expr) -> sympy.Expr:
    """<t>_r = ((t - 1) mod r) + 1: indices on the circle 1, ..., r."""
    return index - r * sympy.floor((index - 1) / r)


RANGE = Assumption(
    "range", sympy.And(*(sympy.Le(index, r) for index in (u, v, u_2, v_2))), "u, v, u' and v' lie in [r]"
)
POSITION = Assumption("position", sympy.Eq(position, (u - 1) * r + v), "feature maps are flattened row by row")
ROW_OFFSET = Assumption("row-offset", sympy.Eq(a, wrapped(u_2 - u)), "a = <u' - u>_r")
COLUMN_OFFSET = Assumption("column-offset", sympy.Eq(b, wrapped(v_2 - v)), "b = <v' - v>_r")
ENTRY = Claim(
    id="entry",
    sense=Sense.EQUALITY,
    relation=sympy.Eq(matrix_entry, kernel_entry),
    meaning="the matrix C(U) of one kernel, padded with zeros to r x r",
)
CONVOLUTION = Claim(
    id="convolution",
    sense=Sense.EQUALITY,
    relation=sympy.Eq(feature, product),
    meaning="Z_{o,u,v} = sum over i, a, b of K_{o,i,a,b} X_{i,<u+a>,<v+b>} is the entry of W(K) x, where W(K) has the "
    "block C(K_{o,i}) in block row o and block column i, and x stacks the flattened input maps",
)

STATEMENT = Statement(
    id="lemma-13",
    title="Convolution as a matrix",
    kind=Kind.LEMMA,
    source=Source("Lemma 13", page=25, arxiv="Lemma 6"),
    variables=(
        Variable(r, POSITIVE_INTEGERS, "side of the square feature maps; the kernel's side is at most r"),
        *(Variable(symbol, POSITIVE_INTEGERS, "index in [r]") for symbol in (u, v, u_2, v_2, a, b)),
        Variable(position, POSITIVE_INTEGERS, "place of (u, v) in the flattened map"),
        Variable(kernel_entry, sympy.S.Reals, "entry (a, b) of a kernel"),
        Variable(matrix_entry, sympy.S.Reals, "entry of its doubly circulant matrix"),
        Variable(feature, sympy.S.Reals, "output map o of the convolution, stride 1, circular padding"),
        Variable(product, sympy.S.Reals, "entry phi(u, v) of block o of the matrix product"),
    ),
    variants={
        "printed": Variant(assumptions=(RANGE, POSITION, ROW_OFFSET, COLUMN_OFFSET), claims=(ENTRY, CONVOLUTION))
    },
)
