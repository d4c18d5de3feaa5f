"""A rung with its statements looked up: what `certify` interprets, and compiled forms for the search."""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import sympy
from flint import arb

from boundcheck.core.rung import Quantity, Rung, Use
from boundcheck.core.statement import Assumption, Scope
from boundcheck.library import Library, Paper

from .block import Bound

# Logarithm of zero, finite for the minimizer.
NOTHING_LOST = -1e300
FloatForm = Callable[[Mapping[Quantity, float]], float]


@dataclass(frozen=True, eq=False)
class Theory:
    """One rung of one paper, with every role's statement bound."""

    paper: Paper
    rung: Rung
    roles: Mapping[str, Bound]

    def assumptions(self, role: str, scopes: set[Scope]) -> tuple[tuple[Bound, Assumption], ...]:
        """The assumptions of a role's statement in the given scopes."""
        bound = self.roles[role]
        return tuple((bound, a) for a in bound.variant.assumptions if a.scope in scopes)

    @cached_property
    def layer_assumptions(self) -> tuple[tuple[Bound, Assumption], ...]:
        """What is asked of every layer, each once though several statements may ask it."""
        found: dict[str, tuple[Bound, Assumption]] = {}
        for role in self.roles:
            if role == "network" and len(self.roles) > 1:
                continue  # in a recursion the network statement only gives the loss
            for bound, assumption in self.assumptions(role, {Scope.LAYER}):
                found.setdefault(assumption.id, (bound, assumption))
        return tuple(found.values())

    @cache  # noqa: B019  (theories live as long as the library)
    def float_error(self, role: str) -> FloatForm:
        """Logarithm of the role's error claim, for choosing parameters; never for deciding."""
        bound = self.roles[role]
        terms = bound.claim(bound.use.error_claim).terms
        return _float_form(bound, sympy.Add(*(term.expression for term in terms)))

    @cache  # noqa: B019
    def float_ratios(self, scope: Scope) -> tuple[FloatForm, ...]:
        """Logarithm of value over limit of the network statement's width conditions at layers of a scope."""
        return tuple(
            _float_form(bound, a.relation.lhs / a.relation.rhs)
            for bound, a in self.assumptions("network", {scope})
            if {Quantity.ALPHA, Quantity.XI} <= bound.needs(a.relation)
        )


def _float_form(bound: Bound, expression: sympy.Expr) -> FloatForm:
    """Compile a positive expression to the logarithm of its value. Balls carry it, since e^Lambda overflows floats."""
    expanded = bound.expand(expression)
    symbols = sorted(expanded.free_symbols, key=str)
    quantities = [bound.use.binding[symbol] for symbol in symbols]
    compiled = sympy.lambdify(symbols, expanded, modules=[BALL_FUNCTIONS])

    def form(values: Mapping[Quantity, float]) -> float:
        result = arb(compiled(*(arb(values[quantity]) for quantity in quantities)))
        if result.is_zero():
            return NOTHING_LOST
        return float(result.log().mid()) if result > 0 and result.is_finite() else math.inf

    return form


BALL_FUNCTIONS: dict[str, Callable[..., arb]] = {
    "exp": lambda x: arb(x).exp(),
    "sqrt": lambda x: arb(x).sqrt(),
    "LambertW": lambda x: arb(x).lambertw(),
    "Max": lambda *values: functools.reduce(lambda a, b: arb(a).max(arb(b)), values),
    "Min": lambda *values: functools.reduce(lambda a, b: arb(a).min(arb(b)), values),
}


def theories(library: Library, mode: object) -> tuple[Theory, ...]:
    """Every paper's rungs for a mode, bound to their statements."""
    return tuple(
        Theory(paper, rung, {role: bind(library, use) for role, use in rung.roles.items()})
        for paper, rung in library.rungs(mode)  # type: ignore[arg-type]
    )


def bind(library: Library, use: Use) -> Bound:
    """Look a use's statement and variant up."""
    statement = library.find(use.statement)
    return Bound(statement, statement.variant(use.variant), use)
