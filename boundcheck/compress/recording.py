"""From a run to what is written: the weights as the file stores them, what they do on the data, and the record."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from boundcheck.core.rung import DrawKind
from boundcheck.core.versions import versions
from boundcheck.exact.ball import lower_decimal, rational_text, upper_decimal
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.checkpoint_writer import checkpoint_bytes, rounded, safetensors_copy
from boundcheck.network.data import Data
from boundcheck.network.network import Network

from .choice import Choice, Promise, Request, counted_layers, kept_per_row, staying_units
from .measure import Measurement, Quality, measure
from .merge import Merged, merge
from .record import (
    CompressionRecord,
    DenseRecord,
    FileRecord,
    LayerRecord,
    MeasuredRecord,
    MergedRecord,
    ProjectionRecord,
    Provenance,
    QualityRecord,
    SettingsRecord,
    TotalsRecord,
    mask_digest,
    order_digest,
)
from .result import Compressed
from .settings import Settings

VERSIONED = ("boundcheck", "numpy", "torch", "python-flint", "safetensors")


@dataclass(frozen=True)
class Job:
    """Everything that decides a run beside network and data, as it is recorded.

    path: of the file to be written; stored_dtype: its numbers' type.
    """

    request: Request
    choice: Choice
    settings: Settings
    path: Path
    stored_dtype: str
    device: str
    dtype: str
    memory_limit: int | None
    merge: bool
    command: str


@dataclass(frozen=True)
class Written:
    """The file's content and the record that goes with it."""

    content: bytes
    record: CompressionRecord


def recorded(job: Job, network: Network, data: Data, compressed: Compressed, seconds: float) -> Written:
    """Round as the file stores, measure exactly that, and write it all down. Raises InputError for overflows."""
    weights, biases = _rounded(job, network, compressed.weights, compressed.biases)
    layers = [_layer(job, network, compressed, promise, weights, biases) for promise in job.choice.promises]
    achieved, levels = [layer.achieved_units for layer in layers], job.settings.levels
    totals = totals_record(job.choice, [layer.weight_count for layer in network.layers], achieved, levels)
    merged: list[Merged] = []
    if job.merge:
        counted = counted_layers(job.settings.mode, job.settings.sets, weights)
        weights, biases, merged = merge(network, compressed.weights, compressed.biases, counted)
        weights, biases = _rounded(job, network, weights, biases)
    content = checkpoint_bytes(job.path.suffix, network, weights, biases, job.stored_dtype)
    radii = {projection.layer: projection.radius for projection in compressed.projections}
    measurement = measure(network, weights, biases, radii, data)
    record = CompressionRecord(
        provenance=_provenance(job, network, data),
        settings=_settings(job),
        dense=_dense(network),
        network=FileRecord(path=str(job.path), sha256=hashlib.sha256(content).hexdigest(), dtype=job.stored_dtype),
        layers=layers,
        totals=totals,
        measured=_measured(measurement),
        projections=[
            ProjectionRecord(layer=layer, radius=radius, active=measurement.active[layer], samples=measurement.samples)
            for layer, radius in radii.items()
        ],
        merged=[
            MergedRecord(layer=one.layer, left_out=one.left_out, units=one.units, into_bias=one.into_bias)
            for one in merged
        ],
        seconds=seconds,
    )
    return Written(content, record.sealed())


def _rounded(
    job: Job, network: Network, weights: Sequence[Matrix], biases: Sequence[Matrix | None]
) -> tuple[list[Matrix], list[Matrix | None]]:
    names, dtype = [layer.name for layer in network.layers], job.stored_dtype
    return (
        [rounded(name, weight, dtype) for name, weight in zip(names, weights, strict=True)],
        [None if bias is None else rounded(name, bias, dtype) for name, bias in zip(names, biases, strict=True)],
    )


