"""How many predictions a small mean squared error can change."""

import sympy

from boundcheck.core.operators import Named
from boundcheck.core.statement import Assumption, Claim, Kind, Sense, Source, Statement, Variable, Variant

from .notation import NONNEGATIVE_REALS, POSITIVE_INTEGERS, error

gap = sympy.Symbol("d", nonnegative=True)
change = Named("||Delta||^2", r"\left\| \Delta \right\|^{2}", nonnegative=True)
samples = sympy.Symbol("N", integer=True, positive=True)
changed = sympy.Symbol("k", integer=True, nonnegative=True)
least = Named("S_k", "S_k", nonnegative=True)
OTHER_WINS = Assumption(
    "another-class-wins",
    sympy.Ge(Named("o_j - o_i", r"\hat o_j - \hat o_i", real=True), 0),
    "behind the compressed network some class is at least as large as the dense network's",
    only_for=("margin",),
)
MARGIN = Claim(
    "margin",
    Sense.LOWER,
    sympy.Ge(change, gap**2 / 2),
    "squared change of the outputs where the prediction changes",
)
COUNT = Claim(
    "count",
    Sense.UPPER,
    sympy.Le(least, samples * error),
    "the sum of the k least d^2/2, where k predictions change: so k is at most the largest with this",
)

STATEMENT = Statement(
    id="sharp-unchanged-predictions",
    title="Predictions that a small error leaves as they are",
    kind=Kind.LEMMA,
    source=Source("Sharp bounds, predictions", page=3),
    variables=(
        Variable(gap, NONNEGATIVE_REALS, "difference of the dense network's two largest outputs at a sample"),
        Variable(
            OTHER_WINS.relation.lhs, sympy.S.Reals, "how far another class is ahead behind the compressed network"
        ),
        Variable(change, NONNEGATIVE_REALS, "squared distance of the two networks' outputs at the sample"),
        Variable(samples, POSITIVE_INTEGERS, "number of samples"),
        Variable(error, NONNEGATIVE_REALS, "mean squared distance of the outputs over the samples"),
        Variable(changed, sympy.S.Naturals0, "number of samples whose prediction changes"),
        Variable(least, NONNEGATIVE_REALS, "sum of the k least d^2/2 of all samples"),
    ),
    variants={"printed": Variant(assumptions=(OTHER_WINS,), claims=(MARGIN, COUNT))},
)
