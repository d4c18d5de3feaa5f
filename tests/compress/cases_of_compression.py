"""Small random compressions of every variant, in floating point, as `compress` takes them."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from replay import ACTIVATIONS, Array, Case

from boundcheck.compress.settings import Implementation, Objective, Settings
from boundcheck.core.rung import Mode
from boundcheck.exact.ball import ball
from boundcheck.network.activation import parse_activation
from boundcheck.network.data import Data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Layer, Network, Origin

VARIANTS = {
    "wide, pruned": (Mode.PRUNE, "wide"),
    "bottleneck, pruned": (Mode.PRUNE, "bottleneck"),
    "wide, quantized": (Mode.QUANTIZE, "wide"),
    "bottleneck, quantized": (Mode.QUANTIZE, "bottleneck"),
    "columns": (Mode.STRUCTURED, "wide"),
    "rows": (Mode.STRUCTURED, "bottleneck"),
    "input filters": (Mode.CONV, "wide"),
    "output filters": (Mode.CONV, "bottleneck"),
    "loss": (Mode.PRUNE, "loss"),
    "several layers": (Mode.PRUNE, "several"),
    "several layers of neurons": (Mode.STRUCTURED, "several"),
}


def random_case(variant: str, index: int, implementation: Implementation) -> Case:
    """The ``index``-th case of a variant. Every fourth has weights and data on a coarse grid, where scores tie."""
    rng = np.random.default_rng([list(VARIANTS).index(variant), index])
    mode, place = VARIANTS[variant]
    depth = 4 if place == "several" else int(rng.integers(2, 4))
    map_side = int(rng.integers(2, 4)) if mode is Mode.CONV else None
    places = map_side**2 if map_side else 1
    widths = [int(width) for width in rng.integers(2, 6, depth + 1)]
    sets = random_sets(rng, place, depth)
    if place == "loss":  # Phi^kappa needs as many outputs as there are targets
        last = max([*sets.wide, *(layer + 1 for layer in sets.bottleneck)])
        widths[depth] = widths[last]
    coarse = index % 4 == 3

    def numbers(*shape: int) -> Array:
        return rng.integers(-4, 5, shape) / 4 if coarse else rng.standard_normal(shape)

    q = int(rng.integers(1, min(3, map_side) + 1)) if map_side else 0
    kernel = (q, q) if map_side else ()
    weights = tuple(numbers(n_out, n_in, *kernel) for n_in, n_out in zip(widths, widths[1:], strict=False))
    biases = tuple(np.repeat(numbers(n_out), places) if rng.random() < 0.5 else None for n_out in widths[1:])
    hidden = str(rng.choice(["relu", "identity"] if coarse else list(ACTIVATIONS)))
    output = str(rng.choice(list(ACTIVATIONS)))
    if coarse or (place == "loss" and sets.bottleneck):  # a nonlinear output there is for literal alone
        output = "identity"
    samples = int(rng.choice([1, 5, 8, 40]))
    settings = Settings(
        mode=mode,
        sets=sets,
        alpha=Fraction(int(rng.choice([50, 80, 99, 100])), 100),
        bernoulli=Fraction(int(rng.choice([25, 30, 50, 70])), 100) if mode.prunes else None,
        levels=None if mode.prunes else int(rng.choice([1, 2, 3, 5])),
        objective=Objective.LOSS if place == "loss" else Objective.DISTANCE,
        implementation=implementation,
        projection=False,
        seed=int(rng.integers(2**40)),
    )
    targets = numbers(widths[-1] * places, samples) if place == "loss" else None
    repeats = int(rng.choice([1, 1, 2]))
    return Case(
        f"{variant} {index}", weights, biases, (*[hidden] * (depth - 1), output), numbers(widths[0] * places, samples),
        targets, settings, repeats, map_side,
    )  # fmt: skip


def random_sets(rng: np.random.Generator, place: str, depth: int) -> LayerSets:
    """One layer, or with ``several`` two or three of four; for a loss the layer of the outputs."""
    if place == "several":
        wide, bottleneck = [((1,), (2,)), ((4,), (1,)), ((1, 4), (2,)), ((3,), (1,)), ((1, 2, 3), ())][rng.integers(5)]
    elif place == "loss":
        wide, bottleneck = [((depth,), ()), ((), (depth - 1,))][rng.integers(2)]
    elif place == "wide":
        wide, bottleneck = (int(rng.integers(1, depth + 1)),), ()
    else:
        wide, bottleneck = (), (int(rng.integers(1, depth)),)
    return LayerSets(frozenset(wide), frozenset(bottleneck))


def network_of(case: Case) -> Network:
    """The case's network, with bounds that are true and coarse: nothing here depends on them."""
    places = case.map_side**2 if case.map_side else 1
    layers = tuple(
        Layer(
            name=f"W{number}",
            n_in=weight.shape[1] * places,
            n_out=weight.shape[0] * places,
            operator_norm=Fraction(math.ceil(np.abs(weight).sum())),
            largest_entry=Fraction(math.ceil(np.abs(weight).max())),
            activation=parse_activation(name),
            has_bias=bias is not None,
            block=places,
            block_norm=Fraction(math.ceil(np.abs(weight).sum())) if case.map_side else None,
            kernel=weight.shape[2] if case.map_side else None,
        )
        for number, (weight, bias, name) in enumerate(zip(case.weights, case.biases, case.activations, strict=True), 1)
    )
    c_1 = max(layer.operator_norm for layer in layers)
    origin = Origin("checkpoint", "random", None, None, None, Fraction(1), illustrative=False)
    return Network(layers, ball(1), c_1, c_1 * 100, origin, case.weights, case.biases)


def data_of(case: Case) -> Data:
    targets = None if case.targets is None else np.ascontiguousarray(case.targets.T)
    return Data(np.ascontiguousarray(case.inputs.T), None, "data=random", "", targets)
