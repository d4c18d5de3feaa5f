"""Layer sets: what condition (6) and the depth allow, and the message for everything else."""

from itertools import product

import pytest

from boundcheck.core.errors import InputError
from boundcheck.network.layer_sets import LayerSets, admissible_layer_sets, check_layer_sets

AUTO = "or leave both out for auto"


def sets(wide: set[int], bottleneck: set[int]) -> LayerSets:
    return LayerSets(frozenset(wide), frozenset(bottleneck))


@pytest.mark.parametrize(
    ("wide", "bottleneck", "depth"),
    [({1}, set(), 1), ({2}, set(), 3), (set(), {1}, 2), ({3}, {1}, 3), ({1}, {2}, 3), (set(), {1, 3}, 4)],
)
def test_admissible_sets_pass_unchanged(wide: set[int], bottleneck: set[int], depth: int) -> None:
    assert check_layer_sets(sets(wide, bottleneck), depth) == sets(wide, bottleneck)


@pytest.mark.parametrize(
    ("wide", "bottleneck", "depth", "message"),
    [
        (
            set(),
            set(),
            3,
            "wide= and bottleneck= are both empty, so no layer would be compressed; "
            f"name at least one of layers 1 to 3, {AUTO}",
        ),
        ({7}, set(), 3, "layer 7: wide=7, but the network has layers 1 to 3; drop it, or leave both sets out for auto"),
        (
            set(),
            {0},
            1,
            "layer 0: bottleneck=0, but the network has layer 1 only; drop it, or leave both sets out for auto",
        ),
        (
            {2},
            {2},
            3,
            f"layer 2: wide=2 and bottleneck=2, but a layer can be only one of them; drop one of the two, {AUTO}",
        ),
        (
            {3},
            {2},
            3,
            f"layer 3: wide=3 follows bottleneck=2, which already uses it (condition (6)); drop one of the two, {AUTO}",
        ),
        (
            set(),
            {1, 2},
            3,
            "layer 2: bottleneck=2 follows bottleneck=1, which already uses it (condition (6)); "
            f"drop one of the two, {AUTO}",
        ),
        (
            {1},
            {3},
            3,
            "layer 3: bottleneck=3 is the last layer and needs one after it; "
            "use wide=3, or leave both sets out for auto",
        ),
    ],
)
def test_everything_else_is_refused(wide: set[int], bottleneck: set[int], depth: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_layer_sets(sets(wide, bottleneck), depth)
    assert str(caught.value) == message


@pytest.mark.parametrize("depth", range(1, 7))
def test_the_admissible_sets_are_exactly_those_of_the_definition(depth: int) -> None:
    layers = range(1, depth + 1)
    by_definition = set()
    for in_wide, in_bottleneck in product(product([0, 1], repeat=depth), repeat=2):
        wide = {layer for layer, member in zip(layers, in_wide, strict=True) if member}
        bottleneck = {layer for layer, member in zip(layers, in_bottleneck, strict=True) if member}
        after = {layer + 1 for layer in bottleneck}
        if (wide or bottleneck) and not wide & bottleneck and not (wide | bottleneck) & after and after <= {*layers}:
            by_definition.add(sets(wide, bottleneck))
    found = list(admissible_layer_sets(depth))
    assert len(found) == len(set(found))
    assert set(found) == by_definition
    for each in found:
        check_layer_sets(each, depth)
