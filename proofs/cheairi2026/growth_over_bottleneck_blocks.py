"""Proposition 26 at a bottleneck: Proposition 25, (126) and (127) give the growth over it and the layer behind, (58).

Lambda is Proposition 25's exponent. f(Lambda) omega = e^Lambda Lambda omega, and Lambda omega has three summands.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from . import proposition_25_two_layers_structured as rows
from .growth_over_wide_blocks import INSIDE, NORM_BOUND, norm, power, radius
from .lemma_17_induction_over_layers import error_behind_block, error_in_front, largest_norm, sigma
from .notation import (
    alpha,
    delta,
    distance,
    epsilon,
    growth,
    k,
    kappa,
    layer,
    n_1,
    n_2,
    n_3,
    n_l,
    n_l1,
    n_l2,
    nu_1,
    nu_2,
    p,
    rho,
    sigma_1,
    sigma_2,
    tau,
    theta,
)
from .over_the_layers import block_growth
from .proposition_26_structured_network import block_norm, block_norm_next, width_conditions
from .theorem_2_pruning import ROOM

norm_next, factor, size, size_next, exponent = sympy.symbols("||W_{l+1}|| g z y b", real=True)
NORM_NEXT = sympy.Le(norm_next, sigma)
DRAW_SIZE = sympy.Max(1, (1 - p) / p)
WHERE = {
    n_1: n_l, n_2: n_l1, n_3: n_l2, sigma_1: norm, sigma_2: norm_next, nu_1: block_norm,
    nu_2: block_norm_next, rho: radius, theta: radius, kappa: sigma**2 * radius, distance: error_in_front,
    rows.error: error_behind_block,
}  # fmt: skip
BLOCK = {**WHERE, tau: DRAW_SIZE}
EXPONENT, SLOPE, DRAW = (part.subs(BLOCK, simultaneous=True) for part in (rows.LAMBDA, rows.SLOPE, rows.DRAW))
OMEGA = rows.OMEGA.subs(BLOCK, simultaneous=True)
BOUND, UNIT = sigma ** (2 * (layer + 1)), radius**2 * sigma**4
SIZES = (
    sympy.Eq(factor, alpha * (1 - p) / (p * (1 - alpha))),
    sympy.Eq(size, block_norm * sympy.sqrt(n_l) / sympy.sqrt(k)),
    sympy.Eq(size_next, block_norm_next * sympy.sqrt(n_l2) / sympy.sqrt(k)),
)
IN_SIZES = (
    sympy.Eq(EXPONENT, 2 * factor * radius * norm**2 * size_next),
    sympy.Eq(SLOPE, 2 * radius * size_next),
    sympy.Eq(DRAW, 2 * DRAW_SIZE * radius**2 * norm_next * size),
)
SIGNS = (sympy.Gt(factor, 0), sympy.Ge(size, 0), sympy.Ge(size_next, 0))
NORM_SIGNS = (sympy.Ge(norm, 0), sympy.Ge(norm_next, 0))
# (126) and (127) in these terms.
SQUARE_126 = sympy.Le(factor * size_next**2, delta * sigma**2)
HALF_133 = sympy.Le(factor * radius * sigma**2 * size_next, delta)
ROOT_126 = sympy.Le(factor * radius * sigma**2 * size_next, delta * sympy.Min(1, sigma**4))
PRODUCT_127 = sympy.Le(factor * size * size_next * DRAW_SIZE * radius, delta * sigma)
SMALL = sympy.Le(EXPONENT, 2 * delta)
SUMMANDS = {
    "slope": (SLOPE, 4 * delta * UNIT, SQUARE_126, "squared-126"),
    "draw": (DRAW, 4 * delta * UNIT, PRODUCT_127, "product-127"),
    "input": (radius**2, 2 * delta * UNIT, ROOT_126, "root-126"),
}
ADDED = sympy.Le(growth(EXPONENT) * OMEGA, 5 * growth(2 * delta) * BOUND)
TOTAL = sympy.Le(EXPONENT * OMEGA, 10 * delta * UNIT)

NAMES = (
    Step(
        "norm-behind-layer",
        "||W_{l+1}|| is one of the norms that sigma bounds",
        "let",
        sympy.And(sympy.Ge(norm_next, 0), sympy.Le(norm_next, largest_norm)),
        cites=("norms",),
    ),
    Step(
        "norm-bound-behind",
        "||W_{l+1}|| <= sigma",
        "smt",
        NORM_NEXT,
        given=(sympy.Le(norm_next, largest_norm), sympy.Ge(sigma, largest_norm)),
        cites=("norm-behind-layer", "norms"),
    ),
    Step(
        "sizes",
        "g = alpha (1 - p)/(p (1 - alpha)), z = nu_l sqrt(n_l/k), y = nu_{l+1} sqrt(n_{l+2}/k)",
        "definition",
        sympy.And(*SIZES),
    ),
    Step("signs", "g > 0, z >= 0 and y >= 0", "smt", sympy.And(*SIGNS), given=SIZES, cites=("sizes",)),
    Step(
        "exponent-in-sizes",
        "Lambda, and the slope's and the draw's summand of omega, in these terms",
        "smt",
        sympy.And(*IN_SIZES),
        given=SIZES,
        cites=("sizes",),
        equation="(132)",
    ),
    power("power-behind-block", UNIT, BOUND),
    power("power-of-126", 1 / BOUND, 1 / UNIT),
    power("power-of-127", sigma ** (2 - layer), sigma / radius),
)


def _conditions(room_of_lambda: sympy.Expr) -> tuple[Step, ...]:
    """(126) and (127) in terms of the sizes; the first bound of (126) holds the room that Lambda has."""
    _, ratio, product = (condition.relation for condition in width_conditions(room_of_lambda))
    first = room_of_lambda * sympy.Min(1, sigma**8) / UNIT
    in_sizes = sympy.Le(size_next**2, sympy.Min(first, ROOM * sigma**2))
    given = (in_sizes, SIZES[0], sympy.Ge(size_next, 0), INSIDE)
    cites = ("ratio-in-sizes", "sizes", "signs", "radius-positive")
    return (
        Step(
            "ratio-in-sizes",
            "(126) bounds y^2",
            "smt",
            in_sizes,
            given=(ratio, SIZES[2], INSIDE, sympy.Le(1 / BOUND, 1 / UNIT)),
            cites=("bottleneck-ratio", "sizes", "radius-positive", "power-of-126"),
            equation="(126)",
        ),
        Step(
            "squared-126",
            "its second bound: g y^2 <= delta sigma^2",
            "smt",
            SQUARE_126,
            given=(in_sizes, SIZES[0]),
            cites=("ratio-in-sizes", "sizes"),
            equation="(126)",
        ),
        Step(
            "lambda-133",
            "its first bound gives g kappa_{l-1} sigma^2 y <= delta, half of what (133) says of Lambda",
            "smt",
            HALF_133,
            given=given,
            cites=cites,
            equation="(133)",
        ),
        Step(
            "root-126",
            "and g kappa_{l-1} sigma^2 y <= delta min(1, sigma^4)",
            "smt",
            ROOT_126,
            given=given,
            cites=cites,
            equation="(126)",
        ),
        Step(
            "product-127",
            "(127): g z y max(1, (1 - p)/p) kappa_{l-1} <= delta sigma",
            "smt",
            PRODUCT_127,
            given=(product, *SIZES, SIGNS[0], INSIDE, sympy.Le(sigma ** (2 - layer), sigma / radius)),
            cites=("bottleneck-product", "sizes", "signs", "radius-positive", "power-of-127"),
            equation="(127)",
        ),
    )


def _summand(name: str, summand: sympy.Expr, bound: sympy.Expr, condition: Boolean, source: str) -> Step:
    return Step(
        f"{name}-summand",
        f"Lambda times the {name}'s summand of omega",
        "smt",
        sympy.Le(EXPONENT * summand, bound),
        given=(condition, *IN_SIZES, *SIGNS, *NORM_SIGNS, NORM_BOUND, NORM_NEXT, INSIDE),
        cites=(source, "exponent-in-sizes", "signs", "norm-bound", "norm-bound-behind", "radius-positive"),
        equation="(134)",
    )


SUMS = (
    Step(
        "exponent-small",
        "Lambda = 2 g kappa_{l-1} ||W_l||^2 y <= 2 delta",
        "smt",
        SMALL,
        given=(HALF_133, IN_SIZES[0], *SIGNS, NORM_SIGNS[0], NORM_BOUND, INSIDE),
        cites=("lambda-133", "exponent-in-sizes", "signs", "norm-bound", "radius-positive"),
        equation="(133)",
    ),
    Step(
        "exponential",
        "e^Lambda <= e^{2 delta}",
        "monotone-substitution",
        sympy.Le(sympy.exp(EXPONENT), sympy.exp(2 * delta)),
        given=(SMALL,),
        cites=("exponent-small",),
        data={"expression": sympy.exp(exponent), "replace": {exponent: (EXPONENT, 2 * delta)}},
    ),
    *(_summand(name, *parts) for name, parts in SUMMANDS.items()),
    Step(
        "total",
        "the three add up to 10 delta kappa_{l-1}^2 sigma^4",
        "smt",
        TOTAL,
        given=tuple(sympy.Le(EXPONENT * summand, bound) for summand, bound, _, _ in SUMMANDS.values()),
        cites=tuple(f"{name}-summand" for name in SUMMANDS),
        equation="(134)",
    ),
    Step(
        "omega-signs",
        "Lambda >= 0 and omega >= 0",
        "smt",
        sympy.And(sympy.Ge(EXPONENT, 0, evaluate=False), sympy.Ge(OMEGA, 0, evaluate=False)),
        given=(*IN_SIZES, *SIGNS, *NORM_SIGNS, INSIDE),
        cites=("exponent-in-sizes", "signs", "radius-positive"),
    ),
    Step(
        "added-at-a-bottleneck",
        "f(Lambda) omega <= 5 f(2 delta) sigma^{2(l+1)}",
        "smt",
        ADDED,
        given=(
            TOTAL,
            sympy.Le(UNIT, BOUND),
            sympy.Le(sympy.exp(EXPONENT), sympy.exp(2 * delta)),
            sympy.Ge(EXPONENT, 0, evaluate=False),
            sympy.Ge(OMEGA, 0, evaluate=False),
        ),
        cites=("total", "power-behind-block", "exponential", "omega-signs"),
        equation="(134)",
    ),
)


def bottleneck(form: str, room_of_lambda: sympy.Expr, slack: sympy.Expr) -> tuple[Step, ...]:
    """(58), with ``slack`` for Proposition 25's epsilon."""
    facts = (*NORM_SIGNS, INSIDE)
    by_25 = applied(
        "block-error",
        "Proposition 25 with rho = theta = kappa_{l-1} and kappa = kappa_{l+1}",
        rows.STATEMENT,
        form,
        "error",
        {**WHERE, epsilon: slack},
        "(117)",
        given=facts,
    )
    growth_58 = block_growth(
        by_25,
        (NORM_BOUND, NORM_NEXT, *NORM_SIGNS),
        (sympy.Ge(EXPONENT, 0, evaluate=False), SMALL),
        ADDED,
        sigma,
        slack,
        ("norm-bound", "norm-bound-behind", "omega-signs", "exponent-small", "added-at-a-bottleneck"),
    )
    return (
        *NAMES,
        *_conditions(room_of_lambda),
        *SUMS,
        Step(
            "block-radius",
            "kappa_{l+1} = sigma^2 kappa_{l-1} >= ||W_l|| ||W_{l+1}|| kappa_{l-1}",
            "smt",
            sympy.Ge(sigma**2 * radius, norm * norm_next * radius),
            given=(NORM_BOUND, NORM_NEXT, *facts),
            cites=("norm-bound", "norm-bound-behind", "radius-positive"),
        ),
        by_25,
        *growth_58,
    )
