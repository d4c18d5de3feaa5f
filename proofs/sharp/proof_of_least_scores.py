"""The least scores: none of them is above, and none of the others below, the largest that is taken."""

import sympy

from boundcheck.core.step import Step

from .least_scores import SUM, least, total, units
from .notation import alpha, draws

i, j, taken = sympy.symbols("i j T", integer=True)
lesser, greater, level = sympy.symbols("a_i a_j tau", real=True)
partial = sympy.Function("s", real=True)

COUNT = sympy.Eq(taken, draws(units))
ENDS = (
    *(sympy.Eq(partial(0), 0), sympy.Eq(partial(taken), least), sympy.Eq(partial(units), total)),
    sympy.Ge(level, 0),
)
SOME = sympy.Ge(draws(units), 0, evaluate=False)
FEW = sympy.And(sympy.Ge(taken, 0), sympy.Le(taken, alpha * units), sympy.Le(taken, units))
NEXT_LESSER = (sympy.Le(lesser, level), sympy.Eq(partial(i + 1), partial(i) + lesser))
NEXT_GREATER = (sympy.Ge(greater, level), sympy.Eq(partial(j + 1), partial(j) + greater))
RISES, JUMPS = sympy.Le(partial(i + 1), partial(i) + level), sympy.Ge(partial(j + 1), partial(j) + level)
TAKEN = sympy.Le(partial(taken), taken * level)
LEFT = sympy.Ge(partial(units), partial(taken) + (units - taken) * level)
SHARE, OTHERS = (1 - alpha) * taken * level, alpha * (units - taken) * level

LEAST_SCORES = (
    Step("taken", "T of the N numbers are taken", "definition", COUNT),
    Step(
        "none-or-some",
        "floor(alpha N) >= 0",
        "monotone-substitution",
        SOME,
        data={"expression": sympy.floor(level), "replace": {level: (sympy.S.Zero, alpha * units)}},
    ),
    Step(
        "count",
        "0 <= T <= alpha N",
        "smt",
        FEW,
        given=(COUNT, SOME),
        cites=("taken", "none-or-some"),
    ),
    Step(
        "in-order",
        "s(j) is the sum of the first j numbers in increasing order; tau is the last that is taken, or 0",
        "let",
        sympy.And(*ENDS),
        cites=("taken",),
    ),
    Step("one-taken", "let i be taken", "let", sympy.And(sympy.Ge(i, 0), sympy.Le(i, taken - 1)), cites=("taken",)),
    Step("at-most", "it is at most tau", "let", sympy.And(*NEXT_LESSER), cites=("one-taken", "in-order")),
    Step("rises", "so s rises by at most tau", "smt", RISES, given=NEXT_LESSER, cites=("at-most",)),
    Step(
        "sum-of-the-taken",
        "T of them add up to at most T tau",
        "finite-induction",
        TAKEN,
        given=(ENDS[0], FEW),
        cites=("rises", "in-order", "count"),
        data={
            "variable": i,
            "start": sympy.Integer(0),
            "until": taken,
            "hypothesis": sympy.Le(partial(i), i * level),
            "recursion": (RISES,),
        },
    ),
    Step("one-left", "let j be left", "let", sympy.And(sympy.Ge(j, taken), sympy.Le(j, units - 1)), cites=("taken",)),
    Step("at-least", "it is at least tau", "let", sympy.And(*NEXT_GREATER), cites=("one-left", "in-order")),
    Step("jumps", "so s rises by at least tau", "smt", JUMPS, given=NEXT_GREATER, cites=("at-least",)),
    Step(
        "sum-of-the-others",
        "the others add up to at least (N - T) tau",
        "finite-induction",
        LEFT,
        given=(FEW,),
        cites=("jumps", "count"),
        data={
            "variable": j,
            "start": taken,
            "until": units,
            "hypothesis": sympy.Ge(partial(j), partial(taken) + (j - taken) * level),
            "recursion": (JUMPS,),
        },
    ),
    Step(
        "shares",
        "(1 - alpha) T tau <= alpha (N - T) tau, as T <= alpha N",
        "smt",
        sympy.Le(SHARE, OTHERS),
        given=(FEW, ENDS[3]),
        cites=("count", "in-order"),
    ),
    Step(
        "weighted",
        "(1 - alpha) s(T) <= alpha (s(N) - s(T))",
        "smt",
        sympy.Le((1 - alpha) * partial(taken), alpha * (partial(units) - partial(taken))),
        given=(TAKEN, LEFT, sympy.Le(SHARE, OTHERS)),
        cites=("sum-of-the-taken", "sum-of-the-others", "shares"),
    ),
    Step(
        "sum",
        "which is the claim",
        "smt",
        SUM.relation,
        given=(
            sympy.Le((1 - alpha) * partial(taken), alpha * (partial(units) - partial(taken))),
            *ENDS[1:3],
        ),
        cites=("weighted", "in-order"),
    ),
)
PROOFS = {("sharp-least-scores", "printed"): LEAST_SCORES}
