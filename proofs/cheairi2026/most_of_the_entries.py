"""Steps that Lemmas 15 and 16 share: from one unprocessed weight or block to most of them, by Lemma 10.

The sums run over the first s of the unprocessed ones; the first of them adds up the absolute second derivatives.
"""

from collections.abc import Callable, Iterable, Mapping

import sympy
from sympy.core.function import UndefinedFunction
from sympy.logic.boolalg import Boolean

from boundcheck.core.application import applied
from boundcheck.core.operators import Expectation
from boundcheck.core.step import Step

from .lemma_10_most_are_not_far_above_the_mean import STATEMENT as LEMMA_10
from .lemma_10_most_are_not_far_above_the_mean import least, mean, mu, size, small
from .notation import eta

Summands = Mapping[UndefinedFunction, tuple[sympy.Expr, sympy.Expr]]
# What nodes of a conclusion are in components, and what is known of these.
Written = list[tuple[dict[sympy.Basic, sympy.Expr], tuple[Boolean, ...]]]


def written(
    step_id: str,
    text: str,
    conclusion: Boolean,
    instance: Callable[..., Written],
    sizes: Iterable[tuple[int, ...]],
    *,
    given: tuple[Boolean, ...] = (),
    cites: tuple[str, ...] = (),
    equation: str = "",
) -> Step:
    """A relation between sums, decided where they are written out; given: what of the instances' own is assumed."""
    data = {"sizes": tuple(sizes), "instance": instance, "by": ("smt", {})}
    return Step(step_id, text, "written-out", conclusion, given, cites, equation, data=data)


def in_the_mean(part: str, pointwise: sympy.Rel, by: str) -> Step:
    """The mean of what the step ``by`` concludes."""
    mean_of = sympy.Le(Expectation(pointwise.args[0]), Expectation(pointwise.args[1]))
    return Step(f"{part}-mean", "and in the mean over everything random", "expectation", mean_of, (pointwise,), (by,))


def in_the_mean_at_most(part: str, total: sympy.Expr, count: sympy.Expr, by: str) -> tuple[Step, ...]:
    """The sum over S_1 has mean at most ``total``, a number, which it is at most by the step ``by``."""
    pointwise, fixed = sympy.Le(sums(part)(count), total), sympy.Eq(Expectation(total), total, evaluate=False)
    mean_of = Expectation(sums(part)(count))
    return (
        in_the_mean(part, pointwise, by),
        Step(f"{part}-fixed", "the bound is not random", "expectation", fixed),
        Step(
            f"{part}-total",
            "so the mean of the sum is no larger",
            "smt",
            sympy.Le(mean_of, total),
            given=(sympy.Le(mean_of, Expectation(total)), fixed),
            cites=(f"{part}-mean", f"{part}-fixed"),
        ),
    )


def sums(part: str) -> UndefinedFunction:
    """The sequence of sums of the absolute second derivatives."""
    return sympy.Function(f"c_{part}", real=True)


def summed(part: str, count: sympy.Expr, entry: sympy.Expr, bound: Summands, by: str) -> tuple[Step, ...]:
    """Adds up |entry| <= sum of factor * summand, concluded by the step ``by``; bound: {sums: (factor, summand)}."""
    curved, s = sums(part), sympy.Symbol(f"s_{part}", integer=True)
    right = sympy.Add(*(factor * total(s) for total, (factor, _) in bound.items()))
    rise = sympy.Add(*(factor * (total(s + 1) - total(s)) for total, (factor, _) in bound.items()))
    recursion = sympy.Le(curved(s + 1), curved(s) + rise)
    starts = (sympy.Eq(curved(0), 0), *(sympy.Eq(total(0), 0) for total in bound))
    added = sympy.Symbol(f"D_{part}", real=True)
    places = {total: sympy.Symbol(f"{total}_s", real=True) for total in bound}
    steps_of = (
        sympy.Eq(curved(s + 1), curved(s) + added),
        sympy.Eq(added, sympy.Abs(entry)),
        *(sympy.Eq(total(s + 1), total(s) + places[total]) for total in bound),
        *(sympy.Eq(places[total], summand) for total, (_, summand) in bound.items()),
    )
    one = sympy.Le(sympy.Abs(entry), sympy.Add(*(factor * summand for factor, summand in bound.values())))
    return (
        Step(f"{part}-sums", "let these be the sums over the first s in S_1", "let", sympy.And(*starts)),
        Step(f"{part}-index", "let s be below |S_1|", "let", sympy.And(sympy.Ge(s, 0), sympy.Le(s, count - 1))),
        Step(
            f"{part}-next",
            "let the next weight or block be the one above; each sum grows by what belongs to it",
            "let",
            sympy.And(*steps_of),
            cites=(f"{part}-sums",),
        ),
        Step(
            f"{part}-rise",
            "the sum rises by no more than its bound",
            "smt",
            recursion,
            given=(*steps_of, one),
            cites=(f"{part}-next", by),
        ),
        Step(
            f"{part}-summed",
            "so it is at most the bound's sum over S_1",
            "finite-induction",
            sympy.Le(curved(count), right.subs(s, count)),
            given=(*starts, sympy.Ge(count, 1)),
            cites=(f"{part}-sums", f"{part}-rise"),
            data={
                "variable": s,
                "start": sympy.Integer(0),
                "until": count,
                "hypothesis": sympy.Le(curved(s), right),
                "recursion": (recursion,),
            },
        ),
    )


def most(part: str, count: sympy.Expr, good: sympy.Symbol, total: sympy.Expr, by: str) -> tuple[Step, ...]:
    """Lemma 10 for the mean derivatives, whose sum has mean at most ``total`` by the step ``by``."""
    curved = Expectation(sums(part)(count))
    average, lowest = sympy.symbols(f"m_{part} D_{part}^min", real=True)
    numbers = (sympy.Eq(average * count, curved), sympy.Ge(lowest, 0), sympy.Ge(average, lowest))
    below = sympy.Le(average, total / count)
    return (
        Step(
            f"{part}-numbers",
            "let these be the average and the least of the mean absolute second derivatives over S_1",
            "let",
            sympy.And(*numbers),
            cites=(f"{part}-sums",),
        ),
        Step(
            f"{part}-average",
            "their average is at most the sum's bound over |S_1|",
            "smt",
            sympy.And(below, sympy.Ge(average, 0)),
            given=(*numbers, sympy.Le(curved, total)),
            cites=(f"{part}-numbers", by),
        ),
        applied(
            f"{part}-counted",
            "Lemma 10: most of them are at most eta times that",
            LEMMA_10,
            "printed",
            "count",
            {size: count, small: good, mean: average, mu: total / count, least: lowest},
            given=(below, sympy.Ge(average, 0), sympy.Ge(lowest, 0)),
        ),
    )


def one_of_most(
    part: str, count: sympy.Expr, total: sympy.Expr, derivative: sympy.Symbol, claim: Boolean, *known: Boolean
) -> tuple[Step, ...]:
    """What the claim says of one of the weights or blocks that Lemma 10 counts."""
    chosen = sympy.Symbol(f"d^2Psi_{part}", real=True)
    size_of = Expectation(sympy.Abs(chosen))
    is_one = (sympy.Eq(derivative, size_of), sympy.Le(size_of, eta * total / count))
    return (
        Step(
            f"{part}-one",
            "let one of these be named",
            "let",
            sympy.And(*is_one),
            cites=(f"{part}-counted",),
        ),
        Step(f"{part}-bound", "which is the bound", "smt", claim, (*is_one, *known), (f"{part}-one",)),
    )
