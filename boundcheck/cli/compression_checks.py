"""What can be refused before a compression starts: files, sizes, and requests that no draw can meet."""

from pathlib import Path

from boundcheck.compress.checks import check_request
from boundcheck.compress.choice import Choice, Request, choose, counted_layers
from boundcheck.compress.measure import check_answers
from boundcheck.compress.merge import check_mergeable
from boundcheck.compress.recording import Job
from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball, nan_ball
from boundcheck.network.activation import Activation
from boundcheck.network.checkpoint import StoredNetwork
from boundcheck.network.checkpoint_layers import StoredLayer
from boundcheck.network.checkpoint_writer import check_format
from boundcheck.network.data import Data
from boundcheck.network.files import check_writable
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Layer, Network


def check_files(checkpoint: Path, data: str, labels: str | None, out: Path, record: Path) -> None:
    """Raise InputError unless both files can be written, in a known format, and neither is an input or the other."""
    check_format(out)
    inputs = {Path(path).resolve() for path in (checkpoint, data, labels) if path is not None}
    for name, path in (("out", out), ("record", record)):
        check_writable(path)
        if path.resolve() in inputs:
            raise InputError(f"{name}={path}: is one of the inputs and would be overwritten; choose another file name")
    if out.resolve() == record.resolve():
        raise InputError(f"record={record}: is also where the network goes (out); choose another file name")


def chosen(request: Request, sets: LayerSets, stored: StoredNetwork, merges: bool) -> Choice:
    """How to draw from these layers to keep the promise asked for."""
    counted = counted_layers(request.mode, sets, [layer.weight for layer in stored.layers])
    if merges:
        check_mergeable(counted)
    return choose(request, counted)


def check_fits(job: Job, data: Data, stored: StoredNetwork, map_side: int | None) -> None:
    """Raise InputError unless settings, layers and data fit together, before the layers' norms are enclosed."""
    places = 1 if map_side is None else map_side**2
    layers = tuple(
        _unmeasured(entry, phi, places) for entry, phi in zip(stored.layers, stored.activations, strict=True)
    )
    weights = tuple(entry.weight for entry in stored.layers)
    network = Network(layers, ball(1), nan_ball(), nan_ball(), stored.origin, weights, (None,) * len(weights))
    check_request(network, data, job.settings, range(1), job.device, job.dtype)
    check_answers(data, network.widths[-1])


def _unmeasured(entry: StoredLayer, activation: Activation | None, places: int) -> Layer:
    d_out, d_in, *kernel = entry.weight.shape
    side = kernel[0] if kernel else None
    has_bias = entry.bias is not None
    sizes = (d_in * places, d_out * places)
    return Layer(entry.name, *sizes, nan_ball(), nan_ball(), activation, has_bias, places, None, side)
