"""The table of known activations: formula, value at zero, Lipschitz constant and curvature, each with its reason.

The tests enclose |phi'| and |phi''| of every expression here by interval branch and bound, and check that the bounds
hold and are attained up to 1e-4.
"""

import sympy

from boundcheck.network.activation import Activation, ParametricFamily, X

_ONE, _HALF, _ZERO = sympy.Integer(1), sympy.Rational(1, 2), sympy.Integer(0)
_SIGMOID = 1 / (1 + sympy.exp(-X))


def _entrywise(
    name: str,
    expression: sympy.Expr,
    value_at_zero: sympy.Expr,
    lipschitz: sympy.Expr,
    curvature: sympy.Expr,
    reason: str,
) -> Activation:
    return Activation(name, expression, True, value_at_zero, lipschitz, curvature, reason)


PLAIN: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        _entrywise("identity", X, _ZERO, _ONE, _ZERO, "phi' = 1 and phi'' = 0."),
        _entrywise(
            "relu",
            sympy.Max(X, 0),
            _ZERO,
            _ONE,
            sympy.oo,
            "max(., 0) is 1-Lipschitz; phi' jumps at 0, so phi is not twice differentiable.",
        ),
        _entrywise(
            "tanh",
            sympy.tanh(X),
            _ZERO,
            _ONE,
            4 / (3 * sympy.sqrt(3)),
            "phi' = 1 - t^2 <= 1 with t = tanh x; |phi''| = 2|t|(1 - t^2) is largest at t^2 = 1/3.",
        ),
        _entrywise(
            "sigmoid",
            _SIGMOID,
            _HALF,
            sympy.Rational(1, 4),
            1 / (6 * sympy.sqrt(3)),
            "phi(x) = (1 + tanh(x/2))/2, so phi' and phi'' are tanh's times 1/4 and 1/8.",
        ),
        _entrywise(
            "gelu",
            X * (1 + sympy.erf(X / sympy.sqrt(2))) / 2,
            _ZERO,
            (1 + sympy.erf(1)) / 2 + sympy.exp(-1) / sympy.sqrt(sympy.pi),
            2 / sympy.sqrt(2 * sympy.pi),
            "Exact form x Phi(x), not the tanh approximation. phi'' = (2 - x^2) g(x), g the normal density, vanishes "
            "at +-sqrt(2), where phi' is Phi(sqrt 2) + sqrt(2) g(sqrt 2) and 1 minus it; |phi''| is largest at 0.",
        ),
        _entrywise(
            "silu",
            X * _SIGMOID,
            _ZERO,
            sympy.Rational(109984, 100000),
            _HALF,
            "With s = sigmoid(x): phi' = s + x s(1 - s), whose largest value 1.0998393... solves x tanh(x/2) = 2; "
            "phi'' = s(1 - s)(2 - x tanh(x/2)), largest in absolute value at 0.",
        ),
        _entrywise("sin", sympy.sin(X), _ZERO, _ONE, _ONE, "|cos| <= 1 and |sin| <= 1."),
        Activation(
            "softmax",
            None,
            False,
            sympy.nan,
            _HALF,
            sympy.oo,
            "The Jacobian diag(s) - s s^T is symmetric and v^T J v = Var_s(v) <= (max v - min v)^2 / 4 <= ||v||^2 / 2 "
            "(Popoviciu). Not entrywise; softmax(0) = 1/n in every entry, which is not 0.",
        ),
    )
}


def _leaky_relu(slope: sympy.Rational) -> Activation:
    return _entrywise(
        f"leaky_relu({slope})",
        sympy.Piecewise((X, X > 0), (slope * X, True)),
        _ZERO,
        sympy.Max(1, slope),
        sympy.oo,
        "The slopes are 1 and the given one; phi' jumps at 0, so phi is not twice differentiable.",
    )


def _softplus(beta: sympy.Rational) -> Activation:
    return _entrywise(
        f"softplus({beta})",
        sympy.log(1 + sympy.exp(beta * X)) / beta,
        sympy.log(2) / beta,
        _ONE,
        beta / 4,
        "phi' = sigmoid(beta x) lies in (0, 1) and phi'' = beta s(1 - s) <= beta/4, attained at 0.",
    )


def _elu(alpha: sympy.Rational) -> Activation:
    return _entrywise(
        f"elu({alpha})",
        sympy.Piecewise((X, X > 0), (alpha * (sympy.exp(X) - 1), True)),
        _ZERO,
        sympy.Max(1, alpha),
        sympy.oo,
        "phi' is 1 above 0 and alpha e^x <= alpha below. phi'' jumps from alpha to 0 at 0 (phi' itself jumps there "
        "unless alpha = 1), so phi is not twice differentiable, as (9) asks.",
    )


_LARGEST = 10**6
_POSITIVE = f"a number from 1/{_LARGEST} to {_LARGEST}"


def _is_positive(value: sympy.Rational) -> bool:
    return bool(sympy.Rational(1, _LARGEST) <= value <= _LARGEST)


def _is_not_negative(value: sympy.Rational) -> bool:
    return bool(0 <= value <= _LARGEST)


PARAMETRIC: dict[str, ParametricFamily] = {
    "leaky_relu": ParametricFamily(
        "slope", sympy.Rational(1, 100), f"a number from 0 to {_LARGEST}", _is_not_negative, _leaky_relu
    ),
    "softplus": ParametricFamily("beta", _ONE, _POSITIVE, _is_positive, _softplus),
    "elu": ParametricFamily("alpha", _ONE, _POSITIVE, _is_positive, _elu),
}
