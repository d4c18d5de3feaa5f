"""One rung, evaluated again at the layer sets and parameters that the file states; nothing is searched for.

Any parameters in a statement's domain give a bound, so that which ones were chosen is no claim. A rung that found none,
or whose arithmetic failed, states none: it is run again as a whole, and so is one that does not speak of the network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy

from boundcheck.certify.block import Bound, layer_environment
from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.coverage import why_not_covered
from boundcheck.certify.draw_choice import Draw
from boundcheck.certify.goal import Goal
from boundcheck.certify.outcome import Outcome
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.recursion import certify_recursion
from boundcheck.certify.rungs import run_rung, rung_record
from boundcheck.certify.scaling import ScaledNetwork
from boundcheck.certify.steps import Step
from boundcheck.certify.theorem_target import LARGEST_XI, claimed_error
from boundcheck.certify.theory import Theory
from boundcheck.certify.uniform import Point, Setting, outcome_at
from boundcheck.certify.verify import block_measure
from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Quantity, Scheme
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import parse_rational
from boundcheck.network.data import Data
from boundcheck.network.layer_sets import LayerSets, check_layer_sets
from boundcheck.network.network import Network

from .compare import TOLERANCE
from .findings import Part

PRUNING = (Quantity.ALPHA, Quantity.BERNOULLI, Quantity.GAMMA, Quantity.EPSILON)
EXACT_COUNTS = (Quantity.ALPHA, Quantity.BERNOULLI)
QUANTIZATION = (Quantity.ALPHA, Quantity.LEVELS)
LEAST = "least_"


@dataclass(frozen=True)
class Question:
    """What all rungs are asked: a proposal for a network, measured against a goal; ``loss`` of the dense network."""

    network: Network
    proposal: Proposal
    goal: Goal
    loss: Fraction | None
    data: Data | None = None


def recomputed_rung(part: Part, path: str, theory: Theory, question: Question, said: RungRecord) -> RungRecord | None:
    """What the rung comes to at the parameters that the file states; None if it states none that are admissible."""
    network, proposal = question.network, question.proposal
    sets = LayerSets(frozenset(said.wide), frozenset(said.bottleneck))
    given = proposal.sets
    if given is not None:
        part.expect(sets == given, f"{path}.wide", _written(sets), _written(given), "the proposal names other layers")
    if why_not_covered(theory, network, proposal) is not None:
        return run_rung(theory, network, proposal, question.goal, question.loss)
    if _found_nothing(theory, said, sets):
        return _run_again(part, path, theory, question, sets)
    with part.refusing(f"{path}.wide", _written(sets)):
        check_layer_sets(sets, network.depth)
        scaled = theory.view(network, sets.bottleneck)
        evaluate = _uniform if theory.rung.scheme is Scheme.UNIFORM else _recursion
        outcome = evaluate(part, path, theory, scaled, sets, question, said)
        if outcome is not None:
            return rung_record(theory, network, proposal, question.goal, question.loss, outcome)
    return None


def _run_again(part: Part, path: str, theory: Theory, question: Question, sets: LayerSets) -> RungRecord | None:
    """The whole rung at these sets; where it came to none, the search for them too."""
    asked = question.proposal
    if sets.wide or sets.bottleneck:
        asked = replace(asked, sets=sets)
    with part.refusing(f"{path}.wide", _written(sets)):
        if asked.sets is not None:
            check_layer_sets(asked.sets, question.network.depth)
        at_data = block_measure(theory, question.network, question.data, asked)
        return run_rung(theory, question.network, asked, question.goal, question.loss, at_data)
    return None


def _written(sets: LayerSets) -> str:
    return f"W = {sorted(sets.wide)}, B = {sorted(sets.bottleneck)}"


def _found_nothing(theory: Theory, said: RungRecord, sets: LayerSets) -> bool:
    """Whether the rung states no error and lacks parameters at some layer."""
    if theory.rung.scheme is not Scheme.UNIFORM:
        return said.error_bound is None and len(said.blocks) < len(sets.wide | sets.bottleneck)
    return said.error_bound is None and not said.parameters


def _recursion(
    part: Part, path: str, theory: Theory, network: ScaledNetwork, sets: LayerSets, question: Question, said: RungRecord
) -> Outcome | None:
    """Each compressed block with the draw that the file states there."""
    choices: dict[int, dict[Quantity, Fraction]] = {}
    for place, block in enumerate(said.blocks):
        where = f"{path}.blocks[{place}].parameters"
        choice = _choice(part, f"{where}.", theory, question.proposal, block.parameters)
        if choice is None:
            return None
        choices[block.layer] = choice
    missing = sorted((sets.wide | sets.bottleneck) - choices.keys())
    if not part.expect(not missing, f"{path}.blocks", sorted(choices), sorted(sets.wide | sets.bottleneck)):
        return None

    def stated(
        theory: Theory, network: ScaledNetwork, step: Step, input_norm: Fraction, error_in: Fraction, asked: Proposal
    ) -> Draw:
        bound, environment = theory.roles[step.role], layer_environment(network, step.layer)
        chosen = choices[step.layer.number]
        units = bound.units(step.role, environment)
        return Draw(chosen, units, bound.promised_share(step.role, {**environment, **chosen}))

    at_data = block_measure(theory, question.network, question.data, question.proposal)
    if at_data is not None and not _are_all_drawn(part, path, said, choices):
        return None
    outcome = certify_recursion(theory, network, sets, question.proposal, stated, at_data)
    for place, block in enumerate(said.blocks):
        bound = theory.roles["wide" if block.layer in sets.wide else "bottleneck"]
        where = f"{path}.blocks[{place}].parameters."
        if outcome.error is not None and not _are_in_domain(part, where, bound, choices[block.layer]):
            return None
    return outcome


def _are_all_drawn(part: Part, path: str, said: RungRecord, choices: Mapping[int, Mapping[Quantity, Fraction]]) -> bool:
    """Whether every unit of every block is: what is measured at the data is then the error of these draws."""
    are_all = True
    for place, block in enumerate(said.blocks):
        alpha = choices[block.layer][Quantity.ALPHA]
        where, why = f"{path}.blocks[{place}].parameters.alpha", "what is measured at the data draws every unit"
        are_all &= part.expect(alpha == 1, where, alpha, 1, why)
    return are_all


def _uniform(
    part: Part, path: str, theory: Theory, network: ScaledNetwork, sets: LayerSets, question: Question, said: RungRecord
) -> Outcome | None:
    """The theorem at the target xi that follows from the goal, and where the file says that its conditions hold."""
    where, proposal = f"{path}.parameters", question.proposal
    setting = Setting(theory, network, sets, proposal)
    target = _number(part, f"{where}.target_xi", said.parameters.get("target_xi"))
    shown = _point(part, f"{where}.", theory, proposal, said.parameters)
    if target is None or shown is None:
        return None
    _check_target(part, f"{where}.target_xi", theory, network, question.goal, target)
    for quantity, value in theory.rung.fixed.items():
        if quantity not in shown.choice or (quantity is Quantity.ALPHA and proposal.alpha is not None):
            continue  # not a parameter of this mode, or fixed by the proposal
        name = quantity.name.lower()
        part.same(f"{where}.{name}", shown.choice[quantity], Fraction(value.p, value.q), "the statement fixes it")
    least = {name.removeprefix(LEAST): text for name, text in said.parameters.items() if name.startswith(LEAST)}
    certified = _point(part, f"{where}.{LEAST}", theory, proposal, least) if least else shown
    if certified is None:
        return None
    outcome = outcome_at(setting, target, shown, certified)
    holds = outcome.conditions is Verdict.HOLDS if certified is shown else setting.holds(certified.choice, certified.xi)
    stated = {**certified.choice, Quantity.XI: certified.xi}
    if holds and not _are_in_domain(part, f"{where}.{LEAST if least else ''}", theory.roles["network"], stated):
        return None
    if not holds:
        outcome = outcome_at(setting, target, shown, None)
        is_at_target = certified is not shown or shown.xi == target
        part.expect(
            is_at_target, f"{where}.xi", shown.xi, target, "where conditions fail, they are shown at the target"
        )
    return outcome


def _check_target(part: Part, path: str, theory: Theory, network: ScaledNetwork, goal: Goal, target: Fraction) -> None:
    """The xi that was asked for, or the largest one whose error is acceptable, to nine digits."""
    if goal.xi is not None:
        part.same(path, target, goal.xi)
        return
    beyond = target * (1 + TOLERANCE)
    is_met = claimed_error(theory, network, target) <= goal.error
    is_largest = target >= LARGEST_XI or beyond >= LARGEST_XI or claimed_error(theory, network, beyond) > goal.error
    part.expect(is_met, path, target, None, "the theorem's error there is more than the acceptable one")
    part.expect(is_largest, path, target, None, "the theorem's error is acceptable at a larger xi too")


def _point(part: Part, path: str, theory: Theory, proposal: Proposal, texts: Mapping[str, str]) -> Point | None:
    xi = _number(part, f"{path}xi", texts.get("xi"))
    choice = _choice(part, path, theory, proposal, texts)
    return None if xi is None or choice is None else Point(xi, choice)


def _choice(
    part: Part, path: str, theory: Theory, proposal: Proposal, texts: Mapping[str, str]
) -> dict[Quantity, Fraction] | None:
    """The draw's parameters, as the proposal fixes them; names stand behind ``path``."""
    found, is_counted = {}, proposal.draw is DrawKind.EXACT_COUNTS
    pruning = EXACT_COUNTS if is_counted else PRUNING
    for quantity in pruning if proposal.mode.prunes else QUANTIZATION:
        name = quantity.name.lower()
        if quantity is Quantity.EPSILON and not theory.rung.decides:
            continue  # the printed form sets it itself
        value = _number(part, f"{path}{name}", texts.get(name))
        if value is None:
            return None
        found[quantity] = value
    levels = None if proposal.levels is None else Fraction(proposal.levels)
    alpha = Fraction(1) if is_counted else proposal.alpha
    fixed = {Quantity.ALPHA: alpha, Quantity.BERNOULLI: proposal.bernoulli, Quantity.LEVELS: levels}
    for quantity, given in fixed.items():
        if given is not None and quantity in found:
            part.same(f"{path}{quantity.name.lower()}", found[quantity], given, "the proposal fixes it")
    return found


def _are_in_domain(part: Part, path: str, bound: Bound, values: Mapping[Quantity, Fraction]) -> bool:
    """Whether the statement speaks of such parameters at all: at alpha = 2 its error bound would be negative.

    Asked where an error is certified. A draw of all units (alpha = 1) fails an assumption and is shown all the same.
    """
    are_in = True
    domains = {variable.symbol: variable.domain for variable in bound.statement.variables}
    for symbol, quantity in bound.use.binding.items():
        domain = domains.get(symbol)
        if quantity not in values or domain is None:
            continue
        value = values[quantity]
        is_in = domain.contains(sympy.Rational(value.numerator, value.denominator)) == sympy.true
        name = f"{path}{quantity.name.lower()}"
        are_in &= part.expect(is_in, name, value, None, f"{bound.name} asks for a number in {domain}")
    return are_in


def _number(part: Part, path: str, text: str | None) -> Fraction | None:
    if text is None:
        part.expect(False, path, None, None, "is missing")
        return None
    try:
        return parse_rational(text)
    except InputError as error:
        part.expect(False, path, text, None, str(error))
        return None
