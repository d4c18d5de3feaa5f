"""The networks of a plan, sampled or trained, and the blocks in them."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.activation import Activation, parse_activation
from boundcheck.network.activation_enclosure import enclose_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.data import Data, load_data
from boundcheck.network.measure import Progress
from boundcheck.network.network import Network
from boundcheck.network.train import train_network

from .block_instance import BlockInstance
from .network_laws import sample_inputs, sample_weights
from .plan import NetworkPlan, Plan
from .store import Store


@dataclass(frozen=True, eq=False)
class SampledNetwork:
    """Weights W_1, ..., W_m and the inputs they are tried on; hidden activation, linear output."""

    name: str
    weights: tuple[Matrix, ...]
    activation: Activation
    inputs: Matrix
    plan: NetworkPlan
    noise_seed: tuple[int, int]

    def blocks(self) -> Iterator[BlockInstance]:
        """One layer or two from each of the plan's layers on, with each of its shifts."""
        for layer, spans, shift in product(self.plan.layers, self.plan.spans, self.plan.shift):
            if layer + spans - 1 <= len(self.weights):
                yield self._block(layer, spans, Fraction(shift))

    def _block(self, layer: int, spans: int, shift: Fraction) -> BlockInstance:
        x = self.inputs
        for weight in self.weights[: layer - 1]:
            x = _applied(self.activation, x @ weight.T)
        noise = sample_inputs(len(x), x.shape[1], *self.noise_seed)
        moved = x + float(shift) * noise if shift else x
        outer = self.weights[layer] if spans == 2 else None
        last = self.activation_of(layer + spans - 1)
        inner = self.activation_of(layer) if spans == 2 else None
        name = f"{self.name} layer={layer} spans={spans} shift={shift}"
        return BlockInstance(name, self.weights[layer - 1], outer, inner, last, x, moved)

    def activation_of(self, layer: int) -> Activation:
        """Of a layer, from 1."""
        is_output = layer == len(self.weights) and len(self.weights) > 1
        return parse_activation("identity") if is_output else self.activation

    def network(self) -> Network:
        """The whole network, its norms enclosed."""
        arrays = {f"layers.{number}.weight": weight for number, weight in enumerate(self.weights, start=1)}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.npz"
            np.savez(path, **arrays)  # type: ignore[arg-type]
            return network_from_checkpoint(path, self.activation)

    def data(self) -> Data:
        """The inputs as data."""
        content = io.BytesIO()
        np.save(content, self.inputs)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "inputs.npy"
            path.write_bytes(content.getvalue())
            return load_data(str(path))


def _applied(activation: Activation, z: Matrix) -> Matrix:
    """Middle of the enclosure: the block's inputs are what they are, so nothing depends on how they came about."""
    from boundcheck.exact.ball_matrix import from_exact

    return enclose_activation(activation, from_exact(z)).mid


def networks(plan: Plan, store: Store, progress: Progress) -> Iterator[SampledNetwork]:
    """Every network of the plan; weights are kept in the store, and taken from it when a plan goes on."""
    for number, part in enumerate(plan.network):
        for law, activation, instance in product(part.law or (None,), part.activation, range(part.instances)):
            source = part.trained if law is None else law.value
            name = f"network={number + 1} {source} {'-'.join(map(str, part.widths))} {activation} #{instance + 1}"
            stored = store.get_network(name)
            if stored is None:
                progress(f"{'sampling' if part.trained is None else 'training'} {name}", 0.0)
                if law is not None:
                    weights = sample_weights(law, part.widths, plan.seed, instance)
                    inputs = sample_inputs(part.samples, part.widths[0], plan.seed, instance)
                else:
                    weights, inputs = _trained(part, activation, plan.seed + instance)
                stored = {f"W{place}": weight for place, weight in enumerate(weights, start=1)} | {"x": inputs}
                store.add_network(name, stored)
            count = len(part.widths) - 1
            weights = tuple(stored[f"W{place}"] for place in range(1, count + 1))
            phi = parse_activation(activation)
            yield SampledNetwork(name, weights, phi, stored["x"], part, (plan.seed + 1, instance))


def _trained(part: NetworkPlan, activation: str, seed: int) -> tuple[tuple[Matrix, ...], Matrix]:
    assert part.trained is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trained.safetensors"
        train_network(part.trained, part.widths, activation, part.epochs, seed, path)
        network = network_from_checkpoint(path)
    assert network.weights is not None
    inputs = load_data(part.trained).inputs
    if part.samples > len(inputs):
        raise InputError(f"samples={part.samples}: {part.trained} has {len(inputs)}; ask for fewer")
    return network.weights, inputs[: part.samples]
