"""`boundcheck check`: does every claim of a certificate or compression record follow from its inputs?"""

import sys
from pathlib import Path
from typing import Annotated

import typer

INPUTS, OUTPUT = "Where the inputs are, if they have moved", "Output"
Option = typer.Option
EPILOG = (
    "Exit codes: 0 every claim agrees; 1 something does not match; 2 bad input, or an input is missing; "
    "3 something could not be checked."
)


def check(
    file: Annotated[Path, typer.Argument(help="of `verify --out`, or the record of `compress`", metavar="CERTIFICATE")],
    checkpoint: Annotated[
        Path | None, Option(help="a certificate's checkpoint, or its safetensors copy", rich_help_panel=INPUTS)
    ] = None,
    dense: Annotated[
        Path | None, Option(help="the dense network of a compression record", rich_help_panel=INPUTS)
    ] = None,
    compressed: Annotated[
        Path | None, Option(help="the compressed network of a compression record", rich_help_panel=INPUTS)
    ] = None,
    data: Annotated[
        str | None,
        Option(metavar="NAME or FILE", help="digits, california or a .npy, .npz, .csv file", rich_help_panel=INPUTS),
    ] = None,
    labels: Annotated[
        str | None, Option(metavar="FILE", help="labels or targets of a data file", rich_help_panel=INPUTS)
    ] = None,
    as_json: Annotated[
        bool, Option("--json", help="print the report, one JSON object", rich_help_panel=OUTPUT)
    ] = False,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="write the report to this file", rich_help_panel=OUTPUT)
    ] = None,
    quiet: Annotated[bool, Option("--quiet", help="print the last line alone", rich_help_panel=OUTPUT)] = False,
) -> None:
    """Recompute every claim of a certificate or compression record from its inputs, without torch."""
    from boundcheck.check.check import check as recompute
    from boundcheck.core.errors import InputError
    from boundcheck.network.files import check_writable, write_bytes_whole

    from . import check_report, rendering

    if out is not None:
        check_writable(out)
        inputs = [Path(path) for path in (file, checkpoint, dense, compressed, data, labels) if path is not None]
        if out.resolve() in {path.resolve() for path in inputs}:
            raise InputError(f"out={out}: is one of the inputs and would be overwritten; choose another file name")
    with rendering.working("reading the file", shown=not (quiet or as_json)) as progress:
        report = recompute(
            file, checkpoint=checkpoint, dense=dense, compressed=compressed, data=data, labels=labels, progress=progress
        )
    if out is not None:
        write_bytes_whole(out, report.to_json().encode())
    if as_json:
        sys.stdout.write(report.to_json())
    elif quiet:
        check_report.print_last_line(report, wrap=False)
    else:
        check_report.print_report(report)
    raise typer.Exit(check_report.EXIT_CODES[report.answer])
