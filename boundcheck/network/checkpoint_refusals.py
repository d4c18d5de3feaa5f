"""What a checkpoint may not hold: tensors that are no layer of an MLP or cannot be used; each refused by its name."""

import re
from itertools import combinations

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.checkpoint_formats import FLOATS, Tensor

MLP_ONLY = "only plain MLPs are supported; extract the MLP's linear layers"
_OTHER_ARCHITECTURES = {
    "attention": re.compile(r"(^|[._])(attn|attention|[qkv]_proj|in_proj|qkv|query|key|value)(?=$|[._])"),
    "normalization": re.compile(r"(^|[._])(((batch|layer|group|rms|instance)_?)?norm|ln|bn|running)(?=$|[._\d])"),
    "an embedding": re.compile(r"(^|[._])(embed\w*|\w*embeddings?|wte|wpe)(?=$|[._])"),
    "a low-rank adapter": re.compile(r"(^|[._])lora_"),
}


def refuse_other_architectures(name: str, tensor: Tensor, supported: str = MLP_ONLY) -> None:
    """Raise InputError if the name or the shape says attention, normalization, an embedding or an adapter."""
    for kind, pattern in _OTHER_ARCHITECTURES.items():
        if pattern.search(name.lower()):
            raise InputError(f"tensor '{name}': belongs to {kind}, but {supported}")
    if len(tensor.shape) == 1 and name.endswith("weight"):
        raise InputError(f"tensor '{name}': a 1-D weight belongs to normalization or PReLU, but {supported}")


def refuse_kernels(name: str, tensor: Tensor) -> None:
    """Raise InputError if the shape says convolution."""
    if len(tensor.shape) in (3, 4, 5):
        also = ", or verify a chain of 2-D convolutions with --mode conv" if len(tensor.shape) == 4 else ""
        raise InputError(
            f"tensor '{name}': shape={written(tensor.shape)} is a convolution kernel, but {MLP_ONLY}{also}"
        )


def refuse_unusable(name: str, tensor: Tensor, expected_dimensions: int) -> Matrix:
    """The float64 values; InputError for a wrong number of dimensions, size zero, an integer dtype, NaN or infinity."""
    if len(tensor.shape) != expected_dimensions:
        raise InputError(
            f"tensor '{name}': shape={written(tensor.shape)}, expected {expected_dimensions} dimension"
            f"{' of a bias' if expected_dimensions == 1 else 's of a weight'}; correct the checkpoint"
        )
    if 0 in tensor.shape:
        raise InputError(f"tensor '{name}': shape={written(tensor.shape)} holds no numbers; correct the checkpoint")
    if tensor.values is None:
        raise InputError(
            f"tensor '{name}': dtype={tensor.dtype}, expected one of {', '.join(FLOATS)}; "
            "dequantize or convert it first"
        )
    values = tensor.values
    bad = np.count_nonzero(~np.isfinite(values))
    if bad:
        raise InputError(
            f"tensor '{name}': {bad} of {values.size} entries are NaN or infinite, expected finite "
            "numbers; use a checkpoint from before training diverged"
        )
    return values


def refuse_shared(weights: dict[str, Tensor], values: dict[str, Matrix]) -> None:
    """Raise InputError if two weights share memory or are equal, also if one is transposed (all-zero ones may be)."""
    for (first, one), (second, other) in combinations(weights.items(), 2):
        if one.storage is not None and one.storage == other.storage:
            raise InputError(
                f"tensors '{first}' and '{second}': share memory (tied weights), but every layer must "
                "have its own; save copies made with .clone() if they are independent"
            )
        is_equal = any(np.array_equal(values[first], matrix) for matrix in (values[second], values[second].T))
        if is_equal and np.any(values[first]):
            raise InputError(
                f"tensors '{first}' and '{second}': hold the same numbers (tied weights), but every layer "
                "must have its own; untie them and train again"
            )


def written(shape: tuple[int, ...]) -> str:
    """A shape as messages write it: 1000x64; a single number is () in tensors and 'scalar' here."""
    return "x".join(map(str, shape)) or "scalar"
