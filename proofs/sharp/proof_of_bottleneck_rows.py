"""Pruning rows of a bottleneck: h multiplies the whole preactivation z_i = w_i x' + beta_i, so zeta = (h - 1) z_i.

y is z_i for a row that is drawn, and zero for one that is not. g is half the range of the activation's slopes.
"""

from collections.abc import Iterator

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .bias_of_a_unit import CENTRED, zeta
from .bottleneck import CARRIED, by_curvature, by_slopes, error_claims, spread, tail
from .bottleneck_error import mean_error
from .bottleneck_rows import DEFINITIONS, KEPT, ROWS, kept, size
from .notation import bias_norm, epsilon, p, pruned, row_1, sigma_1, slope_range_of_multiples, theta
from .realized import counted, few_nonzero
from .units_of_a_block import POSITIVE, VARIANCE_IS, Units, b_i, behind, sum_v, v_i

Inner = sympy.Function("inner")
Instances = Iterator[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]
first, x, shift_1, row = sympy.symbols("W_1 x' beta w_i")
inside, y, one_bias, reach, value, draw = sympy.symbols("z_i y beta_i g phi(y) h", real=True)
Q = pruned(p)
SIZE = DEFINITIONS[size]
FORMULAS = {symbol: formula.subs(size, SIZE) for symbol, formula in DEFINITIONS.items() if symbol != size}
PREACTIVATION = first * x + shift_1
LAW = {"law": [(p, (1 / p - 1) * y), (1 - p, -y)], "variable": zeta}
LARGEST, ENTRY = row_1 * theta + bias_norm, sympy.Le(sympy.Abs(inside), row_1 * theta + bias_norm)
DRAWN = sympy.Or(sympy.Eq(y, inside), sympy.Eq(y, 0))
LAYER = sympy.And(
    *(sympy.Eq(sigma_1, Norm(first)), sympy.Le(Norm(x), theta), sympy.Eq(bias_norm, Norm(shift_1))),
    *(sympy.Le(Norm(row), row_1), sympy.Le(sympy.Abs(one_bias), bias_norm)),
)
SUM = sympy.Eq(inside, Inner(row, x) + one_bias)
PRODUCT = sympy.Le(sympy.Abs(Inner(row, x), evaluate=False), Norm(row) * Norm(x))
TRIANGLE = sympy.Le(Norm(PREACTIVATION), Norm(first * x) + Norm(shift_1))
IMAGE = sympy.Le(Norm(first * x), Norm(first) * Norm(x))
SQUARE = sympy.Eq(Expectation(zeta**2), Q * y**2, evaluate=False)
OF_UNIT = sympy.Le(v_i, Q * inside**2)


def _sum(units: int) -> Instances:
    values, variances = ([sympy.Symbol(f"{name}_{i}", real=True) for i in range(1, units + 1)] for name in "zv")
    given = tuple(OF_UNIT.subs({inside: z, v_i: v}) for z, v in zip(values, variances, strict=True))
    yield {Norm(PREACTIVATION): sympy.sqrt(sympy.Add(*(z**2 for z in values))), sum_v: sympy.Add(*variances)}, given


