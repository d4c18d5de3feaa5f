"""Repeats the draws of a compressed layer in numpy, and finds in the written weights which units were processed.

A unit that was processed became exactly what was drawn for it, rounded as recorded; every other one is as it was. Where
both are the same number (zeros, p = 1, weights that are a quantization level themselves) it does not show: then the
digest of the processed units decides, as long as few enough sets are possible to try, and else only their number can be
bounded.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from boundcheck.compress.record import CompressionRecord, LayerRecord
from boundcheck.compress.settings import Order
from boundcheck.compress.units import unit_axis
from boundcheck.core.rung import Unit
from boundcheck.draws import (
    ExactCounts,
    Law,
    multiplier_law,
    pruning_law,
    quantization_law,
    random_order,
    uniforms,
)
from boundcheck.exact.ball_matrix import Matrix

from .findings import Part

Flags = NDArray[np.bool_]
MOST_SETS = 10_000


@dataclass(frozen=True)
class Values:
    """A layer's weight and bias as the file would store them, float64."""

    weight: Matrix
    bias: Matrix | None

    def by_unit(self, unit: Unit) -> Matrix:
        """One row a unit: all the numbers that it may change, a row's bias among them."""
        axis = unit_axis(unit)
        if axis is None:
            return self.weight.reshape(-1, 1)
        rows = np.moveaxis(self.weight, axis, 0).reshape(self.weight.shape[axis], -1)
        if axis == 0 and self.bias is not None:
            rows = np.hstack([rows, self.bias.reshape(len(rows), -1)])
        return rows


@dataclass(frozen=True)
class Outcomes:
    """What a layer would be if no unit was processed, and if all were."""

    untouched: Values
    drawn: Values


def stored(values: Matrix, record: CompressionRecord) -> Matrix:
    """Rounded to the dtype of the computation, then to the file's."""
    with np.errstate(over="ignore"):
        return values.astype(record.settings.dtype).astype(record.network.dtype).astype(np.float64)


def untouched(record: CompressionRecord, weight: Matrix, bias: Matrix | None) -> Values:
    """A layer that is not compressed."""
    return Values(stored(weight, record), None if bias is None else stored(bias, record))


