"""Every layer may add an equal share of the error that is allowed at the output: the induction over the layers."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Scope, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, POSITIVE_REALS, depth, error_network, layer

sigma = sympy.Symbol("sigma", positive=True)
room = sympy.Symbol("X", positive=True)
factor = sympy.Symbol("F", positive=True)


def _error(name: str, latex: str) -> sympy.Symbol:
    return Named(name, latex, nonnegative=True)


error_in_front = _error("E||x^{l-1} - xhat^{l-1}||^2", r"\mathbb{E}\| x^{\ell-1} - \hat x^{\ell-1} \|^{2}")
error_behind = _error("E||x^l - xhat^l||^2", r"\mathbb{E}\| x^{\ell} - \hat x^{\ell} \|^{2}")
error_behind_block = _error("E||x^{l+1} - xhat^{l+1}||^2", r"\mathbb{E}\| x^{\ell+1} - \hat x^{\ell+1} \|^{2}")

# What a layer or block may add, in units of sigma^{2l}; a block of two layers has two shares, one for its bias.
SHARE = room / depth
BIAS_SHARE = sympy.sqrt(room) / (2 * depth + 1)
KEPT_GROWTH = Assumption(
    "kept-growth",
    sympy.Le(error_behind, sigma**2 * error_in_front),
    "a layer that is left alone carries the error on",
    Scope.LAYER,
)
WIDE_GROWTH = Assumption(
    "wide-growth",
    sympy.Le(error_behind, factor * (sigma**2 * error_in_front + sigma ** (2 * layer) * SHARE)),
    "a wide layer adds one share",
    Scope.WIDE,
)
BLOCK_GROWTH = Assumption(
    "block-growth",
    sympy.Le(
        error_behind_block,
        factor
        * (
            (sigma**2 * sympy.sqrt(error_in_front) + sigma ** (layer + 1) * BIAS_SHARE) ** 2
            + sigma ** (2 * (layer + 1)) * SHARE
        ),
    ),
    "a bottleneck and the layer behind it add two",
    Scope.BOTTLENECK,
)
ERROR = Claim(
    "error",
    Sense.UPPER,
    sympy.Le(error_network, sigma ** (2 * depth) * factor**depth * room),
    "the mean squared distance of the outputs",
)

STATEMENT = Statement(
    id="sharp-equal-shares",
    title="Equal shares of the allowed error",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, equal shares", page=4),
    variables=(
        Variable(layer, POSITIVE_INTEGERS, "layer number"),
        Variable(depth, POSITIVE_INTEGERS, "number of layers; the last is not in B"),
        Variable(sigma, POSITIVE_REALS, "bound on every operator norm"),
        Variable(factor, sympy.Interval(1, sympy.oo), "factor of the passage from the mean to one realization"),
        Variable(room, POSITIVE_REALS, "error that is allowed behind the last layer, in units of sigma^{2m}"),
        Variable(error_in_front, NONNEGATIVE_REALS, "error in front of layer l"),
        Variable(error_behind, NONNEGATIVE_REALS, "error behind layer l"),
        Variable(error_behind_block, NONNEGATIVE_REALS, "error behind layer l + 1"),
        Variable(error_network, NONNEGATIVE_REALS, "error behind layer m"),
    ),
    variants={"printed": Variant(assumptions=(KEPT_GROWTH, WIDE_GROWTH, BLOCK_GROWTH), claims=(ERROR,))},
)
