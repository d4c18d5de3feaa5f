"""A rung evaluated once more, with the parameters of its draws given instead of chosen."""

from collections.abc import Mapping
from fractions import Fraction

from boundcheck.certify.block import layer_environment
from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.draw_choice import Draw
from boundcheck.certify.goal import Goal
from boundcheck.certify.outcome import Outcome
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.recursion import certify_recursion
from boundcheck.certify.rungs import rung_record
from boundcheck.certify.scaling import ScaledNetwork
from boundcheck.certify.steps import Step
from boundcheck.certify.theorem_target import xi_for_error
from boundcheck.certify.theory import Theory
from boundcheck.certify.uniform import Point, Setting, outcome_at
from boundcheck.core.rung import Quantity, Scheme
from boundcheck.exact.ball import parse_rational
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

Parameters = dict[Quantity, Fraction]
DRAWN = (Quantity.ALPHA, Quantity.BERNOULLI, Quantity.GAMMA, Quantity.EPSILON, Quantity.LEVELS)


def parameters(written: Mapping[str, str]) -> Parameters:
    """The draw's parameters as a record has them."""
    names = {quantity.name.lower(): quantity for quantity in DRAWN}
    return {names[name]: parse_rational(text) for name, text in written.items() if name in names}


def drawn_by_layer(record: RungRecord) -> dict[int, Parameters]:
    """The parameters at every compressed layer, which a theorem's rung has in common."""
    common = parameters(record.parameters)
    return {block.layer: common | parameters(block.parameters) for block in record.blocks}


def sets_of(record: RungRecord) -> LayerSets:
    """The layers that a record compresses."""
    return LayerSets(frozenset(record.wide), frozenset(record.bottleneck))


def evaluated_again(
    theory: Theory,
    network: Network,
    sets: LayerSets,
    proposal: Proposal,
    goal: Goal,
    drawn: Mapping[int, Parameters],
) -> RungRecord | None:
    """The rung with these parameters at every compressed layer; None where it has none to be given."""
    view = theory.view(network, sets.bottleneck)
    outcome: Outcome
    if theory.rung.scheme is Scheme.UNIFORM:
        xi = goal.xi or xi_for_error(theory, view, goal.error)
        if xi is None:
            return None
        point = Point(xi, next(iter(drawn.values())))
        outcome = outcome_at(Setting(theory, view, sets, proposal), xi, point, point)
    elif theory.rung.scheme is Scheme.RECURSION:

        def choose(
            theory: Theory, view: ScaledNetwork, step: Step, norm: Fraction, error: Fraction, proposal: Proposal
        ) -> Draw | None:
            bound, environment = theory.roles[step.role], layer_environment(view, step.layer)
            given = drawn[step.layer.number]
            units = bound.units(step.role, environment)
            return Draw(given, units, bound.promised_share(step.role, {**environment, **given}))

        outcome = certify_recursion(theory, view, sets, proposal, choose)
    else:
        return None
    return rung_record(theory, network, proposal, goal, None, outcome)
