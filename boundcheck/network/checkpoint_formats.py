"""Reads a checkpoint file into named arrays: safetensors, npz or a torch state_dict. Nothing is ever unpickled."""

import io
import json
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.array_files import read_npz

FLOATS = ("float16", "bfloat16", "float32", "float64")
# torch's format before 1.6 starts with its own magic number, pickled with protocol 2.
_OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"
FORMATS = "expected safetensors, npz or a torch state_dict"


@dataclass(frozen=True)
class Tensor:
    """One named array as stored: ``values`` in float64 (exact), None where ``dtype`` is not a supported float.

    storage: tensors of a torch file that share memory have the same number; None in the other formats.
    """

    shape: tuple[int, ...]
    dtype: str
    values: Matrix | None
    storage: int | None = None


@dataclass(frozen=True)
class CheckpointContent:
    """The tensors in file order, the file's own text entries (activation names and the like), and its format."""

    tensors: dict[str, Tensor]
    metadata: dict[str, str]
    is_torch: bool = False


def read_checkpoint(path: Path, content: bytes) -> CheckpointContent:
    """Recognize the format by the content and read it. InputError (one line) for anything else or a damaged file."""
    if content[:2] == b"PK":
        return _read_torch(path, content) if _holds_torch_record(path, content) else _read_npz(path, content)
    if content[8:9] == b"{":
        return _read_safetensors(path, content)
    if content.startswith(_OLD_TORCH):
        return _read_torch(path, content)
    if content[:1] == b"\x80":
        raise InputError(
            f"path={path}: is a Python pickle, which is never opened since it can run code; "
            "save model.state_dict() with torch.save, or use safetensors"
        )
    if content[:6] == b"\x93NUMPY":
        raise InputError(f"path={path}: is a single array; put the layers into one npz as W1, W2, ...")
    raise InputError(f"path={path}: not a checkpoint, {FORMATS}; export the weights in one of them")


def is_torch_file(path: Path, content: bytes) -> bool:
    """Whether the content is in torch's own format, without reading it. InputError for a damaged archive."""
    return content.startswith(_OLD_TORCH) or (content[:2] == b"PK" and _holds_torch_record(path, content))


def _damaged(path: Path, kind: str) -> InputError:
    return InputError(f"path={path}: the {kind} file is damaged or cut short; write or copy it again")


def _holds_torch_record(path: Path, content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.split("/")[-1] == "data.pkl" for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _damaged(path, "npz or torch") from None


def _read_safetensors(path: Path, content: bytes) -> CheckpointContent:
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(content)  # type: ignore[no-untyped-call]
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    except (SafetensorError, ValueError):
        raise _damaged(path, "safetensors") from None
    tensors = {}
    for name, entry in entries:
        shape, stored = tuple(entry["shape"]), entry["dtype"]
        known = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}
        values = None
        if stored in known:
            values = _upcast(bytes(entry["data"]), known[stored]).reshape(shape)
        tensors[name] = Tensor(shape, known.get(stored, stored), values)
    order = [name for name in header if name != "__metadata__"]
    return CheckpointContent({name: tensors[name] for name in order}, dict(header.get("__metadata__", {})))


def _upcast(data: bytes, dtype: str) -> Matrix:
    """Little-endian floats to float64, exactly. bfloat16 is the upper half of a float32."""
    if dtype == "bfloat16":
        halves = np.frombuffer(data, dtype="<u2").astype(np.uint32) << 16
        return halves.view(np.float32).astype(np.float64)
    return np.frombuffer(data, dtype=np.dtype(dtype).newbyteorder("<")).astype(np.float64)


def _read_npz(path: Path, content: bytes) -> CheckpointContent:
    tensors, metadata = {}, {}
    for name, array in read_npz(path, content).items():
        dtype = array.dtype.name
        if array.dtype.kind == "U" and array.ndim == 0:
            metadata[name] = str(array)
        else:
            tensors[name] = Tensor(array.shape, dtype, array.astype(np.float64) if dtype in FLOATS else None)
    return CheckpointContent(tensors, metadata)


def _read_torch(path: Path, content: bytes) -> CheckpointContent:
    try:
        import torch
    except ImportError:
        raise InputError(
            f"path={path}: torch's format needs torch; install boundcheck[torch], or convert the file to safetensors"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about versions of the format; what cannot be read raises
            state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds here, and none of them may become a traceback
        if "weights_only" in str(error) or "Unsupported" in str(error):
            raise InputError(
                f"path={path}: holds Python objects besides tensors, which are never opened since they "
                "can run code; save model.state_dict() instead of the model"
            ) from None
        raise _damaged(path, "torch") from None
    if not isinstance(state, dict):
        raise InputError(
            f"path={path}: holds a {type(state).__name__}, expected a plain dict of tensors; save model.state_dict()"
        )
    tensors = {str(name): _torch_tensor(path, name, value) for name, value in state.items()}
    return CheckpointContent(tensors, {}, is_torch=True)


def _torch_tensor(path: Path, name: Any, value: Any) -> Tensor:
    import torch

    if not isinstance(value, torch.Tensor):
        raise InputError(
            f"path={path}: entry '{name}' is a {type(value).__name__}, expected a tensor; save model.state_dict() alone"
        )
    shape, dtype = tuple(value.shape), str(value.dtype).removeprefix("torch.")
    if value.layout != torch.strided or value.device.type != "cpu":
        raise InputError(
            f"tensor '{name}': layout={value.layout}, device={value.device}, expected a dense tensor with "
            "its values; save dense copies of the weights"
        )
    if dtype not in FLOATS:
        return Tensor(shape, dtype, None)
    storage = value.untyped_storage().data_ptr() if value.numel() else None
    return Tensor(shape, dtype, value.detach().to(torch.float64).resolve_neg().numpy(), storage)
