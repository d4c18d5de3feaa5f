"""`boundcheck ladder`: every rung beside the true error over a grid of networks, as a page with figures and data."""

from pathlib import Path
from typing import Annotated

import typer

Option = typer.Option


def ladder(
    plan: Annotated[
        Path | None, typer.Argument(help="TOML file, as examples/ladder.toml; left out, only the page is written")
    ] = None,
    store: Annotated[Path | None, Option(metavar="FILE", help="SQLite file of the records; PLAN.sqlite")] = None,
    out: Annotated[Path, Option(metavar="FOLDER", help="where the page, its figures and data go")] = Path("ladder"),
    workers: Annotated[str, Option(metavar="NUMBER", help="processes")] = "1",
) -> None:
    """Compare what every rung certifies with the true error of the draws. Runs on where it stopped.

    Trains the plan's networks, beside the store, verifies every proposal, and samples the draws. Without a plan, the
    page is written from what the store has so far. Exit codes: 0 the page is written; 2 bad input.
    """
    from boundcheck.core.errors import InputError
    from boundcheck.ladder.plan import read_plan
    from boundcheck.ladder.run import run
    from boundcheck.ladder.store import Store
    from boundcheck.network.files import check_writable, write_files_whole
    from boundcheck.report.ladder_page import ladder_page
    from boundcheck.trial.workers import Workers

    from . import rendering
    from .given import integer

    if plan is None and store is None:
        raise InputError("plan: not given; name one (TOML), or with --store the records of one")
    read = None if plan is None else read_plan(plan)
    engine = Workers(integer("workers", workers, "2"))
    path = store or (plan or Path()).with_suffix(".sqlite")
    out.mkdir(parents=True, exist_ok=True)
    check_writable(out / "ladder.md")
    if read is None:
        with Store.reading(path) as records:
            found = records.record()
    else:
        with rendering.working("preparing") as progress, Store.writing(path, read) as records:
            run(read, records, engine, progress)
            found = records.record()
    pages = ladder_page(found.model_dump_json(indent=1))
    write_files_whole({out / name: content for name, content in pages.items()})
    rendering.note(
        f"{len(found.records)} of {found.cells} cells: {out / 'ladder.md'} and {len(pages) - 1} files beside it"
    )
