"""The error of a whole network, block by block, and its loss."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import (
    Assumption,
    Claim,
    Consequence,
    Correction,
    Kind,
    Sense,
    Source,
    Statement,
    Variable,
    Variant,
)

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, error_network, loss_compressed, loss_dense

# At block i: how much it stretches what is in front of it, its bias and variance, how likely few nonzero draws are.
stretch, bias, variance = sympy.symbols("s B V", nonnegative=True)
likely = sympy.Symbol("P", positive=True)
block = sympy.Symbol("i", integer=True, positive=True)
blocks = sympy.Symbol("N", integer=True, positive=True)
LIKELIHOODS = sympy.Interval.Lopen(0, 1)


def _error(name: str, latex: str) -> sympy.Symbol:
    return Named(name, latex, nonnegative=True)


# Errors: of the realization, in the mean over all draws, and the bounds on both.
realized_in_front = _error("E_{i-1}", r"\mathcal{E}_{i-1}")
realized_behind = _error("E_i", r"\mathcal{E}_{i}")
bound_in_front = _error("e_{i-1}^2", "e_{i-1}^{2}")
bound_behind = _error("e_i^2", "e_{i}^{2}")
mean_in_front = _error("f_{i-1}^2", "f_{i-1}^{2}")
mean_behind = _error("f_i^2", "f_{i}^{2}")
bound_network = _error("e_N^2", "e_{N}^{2}")


def behind(in_front: sympy.Expr) -> sympy.Expr:
    """(s sqrt(E) + B)^2 + V: what a block makes of an error, in the mean over its draws."""
    return (stretch * sympy.sqrt(in_front) + bias) ** 2 + variance


GROWTH = Assumption(
    "growth",
    sympy.Le(realized_behind, behind(realized_in_front) / likely),
    "whatever the realization in front, the block has one with this error and few nonzero draws",
    only_for=("error",),
)
MEANS = Assumption(
    "means", sympy.Eq(mean_behind, behind(mean_in_front)), "the bounds on the mean errors", only_for=("error",)
)
BOUNDS = Assumption(
    "bounds",
    sympy.Eq(bound_behind, behind(bound_in_front) / likely),
    "the bounds on one realization's errors, each from the realization's bound in front",
    only_for=("error",),
)
BOUNDS_PRINTED = Assumption(
    "bounds",
    sympy.Eq(bound_behind, behind(mean_in_front) / likely),
    "the bounds on one realization's errors, each from the mean's bound in front",
    only_for=("error",),
)
ERROR = Claim(
    "error",
    Sense.EXISTENCE,
    sympy.Le(error_network, bound_network),
    "there is one realization of all blocks, each with few nonzero draws, with this error of the output",
)
LOSS = Claim(
    "loss",
    Sense.EXISTENCE,
    sympy.Le(loss_compressed, loss_dense + 2 * sympy.sqrt(error_network * loss_dense) + error_network),
    "its loss",
)

STATEMENT = Statement(
    id="sharp-network",
    title="The error of a whole network, and its loss",
    kind=Kind.THEOREM,
    source=Source("Sharp bounds, whole networks", page=4),
    variables=(
        Variable(block, POSITIVE_INTEGERS, "block number: a layer that is left alone or wide, or a bottleneck's two"),
        Variable(blocks, POSITIVE_INTEGERS, "number of blocks"),
        Variable(stretch, NONNEGATIVE_REALS, "product of the block's operator norms and Lipschitz constants"),
        Variable(bias, NONNEGATIVE_REALS, "bound on the root mean square of the block's bias; 0 for a single layer"),
        Variable(variance, NONNEGATIVE_REALS, "bound on the mean variance behind the block; 0 if it is left alone"),
        Variable(likely, LIKELIHOODS, "lower bound on the probability of few nonzero draws; 1 if they are counted out"),
        Variable(realized_in_front, NONNEGATIVE_REALS, "error in front of the block, of the realization so far"),
        Variable(realized_behind, NONNEGATIVE_REALS, "error behind it, of the realization with the block"),
        Variable(bound_in_front, NONNEGATIVE_REALS, "bound in front of the block"),
        Variable(bound_behind, NONNEGATIVE_REALS, "bound behind it"),
        Variable(mean_in_front, NONNEGATIVE_REALS, "bound on the mean error in front of the block"),
        Variable(mean_behind, NONNEGATIVE_REALS, "bound on the mean error behind it"),
        Variable(bound_network, NONNEGATIVE_REALS, "bound behind the last block"),
        Variable(error_network, NONNEGATIVE_REALS, "mean squared distance of the outputs"),
        Variable(loss_dense, NONNEGATIVE_REALS, "squared loss of the dense network"),
        Variable(loss_compressed, NONNEGATIVE_REALS, "squared loss of the compressed network"),
    ),
    variants={
        "printed": Variant(assumptions=(GROWTH, MEANS, BOUNDS_PRINTED), claims=(ERROR, LOSS)),
        "corrected": Variant(
            assumptions=(GROWTH, BOUNDS),
            claims=(ERROR, LOSS),
            corrections=(
                Correction(
                    "the bound in front of a block is the realization's, with the probabilities of all blocks before",
                    "A realization with few nonzero draws may have a larger error than the mean over all draws, and "
                    "the next block carries that error on.",
                    consequence=Consequence.FALSE_AS_PRINTED,
                    place="section 3",
                    formula="bounds",
                    steps=("one-weight-pruned",),
                ),
            ),
        ),
    },
)
