"""Lemma 12, corrected: all realizations of few coins are enumerated, for random functions and for the hardest one."""

import itertools
import random
from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module
from statement_formulas import assumption, claim

import boundcheck.exact.registered  # noqa: F401  (evaluates BinomialCdf and LeastDraws)
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

module = proof_module("lemma_12_sparse_realization_near_the_mean")
MEAN, TAIL = assumption("lemma-12", "mean", "corrected"), assumption("lemma-12", "tail", "corrected")
VALUE, HEADS = claim("lemma-12", "value", "corrected"), claim("lemma-12", "heads", "corrected")
Coins = tuple[int, ...]
Realizations = dict[Coins, Fraction]

PROBABILITIES = [Fraction(1, 10), Fraction(1, 2), Fraction(7, 10), Fraction(99, 100)]
SLACKS = [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]
PARAMETERS = list(itertools.product(PROBABILITIES, SLACKS, SLACKS))


def coins(n: int, p: Fraction) -> Realizations:
    """All realizations of n coins with their probabilities."""
    return {b: p ** sum(b) * (1 - p) ** (n - sum(b)) for b in itertools.product((0, 1), repeat=n)}


def mean(function: Realizations, probabilities: Realizations) -> Fraction:
    return sum((function[b] * probabilities[b] for b in function), Fraction(0))


def random_function(probabilities: Realizations, generator: random.Random) -> Realizations:
    """Nonnegative with mean one, often zero."""
    function = {b: Fraction(generator.choice([0, 1, generator.randint(0, 99)])) for b in probabilities}
    average = mean(function, probabilities)
    return {b: value / average if average else value for b, value in function.items()}


def hardest_function(probabilities: Realizations, sparse: set[Coins]) -> Realizations:
    """Mean one, all of it on the sparse realizations, where it is constant."""
    weight = sum((probabilities[b] for b in sparse), Fraction(0))
    return {b: 1 / weight if b in sparse else Fraction(0) for b in probabilities}


class Instance:
    """n coins with the lemma's parameters, and which realizations are sparse by the lemma's own claim."""

    def __init__(self, n: int, p: Fraction, gamma: Fraction, epsilon: Fraction, heads: sympy.Basic = HEADS) -> None:
        self.parameters = {module.n: n, module.p: p, module.gamma: gamma, module.epsilon: epsilon}
        self.probabilities = coins(n, p)
        enough = {h for h in range(n + 1) if self.decide(heads, {module.heads: h}) is Verdict.HOLDS}
        self.sparse = {b for b in self.probabilities if sum(b) in enough}

    def decide(self, relation: sympy.Basic, more: dict[sympy.Symbol, Fraction | int] | None = None) -> Verdict:
        return decide(relation, self.parameters | (more or {}))

    def realized(self, function: Realizations, value: sympy.Basic = VALUE) -> bool:
        """Whether some sparse realization has a value as claimed, for a function that meets the assumption."""
        assert self.decide(MEAN, {module.mean: mean(function, self.probabilities)}) is Verdict.HOLDS
        least = min(function[b] for b in self.sparse)
        return self.decide(value, {module.value: least}) is Verdict.HOLDS

    def hardest(self) -> Realizations:
        return hardest_function(self.probabilities, self.sparse)


def instances(sizes: range, heads: sympy.Basic = HEADS) -> list[Instance]:
    return [Instance(n, *parameters, heads) for n in sizes for parameters in PARAMETERS]


def test_where_the_tail_is_small_a_realization_exists() -> None:
    generator = random.Random(12)
    applicable = [i for i in instances(range(1, 7)) if i.decide(TAIL) is Verdict.HOLDS]
    assert len(applicable) > 50
    for instance in applicable:
        assert instance.realized(instance.hardest())
        for _ in range(3):
            assert instance.realized(random_function(instance.probabilities, generator))


def test_ten_coins() -> None:
    applicable = [i for i in instances(range(10, 11)) if i.decide(TAIL) is Verdict.HOLDS]
    assert applicable and all(instance.realized(instance.hardest()) for instance in applicable)


def test_the_tail_condition_is_exactly_what_the_hardest_function_needs() -> None:
    """Where it fails, that function has no such realization: the corrected lemma cannot be weakened."""
    for instance in instances(range(1, 7)):
        assert instance.realized(instance.hardest()) == (instance.decide(TAIL) is Verdict.HOLDS)


def test_from_the_least_number_on_every_number_of_coins_meets_the_tail() -> None:
    """LeastDraws, the printed n_0 made explicit: it passes from there on, and fails just before."""
    least = module.STATEMENT.variant("corrected").definitions[module.n_0]
    for p, gamma, epsilon in PARAMETERS:
        if p * (1 + gamma) >= 1 or gamma < Fraction(1, 2):
            continue
        at = {module.p: p, module.gamma: gamma, module.epsilon: epsilon}
        reached = {n: decide(sympy.Ge(module.n, least), {**at, module.n: n}) for n in range(1, 200)}
        met = {n: decide(TAIL, {**at, module.n: n}) for n in reached}
        first = min(n for n, verdict in reached.items() if verdict is Verdict.HOLDS)
        assert all(met[n] is Verdict.HOLDS for n in reached if n >= first)
        assert first == 1 or met[first - 1] is Verdict.FAILS


@pytest.mark.parametrize(
    ("tail", "value", "heads"),
    [
        (sympy.Le(TAIL.lhs, module.epsilon), VALUE, HEADS),
        (TAIL, sympy.Le(VALUE.lhs, 1 + module.epsilon / 2), HEADS),
        (TAIL, VALUE, sympy.Lt(HEADS.lhs, module.n * module.p)),
    ],
    ids=["tail at most epsilon", "half the slack", "fewer heads than expected"],
)
def test_a_planted_fault_is_found(tail: sympy.Basic, value: sympy.Basic, heads: sympy.Basic) -> None:
    def wrong(instance: Instance, function: Callable[[], Realizations]) -> bool:
        return instance.decide(tail) is Verdict.HOLDS and not (instance.sparse and instance.realized(function(), value))

    assert any(wrong(instance, instance.hardest) for instance in instances(range(1, 8), heads))
