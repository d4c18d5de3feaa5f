"""The three implementations of greedy on the same small instances, float64."""

import math
import time
from fractions import Fraction
from typing import Any

import torch

from boundcheck.compress.block_of_layer import distance_block, law_of
from boundcheck.compress.device_layer import device_layers
from boundcheck.compress.greedy import picks
from boundcheck.compress.progress import StepProgress
from boundcheck.compress.settings import Implementation, Settings
from boundcheck.compress.units import unit_of
from boundcheck.core.rung import Mode
from boundcheck.draws import uniforms
from boundcheck.network.layer_sets import LayerSets

from .instances import ALPHA, SEED, random_data, random_network

_CONVOLUTION = {"map_side": 4, "q": 3}


def implementations(mode: str, place: str, channels: list[int], samples: int, device: str) -> dict[str, Any]:
    """Milliseconds a step of full passes over layer 1, and whether all three pick alike."""
    shape = _CONVOLUTION if mode == "conv" else {}
    network = random_network(channels, **shape)
    layers = device_layers(network, torch.device(device), torch.float64)
    places = shape.get("map_side", 1) ** 2
    inputs = torch.from_numpy(random_data(channels[0] * places, samples).inputs.T).to(device)[None]
    is_bottleneck = place == "bottleneck"
    sets = LayerSets(frozenset([] if is_bottleneck else [1]), frozenset([1] if is_bottleneck else []))
    own = {"bernoulli": Fraction(1, 2)} if Mode(mode).prunes else {"levels": 4}
    unit = unit_of(Mode(mode), not is_bottleneck)
    block = distance_block(layers[0], layers[1] if is_bottleneck else None, unit, inputs, inputs)
    found, ms = [], {}
    for implementation in Implementation:
        given = Settings(Mode(mode), sets, ALPHA, implementation=implementation, seed=SEED, **own)
        law = law_of(given, unit, block.units, network.weights[0])
        realized = torch.from_numpy(law.realize(uniforms(SEED, 0, 1, law.high.shape))).to(device)[None]
        steps = math.floor(ALPHA * block.units)
        start = time.perf_counter()
        picked = picks(block, law, realized, given, range(1), True, StepProgress(None, "", steps))[0]
        ms[implementation.value] = (time.perf_counter() - start) / steps * 1e3
        found.append(frozenset(picked.indices.tolist()))
    return {"ms": ms, "units": block.units, "alike": len(set(found)) == 1}
