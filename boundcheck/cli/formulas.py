"""Formulas of statements as one line of text that can be wrapped at its blanks."""

import re
from typing import Any

import sympy
from sympy.printing.pretty.pretty_symbology import greek_unicode, pretty_symbol
from sympy.printing.str import StrPrinter

from boundcheck.core.operators import Named

RELATIONS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">"}
GREEK_WORD = re.compile(r"(?<![A-Za-z])(" + "|".join(map(re.escape, greek_unicode)) + r")(?![a-z])")
SETS = {
    sympy.S.Naturals: "1, 2, 3, ...",
    sympy.S.Naturals0: "0, 1, 2, ...",
    sympy.S.Integers: "integers",
    sympy.S.Reals: "real numbers",
}


class FormulaPrinter(StrPrinter):
    """SymPy's one-line form, with Greek letters, relation signs and the statements' own functions."""

    def _print_Symbol(self, symbol: sympy.Symbol) -> str:
        if isinstance(symbol, Named):
            return GREEK_WORD.sub(lambda match: greek_unicode[match.group()], symbol.name)
        return str(pretty_symbol(symbol.name))

    _print_Named = _print_Symbol

    def _print_Relational(self, relation: Any) -> str:
        return f"{self._print(relation.lhs)} {RELATIONS[relation.rel_op]} {self._print(relation.rhs)}"

    def _print_And(self, conjunction: Any) -> str:
        return " and ".join(self._print(part) for part in sorted(conjunction.args, key=sympy.default_sort_key))

    def _print_Interval(self, interval: Any) -> str:
        left, right = "(" if interval.left_open else "[", ")" if interval.right_open else "]"
        return f"{left}{self._print(interval.start)}, {self._print(interval.end)}{right}"

    def _print_Infinity(self, infinity: Any) -> str:
        return "∞"

    def _print_floor(self, expression: Any) -> str:
        return f"⌊{self._print(expression.args[0])}⌋"

    def _print_ceiling(self, expression: Any) -> str:
        return f"⌈{self._print(expression.args[0])}⌉"

    def _print_Abs(self, expression: Any) -> str:
        return f"|{self._print(expression.args[0])}|"

    def _print_Piecewise(self, expression: Any) -> str:
        cases = [
            self._print(value) if case == True else f"{self._print(value)} if {self._print(case)}"  # noqa: E712
            for value, case in expression.args
        ]
        return f"({', else '.join(cases)})"

    def _print_Max(self, expression: Any) -> str:
        return self._named("max", expression)

    def _print_Min(self, expression: Any) -> str:
        return self._named("min", expression)

    def _print_LambertW(self, expression: Any) -> str:
        return self._named("W", expression)

    def _print_BinomialCdf(self, expression: Any) -> str:
        threshold, draws, probability = map(self._print, expression.args)
        return f"P(Bin({draws}, {probability}) ≤ {threshold})"

    def _print_LeastDraws(self, expression: Any) -> str:
        return self._named("n₀", expression)

    def _print_Norm(self, expression: Any) -> str:
        return f"||{self._print(expression.args[0])}||"

    def _print_LargestEntry(self, expression: Any) -> str:
        return f"||{self._print(expression.args[0])}||_inf"

    def _print_NonzeroCount(self, expression: Any) -> str:
        return f"||{self._print(expression.args[0])}||_0"

    def _print_Projection(self, expression: Any) -> str:
        vector, radius = map(self._print, expression.args)
        return f"[{vector}]_{radius}"

    def _print_Expectation(self, expression: Any) -> str:
        return f"E[{self._print(expression.args[0])}]"

    def _print_Probability(self, expression: Any) -> str:
        return f"P({self._print(expression.args[0])})"

    def _print_Variance(self, expression: Any) -> str:
        return f"Var({self._print(expression.args[0])})"

    def _named(self, name: str, expression: Any) -> str:
        return f"{name}({', '.join(map(self._print, expression.args))})"


def formula(expression: sympy.Basic) -> str:
    """One line of text."""
    return str(FormulaPrinter().doprint(expression)).replace("**", "^").replace("*", "·")


def domain(values: sympy.Set | None) -> str:
    """The set a variable ranges over; empty for matrices and functions, whose meaning says it."""
    if values is None:
        return ""
    return next((name for known, name in SETS.items() if known == values), None) or formula(values)
