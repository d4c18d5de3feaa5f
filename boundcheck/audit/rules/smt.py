"""Polynomial and rational inequalities over the reals, by z3; a model it finds counts only after exact re-decision."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Not, Or

from boundcheck.audit.domain_facts import domain_relations, step_symbols
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.witness import Point, search
from boundcheck.core.step import Status, Step

TIMEOUT_SECONDS = 20


def check(step: Step, domains: Domains) -> Finding:
    """data: ``timeout`` in seconds. unsat is PROVED; a model that holds up exactly is REFUTED; all else UNKNOWN."""
    import z3

    encoding = Encoding()
    solver = z3.Solver()
    solver.set("timeout", int(1000 * step.data.get("timeout", TIMEOUT_SECONDS)))
    facts = [*domain_relations(step_symbols(step), domains), *step.given]
    for relation in facts:
        solver.add(encoding.relation(relation))
    negated = z3.Not(encoding.relation(step.conclusion))
    solver.add(negated, *encoding.side_conditions)
    answer = solver.check()
    if answer == z3.unsat:
        return Finding(Status.PROVED, "z3: no counterexample over the reals")
    suggestions = encoding.points(solver.model()) if answer == z3.sat else ()
    found = search(step, domains, suggestions)
    return found or Finding(Status.UNKNOWN, f"z3: {answer}, and no exact counterexample was found")


class Encoding:
    """SymPy to z3. Whatever is not rational arithmetic, a root, Max or Min becomes an unknown of its own.

    side_conditions: that denominators are not zero and that roots are what they are.
    """

    def __init__(self) -> None:
        self.side_conditions: list[Any] = []
        self._nodes: dict[sympy.Basic, Any] = {}

    def relation(self, node: Boolean) -> Any:
        """A relation or a combination of them."""
        import z3

        if isinstance(node, And):
            return z3.And(*map(self.relation, node.args))
        if isinstance(node, Or):
            return z3.Or(*map(self.relation, node.args))
        if isinstance(node, Not):
            return z3.Not(self.relation(node.args[0]))
        if node in (sympy.true, sympy.false):
            return z3.BoolVal(node == sympy.true)
        if not isinstance(node, Relational):
            raise ValueError(f"cannot encode {node}")
        left, right = self.term(node.lhs), self.term(node.rhs)
        return {"<=": left <= right, "<": left < right, ">=": left >= right, ">": left > right, "==": left == right,
                "!=": left != right}[node.rel_op]  # fmt: skip

    def term(self, node: sympy.Basic) -> Any:
        """An expression, each subexpression once."""
        if node not in self._nodes:
            self._nodes[node] = self._term(node)
        return self._nodes[node]

    def _term(self, node: sympy.Basic) -> Any:
        import z3

        if isinstance(node, sympy.Rational):
            return z3.RealVal(f"{node.p}/{node.q}")
        if isinstance(node, sympy.Add):
            return z3.Sum(*map(self.term, node.args))
        if isinstance(node, sympy.Mul):
            return z3.Product(*map(self.term, node.args))
        if isinstance(node, sympy.Max | sympy.Min):
            return self._extreme(node)
        if isinstance(node, sympy.Pow) and node.exp.is_Rational:
            return self._power(node.base, node.exp)
        return z3.Real(f"{'s' if node.is_Symbol else 'u'}{len(self._nodes)}_{node}"[:60])

    def _extreme(self, node: sympy.Max | sympy.Min) -> Any:
        import z3

        best, *others = map(self.term, node.args)
        for other in others:
            best = (
                z3.If(best >= other, best, other) if isinstance(node, sympy.Max) else z3.If(best <= other, best, other)
            )
        return best

    def _power(self, base: sympy.Expr, exponent: sympy.Rational) -> Any:
        import z3

        value = self.term(base)
        if exponent.q != 1:
            root = z3.Real(f"root{len(self._nodes)}_{len(self.side_conditions)}")
            self.side_conditions += [root >= 0, z3.Product(*[root] * int(exponent.q)) == value]
            value = root
        power = z3.Product(*[value] * abs(int(exponent.p)))
        if exponent.p > 0:
            return power
        self.side_conditions.append(power != 0)
        return 1 / power

    def points(self, model: Any) -> Iterator[Point]:
        """The model's values of the symbols as rationals, from coarse to fine where they are algebraic."""
        for digits in (1, 2, 4, 8, 16):
            point = {}
            for node, term in self._nodes.items():
                if isinstance(node, sympy.Symbol):
                    value = model.eval(term, model_completion=True)
                    approximation = value if hasattr(value, "as_fraction") else value.approx(digits)
                    point[node] = Fraction(str(approximation.as_fraction())).limit_denominator(10**digits)
            yield point
