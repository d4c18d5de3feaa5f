"""What no rung's statements cover is refused before any work: other kinds of layers, biases, and activations."""

import math
from collections.abc import Sequence

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode, Quantity, Scheme
from boundcheck.core.statement import Scope
from boundcheck.network.activation import Activation
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Layer, Network

from .proposal import Proposal
from .theory import Theory


def refuse_what_is_not_covered(network: Network, ladder: Sequence[Theory], sets: LayerSets | None) -> None:
    """Raise InputError naming the first layer that every rung's statements leave out."""
    _refuse_other_layers(network, {theory.rung.mode for theory in ladder})
    if not any(theory.rung.allows_biases for theory in ladder):
        _refuse_biases(network)
    if all(asks(theory, Quantity.VALUE_AT_ZERO) for theory in ladder):
        _refuse_nonzero_at_zero(network)
    if sets is not None:
        _refuse_rough_bottlenecks(network, ladder, sets)


def why_not_covered(theory: Theory, network: Network, proposal: Proposal) -> str | None:
    """What keeps one rung's statements from speaking of this network and proposal, where another's may."""
    biased = next((number for number, layer in enumerate(network.layers, 1) if layer.has_bias), None)
    if biased is not None and not theory.rung.allows_biases:
        label = _label(biased, network.layers[biased - 1])
        return f"{label} has a bias, and these statements are about networks without one (equation (1))"
    if theory.rung.scheme is Scheme.PER_SAMPLE and proposal.alpha is not None:
        return "every unit is drawn here; leave alpha out"
    return None


def asks(theory: Theory, fact: Quantity) -> bool:
    """Whether the rung's statements ask every layer for a fact about its activation."""
    return any(fact in bound.needs(assumption.relation) for bound, assumption in theory.layer_assumptions)


def admits_bottleneck(theory: Theory, activation: Activation | None) -> bool:
    """Whether a bottleneck layer may have this activation; one that is not stated is assumed to be as asked."""
    if activation is None or not activation.curvature.is_infinite:
        return True
    if not activation.entrywise:
        return False
    role = "bottleneck" if "bottleneck" in theory.roles else "network"
    needs_curvature = any(
        Quantity.CURVATURE in bound.needs(assumption.relation)
        for bound, assumption in theory.assumptions_of_block(role, {Scope.BOTTLENECK}, ())
    )
    return not needs_curvature


def _refuse_other_layers(network: Network, modes: set[Mode]) -> None:
    """Filters are pruned where every layer is a convolution, all on maps of one size; nothing else is there."""
    for number, layer in enumerate(network.layers, start=1):
        is_convolution = layer.kernel is not None
        if is_convolution and modes != {Mode.CONV}:
            raise InputError(
                f"{_label(number, layer)}: is a convolution, whose weights are shared and cannot be replaced one at "
                "a time; give --mode conv, which prunes filters"
            )
        if not is_convolution and Mode.CONV in modes:
            raise InputError(
                f"{_label(number, layer)}: is fully connected, and mode=conv is about convolutions alone (Theorem 7: "
                "every layer on feature maps of one size); give the network up to its last convolution, or --mode "
                "structured where there is no convolution"
            )
        if is_convolution and layer.block != network.layers[0].block:
            raise InputError(
                f"{_label(number, layer)}: map={math.isqrt(layer.block)}, but layer 1 has "
                f"map={math.isqrt(network.layers[0].block)}; Theorem 7 is about feature maps of one size"
            )


def _refuse_biases(network: Network) -> None:
    for number, layer in enumerate(network.layers, start=1):
        if layer.has_bias:
            raise InputError(
                f"{_label(number, layer)}: has a bias, and the statements are about networks without one "
                "(equation (1)); train with bias=False, or leave the biases out of the file if they are zero"
            )


def _refuse_nonzero_at_zero(network: Network) -> None:
    for number, layer in enumerate(network.layers, start=1):
        activation = layer.activation
        if activation is not None and not activation.is_zero_at_zero:
            advice = "give the network up to its logits" if number == network.depth else "use one that is, such as tanh"
            raise InputError(
                f"{_label(number, layer)}: activation={activation.name} is not zero at zero, which the "
                f"statements ask for (assumption (7)); {advice}"
            )


def _refuse_rough_bottlenecks(network: Network, ladder: Sequence[Theory], sets: LayerSets) -> None:
    for number in sorted(sets.bottleneck):
        layer = network.layers[number - 1]
        if layer.activation and not any(admits_bottleneck(theory, layer.activation) for theory in ladder):
            raise InputError(
                f"{_label(number, layer)}: bottleneck={number}, but activation={layer.activation.name} is not "
                "entrywise and twice differentiable (assumption (9)); "
                f"use wide={number}, or leave both sets out for auto"
            )


def _label(number: int, layer: Layer) -> str:
    plain = f"layer {number}"
    return plain if layer.name == plain else f"{plain} ({layer.name})"
