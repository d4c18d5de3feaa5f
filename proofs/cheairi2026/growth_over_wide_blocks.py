"""Proposition 26 at a wide layer: Proposition 24 and (125) give the growth over it that Lemma 17 asks for, (57).

kappa_{l-1} = sigma^{l-1} bounds what enters the layer, and sigma the layer's own norm.
"""

from dataclasses import replace

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from . import proposition_24_one_layer_structured as columns
from .lemma_17_induction_over_layers import error, error_in_front, largest_norm, sigma
from .notation import (
    delta,
    distance,
    epsilon,
    kappa,
    layer,
    n_1,
    n_2,
    n_l,
    n_l1,
    nu_1,
    rho,
    sigma_1,
    theta,
)
from .over_the_layers import wide_growth
from .proposition_26_structured_network import ROOM_OF_LAMBDA, block_norm, width_conditions

radius, norm = sympy.symbols("kappa_{l-1} ||W_l||", real=True)
NORM = sympy.Le(norm, largest_norm)
NORM_BOUND = sympy.Le(norm, sigma)
INSIDE = sympy.Gt(radius, 0)
POWER = sympy.Gt(sigma ** (layer - 1), 0, evaluate=False)
WIDE = width_conditions(ROOM_OF_LAMBDA)[0].relation
BOUND = sigma ** (2 * layer)
LAYER = {
    n_1: n_l, n_2: n_l1, sigma_1: norm, nu_1: block_norm, rho: radius, theta: radius, kappa: sigma * radius,
    distance: error_in_front, columns.error: error,
}  # fmt: skip

RADII = (
    Step(
        "radius",
        "the projection in front of layer l has the radius kappa_{l-1} = sigma^{l-1}",
        "definition",
        sympy.Eq(radius, sigma ** (layer - 1)),
    ),
    Step(
        "power-positive",
        "sigma^{l-1} > 0",
        "induction",
        POWER,
        data={"variable": layer, "start": 1, "base": ("smt", {}), "step": ("smt", {})},
    ),
    Step(
        "radius-positive",
        "so kappa_{l-1} > 0",
        "smt",
        INSIDE,
        given=(POWER, sympy.Eq(radius, sigma ** (layer - 1))),
        cites=("radius", "power-positive"),
    ),
    Step(
        "norm-of-layer",
        "||W_l|| is one of the norms that sigma bounds",
        "let",
        sympy.And(sympy.Ge(norm, 0), NORM),
        cites=("norms",),
    ),
    Step(
        "norm-bound",
        "||W_l|| <= sigma",
        "smt",
        NORM_BOUND,
        given=(NORM, sympy.Ge(sigma, largest_norm)),
        cites=("norm-of-layer", "norms"),
    ),
)


def power(name: str, smaller: sympy.Expr, larger: sympy.Expr) -> Step:
    """Powers of sigma in terms of kappa_{l-1}."""
    return Step(
        name,
        f"{smaller} is {larger}",
        "monomial-ratio",
        sympy.Le(smaller, larger),
        given=(sympy.Eq(radius, sigma ** (layer - 1)), INSIDE),
        cites=("radius", "radius-positive"),
    )


def wide(form: str, slack: sympy.Expr) -> tuple[Step, ...]:
    """(57), with ``slack`` for Proposition 24's epsilon; and how many block columns stay."""
    where = {**LAYER, epsilon: slack}
    facts = (sympy.Ge(norm, 0), INSIDE)
    added = columns.PRUNED.subs(where, simultaneous=True) / (1 + slack)
    small = sympy.Le(added, 2 * delta * BOUND)
    by_24 = applied(
        "wide-error",
        "Proposition 24 with rho = theta = kappa_{l-1} and kappa = kappa_l",
        columns.STATEMENT,
        form,
        "error",
        where,
        "(106)",
        given=facts,
    )
    grown, in_57 = wide_growth(by_24, NORM_BOUND, small, sigma, slack, ("norm-bound", "added-at-a-wide-layer"))
    return (
        Step(
            "wide-radius",
            "kappa_l = sigma kappa_{l-1} >= ||W_l|| kappa_{l-1}",
            "smt",
            sympy.Ge(sigma * radius, norm * radius),
            given=(NORM_BOUND, INSIDE),
            cites=("norm-bound", "radius-positive"),
        ),
        by_24,
        power("power-behind-layer", radius**2 * sigma**2, BOUND),
        Step(
            "added-at-a-wide-layer",
            "what it adds is at most 2 delta sigma^{2l} by (125)",
            "smt",
            small,
            given=(WIDE, sympy.Le(radius**2 * sigma**2, BOUND)),
            cites=("wide-ratio", "power-behind-layer"),
            equation="before (129)",
        ),
        replace(grown, given=(*grown.given, *facts)),
        in_57,
    )
