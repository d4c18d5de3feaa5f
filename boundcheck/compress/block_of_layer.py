"""The block that belongs to a wide layer or a bottleneck: what its scores look at, and the law of its draws."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from boundcheck.core.rung import Unit
from boundcheck.draws import Law, LawByRows, multiplier_law, pruning_law, quantization_law
from boundcheck.exact.ball_matrix import Matrix

from .block import Block
from .device_layer import DeviceLayer
from .settings import Objective, Settings
from .units import WHOLE_NEURONS

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def law_by_rows(settings: Settings, weights: Matrix) -> LawByRows:
    """The law of pruned entries, not written down."""
    return LawByRows(weights, partial(pruning_law, bernoulli=float(settings.bernoulli or 1)))


def law_of(settings: Settings, unit: Unit, units: int, weights: Matrix) -> Law:
    """The law of the draws of a layer with these weights (float64, as stored)."""
    if settings.levels is not None:
        return quantization_law(weights, settings.levels)
    assert settings.bernoulli is not None
    bernoulli = float(settings.bernoulli)
    return multiplier_law(units, bernoulli) if unit in WHOLE_NEURONS else pruning_law(weights, bernoulli)


def distance_block(
    layer: DeviceLayer, following: DeviceLayer | None, unit: Unit, x: "Tensor", x_hat: "Tensor"
) -> Block:
    """The proofs' Psi: the distance to the dense network before the last activation.

    following: the next layer if this one is a bottleneck. x, x_hat: dense and compressed inputs of the layer.
    """
    block = Block(
        layer=layer.number,
        unit=unit,
        weight=layer.weight,
        bias=layer.bias,
        inputs=x,
        inner="identity" if following is None else layer.activation,
        outer=None if following is None else following.weight,
        outer_bias=None,
        last="identity",
        reference=x.new_zeros(1, 1, 1),
        map_side=layer.map_side,
    )
    return replace(block, reference=-block.residual(layer.weight, layer.bias), inputs=x_hat)


def loss_block(
    layer: DeviceLayer,
    following: DeviceLayer | None,
    unit: Unit,
    x_hat: "Tensor",
    targets: "Tensor",
    is_entrywise: bool,
) -> Block:
    """The loss L of the subnetwork up to the block's end, literally; targets: n x N.

    is_entrywise: whether the layer's own activation is; a wide layer's entries then see it as the inner one, which is
    the same function, in the form that dense and fast scores want.
    """
    inner = "identity" if following is None else layer.activation
    last = layer.activation if following is None else following.activation
    if following is None and unit is Unit.ENTRIES and is_entrywise:
        inner, last = last, inner
    return Block(
        layer=layer.number,
        unit=unit,
        weight=layer.weight,
        bias=layer.bias,
        inputs=x_hat,
        inner=inner,
        outer=None if following is None else following.weight,
        outer_bias=None if following is None else following.bias,
        last=last,
        reference=targets[None],
        map_side=layer.map_side,
    )


def is_loss(settings: Settings) -> bool:
    """Whether scores compare the loss."""
    return settings.objective is Objective.LOSS
