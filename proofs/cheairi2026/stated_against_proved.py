"""What Theorems 2 and 3 state against what their proofs give: fractions, index sets, and a printed justification."""

from collections.abc import Iterator
from fractions import Fraction

import sympy

from boundcheck.core.step import Step

from .notation import c_2, depth, largest_entry, layer, n_l, n_l1, n_l2, p

entries = sympy.Symbol("N", integer=True, positive=True)
PROCESSED = sympy.floor(sympy.Rational(99, 100) * entries) / entries


def _layers() -> Iterator[dict[sympy.Symbol, Fraction]]:
    """Entries of a layer and keep probabilities, small ones first."""
    for number in range(2, 400):
        for percent in (1, 30, 90):
            yield {entries: Fraction(number), p: Fraction(percent, 100)}


def _processed_at_least() -> Iterator[dict[sympy.Symbol, Fraction]]:
    for number in range(2, 400):
        yield {entries: Fraction(number)}


KEPT_16 = Step(
    "kept-fraction",
    "with alpha = 0.99 and gamma = 0.01 at most 0.01 + 1.01 p of the entries stay nonzero",
    "enumeration",
    sympy.Le(1 - PROCESSED + PROCESSED * sympy.Rational(101, 100) * p, (1 + 101 * p) / sympy.Integer(100)),
    cites=("kept",),
    equation="(97), (16)",
    data={"instances": _layers, "size": "N < 400, p = 0.01, 0.3, 0.9"},
)
UNQUANTIZED_22 = Step(
    "unquantized-fraction",
    "with alpha = 0.99 at most 0.01 of the entries stay outside K",
    "enumeration",
    sympy.Le(1 - PROCESSED, sympy.Rational(1, 100)),
    cites=("kept",),
    equation="(22)",
    data={"instances": _processed_at_least, "size": "N < 400"},
)
LAYER_BEHIND = Step(
    "layer-behind-a-bottleneck",
    "a layer l of B, a subset of [m], has the layer l + 1 behind it",
    "smt",
    sympy.Le(layer + 1, depth),
    given=(sympy.Ge(layer, 1), sympy.Le(layer, depth)),
    equation="(6)",
)
LAYER_BEHIND_CORRECTED = Step(
    "layer-behind-a-bottleneck",
    "a layer l of B, a subset of [m - 1], has the layer l + 1 behind it",
    "smt",
    sympy.Le(layer + 1, depth),
    given=(sympy.Ge(layer, 1), sympy.Le(layer, depth - 1)),
    equation="(6)",
)
FROM_11 = sympy.Le(largest_entry, c_2 / sympy.sqrt(sympy.Max(n_l, n_l1)))
JUSTIFICATION_103 = Step(
    "justification-of-103",
    "(11) gives nu_l <= c_2/sqrt(max(n_{l+1}, n_{l+2}))",
    "smt",
    sympy.Le(largest_entry, c_2 / sympy.sqrt(sympy.Max(n_l1, n_l2))),
    given=(FROM_11,),
    cites=("largest-entry",),
    equation="(103)",
)
JUSTIFICATION_103_CORRECTED = Step(
    "justification-of-103",
    "(11) gives nu_l <= c_2/sqrt(n_{l+1}), which is all that (103) needs of nu_l",
    "smt",
    sympy.Le(largest_entry, c_2 / sympy.sqrt(n_l1)),
    given=(FROM_11,),
    cites=("largest-entry",),
    equation="(103)",
)
