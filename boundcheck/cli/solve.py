"""`boundcheck solve`: how wide, how sparse, how fine, how exact: the least value that a statement certifies."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import exit_codes
from .verify import DATA, LAYERS, NAME, NETWORK, NUMBER, OUTPUT, PROPOSAL, TARGET, Text, check_files, load

if TYPE_CHECKING:
    from boundcheck.network.network import Network
    from boundcheck.solve.record import Solution

EPILOG = (
    "Exit codes: 0 an answer was found; 1 none holds, which is no proof that the network cannot be compressed; 2 bad "
    "input; 3 undecided, or boundcheck itself broke."
)
QUESTION = "Question"
Option = typer.Option


def solve(
    context: typer.Context,
    checkpoint: Annotated[
        Path | None, typer.Argument(help="safetensors, npz (W1, W2, ...) or torch state_dict; or use --widths")
    ] = None,
    least: Annotated[
        Text,
        Option(metavar=NAME, help="what is wanted: keep, levels, error, width, split", rich_help_panel=QUESTION),
    ] = None,
    layer: Annotated[
        Text,
        Option(metavar=NUMBER, help="width: whose output width; --widths gives the others'", rich_help_panel=QUESTION),
    ] = None,
    budget: Annotated[
        Text,
        Option(
            metavar=NUMBER,
            help="split: kept fraction of the whole network, split among layers for the least error",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    resolution: Annotated[
        str,
        Option(metavar=NUMBER, help="steps of keep and of a split; relative, of an error", rich_help_panel=QUESTION),
    ] = "0.001",
    widths: Annotated[list[str] | None, Option(metavar=LAYERS, help="n_1,...,n_{m+1}", rich_help_panel=NETWORK)] = None,
    c1: Annotated[
        Text, Option("--c1", metavar=NUMBER, help="every operator norm is at most this", rich_help_panel=NETWORK)
    ] = None,
    c2: Annotated[
        Text,
        Option(
            "--c2", metavar=NUMBER, help="entries are at most this over the root of the width", rich_help_panel=NETWORK
        ),
    ] = None,
    channels: Annotated[
        list[str] | None, Option(metavar=LAYERS, help="mode conv: d_1,...,d_{m+1}", rich_help_panel=NETWORK)
    ] = None,
    kernel: Annotated[
        Text, Option(metavar=NUMBER, help="mode conv: side q of the q x q kernels", rich_help_panel=NETWORK)
    ] = None,
    map_side: Annotated[
        Text, Option("--map", metavar=NUMBER, help="mode conv: side r of all feature maps", rich_help_panel=NETWORK)
    ] = None,
    padding: Annotated[Text, Option(metavar=NAME, help="mode conv: circular", rich_help_panel=NETWORK)] = None,
    stride: Annotated[Text, Option(metavar=NUMBER, help="mode conv: 1", rich_help_panel=NETWORK)] = None,
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
        str, Option(metavar=NAME, help="what is pruned: unstructured, structured, conv", rich_help_panel=PROPOSAL)
    ] = "unstructured",
    keep: Annotated[
        Text, Option(metavar=NUMBER, help="kept fraction, where it is not wanted", rich_help_panel=PROPOSAL)
    ] = None,
    levels: Annotated[
        Text, Option(metavar=NUMBER, help="quantization levels, where they are not wanted", rich_help_panel=PROPOSAL)
    ] = None,
    unquantized: Annotated[
        Text, Option(metavar=NUMBER, help="share of entries that quantization may leave", rich_help_panel=PROPOSAL)
    ] = None,
    wide: Annotated[
        list[str] | None, Option(metavar=LAYERS, help="layers in W; neither set: auto", rich_help_panel=PROPOSAL)
    ] = None,
    bottleneck: Annotated[
        list[str] | None, Option(metavar=LAYERS, help="layers in B", rich_help_panel=PROPOSAL)
    ] = None,
    bernoulli: Annotated[
        Text, Option(metavar=NUMBER, help="fix the draw's keep probability p, else chosen", rich_help_panel=PROPOSAL)
    ] = None,
    alpha: Annotated[
        Text, Option(metavar=NUMBER, help="fix the fraction that is processed", rich_help_panel=PROPOSAL)
    ] = None,
    draw: Annotated[
        str, Option(metavar=NAME, help="independent, or exact-counts", rich_help_panel=PROPOSAL)
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
    xi: Annotated[Text, Option(metavar=NUMBER, help="the theorem's xi", rich_help_panel=TARGET)] = None,
    data: Annotated[
        Text, Option(metavar="NAME or FILE", help="input distribution, as for verify", rich_help_panel=DATA)
    ] = None,
    labels: Annotated[Text, Option(metavar="FILE", help="labels of a data file", rich_help_panel=DATA)] = None,
    as_json: Annotated[
        bool, Option("--json", help="print the solution, one JSON object", rich_help_panel=OUTPUT)
    ] = False,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="write the solution to this file", rich_help_panel=OUTPUT)
    ] = None,
    quiet: Annotated[bool, Option("--quiet", help="print the answer's line alone", rich_help_panel=OUTPUT)] = False,
) -> None:
    """Find the least keep, levels, error or width that is certified, or the best split of a budget among layers."""
    from boundcheck.certify.verify import command_line
    from boundcheck.network.layer_sets import check_layer_sets
    from boundcheck.solve.record import Least
    from boundcheck.solve.solve import solve as find

    from . import arguments, rendering
    from .convolutions import Convolutions
    from .given import fraction, integer
    from .wanted import asked_for, given_share, with_width

    wanted = asked_for(least, layer, budget)
    acceptable = arguments.target(max_relative_error, max_error, xi)
    share = given_share(wanted, keep, levels, any((max_relative_error, max_error, xi)))
    asked = arguments.proposal(
        keep=share["keep"],
        levels=share["levels"],
        sparsity=None,
        unquantized=unquantized,
        sets=arguments.layer_sets(wide or (), bottleneck or ()),
        bernoulli=bernoulli,
        alpha=alpha,
        acceptable=acceptable,
        mode=mode,
        draw=draw,
        effort=effort,
    )
    number = None if layer is None else integer("layer", layer, "2")
    parts, steps = fraction("budget", budget), fraction("resolution", resolution)
    check_files(checkpoint, widths, channels, data, labels, out)

    def network(sizes: list[str] | None, maps: list[str] | None) -> "Network":
        return arguments.network(
            checkpoint=checkpoint,
            widths=sizes or (),
            c1=c1,
            c2=c2,
            law=law,
            failure_probability=failure_probability,
            activation=activation,
            output_activation=output_activation,
            sets=asked.sets,
            mode=asked.granularity,
            convolutions=Convolutions(maps or (), kernel, map_side, padding, stride),
        )

    with rendering.working("reading the network", shown=not (quiet or as_json)) as progress:
        given = network(widths, channels)
        if asked.sets is not None:
            check_layer_sets(asked.sets, given.depth)
        loaded = load(data, labels, given, progress)
        assert steps is not None
        solution = find(
            given,
            asked,
            wanted,
            loaded,
            layer=number,
            network_of_width=None
            if wanted is not Least.WIDTH or checkpoint is not None
            else lambda width: network(with_width(widths, number, width), with_width(channels, number, width)),
            budget=parts,
            resolution=steps,
            command=command_line(context.obj),
            progress=progress,
        )
    _deliver(solution, as_json, out, quiet)


def _deliver(solution: "Solution", as_json: bool, out: Path | None, quiet: bool) -> None:
    """Write, print, and leave with the verdict's exit code."""
    from boundcheck.network.files import write_files_whole

    from . import rendering, solve_report

    if out is not None:
        write_files_whole({out: solution.to_json().encode()})
    if as_json:
        sys.stdout.write(solution.to_json())
    elif quiet:
        solve_report.print_line(solution, wrap=False)
    else:
        solve_report.print_solution(solution)
        if out is not None:
            rendering.note(f"solution written to {out}")
    raise typer.Exit(getattr(exit_codes, solution.verdict.value))
