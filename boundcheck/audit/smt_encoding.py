"""SymPy to z3: rational arithmetic, roots, Max, Min and Abs; anything else becomes an unknown of its own."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Not, Or

from .witness import Point


class Encoding:
    """Every subexpression once, in a z3 context of its own, so that no other problem changes how this one is solved.

    definitions: what inverses and roots are where they exist; elsewhere they may be anything.
    gaps: (where a denominator is zero or a radicand negative, as z3's formula; its description).
    """

    def __init__(self) -> None:
        import z3

        self.context = z3.Context()
        self.definitions: list[Any] = []
        self.gaps: list[tuple[Any, str]] = []
        self._nodes: dict[sympy.Basic, Any] = {}
        self._roots: dict[tuple[sympy.Expr, int], Any] = {}
        self._inverses: dict[tuple[sympy.Expr, int], Any] = {}

    def relation(self, node: Boolean) -> Any:
        """A relation or a combination of them."""
        import z3

        if isinstance(node, And | Or):
            parts = [self.relation(part) for part in node.args]
            return _combined(z3.And if isinstance(node, And) else z3.Or, parts)
        if isinstance(node, Not):
            return z3.Not(self.relation(node.args[0]))
        if node in (sympy.true, sympy.false):
            return z3.BoolVal(node == sympy.true, self.context)
        if not isinstance(node, Relational):
            raise ValueError(f"cannot encode {node}")
        left, right = self._term(node.lhs), self._term(node.rhs)
        return {"<=": left <= right, "<": left < right, ">=": left >= right, ">": left > right, "==": left == right,
                "!=": left != right}[node.rel_op]  # fmt: skip

    def symbols(self) -> dict[sympy.Symbol, Any]:
        """The symbols met so far."""
        return {node: term for node, term in self._nodes.items() if isinstance(node, sympy.Symbol)}

    def points(self, model: Any) -> Iterator[Point]:
        """A z3 model's values of the symbols as rationals, from coarse to fine where they are algebraic."""
        for digits in (1, 2, 4, 8, 16):
            point = {}
            for symbol, term in self.symbols().items():
                value = model.eval(term, model_completion=True)
                approximation = value if hasattr(value, "as_fraction") else value.approx(digits)
                point[symbol] = Fraction(str(approximation.as_fraction())).limit_denominator(10**digits)
            yield point

    def _term(self, node: sympy.Basic) -> Any:
        if node not in self._nodes:
            self._nodes[node] = self._new_term(node)
        return self._nodes[node]

    def _new_term(self, node: sympy.Basic) -> Any:
        import z3

        if isinstance(node, sympy.Rational):
            return z3.RealVal(f"{node.p}/{node.q}", self.context)
        if isinstance(node, sympy.Add):
            return _combined(z3.Sum, [self._term(part) for part in node.args])
        if isinstance(node, sympy.Mul):
            return _combined(z3.Product, [self._term(part) for part in node.args])
        if isinstance(node, sympy.Abs):
            inside = self._term(node.args[0])
            return z3.If(inside >= 0, inside, -inside)
        if isinstance(node, sympy.Max | sympy.Min):
            return self._extreme(node)
        if isinstance(node, sympy.Pow) and node.exp.is_Rational:
            return self._power(node.base, node.exp)
        return self._fresh("s" if node.is_Symbol else "u")

    def _fresh(self, letter: str) -> Any:
        import z3

        count = len(self._nodes) + len(self._roots) + len(self._inverses)
        return z3.Real(f"{letter}{count}", self.context)

    def _extreme(self, node: sympy.Max | sympy.Min) -> Any:
        import z3

        best, *others = map(self._term, node.args)
        for other in others:
            larger = best >= other if isinstance(node, sympy.Max) else best <= other
            best = z3.If(larger, best, other)
        return best

    def _power(self, base: sympy.Expr, exponent: sympy.Rational) -> Any:
        degree = int(exponent.q)
        value = self._term(base) if degree == 1 else self._root(base, degree)
        if exponent.p < 0:
            value = self._inverse(base, degree, value)
        return _repeated(value, abs(int(exponent.p)))

    def _root(self, base: sympy.Expr, degree: int) -> Any:
        import z3

        if (base, degree) not in self._roots:
            value, root = self._term(base), self._fresh("r")
            self._roots[base, degree] = root
            is_root = z3.And(root >= 0, _repeated(root, degree) == value)
            self.definitions.append(z3.Or(value < 0, is_root))
            self.gaps.append((value < 0, f"{base} >= 0"))
        return self._roots[base, degree]

    def _inverse(self, base: sympy.Expr, degree: int, value: Any) -> Any:
        import z3

        if (base, degree) not in self._inverses:
            inverse = self._fresh("i")
            self._inverses[base, degree] = inverse
            self.definitions.append(z3.Or(value == 0, value * inverse == 1))
            self.gaps.append((value == 0, f"{base} != 0"))
        return self._inverses[base, degree]


def _combined(operation: Any, parts: list[Any]) -> Any:
    """By the operation; a single part as it is, since not every solver takes a product of one factor."""
    return operation(*parts) if len(parts) > 1 else parts[0]


def _repeated(value: Any, times: int) -> Any:
    import z3

    return _combined(z3.Product, [value] * times)
