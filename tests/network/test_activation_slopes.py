"""The facts of activations' slopes, proved by interval branch and bound like their other facts."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from branch_and_bound import proves_bound

from boundcheck.exact.ball import upper_float
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import X, parse_activation
from boundcheck.network.activation_slopes import slopes_of

SMOOTH = ["tanh", "sigmoid", "softplus", "softplus(5/2)", "gelu", "silu", "sin"]
KINKED = ["relu", "leaky_relu", "leaky_relu(0.25)", "leaky_relu(3)", "elu(0.5)", "elu", "elu(2)"]
ROOT = sympy.log(2 + sympy.sqrt(3)) / 2  # artanh(1 / sqrt(3))

# Where phi' attains an end of its range, and |phi'''| its bound. The slopes of tanh, sigmoid and softplus stay above
# the low end 0 for every x, and silu's bounds are rationals just outside.
SLOPE_PEAKS = {"tanh": [0], "sigmoid": [0], "gelu": [sympy.sqrt(2), -sympy.sqrt(2)], "sin": [0, sympy.pi, -sympy.pi]}
_GELU = sympy.sqrt((7 - sympy.sqrt(33)) / 2)
THIRD_PEAKS = {
    "tanh": [0],
    "sigmoid": [0],
    "softplus": [2 * ROOT, -2 * ROOT],
    "gelu": [_GELU, -_GELU],
    "sin": [0, sympy.pi, -sympy.pi],
}


def radius_of(name: str) -> float:
    """R, with what holds beyond it: sin is periodic, and the others' phi' goes on to 0 or 1 without turning.

    Their |phi'''| is at most (3 + |x|) exp(-|x|) < 0.03 there (gelu: |x|^3 times the normal density).
    """
    return 4.0 if name == "sin" else 6.0


@pytest.mark.parametrize("name", [name for name in SMOOTH if not name.startswith("softplus")])
def test_slopes_lie_in_their_range(name: str) -> None:
    phi = parse_activation(name)
    facts, slope = slopes_of(phi), sympy.diff(phi.expression, X)
    centred, peaks = slope - (facts.low + facts.high) / 2, SLOPE_PEAKS.get(name, [])
    assert proves_bound(centred, facts.half_range, peaks, radius_of(name))
    assert not proves_bound(centred, facts.half_range * sympy.Rational(999, 1000), peaks, radius_of(name))


@pytest.mark.parametrize("name", [name for name in SMOOTH if name != "softplus(5/2)"])
def test_the_third_derivative_is_bounded_everywhere(name: str) -> None:
    phi = parse_activation(name)
    third, fact = sympy.diff(phi.expression, X, 3), slopes_of(phi).third_derivative
    peaks = THIRD_PEAKS.get(name, [])
    assert proves_bound(third, fact, peaks, radius_of(name))
    assert not proves_bound(third, fact * sympy.Rational(999, 1000), peaks, radius_of(name))


@pytest.mark.parametrize(("name", "beta"), [("softplus", sympy.Integer(1)), ("softplus(5/2)", sympy.Rational(5, 2))])
def test_softplus_has_the_sigmoids_facts_scaled(name: str, beta: sympy.Rational) -> None:
    phi, facts, sigmoid = parse_activation(name), slopes_of(parse_activation(name)), parse_activation("sigmoid")
    assert sympy.simplify(sympy.diff(phi.expression, X) - sigmoid.expression.subs(X, beta * X)) == 0
    assert (facts.low, facts.high) == (0, 1)
    assert facts.lipschitz == beta * slopes_of(sigmoid).high
    assert sympy.simplify(facts.third_derivative - beta**2 * slopes_of(sigmoid).lipschitz) == 0


@pytest.mark.parametrize("name", SMOOTH)
def test_the_lipschitz_constant_of_the_slopes_is_the_proved_curvature(name: str) -> None:
    phi = parse_activation(name)
    assert slopes_of(phi).lipschitz == phi.curvature


@pytest.mark.parametrize("name", ["identity", *SMOOTH, *KINKED])
def test_secants_agree_with_the_facts_and_attain_the_range(name: str) -> None:
    phi = parse_activation(name)
    facts = slopes_of(phi)
    points = np.concatenate([np.linspace(-9, 9, 721), [-1e-6, 1e-6]])
    points.sort()
    values = np.array([float(evaluate(phi.expression, {X: float(x)}).mid()) for x in points])
    secants = np.diff(values) / np.diff(points)
    low, high = (upper_float(evaluate(end, {})) for end in (facts.low, facts.high))
    assert low - 1e-8 <= secants.min() < low + 2e-3
    assert high + 1e-8 >= secants.max() > high - 2e-3
    if not facts.lipschitz.is_infinite:
        middles = (points[1:] + points[:-1]) / 2
        changes = np.abs(np.diff(secants) / np.diff(middles))
        lipschitz = upper_float(evaluate(facts.lipschitz, {}))
        assert lipschitz - 0.1 * lipschitz <= changes.max() <= lipschitz + 1e-3


def test_kinks_and_multiples() -> None:
    kinks = {name: slopes_of(parse_activation(name)).kink for name in ("identity", *SMOOTH, *KINKED)}
    assert {name: kink for name, kink in kinks.items() if kink is not None} == {
        "relu": 0,
        "leaky_relu": sympy.Rational(1, 100),
        "leaky_relu(0.25)": sympy.Rational(1, 4),
    }
    for name in ("identity", *SMOOTH, *KINKED):
        phi = parse_activation(name)
        kept = all(
            abs(evaluate(phi.expression.subs(X, 3 * X) - 3 * phi.expression, {X: x})) < 1e-20
            for x in (Fraction(-7, 3), Fraction(1, 2), Fraction(2))
        )
        assert phi.is_positively_homogeneous == kept
        assert phi.slope_range == slopes_of(phi).half_range


def test_jumps_leave_no_constant() -> None:
    for name in ("relu", "leaky_relu(0.25)", "leaky_relu(3)", "elu(2)", "elu(0.5)", "softmax"):
        facts = slopes_of(parse_activation(name))
        assert facts.lipschitz == facts.third_derivative == sympy.oo
    assert (slopes_of(parse_activation("elu")).lipschitz, slopes_of(parse_activation("elu")).third_derivative) == (
        1,
        sympy.oo,
    )
