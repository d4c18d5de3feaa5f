"""`simulate`: a plan in, a store with records and verdicts out."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import lower_float
from boundcheck.library import library
from boundcheck.network.measure import Progress

from .block_cases import Options, block_cases
from .block_instance import DrawnBlock
from .cases import Case, NotApplicable, Prepared, verdict_of
from .claims import bounds
from .instances import networks
from .network_cases import LAYERWISE, network_cases
from .plan import Plan
from .run import Schedule, run
from .store import Store, StoredPlan
from .verdict_record import ClaimVerdict, TrialVerdict
from .workers import Workers

VERSIONED = ("boundcheck", "numpy", "scipy", "torch", "python-flint", "sympy", "joblib", "distributed")


@dataclass(frozen=True)
class Simulated:
    """What came of a plan. not_applicable: claims whose assumptions an instance does not meet."""

    verdicts: Sequence[ClaimVerdict]
    not_applicable: Sequence[NotApplicable]


def simulate(
    plan: Plan,
    path: Path,
    *,
    text: str = "",
    workers: Workers | None = None,
    command: str = "boundcheck.trial.simulate",
    progress: Progress = lambda stage, share: None,
) -> Simulated:
    """Run a plan, or go on with it, and keep everything in the SQLite file ``path``.

    text: the plan as it was written, kept beside the records. The verdicts depend on the plan alone, not on the workers
    nor on how often the run was interrupted. Raises InputError for a plan that does not fit its own networks.
    """
    check_statements(plan)
    with Store.writing(path, StoredPlan(text or plan.canonical, plan.canonical)) as store:
        store.record_start(environment(command))
        prepared = prepare(plan, store, progress)
        cells = prepared.cells
        share = _error_probability(plan, prepared)
        open_cases: dict[str, list[Case]] = {}
        for case in prepared.judged:
            assert case.cell is not None
            open_cases.setdefault(case.cell.key, []).append(case)

        def is_decided(number: int, values: NDArray[np.float64]) -> bool:
            cases = open_cases.get(cells[number].key, [])
            return all(
                verdict_of(case, values, None, share).verdict is not TrialVerdict.UNDECIDED for case in cases
            )

        run(cells, Schedule(plan.batch, plan.repeats), store, is_decided, workers or Workers(), progress)
        verdicts = _verdicts(prepared, store, share)
        store.write_verdicts([verdict.to_json() for verdict in verdicts])
    return Simulated(verdicts, prepared.not_applicable)


def check_statements(plan: Plan) -> None:
    """InputError for statements without an experiment, and for unknown variants."""
    known = {e.statement for paper in library().papers.values() for e in paper.experiments} | {LAYERWISE}
    if unknown := sorted(set(plan.statements) - known):
        raise InputError(f"statements={unknown[0]}: has no experiment; choose among {', '.join(sorted(known))}")
    variants = {name for statement in library().statements() for name in statement.variants}
    if unknown := sorted(set(plan.variants) - variants):
        raise InputError(f"variants={unknown[0]}: expected some of {', '.join(sorted(variants))}")


def prepare(plan: Plan, store: Store, progress: Progress) -> Prepared:
    """Every case of the plan, network by network; what can be enumerated is."""
    wanted = bounds(frozenset(plan.statements) or None, frozenset(plan.variants) or None)
    options = Options(
        seed=plan.seed,
        device=plan.device,
        enumerates=plan.enumerate,
        equality_width=float(Fraction(plan.equality_width)),
        power=tuple(Fraction(share) for share in plan.power),
    )
    draws = [draw for part in plan.draw for draw in part.draws()]
    found: list[Case | NotApplicable] = []
    for sampled in networks(plan, store, progress):
        progress(f"preparing {sampled.name}", 0.0)
        for block in sampled.blocks():
            for draw in draws:
                try:
                    found += block_cases(DrawnBlock(block, draw), wanted, options)
                except InputError as error:
                    found.append(NotApplicable("every statement", "", block.name, str(draw.mode), str(error)))
        if not plan.statements or LAYERWISE in plan.statements:
            for draw in draws:
                found += network_cases(sampled, draw, plan.seed, plan.device)
    cases = [one for one in found if isinstance(one, Case)]
    if not cases:
        raise InputError(
            f"plan={plan.name}: no statement says anything about its networks and draws; give networks of two layers "
            "or more, or other modes"
        )
    return Prepared(cases, [one for one in found if isinstance(one, NotApplicable)])


def _error_probability(plan: Plan, prepared: Prepared) -> float:
    """Every claim's share, rounded down."""
    return lower_float(plan.error_probability / max(1, len(prepared.judged)))


def _verdicts(prepared: Prepared, store: Store, share: float) -> list[ClaimVerdict]:
    numbers = {cell.key: number for number, cell in enumerate(prepared.cells)}
    failures, values = store.failures(), {}
    for key, number in numbers.items():
        values[key] = store.values(number)
    found = []
    for case in prepared.cases:
        key = None if case.cell is None else case.cell.key
        failure = None if key is None else failures.get(numbers[key])
        found.append(verdict_of(case, None if key is None else values[key], failure, share))
    return found


def environment(command: str) -> dict[str, object]:
    """Where a start of the plan ran."""
    versions = {"python": sys.version.split()[0]}
    for name in VERSIONED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {"versions": versions, "platform": platform.platform(), "machine": platform.machine(), "command": command}
