"""Interprets a RECURSION rung: each block, compressed or left alone, maps the error in front to that behind."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from boundcheck.core.rung import Quantity
from boundcheck.core.statement import Scope
from boundcheck.core.verdict import Verdict, conjunction
from boundcheck.exact.ball import Number, ball, rational_text, upper_decimal
from boundcheck.network.layer_sets import LayerSets

from .block import check_assumption, check_request, layer_environment
from .certificate import AssumptionRecord, BlockRecord, TermRecord
from .outcome import Outcome
from .parameters import PruningParameters, choose_pruning, quantization_alpha
from .proposal import Proposal
from .scaling import ScaledLayer, ScaledNetwork, round_up
from .theory import Theory

# Errors beyond e^700 are not worth looking ahead to.
LARGEST_LOGARITHM = 700.0
# The summand of every step's error claim that the error in front of it causes.
CARRIED_ON = "carried on"
BLOCK_SCOPES = {Scope.NETWORK, Scope.COMPRESSED, Scope.WIDE, Scope.BOTTLENECK}


@dataclass(frozen=True)
class Step:
    """One layer left alone ("uncompressed") or one compressed block, and the layers it spans."""

    role: str
    layer: ScaledLayer
    span: int


@dataclass(frozen=True)
class Draw:
    """How the units of a compressed layer (entries, columns, ...) are replaced: what a rung binds.

    units: how many there are. promised: share of them that stays nonzero (pruning) or unquantized, as the statement's
    own claim has it.
    """

    quantities: dict[Quantity, Fraction]
    units: int
    promised: Fraction


@dataclass(frozen=True)
class Passed:
    """The error behind a step, summand by summand, and the statement that each summand comes from."""

    layer: int
    terms: dict[str, arb]
    origins: dict[str, str]

    @property
    def error(self) -> arb:
        """The sum."""
        return sum(self.terms.values(), ball(0))


def steps(network: ScaledNetwork, sets: LayerSets) -> list[Step]:
    """The network cut into blocks, top to bottom."""
    found: list[Step] = []
    number = 1
    while number <= network.depth:
        role = "bottleneck" if number in sets.bottleneck else "wide" if number in sets.wide else "uncompressed"
        found.append(Step(role, network.layers[number - 1], 2 if role == "bottleneck" else 1))
        number += found[-1].span
    return found


def choose_draw(
    theory: Theory, network: ScaledNetwork, step: Step, input_norm: Fraction, error_in: Fraction, proposal: Proposal
) -> Draw | None:
    """The parameters with the least error behind the block; None if the request cannot be met at this layer."""
    bound, environment = theory.roles[step.role], layer_environment(network, step.layer)
    units = bound.units(step.role, environment)
    if proposal.levels is not None:
        alpha = quantization_alpha([units], proposal.unquantized_share, proposal.alpha)
        if alpha is None:
            return None
        quantities = {Quantity.ALPHA: alpha, Quantity.LEVELS: Fraction(proposal.levels)}
    else:
        chosen = _choose_pruning(theory, network, step, units, input_norm, error_in, proposal)
        if chosen is None:
            return None
        quantities = chosen.quantities()
    return Draw(quantities, units, bound.promised_share(step.role, {**environment, **quantities}))


def _choose_pruning(
    theory: Theory,
    network: ScaledNetwork,
    step: Step,
    units: int,
    input_norm: Fraction,
    error_in: Fraction,
    proposal: Proposal,
) -> PruningParameters | None:
    form = theory.float_error(step.role)
    known = {q: _float(v) for q, v in block_environment(network, step, input_norm, error_in).items()}

    def cost(alpha: float, bernoulli: float, epsilon: float) -> float:
        return form({**known, Quantity.ALPHA: alpha, Quantity.BERNOULLI: bernoulli, Quantity.EPSILON: epsilon})

    assert proposal.keep is not None
    return choose_pruning([units], proposal.keep, cost, proposal.alpha, proposal.bernoulli)


ChooseDraw = Callable[[Theory, ScaledNetwork, Step, Fraction, Fraction, Proposal], Draw | None]
"""As choose_draw: the draw at a compressed block, given the norm bound and the error in front of it."""


def error_behind(
    theory: Theory, network: ScaledNetwork, step: Step, input_norm: Fraction, error_in: Fraction, draw: Draw | None
) -> float | None:
    """The error behind a block in floats, for looking ahead; None if it is not finite."""
    environment = block_environment(network, step, input_norm, error_in) | (draw.quantities if draw else {})
    logarithm = theory.float_error(step.role)({quantity: _float(value) for quantity, value in environment.items()})
    if step.role == "uncompressed" and error_in == 0:
        return 0.0
    return math.exp(logarithm) if logarithm < LARGEST_LOGARITHM else None


def block_environment(
    network: ScaledNetwork, step: Step, input_norm: Fraction, error_in: Fraction
) -> dict[Quantity, Number]:
    """What is known in front of a block: its layers, the norm bound of its inputs and the error so far."""
    return {
        **layer_environment(network, step.layer),
        Quantity.INPUT_NORM: input_norm,
        Quantity.PROJECTION_RADIUS: output_norm(network, step, input_norm),
        Quantity.ERROR_IN: error_in,
    }


def output_norm(network: ScaledNetwork, step: Step, input_norm: Fraction) -> Fraction:
    """The projection radius behind a block: the input's bound times the operator norms of its layers."""
    for offset in range(step.span):
        input_norm = input_norm * network.layers[step.layer.number - 1 + offset].operator_norm
    return input_norm


