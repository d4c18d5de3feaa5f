"""The table of activations' slopes: their range, how fast they change, and the kink at zero, each with its reason.

The tests enclose phi' and phi''' of every expression by interval branch and bound, as they do for the other facts.
"""

from dataclasses import dataclass

import sympy

from boundcheck.network.activation import Activation

_ONE, _ZERO = sympy.Integer(1), sympy.Integer(0)
_THIRD_OF_GELU = (7 - sympy.sqrt(33)) / 2


@dataclass(frozen=True)
class Slopes:
    """What is proved about the slopes of an activation that acts entry by entry. All facts are exact expressions.

    low, high: proved bounds of phi'(x), where it exists.
    lipschitz: a proved Lipschitz constant of phi'; ``sympy.oo`` where phi' jumps.
    third_derivative: a proved upper bound of sup |phi'''|; ``sympy.oo`` if phi is not three times differentiable.
    kink: the slope below zero where phi is 1 above it and convex (relu, leaky_relu up to 1), else None.
    reason: proof or citation of these facts.
    """

    low: sympy.Expr
    high: sympy.Expr
    lipschitz: sympy.Expr
    third_derivative: sympy.Expr
    reason: str
    kink: sympy.Rational | None = None
    is_positively_homogeneous: bool = False

    @property
    def half_range(self) -> sympy.Expr:
        """phi minus the middle slope times its argument is Lipschitz with this constant."""
        return (self.high - self.low) / 2


_PLAIN: dict[str, Slopes] = {
    "identity": Slopes(_ONE, _ONE, _ZERO, _ZERO, "phi' = 1.", is_positively_homogeneous=True),
    "relu": Slopes(
        *(_ZERO, _ONE, sympy.oo, sympy.oo),
        "phi' is 0 below zero and 1 above, where it jumps.",
        kink=_ZERO,
        is_positively_homogeneous=True,
    ),
    "tanh": Slopes(
        *(_ZERO, _ONE, 4 / (3 * sympy.sqrt(3)), sympy.Integer(2)),
        "phi' = 1 - t^2 with t = tanh x; phi''' = -2 (1 - t^2)(1 - 3 t^2) lies between -2, at 0, and 2/3.",
    ),
    "sigmoid": Slopes(
        *(_ZERO, sympy.Rational(1, 4), 1 / (6 * sympy.sqrt(3)), sympy.Rational(1, 8)),
        "phi(x) = (1 + tanh(x/2))/2, so phi', phi'' and phi''' are tanh's times 1/4, 1/8 and 1/16.",
    ),
    "gelu": Slopes(
        (1 - sympy.erf(1)) / 2 - sympy.exp(-1) / sympy.sqrt(sympy.pi),
        (1 + sympy.erf(1)) / 2 + sympy.exp(-1) / sympy.sqrt(sympy.pi),
        2 / sympy.sqrt(2 * sympy.pi),
        sympy.sqrt(_THIRD_OF_GELU) * (4 - _THIRD_OF_GELU) * sympy.exp(-_THIRD_OF_GELU / 2) / sympy.sqrt(2 * sympy.pi),
        "phi' takes its extremes at +-sqrt(2), phi'(-x) = 1 - phi'(x); phi''' = (x^3 - 4 x) g, g the normal density, "
        "is largest in absolute value where x^4 - 7 x^2 + 4 = 0, at the smaller root.",
    ),
    "silu": Slopes(
        *(sympy.Rational(-9984, 100000), sympy.Rational(109984, 100000)),
        *(sympy.Rational(1, 2), sympy.Rational(30819, 100000)),
        "phi'(-x) = 1 - phi'(x), and phi' is at most 1.0998393...; |phi'''| is at most 0.308181515...",
    ),
    "sin": Slopes(-_ONE, _ONE, _ONE, _ONE, "phi', phi'' and phi''' lie in [-1, 1]."),
    "softmax": Slopes(-sympy.oo, sympy.oo, sympy.oo, sympy.oo, "It does not act entry by entry."),
}


def slopes_of(activation: Activation) -> Slopes:
    """The table's entry for an activation, its parameter put in; of others what their Lipschitz constant says."""
    family, _, parameter = activation.name.partition("(")
    if parameter and family in _FAMILIES:
        return _FAMILIES[family](sympy.Rational(parameter.rstrip(")")))
    if family in _PLAIN:
        return _PLAIN[family]
    bound = activation.lipschitz
    return Slopes(-bound, bound, sympy.oo, sympy.oo, "|phi'| is at most the Lipschitz constant.")


def _leaky_relu(slope: sympy.Rational) -> Slopes:
    return Slopes(
        *(sympy.Min(1, slope), sympy.Max(1, slope), sympy.oo, sympy.oo),
        "phi' is the given slope below zero and 1 above, where it jumps.",
        kink=slope if slope <= 1 else None,
        is_positively_homogeneous=True,
    )


def _softplus(beta: sympy.Rational) -> Slopes:
    return Slopes(
        *(_ZERO, _ONE, beta / 4, beta**2 / (6 * sympy.sqrt(3))),
        "phi'(x) = sigmoid(beta x), so phi'' and phi''' are beta and beta^2 times derivatives of the sigmoid.",
    )


def _elu(alpha: sympy.Rational) -> Slopes:
    return Slopes(
        *(_ZERO, sympy.Max(1, alpha), _ONE if alpha == 1 else sympy.oo, sympy.oo),
        "phi' is alpha e^x below zero and 1 above; it is continuous for alpha = 1 alone, and then 1-Lipschitz.",
    )


_FAMILIES = {"leaky_relu": _leaky_relu, "softplus": _softplus, "elu": _elu}
