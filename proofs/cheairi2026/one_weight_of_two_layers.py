"""Lemma 15 for two layers: only row i of the first depends on t, and the second layer sees it through phi.

For one pair of inputs: x_j is the entry of x', W_li that of W_2, p = (W_2^T residual)_i at the present weights, and
q = sum_l W_li^2 (phi(.) - phi(.)) what the draw changes of it.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .lemma_15_second_derivative_of_one_weight import DEVIATION, deviation, error, good, unprocessed
from .most_of_the_entries import Written, in_the_mean, most, summed, sums, written
from .notation import curvature, lipschitz, n_2, n_3, nu_1, nu_2, sigma_2, tau, theta
from .one_weight_of_a_layer import (
    COLUMNS,
    ENTRY,
    GRIDS,
    SHORT,
    SQUARE,
    SQUARES_2,
    bend,
    column,
    grid,
    matrix,
    moved,
    p,
    q,
    residual,
    rest,
    second_2,
    slope,
    slopes,
    squares_2,
    squares_of_inputs,
    t,
    transposed,
    unit,
    weighted,
    x,
)

phi = sympy.Function("phi")
DRAW = theta * tau * sigma_2 * nu_1 * nu_2 * sympy.sqrt(n_3)
FLAT = 2 * (nu_2**2 * n_3 + DRAW)
TOTAL_2 = FLAT * n_2 * theta**2 + 2 * theta**2 * sigma_2 * sympy.sqrt(n_2) * sympy.sqrt(error)


def _column_of(outputs: int) -> tuple[sympy.Symbol, ...]:
    """W_1i, W_2i, ...: what neuron i is multiplied by."""
    found: tuple[sympy.Symbol, ...] = sympy.symbols(f"W1:{outputs + 1}", real=True)
    return found


def _slopes_of(outputs: int, slope_at: sympy.Expr) -> sympy.Expr:
    return sympy.Add(*((w * slope_at * x) ** 2 for w in _column_of(outputs)))


def _square_of_column(outputs: int) -> sympy.Expr:
    return sympy.Add(*(w**2 for w in _column_of(outputs)))


def _block_derivative(outputs: int) -> dict[sympy.Basic, sympy.Expr]:
    """Two layers: the squared residual of all outputs, r_l at present, where phi(.)_i is b."""
    w, r = _column_of(outputs), sympy.symbols(f"r1:{outputs + 1}", real=True)
    b = sympy.Symbol("b", real=True)
    inner = rest + t * x
    loss = sympy.Add(*((r[i] + w[i] * (phi(inner) - b)) ** 2 for i in range(outputs)))
    return {
        second_2: sympy.Derivative(loss, (t, 2)),
        slopes: _slopes_of(outputs, sympy.Function("phi'")(inner)),
        p: sympy.Add(*(w[i] * r[i] for i in range(outputs))),
        q: _square_of_column(outputs) * (phi(inner) - b),
        bend: sympy.Function("phi''")(inner),
    }


def _entries_within(outputs: int) -> tuple[Boolean, ...]:
    return tuple(sympy.Le(w**2, nu_2**2) for w in _column_of(outputs))


def _slope_sum(outputs: int) -> Written:
    within = (sympy.Le(sympy.Abs(slope), lipschitz), sympy.Le(lipschitz, 1), *_entries_within(outputs))
    return [({slopes: _slopes_of(outputs, slope), n_3: sympy.Integer(outputs)}, within)]


def _column(outputs: int) -> Written:
    return [
        ({column**2: _square_of_column(outputs), n_3: sympy.Integer(outputs)}, _entries_within(outputs)),
    ]


def _sizes_of(rows: int) -> list[sympy.Symbol]:
    """|p_i| for every row."""
    return [sympy.Symbol(f"p{i}", real=True) for i in range(rows)]


def _weighted(rows: int, width: int) -> Written:
    chosen, parts, known = grid(rows, width)
    sizes = _sizes_of(rows)
    total = sympy.Add(*(chosen[i][j] * sizes[i] * parts[j] for i in range(rows) for j in range(width)))
    components = {weighted(unprocessed): total, ROWS: sympy.Add(*sizes), SQUARE: sympy.Add(*parts)}
    return [(components, (*known, *(sympy.Ge(each, 0) for each in sizes)))]


def _row_sum(rows: int) -> Written:
    """g is the norm of p."""
    sizes, g = _sizes_of(rows), sympy.Symbol("g", real=True)
    known = (
        *(sympy.Ge(each, 0) for each in (*sizes, g)),
        sympy.Eq(g**2, sympy.Add(*(each**2 for each in sizes))),
    )
    return [({ROWS: sympy.Add(*sizes), n_2: sympy.Integer(rows), Norm(transposed * residual): g}, known)]


ROWS = sympy.Symbol("sum|p_i|", real=True)
EXACT = sympy.Eq(second_2, 2 * slopes + 2 * (p + q) * bend * x**2)
BENT = (sympy.Le(sympy.Abs(bend), curvature), sympy.Le(curvature, 1))
MOVED = sympy.Le(sympy.Abs(moved), lipschitz * deviation * sympy.Abs(x))
COLUMN_NORM = sympy.Le(Norm(matrix * unit), Norm(matrix) * Norm(unit))
COLUMN = (
    sympy.Eq(q, column**2 * moved),
    sympy.Ge(column, 0),
    sympy.Eq(column, Norm(matrix * unit)),
    sympy.Eq(Norm(unit), 1),
)
DRAWN = sympy.Le(sympy.Abs(q), DRAW)
ENTRYWISE = sympy.Le(sympy.Abs(second_2), FLAT * x**2 + 2 * sympy.Abs(p) * x**2)
ACROSS = sympy.Le(weighted(unprocessed), ROWS * SQUARE)
IN_ALL = FLAT * n_2 * theta**2 + 2 * theta**2 * sigma_2 * sympy.sqrt(n_2) * Norm(residual)
CAUCHY = sympy.Le(ROWS, sympy.sqrt(n_2) * Norm(transposed * residual))
BACK = sympy.Le(Norm(transposed * residual), Norm(transposed) * Norm(residual))
SUM_2 = sympy.Le(sums("two")(unprocessed), IN_ALL)
TAKEN_OUT = sympy.Eq(Expectation(IN_ALL), IN_ALL.subs(Norm(residual), Expectation(Norm(residual))), evaluate=False)
JENSEN = sympy.Le(Expectation(Norm(residual)), sympy.sqrt(Expectation(Norm(residual) ** 2)))
TWO = (
    Step(
        "second-layer-norm",
        "sigma_2 is the norm of W_2 and of its transpose, and the residual's mean square is E_T Psi",
        "meaning",
        sympy.And(
            sympy.Eq(sigma_2, Norm(matrix)),
            sympy.Eq(sigma_2, Norm(transposed)),
            sympy.Eq(error, Expectation(Norm(residual) ** 2)),
        ),
    ),
    Step(
        "activation-bent",
        "phi'' is at most its supremum, phi moves by at most L |t - w| |x_j|, and H_1 = sum_l (W_li phi' x_j)^2",
        "let",
        sympy.And(BENT[0], MOVED, sympy.Ge(slopes, 0)),
        cites=("entry",),
    ),
    Step(
        "two-layer-derivative",
        "2 sum_l (W_li phi' x_j)^2 + 2 (p + q) phi'' x_j^2",
        "differentiation",
        EXACT,
        data={"dimensions": [(1,), (2,), (3,)], "instance": _block_derivative},
        equation="(41)",
    ),
    written(
        "slope-part",
        "the first sum is at most nu_2^2 n_3 x_j^2, as |phi'| <= 1",
        sympy.Le(slopes, n_3 * nu_2**2 * x**2),
        _slope_sum,
        COLUMNS,
        given=(sympy.Le(lipschitz, 1),),
        cites=("activation-lipschitz",),
        equation="(42)",
    ),
    Step(
        "column",
        "q is phi's move times the squared norm of W_2 e_i",
        "let",
        sympy.And(*COLUMN),
    ),
    Step(
        "column-norm",
        "||W_2 e_i|| <= ||W_2|| ||e_i||",
        "named-lemma",
        COLUMN_NORM,
        data={"lemma": "operator-norm", "instance": {"A": matrix, "x": unit}},
    ),
    written(
        "column-entries",
        "and its square at most n_3 nu_2^2",
        sympy.Le(column**2, n_3 * nu_2**2),
        _column,
        COLUMNS,
        cites=("column",),
    ),
    Step(
        "column-root",
        "so the column's norm is at most nu_2 sqrt(n_3)",
        "smt",
        sympy.Le(column, nu_2 * sympy.sqrt(n_3)),
        given=(sympy.Le(column**2, n_3 * nu_2**2), sympy.Ge(column, 0)),
        cites=("column-entries", "column"),
    ),
    Step(
        "column-both",
        "and its square at most sigma_2 nu_2 sqrt(n_3)",
        "smt",
        sympy.Le(column**2, sigma_2 * nu_2 * sympy.sqrt(n_3)),
        given=(
            *(sympy.Le(column, nu_2 * sympy.sqrt(n_3)), sympy.Ge(column, 0), COLUMN[2], COLUMN_NORM),
            *(sympy.Eq(Norm(unit), 1), sympy.Eq(sigma_2, Norm(matrix))),
        ),
        cites=("column-root", "column-norm", "column", "second-layer-norm"),
    ),
    Step(
        "moved",
        "phi moves by at most theta tau nu_1",
        "smt",
        sympy.Le(sympy.Abs(moved), theta * tau * nu_1),
        given=(MOVED, DEVIATION.relation, sympy.Le(lipschitz, 1), ENTRY, SHORT),
        cites=("activation-bent", "deviation", "activation-lipschitz", "entry", "input"),
    ),
    Step(
        "draw-part",
        "so |q| <= theta tau sigma_2 nu_1 nu_2 sqrt(n_3)",
        "smt",
        DRAWN,
        given=(
            *(COLUMN[0], sympy.Le(column**2, sigma_2 * nu_2 * sympy.sqrt(n_3))),
            sympy.Le(sympy.Abs(moved), theta * tau * nu_1),
        ),
        cites=("column", "column-both", "moved"),
        equation="(43)",
    ),
    Step(
        "two-layer-entry",
        "together, as |phi''| <= 1",
        "smt",
        ENTRYWISE,
        given=(EXACT, sympy.Le(slopes, n_3 * nu_2**2 * x**2), sympy.Ge(slopes, 0), *BENT, DRAWN),
        cites=("two-layer-derivative", "slope-part", "activation-bent", "activation-curvature", "draw-part"),
    ),
    *summed(
        "two",
        unprocessed,
        second_2,
        {squares_2: (FLAT, x**2), weighted: (sympy.Integer(2), sympy.Abs(p) * x**2)},
        "two-layer-entry",
    ),
    written(
        "two-squares",
        "every x_j^2 occurs in n_2 rows",
        SQUARES_2,
        squares_of_inputs(squares_2),
        GRIDS,
        cites=("two-sums",),
    ),
    written("across", "every |p_i| meets each x_j^2 once", ACROSS, _weighted, GRIDS[:4], cites=("two-sums",)),
    written("row-sum", "Cauchy-Schwarz over the rows", CAUCHY, _row_sum, COLUMNS, equation="(45)"),
    Step(
        "back-through-the-layer",
        "||W_2^T r|| <= ||W_2^T|| ||r||",
        "named-lemma",
        BACK,
        equation="(45)",
        data={"lemma": "operator-norm", "instance": {"A": transposed, "x": residual}},
    ),
    Step(
        "residual-part",
        "so the residual's part is at most theta^2 sigma_2 sqrt(n_2) ||r||",
        "smt",
        sympy.Le(weighted(unprocessed), theta**2 * sigma_2 * sympy.sqrt(n_2) * Norm(residual)),
        given=(ACROSS, CAUCHY, BACK, SHORT, sympy.Eq(sigma_2, Norm(transposed))),
        cites=("across", "row-sum", "back-through-the-layer", "input", "second-layer-norm"),
        equation="(45)",
    ),
    Step(
        "two-layer-sum",
        "the three parts together",
        "smt",
        SUM_2,
        given=(
            sympy.Le(sums("two")(unprocessed), FLAT * squares_2(unprocessed) + 2 * weighted(unprocessed)),
            *(SQUARES_2, SHORT),
            sympy.Le(weighted(unprocessed), theta**2 * sigma_2 * sympy.sqrt(n_2) * Norm(residual)),
        ),
        cites=("two-summed", "two-squares", "input", "residual-part"),
    ),
    in_the_mean("two", SUM_2, "two-layer-sum"),
    Step("two-fixed", "where only the residual is random", "expectation", TAKEN_OUT),
    Step(
        "jensen",
        "E||r|| <= sqrt(E||r||^2)",
        "named-lemma",
        JENSEN,
        data={"lemma": "jensen", "instance": {"function": sympy.Lambda(t, sympy.sqrt(t)), "X": Norm(residual) ** 2}},
        equation="(45)",
    ),
    Step(
        "two-total",
        "so the mean of the sum is at most what (40) says, times |S_1|/eta",
        "smt",
        sympy.Le(Expectation(sums("two")(unprocessed)), TOTAL_2),
        given=(
            *(sympy.Le(Expectation(sums("two")(unprocessed)), Expectation(IN_ALL)), TAKEN_OUT, JENSEN),
            sympy.Eq(error, Expectation(Norm(residual) ** 2)),
        ),
        cites=("two-mean", "two-fixed", "jensen", "second-layer-norm"),
    ),
    *most("two", unprocessed, good, TOTAL_2, "two-total"),
)
