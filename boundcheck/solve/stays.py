"""Whether a rung, at the parameters of a record, still holds when a symbol grows: read off its formulas, or not known.

Numbers are put in for all but two symbols: the one that grows, and the error in front of a block.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy.core.relational import Relational

from boundcheck.certify.block import CONSTANT_SCOPES, Bound, layer_environment
from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.goal import Goal
from boundcheck.certify.recursion import BLOCK_SCOPES
from boundcheck.certify.scaling import ScaledNetwork
from boundcheck.certify.steps import block_environment, output_norm, steps
from boundcheck.certify.theorem_target import network_constants, xi_for_error
from boundcheck.certify.theory import Theory
from boundcheck.certify.uniform_choice import compressed, role_in
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.functions import BinomialCdf, LeastDraws
from boundcheck.core.rung import Quantity, Scheme
from boundcheck.core.statement import Scope
from boundcheck.exact.ball import Number, ball, parse_rational
from boundcheck.exact.binomial import least_draws
from boundcheck.exact.evaluate import exact_value
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

from .monotone import never_falls, never_grows, without_floors

grows = sympy.Dummy("t", nonnegative=True)
error_in = sympy.Dummy("E", nonnegative=True)
Laws = Callable[[int], Mapping[Quantity, sympy.Expr]]
"""What depends on the growing symbol at a layer, by the layer's number."""
Parameters = dict[Quantity, Fraction]


def why_more_levels_may_not_hold(
    theory: Theory, network: Network, sets: LayerSets, record: RungRecord, goal: Goal
) -> str | None:
    """None if the formulas show that a rung which holds at some number of levels does at every larger one."""
    view = theory.view(network, sets.bottleneck)

    def laws(number: int) -> Mapping[Quantity, sympy.Expr]:
        return {Quantity.LEVELS: 1 + grows}

    return why_it_may_not_stay(theory, view, sets, record, goal, laws)


def why_it_may_not_stay(
    theory: Theory,
    view: ScaledNetwork,
    sets: LayerSets,
    record: RungRecord,
    goal: Goal,
    laws: Laws,
    requested: Fraction | None = None,
) -> str | None:
    """None if every condition still holds and no error claim is larger when the symbol grows from zero.

    requested: the share that kept claims are to stay within, where they depend on the symbol.
    """
    if theory.rung.scheme not in (Scheme.RECURSION, Scheme.UNIFORM):
        return "its bounds are sums over samples and units"
    try:
        doubts = (place.doubt(view, requested) for place in _places(theory, view, sets, record, goal, laws))
        return next((doubt for doubt in doubts if doubt is not None), None)
    except (ArithmeticError, ValueError, BoundcheckError) as error:
        return f"a formula could not be read ({type(error).__name__}: {error})"


@dataclass(frozen=True)
class Place:
    """A statement at one layer or block: the numbers and expressions put in, and what is asked of it there."""

    bound: Bound
    layer: int
    role: str
    relations: tuple[tuple[str, Relational], ...]
    values: dict[sympy.Symbol, sympy.Expr]
    carries_error: bool

    def put_in(self, expression: sympy.Basic) -> sympy.Expr:
        """The expression with everything known put in; n_0 as a number, where it is one."""
        expanded, known = self.bound.expand(expression), dict[sympy.Basic, sympy.Expr](self.values)
        for least in expanded.atoms(LeastDraws):
            value = exact_value(least.xreplace(self.values), {}) if not least.has(*self.varying) else None
            number = None if value is None else ball(value).unique_fmpz()
            if number is not None:
                known[least] = sympy.Integer(int(number))
        return expanded.xreplace(known).replace(sympy.floor, _floor_of_integer)

    @property
    def varying(self) -> list[sympy.Symbol]:
        """The symbols that have not become numbers."""
        return [symbol for symbol, value in self.values.items() if value.free_symbols]

    def doubt(self, view: ScaledNetwork, requested: Fraction | None) -> str | None:
        """The first condition or claim here that the formulas do not settle."""
        for name, relation in self.relations:
            needed = self.bound.needs(relation)
            if view.stated is not None and any(c in needed and needed <= s for c, s in CONSTANT_SCOPES.items()):
                continue
            if not self._keeps_holding(relation):
                return f"{self.bound.statement.id}, {name}, at layer {self.layer} may depend on it"
        if self.carries_error and not self._error_stays():
            return f"the error claim of {self.bound.statement.id} at layer {self.layer} may grow with it"
        if self.role in self.bound.use.drawn and not self._kept_stays(requested):
            return f"the share that {self.bound.statement.id} promises at layer {self.layer} may exceed the request"
        return None

    def _keeps_holding(self, relation: Relational) -> bool:
        """Of a relation that holds at some value of the growing symbol: whether it does for all larger ones."""
        falling = relation.func in (sympy.Le, sympy.Lt)
        small, large = (relation.lhs, relation.rhs) if falling else (relation.rhs, relation.lhs)
        if relation.has(BinomialCdf):
            return self._tail_stays(self.bound.expand(small), large)
        sides = sympy.Tuple(self.put_in(small), self.put_in(large))
        if not sides.has(grows, error_in):
            return True
        if relation.func is sympy.Eq:
            return bool(sympy.expand(sides[0] - sides[1]) == 0)
        if sides.has(error_in) or relation.func not in (sympy.Le, sympy.Lt, sympy.Ge, sympy.Gt):
            return False
        return never_grows(sides[0], grows) and never_falls(sides[1], grows)

    def _tail_stays(self, tail: sympy.Expr, tolerance: sympy.Expr) -> bool:
        """1 - P(B <= floor(r T)) <= tolerance with T = floor(x), x growing: passes from the least T on, n_0."""
        cdf, allowed = 1 - tail, self.put_in(tolerance)
        if not isinstance(cdf, BinomialCdf) or not all(isinstance(part, sympy.floor) for part in cdf.args[:2]):
            return False
        threshold, draws, probability = cdf.args
        rate, success, units = (self.put_in(x) for x in (threshold.args[0] / draws, probability, draws.args[0]))
        if not (rate.is_Rational and success.is_Rational and allowed.is_Rational):
            return False
        excess, tolerated = _fraction(rate) / _fraction(success) - 1, _fraction(allowed)
        first = exact_value(sympy.floor(units.xreplace({grows: sympy.Integer(0)})), {})
        if excess <= 0 or not 0 < tolerated < 1 or not isinstance(first, Fraction) or not never_falls(units, grows):
            return False
        return least_draws(excess, _fraction(success), tolerated / (1 - tolerated)) <= first

    def _error_stays(self) -> bool:
        claim = self.bound.error_claim({q for s, q in self.bound.use.binding.items() if s in self.values})
        terms = [self.put_in(term.expression) for term in claim.terms]
        return all(never_grows(term, grows) and never_falls(term, error_in) for term in terms)

    def _kept_stays(self, requested: Fraction | None) -> bool:
        drawn = self.bound.drawn(self.role)
        kept = self.put_in(self.bound.claim(drawn.kept_claim).relation.rhs)
        share = kept / self.put_in(drawn.count) if drawn.counts else kept
        if not share.has(grows):
            return True
        bound = without_floors(sympy.expand(share))
        if bound is None or requested is None or not bound.is_rational_function(grows):
            return False
        bound = sympy.apart(bound, grows)
        if not never_grows(bound, grows):
            return False
        first = exact_value(bound.xreplace({grows: sympy.Integer(0)}), {})
        return isinstance(first, Fraction) and first <= requested


