"""The deviation of a unit whose entries are drawn one by one: its mean, its variance, and the sum of the variances.

zeta = sum_j e_j x'_j with e_j = h_ij - w_ij, where entry (i, j) is drawn, else 0; d is the variance of one draw.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .bias_of_a_unit import CENTRED, zeta
from .notation import column_1, n_2, nu_1, theta, weight
from .units_of_a_block import POSITIVE, VARIANCE_IS, sum_v, v_i

draw_variance, own, cov, e_i, e_j = sympy.symbols("d own cov e_i e_j", real=True)
Instances = Iterator[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]
Facts = tuple[Boolean, ...]
SIZES = ((1,), (2,), (3,))
DRAWS, INPUTS, SPREADS = ([sympy.Symbol(f"{name}_{j}", real=True) for j in range(1, 4)] for name in "exd")
CENTRES = tuple(sympy.Eq(Expectation(each), 0, evaluate=False) for each in DRAWS)
INDEPENDENT = sympy.Eq(Expectation(e_i * e_j), 0, evaluate=False)
SQUARED = sympy.Eq(Expectation(zeta**2), own + cov)
BOTH = {"means": dict.fromkeys(DRAWS, sympy.Integer(0)), "fixed": tuple(INPUTS)}


def _sum(count: int) -> sympy.Expr:
    return sympy.Add(*(DRAWS[j] * INPUTS[j] for j in range(count)))


def _means(count: int) -> Instances:
    yield {zeta: _sum(count)}, CENTRES


def _squares(count: int) -> Instances:
    pairs = combinations(range(count), 2)
    yield (
        {
            zeta: _sum(count),
            own: sympy.Add(*(Expectation(DRAWS[j] ** 2) * INPUTS[j] ** 2 for j in range(count))),
            cov: sympy.Add(*(2 * INPUTS[i] * INPUTS[j] * Expectation(DRAWS[i] * DRAWS[j]) for i, j in pairs)),
        },
        CENTRES,
    )


def _products(count: int) -> Instances:
    pairs = list(combinations(range(count), 2))
    zero = tuple(sympy.Eq(Expectation(DRAWS[i] * DRAWS[j]), 0, evaluate=False) for i, j in pairs)
    yield {cov: sympy.Add(*(2 * INPUTS[i] * INPUTS[j] * Expectation(DRAWS[i] * DRAWS[j]) for i, j in pairs))}, zero


def _one_unit(largest: sympy.Expr, facts: Facts) -> Callable[[int], Instances]:
    """The sum of d_j x_j^2 over a row, d_j at most ``largest``, and ||x'|| <= theta."""

    def instance(count: int) -> Instances:
        squares = [x**2 for x in INPUTS[:count]]
        known = [sympy.Le(d, largest) for d in SPREADS[:count]]
        short = sympy.Le(sympy.Add(*squares), theta**2)
        yield {own: sympy.Add(*(d * x for d, x in zip(SPREADS, squares, strict=False)))}, (*facts, *known, short)

    return instance


def _all_units(draw: Boolean, facts: Facts) -> Callable[[int, int], Instances]:
    """The same summed over the units; columns are no longer than the column norm."""

    def instance(units: int, count: int) -> Instances:
        weights, spreads = (
            sympy.Matrix(units, count, lambda i, j, name=name: sympy.Symbol(f"{name}_{i}{j}", real=True))
            for name in "wd"
        )
        own_variances = [sympy.Symbol(f"v_{i}", real=True) for i in range(units)]
        known = [draw.subs({weight: w, draw_variance: d}) for w, d in zip(weights, spreads, strict=True)]
        squares = [x**2 for x in INPUTS[:count]]
        columns = [sympy.Add(*(weights[i, j] ** 2 for i in range(units))) for j in range(count)]
        known += [sympy.Le(column, column_1**2) for column in columns]
        known += [sympy.Le(sympy.Add(*squares), theta**2)]
        for i, variance in enumerate(own_variances):
            known += [sympy.Le(variance, sympy.Add(*(spreads[i, j] * squares[j] for j in range(count))))]
        yield {sum_v: sympy.Add(*own_variances)}, (*facts, *known)

    return instance


