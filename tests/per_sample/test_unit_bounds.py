"""Bounds of units' biases and variances against exact enumeration, and which claims are taken in."""

from fractions import Fraction

import numpy as np
import pytest
from claims_for_tests import (
    BINDING,
    CLAIMS,
    PRUNED,
    C,
    b,
    claim,
    deviation,
    exact_bias_and_variance,
    mu_4,
    pruned_law,
    s,
    v,
    variance,
    z,
)
from sympy import Abs, Ge, Gt, Le

from boundcheck.core.errors import InputError, LibraryError
from boundcheck.core.rung import Effort, UnitQuantity
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.interval_array import IntervalArray, point
from boundcheck.network.activation import parse_activation
from boundcheck.per_sample.draw_moments import draw_moments
from boundcheck.per_sample.unit_bounds import UnitBounds, bias_and_variance
from boundcheck.per_sample.unit_moments import UnitMoments, unit_moments

KEEP = Fraction(1, 2)
NAMES = ["identity", "relu", "leaky_relu(0.25)", "tanh", "gelu", "silu", "sigmoid", "softplus", "sin", "elu", "elu(2)"]


def layer(scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, inputs and preactivations; the last sample is zero, where nothing deviates."""
    generator = np.random.default_rng(11)
    weight, inputs = generator.normal(size=(3, 5)) * scale, generator.normal(size=(4, 5))
    inputs[3] = 0
    return weight, inputs, inputs @ weight.T + np.array([0.0, 0.5, -1.0])


def bounds(name: str, effort: Effort, scale: float) -> UnitBounds:
    weight, inputs, at = layer(scale)
    moments = unit_moments(from_exact(inputs), draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: KEEP}))
    return bias_and_variance(CLAIMS, parse_activation(name), from_exact(at), moments, effort)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("effort", [Effort.PLAIN, Effort.TIGHT])
@pytest.mark.parametrize("scale", [0.05, 1.0])
def test_bounds_hold_for_the_enumerated_law(name: str, effort: Effort, scale: float) -> None:
    weight, inputs, at = layer(scale)
    phi, found = parse_activation(name), bounds(name, effort, scale)
    assert found.bias.shape == found.variance_above.shape == (4, 3)
    for sample, unit in np.ndindex(4, 3):
        law = deviation([pruned_law(entry, KEEP) for entry in weight[unit]], inputs[sample])
        bias, spread = exact_bias_and_variance(phi, float(at[sample, unit]), law)
        place = sample, unit
        assert not (bias < float(found.bias.low[place]) or bias > float(found.bias.high[place])), place
        assert not spread > float(found.variance_above[place]), place


def test_more_effort_is_never_worse_and_often_better() -> None:
    for name in NAMES:
        plain, tight = bounds(name, Effort.PLAIN, 0.1), bounds(name, Effort.TIGHT, 0.1)
        assert (tight.bias.low >= plain.bias.low).all() and (tight.bias.high <= plain.bias.high).all()
        assert (tight.variance_above <= plain.variance_above).all()
    plain, tight = bounds("gelu", Effort.PLAIN, 0.05), bounds("gelu", Effort.TIGHT, 0.05)
    width = [(found.bias.high - found.bias.low)[:3].mean() for found in (plain, tight)]
    assert width[1] < width[0] / 5
    assert tight.variance_above[:3].mean() < plain.variance_above[:3].mean() / 1.3


def test_the_zero_corner_is_closed_by_the_other_claims() -> None:
    for name in ("relu", "tanh"):
        found = bounds(name, Effort.TIGHT, 1.0)
        assert np.abs(found.bias.low[3]).max() < 1e-150 and np.abs(found.bias.high[3]).max() < 1e-150
        assert found.variance_above[3].max() < 1e-300


def test_claims_without_their_facts_are_passed_over() -> None:
    one = IntervalArray(np.ones((1, 1)), np.ones((1, 1)))
    at, moments = from_exact(np.ones((1, 1))), UnitMoments(one)

    def bias(name: str, relation: object, binding: dict = BINDING, effort: Effort = Effort.PLAIN) -> float:
        claims = {"bias": (claim(relation, binding=binding, effort=effort),), "variance": ()}
        found = bias_and_variance(claims, parse_activation(name), at, moments, Effort.TIGHT).bias
        return float(max(-found.low[0, 0], found.high[0, 0]) if np.isinf(found.low[0, 0]) else found.low[0, 0])

    assert bias("relu", Le(b, C * v / 2)) == np.inf  # no curvature
    assert bias("tanh", Ge(b, s)) == np.inf  # no kink
    assert bias("tanh", Le(b, mu_4)) == np.inf  # no such moment here
    assert bias("tanh", Ge(b, 0)) == np.inf  # binds a kink among all else
    assert bias("tanh", Ge(b, 0), {s: UnitQuantity.LEAK}) == np.inf
    assert bias("relu", Ge(b, 0), {s: UnitQuantity.LEAK}) == 0
    assert bias("tanh", Ge(b, v), effort=Effort.NEAR_EXACT) == np.inf
    assert bias("tanh", Ge(b, v), effort=Effort.TIGHT) == 1
    nothing = bias_and_variance({"bias": (), "variance": ()}, parse_activation("relu"), at, moments, Effort.PLAIN)
    assert np.isinf(nothing.variance_above).all()


def test_what_else_is_known_is_used() -> None:
    weight, inputs, at = layer(1.0)
    moments = unit_moments(from_exact(inputs), draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: KEEP}))
    relu, first = parse_activation("relu"), bounds("relu", Effort.TIGHT, 1.0)
    half = first.variance_above / 2
    half[0, 0] = np.inf
    known = UnitBounds(IntervalArray(first.bias.low, (first.bias.low + first.bias.high) / 2), half)
    found = bias_and_variance(CLAIMS, relu, from_exact(at), moments, Effort.TIGHT, known)
    assert (found.bias.high == known.bias.high).all()
    assert (found.variance_above == np.minimum(first.variance_above, half)).all()
    with pytest.raises(LibraryError, match="exclude each other"):
        elsewhere = UnitBounds(point(first.bias.high + 1), half)
        bias_and_variance(CLAIMS, relu, from_exact(at), moments, Effort.TIGHT, elsewhere)


def test_a_preactivations_radius_is_taken_in() -> None:
    weight, inputs, at = layer(0.1)
    moments = unit_moments(from_exact(inputs), draw_moments(PRUNED, weight, {UnitQuantity.BERNOULLI: KEEP}))
    for name in ("relu", "gelu"):
        phi = parse_activation(name)
        wide = bias_and_variance(CLAIMS, phi, BallMatrix(at, np.full(at.shape, 1e-2)), moments, Effort.TIGHT)
        for shift in (-0.99e-2, 0.0, 0.99e-2):
            found = bias_and_variance(CLAIMS, phi, from_exact(at + shift), moments, Effort.TIGHT)
            assert (wide.bias.high >= found.bias.high - 1e-6).all() and (wide.bias.low <= found.bias.low + 1e-6).all()
            assert (wide.variance_above >= found.variance_above * (1 - 1e-4) - 1e-9).all()


def test_claims_of_another_form_and_softmax_are_refused() -> None:
    one = point(np.ones((1, 1)))
    at = from_exact(np.ones((1, 1)))
    for relation in (Gt(b, v), Le(Abs(2 * b - v), v), Ge(v, b)):
        with pytest.raises(LibraryError, match="a-statement, claim=a-claim"):
            claims = {"bias": (claim(relation),), "variance": ()}
            bias_and_variance(claims, parse_activation("tanh"), at, UnitMoments(one), Effort.PLAIN)
    with pytest.raises(LibraryError, match="a-statement, claim=a-claim"):
        claims = {"bias": (), "variance": (claim(Ge(variance, z), variance),)}
        bias_and_variance(claims, parse_activation("tanh"), at, UnitMoments(one), Effort.PLAIN)
    with pytest.raises(InputError, match="activation=softmax: it does not act entry by entry"):
        bias_and_variance(CLAIMS, parse_activation("softmax"), at, UnitMoments(one), Effort.PLAIN)
