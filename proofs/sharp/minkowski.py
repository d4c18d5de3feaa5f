"""Root mean squares of sums: steps from norms at every outcome to means."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step


def minkowski(
    name: str, total: sympy.Expr, parts: tuple[sympy.Expr, sympy.Expr], pointwise: Boolean, cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """E total^2 <= (sqrt(E a^2) + sqrt(E b^2))^2 from total <= a + b at every outcome; all three are norms."""
    a, b = parts
    squares = a**2 + 2 * a * b + b**2
    squared = sympy.Le(total**2, squares)
    in_the_mean = sympy.Le(Expectation(total**2), Expectation(squares))
    apart = sympy.Eq(Expectation(squares), Expectation(a**2) + 2 * Expectation(a * b) + Expectation(b**2))
    roots = (sympy.sqrt(Expectation(a**2)), sympy.sqrt(Expectation(b**2)))
    mixed = sympy.Le(Expectation(a * b), roots[0] * roots[1])
    return (
        Step(f"{name}-squared", "the squares", "smt", squared, (pointwise,), cites),
        Step(f"{name}-mean", "in the mean", "expectation", in_the_mean, (squared,), (f"{name}-squared",)),
        Step(f"{name}-summands", "summand by summand", "expectation", apart),
        Step(
            f"{name}-mixed",
            "Cauchy-Schwarz bounds the mixed summand",
            "named-lemma",
            mixed,
            data={"lemma": "cauchy-schwarz", "instance": {"X": a, "Y": b}},
        ),
        Step(
            name,
            "so the root mean square is at most the sum of both",
            "smt",
            sympy.Le(Expectation(total**2), (roots[0] + roots[1]) ** 2),
            (in_the_mean, apart, mixed),
            (f"{name}-mean", f"{name}-summands", f"{name}-mixed"),
        ),
    )


def squared_mean(
    name: str,
    lesser: sympy.Expr,
    factor: sympy.Expr,
    greater: sympy.Expr,
    pointwise: Boolean,
    cites: tuple[str, ...],
    fixed: tuple[sympy.Basic, ...] = (),
) -> tuple[Step, ...]:
    """E lesser^2 <= factor^2 E greater^2 from lesser <= factor greater at every outcome; the factor is not random.

    fixed: its symbols, where they are no variables of the statement.
    """
    squared = sympy.Le(lesser**2, factor**2 * greater**2)
    inside = Expectation(factor**2 * greater**2)
    constant = sympy.Eq(inside, factor**2 * Expectation(greater**2), evaluate=False)
    return (
        Step(f"{name}-squared", "the squares", "smt", squared, (pointwise,), cites),
        Step(
            f"{name}-mean",
            "in the mean",
            "expectation",
            sympy.Le(Expectation(lesser**2), inside),
            (squared,),
            (f"{name}-squared",),
        ),
        Step(f"{name}-constant", "the factor is not random", "expectation", constant, data={"fixed": fixed}),
        Step(
            name,
            "so in the mean",
            "smt",
            sympy.Le(Expectation(lesser**2), factor**2 * Expectation(greater**2)),
            (sympy.Le(Expectation(lesser**2), inside), constant),
            (f"{name}-mean", f"{name}-constant"),
        ),
    )
