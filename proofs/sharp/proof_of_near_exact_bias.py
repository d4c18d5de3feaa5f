"""A bias on a grid: one draw after the other gets its law on the grid, which only spreads it.

y is z plus all other draws, which do not depend on this one: those before it on the grid already.
"""

import sympy

from boundcheck.core.derivatives import constant_of
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .in_the_mean import linear, within, within_the_mean
from .near_exact_bias import (
    CLAIMS,
    SPLIT,
    above,
    atom,
    below,
    draws,
    grid_bias,
    grid_variance,
    share,
    smooth_bias,
    smooth_grid_bias,
)
from .notation import bias, curvature, leak, v

phi, slope = sympy.Function("phi", real=True), sympy.Function("phi'", real=True)
y = sympy.Symbol("y", real=True)
j = sympy.Symbol("j", integer=True)
kinked_bias, other_bias, variance = (sympy.Function(name, real=True) for name in ("beta", "gamma", "V"))
SMOOTH = sympy.Le(constant_of(phi, 1), curvature)


def kinked(value: sympy.Expr) -> sympy.Expr:
    """Slope 1 above zero and s below."""
    return (1 + leak) * value / 2 + (1 - leak) * sympy.Abs(value) / 2


def on_grid(function: object, start: sympy.Expr) -> sympy.Expr:
    """The mean over the two grid points."""
    return share * function(start + below) + (1 - share) * function(start + above)  # type: ignore[operator]


def square(value: sympy.Expr) -> sympy.Expr:
    return value**2


ENDS = sympy.And(
    *(sympy.Eq(kinked_bias(0), bias), sympy.Eq(kinked_bias(draws), grid_bias)),
    *(sympy.Eq(other_bias(0), smooth_bias), sympy.Eq(other_bias(draws), smooth_grid_bias)),
    *(sympy.Eq(variance(0), v), sympy.Eq(variance(draws), grid_variance)),
)
BEFORE, AFTER = kinked(y + atom), on_grid(kinked, y)
CHANGE = on_grid(phi, y) - phi(y + atom)
SPREAD = on_grid(square, sympy.S.Zero) - atom**2
ONE_DRAW = sympy.And(
    sympy.Eq(kinked_bias(j + 1) - kinked_bias(j), Expectation(AFTER) - Expectation(BEFORE)),
    sympy.Eq(other_bias(j + 1) - other_bias(j), Expectation(CHANGE)),
    sympy.Eq(variance(j + 1) - variance(j), Expectation(SPREAD)),
)
HIGHER = sympy.Le(BEFORE, AFTER)
STEP = sympy.Le(kinked_bias(j), kinked_bias(j + 1))
BOUND = curvature / 2 * SPREAD
SMOOTH_STEP = sympy.Le(sympy.Abs(other_bias(j + 1) - other_bias(j)), curvature / 2 * (variance(j + 1) - variance(j)))
RANGE = sympy.And(sympy.Ge(j, 0), sympy.Le(j, draws - 1))


def _taylor(name: str, text: str, point: sympy.Expr) -> Step:
    rest = phi(y + point) - phi(y + atom) - slope(y + atom) * (point - atom)
    bound = constant_of(phi, 1) * sympy.Abs(point - atom) ** 2 / 2
    data = {"lemma": "taylor", "instance": {"phi": phi, "order": 1, "a": y + atom, "h": point - atom}}
    return Step(name, text, "named-lemma", sympy.Le(sympy.Abs(rest, evaluate=False), bound), data=data)


TAYLOR = (
    _taylor("taylor-below", "Taylor's theorem at the atom", below),
    _taylor("taylor-above", "on both sides", above),
)
CLOSE = sympy.Le(sympy.Abs(CHANGE), BOUND)
SETTING = (
    Step("in-turn", "the draws get their laws on the grid in turn", "let", ENDS),
    Step("next", "let j draws have it, and one more be next", "let", RANGE),
    Step(
        "one-draw",
        "let a be this draw's value, and y what the others leave; the smooth activation's constant",
        "let",
        sympy.And(ONE_DRAW, SMOOTH),
    ),
)
KINKED = (
    Step("higher", "the function is convex: its chord lies above", "smt", HIGHER, (SPLIT.relation,), ("split",)),
    Step(
        "higher-in-the-mean",
        "so in the mean",
        "expectation",
        sympy.Le(Expectation(BEFORE), Expectation(AFTER)),
        (HIGHER,),
        ("higher",),
    ),
    Step(
        "rises",
        "the bias does not fall",
        "smt",
        STEP,
        (ONE_DRAW, sympy.Le(Expectation(BEFORE), Expectation(AFTER))),
        ("one-draw", "higher-in-the-mean"),
    ),
    Step(
        "all-draws",
        "over all draws",
        "finite-induction",
        sympy.Le(kinked_bias(0), kinked_bias(draws)),
        (),
        ("rises",),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": draws,
            "hypothesis": sympy.Le(kinked_bias(0), kinked_bias(j)),
            "recursion": (STEP,),
        },
    ),
    Step("above", "which is the claim", "smt", CLAIMS[0].relation, (ENDS, sympy.Le(kinked_bias(0), kinked_bias(draws))),
         ("in-turn", "all-draws")),
)  # fmt: skip
WHOLE = sympy.Le(sympy.Abs(other_bias(draws) - other_bias(0)), curvature / 2 * (variance(draws) - variance(0)))
SMOOTHLY = (
    *TAYLOR,
    Step(
        "close",
        "the first-order terms cancel: a is the mean of the two grid points",
        "smt",
        CLOSE,
        (*(step.conclusion for step in TAYLOR), SMOOTH, SPLIT.relation),
        ("taylor-below", "taylor-above", "one-draw", "split"),
    ),
    *within("close", CHANGE, BOUND, CLOSE, ("close",)),
    linear("spread-out", "C is not random", BOUND, {}, curvature / 2 * Expectation(SPREAD)),
    Step(
        "moves",
        "the bias moves by at most C/2 times what the variance rises",
        "smt",
        SMOOTH_STEP,
        (
            ONE_DRAW,
            within_the_mean(CHANGE, BOUND),
            sympy.Eq(Expectation(BOUND), curvature / 2 * Expectation(SPREAD), evaluate=False),
        ),
        ("one-draw", "close-in-the-mean", "spread-out"),
    ),
    Step(
        "all-draws-smooth",
        "over all draws",
        "finite-induction",
        WHOLE,
        (),
        ("moves",),
        data={
            "variable": j,
            "start": sympy.Integer(0),
            "until": draws,
            "hypothesis": sympy.Le(
                sympy.Abs(other_bias(j) - other_bias(0)), curvature / 2 * (variance(j) - variance(0))
            ),
            "recursion": (SMOOTH_STEP,),
        },
    ),
    Step("smooth", "which is the claim", "smt", CLAIMS[1].relation, (ENDS, WHOLE), ("in-turn", "all-draws-smooth")),
)
PROOFS = {("sharp-near-exact-bias", "printed"): (*SETTING, *KINKED, *SMOOTHLY)}
