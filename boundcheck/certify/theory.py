"""A rung with its statements looked up: what `certify` interprets, and compiled forms for the search."""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property

import sympy
from flint import arb

from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode, Quantity, Rung, Use
from boundcheck.core.statement import Assumption, Scope
from boundcheck.library import Library, Paper
from boundcheck.network.network import Network
from boundcheck.per_sample.unit_claims import UnitClaims, unit_claims

from .block import Bound
from .scaling import ScaledNetwork, scaled_network

# Logarithm of zero, finite for the minimizer.
NOTHING_LOST = -1e300
FloatForm = Callable[[Mapping[Quantity, float]], float]


@dataclass(frozen=True, eq=False)
class Theory:
    """One rung of one paper, with every role's statement bound."""

    paper: Paper
    rung: Rung
    roles: Mapping[str, Bound]
    unit_claims: UnitClaims = field(default_factory=dict)

    def assumptions(self, role: str, scopes: set[Scope]) -> tuple[tuple[Bound, Assumption], ...]:
        """The assumptions of a role's statement in the given scopes."""
        bound = self.roles[role]
        return tuple((bound, a) for a in bound.variant.assumptions if a.scope in scopes)

    def assumptions_of_block(
        self, role: str, scopes: set[Scope], environment: Iterable[Quantity]
    ) -> tuple[tuple[Bound, Assumption], ...]:
        """As assumptions, without those that only a claim needs which is not used there."""
        use = self.roles[role].use
        is_smooth = self.roles[role].error_claim(environment).id == use.smooth_claim
        unused = {use.error_claim} if is_smooth else {use.smooth_claim}
        return tuple(
            (bound, a) for bound, a in self.assumptions(role, scopes) if not a.only_for or not set(a.only_for) <= unused
        )

    @cached_property
    def takes_any_curvature(self) -> bool:
        """Whether the error claims speak of the activation's curvature, so that it need not be scaled to one."""
        return any(
            Quantity.CURVATURE in bound.needs(term.expression)
            for bound in self.roles.values()
            for claim in {bound.use.error_claim, bound.use.smooth_claim} - {None}
            for term in bound.claim(str(claim)).terms
        )

    def view(self, network: Network, bottleneck: frozenset[int]) -> ScaledNetwork:
        """The network as the statements see it: curvature scaled to one in bottlenecks, unless they take any."""
        return scaled_network(network, frozenset() if self.takes_any_curvature else bottleneck)

    @property
    def fixed_alpha(self) -> Fraction | None:
        """The fraction processed that the rung sets itself, if it does."""
        value = self.rung.fixed.get(Quantity.ALPHA)
        return None if value is None else Fraction(value.p, value.q)

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
    def float_error(self, role: str, is_smooth: bool) -> FloatForm:
        """Logarithm of the role's error claim, for choosing parameters; never for deciding.

        is_smooth: whether the activation's curvature is known.
        """
        bound = self.roles[role]
        terms = bound.error_claim({Quantity.CURVATURE} if is_smooth else ()).terms
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


def theories(library: Library, mode: Mode, draw: DrawKind = DrawKind.INDEPENDENT) -> tuple[Theory, ...]:
    """Every paper's rungs for a mode and a kind of draw, bound to their statements. InputError if there is none."""
    found = tuple(
        Theory(
            paper,
            rung,
            {role: bind(library, use) for role, use in rung.roles.items()},
            unit_claims(library, rung.units),
        )
        for paper, rung in library.rungs(mode)
        if rung.draw is draw
    )
    if not found:
        raise InputError(f"draw={draw}: no rung is about this draw in mode={mode}; drop --draw, or add such a paper")
    return found


def bind(library: Library, use: Use) -> Bound:
    """Look a use's statement and variant up."""
    statement = library.find(use.statement)
    return Bound(statement, statement.variant(use.variant), use)
