"""Why Theorems 6 and 7 fail as printed: a wide layer W = H/sqrt(n), H a Hadamard matrix, meets (27) whatever delta is.

m = 1, W = {1}, phi_1(t) = t, c_1 = c_2 = 1, alpha = 0.99, p <= 99 delta/(1 + 99 delta), and x is uniform on the unit
vectors e_j. A compressed matrix whose column j is zero maps e_j to zero, and so does its projection, but ||W e_j|| = 1.
Convolutions with 1 x 1 kernels on 1 x 1 maps are such layers too. Sylvester's doubling gives H for every n = 2^i.
"""

from collections.abc import Mapping

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .blocks import KEPT_PRINTED, kept_columns
from .notation import alpha, c_1, c_2, delta, depth, error_network, n_l, n_l1, p
from .theorem_2_pruning import ERROR

n, j = sympy.symbols("n j", integer=True)
matrix, x = sympy.symbols("W x")
room, keep, error, share, entry, first, second = sympy.symbols("delta(xi) p' E s h a b", real=True)
missed, kept = sympy.symbols("missed kept", cls=sympy.Function, real=True)
missed_so_far, kept_so_far = sympy.symbols("M K", cls=sympy.Function, real=True)
FAMILY = {n_l: n, n_l1: n, c_1: 1, c_2: 1, alpha: sympy.Rational(99, 100), p: keep, delta: room, depth: 1}
NUMBERS = (
    sympy.Gt(room, 0),
    sympy.Gt(keep, 0),
    sympy.Le(keep, 99 * room / (1 + 99 * room)),
    sympy.Ge(n, 1),
)
SHARE = sympy.Eq(share, kept_so_far(n) / n)
ERROR_OF_X = sympy.Eq(error, missed_so_far(n) / n)
COLUMN = sympy.Or(sympy.Eq(kept(j), 1), sympy.And(sympy.Eq(kept(j), 0), sympy.Eq(missed(j), n * entry**2)))
SUMS = (
    sympy.Eq(missed_so_far(j + 1), missed_so_far(j) + missed(j)),
    sympy.Eq(kept_so_far(j + 1), kept_so_far(j) + kept(j)),
)
GROWS = sympy.Ge(missed_so_far(j + 1) + kept_so_far(j + 1), missed_so_far(j) + kept_so_far(j) + 1)
MISSED = sympy.Ge(missed_so_far(n), n - kept_so_far(n))
LOWER = sympy.Ge(error, 1 - share)


def _claims() -> tuple[Boolean, Relational]:
    """The printed claims for this layer: the share of its columns, and the error."""
    kept_claim = KEPT_PRINTED[0].relation.subs({**FAMILY, kept_columns: share})
    return kept_claim, ERROR.relation.subs({**FAMILY, error_network: error})


KEPT, CLAIMED = _claims()
NEEDED = sympy.Le(1 - KEPT.rhs, CLAIMED.rhs)


def _written_out(doublings: int) -> list[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]:
    """||H x / sqrt(n)|| and ||x|| in components, n = 2^doublings."""
    hadamard = sympy.Matrix([[1]])
    for _ in range(doublings):
        hadamard = sympy.Matrix(sympy.BlockMatrix([[hadamard, hadamard], [hadamard, -hadamard]]))
    vector = sympy.Matrix(sympy.symbols(f"x_1:{2**doublings + 1}", real=True))
    image = hadamard * vector
    squared = sympy.expand(image.dot(image) / 2**doublings)
    return [({Norm(matrix * x): sympy.sqrt(squared), Norm(x): sympy.sqrt(vector.dot(vector))}, ())]


