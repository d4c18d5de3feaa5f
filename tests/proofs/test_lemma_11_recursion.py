"""Lemma 11 on random sequences that meet its hypothesis, and on the fastest growing one."""

import random
from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module
from statement_formulas import assumption, claim

from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

module = proof_module("lemma_11_recursion_of_increments")
HYPOTHESIS, CLAIM = assumption("lemma-11", "increment"), claim("lemma-11", "increment")


def sequence(start: Fraction, u: Fraction, v: Fraction, steps: list[Fraction]) -> list[Fraction]:
    """Each step moves by that share (in [-1, 1]) of the largest increment allowed, and never below zero."""
    numbers = [start]
    for step in steps:
        numbers.append(max(numbers[-1] + step * (u * numbers[-1] + v), Fraction(0)))
    return numbers


def verdicts(relation: sympy.Basic, numbers: list[Fraction], u: Fraction, v: Fraction) -> set[Verdict]:
    """The relation at every increment of a sequence."""
    common = {module.n: len(numbers) - 1, module.u: u, module.v: v, module.a_0: numbers[0]}
    return {
        decide(relation, {**common, module.a_index: here, module.increment: abs(here - there)})
        for here, there in zip(numbers[:-1], numbers[1:], strict=True)
    }


PARAMETERS = [
    (Fraction(0), Fraction(1, 10), Fraction(1)),
    (Fraction(5), Fraction(2), Fraction(1, 100)),
    (Fraction(1), Fraction(1, 1000), Fraction(1, 1000)),
]


@pytest.mark.parametrize(("start", "u", "v"), PARAMETERS)
@pytest.mark.parametrize("count", [1, 2, 10, 60])
def test_increments_stay_below_the_exponential(start: Fraction, u: Fraction, v: Fraction, count: int) -> None:
    generator = random.Random(count)
    random_steps = [Fraction(generator.randint(-10, 10), 10) for _ in range(count)]
    for steps in ([Fraction(1)] * count, [Fraction(-1)] * count, random_steps):
        numbers = sequence(start, u, v, steps)
        assert verdicts(HYPOTHESIS, numbers, u, v) == {Verdict.HOLDS}
        assert verdicts(CLAIM, numbers, u, v) == {Verdict.HOLDS}


@pytest.mark.parametrize(
    "right",
    [
        module.u * module.a_0 + module.v,
        sympy.exp(module.n * module.u / 2) * (module.u * module.a_0 + module.v),
        sympy.exp(module.n * module.u) * module.u * module.a_0,
        sympy.exp(module.n * module.u) * module.v,
    ],
    ids=["no growth", "half the rate", "no absolute part", "no relative part"],
)
def test_a_planted_fault_is_found(right: sympy.Expr) -> None:
    mutated = sympy.Le(CLAIM.lhs, right)
    cases = [(sequence(start, u, v, [Fraction(1)] * 20), u, v) for start, u, v in PARAMETERS]
    tenth = Fraction(1, 10)
    cases.append((sequence(Fraction(50), tenth, tenth, [Fraction(1)]), tenth, tenth))
    assert any(Verdict.FAILS in verdicts(mutated, *case) for case in cases)
