"""Runs single rungs on networks known by widths, for the tests of `certify`."""

from collections.abc import Sequence
from fractions import Fraction

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.rungs import run_rung
from boundcheck.certify.theory import Theory, theories
from boundcheck.library import library
from boundcheck.network.from_channels import network_from_channels
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network


def layer_sets(wide: Sequence[int] = (), bottleneck: Sequence[int] = ()) -> LayerSets:
    return LayerSets(frozenset(wide), frozenset(bottleneck))


def theory_named(name: str, proposal: Proposal) -> Theory:
    return next(theory for theory in theories(library(), proposal.mode) if theory.rung.name == name)


def run_on_widths(
    name: str, widths: Sequence[int], proposal: Proposal, c_1: str = "1", c_2: str = "1", relative: str = "0.1"
) -> RungRecord:
    """The rung's record for widths with stated constants; trivial bound c_1^{2m}."""
    return _run(name, network_from_widths(widths, Fraction(c_1), Fraction(c_2)), proposal, Fraction(c_1), relative)


def run_on_channels(
    name: str,
    channels: Sequence[int],
    sides: tuple[int, int],
    proposal: Proposal,
    c_1: str = "1",
    c_2: str = "1",
    relative: str = "0.1",
) -> RungRecord:
    """As run_on_widths for convolutions; ``sides`` are those of the kernels and of the maps."""
    network = network_from_channels(channels, *sides, Fraction(c_1), Fraction(c_2))
    return _run(name, network, proposal, Fraction(c_1), relative)


def _run(name: str, network: Network, proposal: Proposal, c_1: Fraction, relative: str) -> RungRecord:
    trivial = c_1 ** (2 * network.depth)
    goal = Goal(Fraction(relative) * trivial, trivial)
    return run_rung(theory_named(name, proposal), network, proposal, goal, None)
