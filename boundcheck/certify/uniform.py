"""Interprets a UNIFORM rung: one theorem with one target xi, whose conditions are asked of every layer in its role."""

import math
from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.rung import Quantity
from boundcheck.core.statement import Scope
from boundcheck.core.verdict import Verdict, conjunction
from boundcheck.exact.ball import lower_decimal, rational_text, upper_decimal
from boundcheck.exact.evaluate import exact_value
from boundcheck.network.layer_sets import LayerSets

from .block import check_assumption, check_request, layer_environment
from .certificate import AssumptionRecord, BlockRecord
from .outcome import Outcome
from .proposal import Proposal
from .scaling import ScaledLayer, ScaledNetwork
from .theorem_target import LARGEST_XI, claimed_error, network_constants
from .theory import Theory
from .uniform_choice import Choice, Choose, chooser, compressed, role_in

# Bisection for the least xi ends here at the latest; six digits are enough of it.
BISECTIONS = 40


@dataclass(frozen=True)
class Setting:
    """A theorem on a network with layer sets; xi and the draw's parameters are still open."""

    theory: Theory
    network: ScaledNetwork
    sets: LayerSets
    proposal: Proposal

    @property
    def layers(self) -> list[ScaledLayer]:
        """The compressed layers."""
        return [self.network.layers[number - 1] for number in compressed(self.sets)]

    def promised(self, choice: Choice) -> dict[int, Fraction]:
        """What the theorem promises for every compressed layer."""
        return {
            layer.number: self.theory.roles["network"].promised_share(
                role_in(self.sets, layer.number), {**layer_environment(self.network, layer), **choice}
            )
            for layer in self.layers
        }

    def rows(self, choice: Choice, xi: Fraction) -> list[AssumptionRecord]:
        """Every assumption at every layer in its scope, and whether the request is met."""
        found = []
        constants = network_constants(self.network)
        common = {**constants, **choice, Quantity.XI: xi, Quantity.INPUT_NORM: self.network.input_norm}
        for bound, assumption in self.theory.assumptions("network", set(Scope)):
            if assumption.scope is Scope.NETWORK:
                found.append(check_assumption(bound, assumption, common, None, self.network.stated))
                continue
            for layer in self._in_scope(assumption.scope):
                environment = {**layer_environment(self.network, layer), **common}
                found.append(check_assumption(bound, assumption, environment, layer, self.network.stated))
        promised, requested = self.promised(choice), self.proposal.requested_share
        whole = self.theory.roles["network"]
        return found + [
            check_request(whole, role_in(self.sets, layer.number), layer, promised[layer.number], requested)
            for layer in self.layers
        ]

    def _in_scope(self, scope: Scope) -> list[ScaledLayer]:
        match scope:
            case Scope.LAYER:
                return list(self.network.layers)
            case Scope.WIDE:
                return [layer for layer in self.layers if layer.number in self.sets.wide]
            case Scope.BOTTLENECK:
                return [layer for layer in self.layers if layer.number in self.sets.bottleneck]
        return self.layers

    def holds(self, choice: Choice, xi: Fraction) -> bool:
        """Whether every condition holds at xi."""
        return conjunction(row.verdict for row in self.rows(choice, xi)) is Verdict.HOLDS


@dataclass(frozen=True)
class Point:
    """A xi with the draw's parameters there."""

    xi: Fraction
    choice: Choice


def certify_uniform(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, xi: Fraction
) -> Outcome:
    """Check every condition at xi. The certified error is that of the least xi at which all of them hold.

    Where they hold at xi, the outcome shows the least xi with its own parameters; else the conditions at xi itself.
    """
    setting = Setting(theory, network, sets, proposal)
    choose = chooser(theory, network, sets, proposal)
    choice = choose(xi)
    if choice is None:
        return Outcome(sets, (), problem="no parameters of the draw meet the request in every compressed layer")
    conditions = conjunction(row.verdict for row in setting.rows(choice, xi))
    least = _least(setting, choose, xi, choice, conditions)
    shown = least if least is not None and conditions is Verdict.HOLDS else Point(xi, choice)
    return outcome_at(setting, xi, shown, least)


