"""`boundcheck compress`: run Algorithm 1 on a checkpoint, write the smaller network and a record of how it was made."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from boundcheck.compress.recording import Job, Written
    from boundcheck.network.data import Data
    from boundcheck.network.network import Network

    from .rendering import Progress

NETWORK, AMOUNT, DRAW, RUN, OUTPUT = "Network", "How much, and where", "How it is drawn", "Running", "Output"
Option = typer.Option
Text = str | None  # numbers stay text here: they are read exactly, never through a float
NUMBER, LAYERS, NAME = "NUMBER", "N,N,...", "NAME"


def compress(
    context: typer.Context,
    checkpoint: Annotated[Path, typer.Argument(help="safetensors, npz (W1, W2, ...) or torch state_dict")],
    data: Annotated[
        str,
        Option(metavar="NAME or FILE", help="digits, california or a .npy, .npz, .csv file", rich_help_panel=NETWORK),
    ],
    out: Annotated[Path, Option(metavar="FILE", help=".safetensors or .npz", rich_help_panel=OUTPUT)],
    labels: Annotated[
        Text, Option(metavar="FILE", help="labels or targets (.npy, .csv) of a data file", rich_help_panel=NETWORK)
    ] = None,
    activation: Annotated[
        Text, Option(metavar=NAME, help="of the hidden layers, for example tanh", rich_help_panel=NETWORK)
    ] = None,
    output_activation: Annotated[
        Text, Option(metavar=NAME, help="of the output layer; linear if left out", rich_help_panel=NETWORK)
    ] = None,
    map_side: Annotated[
        Text, Option("--map", metavar=NUMBER, help="mode conv: side r of all feature maps", rich_help_panel=NETWORK)
    ] = None,
    padding: Annotated[Text, Option(metavar=NAME, help="mode conv: circular", rich_help_panel=NETWORK)] = None,
    mode: Annotated[
        str,
        Option(
            metavar=NAME,
            help="what is pruned: unstructured (weights), structured (neurons), conv (filters)",
            rich_help_panel=AMOUNT,
        ),
    ] = "unstructured",
    keep: Annotated[
        Text,
        Option(
            metavar=NUMBER,
            help="fraction left nonzero in compressed layers: of weights, of neurons or of filters",
            rich_help_panel=AMOUNT,
        ),
    ] = None,
    sparsity: Annotated[Text, Option(metavar=NUMBER, help="1 - keep", rich_help_panel=AMOUNT)] = None,
    levels: Annotated[
        Text, Option(metavar=NUMBER, help="quantize to 2 levels + 1 values", rich_help_panel=AMOUNT)
    ] = None,
    unquantized: Annotated[
        Text, Option(metavar=NUMBER, help="share of entries left as they are (default 0.01)", rich_help_panel=AMOUNT)
    ] = None,
    wide: Annotated[
        list[str] | None, Option(metavar=LAYERS, help="layers in W, from 1", rich_help_panel=AMOUNT)
    ] = None,
    bottleneck: Annotated[
        list[str] | None, Option(metavar=LAYERS, help="layers in B, from 1", rich_help_panel=AMOUNT)
    ] = None,
    bernoulli: Annotated[
        Text, Option(metavar=NUMBER, help="the draw's keep probability p, else chosen", rich_help_panel=DRAW)
    ] = None,
    alpha: Annotated[
        Text, Option(metavar=NUMBER, help="fraction that is processed (default 0.99 or more)", rich_help_panel=DRAW)
    ] = None,
    draw: Annotated[
        str,
        Option(metavar=NAME, help="independent, or exact-counts: as many weights of every row", rich_help_panel=DRAW),
    ] = "independent",
    order: Annotated[str, Option(metavar=NAME, help="greedy, random or fixed", rich_help_panel=DRAW)] = "greedy",
    objective: Annotated[
        str, Option(metavar=NAME, help="what a score compares: distance or loss", rich_help_panel=DRAW)
    ] = "distance",
    projection: Annotated[
        bool | None,
        Option(
            "--projection/--no-projection",
            help="onto a ball behind compressed blocks; with independent draws the default",
            rich_help_panel=DRAW,
        ),
    ] = None,
    seed: Annotated[str, Option(metavar=NUMBER, help="of all draws and random orders", rich_help_panel=DRAW)] = "0",
    implementation: Annotated[
        str, Option(metavar=NAME, help="of the greedy order: literal, dense or fast", rich_help_panel=RUN)
    ] = "fast",
    device: Annotated[str, Option(metavar=NAME, help="cpu or cuda", rich_help_panel=RUN)] = "cpu",
    dtype: Annotated[str, Option(metavar=NAME, help="float64 or float32", rich_help_panel=RUN)] = "float64",
    memory_limit: Annotated[
        Text, Option(metavar="GB", help="work with less memory, more slowly", rich_help_panel=RUN)
    ] = None,
    record: Annotated[
        Path | None, Option(metavar="FILE", help="of the record; OUT with .json added", rich_help_panel=OUTPUT)
    ] = None,
    merge: Annotated[
        bool, Option("--merge", help="leave pruned neurons or filters of bottlenecks out", rich_help_panel=OUTPUT)
    ] = False,
    as_json: Annotated[
        bool, Option("--json", help="print the record, one JSON object", rich_help_panel=OUTPUT)
    ] = False,
    quiet: Annotated[bool, Option("--quiet", help="print the last line alone", rich_help_panel=OUTPUT)] = False,
) -> None:
    """Prune or quantize a checkpoint at random, as the paper's Algorithm 1 does, and say what it cost."""
    from boundcheck.certify.verify import command_line
    from boundcheck.compress.checks import check_device
    from boundcheck.compress.recording import Job
    from boundcheck.compress.settings import Implementation, Objective, Order, Settings
    from boundcheck.core.rung import DrawKind, Mode
    from boundcheck.network.checkpoint_writer import dtype_for

    from . import arguments, rendering
    from .compression_checks import check_files, check_fits, chosen
    from .convolutions import Convolutions
    from .given import integer

    shares = {"keep": keep, "sparsity": sparsity, "levels": levels, "unquantized": unquantized}
    request = arguments.compression(**shares, alpha=alpha, bernoulli=bernoulli, mode=mode, draw=draw)
    sets = arguments.compressed_sets(wide or (), bottleneck or ())
    number, limit = integer("seed", seed, "0"), arguments.gigabytes("memory-limit", memory_limit)
    ordered, compared = arguments.one_of("order", order, Order), arguments.one_of("objective", objective, Objective)
    way = arguments.one_of("implementation", implementation, Implementation)
    record = record or out.with_name(f"{out.name}.json")
    check_files(checkpoint, data, labels, out, record)
    check_device(device, dtype)
    described = (activation, output_activation, sets, arguments.granularity(mode))
    maps = Convolutions((), None, map_side, padding, None)
    with rendering.working("reading the network", shown=not (quiet or as_json)) as progress:
        stored = arguments.stored(checkpoint, *described, maps)
        choice = chosen(request, sets, stored, merge)
        is_exact = request.draw is DrawKind.EXACT_COUNTS
        settings = Settings(
            request.mode,
            sets,
            choice.alpha,
            choice.bernoulli,
            request.levels,
            ordered,
            compared,
            way,
            projection=not is_exact if projection is None else projection,
            seed=number,
            keep=request.keep if is_exact else None,
        )
        file_type = dtype_for([layer.dtype for layer in stored.layers])
        command = command_line(context.obj)
        job = Job(request, choice, settings, out, file_type, device, dtype, limit, merge, command)
        loaded = _load(data, labels, progress)
        check_fits(job, loaded, stored, maps.of_checkpoint(checkpoint) if request.mode is Mode.CONV else None)
        written = _run(job, arguments.measured(checkpoint, *described, maps), loaded, progress)
    _deliver(written, out, record, as_json, quiet)


