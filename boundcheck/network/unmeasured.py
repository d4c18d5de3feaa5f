"""A checkpoint's network without its norms, which take long to enclose: enough to run data through it."""

import numpy as np

from boundcheck.exact.ball import ball, nan_ball
from boundcheck.network.activation import Activation
from boundcheck.network.checkpoint import StoredNetwork
from boundcheck.network.checkpoint_layers import StoredLayer
from boundcheck.network.network import Layer, Network


def unmeasured_network(stored: StoredNetwork, map_side: int | None) -> Network:
    """As the readers of checkpoints give it, with norms about which nothing is known; map_side: of convolutions."""
    places = 1 if map_side is None else map_side**2
    layers = tuple(_layer(entry, phi, places) for entry, phi in zip(stored.layers, stored.activations, strict=True))
    weights = tuple(entry.weight for entry in stored.layers)
    biases = tuple(None if entry.bias is None else np.repeat(entry.bias, places) for entry in stored.layers)
    return Network(layers, ball(1), nan_ball(), nan_ball(), stored.origin, weights, biases)


def _layer(entry: StoredLayer, activation: Activation | None, places: int) -> Layer:
    d_out, d_in, *kernel = entry.weight.shape
    side = kernel[0] if kernel else None
    sizes = (d_in * places, d_out * places)
    return Layer(entry.name, *sizes, nan_ball(), nan_ball(), activation, entry.bias is not None, places, None, side)
