"""What Algorithm 1 costs: time and memory of every way to run it, next to plain prototypes and to Wanda's sort.

    python benchmarks/compression.py [--device cpu|cuda] [--only NAME,...] [--quick]

One table, all measured in this run, each line in its own process. Times depend on the machine: nothing is asserted.
Trained networks need BOUNDCHECK_DATA (a folder with california_housing.csv) or a download. OMP_NUM_THREADS sets how
many threads torch uses.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from compression.cells import CellError, Options, Row, measured, run_cell
from compression.sections import SECTIONS, rows_of
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

COLUMNS = (
    "section", "instance", "what", "first ms/step", "last ms/step", "seconds", "scores/step", "peak MB", "ratio",
    "note",
)  # fmt: skip
ON_CUDA = ("MB/step", "of bandwidth")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time and memory of the compression.")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"some of {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.cell:
        run_cell(given.cell)
        return
    wanted = given.only.split(",")
    if unknown := [name for name in wanted if name not in SECTIONS]:
        parser.error(f"--only={','.join(unknown)}: expected some of {', '.join(SECTIONS)}")
    try:
        machine = measured("cells.machine", device=given.device)
    except CellError as error:
        parser.error(f"--device={given.device}: {error}")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(given.device, given.quick, Path(folder), machine["name"])
        rows = [row for section in wanted for row in told(section, options)]
    print_table(rows, given.device, f"torch {machine['torch']}, {machine['threads']} threads, {machine['name']}")
    sys.exit(any(row.what.startswith("FAILED") for row in rows))


def told(section: str, options: Options) -> list[Row]:
    """A section's rows, each shown on stderr as soon as it is there."""
    rows = []
    for row in rows_of(section, options):
        print(" | ".join(cell for cell in cells(row, options.device) if cell), file=sys.stderr, flush=True)
        rows.append(row)
    return rows


def cells(row: Row, device: str) -> list[str]:
    """A line as text, in the order of the columns."""
    numbers = (row.first, row.last, row.seconds, row.scores, row.peak)
    texts = [row.section, row.instance, row.what, *map(number, numbers), row.ratio, row.note]
    if device == "cuda":
        share = "n/a" if row.bandwidth is None else f"{row.bandwidth:.1%}"
        texts += [number(row.bytes and row.bytes / 1e6), share if row.bytes else ""]
    return texts


def number(value: float | None) -> str:
    """Three digits."""
    return "" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def print_table(rows: list[Row], device: str, machine: str) -> None:
    """All lines, a rule between sections; wide enough that nothing is cut where the output is no terminal."""
    table = Table(*COLUMNS, *(ON_CUDA if device == "cuda" else ()), title=machine, box=SIMPLE_HEAD)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        table.add_row(*cells(row, device), end_section=following is None or following.section != row.section)
    console = Console()
    Console(width=None if console.is_terminal else 260).print(table)


if __name__ == "__main__":
    main()
