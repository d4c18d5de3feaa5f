"""Where the inputs of a certificate or record are now, and whether they are the same files."""

import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boundcheck.core.errors import InputError
from boundcheck.network.checkpoint_formats import is_torch_file
from boundcheck.network.data import Data, load_data
from boundcheck.network.files import read_file

from .findings import Part

DATA = "data="
BUILT_IN = ("digits", "california")


@dataclass(frozen=True)
class Places:
    """Where inputs are that have moved; None: where the file says. ``folder``: the checked file's own.

    checkpoint: of a certificate's network, or its safetensors copy. dense, compressed: of a compression record.
    """

    folder: Path
    checkpoint: Path | None = None
    dense: Path | None = None
    compressed: Path | None = None
    data: str | None = None
    labels: str | None = None


def located(recorded: str, given: Path | None, folder: Path, option: str) -> Path:
    """The file as given, else at its recorded path, else in the checked file's folder. Raises InputError if nowhere."""
    if given is not None:
        return given
    found = first_there(recorded, folder)
    if found is None:
        raise InputError(f"path={recorded}: no such file, here or in {folder}; say where it is now with {option}")
    return found


def first_there(recorded: str, folder: Path) -> Path | None:
    """Where a recorded path leads; None if nowhere."""
    candidates = (Path(recorded), folder / recorded, folder / Path(recorded).name)
    return next((path for path in candidates if path.is_file()), None)


def split_inputs(inputs: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The recorded inputs: paths of checkpoints, and descriptions of data."""
    data = [name for name in inputs if name.startswith(DATA)]
    return [name for name in inputs if name not in data], data


def same_file(part: Part, path: Path, field: str, recorded: str) -> bytes:
    """The file's content, its SHA-256 compared with what is recorded."""
    content = read_file(path)
    found = hashlib.sha256(content).hexdigest()
    part.same(field, recorded, found, f"{path} is another file than the one that was used")
    return content


def check_torch_original(part: Part, recorded: str, digest: str, folder: Path, copy_field: str) -> None:
    """A safetensors copy stands for a torch file alone, and only torch can tell that it holds the same tensors.

    The original is not needed; if it is there, it must be the file that was used.
    """
    field, original = f"provenance.inputs_sha256.{recorded}", first_there(recorded, folder)
    if original is not None:
        is_torch = is_torch_file(original, same_file(part, original, field, digest))
    else:
        is_torch = Path(recorded).suffix.lower() not in (".safetensors", ".npz")
    part.expect(is_torch, copy_field, None, None, f"{recorded} is no torch file and needs no copy")
    part.take_as_recorded(field, f"that the safetensors copy holds the tensors of {recorded}: only torch can tell")


def recorded_data(part: Part, description: str, recorded: str, places: Places, command: str) -> Data:
    """The data, their digest compared with what is recorded. Raises InputError if they cannot be read."""
    spec = description.removeprefix(DATA)
    if places.data is not None:
        spec = places.data
    elif spec not in BUILT_IN:
        spec = str(located(spec, None, places.folder, "--data"))
    data = load_data(spec, _labels(spec, places, command))
    why = f"{data.description} holds other samples or labels than were used; labels of their own are named by --labels"
    part.same(f"provenance.inputs_sha256.{description}", recorded, data.sha256, why)
    return data


def _labels(spec: str, places: Places, command: str) -> str | None:
    """Where the labels are: as given, else where the recorded command looked for them. Their digest decides."""
    if places.labels is not None or spec in BUILT_IN:
        return places.labels
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    for place, word in enumerate(words):
        name, _, value = word.partition("=")
        if name == "--labels":
            said = value or next(iter(words[place + 1 :]), "")
            found = first_there(said, places.folder) if said else None
            if found is None:
                raise InputError(f"path={said}: no such file; say with --labels where the labels are now")
            return str(found)
    return None
