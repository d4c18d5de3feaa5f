"""`boundcheck train`: a small network to verify, trained on a built-in data set."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="digits or california")],
    widths: Annotated[list[str], typer.Option(metavar="N,N,...", help="n_1,...,n_{m+1}, for example 64,1000,40,10")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="safetensors file to write")],
    activation: Annotated[str, typer.Option(metavar="NAME", help="of the hidden layers")] = "tanh",
    epochs: Annotated[str, typer.Option(metavar="NUMBER", help="passes over the training samples")] = "30",
    seed: Annotated[str, typer.Option(metavar="NUMBER", help="of the initial weights, the split and the order")] = "0",
) -> None:
    """Train a small network without biases on a built-in data set and save it."""
    from boundcheck.network.train import train_network

    from . import given, rendering

    sizes = given.integers("widths", widths, "64,1000,40,10")
    passes, start = given.integer("epochs", epochs, "30"), given.integer("seed", seed, "0")
    with rendering.working(f"training on {dataset}") as progress:
        result = train_network(
            dataset, sizes, activation, passes, start, out, lambda stage, share: progress(f"training: {stage}")
        )
    rendering.console().print(
        f"{result.measure} {result.score:.4f} on the held-out samples after {result.epochs} epochs "
        f"({result.seconds:.1f} s); written to {out}"
    )
