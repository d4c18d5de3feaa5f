"""The best split of a budget: against every split, within the budget exactly, and no worse than an equal one."""

from fractions import Fraction

import pytest

from boundcheck.certify.proposal import Proposal
from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network
from boundcheck.solve import budget as budgets
from boundcheck.solve.record import Answer, Known, Least
from boundcheck.solve.solve import solve

from .brute_force import STRUCTURED, fully_connected, layer_sets

DEEP = fully_connected(8000, 40, 9000, 10, c_2=Fraction(1, 2))
TWO = (DEEP, layer_sets(wide=(1, 3)), Fraction(7, 10))
THREE = (DEEP, layer_sets(wide=(1, 2, 3)), Fraction(7, 10))
BLOCK = (fully_connected(2, 30_000, 20, 4), layer_sets(wide=(3,), bottleneck=(1,)), Fraction(95, 100))


def split(network: Network, sets: LayerSets, budget: Fraction, steps: int, **proposed: object) -> Answer:
    proposal = Proposal(keep=Fraction(1), sets=sets, **proposed)  # type: ignore[arg-type]
    found = solve(network, proposal, Least.SPLIT, budget=budget, resolution=Fraction(1, steps))
    return found.answer("layerwise")


@pytest.mark.parametrize(("network", "sets", "budget"), [TWO, THREE, BLOCK])
def test_the_budget_is_kept_exactly(network: Network, sets: LayerSets, budget: Fraction) -> None:
    answer = split(network, sets, budget, 16)
    assert answer.verdict is Verdict.HOLDS and answer.keep_by_layer is not None
    sizes = {number: layer.weight_count for number, layer in enumerate(network.layers, start=1)}
    asked = {layer: Fraction(share) for layer, share in answer.keep_by_layer.items()}
    assert set(asked) == sets.wide | sets.bottleneck
    assert sum(asked.get(number, 1) * size for number, size in sizes.items()) <= budget * sum(sizes.values())
    for block in answer.certificate.blocks:
        assert block.promised_kept is not None and Fraction(block.promised_kept) <= asked[block.layer]
    assert Fraction(answer.certificate.kept_fraction_network or 1) <= budget


@pytest.mark.parametrize(("network", "sets", "budget"), [TWO, BLOCK])
def test_moving_parts_finds_the_best_of_all_splits(
    network: Network, sets: LayerSets, budget: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = split(network, sets, budget, 16)
    assert every.smaller is not None and every.smaller.known is Known.ENUMERATED
    assert len(every.attempts) == 15
    monkeypatch.setattr(budgets, "MOST_ENUMERATED", 1)
    moved = split(network, sets, budget, 16)
    assert moved.smaller is not None and moved.smaller.known is Known.TRIED
    assert moved.value == every.value and moved.keep_by_layer == every.keep_by_layer
    assert len(moved.attempts) < 15


@pytest.mark.parametrize("proposed", [{}, {"granularity": STRUCTURED}])
def test_no_evaluated_split_and_no_neighbour_is_better(proposed: dict[str, object]) -> None:
    network, sets, budget = THREE
    answer = split(network, sets, budget, 16, **proposed)
    assert answer.value is not None
    errors = [Fraction(tried.error_bound) for tried in answer.attempts if tried.error_bound is not None]
    assert len(errors) > 6 and Fraction(answer.value) == min(errors)
    assert Fraction(answer.value) < max(errors)


def test_a_theorem_with_common_parameters_splits_equally() -> None:
    network, sets, budget = fully_connected(200_000, 10), layer_sets(wide=(1,)), Fraction(9, 10)
    proposal = Proposal(keep=Fraction(1), sets=sets)
    found = solve(network, proposal, Least.SPLIT, budget=budget).answer("corrected")
    assert found.keep_by_layer == {1: "0.9"}
    assert found.smaller is not None and "equal split" in found.smaller.why


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": Fraction(1, 1000)}, "left alone hold"),
        ({"budget": Fraction(3, 2)}, "expected a fraction"),
        ({"budget": Fraction(9, 10), "resolution": Fraction(2, 3)}, "expected 1/N"),
    ],
)
def test_what_cannot_be_split_is_refused(options: dict[str, Fraction], message: str) -> None:
    network, sets, _ = TWO
    with pytest.raises(InputError, match=message):
        solve(network, Proposal(keep=Fraction(1), sets=sets), Least.SPLIT, **options)  # type: ignore[arg-type]


def test_auto_sets_are_refused() -> None:
    with pytest.raises(InputError, match="name the layers"):
        solve(TWO[0], Proposal(keep=Fraction(1)), Least.SPLIT, budget=Fraction(1, 2))
