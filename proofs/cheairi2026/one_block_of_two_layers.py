"""Lemma 16 for two layers: one block of k rows of U_1 depends on t, and the second layer sees it through phi.

For one pair of inputs: z is the block of W_1 x', C_2 the block column of W_2 that meets it, v_1 = phi'(t z) z and
v_2 = phi''(t z) z^2 entrywise, r the residual at the present weights and W_2 m what scaling the block from 1 to t adds
to it.
"""

from collections.abc import Callable

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .lemma_15_second_derivative_of_one_weight import good, unprocessed
from .lemma_16_second_derivative_of_one_block import (
    DEVIATION,
    DIVISIBILITY,
    DRAW,
    NEXT_DIVISIBILITY,
    TWO_LAYERS,
    deviation,
    error,
    two_layers,
)
from .lemma_16_second_derivative_of_one_block import SLOPE as WIDE
from .most_of_the_entries import Written, in_the_mean, most, one_of_most, summed, sums, written
from .notation import curvature, k, lipschitz, n_1, n_3, nu_1, nu_2, sigma_1, sigma_2, theta
from .one_block_of_a_layer import SHORT, SIZES, inputs, matrix, numbers, parts_of, t
from .through_blocks import column_bound, row_bound, through_column, through_row

second_2, squares_2 = sympy.Symbol("d^2Psi_2", real=True), sympy.Function("z2_2", real=True)
residual, first, second, column_2, z, once, twice, shift = sympy.symbols("r W_1 W_2 C_2 z v_1 v_2 m")
inner = sympy.Function("inner")
NOW, BENT = residual + second * shift, column_2 * twice
LENGTH = sigma_1**2 * theta**2


def _scaled_rows(outputs: int, width: int) -> dict[sympy.Basic, sympy.Expr]:
    """The outputs f(t) minus those of the dense network, of which r is left at t = 1, where phi(z) is b."""
    r, w, v, b = numbers("r", outputs), matrix(outputs, width), numbers("z", width), numbers("b", width)
    by_phi = [[sympy.Function(f"phi{mark}")(t * each) for each in v] for mark in ("", "'", "''")]

    def through(row: tuple[sympy.Symbol, ...], entries: list[sympy.Expr]) -> sympy.Expr:
        return sympy.Add(*(a * entry for a, entry in zip(row, entries, strict=True)))

    now = [r[i] + through(w[i], [by_phi[0][j] - b[j] for j in range(width)]) for i in range(outputs)]
    slopes = [through(row, [by_phi[1][j] * v[j] for j in range(width)]) for row in w]
    bends = [through(row, [by_phi[2][j] * v[j] ** 2 for j in range(width)]) for row in w]
    return {
        second_2: sympy.Derivative(sympy.Add(*(each**2 for each in now)), (t, 2)),
        Norm(column_2 * once) ** 2: sympy.Add(*(each**2 for each in slopes)),
        inner(NOW, BENT): sympy.Add(*(a * c for a, c in zip(now, bends, strict=True))),
    }


def _entrywise(vector: sympy.Symbol, power: int, bound: sympy.Symbol) -> Callable[[int], Written]:
    """vector_j = d_j z_j^power with |d_j| <= bound <= 1."""

    def instance(width: int) -> Written:
        v, d = numbers("z", width), numbers("d", width)
        squares = sympy.Add(*(each**2 for each in v))
        components = {
            Norm(vector) ** 2: sympy.Add(*((d[j] * v[j] ** power) ** 2 for j in range(width))),
            Norm(z) ** (2 * power): squares**power,
        }
        return [(components, (*(sympy.Le(sympy.Abs(each), bound) for each in d), sympy.Le(bound, 1)))]

    return instance


def _moves(width: int) -> Written:
    """m_j = phi(t z_j) - phi(z_j) is at most L |1 - t| |z_j|."""
    v, m = numbers("z", width), numbers("m", width)
    within = (sympy.Le(sympy.Abs(m[j]), lipschitz * deviation * sympy.Abs(v[j])) for j in range(width))
    norms = {Norm(shift) ** 2: m, Norm(z) ** 2: v}
    return [({node: sympy.Add(*(each**2 for each in of)) for node, of in norms.items()}, tuple(within))]


