"""What Lipschitz constants of a function and of its derivatives say of its values: templates of named lemmas."""

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.core.relational import Relational

from boundcheck.core.derivatives import constant_of, derivative
from boundcheck.core.operators import Lipschitz


def lipschitz(instance: Mapping[str, Any]) -> tuple[Relational, str]:
    """|f(a) - f(b)| <= Lip(f) |a - b|."""
    function, a, b = instance["f"], instance["a"], instance["b"]
    difference = sympy.Abs(function(a) - function(b), evaluate=False)
    return sympy.Le(difference, Lipschitz(function) * sympy.Abs(a - b), evaluate=False), ""


def taylor(instance: Mapping[str, Any]) -> tuple[Relational, str]:
    """|phi(a + h) - sum over j <= order of phi^(j)(a) h^j/j!| <= Lip(phi^(order)) |h|^(order + 1)/(order + 1)!"""
    phi, order, a, h = (instance[name] for name in ("phi", "order", "a", "h"))
    if order not in (1, 2) or phi != derivative(phi, 0):
        return sympy.true, "the order must be 1 or 2, and phi an undefined real function"
    terms = (derivative(phi, j)(a) * h**j / sympy.factorial(j) for j in range(order + 1))
    rest = sympy.Abs(phi(a + h) - sympy.Add(*terms), evaluate=False)
    bound = constant_of(phi, order) * sympy.Abs(h) ** (order + 1) / sympy.factorial(order + 1)
    return sympy.Le(rest, bound, evaluate=False), ""
