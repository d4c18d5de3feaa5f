"""`simulate`: a plan in, a store with records and verdicts out."""

import platform
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boundcheck.core.errors import InputError
from boundcheck.core.versions import versions
from boundcheck.exact.ball import lower_float
from boundcheck.library import library
from boundcheck.network.measure import Progress

from .block_cases import block_cases
from .block_instance import DrawnBlock
from .case_builder import Options
from .cases import Case, Prepared, verdict_of
from .claims import bounds
from .instances import networks
from .network_cases import LAYERWISE, network_cases
from .plan import Plan
from .run import Schedule, run
from .store import Store, StoredPlan
from .verdict_record import ClaimVerdict, NotApplicable, SimulationRecord, TrialVerdict
from .workers import Workers

VERSIONED = ("boundcheck", "numpy", "scipy", "torch", "python-flint", "sympy", "joblib", "distributed")


def simulate(
    plan: Plan,
    path: Path,
    *,
    text: str = "",
    workers: Workers | None = None,
    command: str = "boundcheck.trial.simulate",
    progress: Progress = lambda stage, share: None,
) -> SimulationRecord:
    """Run a plan, or go on with it, and keep everything in the SQLite file ``path``.

    text: the plan as it was written, kept beside the records. The verdicts depend on the plan alone, not on the workers
    nor on how often the run was interrupted. Raises InputError for a plan that does not fit its own networks.
    """
    check_statements(plan)
    workers = workers or Workers()
    if workers.cluster is not None:
        with workers.started():  # an address where nobody answers is noticed before anything is prepared
            pass
    with Store.writing(path, StoredPlan(text or plan.canonical, plan.canonical)) as store:
        is_new = not store.starts()
        store.record_start(environment(command))
        try:
            prepared = prepare(plan, store, progress)
        except InputError:
            if is_new:  # nothing is left of a plan that cannot be run
                store.close()
                path.unlink()
            raise
        cells = prepared.cells
        share = _error_probability(plan, prepared)
        open_cases: dict[str, list[Case]] = {}
        for case in prepared.judged:
            assert case.cell is not None
            open_cases.setdefault(case.cell.key, []).append(case)

        def is_decided(number: int, values: NDArray[np.float64]) -> bool:
            cases = open_cases.get(cells[number].key, [])
            return all(verdict_of(case, values, None, share).verdict is not TrialVerdict.UNDECIDED for case in cases)

        run(cells, Schedule(plan.batch, plan.repeats), store, is_decided, workers, progress)
        verdicts = _verdicts(prepared, store, share)
        store.write_verdicts([verdict.to_json() for verdict in verdicts])
    return SimulationRecord(
        versions=versions(VERSIONED),
        command=command,
        plan=plan.model_dump(mode="json"),
        store=str(path),
        verdicts=verdicts,
        not_applicable=list(prepared.not_applicable),
    )


def check_statements(plan: Plan) -> None:
    """InputError for statements without an experiment, and for unknown variants."""
    known = {e.statement for paper in library(proofs=False).papers.values() for e in paper.experiments} | {LAYERWISE}
    if unknown := sorted(set(plan.statements) - known):
        raise InputError(f"statements={unknown[0]}: has no experiment; choose among {', '.join(sorted(known))}")
    variants = {name for statement in library(proofs=False).statements() for name in statement.variants}
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
    for sampled in list(networks(plan, store, progress)):  # data that cannot be had are noticed at once
        progress(f"preparing {sampled.name}", 0.0)
        for block in sampled.blocks():
            for draw in draws:
                try:
                    found += block_cases(DrawnBlock(block, draw), wanted, options)
                except InputError as error:
                    found.append(
                        NotApplicable(
                            statement="all", variant="all", instance=block.name, draw=draw.mode.value, reason=str(error)
                        )
                    )
        if _has_layerwise(plan):
            for draw in draws:
                found += network_cases(sampled, draw, plan.seed, plan.device)
    cases = _each_once([one for one in found if isinstance(one, Case)])
    if not cases:
        raise InputError(
            f"plan={plan.name}: no statement says anything about its networks and draws; give networks of two layers "
            "or more, or other modes"
        )
    return Prepared(cases, [one for one in found if isinstance(one, NotApplicable)])


def _has_layerwise(plan: Plan) -> bool:
    """The recursion chains the corrected forms."""
    return LAYERWISE in (plan.statements or (LAYERWISE,)) and "corrected" in (plan.variants or ("corrected",))


def _each_once(cases: list[Case]) -> list[Case]:
    """Without repetitions: blocks that differ in what a claim does not depend on share its cell."""
    found: dict[tuple[object, ...], Case] = {}
    for number, case in enumerate(cases):
        about = case.described
        key = number if case.cell is None else case.cell.key
        found.setdefault((key, about.statement, about.variant, about.claims, about.meaning, about.power), case)
    return list(found.values())


def _error_probability(plan: Plan, prepared: Prepared) -> float:
    """Every claim's share, rounded down."""
    return lower_float(plan.error_probability / max(1, len(prepared.judged)))


def _verdicts(prepared: Prepared, store: Store, share: float) -> list[ClaimVerdict]:
    numbers = {cell.key: number for number, cell in enumerate(prepared.cells)}
    failures = store.failures()
    values = lru_cache(maxsize=4)(store.values)  # the cases of a cell lie close together
    found = []
    for case in prepared.cases:
        if case.cell is None:
            found.append(verdict_of(case, None, None, share))
        else:
            number = numbers[case.cell.key]
            found.append(verdict_of(case, values(number), failures.get(number), share))
    return found


def environment(command: str) -> dict[str, object]:
    """Where a start of the plan ran."""
    where = {"platform": platform.platform(), "machine": platform.machine()}
    return {"versions": versions(VERSIONED), **where, "command": command}
