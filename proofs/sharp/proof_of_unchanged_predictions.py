"""Unchanged predictions: a change of the largest output needs a change of both, and few samples can have one."""

import sympy

from boundcheck.core.step import Step

from .notation import error
from .unchanged_predictions import COUNT, MARGIN, OTHER_WINS, change, gap, least, samples

# The dense network's outputs o_i, the largest, and o_j; their changes; the other outputs' squared changes.
largest, other, by_largest, by_other, rest = sympy.symbols("o_i o_j Delta_i Delta_j rest", real=True)
SQUARES = sympy.Eq(change, by_largest**2 + by_other**2 + rest)
SAMPLE = (
    sympy.Le(gap, largest - other),
    sympy.Eq(OTHER_WINS.relation.lhs, other + by_other - largest - by_largest),
)
# The same at sample s: its squared change q, and m, which is d^2/2 where the prediction changes, else 0.
s = sympy.Symbol("s", integer=True)
sums, margins = sympy.symbols("sum margins", cls=sympy.Function, real=True)
q, m, d, first, second, by_first, by_second, others = sympy.symbols("q m d_s o_s o'_s D_s D'_s rest_s", real=True)
ENDS = (
    *(sympy.Eq(sums(0), 0), sympy.Eq(margins(0), 0)),
    *(sympy.Eq(sums(samples), samples * error), sympy.Le(least, margins(samples))),
)
OWN = (sympy.Ge(others, 0), sympy.Eq(q, by_first**2 + by_second**2 + others))
CHANGES = sympy.And(
    *(sympy.Eq(m, d**2 / 2), sympy.Ge(d, 0), sympy.Le(d, first - second)),
    sympy.Ge(second + by_second, first + by_first),
)
NEXT = (sympy.Eq(sums(s + 1), sums(s) + q), sympy.Eq(margins(s + 1), margins(s) + m))
EITHER = sympy.Or(sympy.Eq(m, 0), CHANGES)
GROWS = sympy.Le(margins(s + 1) - margins(s), sums(s + 1) - sums(s))
PROOFS = {
    ("sharp-unchanged-predictions", "printed"): (
        Step(
            "sample",
            "the change at a sample, in the largest output, another one and the rest",
            "let",
            sympy.And(SQUARES, sympy.Ge(rest, 0)),
        ),
        Step("outputs", "the two outputs, at least d apart before", "meaning", sympy.And(*SAMPLE)),
        Step(
            "margin",
            "both change together by at least d, so their squares add up to at least d^2/2",
            "smt",
            MARGIN.relation,
            (SQUARES, sympy.Ge(rest, 0), *SAMPLE, OTHER_WINS.relation),
            ("sample", "outputs", "another-class-wins"),
        ),
        Step(
            "samples",
            "sums over the samples: of the squared changes, and of d^2/2 where the prediction changes, which is at "
            "least the sum of the k least",
            "let",
            sympy.And(*ENDS),
        ),
        Step("index", "let s samples be summed", "let", sympy.And(sympy.Ge(s, 0), sympy.Le(s, samples - 1))),
        Step("next-sample", "the next sample", "let", sympy.And(*OWN, EITHER, *NEXT), cites=("index", "samples")),
        Step(
            "grows",
            "the margins' sum grows by no more than the squared changes'",
            "smt",
            GROWS,
            (*OWN, EITHER, *NEXT),
            ("next-sample",),
        ),
        Step(
            "all-samples",
            "over all samples",
            "finite-induction",
            sympy.Le(margins(samples), sums(samples)),
            given=ENDS[:2],
            cites=("samples", "grows"),
            data={
                **{"variable": s, "start": sympy.Integer(0), "until": samples},
                **{"hypothesis": sympy.Le(margins(s), sums(s)), "recursion": (GROWS,)},
            },
        ),
        Step(
            "count",
            "which add up to N times the mean",
            "smt",
            COUNT.relation,
            (sympy.Le(margins(samples), sums(samples)), *ENDS[2:]),
            ("all-samples", "samples"),
        ),
    )
}
