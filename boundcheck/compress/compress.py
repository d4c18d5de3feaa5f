"""Algorithm 1 over a whole network: its blocks one after the other, each on the network as compressed so far."""

import math
from typing import TYPE_CHECKING

import numpy as np

from boundcheck.core.rung import Mode
from boundcheck.draws import ExactCounts, Law, LawByRows, realized
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.data import Data
from boundcheck.network.measure import Progress, measured_input_radius
from boundcheck.network.network import Network, with_input_radius

from .block import Block
from .block_of_layer import distance_block, is_loss, law_by_rows, law_of, loss_block
from .checks import check_request, loss_targets
from .choice import kept_per_row
from .device_layer import DeviceLayer, device_layers
from .greedy import Picked, picks
from .memory import plan
from .progress import StepProgress
from .projection import projected, radii
from .result import Compressed, Picks, Projection
from .settings import Implementation, Order, Settings
from .units import unit_of

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def compress(
    network: Network,
    data: Data,
    settings: Settings,
    *,
    repeats: range | int = 1,
    device: str = "cpu",
    dtype: str = "float64",
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> list[Compressed]:
    """Run the compression of section 3.2 (4.2 for whole neurons, B.3 for filters) on the data's samples.

    repeats: how many, or which; a repeat's draws depend on the seed and its number alone. device: cpu or cuda. dtype:
    float64 or float32, of all computing and of the weights that result. memory_limit: bytes to stay within, roughly;
    None: half of what is free. Biases are allowed, though the paper's statements are about networks without; a row's
    bias is multiplied with the row. Raises InputError for whatever does not fit together, before any work.
    """
    import torch

    numbers = range(repeats) if isinstance(repeats, int) else repeats
    check_request(network, data, settings, numbers, device, dtype)
    network = with_input_radius(network, measured_input_radius(data))
    place, kind = torch.device(device), getattr(torch, dtype)
    planned = plan(network, settings, len(data.inputs), len(numbers), place, kind.itemsize, memory_limit)
    found: list[Compressed] = []
    with torch.no_grad():
        for start in range(0, len(numbers), planned.together):
            together = numbers[start : start + planned.together]
            layers = device_layers(network, place, kind)
            found += _Run(network, data, settings, together, layers, planned.caches, progress).compressed()
    return found


class _Run:
    """Some repeats that advance together through the network."""

    def __init__(
        self,
        network: Network,
        data: Data,
        settings: Settings,
        repeats: range,
        layers: list[DeviceLayer],
        caches: bool,
        progress: Progress | None,
    ) -> None:
        self.network, self.data, self.settings, self.repeats = network, data, settings, repeats
        self.layers, self.caches, self.progress = layers, caches, progress
        self.radii = radii(network) if settings.projection else []
        self.picks: list[list[Picks]] = [[] for _ in repeats]
        self.projections: list[list[Projection]] = [[] for _ in repeats]

    def compressed(self) -> list[Compressed]:
        """Go through all layers, top to bottom; x is dense, x_hat compressed."""
        x = x_hat = self._tensor(self.data.inputs.T)[None]
        number = 1
        while number <= len(self.layers):
            is_bottleneck = number in self.settings.sets.bottleneck
            is_compressed = is_bottleneck or number in self.settings.sets.wide
            if is_compressed:
                self._compress_layer(number, is_bottleneck, x, x_hat)
            for layer in self.layers[number - 1 : number + is_bottleneck]:
                is_shared = x_hat is x and layer.compressed is None
                dense = layer.forward(x)
                x, x_hat = dense, dense if is_shared else layer.forward_compressed(x_hat)
                number = layer.number
            if is_compressed and self.settings.projection:
                x_hat = self._project(number, x_hat)
            number += 1
        return [self._result(place) for place in range(len(self.repeats))]

    def _compress_layer(self, number: int, is_bottleneck: bool, x: "Tensor", x_hat: "Tensor") -> None:
        """Pick, draw and put in what was drawn, for every repeat."""
        import torch

        layer, unit = self.layers[number - 1], unit_of(self.settings.mode, not is_bottleneck)
        assert self.network.weights is not None
        weights = self.network.weights[number - 1]
        if self.settings.keep is not None:
            kept = kept_per_row(self.settings.keep, number, weights.shape[1])
            values = self._drawn(number, ExactCounts(weights, kept))
            units, found = weights.size, [Picked(np.arange(weights.size), in_order=False)] * len(self.repeats)
        else:
            block = self._block(number, is_bottleneck, x, x_hat)
            law = self._law(block, weights)
            values = self._drawn(number, law)
            steps = StepProgress(self.progress, f"layer {number}", math.floor(self.settings.alpha * block.units))
            units, found = block.units, picks(block, law, values, self.settings, self.repeats, self.caches, steps)
        is_picked = np.zeros((len(self.repeats), units), dtype=bool)
        for place, picked in enumerate(found):
            is_picked[place, picked.indices] = True
            self.picks[place].append(Picks(number, unit, units, picked.indices, picked.in_order))
        layer.draw(unit, torch.from_numpy(is_picked).to(layer.weight.device), values)

    def _law(self, block: Block, weights: Matrix) -> Law | LawByRows:
        settings = self.settings
        is_at_once = block.has_constant_scores and settings.implementation is Implementation.FAST
        if is_at_once and settings.mode is Mode.PRUNE and settings.order is Order.GREEDY:
            return law_by_rows(settings, weights)
        return law_of(settings, block.unit, block.units, weights)

    def _drawn(self, number: int, law: Law | LawByRows | ExactCounts) -> "Tensor":
        """What every unit becomes, repeats x the shape of the law's units."""
        import torch

        weight = self.layers[number - 1].weight
        kind = str(weight.dtype).removeprefix("torch.")
        draws = [realized(law, self.settings.seed, repeat, number, kind) for repeat in self.repeats]
        return torch.from_numpy(np.stack(draws) if len(draws) > 1 else draws[0][None]).to(weight.device)

    def _block(self, number: int, is_bottleneck: bool, x: "Tensor", x_hat: "Tensor") -> Block:
        layer, unit = self.layers[number - 1], unit_of(self.settings.mode, not is_bottleneck)
        following = self.layers[number] if is_bottleneck else None
        if not is_loss(self.settings):
            return distance_block(layer, following, unit, x, x_hat)
        targets = self._tensor(loss_targets(self.data, self.network, number + is_bottleneck).T)
        activation = self.network.layers[number - 1].activation
        return loss_block(layer, following, unit, x_hat, targets, activation is not None and activation.entrywise)

    def _project(self, number: int, x_hat: "Tensor") -> "Tensor":
        x_hat, active = projected(x_hat, self.radii[number - 1])
        for place, samples in enumerate(active.expand(len(self.repeats)).tolist()):
            self.projections[place].append(Projection(number, self.radii[number - 1], samples, len(self.data.inputs)))
        return x_hat

    def _tensor(self, values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> "Tensor":
        import torch

        return torch.from_numpy(np.ascontiguousarray(values)).to(self.layers[0].weight)

    def _result(self, place: int) -> Compressed:
        return Compressed(
            self.repeats[place],
            tuple(layer.weight_of(place) for layer in self.layers),
            tuple(layer.bias_of(place) for layer in self.layers),
            tuple(self.picks[place]),
            tuple(self.projections[place]),
        )
