"""Evaluates a statement at one layer or block of a network: its assumptions, and its error term by term."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import sympy
from sympy.core.relational import Relational

import boundcheck.exact.registered  # noqa: F401  (teaches evaluate the binomial tail)
from boundcheck.core.errors import LibraryError
from boundcheck.core.rung import Drawn, Quantity, Use
from boundcheck.core.statement import Assumption, Claim, Statement, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball, less, less_equal, lower_decimal, upper_decimal
from boundcheck.exact.evaluate import Value, decide, exact_value

from .certificate import AssumptionRecord
from .scaling import ScaledLayer, ScaledNetwork, round_up

Environment = Mapping[Quantity, Number]
RELATIONS = {sympy.Le: "<=", sympy.Lt: "<", sympy.Ge: ">=", sympy.Gt: ">", sympy.Eq: "="}
DIGITS = 10
ACTIVATION_FACTS = {Quantity.VALUE_AT_ZERO, Quantity.LIPSCHITZ, Quantity.CURVATURE}
# What assumptions (10) and (11) speak of: with constants that are stated they hold by hypothesis.
CONSTANT_SCOPES = {
    Quantity.OPERATOR_NORM: {Quantity.OPERATOR_NORM, Quantity.C_1},
    Quantity.LARGEST_ENTRY: {
        *(Quantity.LARGEST_ENTRY, Quantity.C_2, Quantity.N_IN, Quantity.N_OUT),
        *(Quantity.CHANNELS_IN, Quantity.CHANNELS_OUT, Quantity.KERNEL),
    },
}


@dataclass(frozen=True)
class Bound:
    """A statement's variant bound to quantities: a `Use` with its formulas at hand."""

    statement: Statement
    variant: Variant
    use: Use

    @property
    def name(self) -> str:
        """For people: the statement's printed name."""
        return self.statement.source.item

    def values(self, environment: Environment) -> dict[sympy.Symbol, Number]:
        """Symbol by symbol, what the environment gives for the quantity it is bound to."""
        return {s: environment[quantity] for s, quantity in self.use.binding.items() if quantity in environment}

    def expand(self, expression: sympy.Basic) -> sympy.Basic:
        """The expression with the variant's definitions put in."""
        return self.variant.expand(expression)

    def needs(self, expression: sympy.Basic) -> set[Quantity | None]:
        """Quantities that the expression depends on; None stands for a symbol that is not bound."""
        return {self.use.binding.get(symbol) for symbol in self.expand(expression).free_symbols}

    def claim(self, claim_id: str) -> Claim:
        """The variant's claim of that id."""
        return self.variant.claim(claim_id)

    def error_claim(self, environment: Iterable[Quantity]) -> Claim:
        """The claim about the error: that for bounded second derivatives where there is one and the bound is known."""
        is_smooth = self.use.smooth_claim is not None and Quantity.CURVATURE in environment
        return self.claim(self.use.smooth_claim if is_smooth and self.use.smooth_claim else self.use.error_claim)

    def terms(self, environment: Environment) -> dict[str, Value]:
        """The summands of the error claim, evaluated."""
        values = self.values(environment)
        return {
            term.name: exact_value(self.expand(term.expression), values) for term in self.error_claim(environment).terms
        }

    def right_side(self, claim_id: str, environment: Environment) -> Value:
        """What a claim bounds its left side by."""
        return exact_value(self.expand(self.claim(claim_id).relation.rhs), self.values(environment))

    def drawn(self, role: str) -> Drawn:
        """What the statement draws at a layer in this role; LibraryError if it says nothing of that."""
        if role not in self.use.drawn:
            raise LibraryError(f"{self.statement.id}: a rung compresses with it, but names nothing to draw as {role}")
        return self.use.drawn[role]

    def units(self, role: str, environment: Environment) -> int:
        """N, how many units (entries, columns, ...) a layer in this role is drawn from."""
        return math.floor(self._count(role, environment))

    def promised_share(self, role: str, environment: Environment) -> Fraction:
        """What the claim promises of a layer in this role: the share of its units that stay nonzero, or unquantized."""
        drawn = self.drawn(role)
        kept = self.right_side(drawn.kept_claim, environment)
        share = kept if isinstance(kept, Fraction) else round_up(kept)
        return share / self._count(role, environment) if drawn.counts else share

    def _count(self, role: str, environment: Environment) -> Fraction:
        count = exact_value(self.expand(self.drawn(role).count), self.values(environment))
        assert isinstance(count, Fraction)
        return count


