"""Lemma 15 for one layer: only row i depends on t, so the other rows enter as constants.

For one pair of inputs: x_j is the entry of x'.
"""

from collections.abc import Callable

import sympy
from sympy.core.function import UndefinedFunction
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .lemma_15_second_derivative_of_one_weight import ONE_LAYER, good, one_layer, unprocessed
from .most_of_the_entries import Written, in_the_mean_at_most, most, one_of_most, summed, sums, written
from .notation import n_2, theta

t, x, rest, moved, slope, bend = sympy.symbols("t x_j c dphi phi' phi''", real=True)
second_1, second_2, slopes, p, q, column = sympy.symbols("d^2Psi_1 d^2Psi_2 H_1 p q ||W_2e_i||", real=True)
inputs, residual, matrix, transposed, unit = sympy.symbols("x' R W_2 W_2^T e_i")
squares_1, squares_2, weighted = (sympy.Function(name, real=True) for name in ("x2_1", "x2_2", "px2"))
SQUARE = Norm(inputs) ** 2
TOTAL_1 = 2 * n_2 * theta**2


def _row_derivative(width: int, rows: int) -> dict[sympy.Basic, sympy.Expr]:
    """One layer: the squared residual of all rows, of which the first depends on t."""
    a = sympy.symbols(f"a1:{width + 1}", real=True)
    y = sympy.symbols(f"y1:{rows + 1}", real=True)
    z = sympy.symbols(f"x1:{width + 1}", real=True)
    row = t * z[0] + sympy.Add(*(a[i] * z[i] for i in range(1, width)))
    loss = (y[0] - row) ** 2 + sympy.Add(*(y[i] ** 2 for i in range(1, rows)))
    return {second_1: sympy.Derivative(loss, (t, 2)), x: z[0]}


def grid(rows: int, width: int) -> tuple[list[list[sympy.Symbol]], list[sympy.Symbol], tuple[Boolean, ...]]:
    """Which entries are unprocessed, as numbers from 0 to 1, and the squares x_j^2."""
    chosen = [[sympy.Symbol(f"s{i}{j}", real=True) for j in range(width)] for i in range(rows)]
    parts = [sympy.Symbol(f"y{j}", real=True) for j in range(width)]
    within = [sympy.And(sympy.Ge(each, 0), sympy.Le(each, 1)) for row in chosen for each in row]
    return chosen, parts, (*within, *(sympy.Ge(part, 0) for part in parts))


def squares_of_inputs(total: UndefinedFunction) -> Callable[[int, int], Written]:
    def instance(rows: int, width: int) -> Written:
        chosen, parts, known = grid(rows, width)
        over_the_grid = sympy.Add(*(row[j] * parts[j] for row in chosen for j in range(width)))
        return [({total(unprocessed): over_the_grid, n_2: sympy.Integer(rows), SQUARE: sympy.Add(*parts)}, known)]

    return instance


GRIDS, COLUMNS = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 2)), ((1,), (2,), (3,))
SHORT, ENTRY = sympy.Le(Norm(inputs), theta), sympy.Le(sympy.Abs(x), Norm(inputs))
SQUARES_1, SQUARES_2 = (sympy.Le(each(unprocessed), n_2 * SQUARE) for each in (squares_1, squares_2))
SETTING = (
    Step("input", "theta bounds the compressed network's input", "meaning", SHORT),
    Step("entry", "x_j is one of its entries", "let", ENTRY, cites=("input",)),
)


SUM_1 = sympy.Le(sums("one")(unprocessed), TOTAL_1)
ONE = (
    Step(
        "one-layer-derivative",
        "the second derivative of the squared residual in t is 2 x_j^2",
        "differentiation",
        sympy.Eq(second_1, 2 * x**2),
        data={"dimensions": [(1, 1), (2, 1), (2, 2), (3, 3)], "instance": _row_derivative},
    ),
    Step(
        "one-layer-entry",
        "which is its absolute value",
        "smt",
        sympy.Le(sympy.Abs(second_1), 2 * x**2),
        given=(sympy.Eq(second_1, 2 * x**2),),
        cites=("one-layer-derivative",),
    ),
    *summed("one", unprocessed, second_1, {squares_1: (sympy.Integer(2), x**2)}, "one-layer-entry"),
    written(
        "squares",
        "every x_j^2 occurs in at most n_2 rows",
        SQUARES_1,
        squares_of_inputs(squares_1),
        GRIDS,
        cites=("one-sums",),
    ),
    Step(
        "one-layer-sum",
        "summed over rows and columns: at most 2 n_2 theta^2",
        "smt",
        SUM_1,
        given=(sympy.Le(sums("one")(unprocessed), 2 * squares_1(unprocessed)), SQUARES_1, SHORT),
        cites=("one-summed", "squares", "input"),
        equation="(39)",
    ),
    *in_the_mean_at_most("one", TOTAL_1, unprocessed, "one-layer-sum"),
    *most("one", unprocessed, good, TOTAL_1, "one-total"),
    *one_of_most("one", unprocessed, TOTAL_1, one_layer, ONE_LAYER.relation),
)
