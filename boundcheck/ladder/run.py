"""Runs the cells of a plan that the store lacks: first the networks they need, then the cells."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from boundcheck.core.errors import InputError
from boundcheck.trial.workers import Workers

from .cell import make_network, measure_cell
from .plan import Cell, NetworkPlan, Plan, Sampling
from .record import CellRecord
from .store import Store

Progress = Callable[[str], None]


def networks_folder(store: Path) -> Path:
    """Where the trained networks and their inputs lie, beside the store."""
    return store.with_name(f"{store.stem}-networks")


def run(plan: Plan, store: Store, workers: Workers, progress: Progress = lambda stage: None) -> None:
    """Do what is missing. Ctrl-C loses the cells under way and nothing else."""
    cells = {plan.key(cell): cell for cell in plan.cells()}
    finished = store.finished()
    missing = {key: cell for key, cell in cells.items() if key not in finished}
    folder = networks_folder(store.path)
    folder.mkdir(exist_ok=True)
    done, start = len(cells) - len(missing), time.monotonic()
    with workers.started() as pool:
        networks = dict.fromkeys(cell.network for cell in missing.values())
        progress(f"training {len(networks)} networks")
        with closing(pool.results(_made, ((network, folder) for network in networks))) as trained:
            for network, problem in trained:
                if problem is not None:
                    raise InputError(f"{network.source} {list(network.widths)}: {problem}")
        jobs = ((key, cell, plan.sampling, folder) for key, cell in missing.items())
        progress(f"{done} of {len(cells)} cells done")
        with closing(pool.results(_measured, jobs)) as results:
            for key, record in results:
                store.write(key, record)
                done += 1
                progress(f"{done} of {len(cells)} cells done, {time.monotonic() - start:.0f} s")


def _made(plan: NetworkPlan, folder: Path) -> tuple[NetworkPlan, str | None]:
    return plan, make_network(plan, folder)


def _measured(key: str, cell: Cell, sampling: Sampling, folder: Path) -> tuple[str, CellRecord]:
    return key, measure_cell(cell, sampling, folder)