def outcomes(record: CompressionRecord, layer: LayerRecord, weight: Matrix, bias: Matrix | None) -> Outcomes:
    """Both possible outcomes of every unit, from the seed and the law alone."""
    seed, number = record.provenance.seed, layer.layer
    axis = unit_axis(layer.unit)
    before = untouched(record, weight, bias)
    if axis is None:
        drawn = stored(_law(layer, weight).realize(uniforms(seed, 0, number, weight.shape)), record)
        return Outcomes(before, Values(drawn, before.bias))
    bernoulli = float(Fraction(layer.bernoulli or 1))
    factors = multiplier_law(weight.shape[axis], bernoulli).realize(uniforms(seed, 0, number, (weight.shape[axis],)))
    kind = record.settings.dtype
    shape = [1] * weight.ndim
    shape[axis] = -1
    product = weight.astype(kind) * factors.astype(kind).reshape(shape)
    new_bias = before.bias
    if axis == 0 and bias is not None:
        new_bias = stored(bias.astype(kind) * np.repeat(factors, len(bias) // len(weight)).astype(kind), record)
    return Outcomes(before, Values(stored(product, record), new_bias))


def _law(layer: LayerRecord, weight: Matrix) -> Law | ExactCounts:
    if layer.kept_per_row is not None:
        return ExactCounts(weight, layer.kept_per_row)
    if layer.levels is not None:
        return quantization_law(weight, layer.levels)
    return pruning_law(weight, float(Fraction(layer.bernoulli or 1)))


def check_units(
    part: Part, path: str, record: CompressionRecord, layer: LayerRecord, found: Outcomes, written: Values
) -> None:
    """Every unit is untouched or what was drawn for it; as many as recorded were processed, and which ones."""
    units = [values.by_unit(layer.unit) for values in (found.untouched, found.drawn, written)]
    same, drawn = ((rows == units[2]).all(axis=1) for rows in units[:2])
    weights = f"weights of layer {layer.layer}"
    part.same(f"{path}.units", layer.units, len(same))
    for place in np.flatnonzero(~same & ~drawn)[:3]:
        index = _index(int(place), layer, written)
        why = f"is neither the dense one ({_short(units[0][place])}) nor what was drawn ({_short(units[1][place])})"
        part.expect(False, f"{weights}, {index}", _short(units[2][place]), None, why)
    changed, unclear = ~same, same & drawn
    least, most = int(changed.sum()), int(changed.sum() + unclear.sum())
    part.compared += len(same)
    part.expect(
        least <= layer.draws <= most,
        f"{path}.draws",
        layer.draws,
        least if least == most else f"{least} to {most}",
        f"as many {layer.unit} show to have been processed",
    )
    if least <= layer.draws <= most:
        _check_mask(part, path, record, layer, changed, unclear)
        _check_order(part, path, record, layer, len(same))


def _check_mask(
    part: Part, path: str, record: CompressionRecord, layer: LayerRecord, changed: Flags, unclear: Flags
) -> None:
    tried = 0
    for mask in islice(_possible(record, layer, changed, unclear), MOST_SETS):
        tried += 1
        digest = hashlib.sha256(np.packbits(mask).tobytes()).hexdigest()
        if digest == layer.mask_sha256:
            part.expect(True, f"{path}.mask_sha256")
            return
    if tried < MOST_SETS:
        why = f"of the {layer.unit} that were processed" if tried == 1 else f"none of the {tried} possible sets has it"
        part.expect(False, f"{path}.mask_sha256", layer.mask_sha256, digest if tried == 1 else None, why)
        return
    why = (
        f"{int(unclear.sum())} {layer.unit} are the same before and after their draw; {int(changed.sum())} show to "
        f"have been processed, at most {int(changed.sum() + unclear.sum())} were, and {MOST_SETS} sets in between "
        "have other digests"
    )
    part.leave_open(f"{path}.mask_sha256", why, layer.mask_sha256)


def _possible(record: CompressionRecord, layer: LayerRecord, changed: Flags, unclear: Flags) -> Iterator[Flags]:
    """The sets that may have been processed: the one that the order tells, else those of the recorded size."""
    order = _known_order(record, layer, len(changed))
    if order is not None:
        mask = np.zeros(len(changed), dtype=bool)
        mask[order] = True
        yield mask
        return
    hidden = np.flatnonzero(unclear)
    for chosen in combinations(hidden, layer.draws - int(changed.sum())):
        mask = changed.copy()
        mask[list(chosen)] = True
        yield mask


def _known_order(record: CompressionRecord, layer: LayerRecord, units: int) -> NDArray[np.int64] | None:
    """The picks in order, where they depend on nothing but the seed."""
    if record.settings.order is Order.FIXED:
        return np.arange(layer.draws)
    if record.settings.order is Order.RANDOM:
        return random_order(record.provenance.seed, 0, layer.layer, units)[: layer.draws]
    return None


def _check_order(part: Part, path: str, record: CompressionRecord, layer: LayerRecord, units: int) -> None:
    order = _known_order(record, layer, units)
    if record.settings.order in (Order.FIXED, None):
        part.same(f"{path}.order_sha256", layer.order_sha256, None, "units by index have no order of their own")
    elif order is not None:
        digest = hashlib.sha256(order.astype("<i8").tobytes()).hexdigest()
        part.same(f"{path}.order_sha256", layer.order_sha256, digest, "the order that the seed gives")
    else:
        part.take_as_recorded(
            f"{path}.order_sha256", "only the greedy pass itself, run again with torch, gives the order"
        )


def _index(place: int, layer: LayerRecord, written: Values) -> str:
    if unit_axis(layer.unit) is None:
        return f"entry {tuple(int(i) for i in np.unravel_index(place, written.weight.shape))}"
    return f"{layer.unit} {place}"


def _short(values: Matrix) -> str:
    shown = ", ".join(f"{value:.9g}" for value in values[:3])
    return shown if len(values) <= 3 else f"{shown}, ..."


def draws_of(alpha: Fraction, units: int) -> int:
    """T = floor(alpha N)."""
    return math.floor(alpha * units)
