"""Lemma 14: the norm of a kernel's matrix is at most its largest entry times its number of nonzero entries."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS

norm = Named("||C(U)||", r"\left\| C(U) \right\|", nonnegative=True)
largest = Named("||U||_inf", r"\left\| U \right\|_{\infty}", nonnegative=True)
nonzeros = Named("||U||_0", r"\left\| U \right\|_0", integer=True, nonnegative=True)
CLAIM = Claim(
    id="norm",
    sense=Sense.UPPER,
    relation=sympy.Le(norm, largest * nonzeros),
    meaning="||C(U)|| <= ||U||_inf ||U||_0",
)

STATEMENT = Statement(
    id="lemma-14",
    title="Norm of a convolution with one kernel",
    kind=Kind.LEMMA,
    source=Source("Lemma 14", page=25, arxiv="Lemma 7"),
    variables=(
        Variable(norm, NONNEGATIVE_REALS, "operator norm of the kernel's r^2 x r^2 matrix"),
        Variable(largest, NONNEGATIVE_REALS, "largest absolute entry of the kernel"),
        Variable(nonzeros, sympy.S.Naturals0, "number of its nonzero entries"),
    ),
    variants={
        "printed": Variant(
            assumptions=(),
            claims=(CLAIM,),
        )
    },
    proof_uses=("lemma-13",),
    remarks=(
        "The proof shows more: the norm is at most the sum of the absolute entries.",
        "The matrix is normal, and its eigenvalues are the kernel's discrete Fourier transform.",
    ),
)
