"""From what holds at every outcome to means: steps that several proofs take."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step


def linear(name: str, text: str, inner: sympy.Expr, means: dict[sympy.Basic, sympy.Expr], taken_apart: sympy.Expr,
           cites: tuple[str, ...] = (), fixed: tuple[sympy.Basic, ...] = ()) -> Step:  # fmt: skip
    """E inner = taken_apart, which holds expectations of its own; ``means`` are given by what is cited."""
    given = tuple(sympy.Eq(Expectation(symbol), mean, evaluate=False) for symbol, mean in means.items())
    conclusion = sympy.Eq(Expectation(inner), taken_apart, evaluate=False)
    return Step(name, text, "expectation", conclusion, given, cites, data={"means": means, "fixed": fixed})


def within_the_mean(inner: sympy.Expr, bound: sympy.Expr) -> Boolean:
    """|E inner| <= E bound."""
    mean, most = Expectation(inner), Expectation(bound)
    relation: Boolean = sympy.And(sympy.Le(mean, most), sympy.Le(-mean, most))
    return relation


def within(
    name: str, inner: sympy.Expr, bound: sympy.Expr, pointwise: Boolean, cites: tuple[str, ...]
) -> tuple[Step, ...]:
    """From |inner| <= bound at every outcome, which ``pointwise`` gives, to |E inner| <= E bound."""
    above, below = sympy.Le(inner, bound), sympy.Le(-inner, bound)
    means = [sympy.Le(Expectation(each), Expectation(bound)) for each in (inner, -inner)]
    sign = sympy.Eq(Expectation(-inner), -Expectation(inner), evaluate=False)
    return (
        Step(f"{name}-both-sides", "from above and from below", "smt", sympy.And(above, below), (pointwise,), cites),
        Step(f"{name}-above", "in the mean, from above", "expectation", means[0], (above,), (f"{name}-both-sides",)),
        Step(f"{name}-below", "and from below", "expectation", means[1], (below,), (f"{name}-both-sides",)),
        Step(f"{name}-sign", "the sign comes out", "expectation", sign),
        Step(
            f"{name}-in-the-mean",
            "so the mean is within the mean of the bound",
            "smt",
            within_the_mean(inner, bound),
            (*means, sign),
            (f"{name}-above", f"{name}-below", f"{name}-sign"),
        ),
    )
