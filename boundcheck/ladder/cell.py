"""One cell: the certificate of every rung, and the true error at the draws that the rung sharp-data chose."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Literal

from boundcheck.certify.certificate import BlockRecord, Certificate, RungRecord
from boundcheck.certify.verify import verify
from boundcheck.core.rung import DrawKind, Unit
from boundcheck.core.versions import versions
from boundcheck.network.data import Data
from boundcheck.network.network import Network
from boundcheck.solve.record import Least
from boundcheck.solve.solve import solve

from .monte_carlo import DrawnBlock, sample_errors
from .networks import inputs_path, load, make, network_path, outcome
from .plan import Cell, NetworkPlan, Sampling
from .record import CellRecord, EstimateRecord, LeastKeep, MonteCarloRecord, NetworkFacts, RungResult

MEASURED = "sharp-data"
RESOLUTION = Fraction(1, 100)
VERSIONED = ("boundcheck", "numpy", "python-flint", "scipy", "torch")


def make_network(plan: NetworkPlan, folder: Path) -> str | None:
    """In a worker: train what is not there yet. Why it could not be done, or None."""
    try:
        make(plan, folder)
    except Exception as error:
        return _why(error)
    return None


def measure_cell(cell: Cell, sampling: Sampling, folder: Path) -> CellRecord:
    """In a worker: the cell's record; whatever goes wrong is written into it."""
    start = time.process_time()
    try:
        found = _measured(cell, sampling, folder)
    except Exception as error:
        found = CellRecord(cell=cell, failure=_why(error))
    return found.model_copy(update={"seconds": round(time.process_time() - start, 3), "versions": versions(VERSIONED)})


def _why(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["no message"]
    return f"{type(error).__name__}: {lines[0]}"


def _measured(cell: Cell, sampling: Sampling, folder: Path) -> CellRecord:
    network, data = load(cell.network, folder)
    facts = _facts(cell.network, folder, data)
    if cell.least_keep is not None:
        solution = solve(network, cell.proposal, Least.KEEP, data, resolution=RESOLUTION)
        least = [
            LeastKeep(name=one.rung, value=one.value, verdict=one.verdict, evaluations=len(one.attempts))
            for one in solution.answers
        ]
        least.append(_least_keep_in_truth(network, data, cell, sampling, Fraction(solution.trivial_bound)))
        return CellRecord(cell=cell, network=facts, trivial=solution.trivial_bound, least_keep=least)
    clock = _Clock()
    certificate = verify(network, cell.proposal, data, progress=clock.stage)
    clock.stage("end")
    return CellRecord(
        cell=cell,
        network=facts,
        trivial=certificate.trivial_bound.value,
        rungs=[_result(rung, clock.seconds.get(rung.name, 0.0)) for rung in certificate.rungs],
        monte_carlo=_monte_carlo(network, data, cell, sampling, certificate),
    )


class _Clock:
    """Times the rungs by what ``verify`` says it is doing."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._since = "", time.process_time()

    def stage(self, text: str) -> None:
        now = time.process_time()
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._since
        self._name, self._since = text.removeprefix("rung ").split(":")[0], now


def _facts(plan: NetworkPlan, folder: Path, data: Data) -> NetworkFacts:
    path, found = network_path(plan, folder), outcome(plan, folder)
    return NetworkFacts(
        file=path.name,
        inputs=inputs_path(plan, folder).name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        samples=len(data.inputs),
        measure=found["measure"],
        score=found["score"],
    )


def _result(rung: RungRecord, seconds: float) -> RungResult:
    measured = [block.measured for block in rung.blocks if block.measured is not None]
    ways: dict[str, str | None] = {}
    if len(measured) == 1:
        ways = {
            "norms": measured[0].at_output_by_norms,
            "next layer": measured[0].at_output_by_next_layer,
            "derivative": measured[0].at_output_by_derivative,
        }
    return RungResult(
        name=rung.name,
        verdict=rung.verdict,
        error=rung.error_bound,
        relative=rung.relative,
        vacuous=rung.vacuous,
        kept=rung.kept_fraction or rung.unquantized_fraction,
        reason=rung.reason,
        behind_blocks=[one.behind_block for one in measured],
        at_output={name: value for name, value in ways.items() if value is not None},
        seconds=round(seconds, 3),
    )


def _monte_carlo(
    network: Network, data: Data, cell: Cell, sampling: Sampling, certificate: Certificate
) -> MonteCarloRecord | None:
    """None where the rung sharp-data found no parameters that meet the request."""
    blocks = list(_drawn(network, cell, certificate.rung(MEASURED).blocks))
    if len(blocks) < len(cell.layers.wide) + len(cell.layers.bottleneck):
        return None
    start = time.process_time()
    found = sample_errors(network, data.inputs, blocks, sampling, cell.network.seed)
    return MonteCarloRecord(
        repeats=found.repeats,
        blocks=[EstimateRecord(**asdict(one)) for one in found.blocks],
        output=EstimateRecord(**asdict(found.output)),
        seconds=round(time.process_time() - start, 3),
    )


def _drawn(network: Network, cell: Cell, blocks: list[BlockRecord]) -> Iterator[DrawnBlock]:
    """The laws of the blocks that a certificate records; all their units are drawn."""
    for block in blocks:
        assert block.draws == block.units, "the rung sharp-data draws all units of a layer"
        bernoulli, levels = block.parameters.get("bernoulli"), block.parameters.get("levels")
        kept = None
        if cell.draw is DrawKind.EXACT_COUNTS:
            kept = int(Fraction(bernoulli or 0) * network.layers[block.layer - 1].n_in)
        yield DrawnBlock(
            block.layer,
            block.role,
            block.unit,
            None if bernoulli is None else Fraction(bernoulli),
            None if levels is None else int(levels),
            kept,
        )


def _least_keep_in_truth(network: Network, data: Data, cell: Cell, sampling: Sampling, trivial: Fraction) -> LeastKeep:
    """The least keep at which the Monte Carlo mean is within the error, p = keep; by bisection, of entries alone."""
    assert cell.least_keep is not None
    acceptable = float(Fraction(cell.least_keep) * trivial)
    layers: tuple[tuple[Literal["wide", "bottleneck"], tuple[int, ...]], ...] = (
        ("wide", cell.layers.wide),
        ("bottleneck", cell.layers.bottleneck),
    )
    evaluations, low, high = 0, 0, int(1 / RESOLUTION)
    while high - low > 1:
        middle = (low + high) // 2
        p = middle * RESOLUTION
        drawn = [DrawnBlock(layer, role, Unit.ENTRIES, p) for role, numbers in layers for layer in numbers]
        error = sample_errors(network, data.inputs, drawn, sampling, cell.network.seed).output.mean
        low, high = (low, middle) if error <= acceptable else (middle, high)
        evaluations += 1
    return LeastKeep(
        name="Monte Carlo",
        value=str(float(high * RESOLUTION)),
        verdict=None,
        evaluations=evaluations,
    )
