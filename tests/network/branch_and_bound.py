"""Interval branch and bound for the facts of activations: |function| <= bound on an interval, proved in Arb."""

from itertools import pairwise

import sympy
from flint import arb

from boundcheck.exact.ball import ball
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import X

NEAR = 2.0**-5


def cell(low: float, high: float) -> arb:
    return ball(low).union(ball(high))


def unproved_cells(function: sympy.Expr, bound: arb, radius: float) -> list[tuple[float, float]]:
    """The cells of [-radius, radius] on which |function| < bound is not proved, by the mean value theorem."""
    slope = sympy.diff(function, X)
    pending, left = [(-radius, radius)], []
    while pending:
        low, high = pending.pop()
        middle = (low + high) / 2
        reach = abs(evaluate(slope, {X: cell(low, high)})) * ball((high - low) / 2)
        if abs(evaluate(function, {X: middle})) + reach < bound:
            continue
        if high - low <= NEAR / 64:
            left.append((low, high))
        else:
            pending += [(low, middle), (middle, high)]
    return left


def proves_bound(function: sympy.Expr, fact: sympy.Expr, peaks: list[sympy.Expr], radius: float) -> bool:
    """|function| <= fact: strict away from the peaks; near one, |function| is concave with its largest value there."""
    places = [float(sympy.N(peak)) for peak in peaks]
    for low, high in unproved_cells(function, evaluate(fact, {}), radius):
        if not any(place - NEAR < low and high < place + NEAR for place in places):
            return False
    for peak, place in zip(peaks, places, strict=True):
        sign = 1 if sympy.N(function.subs(X, peak)) > 0 else -1
        attains = sympy.simplify((sign * function.subs(X, peak) - fact).rewrite(sympy.exp)) == 0
        is_flat = sympy.simplify(sympy.diff(function, X).subs(X, peak).rewrite(sympy.exp)) == 0
        bend = sympy.diff(function, X, 2)
        edges = [place + NEAR * step / 64 for step in range(-64, 65)]
        is_concave = all(sign * evaluate(bend, {X: cell(low, high)}) < 0 for low, high in pairwise(edges))
        if not (attains and is_flat and is_concave):
            return False
    return True
