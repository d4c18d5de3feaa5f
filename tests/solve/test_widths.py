"""Least widths against brute force over all widths, and every claim about all larger ones where it can be tested."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from boundcheck.certify.proposal import Proposal, Target
from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.network.from_law import network_from_law
from boundcheck.network.network import Network
from boundcheck.solve.again import drawn_by_layer, evaluated_again, sets_of
from boundcheck.solve.record import Answer, Known, Least, Solution
from boundcheck.solve.solve import solve
from boundcheck.solve.widths import Family

from .brute_force import STRUCTURED, fully_connected, goal_of, layer_sets, verdict_at

NetworkOfWidth = Callable[[int], Network]
LOOSE = Target(relative=Fraction(9, 10))
QUANTIZED = Proposal(levels=40, sets=layer_sets(wide=(2,)), target=LOOSE)
PROBLEMS: dict[str, tuple[NetworkOfWidth, int, Proposal]] = {
    "behind a wide layer": (lambda width: fully_connected(5, width, 3), 1, QUANTIZED),
    "behind a bottleneck": (
        lambda width: fully_connected(5, width, 3),
        1,
        Proposal(levels=40, sets=layer_sets(bottleneck=(1,)), target=LOOSE),
    ),
    "pruned neurons": (
        lambda width: fully_connected(5, width, 3),
        1,
        Proposal(keep=Fraction(7, 10), sets=layer_sets(wide=(2,)), target=LOOSE, granularity=STRUCTURED),
    ),
    "pruned weights": (
        lambda width: fully_connected(5, width, 3),
        1,
        Proposal(keep=Fraction(7, 10), sets=layer_sets(wide=(2,)), target=LOOSE),
    ),
    "sets left open": (lambda width: fully_connected(5, width, 3), 1, replace(QUANTIZED, sets=None)),
}


def widths(problem: str) -> tuple[Solution, NetworkOfWidth, Proposal]:
    network_of_width, layer, proposal = PROBLEMS[problem]
    found = solve(network_of_width(7), proposal, Least.WIDTH, layer=layer, network_of_width=network_of_width)
    return found, network_of_width, proposal


@pytest.mark.parametrize("problem", ["behind a wide layer", "behind a bottleneck", "pruned neurons", "sets left open"])
def test_the_least_width_is_that_of_brute_force(problem: str) -> None:
    found, network_of_width, proposal = widths(problem)
    small = [answer for answer in found.answers if answer.value is not None and int(answer.value) <= 150]
    assert small
    for answer in small:
        assert answer.value is not None
        least = int(answer.value)
        holding = [
            width
            for width in range(1, 3 * least + 30)
            if verdict_at(answer.rung, network_of_width(width), proposal) is Verdict.HOLDS
        ]
        assert answer.certificate.verdict is Verdict.HOLDS
        assert least - 1 not in holding
        assert set(range(least, 3 * least + 30)) <= set(holding)


@pytest.mark.parametrize("problem", [name for name in PROBLEMS if name != "sets left open"])
def test_what_is_proved_of_all_larger_widths_holds_at_many(problem: str) -> None:
    """With the very parameters of the proof, at widths in a row (the tail is a sawtooth) and far out."""
    found, network_of_width, proposal = widths(problem)
    proved = [answer for answer in found.answers if answer.proved_from is not None]
    assert proved
    for answer in proved:
        assert answer.larger is not None and answer.larger.known is Known.PROVED
        first = int(answer.proved_from or 0)
        theory, drawn, sets = _parameters_of_the_proof(answer, network_of_width, proposal, first)
        for width in [*range(first, first + 60), *(first * factor for factor in (2, 3, 7, 50, 1000))]:
            network = network_of_width(width)
            again = evaluated_again(theory, network, sets, proposal, goal_of(network, proposal), drawn)
            assert again is not None and again.verdict is Verdict.HOLDS, (answer.rung, width, again and again.reason)


def _parameters_of_the_proof(answer: Answer, network_of_width: NetworkOfWidth, proposal: Proposal, first: int):  # type: ignore[no-untyped-def]
    from boundcheck.certify.verify import ladder_for, measure
    from boundcheck.solve.question import Question

    network = network_of_width(first)
    ladder = ladder_for(proposal, None)
    measured = measure(network, None, lambda stage: None)
    question = Question(network, proposal, measured, ladder, dict.fromkeys(ladder))
    theory = next(theory for theory in ladder if theory.rung.name == answer.rung)
    family = Family(theory, question, 1, network_of_width)
    assert family.doubt(first) is None
    record = family._robust(first)
    assert record is not None
    return theory, drawn_by_layer(record), sets_of(record)


def test_where_larger_widths_fail_there_is_no_answer() -> None:
    """The wide layer's own output: the theorem asks it to be narrow."""
    proposal = Proposal(levels=300, sets=layer_sets(wide=(1,)), target=LOOSE)
    found = solve(
        fully_connected(500, 7), proposal, Least.WIDTH, layer=1, network_of_width=lambda w: fully_connected(500, w)
    )
    answer = found.answer("corrected")
    assert verdict_at("corrected", fully_connected(500, 1), proposal) is Verdict.HOLDS
    assert (answer.value, answer.verdict) == (None, Verdict.FAILS)
    assert answer.larger is not None and "but not at" in answer.larger.why


def test_without_formulas_for_the_norms_nothing_is_called_proved() -> None:
    def network_of_width(width: int) -> Network:
        return network_from_law([5, width, 3], "kaiming", Fraction(1, 1000))

    found = solve(network_of_width(7), QUANTIZED, Least.WIDTH, layer=1, network_of_width=network_of_width)
    for answer in found.answers:
        assert answer.proved_from is None
        assert answer.larger is None or answer.larger.known is Known.TRIED


def test_no_proof_below_the_neighbouring_widths() -> None:
    """Norms still grow with the width there, whatever is certified."""
    proposal = replace(QUANTIZED, sets=layer_sets(bottleneck=(1,)), levels=1000)
    found = solve(
        fully_connected(30, 7, 20),
        proposal,
        Least.WIDTH,
        layer=1,
        network_of_width=lambda w: fully_connected(30, w, 20),
    )
    answer = found.answer("layerwise")
    assert answer.value is not None and int(answer.value) < 30
    assert answer.proved_from is not None and int(answer.proved_from) >= 30


@pytest.mark.parametrize("layer", [0, 3])
def test_a_layer_that_is_not_there_is_refused(layer: int) -> None:
    with pytest.raises(InputError, match="layers 1 to 2"):
        solve(
            fully_connected(5, 7, 3),
            QUANTIZED,
            Least.WIDTH,
            layer=layer,
            network_of_width=lambda w: fully_connected(w, 3),
        )
