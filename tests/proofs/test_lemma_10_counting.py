"""Lemma 10 on random and on extremal finite sequences, in exact rationals."""

import random
from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module
from statement_formulas import claim

from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

module = proof_module("lemma_10_most_are_not_far_above_the_mean")
COUNT = claim("lemma-10", "count")
ASSUMPTIONS = module.STATEMENT.variant("printed").assumptions
ETAS = [Fraction(1), Fraction(10, 9), Fraction(3, 2), Fraction(2), Fraction(7)]


def verdict(relation: sympy.Basic, numbers: list[Fraction], mu: Fraction, eta: Fraction) -> Verdict:
    """The relation at a sequence."""
    return decide(
        relation,
        {
            **{module.size: len(numbers), module.small: sum(1 for a in numbers if a <= eta * mu)},
            **{module.mean: sum(numbers) / len(numbers), module.least: min(numbers), module.mu: mu, module.eta: eta},
        },
    )


def sequences(seed: int) -> list[list[Fraction]]:
    """Random ones, all zero, and the extremal ones: a few equal numbers, the rest zero."""
    generator = random.Random(seed)
    found = [
        [Fraction(generator.choice([0, 0, 1, generator.randint(0, 50)]), 7) for _ in range(generator.randint(1, 12))]
        for _ in range(20)
    ]
    spikes = [[Fraction(1)] * high + [Fraction(0)] * low for high in range(1, 6) for low in range(8)]
    return [*found, *spikes, [Fraction(0)], [Fraction(0)] * 5]


@pytest.mark.parametrize("eta", ETAS, ids=str)
@pytest.mark.parametrize("excess", [Fraction(1), Fraction(5, 4)], ids=["mu is the mean", "mu is more"])
def test_most_numbers_are_not_far_above_the_mean(eta: Fraction, excess: Fraction) -> None:
    for numbers in sequences(seed=3):
        mu = excess * sum(numbers) / len(numbers)
        assert all(verdict(a.relation, numbers, mu, eta) is Verdict.HOLDS for a in ASSUMPTIONS)
        assert verdict(COUNT, numbers, mu, eta) is Verdict.HOLDS


@pytest.mark.parametrize(
    "right", [(1 - 1 / (2 * module.eta)) * module.size, (1 - 1 / module.eta**2) * module.size, module.size]
)
def test_a_planted_fault_is_found(right: sympy.Expr) -> None:
    mutated = sympy.Ge(COUNT.lhs, right)
    cases = [(numbers, sum(numbers) / len(numbers), eta) for numbers in sequences(seed=3) for eta in ETAS]
    assert Verdict.FAILS in {verdict(mutated, *case) for case in cases}


def test_a_bound_below_the_mean_is_not_enough() -> None:
    numbers = [Fraction(1)] * 4
    assert verdict(ASSUMPTIONS[1].relation, numbers, Fraction(1, 4), Fraction(2)) is Verdict.FAILS
    assert verdict(COUNT, numbers, Fraction(1, 4), Fraction(2)) is Verdict.FAILS
