"""Lemma 12's proof: the least value among the sparse realizations, weighted with their probability, is below the mean.

f is the value at random coins, and few the indicator that at most (1 + gamma) n p of them are nonzero.
"""

import sympy

from boundcheck.core.functions import BinomialCdf
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .lemma_12_sparse_realization_near_the_mean import HEADS, HEADS_COUNT, MEAN, TAIL, VALUE, heads, mean, n, value
from .notation import allowed_nonzeros, epsilon, gamma, n_0, p

f, few, nonzero, c = sympy.symbols("f few nonzero c", real=True)
PROBABILITY = BinomialCdf(allowed_nonzeros(n), n, p)
SMALL_TAIL = sympy.Le(TAIL, epsilon / (1 + epsilon))
INDICATOR = sympy.Or(sympy.Eq(few, 0), sympy.Eq(few, 1))
LEAST = sympy.Or(sympy.Eq(few, 0), sympy.Le(value, f))
WEIGHTED = sympy.Eq(Expectation(value * few), value * Expectation(few), evaluate=False)

CHOSEN = Step(
    "least-of-the-sparse",
    "of the realizations with few nonzero coins, one of which has none at all, let one have the least value; the "
    "number of nonzero coins is binomial",
    "let",
    sympy.And(
        sympy.Eq(mean, Expectation(f)),
        sympy.Ge(f, 0),
        INDICATOR,
        sympy.Eq(Expectation(few), PROBABILITY),
        LEAST,
        sympy.Eq(heads, nonzero),
        sympy.Le(nonzero, allowed_nonzeros(n)),
    ),
)
# Print leaves c open: what it uses of it is one of Chernoff's bounds, which hold with c = 1/3.
CONCENTRATION = (
    Step(
        "threshold",
        "let c be the constant of the concentration inequality, and n_0 so large that its bound is at most "
        "epsilon/(1 + epsilon) there",
        "let",
        sympy.And(sympy.Gt(c, 0), sympy.Le(sympy.exp(-c * gamma**2 * n_0 * p), epsilon / (1 + epsilon))),
    ),
    Step(
        "concentration",
        "more than (1 + gamma) n p nonzero coins have probability at most exp(-c gamma^2 n p)",
        "citation",
        sympy.Le(TAIL, sympy.exp(-c * gamma**2 * n * p)),
        cites=("threshold",),
        data={
            "source": "Mitzenmacher and Upfal 2017, Theorem 4.4 (2), with c = 1/3; print leaves c open",
            "takes": "the binomial's exponential moment by induction over n, and Markov's inequality",
        },
    ),
    Step(
        "from-the-threshold-on",
        "which falls with n",
        "monotone-substitution",
        sympy.Le(TAIL, sympy.exp(-c * gamma**2 * n_0 * p)),
        given=(
            sympy.Le(TAIL, sympy.exp(-c * gamma**2 * n * p)),
            sympy.Ge(n, n_0),
            sympy.Gt(c, 0),
        ),
        cites=("concentration", "draws", "threshold"),
        data={"expression": sympy.exp(-c * gamma**2 * n * p), "replace": {n: (n, n_0)}},
    ),
    Step(
        "small-tail",
        "so the tail is at most epsilon/(1 + epsilon)",
        "smt",
        SMALL_TAIL,
        given=(
            sympy.Le(TAIL, sympy.exp(-c * gamma**2 * n_0 * p)),
            sympy.Le(sympy.exp(-c * gamma**2 * n_0 * p), epsilon / (1 + epsilon)),
        ),
        cites=("from-the-threshold-on", "threshold"),
    ),
)


def realized(tail: str, heads_claim: sympy.Basic) -> tuple[Step, ...]:
    """Both claims from the tail, which the step or assumption named ``tail`` gives."""
    return (
        Step(
            "within",
            "few nonzero coins have probability at least 1/(1 + epsilon)",
            "smt",
            sympy.Ge(Expectation(few), 1 / (1 + epsilon)),
            given=(SMALL_TAIL, sympy.Eq(Expectation(few), PROBABILITY)),
            cites=(tail, "least-of-the-sparse"),
        ),
        Step(
            "pointwise",
            "the least value times the indicator is at most f at every realization",
            "smt",
            sympy.Le(value * few, f),
            given=(INDICATOR, LEAST, sympy.Ge(f, 0)),
            cites=("least-of-the-sparse",),
        ),
        Step(
            "in-the-mean",
            "so in the mean",
            "expectation",
            sympy.Le(Expectation(value * few), Expectation(f)),
            given=(sympy.Le(value * few, f),),
            cites=("pointwise",),
        ),
        Step(
            "least-value-out",
            "the least value is not random",
            "expectation",
            WEIGHTED,
        ),
        Step(
            "value",
            "the least value is at most the mean over the probability",
            "smt",
            VALUE.relation,
            given=(
                sympy.Ge(Expectation(few), 1 / (1 + epsilon)),
                sympy.Le(Expectation(value * few), Expectation(f)),
                WEIGHTED,
                sympy.Eq(mean, Expectation(f)),
                MEAN.relation,
            ),
            cites=("within", "in-the-mean", "least-value-out", "mean"),
        ),
        Step(
            "heads",
            "and that realization has few nonzero coins",
            "smt",
            heads_claim,
            given=(sympy.Eq(heads, nonzero), sympy.Le(nonzero, allowed_nonzeros(n))),
            cites=("least-of-the-sparse",),
        ),
    )


PROOFS = {
    ("lemma-12", "printed"): (*CONCENTRATION, CHOSEN, *realized("small-tail", HEADS.relation)),
    ("lemma-12", "corrected"): (CHOSEN, *realized("tail", HEADS_COUNT.relation)),
}
