"""What can be refused before any work: settings, network and data that do not fit together."""

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.data import Data, check_data
from boundcheck.network.layer_sets import check_layer_sets
from boundcheck.network.network import Network

from .choice import kept_per_row
from .settings import Objective, Settings

DTYPES = ("float64", "float32")
DEVICES = ("cpu", "cuda")


def check_request(network: Network, data: Data, settings: Settings, repeats: range, device: str, dtype: str) -> None:
    """Raise InputError naming the first thing that does not fit."""
    if not repeats or min(repeats) < 0:
        raise InputError(f"repeats={repeats}: expected at least one, numbered from 0")
    check_layer_sets(settings.sets, network.depth)
    check_device(device, dtype)
    if network.weights is None:
        raise InputError(f"{network.origin.description}: there are no weights to compress; give a checkpoint")
    check_data(data, network)
    _check_kind(network, settings)
    for number in sorted(settings.sets.bottleneck):
        activation = network.layers[number - 1].activation
        if activation is not None and not activation.entrywise:
            raise InputError(
                f"layer {number}: bottleneck={number}, but activation={activation.name} does not act entry by entry, "
                f"as (9) asks; use wide={number}"
            )
    compressed = sorted(settings.sets.wide | settings.sets.bottleneck)
    if settings.keep is not None:
        for number in compressed:
            kept_per_row(settings.keep, number, network.layers[number - 1].n_in)
    if settings.objective is Objective.LOSS:
        for number in compressed:
            loss_targets(data, network, number + (number in settings.sets.bottleneck))


def check_device(device: str, dtype: str) -> None:
    """Raise InputError unless torch is installed, has the device, and the dtype is one of the two."""
    if dtype not in DTYPES:
        raise InputError(
            f"dtype={dtype[:40] or 'nothing'}: expected one of {', '.join(DTYPES)}; leave it out for float64"
        )
    if device not in DEVICES:
        raise InputError(
            f"device={device[:40] or 'nothing'}: expected one of {', '.join(DEVICES)}; leave it out for cpu"
        )
    try:
        import torch
    except ImportError:
        raise InputError("compress: needs torch, which is not installed; install boundcheck[torch]") from None
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("device=cuda: torch sees no CUDA device here; leave it out for cpu")


def loss_targets(data: Data, network: Network, target: int) -> Matrix:
    """y for the loss behind layer ``target``, N x n; InputError where the dimensions do not allow it.

    One-hot classes are padded with zeros where the network's output has more of them.
    """
    width = network.layers[target - 1].n_out
    if data.targets is None:
        raise InputError(f"{data.description}: holds no labels, which objective=loss needs; use objective distance")
    missing = width - data.targets.shape[1]
    if missing > 0 and data.labels is not None and target == network.depth:
        return np.pad(data.targets, ((0, 0), (0, missing)))
    if missing:
        raise InputError(
            f"layer {target}: objective=loss compares its {width} outputs with the targets, and {data.description} has "
            f"{data.targets.shape[1]} per sample; use objective distance"
        )
    return data.targets


def _check_kind(network: Network, settings: Settings) -> None:
    for number, layer in enumerate(network.layers, start=1):
        is_convolution = layer.kernel is not None
        if is_convolution != (settings.mode is Mode.CONV):
            kind = "a convolution" if is_convolution else "fully connected"
            fitting = "conv" if is_convolution else "structured"
            raise InputError(
                f"layer {number}: is {kind}, and mode={settings.mode} is about other layers; use mode {fitting}"
            )
        if layer.activation is None:
            raise InputError(f"layer {number}: its activation is not stated; give it with --activation")
