"""Weights that torch.nn.utils.prune keeps as two tensors, until prune.remove is called: the original and its mask."""

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.network.checkpoint_formats import Tensor
from boundcheck.network.checkpoint_refusals import written

_ORIGINAL, _MASK = "_orig", "_mask"
_ADVICE = "call torch.nn.utils.prune.remove on the layer and save again"


def with_masks_applied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """``weight_orig`` times ``weight_mask`` as ``weight``, at the original's place, and the same for biases.

    A mask holds zeros and ones, so the products are exact. Everything else stays. Raises InputError for an original
    without a mask, a mask without an original, and masks of other shapes or numbers.
    """
    found: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        pruned = name.removesuffix(_ORIGINAL).removesuffix(_MASK)
        if pruned == name or pruned.rpartition(".")[2] not in ("weight", "bias"):
            found[name] = tensor
        elif name.endswith(_ORIGINAL):
            if pruned in tensors:
                raise InputError(f"tensors '{name}' and '{pruned}': both say what the {pruned} is; {_ADVICE}")
            found[pruned] = _masked(name, tensor, tensors.get(pruned + _MASK))
        elif pruned + _ORIGINAL not in tensors:
            raise InputError(f"tensor '{name}': a mask without '{pruned + _ORIGINAL}'; {_ADVICE}")
    return found


def _masked(name: str, original: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        raise InputError(f"tensor '{name}': has no mask beside it; {_ADVICE}")
    if mask.values is None or mask.shape != original.shape or not np.isin(mask.values, (0, 1)).all():
        raise InputError(
            f"tensor '{name}': its mask has dtype={mask.dtype}, shape={written(mask.shape)}, expected zeros and ones "
            f"as floats, one for each of its {written(original.shape)} entries; {_ADVICE}"
        )
    if original.values is None:
        return original
    with np.errstate(invalid="ignore"):  # infinity times zero is NaN, which is refused later
        return Tensor(original.shape, original.dtype, original.values * mask.values)
