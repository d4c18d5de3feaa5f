"""A network cut into steps: single layers left alone, and compressed blocks; and what is known in front of each."""

from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.rung import Quantity
from boundcheck.exact.ball import Number
from boundcheck.network.layer_sets import LayerSets

from .block import layer_environment
from .scaling import ScaledLayer, ScaledNetwork


@dataclass(frozen=True)
class Step:
    """One layer left alone ("uncompressed") or one compressed block, and the layers it spans."""

    role: str
    layer: ScaledLayer
    span: int


def steps(network: ScaledNetwork, sets: LayerSets) -> list[Step]:
    """The network cut into blocks, top to bottom."""
    found: list[Step] = []
    number = 1
    while number <= network.depth:
        role = "bottleneck" if number in sets.bottleneck else "wide" if number in sets.wide else "uncompressed"
        found.append(Step(role, network.layers[number - 1], 2 if role == "bottleneck" else 1))
        number += found[-1].span
    return found


def block_environment(
    network: ScaledNetwork, step: Step, input_norm: Fraction, error_in: Fraction
) -> dict[Quantity, Number]:
    """What is known in front of a block: its layers, the norm bound of its inputs and the error so far."""
    return {
        **layer_environment(network, step.layer),
        Quantity.INPUT_NORM: input_norm,
        Quantity.PROJECTION_RADIUS: output_norm(network, step, input_norm),
        Quantity.ERROR_IN: error_in,
    }


def output_norm(network: ScaledNetwork, step: Step, input_norm: Fraction) -> Fraction:
    """The projection radius behind a block, which bounds the dense network's output there.

    Layer by layer ||phi(W x + bias)|| <= ||W|| ||x|| + ||phi(bias)||, since phi is 1-Lipschitz.
    """
    for offset in range(step.span):
        layer = network.layers[step.layer.number - 1 + offset]
        input_norm = input_norm * layer.operator_norm + layer.output_at_zero
    return input_norm
