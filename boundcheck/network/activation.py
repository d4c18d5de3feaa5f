"""An activation function with the facts the theorems ask for: (7) value at zero, (8) Lipschitz, (9) curvature."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import sympy

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import parse_rational

X = sympy.Symbol("x", real=True)
"""The variable every activation's expression is written in."""


@dataclass(frozen=True)
class Activation:
    """An activation and what is proved about it. All facts are exact expressions without symbols.

    name: as ``parse_activation`` reads it back, parameters as exact fractions.
    expression: phi(x) in the symbol ``X``; None if the activation does not act entry by entry.
    value_at_zero: phi(0); ``sympy.nan`` where it depends on the width (softmax: 1/n, never 0).
    lipschitz: a proved upper bound of the Lipschitz constant from l2 to l2.
    curvature: a proved upper bound of sup |phi''|; ``sympy.oo`` if not twice differentiable or not entrywise.
    reason: proof or citation of these facts.
    """

    name: str
    expression: sympy.Expr | None
    entrywise: bool
    value_at_zero: sympy.Expr
    lipschitz: sympy.Expr
    curvature: sympy.Expr
    reason: str

    @property
    def is_zero_at_zero(self) -> bool:
        """Assumption (7), phi(0) = 0. Every nonzero value in the table is a closed form that is visibly not zero."""
        return bool(self.value_at_zero == 0)

    @property
    def slope_range(self) -> sympy.Expr:
        """Half the range of the slopes phi', as between their proved bounds."""
        # Imported here because the table is written in terms of this class.
        from boundcheck.network.activation_slopes import slopes_of

        return slopes_of(self).half_range

    @property
    def is_positively_homogeneous(self) -> bool:
        """Whether phi(h x) = h phi(x) for every h >= 0."""
        from boundcheck.network.activation_slopes import slopes_of

        return slopes_of(self).is_positively_homogeneous


def parse_activation(text: str) -> Activation:
    """Read ``tanh``, ``softplus``, ``softplus(2.5)``, ... into an Activation; parameters become exact fractions.

    Raises InputError for an unknown name (listing the known ones) and for a missing, extra or invalid parameter.
    """
    # Imported here because the table is written in terms of the class above.
    from boundcheck.network.activation_facts import PARAMETRIC, PLAIN

    match = re.fullmatch(r"([a-z_]+)(?:\(([^()]*)\))?", text.strip().lower())
    name = match.group(1) if match else None
    if match is None or name not in {*PLAIN, *PARAMETRIC}:
        known = ", ".join([*PLAIN, *(f"{key}({entry.parameter})" for key, entry in PARAMETRIC.items())])
        raise InputError(f"activation={text or 'nothing'}: not known; choose one of {known}")
    argument = match.group(2)
    if name in PLAIN:
        if argument is not None:
            raise InputError(f"activation={text}: {name} takes no parameter; write {name}")
        return PLAIN[name]
    entry = PARAMETRIC[name]
    value = entry.default if argument is None else _exact_parameter(text, entry.parameter, argument)
    if not entry.is_allowed(value):
        raise InputError(
            f"activation={text}: {entry.parameter}={value}, expected {entry.expected}; "
            f"leave it out for {name}({entry.default})"
        )
    return entry.build(value)


@dataclass(frozen=True)
class ParametricFamily:
    """Activations that differ by one exact parameter: its name, its default, what is allowed, and the facts."""

    parameter: str
    default: sympy.Rational
    expected: str
    is_allowed: Callable[[sympy.Rational], bool]
    build: Callable[[sympy.Rational], Activation]


def _exact_parameter(text: str, parameter: str, argument: str) -> sympy.Rational:
    """The decimal or quotient as written, without passing through a float: 0.1 is 1/10."""
    digits = argument.strip().removeprefix(f"{parameter}=")
    try:
        exact = parse_rational(digits)
    except InputError:
        raise InputError(
            f"activation={text}: {parameter}={digits or 'nothing'} is not a number; "
            "write a decimal or a quotient, such as 0.1 or 1/10"
        ) from None
    return sympy.Rational(exact.numerator, exact.denominator)