EXACT_2 = sympy.Eq(second_2, 2 * Norm(column_2 * once) ** 2 + 2 * inner(NOW, BENT))
NORMS = (
    *(sympy.Eq(sigma_1, Norm(first)), sympy.Eq(sigma_2, Norm(second))),
    sympy.Eq(error, Expectation(Norm(residual) ** 2)),
)
ONCE, TWICE = sympy.Le(Norm(once) ** 2, Norm(z) ** 2), sympy.Le(Norm(twice) ** 2, Norm(z) ** 4)
ENTRYWISE_1, ENTRYWISE_2 = _entrywise(once, 1, lipschitz), _entrywise(twice, 2, curvature)
MOVES = sympy.Le(Norm(shift) ** 2, (lipschitz * deviation) ** 2 * Norm(z) ** 2)
SLOPED = sympy.Le(Norm(column_2 * once) ** 2, WIDE**2 * Norm(z) ** 2)
CURVED = sympy.Le(Norm(BENT), WIDE * Norm(z) ** 2)
BOTH = sympy.Le(sympy.Abs(inner(NOW, BENT)), Norm(NOW) * Norm(BENT))
APART = sympy.Le(Norm(NOW), Norm(residual) + Norm(second * shift))
SECOND = sympy.Le(Norm(second * shift), Norm(second) * Norm(shift))
ROW = row_bound(z, inputs, n_1, nu_1)
MOVED = sympy.Le(Norm(shift), DEVIATION.relation.rhs * nu_1 * sympy.sqrt(n_1) / sympy.sqrt(k) * theta)
DISTANCE = sympy.Le(Norm(NOW), Norm(residual) + DRAW)
FACTOR_2 = 2 * WIDE**2 + 2 * (Norm(residual) + DRAW) * WIDE
PARTS_2 = sympy.Le(squares_2(unprocessed), Norm(first * inputs) ** 2)
THROUGH = sympy.Le(Norm(first * inputs), Norm(first) * Norm(inputs))
IN_ALL = (2 * WIDE**2 + 2 * DRAW * WIDE) * LENGTH + 2 * WIDE * LENGTH * Norm(residual)
TOTAL_2 = (2 * WIDE**2 + 2 * DRAW * WIDE) * LENGTH + 2 * WIDE * LENGTH * sympy.sqrt(error)
SUM_2 = sympy.Le(sums("two")(unprocessed), IN_ALL)
TAKEN_OUT = sympy.Eq(Expectation(IN_ALL), IN_ALL.subs(Norm(residual), Expectation(Norm(residual))), evaluate=False)
JENSEN = sympy.Le(Expectation(Norm(residual)), sympy.sqrt(Expectation(Norm(residual) ** 2)))
NEXT = ("block-next", NEXT_DIVISIBILITY.relation)


def _lemma(step_id: str, text: str, conclusion: Boolean, lemma: str, equation: str = "", **instance: object) -> Step:
    return Step(
        step_id, text, "named-lemma", conclusion, equation=equation, data={"lemma": lemma, "instance": instance}
    )


