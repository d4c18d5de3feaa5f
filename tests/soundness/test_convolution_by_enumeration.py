"""Propositions 24 and 25 on filters of convolutions (k = r^2), against exact enumeration; Theorem 7 rests on these."""

import numpy as np
import pytest
import sympy
from convolution_instances import Convolutions, random_convolutions, tight_convolutions
from structured_enumeration import Truth, enumerate_blocks
from test_structured_by_enumeration import largest_block, norm, violations

from boundcheck.exact.circulant import convolution_norm, largest_block_norm

Enumerated = tuple[Convolutions, Truth]


@pytest.fixture(scope="module")
def cases() -> list[Enumerated]:
    instances = (*random_convolutions(20267, 60), *tight_convolutions())
    return [(instance, enumerate_blocks(instance.problem)) for instance in instances]


def test_the_cases_prune_filters_of_one_and_of_two_convolutions(cases: list[Enumerated]) -> None:
    for instance, truth in cases:
        assert instance.problem.k == instance.r**2 == 4 and len(truth.realizations) == 2**instance.problem.draws
        assert instance.problem.count == (
            len(instance.kernels[0]) if len(instance.kernels) == 2 else len(instance.kernels[0][0])
        )
    kinds = {(len(instance.kernels), instance.problem.activations) for instance, _ in cases}
    assert len(kinds) == 6 and {len(i.kernels[0][0][0]) for i, _ in cases} == {1, 2}


def test_no_bound_is_below_the_enumerated_truth(cases: list[Enumerated]) -> None:
    assert violations((instance.problem, truth) for instance, truth in cases) == []


def test_the_norms_of_the_kernels_are_those_of_the_matrices(cases: list[Enumerated]) -> None:
    """The bounds above took them from the matrices; a certificate takes them from the kernels."""
    for instance, _ in cases:
        matrices = (instance.problem.W1, instance.problem.W2)[: len(instance.kernels)]
        for kernels, matrix in zip(instance.kernels, matrices, strict=True):
            floats = np.array(kernels, dtype=np.float64)
            whole, block = convolution_norm(floats, instance.r), largest_block_norm(floats, instance.r)
            for found, expected in ((whole, norm(matrix)), (block, largest_block(matrix, instance.problem.k))):
                assert abs(found - expected) <= expected * 1e-12


@pytest.mark.parametrize(
    ("part", "divisor", "layers"),
    [("second order", 4, 1), ("second order, slope of the activation", 8, 2)],
    ids=["second order", "slope"],
)
def test_a_smaller_second_order_is_caught(cases: list[Enumerated], part: str, divisor: int, layers: int) -> None:
    found = [(instance.problem, truth) for instance, truth in cases if len(instance.kernels) == layers]
    alpha = sympy.Symbol("alpha", positive=True)
    assert violations(found, lambda name, term: term * (1 - alpha) / divisor if name == part else term)
