"""Turns what was found about a pair into its records; every number is rounded outward."""

from fractions import Fraction
from typing import Literal

import numpy as np
from flint import arb

from boundcheck.core.versions import versions
from boundcheck.exact.ball import (
    Number,
    ball,
    less_equal,
    lower_decimal,
    lower_end,
    rational_text,
    upper_decimal,
    upper_end,
)
from boundcheck.network.data import Data
from boundcheck.network.measure import loss_enclosure, mean_square
from boundcheck.network.network import Network
from boundcheck.network.predictions import accuracy, r_squared

from .layer_sizes import BITS, Coding, coding, index_bits, zero_columns, zero_rows
from .limits import Fresh, Limits
from .outputs import Outputs, largest, mean, not_negative
from .pair import Pair, changed_layers
from .record import (
    Enclosure,
    ErrorRecord,
    FreshRecord,
    LayerBoundRecord,
    LayerRecord,
    NetworkRecord,
    Provenance,
    ScoresRecord,
    TargetRecord,
    TotalsRecord,
)

VERSIONED = ("boundcheck", "numpy", "scipy", "sympy", "python-flint", "safetensors")
_UNCHANGED = Enclosure(lower="0", upper="0")


def up(x: Number) -> str:
    """A decimal at least ``x``, which is finite."""
    found = upper_decimal(x)
    assert found is not None
    return found


def down(x: Number) -> str:
    """A decimal at most ``x``, which is finite."""
    found = lower_decimal(x)
    assert found is not None
    return found


def enclosure(x: Number, upper: Number | None = None) -> Enclosure:
    """The decimals around a ball, or around two ends."""
    return Enclosure(lower=down(x), upper=up(x if upper is None else upper))


def _of_not_negative(x: arb) -> Enclosure:
    """As enclosure, of a number that is at least zero."""
    return enclosure(ball(0) if lower_end(x) < 0 else x, x)


def network_record(network: Network) -> NetworkRecord:
    """Where a network comes from."""
    origin = network.origin
    return NetworkRecord(
        path=origin.path or origin.description,
        sha256=origin.sha256 or "",
        dtype=origin.dtype or "",
        widths=list(network.widths),
    )


def size_records(pair: Pair) -> tuple[list[LayerRecord], TotalsRecord]:
    """What each layer of the compressed network takes, and all together."""
    dense, compressed = pair.dense.weights, pair.compressed.weights
    assert dense is not None and compressed is not None
    dtypes = (pair.compressed.origin.dtype or "float64").split(", ")
    widest = max(dtypes, key=BITS.__getitem__)  # where layers differ, the file says only which types there are
    codings = [coding(weight, widest) for weight in compressed]
    layers = [_layer(pair, number, changed, codings[number]) for number, changed in enumerate(changed_layers(pair))]
    before, after = sum(weight.size for weight in dense), sum(weight.size for weight in compressed)
    nonzero = sum(layer.nonzero for layer in layers)
    bits = sum((one.bits * weight.size for one, weight in zip(codings, compressed, strict=True)), Fraction(0))
    totals = TotalsRecord(
        dense_weights=before,
        compressed_weights=after,
        dense_nonzero=sum(layer.dense_nonzero for layer in layers),
        nonzero=nonzero,
        kept=up(Fraction(nonzero, before)),
        bits_per_weight=up(bits / after),
    )
    return layers, totals


def _layer(pair: Pair, number: int, changed: bool, stored: Coding) -> LayerRecord:
    layer, dense, compressed = pair.dense.layers[number], pair.dense.weights, pair.compressed.weights
    assert dense is not None and compressed is not None and layer.activation is not None
    whole, smaller = dense[number], compressed[number]
    nonzero = int(np.count_nonzero(smaller))
    return LayerRecord(
        number=number + 1,
        name=layer.name,
        activation=layer.activation.name,
        dense_shape=list(whole.shape),
        compressed_shape=list(smaller.shape),
        changed=changed,
        dense_nonzero=int(np.count_nonzero(whole)),
        nonzero=nonzero,
        kept=up(Fraction(nonzero, whole.size)),
        zero_rows=zero_rows(smaller),
        zero_columns=zero_columns(smaller),
        distinct=stored.distinct,
        index_bits=index_bits(stored.distinct),
        bits_per_weight=up(stored.bits),
        stored_as=stored.way,
    )


