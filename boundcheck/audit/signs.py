"""Signs of expressions from what a step gives: by their form first, then by solvers."""

from collections.abc import Sequence

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.operators import LargestEntry, NonzeroCount, Norm, Probability
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

from .finding import Domains
from .registry import rule

# What is nonnegative by definition, whatever its argument.
NONNEGATIVE = (Norm, LargestEntry, NonzeroCount, Probability, sympy.Abs)
# Functions that have the sign of their argument.
ODD = (sympy.tanh, sympy.sinh, sympy.erf)
# Boxes for signs of exponentials and logarithms, which smt takes as unknowns.
BOXES = 30
# A sign that takes solvers longer than this is not looked for; many are asked for that there are not.
EFFORT = 300_000


class Signs:
    """Judges signs under the facts and domains given; each expression once."""

    def __init__(self, facts: Sequence[Boolean], domains: Domains) -> None:
        self._facts, self._domains = tuple(facts), domains
        self._known: dict[tuple[sympy.Expr, bool], int] = {}

    def sign(self, node: sympy.Expr, strict: bool = False) -> int:
        """1 where the expression is shown to be >= 0 (> 0 if strict), -1 where <= 0 (< 0), 0 where nothing is shown."""
        if (node, strict) not in self._known:
            self._known[node, strict] = self._by_form(node, strict) or self._by_solvers(node, strict)
        return self._known[node, strict]

    def shown(self, relation: Boolean) -> bool:
        """Whether a relation follows by smt, or by intervals where it holds functions."""
        names = ["smt", *(["interval"] if relation.has(sympy.exp, sympy.log) else [])]
        for name in names:
            step = Step("sign", "sign", name, relation, self._facts, data={"boxes": BOXES, "effort": EFFORT})
            if rule(name)(step, self._domains).status is Status.PROVED:
                return True
        return False

    def _by_solvers(self, node: sympy.Expr, strict: bool) -> int:
        if node.is_number:
            return 0
        above, below = (sympy.Gt, sympy.Lt) if strict else (sympy.Ge, sympy.Le)
        if self.shown(above(node, 0, evaluate=False)):
            return 1
        return -1 if self.shown(below(node, 0, evaluate=False)) else 0

    def _by_form(self, node: sympy.Expr, strict: bool) -> int:
        if node.is_number:
            return _of_number(node, strict)
        if node.is_Symbol:
            return self._of_domain(node, strict)
        if isinstance(node, sympy.exp) or (isinstance(node, NONNEGATIVE) and not strict):
            return 1
        if isinstance(node, sympy.log):
            return self.sign(node.args[0] - 1, strict) if self.sign(node.args[0], strict=True) == 1 else 0
        if isinstance(node, ODD):
            return self.sign(node.args[0], strict)
        if node.is_Mul:
            product = 1
            for factor in node.args:
                product *= self.sign(factor, strict)
            return product
        if node.is_Add:
            return self._of_sum(node, strict)
        if node.is_Pow:
            return self._of_power(node.base, node.exp, strict)
        if isinstance(node, sympy.Max | sympy.Min):
            signs = {self.sign(argument, strict) for argument in node.args}
            wins = 1 if isinstance(node, sympy.Max) else -1
            return wins if wins in signs else (-wins if signs == {-wins} else 0)
        return 0

    def _of_domain(self, symbol: sympy.Symbol, strict: bool) -> int:
        """By its domain alone, as a symbol's own assumptions say nothing."""
        domain = self._domains[symbol].domain if symbol in self._domains else None
        positive = sympy.Interval.open(0, sympy.oo) if strict else sympy.Interval(0, sympy.oo)
        return int(domain is not None and bool(domain.is_subset(positive)))

    def _of_sum(self, node: sympy.Add, strict: bool) -> int:
        signs = {self.sign(term) for term in node.args}
        if len(signs) != 1 or signs == {0}:
            return 0
        sign = signs.pop()
        return sign if not strict or any(self.sign(term, strict=True) == sign for term in node.args) else 0

    def _of_power(self, base: sympy.Expr, exponent: sympy.Expr, strict: bool) -> int:
        if self.sign(base, strict=True) == 1:
            return 1
        if exponent.is_Integer and exponent < 0:
            return self._of_power(base, -exponent, strict=True)  # that excludes zero
        if exponent.is_Integer and exponent % 2 == 0 and not strict:
            return 1
        if exponent.is_Integer:
            return self.sign(base, strict) if exponent % 2 else abs(self.sign(base, strict))
        return 1 if not strict and self.sign(base) == 1 and self.sign(exponent, strict=True) == 1 else 0


def _of_number(node: sympy.Expr, strict: bool) -> int:
    above, below = (sympy.Gt, sympy.Lt) if strict else (sympy.Ge, sympy.Le)
    if decide(above(node, 0, evaluate=False), {}) is Verdict.HOLDS:
        return 1
    return -1 if decide(below(node, 0, evaluate=False), {}) is Verdict.HOLDS else 0
