"""What is kept of a cell: every rung's certified error, the Monte Carlo mean of the true one, or the least keeps.

Certified errors are decimals as a certificate has them, rounded up; Monte Carlo numbers are estimates. Seconds are the
processor's, so that other work on the machine does not count.
"""

from pydantic import Field

from boundcheck.core.verdict import Verdict

from .plan import Cell, Part

Decimal = str


class NetworkFacts(Part):
    """The trained network: its file, and what training came to."""

    file: str
    inputs: str
    sha256: str
    samples: int
    measure: str
    score: float


class RungResult(Part):
    """One rung on the cell's proposal; seconds: of this rung alone. behind_blocks: by compressed layer, in order."""

    name: str
    verdict: Verdict
    error: Decimal | None
    relative: Decimal | None
    vacuous: bool | None
    kept: Decimal | None = Field(description="promised share of the compressed layers, nonzero or unquantized")
    reason: str
    behind_blocks: list[Decimal]
    at_output: dict[str, Decimal] = Field(description="one block: its error at the output, way by way")
    seconds: float


class EstimateRecord(Part):
    """A Monte Carlo mean, and its standard error."""

    mean: float
    standard_error: float


class MonteCarloRecord(Part):
    """The true mean squared error at the draw parameters of the rung sharp-data; blocks: as RungResult has them."""

    repeats: int
    blocks: list[EstimateRecord]
    output: EstimateRecord
    seconds: float


class LeastKeep(Part):
    """The least keep of one rung within the error asked for, or of the Monte Carlo mean, which has no verdict."""

    name: str
    value: str | None
    verdict: Verdict | None
    evaluations: int


class CellRecord(Part):
    """One cell. trivial: at most the dense outputs' mean square. failure: why there is nothing, all else is missing."""

    cell: Cell
    network: NetworkFacts | None = None
    trivial: Decimal | None = None
    rungs: list[RungResult] = []
    monte_carlo: MonteCarloRecord | None = None
    least_keep: list[LeastKeep] = []
    seconds: float = 0.0
    failure: str | None = None
    versions: dict[str, str] = {}


class LadderRecord(Part):
    """Everything that a page shows: the plan's name and size, and the cells that are there, by the plan's order."""

    name: str
    seed: int
    standard_error: str
    cells: int = Field(description="of the plan, finished or not")
    records: list[CellRecord]
