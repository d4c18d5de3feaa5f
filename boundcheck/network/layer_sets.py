"""Which layers are compressed: the wide layers W and the bottlenecks B of the paper, with condition (6)."""

from collections.abc import Iterator
from dataclasses import dataclass

from boundcheck.core.errors import InputError


@dataclass(frozen=True)
class LayerSets:
    """The sets W and B; layers are numbered from 1 as in the paper."""

    wide: frozenset[int]
    bottleneck: frozenset[int]


def check_layer_sets(sets: LayerSets, depth: int) -> LayerSets:
    """Return the sets unchanged if they are admissible for a network of ``depth`` layers, else raise InputError.

    Admissible: not both empty, every layer exists, W and B are disjoint, every bottleneck has a layer after it, and
    (W u B) is disjoint from B + 1 (condition (6)).
    """
    there = "layer 1 only" if depth == 1 else f"layers 1 to {depth}"
    if not sets.wide and not sets.bottleneck:
        raise InputError(
            "wide= and bottleneck= are both empty, so no layer would be compressed; "
            f"name at least one of {there}, or leave both out for auto"
        )
    for word, layers in (("wide", sets.wide), ("bottleneck", sets.bottleneck)):
        for layer in sorted(layers):
            if not 1 <= layer <= depth:
                raise InputError(
                    f"layer {layer}: {word}={layer}, but the network has {there}; "
                    "drop it, or leave both sets out for auto"
                )
    for layer in sorted(sets.wide & sets.bottleneck):
        raise InputError(
            f"layer {layer}: wide={layer} and bottleneck={layer}, but a layer can be only one of them; "
            "drop one of the two, or leave both out for auto"
        )
    for layer in sorted(sets.bottleneck):
        if layer == depth:
            raise InputError(
                f"layer {layer}: bottleneck={layer} is the last layer and needs one after it; "
                f"use wide={layer}, or leave both sets out for auto"
            )
        for word, layers in (("wide", sets.wide), ("bottleneck", sets.bottleneck)):
            if layer + 1 in layers:
                raise InputError(
                    f"layer {layer + 1}: {word}={layer + 1} follows bottleneck={layer}, which already "
                    "uses it (condition (6)); drop one of the two, or leave both out for auto"
                )
    return sets


def admissible_layer_sets(depth: int) -> Iterator[LayerSets]:
    """Every nonempty admissible pair of sets for ``depth`` layers, each once; their number grows like 2.4^depth."""
    for sets in _from_layer(1, depth):
        if sets.wide or sets.bottleneck:
            yield sets


def _from_layer(layer: int, depth: int) -> Iterator[LayerSets]:
    """All admissible choices for the layers from ``layer`` on, the empty one too; a bottleneck takes two layers."""
    if layer > depth:
        yield LayerSets(frozenset(), frozenset())
        return
    for rest in _from_layer(layer + 1, depth):
        yield rest
        yield LayerSets(rest.wide | {layer}, rest.bottleneck)
    if layer < depth:
        for rest in _from_layer(layer + 2, depth):
            yield LayerSets(rest.wide, rest.bottleneck | {layer})