DERIVATIVE = (
    Step("norms", "sigma_i is the norm of W_i, and the residual's mean square is E Psi", "meaning", sympy.And(*NORMS)),
    Step(
        "two-layer-derivative",
        "2 ||C_2 v_1||^2 + 2 <r + W_2 m, C_2 v_2>",
        "differentiation",
        EXACT_2,
        data={"dimensions": [(1, 1), (2, 1), (1, 2), (2, 2)], "instance": _scaled_rows},
    ),
    written(
        "once",
        "as |phi'| <= 1",
        ONCE,
        ENTRYWISE_1,
        SIZES,
        given=(sympy.Le(lipschitz, 1),),
        cites=("activation-lipschitz",),
    ),
    *through_column("slope", column_2, once, n_3, nu_2, NEXT),
    Step(
        "slope-part",
        "||C_2 v_1||^2 is at most nu_2^2 n_3/k times ||z||^2",
        "smt",
        SLOPED,
        given=(column_bound(column_2, once, n_3, nu_2), ONCE),
        cites=("slope-column", "once"),
        equation="(53)",
    ),
    written(
        "twice",
        "as |phi''| <= 1",
        TWICE,
        ENTRYWISE_2,
        SIZES,
        given=(sympy.Le(curvature, 1),),
        cites=("activation-curvature",),
    ),
    *through_column("bend", column_2, twice, n_3, nu_2, NEXT),
    Step(
        "bend-part",
        "||C_2 v_2|| is at most nu_2 sqrt(n_3/k) ||z||^2",
        "smt",
        CURVED,
        given=(column_bound(column_2, twice, n_3, nu_2), TWICE),
        cites=("bend-column", "twice"),
    ),
    _lemma("cauchy-schwarz", "<u, v> is at most ||u|| ||v||", BOTH, "cauchy-schwarz", u=NOW, v=BENT),
)
PRESENT = (
    _lemma("apart", "||r + W_2 m|| <= ||r|| + ||W_2 m||", APART, "triangle", u=residual, v=second * shift),
    _lemma("second-layer", "||W_2 m|| <= ||W_2|| ||m||", SECOND, "operator-norm", A=second, x=shift),
    written("moves", "phi moves by at most L |1 - t| |z_j|", MOVES, _moves, SIZES),
    *through_row("row", z, inputs, n_1, nu_1, ("block-input", DIVISIBILITY[0].relation)),
    Step(
        "moved",
        "so ||m|| <= tau theta nu_1 sqrt(n_1/k)",
        "smt",
        MOVED,
        given=(MOVES, ROW, DEVIATION.relation, sympy.Le(lipschitz, 1), SHORT),
        cites=("moves", "row-row", "deviation", "activation-lipschitz", "input"),
    ),
    Step(
        "distance",
        "and scaling the block adds at most tau theta sigma_2 nu_1 sqrt(n_1/k) to the residual",
        "smt",
        DISTANCE,
        given=(APART, SECOND, MOVED, NORMS[1]),
        cites=("apart", "second-layer", "moved", "norms"),
    ),
)
SUMMED = (
    Step(
        "two-layer-entry",
        "together, times ||z||^2",
        "smt",
        sympy.Le(sympy.Abs(second_2), FACTOR_2 * Norm(z) ** 2),
        given=(EXACT_2, SLOPED, CURVED, BOTH, DISTANCE),
        cites=("two-layer-derivative", "slope-part", "bend-part", "cauchy-schwarz", "distance"),
    ),
    *summed("two", unprocessed, second_2, {squares_2: (FACTOR_2, Norm(z) ** 2)}, "two-layer-entry"),
    written(
        "two-parts",
        "the blocks are parts of W_1 x'",
        PARTS_2,
        parts_of(squares_2, first * inputs),
        SIZES,
        cites=("two-sums",),
    ),
    _lemma("first-layer", "||W_1 x'|| <= ||W_1|| ||x'||", THROUGH, "operator-norm", A=first, x=inputs),
    Step(
        "length",
        "so their squares add up to at most sigma_1^2 theta^2",
        "smt",
        sympy.Le(squares_2(unprocessed), LENGTH),
        given=(PARTS_2, THROUGH, NORMS[0], SHORT),
        cites=("two-parts", "first-layer", "norms", "input"),
    ),
    Step(
        "two-layer-sum",
        "the parts with v_1, with r and with m",
        "smt",
        SUM_2,
        given=(
            sympy.Le(sums("two")(unprocessed), FACTOR_2 * squares_2(unprocessed)),
            sympy.Le(squares_2(unprocessed), LENGTH),
        ),
        cites=("two-summed", "length"),
        equation="(53)-(55)",
    ),
    in_the_mean("two", SUM_2, "two-layer-sum"),
    Step("two-fixed", "where only the residual is random", "expectation", TAKEN_OUT),
    _lemma(
        "jensen",
        "E||r|| <= sqrt(E||r||^2)",
        JENSEN,
        "jensen",
        "(54)",
        function=sympy.Lambda(t, sympy.sqrt(t)),
        X=Norm(residual) ** 2,
    ),
    Step(
        "two-total",
        "so the mean of the sum is at most what (47) says, times |S_1|/eta",
        "smt",
        sympy.Le(Expectation(sums("two")(unprocessed)), TOTAL_2),
        given=(
            *(sympy.Le(Expectation(sums("two")(unprocessed)), Expectation(IN_ALL)), TAKEN_OUT, JENSEN),
            NORMS[2],
        ),
        cites=("two-mean", "two-fixed", "jensen", "norms"),
    ),
    *most("two", unprocessed, good, TOTAL_2, "two-total"),
    *one_of_most("two", unprocessed, TOTAL_2, two_layers, TWO_LAYERS.relation),
)
