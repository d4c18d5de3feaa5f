"""A layer on the device, dense and as the repeats have compressed it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundcheck.core.rung import Unit
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.network import Network
from boundcheck.network.torch_activation import activation_in_torch

from .block import plus_bias, weighted
from .units import unit_axis

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


@dataclass
class DeviceLayer:
    """weight and bias as in Block; ``compressed`` has one weight per repeat, or is None as long as it is the dense one.

    compressed_bias: one per repeat where rows were drawn, which are multiplied with their bias; else None.
    """

    number: int
    weight: "Tensor"
    bias: "Tensor | None"
    activation: str
    map_side: int | None
    compressed: "Tensor | None" = None
    compressed_bias: "Tensor | None" = None

    def forward(self, x: "Tensor") -> "Tensor":
        """The dense layer's output, samples last."""
        return self._outputs(self.weight, self.bias, x)

    def forward_compressed(self, x: "Tensor") -> "Tensor":
        """Every repeat's output."""
        weight = self.weight if self.compressed is None else self.compressed
        return self._outputs(weight, self.bias if self.compressed_bias is None else self.compressed_bias, x)

    def draw(self, unit: Unit, is_picked: "Tensor", realized: "Tensor") -> None:
        """Put in what the picked units became; is_picked: repeats x units, realized: repeats x the units' shape."""
        import torch

        axis = unit_axis(unit)
        if axis is None:
            self.compressed = torch.where(is_picked.view_as(realized), realized, self.weight)
            return
        factors = torch.where(is_picked, realized, 1)
        shape = [len(factors), *([1] * self.weight.dim())]
        shape[1 + axis] = -1
        self.compressed = self.weight * factors.view(shape)
        if axis == 0 and self.bias is not None:
            places = len(self.bias) // len(self.weight)
            self.compressed_bias = self.bias * factors.repeat_interleave(places, dim=1)

    def weight_of(self, repeat: int) -> Matrix:
        """The weight of one repeat (by its place), float64."""
        return _array(self.weight if self.compressed is None else self.compressed[repeat])

    def bias_of(self, repeat: int) -> Matrix | None:
        """The bias of one repeat (by its place), float64."""
        if self.bias is None:
            return None
        return _array(self.bias if self.compressed_bias is None else self.compressed_bias[repeat])

    def _outputs(self, weight: "Tensor", bias: "Tensor | None", x: "Tensor") -> "Tensor":
        return activation_in_torch(self.activation, axis=-2)(plus_bias(weighted(weight, x, self.map_side), bias))


def device_layers(network: Network, device: "torch.device", dtype: "torch.dtype") -> list[DeviceLayer]:
    """The network's layers on the device; it must have weights and activations."""
    import torch

    def on_device(values: Matrix) -> "Tensor":
        return torch.from_numpy(np.ascontiguousarray(values)).to(device, dtype)

    assert network.weights is not None and network.biases is not None
    found = []
    for number, (layer, weight, bias) in enumerate(
        zip(network.layers, network.weights, network.biases, strict=True), start=1
    ):
        assert layer.activation is not None
        map_side = None if layer.kernel is None else round(layer.block**0.5)
        own_bias = None if bias is None else on_device(bias)
        found.append(DeviceLayer(number, on_device(weight), own_bias, layer.activation.name, map_side))
    return found


def _array(values: "Tensor") -> Matrix:
    result: Matrix = values.double().cpu().numpy()
    return result