def outcome_at(setting: Setting, target: Fraction, shown: Point, certified: Point | None) -> Outcome:
    """The conditions where they are shown, and the error where they are certified to hold (None: nowhere).

    target: the xi that is asked for.
    """
    rows = setting.rows(shown.choice, shown.xi)
    parameters = {"target_xi": rational_text(target), **_parameters(setting, shown)}
    drawn = certified or shown
    if certified is not None and certified != shown:
        parameters |= {f"least_{name}": value for name, value in _parameters(setting, certified).items()}
    promised = setting.promised(drawn.choice)
    return Outcome(
        sets=setting.sets,
        assumptions=tuple(rows),
        error=None if certified is None else claimed_error(setting.theory, setting.network, certified.xi),
        conditions=conjunction(row.verdict for row in rows),
        blocks=tuple(_block(setting, layer, drawn.choice, promised[layer.number]) for layer in setting.layers),
        promised=promised,
        parameters=parameters,
    )


def _parameters(setting: Setting, point: Point) -> dict[str, str]:
    """xi, the draw's parameters, and the theorem's defined symbols: exact (n_0), or rounded down (delta)."""
    bound = setting.theory.roles["network"]
    values = bound.values({**network_constants(setting.network), **point.choice, Quantity.XI: point.xi})
    found = {"xi": rational_text(point.xi)}
    for symbol, definition in bound.variant.definitions.items():
        value = exact_value(bound.expand(definition), values)
        text = rational_text(value) if isinstance(value, Fraction) else lower_decimal(value, 10)
        found[symbol.name] = text or "unknown"
    return found | {quantity.name.lower(): rational_text(value) for quantity, value in point.choice.items()}


def _least(setting: Setting, choose: Choose, xi: Fraction, choice: Choice, conditions: Verdict) -> Point | None:
    """The least xi (six digits) at which every condition holds, with its parameters; None if there is none in (0, 1).

    The parameters that are best at one xi lead to a smaller xi, and are chosen anew there until that gains nothing.
    """
    if not setting.theory.rung.decides:
        # the printed form is evaluated at the target alone
        return Point(xi, choice) if conditions is Verdict.HOLDS else None
    best, chosen = xi, choice
    if conditions is not Verdict.HOLDS:
        at_largest = choose(LARGEST_XI)
        if at_largest is None or not setting.holds(at_largest, LARGEST_XI):
            return None
        best, chosen = LARGEST_XI, at_largest
    while True:
        least = _least_with(setting, chosen, best)
        anew = choose(least)
        if least > best * Fraction(999_999, 1_000_000) or anew is None or not setting.holds(anew, least):
            return Point(least, chosen)
        best, chosen = least, anew


def _least_with(setting: Setting, choice: Choice, high: Fraction) -> Fraction:
    """Bisection below a xi that holds with this choice; ``high`` itself if nothing below does."""
    low = Fraction(0)
    for _ in range(BISECTIONS):
        middle = Fraction(f"{float((low + high) / 2):.6g}")
        if not low < middle < high:
            break
        low, high = (low, middle) if setting.holds(choice, middle) else (middle, high)
    return high


def _block(setting: Setting, layer: ScaledLayer, choice: Choice, promised: Fraction) -> BlockRecord:
    bound, role = setting.theory.roles["network"], role_in(setting.sets, layer.number)
    units = bound.units(role, layer_environment(setting.network, layer))
    prunes = setting.proposal.mode.prunes
    return BlockRecord(
        layer=layer.number,
        role=role,
        unit=bound.drawn(role).unit,
        units=units,
        draws=math.floor(choice[Quantity.ALPHA] * units),
        parameters={},
        promised_kept=upper_decimal(promised) if prunes else None,
        promised_unquantized=None if prunes else upper_decimal(promised),
        error=None,
    )
