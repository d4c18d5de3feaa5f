"""What structured pruning adds to the notation: blocks of k neurons, drawn together.

A wide layer draws its n_l/k block columns (input neurons), a bottleneck its n_{l+1}/k block rows (output neurons). With
k = 1 a block is one neuron; in a convolution on r x r feature maps it is a filter, and k = r^2.
"""

from dataclasses import replace

import sympy

from boundcheck.core.functions import LeastDraws
from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Scope, Sense, Variable

from .notation import (
    NONNEGATIVE_REALS,
    ONE_LAYER_VARIABLES,
    POSITIVE_INTEGERS,
    TWO_LAYER_VARIABLES,
    allowed_nonzeros,
    alpha,
    draws,
    epsilon,
    excess_probability,
    gamma,
    k,
    n_0,
    nu_1,
    nu_2,
    p,
    xi,
)

BLOCK_SIZE = Variable(k, POSITIVE_INTEGERS, "block size: how many neighbouring neurons are drawn together")
_BLOCK_NORMS = {
    nu_1: "largest operator norm of a k x k block of W_1",
    nu_2: "largest operator norm of a k x k block of W_2",
}


def _with_block_norms(variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """nu_i is the largest norm of a block here, not the largest entry."""
    return tuple(replace(v, meaning=_BLOCK_NORMS.get(v.symbol, v.meaning)) for v in variables)


ONE_LAYER_BLOCKS = (*_with_block_norms(ONE_LAYER_VARIABLES), BLOCK_SIZE)
TWO_LAYER_BLOCKS = (*_with_block_norms(TWO_LAYER_VARIABLES), BLOCK_SIZE)

# Variance of one draw, Bernoulli(p)/p.
VARIANCE = (1 - p) / p

kept_columns = Named(
    "#{nonzero block columns of W-hat_l} / #{block columns}",
    r"\frac{\#\{ j : [\hat W_{\ell}]_{:, \mathcal{E}_j} \ne 0 \}}{\#\{ j \}}",
    nonnegative=True,
)
kept_rows = Named(
    "#{nonzero block rows of W-hat_l} / #{block rows}",
    r"\frac{\#\{ i : [\hat W_{\ell}]_{\mathcal{E}_i, :} \ne 0 \}}{\#\{ i \}}",
    nonnegative=True,
)
KEPT_VARIABLES = (
    Variable(kept_columns, NONNEGATIVE_REALS, "share of nonzero block columns in a wide layer"),
    Variable(kept_rows, NONNEGATIVE_REALS, "share of nonzero block rows in a bottleneck"),
)


def divides(name: str, width: sympy.Expr, scope: Scope = Scope.NETWORK) -> Assumption:
    """The block size divides a width."""
    return Assumption(name, sympy.Eq(k * sympy.floor(width / k), width), f"k divides {width.name}", scope)


def processed(blocks: sympy.Expr, kind: str, scope: Scope = Scope.NETWORK) -> tuple[Assumption, ...]:
    """What the propositions ask of the draws of so many blocks: the range of alpha, and Lemma 12's tail."""
    return (
        *range_of_alpha(blocks, kind, scope),
        Assumption(
            f"tail{kind}",
            sympy.Le(excess_probability(draws(blocks)), epsilon / (1 + epsilon)),
            "more than (1 + gamma) p T nonzero draws, T = floor(alpha N) of the N blocks, have probability at most "
            "epsilon/(1 + epsilon)",
            scope,
            "Lemma 12",
        ),
    )


def range_of_alpha(blocks: sympy.Expr, kind: str, scope: Scope = Scope.NETWORK) -> tuple[Assumption, ...]:
    """At least one block is processed and at least one is not, N blocks in all."""
    return (
        Assumption(f"alpha-above{kind}", sympy.Gt(alpha, 1 / blocks), "alpha is above 1/N, N blocks", scope),
        Assumption(f"alpha-below{kind}", sympy.Le(alpha, 1 - 1 / blocks), "alpha is at most 1 - 1/N, N blocks", scope),
    )


def processed_in_network(columns: sympy.Expr, rows: sympy.Expr) -> tuple[Assumption, ...]:
    """``processed`` for the block columns of wide layers and the block rows of bottlenecks."""
    return (*processed(columns, "-columns", Scope.WIDE), *processed(rows, "-rows", Scope.BOTTLENECK))


def kept_blocks(blocks: sympy.Expr) -> sympy.Expr:
    """Blocks that may stay, of so many: the unprocessed ones, and a whole number of nonzero draws."""
    return blocks - draws(blocks) + allowed_nonzeros(draws(blocks))


def kept_claims(columns: sympy.Expr, rows: sympy.Expr) -> tuple[Claim, Claim]:
    """The shares of block columns and block rows that alpha, gamma and p promise."""
    return _kept_claims(kept_blocks(columns) / columns, kept_blocks(rows) / rows)


def _kept_claims(share_of_columns: sympy.Expr, share_of_rows: sympy.Expr) -> tuple[Claim, Claim]:
    return (
        Claim(
            id="kept-columns",
            sense=Sense.EXISTENCE,
            relation=sympy.Le(kept_columns, share_of_columns),
            meaning="share of nonzero block columns (input neurons or filters) in every wide layer",
            scope=Scope.WIDE,
        ),
        Claim(
            id="kept-rows",
            sense=Sense.EXISTENCE,
            relation=sympy.Le(kept_rows, share_of_rows),
            meaning="share of nonzero block rows (output neurons or filters) in every bottleneck",
            scope=Scope.BOTTLENECK,
        ),
    )


KEPT_PRINTED = _kept_claims(sympy.Rational(101, 100) * p, sympy.Rational(101, 100) * p)
# Print says only that n_0 exists: floor(alpha n / k) must reach Lemma 12's, more than 1/alpha blocks let one be
# processed, and 1/(1 - alpha) leave one over.
LEAST_BLOCKS = sympy.Max(
    sympy.ceiling(LeastDraws(gamma, p, xi / 2) / alpha),
    sympy.floor(1 / alpha) + 1,
    sympy.ceiling(1 / (1 - alpha)),
)
LEAST_BLOCKS_VARIABLE = Variable(n_0, POSITIVE_INTEGERS, "number of blocks from which on the printed form applies")
