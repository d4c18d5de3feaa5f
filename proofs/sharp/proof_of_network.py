"""The error of a network: an induction over its blocks; the loss by the triangle inequality and Cauchy-Schwarz.

realized(i) and bound(i) are the error behind block i and the bound on it.
"""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Norm
from boundcheck.core.step import Step

from .network import (
    BOUNDS,
    ERROR,
    GROWTH,
    LOSS,
    bias,
    blocks,
    bound_behind,
    bound_in_front,
    bound_network,
    likely,
    realized_behind,
    realized_in_front,
    stretch,
    variance,
)
from .notation import error_network, loss_compressed, loss_dense

i = sympy.Symbol("i", integer=True)
realized, bound = (sympy.Function(name, real=True) for name in ("realized", "bound"))
here = sympy.symbols("s_i B_i V_i P_i", real=True)
apart = sympy.Symbol("x-xhat")
AT_BLOCK = {
    **dict(zip((stretch, bias, variance, likely), here, strict=True)),
    **{
        realized_in_front: realized(i),
        realized_behind: realized(i + 1),
    },
    **{bound_in_front: bound(i), bound_behind: bound(i + 1)},
}
SIGNS = (*(sympy.Ge(number, 0) for number in here[:3]), sympy.Gt(here[3], 0), sympy.Le(here[3], 1))
RANGE = (sympy.Ge(i, 0), sympy.Le(i, blocks - 1))
IN_FRONT = sympy.Eq(realized(i), Expectation(Norm(apart) ** 2))


def read_at(relation: Boolean) -> Boolean:
    """An assumption on the blocks at block i + 1."""
    found: Boolean = relation.subs(AT_BLOCK, simultaneous=True)
    return found


HYPOTHESIS = sympy.Le(realized(i), bound(i))
STARTS = (
    *(sympy.Eq(realized(0), 0), sympy.Eq(bound(0), 0)),
    *(sympy.Eq(error_network, realized(blocks)), sympy.Eq(bound_network, bound(blocks))),
)
GROWS = read_at(GROWTH.relation)
BLOCK_STEP = sympy.Or(sympy.Not(HYPOTHESIS), sympy.Le(realized(i + 1), bound(i + 1)))


NEXT_BOUND = read_at(BOUNDS.relation)
BLOCKS = (
    Step("errors", "errors and bounds behind the blocks; none in front of the first", "let", sympy.And(*STARTS)),
    Step("block", "let i be a block before the last, or the input", "let", sympy.And(*RANGE)),
    Step(
        "next-block",
        "what is said of the block behind it",
        "let",
        sympy.And(*SIGNS, IN_FRONT, GROWS, NEXT_BOUND),
        cites=("block", "growth", "bounds"),
    ),
    Step(
        "block-step",
        "an error within its bound stays within it over a block",
        "smt",
        BLOCK_STEP,
        (*SIGNS, IN_FRONT, GROWS, NEXT_BOUND),
        ("next-block",),
    ),
    Step(
        "induction",
        "so it is at the last block",
        "finite-induction",
        HYPOTHESIS.subs(i, blocks),
        given=STARTS[:2],
        cites=("errors", "block-step"),
        data={
            **{"variable": i, "start": sympy.Integer(0), "until": blocks},
            **{"hypothesis": HYPOTHESIS, "recursion": (BLOCK_STEP,)},
        },
    ),
    Step(
        "error",
        "which is the network's output",
        "smt",
        ERROR.relation,
        (HYPOTHESIS.subs(i, blocks), *STARTS[2:]),
        ("induction", "errors"),
    ),
)
# The outputs and the label.
output, output_compressed, label = sympy.symbols("Phi Phihat y")
APART, DENSE, COMPRESSED = Norm(output_compressed - output), Norm(output - label), Norm(output_compressed - label)
SQUARED = APART**2 + 2 * APART * DENSE + DENSE**2
MEANINGS = (
    sympy.Eq(loss_dense, Expectation(DENSE**2)),
    sympy.Eq(loss_compressed, Expectation(COMPRESSED**2)),
    sympy.Eq(error_network, Expectation(APART**2)),
)
TRIANGLE = sympy.Le(COMPRESSED, APART + DENSE)
IN_THE_MEAN = sympy.Le(Expectation(COMPRESSED**2), Expectation(SQUARED))
EXPANDED = sympy.Eq(
    Expectation(SQUARED), Expectation(APART**2) + 2 * Expectation(APART * DENSE) + Expectation(DENSE**2)
)
MIXED = sympy.Le(Expectation(APART * DENSE), sympy.sqrt(Expectation(APART**2)) * sympy.sqrt(Expectation(DENSE**2)))
LOSSES = (
    Step("losses", "losses and error, with the label y", "meaning", sympy.And(*MEANINGS)),
    Step(
        "triangle",
        "||Phi-hat - y|| <= ||Phi-hat - Phi|| + ||Phi - y||",
        "named-lemma",
        TRIANGLE,
        data={"lemma": "triangle", "instance": {"u": output_compressed - output, "v": output - label}},
    ),
    Step("triangle-squared", "squared", "smt", sympy.Le(COMPRESSED**2, SQUARED), (TRIANGLE,), ("triangle",)),
    Step(
        "loss-in-the-mean",
        "in the mean",
        "expectation",
        IN_THE_MEAN,
        (sympy.Le(COMPRESSED**2, SQUARED),),
        ("triangle-squared",),
    ),
    Step("loss-expanded", "summand by summand", "expectation", EXPANDED),
    Step(
        "cauchy-schwarz",
        "Cauchy-Schwarz bounds the mixed summand",
        "named-lemma",
        MIXED,
        data={"lemma": "cauchy-schwarz", "instance": {"X": APART, "Y": DENSE}},
    ),
    Step(
        "loss",
        "the loss in terms of the error",
        "smt",
        LOSS.relation,
        given=(IN_THE_MEAN, EXPANDED, MIXED, *MEANINGS),
        cites=("loss-in-the-mean", "loss-expanded", "cauchy-schwarz", "losses"),
    ),
)
# One weight 1 at the input 1, kept with probability p, then a layer that is left alone: s = 1, B = V = 0.
h, keep = sympy.symbols("h p_1", real=True)
LAW = [(keep, 1 / keep), (1 - keep, sympy.S.Zero)]
CHANCES = (sympy.Gt(keep, 0), sympy.Lt(keep, 1))
MEAN_ERROR = sympy.Eq(Expectation((1 - h) ** 2), (1 - keep) / keep, evaluate=False)
ONE_WEIGHT = (
    Step("one-weight", "let p be between 0 and 1", "let", sympy.And(*CHANCES)),
    Step(
        "one-weight-mean",
        "a weight 1 that is kept with probability p has the mean squared error (1 - p)/p",
        "finite-law",
        MEAN_ERROR,
        CHANCES,
        ("one-weight",),
        data={"law": LAW, "variable": h},
    ),
    Step(
        "one-weight-pruned",
        "with no nonzero draw allowed the error is 1, and the next layer's bound, taken from the mean, (1 - p)/p",
        "smt",
        sympy.Le(1, (1 - keep) / keep),
        CHANCES,
        ("one-weight", "one-weight-mean"),
        refutes="claim",
    ),
)
PROOFS = {
    ("sharp-network", "printed"): (*ONE_WEIGHT, *LOSSES),
    ("sharp-network", "corrected"): (*BLOCKS, *LOSSES),
}
