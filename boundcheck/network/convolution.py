"""A network of convolutions from a checkpoint file, with rigorous enclosures of its matrices' and blocks' norms."""

from functools import partial
from pathlib import Path

import numpy as np

from boundcheck.exact.ball import ball
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.exact.circulant import convolution_norm, largest_block_norm
from boundcheck.exact.operator_norm import largest_entry
from boundcheck.network.activation import Activation
from boundcheck.network.checkpoint import stored_network
from boundcheck.network.checkpoint_layers import StoredLayer
from boundcheck.network.convolution_layers import kernels_in_order
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.line_norms import norm_of_bias, norm_of_output_at_zero
from boundcheck.network.network import Layer, Network, smallest_constants


def convolutional_network_from_checkpoint(
    path: Path | str,
    map_side: int,
    activation: Activation | None = None,
    output_activation: Activation | None = None,
    sets: LayerSets | None = None,
) -> Network:
    """Convolutions with stride 1 and circular padding on maps of side ``map_side``, else as network_from_checkpoint.

    Its weights are the kernels, as stored; its biases have one entry per output. Raises InputError as kernels_in_order
    and convolution_norm.
    """
    in_order = partial(kernels_in_order, map_side=map_side)
    stored = stored_network(Path(path), in_order, activation, output_activation, sets)
    layers = tuple(_layer(entry, map_side, phi) for entry, phi in zip(stored.layers, stored.activations, strict=True))
    c_1, c_2 = smallest_constants(layers, ball(1))
    weights = tuple(entry.weight for entry in stored.layers)
    biases = tuple(_for_every_place(entry.bias, map_side) for entry in stored.layers)
    return Network(layers, ball(1), c_1, c_2, stored.origin, weights, biases)


def _layer(entry: StoredLayer, map_side: int, activation: Activation | None) -> Layer:
    kernels, places = entry.weight, map_side**2
    d_out, d_in, q, _ = kernels.shape
    bias = _for_every_place(entry.bias, map_side)
    return Layer(
        entry.name,
        d_in * places,
        d_out * places,
        convolution_norm(kernels, map_side),
        largest_entry(kernels.reshape(d_out, -1)),
        activation,
        entry.bias is not None,
        block=places,
        block_norm=largest_block_norm(kernels, map_side),
        kernel=q,
        bias_norm=norm_of_bias(bias),
        output_at_zero=norm_of_output_at_zero(activation, bias, d_out * places),
    )


def _for_every_place(bias: Matrix | None, map_side: int) -> Matrix | None:
    return None if bias is None else np.repeat(bias, map_side**2)
