"""Asks a rung at one value after the other, without any search: what solutions are held against."""

from dataclasses import replace
from fractions import Fraction

from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Granularity, Proposal, Target
from boundcheck.certify.rungs import run_rung
from boundcheck.certify.theory import Theory
from boundcheck.certify.verify import ladder_for, worst_case
from boundcheck.core.verdict import Verdict
from boundcheck.network.from_channels import network_from_channels
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

ONE = Fraction(1)


def layer_sets(wide: tuple[int, ...] = (), bottleneck: tuple[int, ...] = ()) -> LayerSets:
    return LayerSets(frozenset(wide), frozenset(bottleneck))


def fully_connected(*widths: int, c_2: Fraction = ONE) -> Network:
    return network_from_widths(widths, ONE, c_2)


def convolutional(*channels: int) -> Network:
    return network_from_channels(channels, 2, 4, ONE, ONE)


def theory_named(name: str, proposal: Proposal) -> Theory:
    return next(theory for theory in ladder_for(proposal, None) if theory.rung.name == name)


def goal_of(network: Network, proposal: Proposal) -> Goal:
    trivial = worst_case(network)
    assert proposal.target.relative is not None
    return Goal(proposal.target.relative * trivial, trivial)


def verdict_at(name: str, network: Network, proposal: Proposal) -> Verdict:
    """The rung's own verdict on a proposal."""
    goal = goal_of(network, proposal)
    return run_rung(theory_named(name, proposal), network, proposal, goal, None).verdict


def holding_keeps(name: str, network: Network, proposal: Proposal, steps: int) -> list[int]:
    """Of 1/steps, 2/steps, ..., all below 1, the numerators at which the rung holds."""
    asked = [(step, replace(proposal, keep=Fraction(step, steps))) for step in range(1, steps)]
    return [step for step, proposed in asked if verdict_at(name, network, proposed) is Verdict.HOLDS]


def holding_levels(name: str, network: Network, proposal: Proposal, most: int) -> list[int]:
    """Of 1, ..., most the levels at which the rung holds."""
    asked = [(levels, replace(proposal, levels=levels)) for levels in range(1, most + 1)]
    return [levels for levels, proposed in asked if verdict_at(name, network, proposed) is Verdict.HOLDS]


RELATIVE = Target(relative=Fraction(1, 10))
STRUCTURED, CONV = Granularity.STRUCTURED, Granularity.CONV