UNIT = (
    Step("layer", "the first layer: a row w_i, its bias beta_i, and all of them", "meaning", LAYER),
    Step("preactivation", "z_i = w_i x' + beta_i", "let", SUM),
    Step(
        "product",
        "|w_i x'| <= ||w_i|| ||x'||",
        "named-lemma",
        PRODUCT,
        data={"lemma": "cauchy-schwarz", "instance": {"u": row, "v": x}},
    ),
    Step(
        "largest-preactivation",
        "so no preactivation is larger than that",
        "smt",
        ENTRY,
        (LAYER, SUM, PRODUCT),
        ("layer", "preactivation", "product"),
    ),
    Step(
        "deviation",
        "let the row be drawn, its bias with it: zeta = (h - 1) y; v_i is its variance",
        "let",
        sympy.And(DRAWN, VARIANCE_IS),
    ),
    Step("centred", "h has mean one", "finite-law", CENTRED.relation, data=LAW),
    Step("square", "and variance (1 - p)/p", "finite-law", SQUARE, data=LAW),
    Step(
        "unit-sum",
        "so v_i <= (1 - p)/p z_i^2",
        "smt",
        sympy.And(OF_UNIT, POSITIVE),
        (VARIANCE_IS, SQUARE, DRAWN),
        ("deviation", "square"),
    ),
    Step(
        "unit-variance",
        "and at most that of the largest preactivation",
        "smt",
        sympy.Le(v_i, Q * LARGEST**2),
        (OF_UNIT, ENTRY),
        ("unit-sum", "largest-preactivation"),
    ),
    Step(
        "sum-of-squares",
        "summed over the units",
        "written-out",
        sympy.Le(sum_v, Q * Norm(PREACTIVATION) ** 2),
        (OF_UNIT,),
        ("unit-sum",),
        data={"sizes": ((1,), (2,), (3,)), "instance": _sum, "by": ("smt", {})},
    ),
    Step(
        "image",
        "||W_1 x'|| <= ||W_1|| ||x'||",
        "named-lemma",
        IMAGE,
        data={"lemma": "operator-norm", "instance": {"A": first, "x": x}},
    ),
    Step(
        "with-bias",
        "and the bias",
        "named-lemma",
        TRIANGLE,
        data={"lemma": "triangle", "instance": {"u": first * x, "v": shift_1}},
    ),
    Step(
        "norm",
        "||W_1 x' + beta|| <= S",
        "smt",
        sympy.Le(Norm(PREACTIVATION), SIZE),
        (IMAGE, TRIANGLE, LAYER),
        ("image", "with-bias", "layer"),
    ),
    Step(
        "summed-variance",
        "so the variances sum to at most (1 - p)/p S^2",
        "smt",
        sympy.Le(sum_v, Q * SIZE**2),
        (sympy.Le(sum_v, Q * Norm(PREACTIVATION) ** 2), sympy.Le(Norm(PREACTIVATION), SIZE)),
        ("sum-of-squares", "norm"),
    ),
)
# phi(h y) - phi(y) = (h - 1) phi(y) where phi of a nonnegative multiple is that multiple.
MULTIPLE = Expectation((draw - 1) * value)
EITHER = sympy.Or(
    sympy.Eq(slope_range_of_multiples, reach),
    sympy.And(sympy.Eq(slope_range_of_multiples, 0), sympy.Eq(b_i, MULTIPLE)),
)
NO_BIAS = sympy.Eq(MULTIPLE, 0, evaluate=False)
BY_REACH = sympy.Le(sympy.Abs(b_i), reach * sympy.sqrt(v_i))
RANGE = Step("range", "g is half the range of the slopes, not negative", "let", sympy.Ge(reach, 0))
MULTIPLES = (
    Step(
        "slopes-or-multiples",
        "g_0 is g, or it is zero and phi(h y) = h phi(y) for all h >= 0, so that b_i = E(h - 1) phi(y)",
        "let",
        EITHER,
    ),
    Step(
        "no-bias",
        "which is zero",
        "finite-law",
        NO_BIAS,
        data={"law": [(p, 1 / p), (1 - p, sympy.S.Zero)], "variable": draw},
    ),
    Step(
        "unit-slopes",
        "in either case |b_i| <= g_0 sqrt(v_i)",
        "smt",
        sympy.Le(sympy.Abs(b_i), slope_range_of_multiples * sympy.sqrt(v_i)),
        (EITHER, NO_BIAS, BY_REACH, POSITIVE),
        ("slopes-or-multiples", "no-bias", "unit-reach", "unit-sum"),
    ),
)
UNITS = Units(Q * LARGEST**2, Q * SIZE**2, FORMULAS, slope_range_of_multiples, reach, MULTIPLES)
TAIL = tail(ROWS).relation
ERRORS = [claim.relation.subs(FORMULAS) for claim in error_claims(1 + epsilon, "")]


def _bound(bias: sympy.Symbol) -> sympy.Le:
    return sympy.Le(mean_error, (CARRIED + FORMULAS[bias]) ** 2 + FORMULAS[spread])


PROOFS = {
    ("sharp-bottleneck-rows", "printed"): (
        *(*UNIT, RANGE, *behind(UNITS)),
        *counted(ROWS, TAIL, kept, KEPT.relation),
        *few_nonzero(ROWS, TAIL, _bound(by_slopes), "mean-error", ERRORS[0]),
        *few_nonzero(ROWS, TAIL, _bound(by_curvature), "mean-error-smooth", ERRORS[1], "-smooth"),
    )
}
