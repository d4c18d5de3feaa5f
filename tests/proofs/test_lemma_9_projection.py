"""Lemma 9 on vectors with rational norms, whose projections are rational."""

import math
import random
from fractions import Fraction

import pytest
import sympy
from proof_files import proof_module

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball
from boundcheck.exact.evaluate import decide

module = proof_module("lemma_9_projection_brings_closer")
VARIANT = module.STATEMENT.variant("printed")
CLAIM, RADIUS = VARIANT.claim("distance").relation, VARIANT.assumptions[0].relation
Vector = tuple[Fraction, ...]


def unit_vector(dimension: int, generator: random.Random) -> Vector:
    """A rational point of the sphere, by stereographic projection."""
    flat = [Fraction(generator.randint(-9, 9), generator.randint(1, 9)) for _ in range(dimension - 1)]
    square = sum((coordinate**2 for coordinate in flat), Fraction(0))
    return tuple(2 * c / (1 + square) for c in flat) + (generator.choice([-1, 1]) * (1 - square) / (1 + square),)


def norm(vector: Vector) -> Number:
    """The exact norm where it is rational, else a ball."""
    square = sum((coordinate**2 for coordinate in vector), Fraction(0))
    root = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return root if root**2 == square else ball(square).sqrt()


def difference(a: Vector, b: Vector) -> Vector:
    return tuple(x - y for x, y in zip(a, b, strict=True))


def verdict(relation: sympy.Basic, u: Vector, length: Fraction, direction: Vector, radius: Fraction) -> Verdict:
    """The relation at u and v = length * direction, |direction| = 1."""
    v = tuple(length * coordinate for coordinate in direction)
    projected = v if length <= radius else tuple(radius * coordinate for coordinate in direction)
    numbers = {
        module.kappa: radius,
        module.DISTANCE: norm(difference(u, v)),
        module.PROJECTED_DISTANCE: norm(difference(u, projected)),
        module.Norm(module.u): norm(u),
    }
    return decide(relation, numbers)


CASES = [(dimension, seed) for dimension in (1, 2, 3) for seed in range(40)]


@pytest.mark.parametrize(("dimension", "seed"), CASES)
def test_the_projection_is_no_farther(dimension: int, seed: int) -> None:
    generator = random.Random(seed)
    u_length, radius_share = Fraction(generator.randint(0, 20), 7), Fraction(generator.randint(10, 20), 10)
    u = tuple(u_length * coordinate for coordinate in unit_vector(dimension, generator))
    radius = max(u_length * radius_share, Fraction(1, 100))
    direction = unit_vector(dimension, generator)
    for length in (Fraction(0), radius / 2, radius, radius * Fraction(11, 10), 7 * radius):
        assert verdict(RADIUS, u, length, direction, radius) is Verdict.HOLDS
        found = verdict(CLAIM, u, length, direction, radius)
        if length > radius:
            assert found is Verdict.HOLDS
        else:  # nothing is projected: both sides are the same number, which balls cannot tell
            assert found is not Verdict.FAILS


def test_without_a_ball_that_contains_u_the_claim_is_refuted() -> None:
    u, direction = (Fraction(3),), (Fraction(1),)
    assert verdict(RADIUS, u, Fraction(3), direction, Fraction(1)) is Verdict.FAILS
    assert verdict(CLAIM, u, Fraction(3), direction, Fraction(1)) is Verdict.FAILS


def test_a_planted_fault_is_found() -> None:
    """Half the distance is too much to ask."""
    halved = sympy.Le(CLAIM.lhs, CLAIM.rhs / 2)
    assert verdict(halved, (Fraction(-1),), Fraction(2), (Fraction(1),), Fraction(3, 2)) is Verdict.FAILS
