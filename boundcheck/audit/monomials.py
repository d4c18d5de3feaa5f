"""Products of powers in logarithms: an expression as a constant times atoms to exponents, which may hold symbols."""

from dataclasses import dataclass
from fractions import Fraction

import sympy

# An atom, and the symbols (such as the layer number) that multiply its logarithm; 1 for a plain power.
Basis = tuple[sympy.Expr, sympy.Expr]


@dataclass(frozen=True)
class Monomial:
    """constant * product of atom^exponent; exponents are linear in the second part of their basis elements."""

    constant: Fraction
    exponents: dict[Basis, Fraction]

    def over(self, other: "Monomial") -> "Monomial":
        """The quotient."""
        keys = self.exponents.keys() | other.exponents.keys()
        zero = Fraction(0)
        quotient = {key: self.exponents.get(key, zero) - other.exponents.get(key, zero) for key in keys}
        return Monomial(self.constant / other.constant, {key: value for key, value in quotient.items() if value})


def monomial(expression: sympy.Expr) -> Monomial:
    """Split an expression into factors; what is no product or power is an atom. ValueError if a constant is not > 0."""
    constant = Fraction(1)
    exponents: dict[Basis, Fraction] = {}
    for factor in sympy.Mul.make_args(sympy.powdenest(sympy.together(expression), force=True)):
        for base, exponent in _powers(factor):
            if base.is_Rational and exponent.is_Integer:
                constant *= Fraction(int(base.p), int(base.q)) ** int(exponent)
                continue
            for part, coefficient in exponent.expand().as_coefficients_dict().items():
                key = (base, sympy.S.One if part == 1 else part)
                exponents[key] = exponents.get(key, Fraction(0)) + Fraction(int(coefficient.p), int(coefficient.q))
    if constant <= 0:
        raise ValueError(f"{expression} has the constant {constant}, which is not positive")
    return Monomial(constant, {key: value for key, value in exponents.items() if value})


def _powers(factor: sympy.Expr) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """The factor as powers of atoms, products inside powers taken apart (all atoms are positive)."""
    base, exponent = factor.as_base_exp()
    if base.is_Mul:
        return [(inner, power * exponent) for part in base.args for inner, power in _powers(part)]
    if base.is_Pow:
        return [(inner, power * exponent) for inner, power in _powers(base)]
    if base.is_Rational and not exponent.is_Integer and base.q != 1:
        return [(sympy.Integer(base.p), exponent), (sympy.Integer(base.q), -exponent)]
    if base.is_Add:
        content, rest = base.primitive()
        if content != 1:
            return [(content, exponent), (rest, exponent)]
    return [(base, exponent)]