def _float(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def certify_recursion(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, choose: ChooseDraw = choose_draw
) -> Outcome:
    """Evaluate the rung rigorously for fixed layer sets; parameters are chosen block by block for the least error."""
    rows: list[AssumptionRecord] = [
        check_assumption(bound, assumption, layer_environment(network, layer), layer, network.stated)
        for layer in network.layers
        for bound, assumption in theory.layer_assumptions
    ]
    run = _Run(theory, network, proposal, network.input_norm, choose)
    for step in steps(network, sets):
        problem = run.advance(step)
        if problem is not None:
            return Outcome(sets, tuple(rows + run.rows), problem=problem)
    conditions = conjunction(row.verdict for row in rows + run.rows)
    certified = run.error is not None and conditions is Verdict.HOLDS
    return Outcome(
        sets=sets,
        assumptions=tuple(rows + run.rows),
        error=round_up(run.error * network.error_scale) if certified and run.error is not None else None,
        conditions=conditions,
        blocks=tuple(run.blocks),
        promised=run.promised,
        terms=run.shares(),
    )


class _Run:
    """The recursion's state on its way through the network."""

    def __init__(
        self, theory: Theory, network: ScaledNetwork, proposal: Proposal, input_norm: Fraction, choose: ChooseDraw
    ) -> None:
        self.theory, self.network, self.proposal, self.choose = theory, network, proposal, choose
        self.input_norm = input_norm
        self.error: Fraction | None = Fraction(0)
        self.rows: list[AssumptionRecord] = []
        self.blocks: list[BlockRecord] = []
        self.promised: dict[int, Fraction] = {}
        self._passed: list[Passed] = []

    def advance(self, step: Step) -> str | None:
        """Go over one block; a sentence if the request cannot be met there."""
        error_in = self.error or Fraction(0)
        environment = block_environment(self.network, step, self.input_norm, error_in)
        if step.role == "uncompressed":
            self._carry(step, environment)
        else:
            draw = self.choose(self.theory, self.network, step, self.input_norm, error_in, self.proposal)
            if draw is None:
                return f"layer {step.layer.number}: no parameters of the draw meet the request"
            environment |= draw.quantities
            self._check(step, environment)
            self._carry(step, environment)
            self._note_block(step, draw)
        self.input_norm = output_norm(self.network, step, self.input_norm)
        return None

    def _check(self, step: Step, environment: dict[Quantity, Number]) -> None:
        for bound, assumption in self.theory.assumptions(step.role, BLOCK_SCOPES):
            self.rows.append(check_assumption(bound, assumption, environment, step.layer, self.network.stated))

    def _carry(self, step: Step, environment: dict[Quantity, Number]) -> None:
        bound = self.theory.roles[step.role]
        terms = {name: ball(value) for name, value in bound.terms(environment).items()}
        origins = {term.name: term.origin for term in bound.claim(bound.use.error_claim).terms}
        self._passed.append(Passed(step.layer.number, terms, origins))
        total = sum(terms.values(), ball(0))
        finite = self.error is not None and upper_decimal(total) is not None
        self.error = round_up(total) if finite else None

    def _note_block(self, step: Step, draw: Draw) -> None:
        prunes = self.proposal.mode.prunes
        self.promised[step.layer.number] = draw.promised
        bound, requested = self.theory.roles[step.role], self.proposal.requested_share
        self.rows.append(check_request(bound, step.role, step.layer, draw.promised, requested))
        self.blocks.append(
            BlockRecord(
                layer=step.layer.number,
                role="wide" if step.role == "wide" else "bottleneck",
                unit=bound.drawn(step.role).unit,
                units=draw.units,
                draws=math.floor(draw.quantities[Quantity.ALPHA] * draw.units),
                parameters={quantity.name.lower(): rational_text(value) for quantity, value in draw.quantities.items()},
                promised_kept=upper_decimal(draw.promised) if prunes else None,
                promised_unquantized=None if prunes else upper_decimal(draw.promised),
                error=None if self.error is None else rational_text(self.error),
            )
        )

    def shares(self) -> tuple[TermRecord, ...]:
        """Every summand with its share of the output error: what it adds, times what later blocks make of it."""
        records: list[TermRecord] = []
        amplification, final = ball(1), self._passed[-1].error
        for place, step in reversed(list(enumerate(self._passed))):
            for name, value in step.terms.items():
                share = None if name == CARRIED_ON else _share(value * amplification, final)
                bound, origin = upper_decimal(value), step.origins[name]
                records.append(TermRecord(layer=step.layer, name=name, origin=origin, value=bound, share=share))
            before = self._passed[place - 1].error if place else ball(0)
            amplification *= step.terms[CARRIED_ON] / before if before > 0 else ball(0)
        return tuple(reversed(records))


def _share(value: arb, final: arb) -> float | None:
    ratio = value / final
    return round(min(1.0, float(ratio.mid())), 6) if ratio.is_finite() else None
