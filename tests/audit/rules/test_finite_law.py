"""Moments of the paper's random draws, for all parameters; planted faults; random laws."""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Abs, Eq, Ge, Interval, Le, Rational, S

from boundcheck.audit.finding import Finding
from boundcheck.audit.rules.finite_law import check
from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide
from proofs.cheairi2026.lemma_8_quantizer_is_unbiased import LOWER_VALUE, UPPER_PROBABILITY, UPPER_VALUE, M, k, w

X = sympy.Symbol("X")
p = sympy.Symbol("p")
Law = list[tuple[sympy.Expr, sympy.Expr]]
Sets = Mapping[sympy.Basic, sympy.Set]
QUANTIZER: Law = [(UPPER_PROBABILITY, UPPER_VALUE), (1 - UPPER_PROBABILITY, LOWER_VALUE)]
QUANTIZER_SETS = {M: Interval.open(0, sympy.oo), k: S.Naturals, w: S.Reals}
IN_RANGE = (Le(Abs(w), M),)
PRUNING: Law = [(p, w / p), (1 - p, S.Zero)]
PRUNING_SETS = {p: Interval.Lopen(0, 1), w: S.Reals}


def replay(conclusion: sympy.Basic, law: Law, sets: Sets, given: tuple[sympy.Basic, ...] = (), **data: Any) -> Finding:
    domains = {symbol: Variable(symbol, domain, "") for symbol, domain in sets.items()}
    step = Step("s", "", "finite-law", conclusion, given, data={"law": law, "variable": X, **data})
    return check(step, domains)


@pytest.mark.parametrize(
    "conclusion",
    [
        Eq(Expectation(X), w),
        Le(Abs(X - w), M / k),
        Le(Variance(X), M**2 / (4 * k**2)),
        Le(Expectation((X - w) ** 2), M**2 / k**2),
    ],
    ids=str,
)
def test_lemma_8_for_every_number_of_levels(conclusion: sympy.Basic) -> None:
    assert replay(conclusion, QUANTIZER, QUANTIZER_SETS, IN_RANGE).status is Status.PROVED


@pytest.mark.parametrize(
    "conclusion",
    [
        Eq(Expectation(X), 2 * w),
        Eq(Expectation(X), -w),
        Le(Abs(X - w), M / (2 * k)),
        Le(Expectation((X - w) ** 2), M**2 / (5 * k**2)),
        Le(Expectation((X - w) ** 2), M / (4 * k**2)),
    ],
    ids=str,
)
def test_planted_faults_of_lemma_8_have_a_witness(conclusion: sympy.Basic) -> None:
    found = replay(conclusion, QUANTIZER, QUANTIZER_SETS, IN_RANGE)
    assert found.status is Status.REFUTED
    values = {symbol: Fraction(found.witness[str(symbol)]) for symbol in QUANTIZER_SETS}
    assert values[M] > 0 and abs(values[w]) <= values[M] and values[k].denominator == 1 <= values[k]


@pytest.mark.parametrize(
    ("conclusion", "status"),
    [
        (Eq(Expectation(X), w), Status.PROVED),
        (Eq(Variance(X), (1 - p) / p * w**2), Status.PROVED),
        (Eq(Variance(X), (1 - p) / p**2 * w**2), Status.REFUTED),
        (Eq(Variance(X), -(1 - p) / p * w**2), Status.REFUTED),
        (Le(Variance(X), (1 - p) * w**2), Status.REFUTED),
    ],
    ids=str,
)
def test_the_pruning_draw(conclusion: sympy.Basic, status: Status) -> None:
    assert replay(conclusion, PRUNING, PRUNING_SETS).status is status


def test_delta_of_proposition_22() -> None:
    moment = sympy.Symbol("Delta")
    law: Law = [(p, (1 - p) / p), (1 - p, S.One)]
    right, wrong = Eq(moment, (1 - p) / p), Eq(moment, ((1 - p) / p) ** 2)
    assert replay(right, law, PRUNING_SETS, moment={moment: X**2}).status is Status.PROVED
    assert replay(wrong, law, PRUNING_SETS, moment={moment: X**2}).status is Status.REFUTED


def test_without_its_range_the_quantizer_leaves_it() -> None:
    """Dropped hypothesis |w| <= M: the values no longer lie in [-M, M]."""
    claim = Le(Abs(X), M)
    assert replay(claim, QUANTIZER, QUANTIZER_SETS).status is Status.REFUTED


@pytest.mark.parametrize(
    ("law", "sets"),
    [
        ([(p, S.One), (1 - p, S.Zero)], {p: Interval(0, 2)}),  # a negative probability
        ([(p, S.One), (p, S.Zero)], {p: Interval(0, 1)}),  # they do not add up to 1
        ([(p, S.One), (1 - p, S.Zero)], {}),
    ],
    ids=["negative", "sum", "no domain"],
)
def test_what_is_no_law_proves_nothing(law: Law, sets: Sets) -> None:
    found = replay(Eq(Expectation(X), Expectation(X), evaluate=False), law, sets)
    assert found.status is Status.UNKNOWN
    assert "probabilities" in found.note


def test_values_of_probability_zero_do_not_count() -> None:
    law: Law = [(S.One, S.One), (S.Zero, S(7))]
    assert replay(Le(X, 2), law, {}).status is Status.PROVED
    assert replay(Le(X, 2), [(S.Half, S.One), (S.Half, S(7))], {}).status is Status.REFUTED


@pytest.mark.parametrize("seed", range(25))
def test_random_laws_never_get_the_wrong_status(seed: int) -> None:
    generator = random.Random(seed)
    weights = [generator.randint(0, 4) for _ in range(3)]
    total = sum(weights) or 1
    weights[0] += 0 if sum(weights) else 1
    values = [generator.randint(-3, 3) for _ in range(3)]
    law: Law = [(Rational(weight, total), value * w) for weight, value in zip(weights, values, strict=True)]
    second = sum(Fraction(weight, total) * value**2 for weight, value in zip(weights, values, strict=True))
    factor = generator.randint(0, 9)
    claim = Le(Expectation(X**2), factor * w**2, evaluate=False)
    found = replay(claim, law, {w: S.Reals})
    assert found.status is (Status.PROVED if second <= factor else Status.REFUTED)
    if found.status is Status.REFUTED:
        value = Fraction(found.witness["w"])
        exact = Rational(second.numerator, second.denominator)
        assert decide(Ge(factor * w**2, exact * w**2, evaluate=False), {w: value}) is Verdict.FAILS
