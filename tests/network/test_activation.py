"""The activations' facts, proved by interval branch and bound, and the reader of their names."""

import numpy as np
import pytest
import sympy
from branch_and_bound import proves_bound

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball, upper_float
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import X, parse_activation

SMOOTH = ["tanh", "sigmoid", "softplus", "softplus(5/2)", "gelu", "silu", "sin"]
KINKED = ["relu", "leaky_relu", "leaky_relu(0.25)", "leaky_relu(3)", "elu", "elu(0.5)", "elu(2)"]
ROOT = sympy.log(2 + sympy.sqrt(3)) / 2  # artanh(1 / sqrt(3))

# Where |phi'| and |phi''| attain their bound exactly; elsewhere on [-R, R] branch and bound proves strict inequality.
# silu's bound is a rational just above. The slope of softplus only tends to its bound and has a test of its own.
SLOPE_PEAKS = {"tanh": [0], "sigmoid": [0], "gelu": [sympy.sqrt(2)], "sin": [0, sympy.pi, -sympy.pi]}
CURVATURE_PEAKS = {
    "tanh": [ROOT, -ROOT],
    "sigmoid": [2 * ROOT, -2 * ROOT],
    "softplus": [0],
    "softplus(5/2)": [0],
    "gelu": [0],
    "silu": [0],
    "sin": [sympy.pi / 2, -sympy.pi / 2],
}


def radius_of(name: str) -> float:
    """R, with what holds beyond it.

    sin has period 2 pi. The others' |phi''| is at most (1 + x^2) exp(-|x|) < 0.1 there, below every bound but
    sigmoid's, whose |phi''| <= exp(-|x|) is too. phi' of tanh and sigmoid is at most 4 exp(-|x|); those of gelu and
    silu fall to 1 or rise to 0, as phi'' has no zero beyond 3.
    """
    return 4.0 if name == "sin" else 6.0


@pytest.mark.parametrize("name", [name for name in SMOOTH if not name.startswith("softplus")])
def test_lipschitz_constant_bounds_the_slope_everywhere(name: str) -> None:
    phi = parse_activation(name)
    slope, peaks = sympy.diff(phi.expression, X), SLOPE_PEAKS.get(name, [])
    assert proves_bound(slope, phi.lipschitz, peaks, radius_of(name))
    assert not proves_bound(slope, phi.lipschitz * sympy.Rational(999, 1000), peaks, radius_of(name))


@pytest.mark.parametrize(("name", "beta"), [("softplus", 1), ("softplus(5/2)", sympy.Rational(5, 2))])
def test_the_slope_of_softplus_stays_below_its_lipschitz_constant(name: str, beta: sympy.Rational) -> None:
    phi = parse_activation(name)
    below_one = 1 / (1 + sympy.exp(beta * X))  # positive and at most 1 for every x
    assert sympy.simplify(1 - sympy.diff(phi.expression, X) - below_one) == 0
    assert phi.lipschitz == 1


@pytest.mark.parametrize("name", SMOOTH)
def test_curvature_bounds_the_second_derivative_everywhere(name: str) -> None:
    phi = parse_activation(name)
    second, peaks = sympy.diff(phi.expression, X, 2), CURVATURE_PEAKS[name]
    assert proves_bound(second, phi.curvature, peaks, radius_of(name))
    assert not proves_bound(second, phi.curvature * sympy.Rational(999, 1000), peaks, radius_of(name))


@pytest.mark.parametrize("name", SMOOTH)
def test_both_bounds_are_sharp_within_a_ten_thousandth(name: str) -> None:
    phi = parse_activation(name)
    for order, fact in ((1, phi.lipschitz), (2, phi.curvature)):
        derivative = sympy.diff(phi.expression, X, order)
        largest = max(abs(float(evaluate(derivative, {X: float(x)}).mid())) for x in np.linspace(-12, 12, 2001))
        assert upper_float(evaluate(fact, {})) - 1e-4 < largest