def _load(data: str, labels: str | None, progress: "Progress") -> "Data":
    from boundcheck.network.data import load_data

    progress(f"loading data {data}")
    return load_data(data, labels)


def _run(job: "Job", network: "Network", data: "Data", progress: "Progress") -> "Written":
    """Compress, round and measure."""
    from boundcheck.compress.compress import compress as run
    from boundcheck.compress.recording import recorded

    start = time.perf_counter()
    found = run(
        network,
        data,
        job.settings,
        device=job.device,
        dtype=job.dtype,
        memory_limit=job.memory_limit,
        progress=lambda stage, share: progress(f"compressing: {stage}"),
    )
    seconds = time.perf_counter() - start
    progress("measuring what was written on the data")
    return recorded(job, network, data, found[0], seconds)


def _deliver(written: "Written", out: Path, record: Path, as_json: bool, quiet: bool) -> None:
    """The network first, the record last, both or none; then what a person or a program reads of it."""
    from boundcheck.network.files import write_files_whole

    from . import compression_report

    write_files_whole({out: written.content, record: written.record.to_json().encode()})
    if as_json:
        sys.stdout.write(written.record.to_json())
    elif quiet:
        compression_report.print_last_line(written.record, wrap=False)
    else:
        compression_report.print_record(written.record, record)
