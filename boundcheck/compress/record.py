"""The record of a compression: what was asked, how it was drawn, what came of it, and all that repeating it needs.

Shares that bound something are decimal strings, rounded up; probabilities are rounded down. Errors and scores are
floats: they were measured. The JSON Schema published beside this file is generated from these models.

To repeat a layer's draws, with numpy alone: u = ``draws.uniforms(provenance.seed, 0, layer, shape)``, which is
``Generator(PCG64(SeedSequence(seed, spawn_key=(0, layer, 0)))).random(shape)``; shape is the weight's for entries and
(units,) otherwise. A unit that was processed becomes ``law.realize(u)``, law being ``pruning_law(W, float(bernoulli))``
or ``quantization_law(W, levels)``; whole columns, rows (with their biases) and filters are multiplied by what comes of
``multiplier_law(units, float(bernoulli))``. With exact counts it is ``ExactCounts(W, kept_per_row).realize(u)``: of a
row's T nonzero entries the t = kept_per_row ones with the least u become w T/t in float64, the others 0; a row with no
more than t of them stays. Units that were not processed stay as they are. W is the source's weight in
float64; ``settings.dtype`` and then ``network.dtype`` round the outcome.
Which units were processed shows in the written weights: where a unit that is not zero has changed (p < 1). Their digest
is ``mask_sha256``; with ``merged`` rows, compress again without them to see it.
"""

import hashlib
import json
from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from boundcheck.core.content_digest import DESCRIPTION, part_digests
from boundcheck.core.rung import DrawKind, Mode, Unit

from .result import Picks
from .settings import Implementation, Objective, Order

SCHEMA: Final = "boundcheck/compression/1"
Decimal = str


class Record(BaseModel):
    """Base of all parts: unknown fields are refused, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Provenance(Record):
    """How the compression came to be. repeat: part of the key of the random numbers, always 0 here."""

    versions: dict[str, str]
    command: str
    seed: int
    repeat: Literal[0] = 0
    inputs_sha256: dict[str, str]


class DenseRecord(Record):
    """How the dense checkpoint was read, as far as its file may not say."""

    activations: list[str]
    map_side: int | None = Field(description="side of the feature maps; null: fully connected layers")
    copy_sha256: str | None = Field(description="of a torch file's safetensors copy, as `boundcheck verify` writes it")


class SettingsRecord(Record):
    """What was given; null where it was left to boundcheck, or where nothing is picked: with exact counts."""

    mode: Mode
    draw: DrawKind
    keep: str | None
    levels: int | None
    unquantized: str | None
    wide: list[int]
    bottleneck: list[int]
    alpha: str | None
    bernoulli: str | None
    order: Order | None
    objective: Objective | None
    implementation: Implementation | None
    projection: bool
    merge: bool
    device: str
    dtype: str
    memory_limit_bytes: int | None


class LayerRecord(Record):
    """One compressed layer: what was drawn, and the shares of its units asked for, promised and reached.

    Shares are of units left nonzero (pruning) or left as they are (quantizing). probability: with which the promise is
    kept, at least. ``order_sha256`` is null if all units were picked at once. ``kept_per_row``: with exact counts, how
    many entries of every row stay, or fewer where fewer are not zero; else null.
    """

    layer: int
    name: str
    role: Literal["wide", "bottleneck"]
    unit: Unit
    units: int
    draws: int
    alpha: str
    bernoulli: str | None
    levels: int | None
    kept_per_row: int | None
    mask_sha256: str = Field(description="of numpy.packbits of the processed units, entries row by row")
    order_sha256: str | None = Field(description="of the processed units' indices as little-endian int64, as picked")
    requested: str | None
    promised: Decimal
    promised_units: int
    probability: Decimal
    achieved: Decimal
    achieved_units: int
    exceeds_promise: bool


class TotalsRecord(Record):
    """The whole network's weights; layers that are not compressed count whole, units with their own weights alone."""

    weights: int
    requested: Decimal | None
    promised: Decimal
    probability: Decimal = Field(description="with which all layers keep their promises at once, at least")
    achieved: Decimal
    bits_per_weight: int | None = Field(description="of quantized entries")


class QualityRecord(Record):
    """Measured in float64 on the data, never certified: E||Phi - Phi_hat||^2, and over E||Phi||^2; accuracy or R^2."""

    error: float
    relative: float | None
    score: float | None


class MeasuredRecord(Record):
    """The written network (rounded to its dtype) beside the dense one. with_projections: null if none acts."""

    samples: int
    dense_second_moment: float
    measure: Literal["accuracy", "R^2"] | None
    dense_score: float | None
    compressed: QualityRecord
    with_projections: QualityRecord | None


class ProjectionRecord(Record):
    """The projection of this layer's output onto the ball of this radius: part of the network, and not in the file."""

    layer: int
    radius: float
    active: int = Field(description="samples on which it acts")
    samples: int


class MergedRecord(Record):
    """Zero rows of a bottleneck that were left out of the file, with the columns of the next layer that they meet."""

    layer: int
    left_out: int
    units: int
    into_bias: bool = Field(description="whether the sum of those columns times phi(0) went into the next layer's bias")


class FileRecord(Record):
    """The file that was written."""

    path: str
    sha256: str
    dtype: str


class CompressionRecord(Record):
    """One compressed network."""

    schema_: Literal["boundcheck/compression/1"] = Field(default=SCHEMA, alias="schema")
    provenance: Provenance
    settings: SettingsRecord
    dense: DenseRecord
    network: FileRecord
    layers: list[LayerRecord]
    totals: TotalsRecord
    measured: MeasuredRecord
    projections: list[ProjectionRecord]
    merged: list[MergedRecord]
    seconds: float = Field(description="of the compression itself")
    content_sha256: dict[str, str] = Field(default={}, description=DESCRIPTION)

    def sealed(self) -> "CompressionRecord":
        """The same with the digests of its parts."""
        return self.model_copy(update={"content_sha256": part_digests(self.model_dump(mode="json", by_alias=True))})

    def to_json(self) -> str:
        """The record as JSON, as its schema describes it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"


def mask_digest(picks: Picks) -> str:
    """The digest of which units were processed."""
    mask = np.zeros(picks.units, dtype=bool)
    mask[picks.indices] = True
    return hashlib.sha256(np.packbits(mask).tobytes()).hexdigest()


def order_digest(picks: Picks) -> str | None:
    """The digest of the order in which units were picked; None if there is none."""
    return hashlib.sha256(picks.indices.astype("<i8").tobytes()).hexdigest() if picks.in_order else None


def json_schema() -> str:
    """The JSON Schema of records, as published in ``compression-1.schema.json``."""
    return json.dumps(CompressionRecord.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"
