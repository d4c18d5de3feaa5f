"""What the passes over block columns and block rows share: T of the N blocks are drawn, one after the other.

beta(d) is the mean of Psi over the first d draws; |S_1^d| blocks are left then.
"""

import sympy

from boundcheck.core.statement import Assumption
from boundcheck.core.step import Step

from .blocks import range_of_alpha
from .notation import alpha, draws
from .proof_of_proposition_20 import beta, d, left, steps_done

blocks, stay = sympy.symbols("N U", integer=True)
START, END = beta(0), beta(steps_done)


def drawn(total: sympy.Expr, divides: Assumption, start: sympy.Expr, end: sympy.Expr) -> tuple[Step, ...]:
    """``total`` = N blocks, a whole number by ``divides``; Psi's mean is ``start`` before all draws, ``end`` after."""
    whole = sympy.Eq(blocks, total)
    return (
        Step("number", "N is the number of blocks", "definition", sympy.Eq(blocks, sympy.floor(total))),
        Step(
            "whole-blocks",
            "N is the width over k, as k divides the width",
            "smt",
            whole,
            given=(sympy.Eq(blocks, sympy.floor(total)), divides.relation),
            cites=("number", divides.id),
        ),
        Step(
            "greedy-pass",
            "T blocks are drawn one after the other and U are not; beta(d) is the mean of Psi after d draws",
            "let",
            sympy.And(
                sympy.Eq(steps_done, draws(total)),
                sympy.Eq(stay, blocks - steps_done),
                sympy.Eq(START, start),
                sympy.Eq(END, end),
            ),
            cites=("number",),
        ),
        Step(
            "draw-count",
            "T <= alpha N, and at least one block is not drawn",
            "smt",
            sympy.And(sympy.Ge(steps_done, 0), sympy.Le(steps_done, alpha * total), sympy.Le(steps_done, blocks - 1)),
            given=(sympy.Eq(steps_done, draws(total)), whole, *(a.relation for a in range_of_alpha(total, ""))),
            cites=("greedy-pass", "whole-blocks", "alpha-above", "alpha-below"),
        ),
        Step(
            "undrawn",
            "U = N - T",
            "smt",
            sympy.Eq(stay, total - draws(total)),
            given=(sympy.Eq(stay, blocks - steps_done), whole, sympy.Eq(steps_done, draws(total))),
            cites=("greedy-pass", "whole-blocks"),
        ),
        Step(
            "one-step",
            "let d < T be drawn; |S_1^d| are left",
            "let",
            sympy.And(sympy.Ge(d, 0), sympy.Le(d, steps_done - 1), sympy.Eq(left, blocks - d)),
            cites=("greedy-pass",),
        ),
        Step(
            "left",
            "at least two blocks are left, and at least (1 - alpha) N",
            "smt",
            sympy.And(sympy.Ge(left, 2), sympy.Ge(left, (1 - alpha) * total)),
            given=(
                *(sympy.Le(d, steps_done - 1), sympy.Eq(left, blocks - d), whole),
                *(sympy.Le(steps_done, alpha * total), sympy.Le(steps_done, blocks - 1)),
            ),
            cites=("one-step", "draw-count", "whole-blocks"),
        ),
    )
