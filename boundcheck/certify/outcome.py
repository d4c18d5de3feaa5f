"""What a rung found for fixed layer sets, before it is compared with a target."""

from dataclasses import dataclass, field
from fractions import Fraction

from boundcheck.core.verdict import Verdict
from boundcheck.network.layer_sets import LayerSets

from .certificate import AssumptionRecord, BlockRecord, TermRecord


@dataclass(frozen=True)
class Outcome:
    """Assumptions and their conjunction, the error they certify (None: no finite bound), and how it came about.

    error: squared distance at the network's output, in the original scale, rounded up.
    promised: share of the units drawn from that stays nonzero (pruning) or unquantized, by compressed layer.
    problem: why there is nothing to evaluate, if so: the request cannot be met (FAILS), or an exception (UNKNOWN).
    """

    sets: LayerSets
    assumptions: tuple[AssumptionRecord, ...]
    error: Fraction | None = None
    conditions: Verdict = Verdict.FAILS
    blocks: tuple[BlockRecord, ...] = ()
    promised: dict[int, Fraction] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    terms: tuple[TermRecord, ...] = ()
    problem: str | None = None
