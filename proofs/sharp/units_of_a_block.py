"""From the variances of the units' deviations to the bias and the variance of a block behind its second layer.

At given inputs zeta is the deviation of one unit's preactivation, v_i its variance, b_i and s_i mean and variance of
what it does behind the activation; sum_v is the sum of v_i over all units. Rows that are drawn together form a set E.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .bias_of_a_unit import CENTRED, zeta
from .bias_of_a_unit import STATEMENT as BIAS_OF_A_UNIT
from .bottleneck import by_curvature, by_slopes, spread
from .bottleneck_error import BIAS, INDEPENDENT, bias_bound, mean_error, second, shift, spread_bound, spreads
from .bottleneck_error import STATEMENT as BOTTLENECK_ERROR
from .in_the_mean import linear
from .notation import bias, column_2, curvature, lipschitz, sigma_2, slope_range, unit_variance, v
from .variance_of_a_unit import STATEMENT as VARIANCE_OF_A_UNIT

v_i, b_i, s_i, sum_v, of_set, in_set = sympy.symbols("v_i b_i s_i sum_v t_E s_E", real=True)
columns, centred = sympy.symbols("W_2E eta_E")
Instances = Iterator[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]
VARIANCE_IS = sympy.Eq(v_i, Expectation(zeta**2))
POSITIVE = sympy.Ge(v_i, 0)
IMAGE = Norm(columns * centred)
ROWS_APART = Step(
    "rows-apart",
    "units that are not drawn together share no draws and no weights",
    "let",
    INDEPENDENT.relation,
)
BLOCK = Step(
    "second-layer",
    "sigma_2 is the norm of W_2, and the columns behind rows that are drawn together have at most the column norm",
    "meaning",
    sympy.And(sympy.Eq(sigma_2, Norm(second)), sympy.Le(Norm(columns), column_2)),
)


@dataclass(frozen=True)
class Units:
    """What a proof knows of the units: v_i <= largest, which the step "unit-variance" concludes, and sum_v <= total,
    which the step "summed-variance" does; slopes bounds |b_i| by its multiple of sqrt(v_i).
    """

    largest: sympy.Expr
    total: sympy.Expr
    definitions: dict[sympy.Symbol, sympy.Expr]
    slopes: sympy.Symbol = slope_range


def _biases(units: int) -> Instances:
    """b_i^2 is at most a multiple of v_i, for every unit."""
    biases, variances = (sympy.symbols(f"{name}_:{units}", real=True) for name in ("b", "v"))
    yield (
        {Norm(shift): sympy.sqrt(sympy.Add(*(each**2 for each in biases))), sum_v: sympy.Add(*variances)},
        tuple(
            relation.subs({b_i: one, v_i: other}) for one, other in zip(biases, variances, strict=True)
            for relation in ()
        ),
    )