def error_record(errors: list[arb], outputs: Outputs) -> ErrorRecord:
    """The error's enclosures."""
    average, moment = not_negative(mean(errors)), mean_square(outputs.dense)
    high, low = upper_end(average), lower_end(average).max(ball(0))
    return ErrorRecord(
        mean=_of_not_negative(average),
        relative=_of_not_negative(average / moment) if lower_end(moment) > 0 else None,
        largest=_of_not_negative(largest(errors)),
        dense_second_moment=_of_not_negative(moment),
        relative_width=up((high - low) / high) if high > 0 else "0",
    )


def scores(pair: Pair, outputs: Outputs, data: Data) -> list[ScoresRecord]:
    """Accuracy or R^2, and the squared loss, where the data hold labels or targets."""
    both = (outputs.dense, outputs.compressed)
    losses = [loss_enclosure(one, data) for one in both]  # refuses labels that do not fit the outputs
    found = []
    if data.labels is not None:
        before, after = (accuracy(one, data.labels) for one in both)
        change = _UNCHANGED if pair.is_identical else enclosure(after[0] - before[1], after[1] - before[0])
        found.append(
            ScoresRecord(measure="accuracy", dense=enclosure(*before), compressed=enclosure(*after), change=change)
        )
    elif data.targets is not None:
        found += _score(pair, "R^2", *(r_squared(one, data) for one in both))
    return found + _score(pair, "loss", *losses)


def _score(
    pair: Pair, measure: Literal["R^2", "loss"], dense: arb | None, compressed: arb | None
) -> list[ScoresRecord]:
    """One score of both; none where it is not defined."""
    if dense is None or compressed is None:
        return []
    change = _UNCHANGED if pair.is_identical else enclosure(compressed - dense)
    return [ScoresRecord(measure=measure, dense=enclosure(dense), compressed=enclosure(compressed), change=change)]


def fresh_record(fresh: Fresh, found: Limits) -> FreshRecord:
    """The limits, and the bounds that the error's rests on."""
    return FreshRecord(
        confidence=down(fresh.confidence),
        input_radius=None if fresh.input_radius is None else rational_text(fresh.input_radius),
        mean_error=None if found.error is None else up(found.error),
        largest_error=None if found.worst is None else up(found.worst),
        layers=[
            LayerBoundRecord(
                layer=number,
                dense_norm=up(bound.dense_norm),
                compressed_norm=up(bound.compressed_norm),
                difference_norm=up(bound.difference_norm),
                bias_difference=up(bound.bias_difference),
                dense_output=up(bound.dense),
                compressed_output=up(bound.compressed),
                distance=up(bound.distance),
            )
            for number, bound in enumerate(found.bounds, 1)
        ],
        changed_predictions=None if found.prediction_change is None else up(found.prediction_change),
    )


def target_record(
    relative: Fraction | None, absolute: Fraction | None, errors: list[arb], outputs: Outputs
) -> TargetRecord:
    """Whether the mean error is acceptable, decided by the enclosure."""
    average = mean(errors)
    if relative is not None:
        verdict = less_equal(average, ball(relative) * mean_square(outputs.dense))
        return TargetRecord(kind="relative", value=rational_text(relative), verdict=verdict)
    assert absolute is not None
    verdict = less_equal(average, absolute)
    return TargetRecord(kind="absolute", value=rational_text(absolute), verdict=verdict)


def provenance(pair: Pair, data: Data, command: str | None) -> Provenance:
    """Versions, command and the digests of all inputs."""
    inputs = {
        network.origin.path or network.origin.description: network.origin.sha256 or ""
        for network in (pair.dense, pair.compressed)
    }
    return Provenance(
        versions=versions(VERSIONED),
        command=command or "boundcheck.compare",
        inputs_sha256=inputs | {data.description: data.sha256},
    )
