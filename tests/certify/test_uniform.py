"""The corrected theorem's record: the error, the parameters and what is promised belong together."""

import math
from fractions import Fraction

import pytest
from rung_runs import layer_sets, theory_named

from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.rungs import certify, run_rung
from boundcheck.certify.scaling import scaled_network
from boundcheck.certify.theorem_target import claimed_error, xi_for_error
from boundcheck.core.rung import Quantity
from boundcheck.core.verdict import Verdict
from boundcheck.network.from_widths import network_from_widths

LAYERS = layer_sets(wide=[1, 2, 3])


@pytest.mark.parametrize("relative", ["0.9", "0.2", "0.05"])
def test_the_recorded_parameters_give_the_recorded_error_and_fraction(relative: str) -> None:
    network = network_from_widths([53210, 22560, 9, 1], Fraction("1.43"), Fraction("0.00323"))
    proposal = Proposal(keep=Fraction(663, 2000), sets=LAYERS)
    trivial = Fraction("1.43") ** 6
    outcome_goal = Goal(Fraction(relative) * trivial, trivial)
    theory = theory_named("corrected", proposal)
    record = run_rung(theory, network, proposal, outcome_goal, None)
    held = certify(theory, network, LAYERS, proposal, outcome_goal)
    prefix = "" if held.conditions is Verdict.HOLDS else "least_"
    if record.error_bound is None:
        pytest.fail("no xi holds: the instance was chosen so that one does")
    xi, alpha = Fraction(record.parameters[f"{prefix}xi"]), Fraction(record.parameters[f"{prefix}alpha"])
    p, gamma = Fraction(record.parameters[f"{prefix}bernoulli"]), Fraction(record.parameters[f"{prefix}gamma"])
    assert Fraction(record.parameters[f"{prefix}epsilon"]) < xi
    assert claimed_error(theory, scaled_network(network), xi) <= Fraction(record.error_bound)
    for block in record.blocks:
        draws = math.floor(alpha * block.units)
        promised = Fraction(block.units - draws + math.floor((1 + gamma) * p * draws), block.units)
        assert block.draws == draws
        assert promised <= Fraction(block.promised_kept or 0) <= promised + Fraction(1, 10**9)


def test_a_target_is_met_by_the_largest_xi_below_it() -> None:
    network = scaled_network(network_from_widths([100, 10], Fraction("1.3"), Fraction(1)))
    theory = theory_named("corrected", Proposal(levels=3))
    for error in (Fraction(1, 10**16), Fraction(1, 1000), Fraction(1)):
        xi = xi_for_error(theory, network, error)
        assert xi is not None
        assert (
            claimed_error(theory, network, xi)
            <= error
            < claimed_error(theory, network, xi * Fraction(10**11 + 1, 10**11))
        )
    assert xi_for_error(theory, network, Fraction(0)) is None


def test_xi_is_taken_as_it_was_given() -> None:
    network = network_from_widths([10**9, 1], Fraction(1), Fraction(1, 10**5))
    proposal = Proposal(levels=10**6, sets=layer_sets(wide=[1]))
    goal = Goal(Fraction(1, 10**13), Fraction(1), xi=Fraction(1, 10**13))
    record = run_rung(theory_named("corrected", proposal), network, proposal, goal, None)
    assert record.parameters["target_xi"] == "1e-13"
    assert Quantity.XI.name.lower() in record.parameters


@pytest.mark.parametrize("widths", [[10**6, 10**4], [10**9, 10], [10**12, 10**12]])
def test_layers_of_any_size_find_parameters(widths: list[int]) -> None:
    proposal = Proposal(keep=Fraction(77, 100), sets=layer_sets(wide=[1]))
    network = network_from_widths(widths, Fraction(1), Fraction(1))
    for name in ("corrected", "layerwise"):
        record = run_rung(theory_named(name, proposal), network, proposal, Goal(Fraction(1, 10), Fraction(1)), None)
        assert record.blocks and "meet the request" not in record.reason


def test_a_layer_of_zeros_loses_nothing() -> None:
    network = network_from_widths([1000, 10], Fraction(1), Fraction(1, 10**400))
    proposal = Proposal(keep=Fraction(1, 2), sets=layer_sets(wide=[1]))
    record = run_rung(theory_named("layerwise", proposal), network, proposal, Goal(Fraction(1, 10), Fraction(1)), None)
    assert record.verdict is Verdict.HOLDS
