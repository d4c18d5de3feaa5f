"""The range of an expression over a box whose sides may be open or unbounded, enclosed end by end in Arb.

Each end is a point rounded outward. An open end is not attained: that keeps 1/p defined on (0, 1] and decides strict
relations. Where an expression may be undefined in the box, nothing is enclosed: Undefined is raised instead.
"""

from collections.abc import Mapping
from fractions import Fraction

import sympy
from sympy.core.relational import Relational

from boundcheck.core.errors import LibraryError
from boundcheck.core.verdict import Verdict, conjunction, disjunction
from boundcheck.exact.ball import lower_end, upper_end
from boundcheck.exact.evaluate import evaluate

from .ranges import FUNCTIONS, Range, Undefined, exponential, hull, logarithm, power, product


def enclose(expression: sympy.Expr, box: Mapping[sympy.Symbol, Range]) -> Range:
    """A range containing every value of the expression in the box.

    Raises:
        Undefined: it may be undefined somewhere in the box.
        LibraryError: it holds a symbol without a side, a Float or a function that has no enclosure.
    """
    return _Enclosure(box).range(expression)


def truth(relation: sympy.Basic, box: Mapping[sympy.Symbol, Range]) -> Verdict:
    """Whether a relation, or a combination of them, holds or fails everywhere in the box; raises as enclose."""
    return _Enclosure(box).truth(relation)


class _Enclosure:
    def __init__(self, box: Mapping[sympy.Symbol, Range]) -> None:
        self._ranges: dict[sympy.Basic, Range] = dict(box)

    def range(self, node: sympy.Expr) -> Range:
        if node not in self._ranges:
            self._ranges[node] = self._compute(node)
        return self._ranges[node]

    def _compute(self, node: sympy.Expr) -> Range:
        if not node.free_symbols:
            return _of_constant(node)
        if isinstance(node, sympy.Piecewise):
            return self._piecewise(node)
        if node.is_Pow:
            return self._power(node.base, node.exp)
        function = FUNCTIONS.get(node.func)
        if function is None:
            raise LibraryError(f"cannot enclose {str(node)[:80]} over a box; use functions that have an enclosure")
        return function(*map(self.range, node.args))

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> Range:
        if exponent.is_Rational:
            return power(self.range(base), Fraction(int(exponent.p), int(exponent.q)))
        return exponential(product(self.range(exponent), logarithm(self.range(base))))

    def _piecewise(self, node: sympy.Piecewise) -> Range:
        """The hull of the branches that may apply; Undefined if perhaps none does."""
        open_branches: list[Range] = []
        for branch, condition in node.args:
            verdict = self.truth(condition)
            if verdict is not Verdict.FAILS:
                open_branches.append(self.range(branch))
            if verdict is Verdict.HOLDS:
                return hull(open_branches)
        raise Undefined(f"no branch of {node} is sure to apply")

    def truth(self, node: sympy.Basic) -> Verdict:
        if node in (sympy.true, sympy.false):
            return Verdict.HOLDS if node == sympy.true else Verdict.FAILS
        if isinstance(node, sympy.And):
            return conjunction(map(self.truth, node.args))
        if isinstance(node, sympy.Or):
            return disjunction(map(self.truth, node.args))
        if isinstance(node, sympy.Not):
            inner = self.truth(node.args[0])
            return {Verdict.HOLDS: Verdict.FAILS, Verdict.FAILS: Verdict.HOLDS}.get(inner, inner)
        if not isinstance(node, Relational):
            raise LibraryError(f"cannot decide {str(node)[:80]}; use relations, And, Or and Not")
        return self._relation(node)

    def _relation(self, node: Relational) -> Verdict:
        difference = self.range(node.lhs - node.rhs)
        if isinstance(node, sympy.Eq | sympy.Ne):
            inside = Verdict.UNKNOWN if difference.has_zero else Verdict.FAILS
            if difference.low == 0 and difference.high == 0:
                inside = Verdict.HOLDS
            flipped = {Verdict.HOLDS: Verdict.FAILS, Verdict.FAILS: Verdict.HOLDS}.get(inside, inside)
            return inside if isinstance(node, sympy.Eq) else flipped
        if node.rel_op in ("<", "<="):
            difference = difference.negated()
        strict = node.rel_op in ("<", ">")
        if difference.nonnegative(strict):
            return Verdict.HOLDS
        return Verdict.FAILS if difference.negated().nonnegative(not strict) else Verdict.UNKNOWN


def _of_constant(node: sympy.Expr) -> Range:
    value = evaluate(node, {})
    if not value.is_finite():
        raise Undefined(f"{node} has no value")
    return Range(lower_end(value), upper_end(value))
