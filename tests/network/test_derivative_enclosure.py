"""Enclosures of phi' and phi'' contain what Arb finds, within about a millionth."""

import numpy as np
import pytest
import sympy

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.exact.evaluate import evaluate
from boundcheck.exact.interval_array import IntervalArray
from boundcheck.network import derivative_enclosure as module
from boundcheck.network.activation import X, parse_activation
from boundcheck.network.derivative_enclosure import enclose_second_derivative, enclose_slope

SMOOTH = ["tanh", "sigmoid", "softplus", "softplus(5/2)", "gelu", "silu", "sin"]


def points(generator: np.random.Generator, far: bool) -> np.ndarray:
    found = np.concatenate([generator.normal(scale=3, size=200), [0.0, -0.0, 1e-12, -1e-12, 8.0, -8.0]])
    return np.concatenate([found, [-70.5, 66.25, 700.0]]) if far else found


def assert_contains(found: IntervalArray, derivative: sympy.Expr, at: np.ndarray) -> None:
    for low, high, x in zip(found.low[0], found.high[0], at, strict=True):
        exact = evaluate(derivative, {X: float(x)})
        assert exact.is_finite()
        assert not (exact < float(low) or exact > float(high)), x


@pytest.mark.parametrize("name", ["identity", *SMOOTH, "elu"])
@pytest.mark.parametrize("radius", [0.0, 1e-3])
def test_slopes_within_a_ball_are_contained(name: str, radius: float) -> None:
    phi, generator = parse_activation(name), np.random.default_rng(3)
    mid = points(generator, far=True)
    shift = generator.uniform(-1, 1, mid.shape) * radius
    found = enclose_slope(phi, BallMatrix(mid[None], np.full((1, mid.size), radius)))
    assert_contains(found, sympy.diff(phi.expression, X), mid + shift * (1 - 1e-9))
    assert (found.high - found.low).max() <= 1e-4 + 2.2 * float(phi.curvature if name != "elu" else 1) * radius


@pytest.mark.parametrize("name", ["identity", *SMOOTH])
@pytest.mark.parametrize("radius", [0.0, 1e-3])
def test_second_derivatives_within_a_ball_are_contained(name: str, radius: float) -> None:
    phi, generator = parse_activation(name), np.random.default_rng(4)
    mid = points(generator, far=True)
    shift = generator.uniform(-1, 1, mid.shape) * radius
    found = enclose_second_derivative(phi, BallMatrix(mid[None], np.full((1, mid.size), radius)))
    assert found is not None
    assert_contains(found, sympy.diff(phi.expression, X, 2), mid + shift * (1 - 1e-9))
    assert (found.high - found.low).max() <= 2e-3 + 12 * radius


def test_slopes_of_two_lines_are_exact_away_from_the_kink() -> None:
    z = BallMatrix(np.array([[2.0, -3.0, 0.0, 0.5]]), np.array([[0.0, 0.0, 0.0, 0.75]]))
    for name, below in (("relu", 0.0), ("leaky_relu(0.25)", 0.25), ("leaky_relu(3)", 3.0)):
        found = enclose_slope(parse_activation(name), z)
        assert list(found.low[0]) == [1, below, min(below, 1), min(below, 1)]
        assert list(found.high[0]) == [1, below, max(below, 1), max(below, 1)]
    assert enclose_second_derivative(parse_activation("relu"), z) is None


def test_a_jump_of_elus_slope_leaves_its_range() -> None:
    found = enclose_slope(parse_activation("elu(2)"), from_exact(np.array([[1.0, -1.0]])))
    assert list(found.low[0]) == [0, 0] and list(found.high[0]) == [2, 2]
    assert enclose_second_derivative(parse_activation("elu"), from_exact(np.array([[1.0]]))) is None


def test_an_error_bound_that_is_too_small_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    phi, mid = parse_activation("gelu"), np.linspace(-9, 9, 3001)[None]
    whole = module._largest
    monkeypatch.setattr(module, "_largest", lambda *ends: whole(*ends) / 4)
    found = enclose_second_derivative(phi, from_exact(mid))
    assert found is not None
    with pytest.raises(AssertionError):
        assert_contains(found, sympy.diff(phi.expression, X, 2), mid[0])


def test_softmax_has_no_slopes() -> None:
    with pytest.raises(InputError, match="activation=softmax: it does not act entry by entry"):
        enclose_slope(parse_activation("softmax"), from_exact(np.ones((1, 2))))
