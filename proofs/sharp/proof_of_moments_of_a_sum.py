"""Moments of a sum: one more term changes them by the binomial theorem, and the cumulants by those of the term."""

import sympy

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .in_the_mean import linear
from .moments_of_a_sum import CENTRED, CLAIMS, INDEPENDENT, partial, sum_2, sum_3, sum_4, sum_6, term, terms
from .notation import fourth_moment, sixth_moment, third_moment, v

j = sympy.Symbol("j", integer=True)
size = sympy.Symbol("c", real=True)
ORDERS = (1, 2, 3, 4, 6)
MOMENT = {n: sympy.Function(f"M_{n}", real=True) for n in ORDERS}
SUM = {n: sympy.Function(f"S_{n}", real=True) for n in (2, 3, 4, 6)}
TERM = {n: sympy.Function(f"T_{n}", real=True) for n in (2, 3, 4, 5, 6)}
OF_TERM = {n: function(j) for n, function in TERM.items()}
CUMULANT = {
    2: OF_TERM[2],
    3: OF_TERM[3],
    4: OF_TERM[4] - 3 * OF_TERM[2] ** 2,
    6: OF_TERM[6] - 15 * OF_TERM[4] * OF_TERM[2] - 10 * OF_TERM[3] ** 2 + 30 * OF_TERM[2] ** 3,
}
ENDS = {2: (v, sum_2), 3: (third_moment, sum_3), 4: (fourth_moment, sum_4), 6: (sixth_moment, sum_6)}
START = sympy.And(*(sympy.Eq(f(0), 0) for f in (*MOMENT.values(), *SUM.values())))
END = sympy.And(
    *(sympy.Eq(end[0], MOMENT[n](terms)) for n, end in ENDS.items()),
    *(sympy.Eq(end[1], SUM[n](terms)) for n, end in ENDS.items()),
)
NOW = sympy.And(*(sympy.Eq(MOMENT[n](j), Expectation(partial**n)) for n in ORDERS))
NEXT = sympy.And(*(sympy.Eq(MOMENT[n](j + 1), Expectation((partial + term) ** n)) for n in ORDERS))
OF_TERMS = sympy.And(*(sympy.Eq(OF_TERM[n], Expectation(term**n)) for n in TERM))
SUMS = sympy.And(*(sympy.Eq(SUM[n](j + 1), SUM[n](j) + CUMULANT[n]) for n in SUM))
LAW = {"law": [(sympy.Rational(1, 2), size), (sympy.Rational(1, 2), -size)], "variable": partial}


def _hypothesis(n: sympy.Expr) -> sympy.Basic:
    """All moments of a partial sum by its sums of cumulants."""
    second, third, fourth, sixth = (SUM[order](n) for order in SUM)
    return sympy.And(
        sympy.Eq(MOMENT[1](n), 0),
        sympy.Eq(MOMENT[2](n), second),
        sympy.Eq(MOMENT[3](n), third),
        sympy.Eq(MOMENT[4](n), 3 * second**2 + fourth),
        sympy.Eq(MOMENT[6](n), 15 * second**3 + 15 * second * fourth + 10 * third**2 + sixth),
    )


def _expanded(n: int) -> sympy.Expr:
    return sympy.Add(*(sympy.binomial(n, i) * Expectation(partial**i * term ** (n - i)) for i in range(n + 1)))


def _recursion(n: int) -> sympy.Eq:
    """The moment with one more term."""
    mixed = (sympy.binomial(n, i) * MOMENT[i](j) * OF_TERM[n - i] for i in range(1, n - 1))
    alone = (MOMENT[n](j), OF_TERM[n] if n > 1 else sympy.S.Zero)
    return sympy.Eq(MOMENT[n](j + 1), sympy.Add(*alone, *mixed))


def _one_more(n: int) -> tuple[Step, ...]:
    expanded = linear(f"power-{n}", "multiplied out", (partial + term) ** n, {}, _expanded(n))
    return (
        expanded,
        Step(
            f"moment-{n}",
            "means of products are products of means",
            "smt",
            _recursion(n),
            (NOW, NEXT, OF_TERMS, expanded.conclusion, INDEPENDENT.relation, CENTRED.relation),
            ("one-more-term", f"power-{n}", "independent-terms", "centred"),
        ),
    )


# With one of two equal entries kept the other's term is the first one's negative.
DEPENDENT = Step(
    "independent-terms",
    "means of products of terms are products of means, also where exactly one of two equal entries is kept",
    "written-out",
    INDEPENDENT.relation,
    refutes="claim",
    data={"sizes": ((),), "instance": lambda: [({term: -partial}, ())], "by": ("finite-law", LAW)},
)
SETTING = (
    Step(
        "sums",
        "M_n(j) is the n-th moment of the sum of j terms, S_n(j) the sum of their cumulants",
        "let",
        sympy.And(START, END),
    ),
    Step("term", "let a term be the next after j others", "let", sympy.And(sympy.Ge(j, 0), sympy.Le(j, terms - 1))),
    Step(
        "one-more-term",
        "t, of moments T_n, after the sum X of those before it",
        "let",
        sympy.And(NOW, NEXT, OF_TERMS, SUMS),
    ),
)
# Without the term's own moments, which are others for every j.
CARRIES_ON = sympy.Or(sympy.Not(_hypothesis(j)), _hypothesis(j + 1))


def steps(variant: str) -> tuple[Step, ...]:
    factors = Step(
        "independent-terms",
        "as the terms are independent",
        "smt",
        INDEPENDENT.relation,
        (INDEPENDENT.relation,),
        ("independent",),
    )
    return (
        *SETTING,
        factors if variant == "corrected" else DEPENDENT,
        *(step for n in ORDERS for step in _one_more(n)),
        Step(
            "carries-on",
            "if the moments are as claimed before the term, they are so with it",
            "smt",
            CARRIES_ON,
            (*(_recursion(n) for n in ORDERS), SUMS),
            ("one-more-term", *(f"moment-{n}" for n in ORDERS)),
        ),
        Step(
            "all-terms",
            "cumulants of sums are sums of cumulants",
            "finite-induction",
            _hypothesis(terms),
            (START,),
            ("sums", "carries-on"),
            data={
                "variable": j,
                "start": sympy.Integer(0),
                "until": terms,
                "hypothesis": _hypothesis(j),
                "recursion": (CARRIES_ON,),
            },
        ),
        *(
            Step(
                claim.id, "which is the claim", "smt", claim.relation, (_hypothesis(terms), END), ("all-terms", "sums")
            )
            for claim in CLAIMS
        ),
    )


PROOFS = {("sharp-moments-of-a-sum", variant): steps(variant) for variant in ("printed", "corrected")}