NORMS = (
    Step(
        "hadamard-keeps-norms",
        "||W x|| = ||x||, so that ||W|| = 1 = c_1",
        "written-out",
        sympy.Eq(Norm(matrix * x), Norm(x)),
        data={"sizes": ((1,), (2,), (3,)), "instance": _written_out, "by": ("exact-algebra", {})},
    ),
    Step(
        "doubling-keeps-norms",
        "so it is for every power of two: a and b, entries of W x and W y, become (a + b)/sqrt(2) and (a - b)/sqrt(2)",
        "exact-algebra",
        sympy.Eq(((first + second) ** 2 + (first - second) ** 2) / 2, first**2 + second**2, evaluate=False),
    ),
    Step("hadamard-entries", "every entry of W is 1/sqrt(n) or its negative", "let", sympy.Eq(entry**2 * n, 1)),
)
MISSED_BY_ZERO_COLUMNS = (
    Step(
        "sums",
        "x is uniform on e_1, ..., e_n: E is the mean of what is missed at each, and s the share of nonzero columns",
        "let",
        sympy.And(
            ERROR_OF_X,
            SHARE,
            sympy.Eq(missed_so_far(0), 0),
            sympy.Eq(kept_so_far(0), 0),
        ),
        cites=("hadamard",),
    ),
    Step("column", "let column j + 1 be one of them", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, n - 1))),
    Step(
        "zero-column",
        "it is kept, or W-hat and the projection send its unit vector to zero, and all of ||W e_j||^2 is missed",
        "let",
        sympy.And(COLUMN, sympy.Ge(missed(j), 0), *SUMS),
        cites=("column", "sums"),
    ),
    Step(
        "column-missed",
        "||W e_j||^2 = n (1/sqrt(n))^2 = 1, so a column adds one to what is missed or to what is kept",
        "smt",
        GROWS,
        given=(COLUMN, sympy.Ge(missed(j), 0), *SUMS, sympy.Eq(entry**2 * n, 1)),
        cites=("zero-column", "hadamard-entries"),
    ),
    Step(
        "missed-in-all",
        "n columns in all",
        "finite-induction",
        MISSED,
        given=(
            sympy.Ge(n, 1),
            sympy.Eq(missed_so_far(0), 0),
            sympy.Eq(kept_so_far(0), 0),
        ),
        cites=("column-missed", "sums", "hadamard"),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": n,
            "hypothesis": sympy.Ge(missed_so_far(j), j - kept_so_far(j)),
            "recursion": (GROWS,),
        },
    ),
    Step(
        "hadamard-error",
        "E||W x - W-hat x||^2 is at least the share of zero columns, with or without the projection",
        "smt",
        LOWER,
        given=(MISSED, ERROR_OF_X, SHARE, sympy.Ge(n, 1)),
        cites=("missed-in-all", "sums", "hadamard"),
    ),
)


def steps(wide_ratio: Relational, more: Mapping[sympy.Basic, sympy.Basic]) -> tuple[Step, ...]:
    """(27) or (34) holds for the family, and the claims do not; ``more``: what the theorem has besides FAMILY."""
    return (
        Step(
            "hadamard",
            "let delta(xi) be what it may, n a power of two as large as one likes, and p' <= 99 delta/(1 + 99 delta)",
            "let",
            sympy.And(*NUMBERS),
        ),
        Step(
            "hadamard-meets-the-condition",
            "W = H/sqrt(n) meets the printed condition on wide layers at every n",
            "smt",
            wide_ratio.subs({**FAMILY, **more}),
            given=NUMBERS,
            cites=("hadamard",),
        ),
        *NORMS,
        *MISSED_BY_ZERO_COLUMNS,
        Step(
            "hadamard-claims",
            "if the claims hold, then 1 - 1.01 p' <= (1 + xi) xi",
            "smt",
            sympy.Or(sympy.Not(KEPT), sympy.Not(CLAIMED), NEEDED),
            given=(LOWER,),
            cites=("hadamard-error",),
        ),
        Step(
            "hadamard-refutes-the-claims",
            "the printed claims hold of this layer, so 1 - 1.01 p <= (1 + xi) xi",
            "smt",
            NEEDED,
            given=NUMBERS,
            cites=("hadamard", "hadamard-claims"),
            refutes="claim",
        ),
    )
