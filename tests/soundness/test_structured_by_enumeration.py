"""Propositions 24 and 25 against exact enumeration of tiny matrices, and planted faults that this must catch."""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np
import pytest
import sympy
from enumeration import ball
from flint import arb
from structured_enumeration import Blocks, Matrix, Truth, enumerate_blocks, random_problems, tight_problems

from boundcheck.core.statement import Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, less_equal
from boundcheck.exact.evaluate import evaluate, exact_value
from boundcheck.exact.operator_norm import operator_norm
from boundcheck.library import library

Case = tuple[Blocks, Truth]
Change = Callable[[str, sympy.Expr], sympy.Expr]


def unchanged(name: str, term: sympy.Expr) -> sympy.Expr:
    return term


def corrected(problem: Blocks) -> Variant:
    return library().find("proposition-24" if problem.W2 is None else "proposition-25").variant("corrected")


def norm(matrix: Matrix) -> arb:
    """Upper end of the operator norm; the entries are dyadic, so floats hold them exactly."""
    floats = np.array([[float(entry) for entry in row] for row in matrix])
    assert all(Fraction(f) == entry for f, entry in zip(floats.flat, (e for row in matrix for e in row), strict=True))
    return operator_norm(floats).upper()


def largest_block(matrix: Matrix, k: int) -> arb:
    norms = [
        norm(tuple(row[j : j + k] for row in matrix[i : i + k]))
        for i in range(0, len(matrix), k)
        for j in range(0, len(matrix[0]), k)
    ]
    return max(norms)


def numbers(problem: Blocks) -> dict[str, Number]:
    """What the propositions' symbols stand for, except epsilon."""
    distance = Fraction(0)
    for q, x, y in problem.points:
        distance += q * sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Fraction(0))
    found: dict[str, Number] = {
        **{"n_1": len(problem.W1[0]), "n_2": len(problem.W1), "k": problem.k, "alpha": problem.alpha, "p": problem.p},
        **{"gamma": problem.gamma, "rho": problem.rho, "theta": problem.theta, "E||x - x'||^2": distance},
        **{"sigma_1": norm(problem.W1), "nu_1": largest_block(problem.W1, problem.k)},
    }
    if problem.W2 is not None:
        found |= {"n_3": len(problem.W2), "sigma_2": norm(problem.W2), "nu_2": largest_block(problem.W2, problem.k)}
    return found


def bound(problem: Blocks, epsilon: Fraction, change: Change) -> arb:
    """The error claim's right side, term by term."""
    variant, given = corrected(problem), {**numbers(problem), "epsilon": epsilon}
    terms = [variant.expand(change(t.name, t.expression)) for t in variant.claim("error").terms]
    return sum((evaluate(t, {symbol: given[symbol.name] for symbol in t.free_symbols}) for t in terms), arb(0))


def kept_limit(problem: Blocks) -> int:
    relation, given = corrected(problem).claim("kept").relation, numbers(problem)
    limit = exact_value(relation.rhs, {symbol: given[symbol.name] for symbol in relation.rhs.free_symbols})
    assert isinstance(limit, Fraction) and limit.denominator == 1
    return int(limit)


def least_epsilon(problem: Blocks) -> Fraction:
    """Smallest epsilon whose tail condition holds: q = epsilon/(1 + epsilon), q = P(B > (1 + gamma) p T)."""
    allowed, T, p = math.floor((1 + problem.gamma) * problem.p * problem.draws), problem.draws, problem.p
    tail = sum((math.comb(T, b) * p**b * (1 - p) ** (T - b) for b in range(allowed + 1, T + 1)), Fraction(0))
    return tail / (1 - tail)


def violations(
    cases: Iterable[Case], change: Change = unchanged, factor: bool = True, fewer_kept: int = 0
) -> list[str]:
    """Every claim that enumeration refutes, or does not confirm."""
    wrong = []
    for place, (problem, truth) in enumerate(cases):
        mean = bound(problem, Fraction(0), change)
        for name, value in (("psi", truth.mean_psi), ("pi", truth.mean_pi)):
            if less_equal(ball(value), mean) is not Verdict.HOLDS:
                wrong.append(f"{place}: mean {name}")
        allowed = kept_limit(problem) - fewer_kept
        realized = bound(problem, least_epsilon(problem) if factor else Fraction(0), change)
        sparse = [r.pi for r in truth.realizations if r.kept <= allowed]
        if not any(less_equal(ball(pi), realized) is Verdict.HOLDS for pi in sparse):
            wrong.append(f"{place}: one realization")
    return wrong


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [(problem, enumerate_blocks(problem)) for problem in (*random_problems(20262, 120), *tight_problems())]


def test_the_cases_are_what_the_propositions_speak_of(cases: list[Case]) -> None:
    for problem, truth in cases:
        assert Fraction(1, problem.count) < problem.alpha <= 1 - Fraction(1, problem.count) and problem.draws >= 1
        assert sum(r.probability for r in truth.realizations) == 1 and len(truth.realizations) == 2**problem.draws
    for two_layers in (False, True):
        kinds = {(problem.k, problem.activations) for problem, _ in cases if (problem.W2 is not None) is two_layers}
        assert {1, 2} <= {k for k, _ in kinds} and len({activations for _, activations in kinds}) == 3
    assert sum(isinstance(truth.mean_psi, Fraction) for _, truth in cases) > 60


def test_no_bound_is_below_the_enumerated_truth(cases: list[Case]) -> None:
    assert violations(cases) == []


def test_the_printed_error_claims_are_the_corrected_ones(cases: list[Case]) -> None:
    """Print and correction differ in the draws alone, so what is found here speaks of both."""
    for name in ("proposition-24", "proposition-25"):
        statement = library().find(name)
        assert statement.variant("printed").claim("error") == statement.variant("corrected").claim("error")


def test_a_scaled_block_has_the_variance_of_its_draw() -> None:
    """One layer by hand: one of four equal columns drawn at p = 9/10, x = x' uniform: error (1 - p)/p in a quarter."""
    problem = list(tight_problems())[-1]
    assert problem.draws == 1 and enumerate_blocks(problem).mean_psi == Fraction(1, 36)


@pytest.mark.parametrize(
    ("part", "divisor", "layers"),
    [("second order", 4, 1), ("second order, slope of the activation", 8, 2)],
    ids=["second order", "slope"],
)
def test_a_smaller_second_order_is_caught(cases: list[Case], part: str, divisor: int, layers: int) -> None:
    found = [case for case in cases if (case[0].W2 is not None) == (layers == 2)]

    def change(name: str, term: sympy.Expr) -> sympy.Expr:
        if name != part:
            return term
        alpha = sympy.Symbol("alpha", positive=True)
        return term * (1 - alpha) / divisor

    assert violations(found, change)


@pytest.mark.parametrize("two_layers", [False, True])
def test_half_of_what_is_carried_on_is_caught(cases: list[Case], two_layers: bool) -> None:
    found = [case for case in cases if (case[0].W2 is not None) is two_layers]
    assert violations(found, lambda name, term: term / 2 if name == "carried on" else term)


def test_one_block_less_and_the_mean_for_one_realization_are_caught(cases: list[Case]) -> None:
    assert violations(cases, fewer_kept=1)
    assert violations(cases, factor=False)
