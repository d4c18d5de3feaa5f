"""`boundcheck export`: the records of a simulation as CSV, Parquet or JSON."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    store: Annotated[Path, typer.Argument(help="SQLite file that simulate wrote")],
    out: Annotated[Path, typer.Argument(help=".csv, .parquet or .json")],
) -> None:
    """Write every trial of a simulation to a table that other programs read."""
    from boundcheck.trial.export import export as write
    from boundcheck.trial.store import Store

    from .rendering import note

    with Store.reading(store) as opened:
        write(opened, out)
    note(f"trials written to {out}")
