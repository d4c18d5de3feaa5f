"""`boundcheck verify`: does a statement certify this proposal for this network?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import exit_codes

if TYPE_CHECKING:
    from boundcheck.certify.certificate import Certificate
    from boundcheck.network.data import Data
    from boundcheck.network.network import Network

    from .rendering import Progress

NETWORK, PROPOSAL, TARGET, DATA, OUTPUT = "Network", "Proposal", "Acceptable error", "Data", "Output"
Option = typer.Option
Text = str | None  # numbers stay text here: they are read exactly, never through a float
NUMBER, LAYERS, NAME = "NUMBER", "N,N,...", "NAME"


def verify(
    context: typer.Context,
    checkpoint: Annotated[
        Path | None, typer.Argument(help="safetensors, npz (W1, W2, ...) or torch state_dict; or use --widths")
    ] = None,
    widths: Annotated[
        list[str] | None,
        Option(metavar=LAYERS, help="n_1,...,n_{m+1}, for example 64,1000,40,10", rich_help_panel=NETWORK),
    ] = None,
    c1: Annotated[
        Text, Option("--c1", metavar=NUMBER, help="every operator norm is at most this", rich_help_panel=NETWORK)
    ] = None,
    c2: Annotated[
        Text,
        Option(
            "--c2",
            metavar=NUMBER,
            help="entries are at most this over the root of the larger width (mode conv: q times that of the channels)",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    channels: Annotated[
        list[str] | None,
        Option(metavar=LAYERS, help="mode conv: d_1,...,d_{m+1}, for example 3,256,16", rich_help_panel=NETWORK),
    ] = None,
    kernel: Annotated[
        Text, Option(metavar=NUMBER, help="mode conv: side q of the q x q kernels", rich_help_panel=NETWORK)
    ] = None,
    map_side: Annotated[
        Text, Option("--map", metavar=NUMBER, help="mode conv: side r of all feature maps", rich_help_panel=NETWORK)
    ] = None,
    padding: Annotated[
        Text,
        Option(metavar=NAME, help="mode conv: circular, to be said of a checkpoint", rich_help_panel=NETWORK),
    ] = None,
    stride: Annotated[
        Text, Option(metavar=NUMBER, help="mode conv: 1, which is covered alone", rich_help_panel=NETWORK)
    ] = None,
    law: Annotated[
        Text, Option(metavar=NAME, help="weights drawn from glorot or kaiming", rich_help_panel=NETWORK)
    ] = None,
    failure_probability: Annotated[
        Text, Option(metavar=NUMBER, help="with --law: probability that the constants fail", rich_help_panel=NETWORK)
    ] = None,
    activation: Annotated[
        Text, Option(metavar=NAME, help="of the hidden layers, for example tanh", rich_help_panel=NETWORK)
    ] = None,
    output_activation: Annotated[
        Text, Option(metavar=NAME, help="of the output layer; linear if left out", rich_help_panel=NETWORK)
    ] = None,
    mode: Annotated[
        str,
        Option(
            metavar=NAME,
            help="what is pruned: unstructured (weights), structured (neurons), conv (filters)",
            rich_help_panel=PROPOSAL,
        ),
    ] = "unstructured",
    keep: Annotated[
        Text,
        Option(
            metavar=NUMBER,
            help="fraction left nonzero in compressed layers: of weights, of neurons or of filters",
            rich_help_panel=PROPOSAL,
        ),
    ] = None,
    sparsity: Annotated[Text, Option(metavar=NUMBER, help="1 - keep", rich_help_panel=PROPOSAL)] = None,
    levels: Annotated[
        Text, Option(metavar=NUMBER, help="quantize to 2 levels + 1 values", rich_help_panel=PROPOSAL)
    ] = None,
    unquantized: Annotated[
        Text,
        Option(
            metavar=NUMBER, help="share of entries that quantization may leave (default 0.01)", rich_help_panel=PROPOSAL
        ),
    ] = None,
    wide: Annotated[
        list[str] | None,
        Option(metavar=LAYERS, help="layers in W, from 1; neither set: auto", rich_help_panel=PROPOSAL),
    ] = None,
    bottleneck: Annotated[
        list[str] | None, Option(metavar=LAYERS, help="layers in B, from 1", rich_help_panel=PROPOSAL)
    ] = None,
    bernoulli: Annotated[
        Text, Option(metavar=NUMBER, help="fix the draw's keep probability p, else chosen", rich_help_panel=PROPOSAL)
    ] = None,
    alpha: Annotated[
        Text, Option(metavar=NUMBER, help="fix the fraction that is processed", rich_help_panel=PROPOSAL)
    ] = None,
    draw: Annotated[
        str,
        Option(metavar=NAME, help="independent, or exact-counts: as many of every row", rich_help_panel=PROPOSAL),
    ] = "independent",
    effort: Annotated[
        str,
        Option(
            metavar=NAME,
            help="plain, tight or near-exact: how closely sharp-data bounds every unit at the data",
            rich_help_panel=PROPOSAL,
        ),
    ] = "tight",
    max_relative_error: Annotated[
        Text, Option(metavar=NUMBER, help="times the trivial bound (default 0.1)", rich_help_panel=TARGET)
    ] = None,
    max_error: Annotated[
        Text, Option(metavar=NUMBER, help="mean squared distance of the outputs", rich_help_panel=TARGET)
    ] = None,
    xi: Annotated[
        Text, Option(metavar=NUMBER, help="the theorem's xi: error c_1^{2m} (1 + xi)^m xi", rich_help_panel=TARGET)
    ] = None,
    data: Annotated[
        Text,
        Option(
            metavar="NAME or FILE",
            help="input distribution: digits, california or a .npy, .npz, .csv file",
            rich_help_panel=DATA,
        ),
    ] = None,
    labels: Annotated[
        Text,
        Option(
            metavar="FILE", help="labels or targets (.npy, .csv) of a data file, for the loss", rich_help_panel=DATA
        ),
    ] = None,
    as_json: Annotated[
        bool, Option("--json", help="print the certificate, one JSON object", rich_help_panel=OUTPUT)
    ] = False,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="write the certificate to this file", rich_help_panel=OUTPUT)
    ] = None,
    quiet: Annotated[bool, Option("--quiet", help="print the verdict line alone", rich_help_panel=OUTPUT)] = False,
) -> None:
    """Verify a proposed sparsity or quantization against widths or a checkpoint."""
    from boundcheck.certify.verify import checkpoint_copy, command_line
    from boundcheck.certify.verify import verify as certify
    from boundcheck.network.layer_sets import check_layer_sets

    from . import arguments, rendering
    from .convolutions import Convolutions

    asked = arguments.proposal(
        keep=keep,
        sparsity=sparsity,
        levels=levels,
        unquantized=unquantized,
        sets=arguments.layer_sets(wide or (), bottleneck or ()),
        bernoulli=bernoulli,
        alpha=alpha,
        acceptable=arguments.target(max_relative_error, max_error, xi),
        mode=mode,
        draw=draw,
        effort=effort,
    )
    check_files(checkpoint, widths, channels, data, labels, out)
    with rendering.working("reading the network", shown=not (quiet or as_json)) as progress:
        network = arguments.network(
            checkpoint=checkpoint,
            widths=widths or (),
            c1=c1,
            c2=c2,
            law=law,
            failure_probability=failure_probability,
            activation=activation,
            output_activation=output_activation,
            sets=asked.sets,
            mode=asked.granularity,
            convolutions=Convolutions(channels or (), kernel, map_side, padding, stride),
        )
        if asked.sets is not None:
            check_layer_sets(asked.sets, network.depth)
        loaded = load(data, labels, network, progress)
        started = progress if quiet or as_json else rendering.showing_layers_first(network, progress)
        name = None if out is None else f"{out.name}.safetensors"
        certificate = certify(network, asked, loaded, command=command_line(context.obj), copy=name, progress=started)
        copy = checkpoint_copy(network)
    _deliver(certificate, copy, as_json, out, quiet)


def check_files(
    checkpoint: Path | None,
    widths: list[str] | None,
    channels: list[str] | None,
    data: str | None,
    labels: str | None,
    out: Path | None,
) -> None:
    """What can be said about the files before any of them is read."""
    from boundcheck.core.errors import InputError
    from boundcheck.network.files import check_writable

    if labels is not None and data is None:
        raise InputError(f"labels={labels}: belong to data, and none are given; add --data, or drop --labels")
    if data is not None and checkpoint is None and (widths or channels):
        raise InputError(
            f"data={data}: needs weights to run through, and --{'widths' if widths else 'channels'} gives none; name a "
            "checkpoint instead"
        )
    if out is not None:
        check_writable(out)
        inputs = [str(path) for path in (checkpoint, data, labels) if path is not None]
        if out.resolve() in {Path(path).resolve() for path in inputs}:
            raise InputError(f"out={out}: is one of the inputs and would be overwritten; choose another file name")


def load(data: str | None, labels: str | None, network: "Network", progress: "Progress") -> "Data | None":
    from boundcheck.network.data import check_data, load_data

    if data is None:
        return None
    progress(f"loading data {data}")
    loaded = load_data(data, labels)
    check_data(loaded, network)
    return loaded


def _deliver(certificate: "Certificate", copy: bytes | None, as_json: bool, out: Path | None, quiet: bool) -> None:
    """Write (a torch file's safetensors copy first), print, and leave with the verdict's exit code."""
    from boundcheck.network.files import write_files_whole

    from . import rendering

    if out is not None:
        copied = {} if copy is None else {out.with_name(f"{out.name}.safetensors"): copy}
        write_files_whole({**copied, out: certificate.to_json().encode()})
    if as_json:
        sys.stdout.write(certificate.to_json())
    elif quiet:
        rendering.print_verdict(certificate, wrap=False)
    else:
        rendering.print_certificate(certificate)
        if out is not None:
            rendering.note(f"certificate written to {out}{_and_copy(copied)}")
    raise typer.Exit(getattr(exit_codes, certificate.verdict.value))


def _and_copy(copied: dict[Path, bytes]) -> str:
    return "".join(f", a safetensors copy of the checkpoint, for `boundcheck check`, to {path}" for path in copied)
