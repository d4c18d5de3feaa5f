"""Lemma 16 for one layer: one block of k columns of U_1 depends on t, the others do not.

For one pair of inputs: x_E is the block of x', C_1 the block column of U_1 that meets it.
"""

from collections.abc import Callable

import sympy
from sympy.core.function import UndefinedFunction

from boundcheck.core.operators import Norm
from boundcheck.core.step import Step

from .lemma_15_second_derivative_of_one_weight import good, unprocessed
from .lemma_16_second_derivative_of_one_block import DIVISIBILITY, ONE_LAYER, one_layer
from .most_of_the_entries import Written, in_the_mean_at_most, most, one_of_most, summed, sums, written
from .notation import k, n_2, nu_1, theta
from .through_blocks import column_bound, through_column

t, second_1 = sympy.symbols("t d^2Psi_1", real=True)
inputs, block, column_1 = sympy.symbols("x' x_E C_1")
squares_1 = sympy.Function("x2_1", real=True)
TOTAL_1 = 2 * theta**2 * nu_1**2 * n_2 / k
SIZES = ((1,), (2,), (3,))


def numbers(name: str, count: int) -> tuple[sympy.Symbol, ...]:
    found: tuple[sympy.Symbol, ...] = sympy.symbols(f"{name}1:{count + 1}", real=True)
    return found


def matrix(rows: int, columns: int) -> list[tuple[sympy.Symbol, ...]]:
    return [numbers(f"w{i}_", columns) for i in range(rows)]


def _scaled_columns(outputs: int, width: int) -> dict[sympy.Basic, sympy.Expr]:
    """r is what the other columns leave of the residual."""
    r, w, x = numbers("r", outputs), matrix(outputs, width), numbers("x", width)
    image = [sympy.Add(*(a * b for a, b in zip(row, x, strict=True))) for row in w]
    loss = sympy.Add(*((r[i] - t * image[i]) ** 2 for i in range(outputs)))
    return {second_1: sympy.Derivative(loss, (t, 2)), Norm(column_1 * block) ** 2: sympy.Add(*(u**2 for u in image))}


def parts_of(total: UndefinedFunction, whole: sympy.Expr) -> Callable[[int], Written]:
    """The unprocessed blocks, by numbers from 0 to 1, and the squares of the norms of all."""

    def instance(blocks: int) -> Written:
        chosen, squares = numbers("s", blocks), numbers("y", blocks)
        known = tuple(
            relation
            for c, y in zip(chosen, squares, strict=True)
            for relation in (sympy.Ge(c, 0), sympy.Le(c, 1), sympy.Ge(y, 0))
        )
        over_those = sympy.Add(*(c * y for c, y in zip(chosen, squares, strict=True)))
        return [({total(unprocessed): over_those, Norm(whole) ** 2: sympy.Add(*squares)}, known)]

    return instance


SHORT = sympy.Le(Norm(inputs), theta)
SETTING = (Step("input", "theta bounds the compressed network's input", "meaning", SHORT),)
FACTOR_1 = 2 * nu_1**2 * n_2 / k
EXACT_1 = sympy.Eq(second_1, 2 * Norm(column_1 * block) ** 2)
IMAGE = column_bound(column_1, block, n_2, nu_1)
PARTS_1 = sympy.Le(squares_1(unprocessed), Norm(inputs) ** 2)
ONE = (
    Step(
        "one-layer-derivative",
        "the second derivative of the squared residual in t is 2 ||C_1 x_E||^2",
        "differentiation",
        EXACT_1,
        data={"dimensions": [(1, 1), (2, 1), (2, 2), (3, 2)], "instance": _scaled_columns},
    ),
    *through_column("image", column_1, block, n_2, nu_1, ("block-output", DIVISIBILITY[1].relation)),
    Step(
        "one-layer-entry",
        "so it is at most 2 nu_1^2 n_2/k times ||x_E||^2",
        "smt",
        sympy.Le(sympy.Abs(second_1), FACTOR_1 * Norm(block) ** 2),
        given=(EXACT_1, IMAGE),
        cites=("one-layer-derivative", "image-column"),
    ),
    *summed("one", unprocessed, second_1, {squares_1: (FACTOR_1, Norm(block) ** 2)}, "one-layer-entry"),
    written("parts", "the blocks are parts of x'", PARTS_1, parts_of(squares_1, inputs), SIZES, cites=("one-sums",)),
    Step(
        "one-layer-sum",
        "summed over the blocks: at most 2 theta^2 nu_1^2 n_2/k",
        "smt",
        sympy.Le(sums("one")(unprocessed), TOTAL_1),
        given=(sympy.Le(sums("one")(unprocessed), FACTOR_1 * squares_1(unprocessed)), PARTS_1, SHORT),
        cites=("one-summed", "parts", "input"),
        equation="(46)",
    ),
    *in_the_mean_at_most("one", TOTAL_1, unprocessed, "one-layer-sum"),
    *most("one", unprocessed, good, TOTAL_1, "one-total"),
    *one_of_most("one", unprocessed, TOTAL_1, one_layer, ONE_LAYER.relation),
)
