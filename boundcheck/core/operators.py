"""Operators that statements speak of (norms, projections, expectations) as SymPy functions that print as LaTeX."""

from typing import Any

import sympy
from sympy.printing.pretty.stringpict import prettyForm


def _printed(printer: Any, argument: sympy.Basic) -> str:
    return str(printer._print(argument))


class Named(sympy.Symbol):
    """A symbol whose LaTeX form is not derived from its name, such as the mean squared distance of two inputs."""

    def __new__(cls, name: str, latex: str, **assumptions: bool) -> "Named":
        symbol: Named = super().__new__(cls, name, **assumptions)
        symbol.latex_form = latex
        return symbol

    latex_form: str

    def _latex(self, printer: Any) -> str:
        return self.latex_form

    def _pretty(self, printer: Any) -> prettyForm:
        return prettyForm(self.name)


class Norm(sympy.Function):
    """Euclidean norm of a vector, operator norm of a matrix."""

    is_nonnegative = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\left\| {_printed(printer, self.args[0])} \right\|"
        return f"{body}^{{{exp}}}" if exp else body


class LargestEntry(sympy.Function):
    """Largest absolute entry of a matrix."""

    is_nonnegative = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\left\| {_printed(printer, self.args[0])} \right\|_\infty"
        return f"{body}^{{{exp}}}" if exp else body


class NonzeroCount(sympy.Function):
    """Number of nonzero entries of a vector or matrix."""

    is_nonnegative = True
    is_integer = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\left\| {_printed(printer, self.args[0])} \right\|_0"
        return f"{body}^{{{exp}}}" if exp else body


class Projection(sympy.Function):
    """Euclidean projection of a vector onto the ball of a radius: Projection(vector, radius)."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\left[ {_printed(printer, self.args[0])} \right]_{{{_printed(printer, self.args[1])}}}"


class Expectation(sympy.Function):
    """Expectation over everything random in its argument."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\mathbb{{E}}\left[ {_printed(printer, self.args[0])} \right]"


class Probability(sympy.Function):
    """Probability of an event, written as a relation."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\mathbb{{P}}\left( {_printed(printer, self.args[0])} \right)"


class Variance(sympy.Function):
    """Variance of a scalar random variable."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\operatorname{{Var}}\left( {_printed(printer, self.args[0])} \right)"


class Lipschitz(sympy.Function):
    """Least Lipschitz constant of a real function on the real line, given as a Lambda."""

    is_nonnegative = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\left\| {_printed(printer, self.args[0])} \right\|_{{\mathrm{{Lip}}}}"
        return f"{body}^{{{exp}}}" if exp else body
