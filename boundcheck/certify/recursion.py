"""Interprets a RECURSION rung: each block, compressed or left alone, maps the error in front to that behind."""

import math
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from boundcheck.core.rung import Quantity
from boundcheck.core.statement import Scope
from boundcheck.core.verdict import Verdict, conjunction
from boundcheck.exact.ball import Number, ball, rational_text, upper_decimal
from boundcheck.network.layer_sets import LayerSets

from .block import check_assumption, check_request, layer_environment, taken_for_granted
from .certificate import AssumptionRecord, BlockRecord, MeasuredRecord, TermRecord
from .draw_choice import ChooseDraw, Draw, as_float, choose_draw
from .measured_blocks import BlockMeasure
from .outcome import Outcome
from .proposal import Proposal
from .scaling import ScaledNetwork, round_up
from .steps import Step, block_environment, output_norm, steps
from .theory import Theory

# Errors beyond e^700 are not worth looking ahead to.
LARGEST_LOGARITHM = 700.0
# The summand of every step's error claim that the error in front of it causes.
CARRIED_ON = "carried on"
BLOCK_SCOPES = {Scope.NETWORK, Scope.COMPRESSED, Scope.WIDE, Scope.BOTTLENECK}


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


def error_behind(
    theory: Theory,
    network: ScaledNetwork,
    step: Step,
    input_norm: Fraction,
    error_in: Fraction,
    draw: Draw | None,
    measure: BlockMeasure | None,
) -> float | None:
    """The error behind a block in floats, for looking ahead; None if it is not finite."""
    environment = block_environment(network, step, input_norm, error_in) | (draw.quantities if draw else {})
    if draw and measure:
        environment |= measure.knowledge(network, step, draw, error_in, is_last=True).quantities
    form = theory.float_error(step.role, Quantity.CURVATURE in environment)
    logarithm = form({quantity: as_float(value) for quantity, value in environment.items()})
    if step.role == "uncompressed" and error_in == 0:
        return 0.0
    return math.exp(logarithm) if logarithm < LARGEST_LOGARITHM else None


def certify_recursion(
    theory: Theory,
    network: ScaledNetwork,
    sets: LayerSets,
    proposal: Proposal,
    choose: ChooseDraw = choose_draw,
    measure: BlockMeasure | None = None,
) -> Outcome:
    """Evaluate the rung rigorously for fixed layer sets; parameters are chosen block by block for the least error.

    measure: of a PER_SAMPLE rung's blocks at the data.
    """
    rows: list[AssumptionRecord] = [
        check_assumption(bound, assumption, layer_environment(network, layer), layer, network.stated)
        for layer in network.layers
        for bound, assumption in theory.layer_assumptions
    ]
    if theory.takes_any_curvature:
        rows += [
            row
            for layer in network.layers
            if layer.activation is None
            for row in taken_for_granted(theory.roles["bottleneck"], layer)
        ]
    run = _Run(theory, network, proposal, choose, measure, last=max(sets.wide | sets.bottleneck))
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
        self,
        theory: Theory,
        network: ScaledNetwork,
        proposal: Proposal,
        choose: ChooseDraw,
        measure: BlockMeasure | None,
        last: int,
    ) -> None:
        self.theory, self.network, self.proposal, self.choose = theory, network, proposal, choose
        self.measure, self.last = measure, last
        self.input_norm = network.input_norm
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
            record = None
            if self.measure is not None:
                is_last = step.layer.number == self.last
                known = self.measure.knowledge(self.network, step, draw, error_in, is_last)
                environment |= known.quantities
                record = known.record
            self._check(step, environment)
            self._carry(step, environment)
            self._note_block(step, draw, record)
        self.input_norm = output_norm(self.network, step, self.input_norm)
        return None

    def _check(self, step: Step, environment: dict[Quantity, Number]) -> None:
        for bound, assumption in self.theory.assumptions_of_block(step.role, BLOCK_SCOPES, environment):
            self.rows.append(check_assumption(bound, assumption, environment, step.layer, self.network.stated))

    def _carry(self, step: Step, environment: dict[Quantity, Number]) -> None:
        bound = self.theory.roles[step.role]
        terms = {name: ball(value) for name, value in bound.terms(environment).items()}
        origins = {term.name: term.origin for term in bound.error_claim(environment).terms}
        self._passed.append(Passed(step.layer.number, terms, origins))
        total = sum(terms.values(), ball(0))
        finite = self.error is not None and upper_decimal(total) is not None
        self.error = round_up(total) if finite else None

    def _note_block(self, step: Step, draw: Draw, measured: MeasuredRecord | None) -> None:
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
                measured=measured,
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
