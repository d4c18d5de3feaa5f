"""What a comparison certifies and what it does not, in sentences."""

import json
from pathlib import Path

from boundcheck.exact.ball import rational_text
from boundcheck.network.network import Network

from .limits import Fresh, Limits
from .pair import Pair

_SCOPE = (
    "what is enclosed here is certified for this pair; a certificate of `boundcheck verify` says that some compressed "
    "network is close, and covers a given one only if that is the realization it exhibits"
)
_SAMPLES_ALONE = (
    "nothing is said about other inputs than these samples; for a fresh sample that had no part in choosing the "
    "compression, --fresh-sample gives confidence limits"
)


def notes(pair: Pair, fresh: Fresh | None, limits: Limits | None) -> list[str]:
    """The sentences that go with this comparison."""
    found = [_SCOPE]
    if fresh is None or limits is None:
        found.append(_SAMPLES_ALONE)
    else:
        found += _of_limits(fresh, limits)
    return found + _projections(pair.compressed)


def _of_limits(fresh: Fresh, limits: Limits) -> list[str]:
    found = [
        "the limits hold if the samples are independent draws that had no part in choosing the compression, as "
        "--fresh-sample states; of errors they take the upper ends of enclosures, and undecided predictions count as "
        "changed"
    ]
    if fresh.input_radius is None:
        found.append(
            "there is no limit for the error: it takes a largest error that is proved for all inputs, and the samples "
            "do not bound the norm of others; state it with --input-radius"
        )
    else:
        found.append(
            f"the limit for the error holds if no input's norm exceeds {rational_text(fresh.input_radius)}, as stated"
        )
    return found


def _projections(compressed: Network) -> list[str]:
    """The record of `boundcheck compress` beside the file, if it is this file's, may tell of projections."""
    layers = _projected_layers(compressed)
    if not layers:
        return []
    return [
        f"{compressed.origin.path} was made with projections behind layer{'s' * (len(layers) > 1)} "
        f"{', '.join(map(str, layers))}, as {Path(compressed.origin.path or '').name}.json says; they are not in the "
        "file, and compared is the network without them"
    ]


def _projected_layers(compressed: Network) -> list[int]:
    path = Path(compressed.origin.path or "")
    try:
        record = json.loads(path.with_name(f"{path.name}.json").read_bytes())
        if record["schema"] != "boundcheck/compression/1" or record["network"]["sha256"] != compressed.origin.sha256:
            return []
        return [int(projection["layer"]) for projection in record["projections"]]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):  # it is no such record
        return []