@pytest.mark.parametrize("name", KINKED)
def test_kinked_activations_keep_their_lipschitz_constant_and_attain_it(name: str) -> None:
    phi = parse_activation(name)
    bound = evaluate(phi.lipschitz, {})
    points = [float(x) for x in np.linspace(-3, 3, 61)] + [-1e-6, 1e-6]
    values = {x: evaluate(phi.expression, {X: x}) for x in points}
    secants = [abs((values[a] - values[b]) / (ball(a) - ball(b))) for a in points for b in points if a < b]
    assert not any(secant > bound for secant in secants)
    assert max(upper_float(secant) for secant in secants) > upper_float(bound) - 1e-4
    assert phi.curvature == sympy.oo


@pytest.mark.parametrize("name", ["identity", *SMOOTH, *KINKED])
def test_value_at_zero_is_the_expressions(name: str) -> None:
    phi = parse_activation(name)
    assert sympy.simplify(phi.expression.subs(X, 0) - phi.value_at_zero) == 0
    assert phi.is_zero_at_zero == (name not in ("sigmoid", "softplus", "softplus(5/2)"))
    assert phi.entrywise


def test_gelu_is_the_exact_form_and_not_the_tanh_approximation() -> None:
    at_one = evaluate(parse_activation("gelu").expression, {X: 1})
    assert float(at_one.mid()) == pytest.approx(0.8413447460685429, abs=1e-15)  # Phi(1); the approximation: 0.841192


def test_softmax_is_not_entrywise_and_half_lipschitz() -> None:
    phi = parse_activation("softmax")
    assert (phi.expression, phi.entrywise, phi.curvature, phi.is_zero_at_zero) == (None, False, sympy.oo, False)
    assert not evaluate(phi.value_at_zero, {}).is_finite()
    generator = np.random.default_rng(0)
    shares = [np.array([0.5, 0.5]), *generator.dirichlet(np.ones(2), 200), *generator.dirichlet(np.full(5, 0.1), 200)]
    norms = [np.linalg.norm(np.diag(s) - np.outer(s, s), 2) for s in shares]
    assert max(norms) == pytest.approx(float(phi.lipschitz), abs=1e-12)


def test_parameters_are_exact_and_names_are_read_back() -> None:
    assert parse_activation("leaky_relu(0.1)").lipschitz == 1
    assert parse_activation("softplus(0.1)").curvature == sympy.Rational(1, 40)
    assert parse_activation(" Softplus(beta=1e-1) ") == parse_activation("softplus(1/10)")
    for name in ["identity", "softmax", *SMOOTH, *KINKED]:
        phi = parse_activation(name)
        assert parse_activation(phi.name) == phi
        assert phi.reason


KNOWN = "identity, relu, tanh, sigmoid, gelu, silu, sin, softmax, leaky_relu(slope), softplus(beta), elu(alpha)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mish", f"activation=mish: not known; choose one of {KNOWN}"),
        ("", f"activation=nothing: not known; choose one of {KNOWN}"),
        ("elu(1)(2)", f"activation=elu(1)(2): not known; choose one of {KNOWN}"),
        ("tanh(3)", "activation=tanh(3): tanh takes no parameter; write tanh"),
        ("elu(0)", "activation=elu(0): alpha=0, expected a number from 1/1000000 to 1000000; leave it out for elu(1)"),
        (
            "softplus(-1)",
            "activation=softplus(-1): beta=-1, expected a number from 1/1000000 to 1000000; "
            "leave it out for softplus(1)",
        ),
        (
            "leaky_relu(-0.1)",
            "activation=leaky_relu(-0.1): slope=-1/10, expected a number from 0 to 1000000; "
            "leave it out for leaky_relu(1/100)",
        ),
        (
            "elu()",
            "activation=elu(): alpha=nothing is not a number; write a decimal or a quotient, such as 0.1 or 1/10",
        ),
        (
            "elu(nan)",
            "activation=elu(nan): alpha=nan is not a number; write a decimal or a quotient, such as 0.1 or 1/10",
        ),
        (
            "elu(1/0)",
            "activation=elu(1/0): alpha=1/0 is not a number; write a decimal or a quotient, such as 0.1 or 1/10",
        ),
    ],
)
def test_bad_names_and_parameters_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_activation(text)
    assert str(caught.value) == message
