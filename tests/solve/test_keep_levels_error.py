"""Least keep, levels and error against brute force, for every rung; claims about other values are tested there."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.rungs import run_rung
from boundcheck.certify.verify import ladder_for
from boundcheck.core.verdict import Verdict
from boundcheck.network.network import Network
from boundcheck.solve.again import drawn_by_layer, evaluated_again, sets_of
from boundcheck.solve.record import Answer, Known, Least
from boundcheck.solve.solve import solve

from .brute_force import (
    CONV,
    STRUCTURED,
    convolutional,
    fully_connected,
    goal_of,
    holding_keeps,
    holding_levels,
    layer_sets,
    theory_named,
)

STEPS = 8
PRUNINGS = [
    (fully_connected(64, 4000, 10), Proposal(keep=Fraction(1), sets=layer_sets(wide=(2,)))),
    (fully_connected(4, 3000, 10), Proposal(keep=Fraction(1), sets=layer_sets(bottleneck=(1,)))),
    (fully_connected(64, 4000, 10), Proposal(keep=Fraction(1), sets=layer_sets(wide=(2,)), granularity=STRUCTURED)),
    (convolutional(3, 8000, 10), Proposal(keep=Fraction(1), sets=layer_sets(wide=(2,)), granularity=CONV)),
    (fully_connected(20, 2000, 10), Proposal(keep=Fraction(1))),
]
QUANTIZATIONS = [
    (fully_connected(64, 4000, 10), Proposal(levels=1, sets=layer_sets(wide=(2,)))),
    (fully_connected(64, 4000, 10), Proposal(levels=1, sets=layer_sets(bottleneck=(1,)))),
    (fully_connected(2000, 40, 10), Proposal(levels=1, sets=layer_sets(wide=(1, 2)))),
    (fully_connected(64, 4000, 10), Proposal(levels=1)),
]


def answers(network: Network, proposal: Proposal, least: Least, **options: Fraction) -> Iterator[Answer]:
    solution = solve(network, proposal, least, **options)  # type: ignore[arg-type]
    deciding = [answer.verdict for answer in solution.answers if answer.decides]
    assert solution.verdict is (Verdict.HOLDS if Verdict.HOLDS in deciding else solution.verdict)
    assert [answer.rung for answer in solution.answers] == [t.rung.name for t in ladder_for(proposal, None)]
    yield from solution.answers


@pytest.mark.parametrize(("network", "proposal"), PRUNINGS)
def test_least_keep_is_that_of_brute_force(network: Network, proposal: Proposal) -> None:
    found_any = False
    for answer in answers(network, proposal, Least.KEEP, resolution=Fraction(1, STEPS)):
        holding = holding_keeps(answer.rung, network, proposal, STEPS)
        if not holding:
            assert (answer.value, answer.verdict) == (None, Verdict.FAILS)
            continue
        found_any = True
        assert answer.value is not None and Fraction(answer.value) * STEPS == holding[0]
        assert answer.certificate.verdict is Verdict.HOLDS
        assert holding[0] == 1 or (answer.below is not None and answer.below.verdict is Verdict.FAILS)
        assert answer.larger is not None and answer.larger.known is Known.PROVED
        assert holding == list(range(holding[0], STEPS))
    assert found_any


@pytest.mark.parametrize(("network", "proposal"), PRUNINGS[:4])
def test_the_parameters_of_the_least_keep_hold_at_every_larger_one(network: Network, proposal: Proposal) -> None:
    """What "proved" says of larger requests."""
    for answer in answers(network, proposal, Least.KEEP, resolution=Fraction(1, STEPS)):
        if answer.value is None:
            continue
        theory, record = theory_named(answer.rung, proposal), answer.certificate
        for step in range(int(Fraction(answer.value) * STEPS), STEPS + 1):
            larger = replace(proposal, keep=Fraction(step, STEPS))
            drawn = drawn_by_layer(record)
            again = evaluated_again(theory, network, sets_of(record), larger, goal_of(network, larger), drawn)
            assert again is None or again.verdict is Verdict.HOLDS


@pytest.mark.parametrize(("network", "proposal"), QUANTIZATIONS)
def test_fewest_levels_are_those_of_brute_force(network: Network, proposal: Proposal) -> None:
    most, found_any = 60, False
    for answer in answers(network, proposal, Least.LEVELS):
        if answer.value is None:
            assert holding_levels(answer.rung, network, proposal, most) == []
            continue
        least = int(answer.value)
        if least > most:
            assert answer.below is not None and answer.below.verdict is Verdict.FAILS
            continue
        found_any = True
        holding = holding_levels(answer.rung, network, proposal, most)
        assert answer.certificate.verdict is Verdict.HOLDS
        assert holding == list(range(least, most + 1))
        assert answer.larger is not None and answer.larger.known is Known.PROVED
        smaller = {Known.PROVED, Known.ENUMERATED} if proposal.sets is not None else {Known.SEARCHED, Known.ENUMERATED}
        assert answer.smaller is not None and answer.smaller.known in smaller
    assert found_any


@pytest.mark.parametrize(
    ("network", "proposal"),
    [
        (PRUNINGS[0][0], replace(PRUNINGS[0][1], keep=Fraction(9, 10))),
        (PRUNINGS[2][0], replace(PRUNINGS[2][1], keep=Fraction(9, 10))),
        (QUANTIZATIONS[0][0], replace(QUANTIZATIONS[0][1], levels=20)),
        (QUANTIZATIONS[3][0], replace(QUANTIZATIONS[3][1], levels=5)),
    ],
)
def test_the_least_error_holds_and_a_smaller_one_does_not(network: Network, proposal: Proposal) -> None:
    resolution, found_any = Fraction(1, 100), False
    for answer in answers(network, proposal, Least.ERROR, resolution=resolution):
        if answer.value is None:
            continue
        found_any = True
        theory, trivial = theory_named(answer.rung, proposal), goal_of(network, proposal).trivial
        value = Fraction(answer.value)
        above, below = (
            run_rung(theory, network, proposal, Goal(value * factor, trivial), None)
            for factor in (1 + resolution, 1 - 2 * resolution)
        )
        assert above.verdict is Verdict.HOLDS
        assert below.verdict is Verdict.FAILS
        assert answer.below is not None and answer.below.verdict is Verdict.FAILS
        assert answer.larger is not None and answer.larger.known is Known.PROVED
    assert found_any


def test_nothing_better_than_the_zero_network_is_no_answer() -> None:
    network, proposal = fully_connected(64, 100, 10), Proposal(keep=Fraction(1, 10), sets=layer_sets(wide=(1,)))
    for answer in answers(network, proposal, Least.ERROR):
        assert (answer.value, answer.verdict) == (None, Verdict.FAILS)


def test_an_exception_leaves_a_rung_undecided_and_the_others_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(theory, *others):  # type: ignore[no-untyped-def]
        if theory.rung.name == "layerwise":
            raise ZeroDivisionError("planted")
        return run_rung(theory, *others)

    network, proposal = QUANTIZATIONS[0]
    plain = solve(network, proposal, Least.LEVELS)
    monkeypatch.setattr("boundcheck.solve.question.run_rung", broken)
    found = solve(network, proposal, Least.LEVELS)
    answer = found.answer("layerwise")
    assert (answer.verdict, answer.value) == (Verdict.UNKNOWN, None)
    assert "planted" in answer.certificate.reason
    assert found.answer("corrected").value == plain.answer("corrected").value


def test_illustrative_constants_give_no_answer() -> None:
    from boundcheck.network.from_law import network_from_law

    network = network_from_law([64, 4000, 10], "glorot", None, c_1=Fraction(1))
    for answer in answers(network, Proposal(levels=1, sets=layer_sets(wide=(2,))), Least.LEVELS):
        assert (answer.verdict, answer.value) == (Verdict.UNKNOWN, None)
