"""What can be refused before a compression starts: files, sizes, and requests that no draw can meet."""

from pathlib import Path

from boundcheck.compress.checks import check_request
from boundcheck.compress.choice import Choice, Request, choose, counted_layers
from boundcheck.compress.measure import check_answers
from boundcheck.compress.merge import check_mergeable
from boundcheck.compress.recording import Job
from boundcheck.core.errors import InputError
from boundcheck.network.checkpoint import StoredNetwork
from boundcheck.network.checkpoint_writer import check_format
from boundcheck.network.data import Data
from boundcheck.network.files import check_writable
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.unmeasured import unmeasured_network


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
    network = unmeasured_network(stored, map_side)
    check_request(network, data, job.settings, range(1), job.device, job.dtype)
    check_answers(data, network.widths[-1])
