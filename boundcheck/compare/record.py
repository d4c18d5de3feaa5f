"""The record of a comparison: what was compared, what a weight takes, the error enclosed, and what may be said beyond.

Decimals are strings rounded outward: lower ends down, upper ends and limits up. The JSON Schema published beside this
file is generated from these models. Definitions of sizes are in ``layer_sizes``, of predictions in ``outputs``, of the
limits and of the bounds for all inputs in ``limits`` and ``worst_case``.
"""

import json
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from boundcheck.core.verdict import Verdict

from .layer_sizes import Way

SCHEMA: Final = "boundcheck/comparison/1"
Decimal = str


class Record(BaseModel):
    """Base of all parts: unknown fields are refused, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Provenance(Record):
    """How the comparison came to be."""

    versions: dict[str, str]
    command: str
    inputs_sha256: dict[str, str]


class Enclosure(Record):
    """lower <= the number <= upper."""

    lower: Decimal
    upper: Decimal


class NetworkRecord(Record):
    """One of the two files."""

    path: str
    sha256: str
    dtype: str
    widths: list[int]


class LayerRecord(Record):
    """One layer: shapes (out x in, kernels out x in x q x q), kept weights, zero rows and columns, bits per weight."""

    number: int
    name: str
    activation: str
    dense_shape: list[int]
    compressed_shape: list[int]
    changed: bool
    dense_nonzero: int
    nonzero: int = Field(description="of the compressed layer's weights")
    kept: Decimal = Field(description="nonzero weights over the dense layer's number of weights; sparsity is 1 - kept")
    zero_rows: int = Field(description="output neurons or filters without weights, that are still in the file")
    zero_columns: int
    distinct: int = Field(description="different values of the compressed weights, zero among them")
    index_bits: int = Field(description="ceil(log2 distinct)")
    bits_per_weight: Decimal = Field(description="the least of four ways of storing, tables and steps included")
    stored_as: Way


class TotalsRecord(Record):
    """All layers together; biases are not counted."""

    dense_weights: int
    compressed_weights: int
    dense_nonzero: int
    nonzero: int
    kept: Decimal
    bits_per_weight: Decimal = Field(description="over the compressed network's weights")


class ErrorRecord(Record):
    """||Phi(x) - Phi-hat(x)||^2 over the samples; relative: mean over E||Phi||^2, null if that may be zero.

    relative_width: (upper - lower) / upper of the mean, at most; how much of it the arithmetic leaves open.
    """

    mean: Enclosure
    relative: Enclosure | None
    largest: Enclosure
    dense_second_moment: Enclosure
    relative_width: Decimal


class PredictionsRecord(Record):
    """How many samples' largest output is certainly another one, the same, or undecided within the enclosures."""

    changed: int
    unchanged: int
    undecided: int


class ScoresRecord(Record):
    """Accuracy, R^2 or squared loss of both, and compressed minus dense."""

    measure: Literal["accuracy", "R^2", "loss"]
    dense: Enclosure
    compressed: Enclosure
    change: Enclosure


class DataRecord(Record):
    """The samples, and the largest norm among them."""

    description: str
    samples: int
    input_radius: Decimal


class LayerBoundRecord(Record):
    """Upper bounds for one layer and all inputs: r_l, r-hat_l and d_l of ``worst_case``, and what they come from."""

    layer: int
    dense_norm: Decimal
    compressed_norm: Decimal
    difference_norm: Decimal
    bias_difference: Decimal
    dense_output: Decimal
    compressed_output: Decimal
    distance: Decimal


class FreshRecord(Record):
    """Limits for the distribution, if the samples are fresh as stated; null where none can be given.

    confidence: that all limits hold together, at least. largest_error: for every input up to the input radius.
    """

    confidence: Decimal
    input_radius: str | None
    mean_error: Decimal | None
    largest_error: Decimal | None
    layers: list[LayerBoundRecord]
    changed_predictions: Decimal | None = Field(description="of the probability that the largest output is another")


class TargetRecord(Record):
    """The error that was called acceptable, and whether the mean over the samples is at most that."""

    kind: Literal["relative", "absolute"]
    value: str
    verdict: Verdict


class ComparisonRecord(Record):
    """One pair of networks, compared."""

    schema_: Literal["boundcheck/comparison/1"] = Field(default=SCHEMA, alias="schema")
    provenance: Provenance
    dense: NetworkRecord
    compressed: NetworkRecord
    layers: list[LayerRecord]
    totals: TotalsRecord
    data: DataRecord
    error: ErrorRecord
    predictions: PredictionsRecord | None = Field(description="null for targets and for a single output")
    scores: list[ScoresRecord]
    fresh: FreshRecord | None = Field(description="null: what is said holds for these samples alone")
    target: TargetRecord | None
    notes: list[str] = Field(description="what this certifies, and what it does not")

    def to_json(self) -> str:
        """The record as JSON, as its schema describes it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"


def json_schema() -> str:
    """The JSON Schema of records, as published in ``comparison-1.schema.json``."""
    return json.dumps(ComparisonRecord.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"
