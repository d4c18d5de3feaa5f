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
    drawn = [law[rows].realize(draws.uniforms(seed, repeat, layer, law[rows].shape)) for rows in draws.parts(law.shape)]
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


def scaled_by_the_share_of_all(law: draws.ExactCounts, u: np.ndarray) -> np.ndarray:
    return _kept(law, _ranks(np.where(law.weights != 0, u, 1)) < law.kept, law.weights.shape[1])


def counting_zeros(law: draws.ExactCounts, u: np.ndarray) -> np.ndarray:
    return _kept(law, _ranks(u) < law.kept, law.weights.shape[1])


def same_set_for_all_rows(law: draws.ExactCounts, u: np.ndarray) -> np.ndarray:
    return _kept(law, np.broadcast_to(_ranks(u)[:1], u.shape) < law.kept, law.weights.shape[1])


def least_of_the_layer(law: draws.ExactCounts, u: np.ndarray) -> np.ndarray:
    is_kept = _ranks(u.reshape(1, -1)).reshape(u.shape) < law.kept * len(u)
    return _kept(law, is_kept, law.weights.shape[1])


def with_replacement(law: draws.ExactCounts, u: np.ndarray) -> np.ndarray:
    """t times one of the entries, each time times T/t."""
    found = law.weights * 0
    for row, numbers, weights in zip(found, u, law.weights, strict=True):
        there = np.flatnonzero(weights != 0)
        for number in numbers[: law.kept if len(there) else 0]:
            picked = there[int(number * len(there))]
            row[picked] += weights[picked] * len(there) / law.kept
    return found


def _ranks(u: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(u, axis=1, kind="stable"), axis=1, kind="stable")


def _kept(law: draws.ExactCounts, is_kept: np.ndarray, scale: int) -> np.ndarray:
    drawn = np.count_nonzero(law.weights, axis=1)[:, None]
    return np.where(drawn <= law.kept, law.weights, np.where(is_kept, law.weights * scale / law.kept, law.weights * 0))


half_variance = property(lambda law: law.probability * (1 - law.probability) * (law.high - law.low) ** 2 / 2)
