"""Small blocks for the trials' tests, and their draws, enumerated here without boundcheck.trial's laws or loops."""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.rung import Mode
from boundcheck.network.activation import parse_activation
from boundcheck.trial.block_instance import BlockInstance, Draw, DrawnBlock

Array = NDArray[np.float64]
PHI = {"identity": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}


def block(
    weight: object, inputs: object, outer: object = None, moved: object = None, inner: str = "tanh", last: str = "tanh"
) -> BlockInstance:
    """One layer, or two with ``outer``; ``moved``: the compressed network's inputs, the same if left out."""
    x = np.array(inputs, dtype=float)
    return BlockInstance(
        name="by hand",
        weight=np.array(weight, dtype=float),
        outer=None if outer is None else np.array(outer, dtype=float),
        inner=None if outer is None else parse_activation(inner),
        last=parse_activation(last),
        inputs=x,
        compressed_inputs=x.copy() if moved is None else np.array(moved, dtype=float),
    )


def drawn(
    of: BlockInstance,
    mode: str,
    alpha: str = "1/2",
    p: str = "1/2",
    levels: int = 2,
    size: int = 1,
    gamma: str = "1/10",
) -> DrawnBlock:
    """The block with its draw; p or the levels, as the mode has it."""
    chosen = Mode(mode)
    return DrawnBlock(
        of,
        Draw(
            mode=chosen,
            alpha=Fraction(alpha),
            bernoulli=None if chosen is Mode.QUANTIZE else Fraction(p),
            levels=levels if chosen is Mode.QUANTIZE else None,
            block_size=size,
            gamma=Fraction(gamma),
        ),
    )


def random_block(
    rng: np.random.Generator, spans: int, inner: str, last: str, widths: tuple[int, int, int] = (2, 3, 2)
) -> BlockInstance:
    """Normal weights, two or three inputs; the compressed network's are a little off."""
    n_1, n_2, n_3 = widths
    x = rng.standard_normal((int(rng.integers(2, 4)), n_1))
    return block(
        rng.standard_normal((n_2, n_1)),
        x,
        rng.standard_normal((n_3, n_2)) if spans == 2 else None,
        x + 0.2 * rng.standard_normal(x.shape),
        inner,
        last,
    )


def outcomes(one: DrawnBlock, unit: int) -> list[tuple[float, float]]:
    """(probability, value) of what a unit becomes: an entry's value, or what a block of neurons is multiplied by."""
    draw, weight = one.draw, one.block.weight
    if draw.mode is Mode.QUANTIZE:
        assert draw.levels is not None
        w, top = float(weight.ravel()[unit]), float(np.abs(weight).max())
        level = max(1, int(np.ceil(np.abs(w) / top * draw.levels)))
        up = 1 - level + abs(w) / top * draw.levels
        sign = -1.0 if w < 0 else 1.0
        return [(up, sign * level * top / draw.levels), (1 - up, sign * (level - 1) * top / draw.levels)]
    p = float(draw.bernoulli or 0)
    whole = float(weight.ravel()[unit]) if draw.mode is Mode.PRUNE else 1.0
    return [(p, whole / p), (1 - p, 0.0)]


def realizations_by_hand(one: DrawnBlock, mask: NDArray[np.bool_]) -> Iterator[tuple[float, Array]]:
    """(probability, W_1 after the draws), realization by realization."""
    picked = [int(unit) for unit in np.flatnonzero(mask)]
    for chosen in itertools.product(*(outcomes(one, unit) for unit in picked)):
        weight = one.block.weight.copy()
        for unit, (_, value) in zip(picked, chosen, strict=True):
            put_in(one, weight, unit, value)
        yield float(np.prod([probability for probability, _ in chosen])), weight


def put_in(one: DrawnBlock, weight: Array, unit: int, value: float) -> None:
    """Unit number ``unit`` becomes, or is multiplied by, ``value``; in place."""
    if one.draw.mode is not Mode.STRUCTURED:
        weight[divmod(unit, weight.shape[1])] = value
        return
    where = slice(unit * one.draw.block_size, (unit + 1) * one.draw.block_size)
    if one.block.outer is None:
        weight[:, where] *= value
    else:
        weight[where, :] *= value


def error_by_hand(one: DrawnBlock, weight: Array, radius: float) -> float:
    """Pi: sample by sample, the distance behind the block, with the projection."""
    of, total = one.block, 0.0
    for x, x_hat in zip(of.inputs, of.compressed_inputs, strict=True):
        dense, found = of.weight @ x, weight @ x_hat
        if of.outer is not None:
            assert of.inner is not None
            dense, found = (of.outer @ PHI[of.inner.name](z) for z in (dense, found))
        dense, found = PHI[of.last.name](dense), PHI[of.last.name](found)
        norm = float(np.sqrt((found**2).sum()))
        if norm > radius:
            found = found * (radius / norm)
        total += float(((dense - found) ** 2).sum())
    return total / len(of.inputs)


def mean_by_hand(one: DrawnBlock, mask: NDArray[np.bool_], radius: float) -> float:
    """E Pi over the draws of one mask."""
    return sum(
        probability * error_by_hand(one, weight, radius) for probability, weight in realizations_by_hand(one, mask)
    )


def first_units(one: DrawnBlock) -> NDArray[np.bool_]:
    """The mask of the first T units."""
    return np.arange(one.units) < one.draws


LAWS: list[dict[str, Any]] = [
    {"mode": "prune", "p": "3/10"},
    {"mode": "prune", "p": "4/5"},
    {"mode": "quantize", "levels": 1},
    {"mode": "quantize", "levels": 3},
    {"mode": "structured", "p": "3/10"},
    {"mode": "structured", "p": "1/2", "size": 2},
]
"""Arguments of ``drawn``: every mode; the last one needs even widths."""