def layer_environment(network: ScaledNetwork, layer: ScaledLayer) -> dict[Quantity, Number]:
    """Everything that the network alone says about a layer: widths, norms, blocks, activation facts, constants."""
    found: dict[Quantity, Number | None] = {
        Quantity.LAYER: layer.number,
        Quantity.DEPTH: network.depth,
        Quantity.N_IN: layer.n_in,
        Quantity.N_OUT: layer.n_out,
        Quantity.OPERATOR_NORM: layer.operator_norm,
        Quantity.LARGEST_ENTRY: layer.largest_entry,
        Quantity.BLOCK_SIZE: layer.block,
        Quantity.BLOCK_NORM: layer.block_norm,
        Quantity.COLUMN_NORM: layer.column_norm,
        Quantity.ROW_NORM: layer.row_norm,
        Quantity.BIAS_NORM: layer.bias_norm,
        Quantity.CHANNELS_IN: layer.n_in // layer.block,
        Quantity.CHANNELS_OUT: layer.n_out // layer.block,
        Quantity.VALUE_AT_ZERO: layer.value_at_zero,
        Quantity.LIPSCHITZ: layer.lipschitz,
        Quantity.CURVATURE: layer.curvature,
        Quantity.SLOPE_RANGE: layer.slope_range,
        Quantity.SLOPE_RANGE_OF_MULTIPLES: layer.slope_range_of_multiples,
        Quantity.C_1: network.c_1,
        Quantity.C_2: network.c_2,
        Quantity.KERNEL: network.kernel,
        Quantity.MAP: math.isqrt(layer.block),
    }
    if layer.activation is None:  # (8) and (9) then count as assumed
        found |= {Quantity.LIPSCHITZ: 1, Quantity.CURVATURE: 1}
    if layer.number < network.depth:
        behind = network.layers[layer.number]
        found |= {
            Quantity.N_NEXT: behind.n_out,
            Quantity.OPERATOR_NORM_NEXT: behind.operator_norm,
            Quantity.LARGEST_ENTRY_NEXT: behind.largest_entry,
            Quantity.BLOCK_NORM_NEXT: behind.block_norm,
            Quantity.COLUMN_NORM_NEXT: behind.column_norm,
            Quantity.CHANNELS_NEXT: behind.n_out // behind.block,
        }
    return {quantity: value for quantity, value in found.items() if value is not None}


def check_assumption(
    bound: Bound, assumption: Assumption, environment: Environment, layer: ScaledLayer | None, stated: str | None
) -> AssumptionRecord:
    """Decide one assumption, rigorously. What is stated rather than measured holds by hypothesis and says so."""
    needed = bound.needs(assumption.relation)
    if layer is not None and layer.activation is None and needed & ACTIVATION_FACTS:
        return _record(bound, assumption, layer, Verdict.HOLDS, note="assumed: no activation is stated")
    if stated is not None and any(
        constant in needed and needed <= scope for constant, scope in CONSTANT_SCOPES.items()
    ):
        return _record(bound, assumption, layer, Verdict.HOLDS, note=stated)
    if layer is not None and Quantity.CURVATURE in needed and layer.curvature is None:
        note = f"{layer.activation} is not entrywise and twice differentiable"
        return _record(bound, assumption, layer, Verdict.FAILS, note=note)
    relation = assumption.relation
    assert isinstance(relation, Relational)
    values = bound.values(environment)
    # A failure of the arithmetic leaves this assumption open; it must not take the other answers with it.
    try:
        verdict = decide(bound.expand(relation), values)
        left, right = (exact_value(bound.expand(side), values) for side in (relation.lhs, relation.rhs))
        margin = exact_value(bound.expand(_slack(relation)), values)
    except (ArithmeticError, ValueError) as error:
        return _record(bound, assumption, layer, Verdict.UNKNOWN, note=f"{type(error).__name__}: {error}")
    return _record(bound, assumption, layer, verdict, left, right, margin, note=_scaling_note(needed, layer))


