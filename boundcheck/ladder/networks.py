"""The networks of a plan: trained once, kept as safetensors with their inputs beside them, and read back."""

import io
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.data import Data, load_data
from boundcheck.network.files import write_bytes_whole
from boundcheck.network.network import Network
from boundcheck.network.train import train_network

from .own_training import MAP_SIDE, Trained, token_inputs, train_block, train_convolution
from .plan import NetworkPlan


def network_path(plan: NetworkPlan, folder: Path) -> Path:
    """The checkpoint; its training's outcome lies beside it as .json."""
    widths = "-".join(map(str, plan.widths))
    return folder / f"{plan.source}_{widths}_{plan.activation}_epochs{plan.epochs}_seed{plan.seed}.safetensors"


def inputs_path(plan: NetworkPlan, folder: Path) -> Path:
    """The inputs that everything is measured at."""
    seed = f"_seed{plan.seed}" if plan.source == "block" else ""
    return folder / f"inputs_{plan.source}_{plan.samples}{seed}.npy"


def make(plan: NetworkPlan, folder: Path) -> None:
    """Train the network and write its inputs, unless they are there. InputError as train_network."""
    path, inputs = network_path(plan, folder), inputs_path(plan, folder)
    if not inputs.is_file():
        stream = io.BytesIO()
        np.save(stream, _some(_inputs(plan), plan.samples))
        write_bytes_whole(inputs, stream.getvalue())
    if not path.is_file():
        found = _trained(plan, path)
        write_bytes_whole(path.with_suffix(".json"), json.dumps(found).encode())


def outcome(plan: NetworkPlan, folder: Path) -> dict[str, Any]:
    """What training came to: measure and score on held-out samples."""
    found: dict[str, Any] = json.loads(network_path(plan, folder).with_suffix(".json").read_bytes())
    return found


@lru_cache(maxsize=1)
def load(plan: NetworkPlan, folder: Path) -> tuple[Network, Data]:
    """The network, its norms enclosed, and its inputs."""
    path = network_path(plan, folder)
    is_convolution = plan.source == "convolution"
    network = convolutional_network_from_checkpoint(path, MAP_SIDE) if is_convolution else network_from_checkpoint(path)
    return network, load_data(str(inputs_path(plan, folder)))


def _inputs(plan: NetworkPlan) -> Matrix:
    if plan.source == "block":
        return token_inputs(plan.widths[0], plan.samples, plan.seed)[0]
    return load_data("digits" if plan.source == "convolution" else plan.source).inputs


def _some(inputs: Matrix, samples: int) -> Matrix:
    """So many of them, evenly spread, since files may be sorted; all if there are no more."""
    chosen = np.linspace(0, len(inputs) - 1, min(samples, len(inputs))).round().astype(int)
    some: Matrix = inputs[chosen]
    return some


def _trained(plan: NetworkPlan, path: Path) -> dict[str, Any]:
    if plan.source in ("digits", "california"):
        result = train_network(plan.source, plan.widths, plan.activation, plan.epochs, plan.seed, path)
        return {"measure": result.measure, "score": result.score}
    ways: dict[str, Callable[[NetworkPlan], Trained]] = {"convolution": train_convolution, "block": train_block}
    found = ways[plan.source](plan)
    write_bytes_whole(path, found.content)
    return {"measure": found.measure, "score": found.score}
