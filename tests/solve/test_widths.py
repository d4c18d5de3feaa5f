"""Least widths against brute force over all widths, and every claim about all larger ones where it can be tested."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial

import pytest
import sympy

from boundcheck.certify.proposal import Proposal, Target
from boundcheck.certify.rungs import run_rung
from boundcheck.certify.verify import ladder_for, measure
from boundcheck.core.errors import InputError
from boundcheck.core.rung import Quantity
from boundcheck.core.verdict import Verdict
from boundcheck.exact.binomial import least_draws
from boundcheck.network.from_law import network_from_law
from boundcheck.network.network import Network
from boundcheck.solve.again import drawn_by_layer, evaluated_again, sets_of
from boundcheck.solve.question import Question
from boundcheck.solve.record import Answer, Known, Least
from boundcheck.solve.solve import solve
from boundcheck.solve.stays import why_it_may_not_stay
from boundcheck.solve.width_laws import Laws, width_laws
from boundcheck.solve.widths import least_width

from .brute_force import STRUCTURED, fully_connected, goal_of, layer_sets, theory_named, verdict_at

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


@cache
def widths(problem: str) -> tuple[list[Answer], NetworkOfWidth, Proposal]:
    """What every rung answers; when pruning, the one whose parameters are quick to choose."""
    network_of_width, layer, proposal = PROBLEMS[problem]
    network = network_of_width(7)
    ladder = ladder_for(proposal, None)
    question = Question(network, proposal, measure(network, None, print), ladder, dict.fromkeys(ladder))
    asked = [theory for theory in ladder if proposal.keep is None or theory.rung.name == "layerwise"]
    return (
        [least_width(theory, question, layer, network_of_width, print) for theory in asked],
        network_of_width,
        proposal,
    )


@pytest.mark.parametrize("problem", ["behind a wide layer", "behind a bottleneck", "pruned neurons", "sets left open"])
def test_the_least_width_is_that_of_brute_force(problem: str) -> None:
    found, network_of_width, proposal = widths(problem)
    small = [answer for answer in found if answer.value is not None and int(answer.value) <= 150]
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
    proved = [answer for answer in found if answer.proved_from is not None]
    assert proved
    for answer in proved:
        assert answer.larger is not None and answer.larger.known is Known.PROVED
        first = int(answer.proved_from or 0)
        assert answer.proof is not None and answer.proof.verdict is Verdict.HOLDS
        theory, drawn, sets = theory_named(answer.rung, proposal), drawn_by_layer(answer.proof), sets_of(answer.proof)
        for width in [*range(first, first + 60), *(first * factor for factor in (2, 3, 7, 50, 1000))]:
            network = network_of_width(width)
            again = evaluated_again(theory, network, sets, proposal, goal_of(network, proposal), drawn)
            assert again is not None and again.verdict is Verdict.HOLDS, (answer.rung, width, again and again.reason)


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


def test_a_tail_that_passes_at_one_width_alone_is_no_proof_for_larger_ones() -> None:
    """The tail is a sawtooth: the parameters chosen at one width pass there, and fail at some of the next."""
    network_of_width, layer, proposal = PROBLEMS["pruned weights"]
    theory, doubtful = theory_named("layerwise", proposal), 0
    for width in range(60, 70):
        network = network_of_width(width)
        view, goal = theory.view(network, frozenset()), goal_of(network, proposal)
        record = run_rung(theory, network, proposal, goal, None)
        (block,), given = record.blocks, drawn_by_layer(record)[2]
        n_0 = least_draws(given[Quantity.GAMMA], given[Quantity.BERNOULLI], given[Quantity.EPSILON])
        laws = width_laws(view, layer)
        doubt = why_it_may_not_stay(theory, view, sets_of(record), record, goal, partial(_at, laws), Fraction(1))
        assert ("tail" in (doubt or "")) == (n_0 > block.draws)
        doubtful += n_0 > block.draws
    assert doubtful > 0


def _at(laws: Laws, number: int) -> Mapping[Quantity, sympy.Expr]:
    return laws.get(number, {})


def test_a_share_that_larger_widths_may_exceed_is_no_proof() -> None:
    network_of_width, layer, proposal = PROBLEMS["behind a wide layer"]
    theory, network = theory_named("layerwise", proposal), network_of_width(100)
    view, goal = theory.view(network, frozenset()), goal_of(network, proposal)
    record = run_rung(theory, network, proposal, goal, None)
    laws = partial(_at, width_laws(view, layer))
    tight, loose = (
        why_it_may_not_stay(theory, view, sets_of(record), record, goal, laws, requested)
        for requested in (proposal.requested_share, proposal.requested_share * 2)
    )
    assert "may exceed the request" in (tight or "")
    assert loose is None
