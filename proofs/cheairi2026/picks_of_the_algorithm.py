"""The score that the proofs minimize, a mean over all earlier draws, against Algorithm 1's, of the present network.

In one layer the score does not depend on the earlier draws. In two layers it does: one input x = 1, W_1 = (1, 1)^T,
W_2 = (1, 1), phi(z) = z/(2 (1 + z^2)), which meets (7)-(9), and every weight is replaced by 0 or 2, each with
probability 1/2. The first weight is drawn already; the score is that of the second.
"""

from collections.abc import Iterator

import sympy

from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Step

from .proposition_20_one_layer_independent_entries import h, mean, weight

earlier, entry, drawn = sympy.symbols("r x_j h_1", real=True)
VALUES = (sympy.Integer(0), sympy.Integer(2))


def phi(z: sympy.Expr) -> sympy.Expr:
    """Bounded slope 1/2 and curvature below 1."""
    return z / (2 * (1 + z**2))


def score(first_draw: sympy.Expr) -> sympy.Expr:
    """|E_h Psi(h_1, h) - Psi(h_1, 1)| at a first draw."""
    residual = phi(sympy.Integer(1)) - phi(first_draw)
    after = sum((residual + phi(sympy.Integer(1)) - phi(value)) ** 2 for value in VALUES) / len(VALUES)
    return sympy.Abs(after - residual**2)


AVERAGED = sympy.Abs(
    sum(
        sum((phi(sympy.Integer(1)) - phi(f) + phi(sympy.Integer(1)) - phi(v)) ** 2 for v in VALUES) / len(VALUES)
        - (phi(sympy.Integer(1)) - phi(f)) ** 2
        for f in VALUES
    )
    / len(VALUES)
)


def _first_draws() -> Iterator[dict[sympy.Symbol, sympy.Integer]]:
    for value in VALUES:
        yield {drawn: value}


ONE_LAYER_SCORE = Step(
    "score-of-the-algorithm",
    "where the earlier draws leave r, the score is Var(h) x_j^2, without r: Algorithm 1's pick is the proof's",
    "expectation",
    sympy.Eq(Expectation((earlier + (weight - h) * entry) ** 2) - earlier**2, Variance(h) * entry**2, evaluate=False),
    given=(sympy.Eq(mean, weight),),
    cites=("unbiased",),
    data={"means": {h: weight}, "fixed": [earlier, entry]},
)
TWO_LAYER_SCORE = Step(
    "score-of-the-algorithm",
    "whatever the first draw was, the score of the present network is that averaged over the first draw",
    "enumeration",
    sympy.Eq(score(drawn), AVERAGED, evaluate=False),
    data={"instances": _first_draws, "size": "the two first draws"},
    equation="Algorithm 1",
)
