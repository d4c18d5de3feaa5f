"""The data on their way through the dense network, a few samples at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from boundcheck.exact.ball_matrix import BallMatrix, from_exact
from boundcheck.network.data import Data
from boundcheck.network.measure import activated, preactivation
from boundcheck.network.network import Network

_NUMBERS_AT_ONCE = 2**18


@dataclass(frozen=True)
class LayerSamples:
    """At some samples: what enters a layer, and its preactivations and those of all layers behind it."""

    inputs: BallMatrix
    preactivations: list[BallMatrix]


def layer_samples(network: Network, number: int, data: Data) -> Iterator[LayerSamples]:
    """Of layer ``number``, for all samples in order; about 2^18 numbers of the widest layer at once."""
    together = max(1, _NUMBERS_AT_ONCE // max(network.widths))
    for start in range(0, len(data.inputs), together):
        z = from_exact(data.inputs[start : start + together])
        for before in range(1, number):
            z = activated(network, before, preactivation(network, before, z))
        inputs, behind = z, []
        for layer in range(number, network.depth + 1):
            behind.append(preactivation(network, layer, z))
            if layer < network.depth:
                z = activated(network, layer, behind[-1])
        yield LayerSamples(inputs, behind)
