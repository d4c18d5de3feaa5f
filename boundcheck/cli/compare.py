"""`boundcheck compare`: what a compression made elsewhere saved, and what it cost, on data and beyond them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import exit_codes

if TYPE_CHECKING:
    from boundcheck.compare.compare import Acceptable
    from boundcheck.compare.limits import Fresh
    from boundcheck.compare.record import ComparisonRecord

NETWORK, TARGET, DATA, FRESH, OUTPUT = "Networks", "Acceptable error", "Data", "Beyond the samples", "Output"
Option = typer.Option
EPILOG = (
    "Exit codes: 0 compared, or HOLDS: the error on the samples is acceptable; 1 FAILS: it is not; 2 bad input; 3 "
    "UNKNOWN: the enclosure does not decide it, or boundcheck itself broke."
)
Text = str | None  # numbers stay text here: they are read exactly, never through a float
NUMBER, NAME = "NUMBER", "NAME"
FORMATS = "safetensors, npz (W1, W2, ...) or torch state_dict"
_OF_VERIFY = "or verify a chain of 2-D convolutions with --mode conv"
_OF_COMPARE = "or give --map and --padding of a chain of 2-D convolutions"


def compare(
    context: typer.Context,
    dense: Annotated[Path, typer.Argument(help=FORMATS, metavar="DENSE")],
    compressed: Annotated[
        Path,
        typer.Argument(
            help="the same network compressed, in any of these formats; neurons may be left out", metavar="COMPRESSED"
        ),
    ],
    data: Annotated[
        str, Option(metavar="NAME or FILE", help="digits, california or a .npy, .npz, .csv file", rich_help_panel=DATA)
    ],
    labels: Annotated[
        Text, Option(metavar="FILE", help="labels or targets (.npy, .csv) of a data file", rich_help_panel=DATA)
    ] = None,
    activation: Annotated[
        Text, Option(metavar=NAME, help="of the hidden layers, for example tanh", rich_help_panel=NETWORK)
    ] = None,
    output_activation: Annotated[
        Text, Option(metavar=NAME, help="of the output layer; linear if left out", rich_help_panel=NETWORK)
    ] = None,
    map_side: Annotated[
        Text, Option("--map", metavar=NUMBER, help="convolutions: side r of all feature maps", rich_help_panel=NETWORK)
    ] = None,
    padding: Annotated[
        Text, Option(metavar=NAME, help="convolutions: circular, to be said of checkpoints", rich_help_panel=NETWORK)
    ] = None,
    max_relative_error: Annotated[
        Text, Option(metavar=NUMBER, help="times the dense outputs' mean square", rich_help_panel=TARGET)
    ] = None,
    max_error: Annotated[
        Text, Option(metavar=NUMBER, help="mean squared distance of the outputs", rich_help_panel=TARGET)
    ] = None,
    fresh_sample: Annotated[
        bool,
        Option(
            "--fresh-sample",
            help="the samples are independent draws that did not choose the compression: give confidence limits for "
            "the distribution they come from",
            rich_help_panel=FRESH,
        ),
    ] = False,
    input_radius: Annotated[
        Text, Option(metavar=NUMBER, help="no input of the distribution has a larger norm", rich_help_panel=FRESH)
    ] = None,
    confidence: Annotated[
        Text, Option(metavar=NUMBER, help="of all limits together (default 0.99)", rich_help_panel=FRESH)
    ] = None,
    as_json: Annotated[
        bool, Option("--json", help="print the record, one JSON object", rich_help_panel=OUTPUT)
    ] = False,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="write the record to this file", rich_help_panel=OUTPUT)
    ] = None,
    quiet: Annotated[bool, Option("--quiet", help="print the last line alone", rich_help_panel=OUTPUT)] = False,
) -> None:
    """Compare a compressed network with the dense one: sizes, a rigorous enclosure of the error, predictions."""
    from boundcheck.certify.verify import command_line
    from boundcheck.compare.compare import compare as compared
    from boundcheck.compare.pair import read_pair
    from boundcheck.core.errors import InputError
    from boundcheck.network.data import load_data

    from . import arguments, rendering

    acceptable = _acceptable(max_relative_error, max_error)
    fresh = _fresh(fresh_sample, input_radius, confidence)
    hidden, output = arguments.activations(activation, output_activation)
    sides = _map_side(dense, map_side, padding)
    _check_files(dense, compressed, data, labels, out)
    with rendering.working("reading the networks", shown=not (quiet or as_json)) as progress:
        try:
            pair = read_pair(dense, compressed, hidden, output, sides)
        except InputError as error:  # there is no --mode here
            raise InputError(str(error).replace(_OF_VERIFY, _OF_COMPARE)) from None
        progress(f"loading data {data}")
        loaded = load_data(data, labels)
        record = compared(
            pair,
            loaded,
            fresh=fresh,
            acceptable=acceptable,
            command=command_line(context.obj),
            progress=lambda stage, share: progress(stage),
        )
    _deliver(record, as_json, out, quiet)


def _acceptable(max_relative_error: str | None, max_error: str | None) -> "Acceptable | None":
    """The mean error that would be acceptable; None if neither option was given."""
    from boundcheck.compare.compare import Acceptable

    from .given import Given, fraction

    given = Given({"max-relative-error": max_relative_error, "max-error": max_error})
    given.refuse_two("each says which error is acceptable")
    if not given.names:
        return None
    return Acceptable(fraction("max-relative-error", max_relative_error), fraction("max-error", max_error))


def _fresh(fresh_sample: bool, input_radius: str | None, confidence: str | None) -> "Fresh | None":
    """What is said about the distribution; None without --fresh-sample."""
    from boundcheck.compare.limits import DEFAULT_CONFIDENCE, Fresh
    from boundcheck.core.errors import InputError

    from .given import Given, fraction

    if not fresh_sample:
        given = Given({"input-radius": input_radius, "confidence": confidence})
        if given.names:
            raise InputError(
                f"{given.written()}: belongs to limits for the distribution, which take a fresh sample; add "
                "--fresh-sample if the samples are one, or drop it"
            )
        return None
    asked = fraction("confidence", confidence)
    return Fresh(DEFAULT_CONFIDENCE if asked is None else asked, fraction("input-radius", input_radius))


def _map_side(dense: Path, map_side: str | None, padding: str | None) -> int | None:
    """The side of the feature maps; None for fully connected layers, about which neither option says anything."""
    from .convolutions import Convolutions

    if map_side is None and padding is None:
        return None
    maps = Convolutions((), None, map_side, padding, None)
    maps.refuse_other_convolutions()
    return maps.of_checkpoint(dense)


def _check_files(dense: Path, compressed: Path, data: str, labels: str | None, out: Path | None) -> None:
    """Raise InputError unless the record can be written, and not over an input."""
    from boundcheck.core.errors import InputError
    from boundcheck.network.files import check_writable

    if out is None:
        return
    check_writable(out)
    inputs = [str(path) for path in (dense, compressed, data, labels) if path is not None]
    if out.resolve() in {Path(path).resolve() for path in inputs}:
        raise InputError(f"out={out}: is one of the inputs and would be overwritten; choose another file name")


def _deliver(record: "ComparisonRecord", as_json: bool, out: Path | None, quiet: bool) -> None:
    """Write, print, and leave with the verdict's exit code, if there is one."""
    from boundcheck.network.files import write_bytes_whole

    from . import comparison_report, rendering

    if out is not None:
        write_bytes_whole(out, record.to_json().encode())
    if as_json:
        sys.stdout.write(record.to_json())
    elif quiet:
        comparison_report.print_last_line(record, wrap=False)
    else:
        comparison_report.print_record(record)
        if out is not None:
            rendering.note(f"record written to {out}")
    if record.target is not None:
        raise typer.Exit(getattr(exit_codes, record.target.verdict.value))
