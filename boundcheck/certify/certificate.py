"""The certificate: what was asked, of which network, what each rung says, and every number that says it.

Numbers that bound something are decimal strings, rounded outward (errors up, limits and margins down); null means that
there is none. The JSON Schema published beside this file is generated from these models.
"""

import json
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from boundcheck.core.content_digest import DESCRIPTION, part_digests
from boundcheck.core.rung import DrawKind, Effort, Mode, Unit
from boundcheck.core.verdict import Verdict

SCHEMA: Final = "boundcheck/certificate/1"
Decimal = str


class Record(BaseModel):
    """Base of all parts: unknown fields are refused, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CopyRecord(Record):
    """A safetensors copy of a checkpoint in torch's format, which alone can be read without torch."""

    path: str | None = Field(description="in the certificate's folder; null: it was not written")
    sha256: str


class Provenance(Record):
    """How the certificate came to be."""

    versions: dict[str, str]
    command: str
    seed: int | None = Field(description="null: nothing random was used")
    inputs_sha256: dict[str, str]
    checkpoint_copy: CopyRecord | None


class LayerRecord(Record):
    """One layer: shape, bounds used (rounded up), activation, and the factors by which it was rescaled."""

    number: int
    name: str
    n_in: int
    n_out: int
    operator_norm: Decimal
    largest_entry: Decimal
    block: int = Field(description="neurons pruned together: 1, or r^2 in a convolution on r x r maps")
    block_norm: Decimal = Field(description="of the largest block; in a fully connected layer the largest entry")
    kernel: int | None = Field(description="side of a convolution's kernels; null in a fully connected layer")
    column_norm: Decimal = Field(description="of the largest column, or block of columns drawn together")
    row_norm: Decimal = Field(description="of the largest row")
    bias_norm: Decimal
    output_at_zero: Decimal = Field(description="norm of what the activation makes of the bias")
    activation: str | None
    lipschitz: Decimal | None
    curvature: Decimal | None
    activation_source: str | None


class NetworkRecord(Record):
    """The network and its constants, as measured or as stated."""

    origin: Literal["widths", "law", "checkpoint"]
    description: str
    widths: list[int]
    layers: list[LayerRecord]
    c_1: Decimal
    c_2: Decimal
    input_radius: Decimal
    probability: str | None = Field(description="probability with which the constants hold; null if illustrative")
    illustrative: bool


class ProposalRecord(Record):
    """What was proposed, as given; null where it was left to the rungs."""

    mode: Mode
    counted: str = Field(description="what the kept or unquantized shares count, of a layer and of the network")
    keep: str | None
    levels: int | None
    bits_per_weight: int | None
    unquantized: str | None
    wide: list[int] | None
    bottleneck: list[int] | None
    bernoulli: str | None
    alpha: str | None
    draw: DrawKind
    effort: Effort = Field(description="how closely the rungs that measure at the data bound every unit")


class TargetRecord(Record):
    """The acceptable error: how it was asked for, and as a squared distance (rounded down)."""

    kind: Literal["relative", "absolute", "xi"]
    value: str
    error: Decimal | None


class TrivialBound(Record):
    """What the zero network's error is known to be at least (data) or taken to be (worst case)."""

    value: Decimal
    worst_case: bool
    meaning: str


class StatementRecord(Record):
    """A statement that a rung used, with its formulas as LaTeX and what its corrected form changes."""

    id: str
    variant: str
    title: str
    source: str
    latex: dict[str, str]
    corrections: list[str]


class AssumptionRecord(Record):
    """One assumption at one layer. ``missed_by`` is the factor between value and limit where it fails, else null."""

    id: str
    statement: str
    layer: int | None
    meaning: str
    value: Decimal | None
    relation: str
    limit: Decimal | None
    margin: Decimal | None
    missed_by: Decimal | None
    verdict: Verdict
    note: str | None


class TermRecord(Record):
    """One summand of the error behind a layer or block, and its share of the error at the network's output."""

    layer: int
    name: str
    origin: str
    value: Decimal | None
    share: float | None = Field(description="share of the output error, for orientation only")