def _layer(
    job: Job,
    network: Network,
    compressed: Compressed,
    promise: Promise,
    weights: Sequence[Matrix],
    biases: Sequence[Matrix | None],
) -> LayerRecord:
    number, settings, choice = promise.layer, job.settings, job.choice
    picks = next(picks for picks in compressed.picks if picks.layer == number)
    if settings.mode.prunes:
        achieved = staying_units(promise.unit, weights[number - 1], biases[number - 1])
    else:
        achieved = promise.units - len(picks.indices)
    return LayerRecord(
        layer=number,
        name=network.layers[number - 1].name,
        role="wide" if number in settings.sets.wide else "bottleneck",
        unit=promise.unit,
        units=promise.units,
        draws=len(picks.indices),
        alpha=rational_text(settings.alpha),
        bernoulli=_text(settings.bernoulli),
        levels=settings.levels,
        kept_per_row=(
            None if settings.keep is None else kept_per_row(settings.keep, number, network.layers[number - 1].n_in)
        ),
        mask_sha256=mask_digest(picks),
        order_sha256=order_digest(picks),
        requested=_text(choice.requested),
        promised=_up(promise.share),
        promised_units=promise.staying,
        probability=lower_decimal(promise.probability) or "0",
        achieved=_up(Fraction(achieved, promise.units)),
        achieved_units=achieved,
        exceeds_promise=achieved > promise.staying,
    )


def totals_record(choice: Choice, counts: Sequence[int], achieved: Sequence[int], levels: int | None) -> TotalsRecord:
    """Every share times the layers' weights, with the others whole.

    counts: weights of all layers. achieved: units left in the compressed ones.
    """
    whole = sum(counts)

    def share(shares: Sequence[Fraction]) -> str:
        less = sum(
            ((1 - one) * counts[promise.layer - 1] for one, promise in zip(shares, choice.promises, strict=True)),
            start=Fraction(0),
        )
        return _up(1 - less / whole)

    requested = choice.requested
    return TotalsRecord(
        weights=whole,
        requested=None if requested is None else share([requested] * len(choice.promises)),
        promised=share([promise.share for promise in choice.promises]),
        probability=lower_decimal(choice.probability) or "0",
        achieved=share([Fraction(one, p.units) for one, p in zip(achieved, choice.promises, strict=True)]),
        bits_per_weight=None if levels is None else (2 * levels).bit_length(),
    )


def _measured(found: Measurement) -> MeasuredRecord:
    def quality(one: Quality) -> QualityRecord:
        return QualityRecord(error=one.error, relative=found.relative(one), score=one.score)

    return MeasuredRecord(
        samples=found.samples,
        dense_second_moment=found.second_moment,
        measure=found.measure,
        dense_score=found.dense_score,
        compressed=quality(found.plain),
        with_projections=None if found.projected is None else quality(found.projected),
    )


def _provenance(job: Job, network: Network, data: Data) -> Provenance:
    origin = network.origin
    inputs = {} if origin.sha256 is None else {origin.path or "network": origin.sha256}
    return Provenance(
        versions=versions(VERSIONED),
        command=job.command,
        seed=job.settings.seed,
        inputs_sha256=inputs | {data.description: data.sha256},
    )


def _dense(network: Network) -> DenseRecord:
    activations = [layer.activation.name for layer in network.layers if layer.activation is not None]
    copy = hashlib.sha256(safetensors_copy(network)).hexdigest() if network.origin.is_torch else None
    map_side = None if network.kernel is None else math.isqrt(network.layers[0].block)
    return DenseRecord(activations=activations, map_side=map_side, copy_sha256=copy)


def _settings(job: Job) -> SettingsRecord:
    request, settings = job.request, job.settings
    picks = settings.draw is DrawKind.INDEPENDENT
    return SettingsRecord(
        mode=settings.mode,
        draw=settings.draw,
        keep=_text(request.keep),
        levels=request.levels,
        unquantized=_text(request.unquantized),
        wide=sorted(settings.sets.wide),
        bottleneck=sorted(settings.sets.bottleneck),
        alpha=_text(request.alpha),
        bernoulli=_text(request.bernoulli),
        order=settings.order if picks else None,
        objective=settings.objective if picks else None,
        implementation=settings.implementation if picks else None,
        projection=settings.projection,
        merge=job.merge,
        device=job.device,
        dtype=job.dtype,
        memory_limit_bytes=job.memory_limit,
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else rational_text(value)


def _up(share: Fraction) -> str:
    return upper_decimal(share) or "0"
