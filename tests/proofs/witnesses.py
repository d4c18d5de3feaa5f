"""Points at which statements are evaluated: one witness each that meets its assumptions, corners, and random points."""

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy

from boundcheck.core.operators import Expectation, LargestEntry, NonzeroCount, Norm, Probability, Projection, Variance
from boundcheck.core.statement import Statement

# What stands for a number inside a formula without being a symbol.
OPERATORS = (Norm, LargestEntry, NonzeroCount, Projection, Expectation, Probability, Variance)
Point = Mapping[str, Fraction]


def witness(statement: Statement) -> dict[str, Fraction]:
    """The statement's own instance, as a copy that tests may change."""
    return dict(statement.instance)


def leaves(expression: sympy.Basic) -> set[sympy.Basic]:
    """The symbols and operators that numbers are put in for."""
    if expression.is_Symbol or isinstance(expression, OPERATORS):
        return {expression}
    return set().union(*(leaves(argument) for argument in expression.args))


def values(expression: sympy.Basic, point: Point) -> dict[sympy.Basic, Fraction]:
    """The point's numbers for an expression whose definitions are expanded."""
    return {leaf: point[str(leaf)] for leaf in leaves(expression)}


def random_points(statement: Statement, count: int, seed: int = 1) -> Iterator[dict[str, Fraction]]:
    """Points of the domains of the statement's variables, drawn with a fixed seed."""
    generator = random.Random(seed)
    for _ in range(count):
        yield {
            str(variable.symbol): drawn(variable.domain, generator)
            for variable in statement.variables
            if variable.domain is not None
        }


def drawn(domain: sympy.Set, generator: random.Random) -> Fraction:
    """A rational number of the domain."""
    if isinstance(domain, sympy.FiniteSet):
        return Fraction(int(generator.choice(sorted(domain))))
    if domain in (sympy.S.Naturals, sympy.S.Naturals0):
        return Fraction(generator.randint(1, 9))
    ratio = Fraction(generator.randint(1, 999), 1000)
    if domain == sympy.S.Reals:
        return 10 * ratio - 5
    lower = Fraction(int(domain.inf))
    return lower + ratio * (1 if domain.sup is sympy.oo else int(domain.sup) - lower)


def corners(domain: sympy.Set) -> list[Fraction]:
    """The ends of a domain, whether they belong to it or not, and numbers close to them."""
    close = Fraction(1, 1000)
    if isinstance(domain, sympy.FiniteSet):
        return [Fraction(int(element)) for element in domain]
    if domain in (sympy.S.Naturals, sympy.S.Naturals0):
        return [Fraction(0), Fraction(1), Fraction(2)]
    if domain == sympy.S.Reals:
        return [Fraction(-1), Fraction(0), close]
    lower = Fraction(int(domain.inf))
    upper = [] if domain.sup is sympy.oo else [Fraction(int(domain.sup)) - close, Fraction(int(domain.sup))]
    return [lower, lower + close, *upper]