def _floor_of_integer(value: sympy.Expr) -> sympy.Expr:
    """floor(x), or x where it is an integer because the growing symbol is one."""
    is_polynomial = value.is_polynomial(grows) and value.free_symbols <= {grows}
    if is_polynomial and all(c.is_Integer for c in sympy.Poly(value, grows).all_coeffs()):
        return value
    return sympy.floor(value)


def _fraction(value: sympy.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _places(
    theory: Theory, view: ScaledNetwork, sets: LayerSets, record: RungRecord, goal: Goal, laws: Laws
) -> Iterator[Place]:
    if theory.rung.scheme is Scheme.UNIFORM:
        yield from _places_of_theorem(theory, view, sets, record, goal, laws)
        return
    for layer in view.layers:
        for bound, assumption in theory.layer_assumptions:
            values = _values(bound, layer_environment(view, layer), laws(layer.number))
            yield Place(bound, layer.number, "layer", ((assumption.id, assumption.relation),), values, False)
    drawn = {block.layer: _parameters(block.parameters) for block in record.blocks}
    norm = view.input_norm
    for step in steps(view, sets):
        environment = block_environment(view, step, norm, Fraction(0)) | drawn.get(step.layer.number, {})
        bound = theory.roles[step.role]
        asked = () if step.role == "uncompressed" else theory.assumptions_of_block(step.role, BLOCK_SCOPES, environment)
        values = _values(bound, environment, laws(step.layer.number), error_in)
        relations = tuple((assumption.id, assumption.relation) for _, assumption in asked)
        yield Place(bound, step.layer.number, step.role, relations, values, True)
        norm = output_norm(view, step, norm)


def _places_of_theorem(
    theory: Theory, view: ScaledNetwork, sets: LayerSets, record: RungRecord, goal: Goal, laws: Laws
) -> Iterator[Place]:
    bound, chosen = theory.roles["network"], _parameters(record.parameters)
    xi = chosen.get(Quantity.XI) or goal.xi or xi_for_error(theory, view, goal.error) or Fraction(0)
    common = {**network_constants(view), **chosen, Quantity.XI: xi, Quantity.INPUT_NORM: view.input_norm}
    for layer in view.layers:
        role = role_in(sets, layer.number) if layer.number in compressed(sets) else "uncompressed"
        scopes = {
            "wide": {Scope.LAYER, Scope.COMPRESSED, Scope.WIDE, Scope.NETWORK},
            "bottleneck": {Scope.LAYER, Scope.COMPRESSED, Scope.BOTTLENECK, Scope.NETWORK},
            "uncompressed": {Scope.LAYER, Scope.NETWORK},
        }[role]
        values = _values(bound, {**layer_environment(view, layer), **common}, laws(layer.number))
        relations = tuple((a.id, a.relation) for _, a in theory.assumptions("network", scopes))
        yield Place(bound, layer.number, role, relations, values, False)


def _parameters(written: Mapping[str, str]) -> Parameters:
    """The draw's parameters and xi as a record has them."""
    names = {quantity.name.lower(): quantity for quantity in Quantity}
    return {names[name]: parse_rational(text) for name, text in written.items() if name in names}


def _values(
    bound: Bound,
    environment: Mapping[Quantity, Number],
    laws: Mapping[Quantity, sympy.Expr],
    error: sympy.Symbol | None = None,
) -> dict[sympy.Symbol, sympy.Expr]:
    known: dict[Quantity, sympy.Expr] = {
        quantity: sympy.Rational(value.numerator, value.denominator)
        for quantity, value in environment.items()
        if isinstance(value, int | Fraction)
    }
    known |= {quantity: law for quantity, law in laws.items()}
    if error is not None:
        known[Quantity.ERROR_IN] = error
    return {symbol: known[quantity] for symbol, quantity in bound.use.binding.items() if quantity in known}
