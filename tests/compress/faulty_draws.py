"""Wrong draws, to be put in place of those in boundcheck.draws: what a check must see."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from boundcheck import draws


def without_scaling(weights: np.ndarray, bernoulli: object) -> draws.Law:
    return draws.Law(weights * 0, weights, weights * 0 + bernoulli)


def swapped_probability(weights: np.ndarray, bernoulli: object) -> draws.Law:
    return draws.Law(weights * 0, weights / bernoulli, weights * 0 + (1 - bernoulli))


def quantizer(level_of: Callable[..., object], per_row: bool = False, signed: bool = True, shift: int = 0) -> Callable:
    """The quantizer with faults to choose from; with ``np.ceil`` and nothing else it is the right one."""

    def law(weights: np.ndarray, levels: int) -> draws.Law:
        largest = np.abs(weights).max(axis=-1, keepdims=True) if per_row else np.abs(weights).max()
        one = Fraction(1) if weights.dtype == object else 1.0
        if np.abs(weights).max() == 0:
            return draws.Law(weights, weights, weights * 0)
        scaled = np.abs(weights) / np.where(largest == 0, one, largest) * levels
        level = one * np.maximum(level_of(scaled), 1)
        sign = np.where(weights < 0, -1, 1) if signed else 1
        low, high = sign * largest * (level - 1) / levels, sign * largest * level / levels
        return draws.Law(low, high, 1 - level + scaled + shift * one / 10**6)

    return law


def same_for_all_rows(seed: int, repeat: int, layer: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(draws._generator(seed, repeat, layer, draws.Stream.DRAWS).random(shape[-1:]), shape)


def anew_for_every_part(law: draws.Law, seed: int, repeat: int, layer: int, dtype: object = np.float64) -> np.ndarray:
    drawn = [
        law[rows].realize(draws.uniforms(seed, repeat, layer, law[rows].high.shape))
        for rows in draws.parts(law.high.shape)
    ]
    return np.concatenate(drawn).astype(dtype)


def stream(*names: str) -> Callable[..., np.random.Generator]:
    """A generator whose key has these parts alone."""

    def generator(seed: int, repeat: int, layer: int, stream: int) -> np.random.Generator:
        parts = {"repeat": repeat, "layer": layer, "stream": int(stream)}
        key = tuple(parts[name] for name in names)
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))

    return generator


def summed_seed(seed: int, repeat: int, layer: int, stream: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed + repeat, spawn_key=(layer, int(stream)))))


half_variance = property(lambda law: law.probability * (1 - law.probability) * (law.high - law.low) ** 2 / 2)
