"""Names for an undefined real function's derivatives and their Lipschitz constants, as proofs and rules share them."""

import sympy
from sympy.core.function import UndefinedFunction

from .operators import Lipschitz

PLACE = sympy.Symbol("y", real=True)


def derivative(phi: UndefinedFunction, order: int) -> UndefinedFunction:
    """The undefined real function that stands for a derivative of phi: named as phi, with so many primes."""
    return sympy.Function(str(phi) + "'" * order, real=True)


def constant_of(phi: UndefinedFunction, order: int = 0) -> sympy.Expr:
    """The Lipschitz constant of phi, or of its derivative of that order."""
    return Lipschitz(sympy.Lambda(PLACE, derivative(phi, order)(PLACE)))
