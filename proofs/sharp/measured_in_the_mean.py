"""Steps that the proofs on measured blocks share: rows deviate with mean zero, and the mean error.

mu(j) is the mean of the first j terms of what the draws add to a row's image of an input.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .compressed_input import STATEMENT as COMPRESSED_INPUT
from .compressed_input import mean_block, mean_wide, measured_block, zeta, zeta_moved
from .measured import BOTTLENECK, WIDE
from .notation import measured, n_1

j = sympy.Symbol("j_row", integer=True)
drift, term = sympy.symbols("d_j x_j", real=True)
means = sympy.Function("mu", real=True)
WIDE_BOUND, BLOCK_BOUND = sympy.Le(mean_wide, WIDE), sympy.Le(mean_block, BOTTLENECK)


def unbiased(mean: Boolean, mean_by: str, deviation: sympy.Symbol) -> tuple[Step, ...]:
    """E zeta = 0, from the mean of one draw as Eq(mean, weight), whatever the entry is multiplied with."""
    ends = (sympy.Eq(means(0), 0), sympy.Eq(means(n_1), Expectation(deviation)))
    added = (
        sympy.Eq(means(j + 1), means(j) + drift * term),
        sympy.Or(sympy.Eq(drift, mean.args[0] - mean.args[1]), sympy.Eq(drift, 0)),
    )
    stays = sympy.Eq(means(j + 1), means(j))
    return (
        Step("row", "sum the terms of what the draws of one row add", "let", sympy.And(*ends)),
        Step("terms", "let j of them be summed", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, n_1 - 1))),
        Step("next-term", "the next is drawn, or it adds nothing", "let", sympy.And(*added), cites=("terms", "row")),
        Step(
            "no-drift",
            "in the mean it adds nothing either way",
            "smt",
            stays,
            (*added, mean),
            ("next-term", mean_by),
        ),
        Step(
            "whole-row",
            "nor does the row",
            "finite-induction",
            sympy.Eq(means(n_1), 0),
            given=(ends[0],),
            cites=("no-drift", "row"),
            data={
                **{"variable": j, "start": sympy.Integer(0), "until": n_1},
                **{"hypothesis": sympy.Eq(means(j), 0), "recursion": (stays,)},
            },
        ),
        Step(
            "unbiased",
            "so it has mean zero",
            "smt",
            sympy.Eq(Expectation(deviation), 0, evaluate=False),
            (ends[1], sympy.Eq(means(n_1), 0)),
            ("row", "whole-row"),
        ),
    )


def in_the_mean(mean: Boolean, mean_by: str, is_block: bool) -> tuple[Step, ...]:
    """The mean error of a wide layer or of a block, from the mean of one draw; the last step is "mean-error"."""
    claim, deviation = ("block", zeta_moved) if is_block else ("wide", zeta)
    text = "the mean error: what is measured, and what the distance of the inputs does"
    where = {measured_block: measured} if is_block else {}
    return (
        *unbiased(mean, mean_by, deviation),
        applied("mean-error", text, COMPRESSED_INPUT, "printed", claim, where),
    )
