"""What Theorems 2 and 3 state against what their proofs give: fractions, index sets, a justification, a projection."""

from collections.abc import Iterator
from fractions import Fraction

import sympy

from boundcheck.core.step import Step

from .notation import alpha, c_2, depth, draws, largest_entry, n_l, n_l1, n_l2, p

ENTRIES = n_l * n_l1
SHARE = draws(ENTRIES) / ENTRIES
HUNDREDTH = sympy.Rational(1, 100)
SET_BY_THE_PROOF = sympy.Ge(alpha, sympy.Rational(99, 100))
FROM_11 = sympy.Le(largest_entry, c_2 / sympy.sqrt(sympy.Max(n_l, n_l1)))


def _layers() -> Iterator[dict[sympy.Basic, Fraction]]:
    """Widths of a layer and keep probabilities, small ones first."""
    for number in range(101, 400):  # from 1/(1 - alpha) on
        for percent in (1, 30, 90):
            layer = {n_l: Fraction(number), n_l1: Fraction(1), p: Fraction(percent, 100)}
            yield {**layer, alpha: Fraction(99, 100)}


def _widths() -> Iterator[dict[sympy.Basic, Fraction]]:
    for number in range(101, 400):  # from 1/(1 - alpha) on
        yield {n_l: Fraction(number), n_l1: Fraction(1), alpha: Fraction(99, 100)}


KEPT_16 = Step(
    "kept-fraction",
    "with alpha = 0.99 and gamma = 0.01 at most 0.01 + 1.01 p of the entries stay nonzero",
    "enumeration",
    sympy.Le(1 - SHARE + SHARE * (1 + HUNDREDTH) * p, HUNDREDTH + (1 + HUNDREDTH) * p),
    given=(SET_BY_THE_PROOF,),
    cites=("alpha-close",),
    equation="(97), (16)",
    data={"instances": _layers, "size": "100 < n_l < 400, n_{l+1} = 1, p = 0.01, 0.3, 0.9, alpha = 0.99"},
)
UNQUANTIZED_22 = Step(
    "unquantized-fraction",
    "with alpha = 0.99 at most 0.01 of the entries stay outside K",
    "enumeration",
    sympy.Le(1 - SHARE, HUNDREDTH),
    given=(SET_BY_THE_PROOF,),
    cites=("alpha-close",),
    equation="(22)",
    data={"instances": _widths, "size": "100 < n_l < 400, n_{l+1} = 1, alpha = 0.99"},
)

bottleneck = sympy.Symbol("b", integer=True)


def layer_behind(last: sympy.Expr, text: str) -> tuple[Step, ...]:
    """Whether a bottleneck, of the layers 1 to ``last``, has a layer behind it."""
    return (
        Step("bottleneck", text, "let", sympy.And(sympy.Ge(bottleneck, 1), sympy.Le(bottleneck, last))),
        Step(
            "layer-behind-a-bottleneck",
            "layer b + 1 exists",
            "smt",
            sympy.Le(bottleneck + 1, depth),
            given=(sympy.Ge(bottleneck, 1), sympy.Le(bottleneck, last)),
            cites=("bottleneck",),
            equation="(6)",
        ),
    )


LAYER_BEHIND = layer_behind(depth, "let b be a layer of B, a subset of [m]")
LAYER_BEHIND_CORRECTED = layer_behind(depth - 1, "let b be a layer of B, a subset of [m - 1]")

ENTRY_OUT = sympy.Le(largest_entry, c_2 / sympy.sqrt(n_l1))
JUSTIFIED = sympy.Le(largest_entry, c_2 / sympy.sqrt(sympy.Max(n_l1, n_l2)))
JUSTIFICATION_103 = (
    Step(
        "justification-of-103",
        "(11) gives nu_l <= c_2/sqrt(max(n_{l+1}, n_{l+2}))",
        "smt",
        JUSTIFIED,
        given=(FROM_11,),
        cites=("largest-entry",),
        equation="(103)",
    ),
    Step(
        "entry-out",
        "so nu_l <= c_2/sqrt(n_{l+1})",
        "smt",
        ENTRY_OUT,
        given=(JUSTIFIED,),
        cites=("justification-of-103",),
        equation="(103)",
    ),
)
JUSTIFICATION_103_CORRECTED = (
    Step(
        "entry-out",
        "(11) gives nu_l <= c_2/sqrt(n_{l+1}), which is all that (103) needs of nu_l",
        "smt",
        ENTRY_OUT,
        given=(FROM_11,),
        cites=("largest-entry",),
        equation="(103)",
    ),
)

# A block of two weights (a, b), which pruning with p = 1/2 turns into (2 a, 0), and of a second layer (w, w').
weight, weight_2, behind, behind_2, shrunk = sympy.symbols("a b w w' t", real=True)
BLOCK = sympy.And(
    *(sympy.Gt(weight, 0), sympy.Le(weight**2 + weight_2**2, 1), sympy.Le(behind**2 + behind_2**2, 1)),
    sympy.Eq(shrunk, sympy.Min(2 * weight, 1)),
)
PROJECTION_INSIDE = (
    Step(
        "pruned-block",
        "let x = 1, W_l = (a, b)^T, pruned (2 a, 0)^T, W_{l+1} = (w, w'), of norm c_1 = 1 at most, phi the identity",
        "let",
        BLOCK,
    ),
    Step(
        "projection-inside-a-block",
        "the projection that the printed network has behind layer l does not raise the error behind layer l + 1",
        "smt",
        sympy.Le(
            (behind * (weight - shrunk) + behind_2 * weight_2) ** 2,
            (behind * (weight - 2 * weight) + behind_2 * weight_2) ** 2,
        ),
        given=tuple(BLOCK.args),
        cites=("pruned-block",),
        equation="(98)",
    ),
)