class MeasuredRecord(Record):
    """A block's mean squared error at the data with dense inputs, and what it comes to at the network's output."""

    effort: Effort
    behind_block: Decimal = Field(description="behind the block's last matrix, before the activation there")
    at_output_by_norms: Decimal = Field(description="times the squared operator norms of all later layers")
    at_output_by_next_layer: Decimal | None = Field(description="unit by unit through the next layer, then by norms")
    at_output_by_derivative: Decimal | None = Field(description="by the later layers' derivative and its remainder")
    largest_column_variance: Decimal


class BlockRecord(Record):
    """What happens at a compressed layer: what is drawn from, parameters of the draw, fractions, the error behind it.

    units: how many entries, columns, ... there are; draws: how many of them are processed.
    """

    layer: int
    role: Literal["wide", "bottleneck"]
    unit: Unit
    units: int
    draws: int
    parameters: dict[str, str]
    promised_kept: Decimal | None
    promised_unquantized: Decimal | None
    error: Decimal | None
    measured: MeasuredRecord | None = None


class RungRecord(Record):
    """One rung: verdict, assumptions, parameters, certified error, and where the bound is lost."""

    name: str
    paper: str
    summary: str
    decides: bool
    verdict: Verdict
    reason: str
    wide: list[int]
    bottleneck: list[int]
    assumptions: list[AssumptionRecord]
    parameters: dict[str, str]
    blocks: list[BlockRecord]
    error_bound: Decimal | None
    relative: Decimal | None
    loss_bound: Decimal | None
    unchanged_predictions: Decimal | None = Field(
        None, description="share of the samples whose largest output stays the largest, at least; classifiers with data"
    )
    kept_fraction: Decimal | None = Field(None, description="promised, the largest of the compressed layers; pruning")
    kept_fraction_network: Decimal | None = Field(None, description="promised, of the whole network; pruning")
    unquantized_fraction: Decimal | None = Field(None, description="promised, the largest; quantization")
    unquantized_fraction_network: Decimal | None = Field(None, description="promised, of the network; quantization")
    requested_fraction_network: Decimal | None = Field(description="what the request comes to in the whole network")
    vacuous: bool | None = Field(description="true: not below the trivial bound; null: no bound, or undecided")
    terms: list[TermRecord]


class Certificate(Record):
    """A proposal's certificate. ``verdict`` is HOLDS if a deciding rung holds, FAILS if all fail, else UNKNOWN."""

    schema_: Literal["boundcheck/certificate/1"] = Field(default=SCHEMA, alias="schema")
    provenance: Provenance
    network: NetworkRecord
    proposal: ProposalRecord
    target: TargetRecord
    trivial_bound: TrivialBound
    dense_loss: Decimal | None
    statements: list[StatementRecord]
    rungs: list[RungRecord]
    verdict: Verdict
    reason: str
    content_sha256: dict[str, str] = Field(default={}, description=DESCRIPTION)

    def sealed(self) -> "Certificate":
        """The same with the digests of its parts."""
        digests = part_digests(self.model_dump(mode="json", by_alias=True))
        return self.model_copy(update={"content_sha256": digests})

    def to_json(self) -> str:
        """The certificate as JSON, as its schema describes it."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"

    def rung(self, name: str) -> RungRecord:
        """The first rung of that name; KeyError if there is none."""
        for rung in self.rungs:
            if rung.name == name:
                return rung
        raise KeyError(name)

    def _repr_html_(self) -> str:
        """A table for notebooks: one row per rung."""
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(r.name)}</td><td>{r.verdict}</td><td>{escape(r.error_bound or '-')}</td>"
            f"<td>{escape(r.relative or '-')}</td><td>{escape(r.kept_fraction or '-')}</td>"
            f"<td>{escape(r.reason)}</td></tr>"
            for r in self.rungs
        )
        head = "<tr><th>rung</th><th>verdict</th><th>error</th><th>relative</th><th>kept</th><th>reason</th></tr>"
        return f"<p><b>{self.verdict}</b>: {escape(self.reason)}</p><table>{head}{rows}</table>"


def json_schema() -> str:
    """The JSON Schema of certificates, as published in ``certificate-1.schema.json``."""
    return json.dumps(Certificate.model_json_schema(by_alias=True, mode="serialization"), indent=2) + "\n"