def taken_for_granted(bound: Bound, layer: ScaledLayer) -> list[AssumptionRecord]:
    """What is put in for an activation that is not stated, where the statements do not ask for it by name."""
    facts = {
        "activation-zero-at-zero": "the activation is zero at zero",
        "activation-curvature": "the activation's second derivative is at most 1 in size",
    }
    return [
        AssumptionRecord(
            id=name,
            statement=bound.statement.id,
            layer=layer.number,
            meaning=meaning,
            value=None,
            relation="<=",
            limit=None,
            margin=None,
            missed_by=None,
            verdict=Verdict.HOLDS,
            note="assumed: no activation is stated",
        )
        for name, meaning in facts.items()
    ]


def _slack(relation: Relational) -> sympy.Expr:
    """How far the relation is from failing, in its own units."""
    if isinstance(relation, sympy.Ge | sympy.Gt):
        return relation.lhs - relation.rhs
    return (
        relation.rhs - relation.lhs if not isinstance(relation, sympy.Eq) else -sympy.Abs(relation.lhs - relation.rhs)
    )


def _scaling_note(needed: set[Quantity | None], layer: ScaledLayer | None) -> str | None:
    if layer is None or not needed & {Quantity.LIPSCHITZ, Quantity.CURVATURE}:
        return None
    if layer.output_scale == 1 and layer.curvature_scale == 1:
        return None
    return (
        f"{layer.activation}: its constants exceed 1; a factor {float(layer.output_scale):.6g} goes into the next "
        f"layer's weights and {float(layer.curvature_scale):.6g} into this layer's"
    )


def _record(
    bound: Bound,
    assumption: Assumption,
    layer: ScaledLayer | None,
    verdict: Verdict,
    left: Value | None = None,
    right: Value | None = None,
    margin: Value | None = None,
    note: str | None = None,
) -> AssumptionRecord:
    falling = isinstance(assumption.relation, sympy.Ge | sympy.Gt)
    outward = (lower_decimal, upper_decimal) if falling else (upper_decimal, lower_decimal)
    return AssumptionRecord(
        id=assumption.id,
        statement=f"{bound.statement.id} {assumption.equation}".strip(),
        layer=layer.number if layer else None,
        meaning=assumption.meaning,
        value=None if left is None else outward[0](left, DIGITS),
        relation=RELATIONS[assumption.relation.func],
        limit=None if right is None else outward[1](right, DIGITS),
        margin=None if margin is None else lower_decimal(margin, DIGITS),
        missed_by=_missed_by(verdict, left, right, falling),
        verdict=verdict,
        note=note,
    )


def _missed_by(verdict: Verdict, left: Value | None, right: Value | None, falling: bool) -> str | None:
    if verdict is not Verdict.FAILS or left is None or right is None:
        return None
    larger, smaller = (right, left) if falling else (left, right)
    if less(0, smaller) is not Verdict.HOLDS:
        return None
    return factor_text(ball(larger) / ball(smaller), 4)


def factor_text(factor: Number, digits: int) -> str | None:
    """A factor rounded up to a few digits, with an exponent from a million on."""
    text = upper_decimal(factor, digits)
    if text is None or Decimal(text) < 10**6:
        return text
    return f"{Decimal(text):.{digits - 1}e}".replace("e+", "e")


def check_request(
    bound: Bound, role: str, layer: ScaledLayer, promised: Fraction, requested: Fraction
) -> AssumptionRecord:
    """Whether what a statement promises for a layer (share nonzero or unquantized) is within what was asked for."""
    drawn = bound.drawn(role)
    claim = bound.claim(drawn.kept_claim)
    meaning = f"{claim.meaning}, over all {drawn.unit}," if drawn.counts else claim.meaning
    verdict = less_equal(promised, requested)
    return AssumptionRecord(
        id="requested-fraction",
        statement=f"{bound.statement.id} {claim.equation}".strip(),
        layer=layer.number,
        meaning=f"{meaning} is within the request",
        value=upper_decimal(promised, DIGITS),
        relation="<=",
        limit=lower_decimal(requested, DIGITS),
        margin=lower_decimal(requested - promised, DIGITS),
        missed_by=_missed_by(verdict, promised, requested, falling=False),
        verdict=verdict,
        note=None,
    )