AT_MOST_OWN = sympy.Le(v_i, own)
LARGEST = Step("largest-entry", "nu_1 bounds the entries", "meaning", sympy.Le(sympy.Abs(weight), nu_1))
CENTRED_SUM = Step(
    "centred",
    "zeta = sum_j e_j x'_j has mean zero, as every draw has its weight as mean",
    "written-out",
    CENTRED.relation,
    data={"sizes": SIZES, "instance": _means, "by": ("expectation", BOTH)},
)
SUM = (
    Step(
        "deviation",
        "let zeta be the deviation of a unit's preactivation at given inputs, v_i its variance, and e_i, e_j two draws "
        "of its row, less their means",
        "let",
        sympy.And(VARIANCE_IS, INDEPENDENT),
    ),
    CENTRED_SUM,
    Step(
        "squares",
        "its square, multiplied out: squares and products of the draws",
        "written-out",
        SQUARED,
        data={"sizes": SIZES, "instance": _squares, "by": ("expectation", BOTH)},
    ),
    Step(
        "no-products",
        "the products have mean zero, as the draws of a row are independent",
        "written-out",
        sympy.Eq(cov, 0),
        (INDEPENDENT,),
        ("deviation",),
        data={"sizes": SIZES[1:], "instance": _products, "by": ("smt", {})},
    ),
    Step(
        "unit-sum",
        "so v_i is the sum of d_j x'_j^2, and not negative",
        "smt",
        sympy.And(AT_MOST_OWN, POSITIVE),
        (VARIANCE_IS, SQUARED, sympy.Eq(cov, 0)),
        ("deviation", "squares", "no-products"),
    ),
)


def variances(draw: Boolean, by: str, largest: sympy.Expr, facts: Facts = ()) -> tuple[Step, ...]:
    """v_i <= largest theta^2, from what the step ``by`` says of the variance d of one draw, and |w| <= nu_1."""
    most, each = sympy.Le(own, largest * theta**2), sympy.Le(draw_variance, largest)
    return (
        Step(
            "largest-draw",
            "no draw varies more than that of the largest entry",
            "smt",
            each,
            (draw, LARGEST.conclusion, *facts),
            (by, "largest-entry"),
        ),
        Step(
            "row",
            "summed over a row, ||x'|| <= theta",
            "written-out",
            most,
            (each, *facts),
            ("largest-draw",),
            data={"sizes": SIZES, "instance": _one_unit(largest, facts), "by": ("smt", {})},
        ),
        Step(
            "unit-variance",
            "which bounds v_i",
            "smt",
            sympy.Le(v_i, largest * theta**2),
            (AT_MOST_OWN, most, *facts),
            ("unit-sum", "row"),
        ),
    )


def summed_by_columns(draw: Boolean, by: str, factor: sympy.Expr, facts: Facts = ()) -> Step:
    """sum_v <= factor ||W_1||_col^2 theta^2, from d <= factor w^2."""
    return Step(
        "summed-variance",
        "summed over the units, column by column",
        "written-out",
        sympy.Le(sum_v, factor * column_1**2 * theta**2),
        (draw, AT_MOST_OWN, *facts),
        (by, "unit-sum"),
        data={"sizes": ((1, 1), (2, 1), (1, 2), (2, 2)), "instance": _all_units(draw, facts), "by": ("smt", {})},
    )


def summed_by_units(largest: sympy.Expr) -> Step:
    """sum_v <= n_2 largest, from v_i <= largest."""

    def instance(units: int) -> Instances:
        each = [sympy.Symbol(f"v_{i}", real=True) for i in range(1, units + 1)]
        known = tuple(sympy.Le(v_, largest) for v_ in each)
        yield {sum_v: sympy.Add(*each), n_2: sympy.Integer(units)}, known

    return Step(
        "summed-variance",
        "there are n_2 units",
        "written-out",
        sympy.Le(sum_v, n_2 * largest),
        (sympy.Le(v_i, largest),),
        ("unit-variance",),
        data={"sizes": SIZES, "instance": instance, "by": ("smt", {})},
    )
