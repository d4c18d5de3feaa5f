"""Draws made one after the other: each adds its variance to the mean squared error, for its first-order term vanishes.

psi(d) is the mean squared error after d of the T draws, cost(d) what they cost. A draw changes the residual by
something of mean zero, given the residual, the inputs and all earlier draws.
"""

from dataclasses import dataclass

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Step


@dataclass(frozen=True)
class InTurn:
    """before, after: the squared residual around a draw, of symbols that are not random given what came earlier.

    draw: the random symbol in ``after``; mean: its mean, known from ``unbiased``, cited as ``unbiased_by``.
    times: what multiplies the draw's variance in the mean of ``after``. new: relations that introduce the symbols.
    error = carried + added is the claim. square: the step that expands a norm into ``after``.
    """

    kind: str
    text: str
    before: sympy.Expr
    after: sympy.Expr
    draw: sympy.Symbol
    mean: sympy.Expr
    unbiased: Boolean
    unbiased_by: str
    times: sympy.Expr
    error: sympy.Symbol
    carried: sympy.Expr
    added: sympy.Symbol
    new: tuple[Boolean, ...] = ()
    square: Step | None = None


def in_turn(of: InTurn) -> tuple[Step, ...]:
    """Steps to error = carried + added, the last of which has the id ``kind``."""
    after = of.after if of.square is None else of.square.conclusion.args[0]
    d, made = (sympy.Symbol(f"{name}_{of.kind}", integer=True) for name in ("d", "T"))
    psi, cost = (sympy.Function(f"{name}_{of.kind}", real=True) for name in ("psi", "cost"))
    spread, mean_after = (sympy.Symbol(f"{name}_{of.kind}", real=True) for name in ("Var", "psi'"))
    fixed = tuple((of.before + of.after + of.times).free_symbols - {of.draw} - of.mean.free_symbols)
    conditional = sympy.Eq(Expectation(of.after), of.before + Variance(of.draw) * of.times, evaluate=False)
    larger = of.before + spread * of.times
    averaged = sympy.Eq(Expectation(larger), Expectation(of.before) + Expectation(spread * of.times), evaluate=False)
    both = (
        sympy.Le(Expectation(mean_after), Expectation(larger)),
        sympy.Le(Expectation(larger), Expectation(mean_after)),
    )
    ends = (
        *(sympy.Ge(made, 0), sympy.Eq(psi(0), of.carried), sympy.Eq(psi(made), of.error)),
        *(sympy.Eq(cost(0), 0), sympy.Eq(cost(made), of.added)),
    )
    now = (*of.new, sympy.Eq(psi(d), Expectation(of.before)))
    then = (
        *(sympy.Eq(spread, Variance(of.draw)), sympy.Eq(mean_after, Expectation(after))),
        *(sympy.Eq(psi(d + 1), Expectation(mean_after)),),
        *(sympy.Eq(cost(d + 1), cost(d) + Expectation(spread * of.times)),),
    )
    recursion = sympy.Eq(psi(d + 1), psi(d) + cost(d + 1) - cost(d))
    summed = sympy.Eq(psi(made), of.carried + cost(made))

    def named(name: str) -> str:
        return f"{of.kind}-{name}"

    expanded = _expanded(of)
    return (
        Step(
            named("draws"),
            "T draws are made one after the other; psi(d) is the mean squared error after d of them",
            "let",
            sympy.And(*ends),
        ),
        Step(
            named("one-draw"),
            "let d of them be made",
            "let",
            sympy.And(sympy.Ge(d, 0), sympy.Le(d, made - 1)),
            cites=(named("draws"),),
        ),
        Step(named("residual"), of.text, "let", sympy.And(*now), cites=(named("one-draw"),)),
        *(() if of.square is None else (of.square,)),
        Step(
            named("mean-of-the-draw"),
            "the cross term has mean zero",
            "expectation",
            conditional,
            given=(of.unbiased,),
            cites=(of.unbiased_by, named("residual")),
            data={"means": {of.draw: of.mean}, "fixed": fixed},
        ),
        Step(
            named("next"),
            "psi(d + 1) is the mean of that over everything earlier, and so is what the draw costs",
            "let",
            sympy.And(*then),
            cites=(named("residual"),),
        ),
        *expanded,
        Step(
            named("after-the-draw"),
            "the mean after the draw is what was there and the draw's variance",
            "smt",
            sympy.Eq(mean_after, larger),
            given=(conditional, *then[:2], *(step.conclusion for step in expanded)),
            cites=(named("mean-of-the-draw"), named("next"), *(step.id for step in expanded)),
        ),
        *(
            Step(
                named(f"in-the-mean-{way}"),
                "so it is in the mean",
                "expectation",
                relation,
                given=(sympy.Eq(mean_after, larger),),
                cites=(named("after-the-draw"),),
            )
            for way, relation in zip(("above", "below"), both, strict=True)
        ),
        Step(named("apart"), "what was there, and the variance", "expectation", averaged),
        Step(
            named("one-more"),
            "psi grows by what the draw costs",
            "smt",
            recursion,
            given=(*both, averaged, now[-1], *then[2:]),
            cites=(named("in-the-mean-above"), named("in-the-mean-below"), named("apart"), named("next")),
        ),
        Step(
            named("all"),
            "all draws together",
            "finite-induction",
            summed,
            given=(*ends[:2], ends[3]),
            cites=(named("one-more"), named("draws")),
            data={
                "variable": d,
                "start": sympy.Integer(0),
                "until": made,
                "hypothesis": sympy.Eq(psi(d), of.carried + cost(d)),
                "recursion": (recursion,),
            },
        ),
        Step(
            of.kind,
            "which is the claim",
            "smt",
            sympy.Eq(of.error, of.carried + of.added),
            given=(summed, ends[2], ends[4]),
            cites=(named("all"), named("draws")),
        ),
    )


def _expanded(of: InTurn) -> tuple[Step, ...]:
    """The norm after the draw and its expanded form have one mean."""
    if of.square is None:
        return ()
    sides = tuple(Expectation(side) for side in of.square.conclusion.args)
    return tuple(
        Step(
            f"{of.kind}-expanded-{way}",
            "the expanded square has the same mean",
            "expectation",
            sympy.Le(lesser, greater),
            given=(of.square.conclusion,),
            cites=(of.square.id,),
        )
        for way, lesser, greater in (("above", *sides), ("below", *reversed(sides)))
    )
