"""Moments of draws and units against exact enumeration of their laws."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from claims_for_tests import (
    DRAW,
    PRUNED,
    QUANTIZED,
    M,
    b,
    central_moment,
    claim,
    deviation,
    k,
    pruned_law,
    quantized_law,
)
from sympy import Ge, Le

from boundcheck.core.errors import LibraryError
from boundcheck.core.rung import UnitQuantity
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.interval_array import IntervalArray
from boundcheck.per_sample.draw_moments import DrawMoments, draw_moments
from boundcheck.per_sample.unit_moments import exact_counts_moments, unit_moments

KEEP, LEVELS = Fraction(3, 10), 3
ORDERS = {"variance": 2, "third": 3, "fourth": 4, "sixth": 6}


def weight_matrix() -> np.ndarray:
    generator = np.random.default_rng(5)
    found = generator.normal(size=(3, 4))
    found[0, 0], found[1, 1], found[2, 3] = 0.0, 2.5, -2.5  # 2.5 is the largest
    return found


def moments_and_laws(kind: str, weight: np.ndarray) -> tuple[DrawMoments, list[list]]:
    largest = float(np.abs(weight).max())
    if kind == "pruned":
        found = draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: KEEP})
        return found, [[pruned_law(entry, KEEP) for entry in row] for row in weight]
    found = draw_moments(QUANTIZED, weight, {UnitQuantity.LEVELS: LEVELS})
    return found, [[quantized_law(entry, largest, LEVELS) for entry in row] for row in weight]


def assert_contains(found: IntervalArray, place: tuple[int, int], exact: Fraction, relative: float = 1e-12) -> None:
    low, high = float(found.low[place]), float(found.high[place])
    assert Fraction(low) <= exact <= Fraction(high)
    assert high - low <= relative * float(abs(exact)) + 1e-12


@pytest.mark.parametrize("kind", ["pruned", "quantized"])
def test_moments_of_draws_are_those_of_their_laws(kind: str) -> None:
    weight = weight_matrix()
    found, laws = moments_and_laws(kind, weight)
    for place in np.ndindex(weight.shape):
        for name, order in ORDERS.items():
            assert_contains(getattr(found, name), place, central_moment(laws[place[0]][place[1]], order))
    assert found.variance.is_nonnegative and found.fourth.is_nonnegative and found.sixth.is_nonnegative
    if kind == "quantized":  # entries on the grid do not move at all
        assert found.variance.high[0, 0] == found.variance.high[1, 1] == found.variance.high[2, 3] == 0


def test_a_bound_of_the_variance_is_taken_and_steps_of_the_floor_are_exact() -> None:
    weight = np.array([[1 / 3, 0.5, 1.0]])  # of 3 levels the first is next to 1/3: by intervals the floor is not known
    alone = draw_moments(QUANTIZED, weight, {UnitQuantity.LEVELS: 3})
    assert 0 < alone.variance.high[0, 0] < 1e-15 and alone.variance.low[0, 1] > 1 / 37
    bound = claim(Le(b, M**2 / (4 * k**2)), binding=DRAW)
    found = draw_moments({**QUANTIZED, "draw-variance": (bound,)}, weight, {UnitQuantity.LEVELS: 3})
    assert 1.0001 / 36 > found.variance.high[0, 0] >= 1 / 36
    assert found.variance.low[0, 0] == 0
    with pytest.raises(LibraryError, match=r"a-statement, claim=a-claim: .*; expected b = r or <= r"):
        draw_moments({**QUANTIZED, "draw-third": (claim(Ge(b, 0), binding=DRAW),)}, weight, {UnitQuantity.LEVELS: 3})


def test_entries_that_are_not_drawn_and_layers_of_zeros_have_no_moments() -> None:
    weight = weight_matrix()
    drawn = weight > 0
    found = draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: KEEP}, drawn)
    assert not found.variance.high[~drawn].any() and not found.sixth.high[~drawn].any()
    assert (found.variance.low[drawn] > 0).all()
    nothing = draw_moments(QUANTIZED, np.zeros((2, 2)), {UnitQuantity.LEVELS: 3})
    assert not nothing.variance.high.any() and not nothing.third.low.any()


@pytest.mark.parametrize("kind", ["pruned", "quantized"])
def test_moments_of_units_are_those_of_the_enumerated_sum(kind: str) -> None:
    weight, inputs = weight_matrix(), np.random.default_rng(6).normal(size=(5, 4))
    inputs[4] = 0
    draw, laws = moments_and_laws(kind, weight)
    found = unit_moments(from_exact(inputs), draw)
    for sample in range(5):
        for unit in range(3):
            law = deviation(laws[unit], inputs[sample])
            for name, order in ORDERS.items():
                enclosure = getattr(found, name)
                assert enclosure is not None
                assert_contains(enclosure, (sample, unit), central_moment(law, order), relative=1e-9)
    alone = unit_moments(from_exact(inputs), draw, variance_alone=True)
    assert (alone.variance.high == found.variance.high).all() and alone.third is alone.fourth is alone.sixth is None


def test_inputs_with_a_radius_widen_the_moments() -> None:
    weight, inputs = weight_matrix(), np.random.default_rng(7).normal(size=(6, 4))
    draw, laws = moments_and_laws("pruned", weight)
    found = unit_moments(BallMatrix(inputs, np.full(inputs.shape, 1e-3)), draw)
    shifted = inputs + np.random.default_rng(8).uniform(-1e-3, 1e-3, inputs.shape) * 0.999
    for sample, unit in np.ndindex(6, 3):
        law = deviation(laws[unit], shifted[sample])
        for name, order in ORDERS.items():
            enclosure = getattr(found, name)
            assert enclosure.low[sample, unit] <= central_moment(law, order) <= enclosure.high[sample, unit]


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_exact_counts_have_the_moments_of_their_enumerated_draws(kept: int) -> None:
    weight, inputs = weight_matrix(), np.random.default_rng(9).normal(size=(4, 4))
    found = exact_counts_moments(from_exact(inputs), weight, kept)
    for sample, unit in np.ndindex(4, 3):
        terms = [
            Fraction(float(a)) * Fraction(float(x)) for a, x in zip(weight[unit], inputs[sample], strict=True) if a != 0
        ]
        count, sums = len(terms), [Fraction(0)]
        if count > kept:
            sums = [sum(chosen) * Fraction(count, kept) - sum(terms) for chosen in combinations(terms, kept)]
            assert sum(sums) == 0
        for name, order in (("variance", 2), ("third", 3), ("fourth", 4)):
            exact = sum((total**order for total in sums), Fraction(0)) / len(sums)
            assert_contains(getattr(found, name), (sample, unit), exact, relative=1e-9)
    assert found.sixth is None
    alone = exact_counts_moments(from_exact(inputs), weight, kept, variance_alone=True)
    assert (alone.variance.high == found.variance.high).all() and alone.third is alone.fourth is None
