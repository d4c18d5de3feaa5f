"""Deviations of a block's units in components: their mean, their variances, and covariances that must vanish."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .bottleneck_error import (
    INDEPENDENT,
    TOGETHER,
    a,
    c,
    delta,
    delta_i,
    delta_j,
    second,
    spreads,
)

covariances, mean_i, mean_j = sympy.symbols("cov m_i m_j", real=True)
drawn, weight = sympy.symbols("h w", real=True)
OFF = Norm(second * (a - c) - second * delta)
# Rows of W_2, units, and how many of these are drawn together.
SIZES = ((1, 1, 1), (1, 2, 1), (2, 2, 1), (2, 3, 1), (1, 2, 2), (2, 4, 2))
MOST = (2, 4)
Instances = Iterator[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]


def _named(name: str, count: int) -> list[sympy.Symbol]:
    return [sympy.Symbol(f"{name}_{i}", real=True) for i in range(count)]


MATRIX = sympy.Matrix(*MOST, lambda i, j: sympy.Symbol(f"W_{i}{j}", real=True))
DIFFERENCE, MEAN, ETA = (_named(name, MOST[1]) for name in ("d", "m", "eta"))
CENTRED = {each: sympy.Integer(0) for each in ETA}
CENTRES = tuple(sympy.Eq(Expectation(each), 0, evaluate=False) for each in ETA)


def _squared(vector: sympy.Matrix) -> sympy.Expr:
    return sympy.Add(*(entry**2 for entry in vector))


def _together(matrix: sympy.Matrix, pairs: Iterable[tuple[int, int]], product: sympy.Expr | None = None) -> sympy.Expr:
    """The sum over pairs of units of twice the scalar product of their columns times the mean of the product."""
    means = ((i, j, Expectation(ETA[i] * ETA[j] if product is None else product)) for i, j in pairs)
    return sympy.Add(*(2 * matrix[:, i].dot(matrix[:, j]) * mean for i, j, mean in means))


def _apart(units: int, group: int) -> list[tuple[int, int]]:
    """Pairs of units that are not drawn together."""
    return [(i, j) for i, j in combinations(range(units), 2) if i // group != j // group]


def _written_out(rows: int, units: int, group: int) -> Instances:
    """delta = m + eta in components, eta of mean zero: squared norms, variances and covariances."""
    matrix, apart = MATRIX[:rows, :units], _apart(units, group)
    difference, mean, eta = (sympy.Matrix(each[:units]) for each in (DIFFERENCE, MEAN, ETA))
    variances = (_squared(matrix[:, i]) * Expectation(eta[i] ** 2) for i in range(units))
    inside = [pair for pair in combinations(range(units), 2) if pair not in apart]
    yield (
        {
            Expectation(OFF**2): Expectation(_squared(matrix * (difference - mean - eta))),
            TOGETHER: sympy.sqrt(_squared(matrix * (difference - mean))),
            spreads: sympy.Add(*variances) + _together(matrix, inside),
            covariances: _together(matrix, apart),
        },
        CENTRES,
    )


def _pairs(rows: int, units: int, group: int) -> Instances:
    """Every pair of units that are not drawn together is one like i and j."""
    apart = _apart(units, group)
    zero = tuple(sympy.Eq(Expectation(ETA[i] * ETA[j]), 0, evaluate=False) for i, j in apart)
    yield {covariances: _together(MATRIX[:rows, :units], apart)}, zero


def _shared_weight() -> Instances:
    """Two units with phi(t) = t, W_2 = (1, 1) and one drawn weight between them: both deviate by h - w."""
    yield {covariances: _together(sympy.ones(1, 2), [(0, 1)], (drawn - weight) ** 2)}, ()


PRODUCT = (delta_i - mean_i) * (delta_j - mean_j)
UNCORRELATED = sympy.Eq(covariances, 0)
APART_IN_COMPONENTS = sympy.Eq(Expectation(OFF**2), TOGETHER**2 + spreads + covariances)
COVARIANCE = sympy.Eq(Expectation(PRODUCT), 0, evaluate=False)
MEANS = {delta_i: mean_i, delta_j: mean_j}
COMPONENTS = Step(
    "in-components",
    "squared mean, variances and covariances of the deviations",
    "written-out",
    APART_IN_COMPONENTS,
    data={
        "sizes": SIZES,
        "instance": _written_out,
        "by": ("expectation", {"means": CENTRED, "fixed": (*MATRIX, *DIFFERENCE, *MEAN)}),
    },
)
SHARED = Step(
    "uncorrelated",
    "the covariances vanish, also where two rows share a drawn weight",
    "written-out",
    UNCORRELATED,
    refutes="claim",
    data={
        "sizes": ((),),
        "instance": _shared_weight,
        "by": (
            "finite-law",
            {"law": [(sympy.Rational(1, 2), 2 * weight), (sympy.Rational(1, 2), sympy.S.Zero)], "variable": drawn},
        ),
    },
)
# Two ReLU units, W_2 = (1, 1), x = x': unit 1 at z = s deviates by s or -s, and unit 2 at z = 0 is drawn, by t or -t,
# only after unit 1 went up. The squared bias and the variances count for unit 2 in half of all cases.
up, aside, outcome = sympy.symbols("s t Y", real=True)
HALF, QUARTER = sympy.Rational(1, 2), sympy.Rational(1, 4)


def _relu(value: sympy.Expr) -> sympy.Expr:
    return (value + sympy.Abs(value)) / 2


FIRST_UP, FIRST_DOWN = (_relu(up + each) - _relu(up) for each in (up, -up))
SECOND_BIAS = (_relu(aside) + _relu(-aside)) / 2
ADAPTIVE = Step(
    "adaptive-draws",
    "the bound holds, too, where earlier draws decide what is drawn later",
    "finite-law",
    sympy.Le(Expectation(outcome), HALF * SECOND_BIAS**2 + up**2 + HALF * aside**2),
    refutes="claim",
    data={
        "law": [
            (QUARTER, (FIRST_UP + _relu(aside)) ** 2),
            (QUARTER, (FIRST_UP + _relu(-aside)) ** 2),
            (HALF, FIRST_DOWN**2),
        ],
        "variable": outcome,
    },
)
NO_COVARIANCE = (
    Step(
        "means",
        "the means of two units' deviations",
        "definition",
        sympy.And(sympy.Eq(mean_i, Expectation(delta_i)), sympy.Eq(mean_j, Expectation(delta_j))),
    ),
    Step(
        "covariance",
        "the mean of the product of what is left is a covariance",
        "expectation",
        sympy.Eq(Expectation(PRODUCT), Expectation(delta_i * delta_j) - mean_i * mean_j, evaluate=False),
        tuple(sympy.Eq(Expectation(symbol), mean, evaluate=False) for symbol, mean in MEANS.items()),
        ("means",),
        data={"means": MEANS, "fixed": (mean_i, mean_j)},
    ),
    Step(
        "no-covariance",
        "which is zero for rows that are drawn independently",
        "smt",
        COVARIANCE,
        (
            INDEPENDENT.relation,
            sympy.Eq(Expectation(PRODUCT), Expectation(delta_i * delta_j) - mean_i * mean_j, evaluate=False),
            *(sympy.Eq(Expectation(symbol), mean, evaluate=False) for symbol, mean in MEANS.items()),
        ),
        ("independent-rows", "covariance", "means"),
    ),
    Step(
        "uncorrelated",
        "so the covariances vanish",
        "written-out",
        UNCORRELATED,
        (COVARIANCE,),
        ("no-covariance",),
        data={"sizes": SIZES[1:], "instance": _pairs, "by": ("smt", {})},
    ),
)
