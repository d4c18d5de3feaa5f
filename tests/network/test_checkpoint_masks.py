"""torch.nn.utils.prune's two tensors are read as the one weight that the network uses; anything else is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.utils import prune

from boundcheck.core.errors import InputError
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.convolution import convolutional_network_from_checkpoint

RELU = parse_activation("relu")
ADVICE = "call torch.nn.utils.prune.remove on the layer and save again"


def saved(path: Path, tensors: dict[str, torch.Tensor]) -> Path:
    torch.save(tensors, path)
    return path


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_masked_weights_and_biases_are_those_after_prune_remove(tmp_path: Path, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.ReLU(), torch.nn.Linear(7, 3)).to(dtype)
    prune.l1_unstructured(model[0], "weight", amount=0.6)
    prune.random_unstructured(model[0], "bias", amount=3)
    prune.ln_structured(model[2], "weight", amount=1, n=2, dim=0)
    masked = network_from_checkpoint(saved(tmp_path / "masked.pt", model.state_dict()), RELU)
    for layer, name in ((model[0], "weight"), (model[0], "bias"), (model[2], "weight")):
        prune.remove(layer, name)
    plain = network_from_checkpoint(saved(tmp_path / "plain.pt", model.state_dict()), RELU)
    assert [layer.name for layer in masked.layers] == ["0", "2"]
    for one, other in zip(masked.weights + masked.biases, plain.weights + plain.biases, strict=True):
        assert np.array_equal(one, other) and (one == 0).any() == (other == 0).any()
    assert [np.count_nonzero(weight) for weight in masked.weights] == [14, 14]
    assert np.count_nonzero(masked.biases[0]) == 4 and masked.origin.dtype == str(dtype).removeprefix("torch.")


def test_masked_kernels(tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Conv2d(4, 2, 3))
    prune.ln_structured(model[0], "weight", amount=2, n=2, dim=0)
    network = convolutional_network_from_checkpoint(saved(tmp_path / "masked.pt", model.state_dict()), 5, RELU)
    assert np.count_nonzero(network.weights[0].any(axis=(1, 2, 3))) == 2


W, M = torch.ones(3, 2), torch.tensor([[1.0, 0], [0, 1], [1, 1]])
REFUSED = {
    "no mask": ({"0.weight_orig": W}, f"tensor '0.weight_orig': has no mask beside it; {ADVICE}"),
    "no original": ({"0.weight_mask": M, "0.bias": torch.ones(3)},
        f"tensor '0.weight_mask': a mask without '0.weight_orig'; {ADVICE}"),
    "weight too": ({"0.weight_orig": W, "0.weight_mask": M, "0.weight": W},
        f"tensors '0.weight_orig' and '0.weight': both say what the 0.weight is; {ADVICE}"),
    "other shape": ({"0.weight_orig": W, "0.weight_mask": M[:2]},
        "tensor '0.weight_orig': its mask has dtype=float32, shape=2x2, expected zeros and ones as floats, one for "
        f"each of its 3x2 entries; {ADVICE}"),
    "half a mask": ({"0.weight_orig": W, "0.weight_mask": M / 2},
        "tensor '0.weight_orig': its mask has dtype=float32, shape=3x2, expected zeros and ones as floats, one for "
        f"each of its 3x2 entries; {ADVICE}"),
    "integers": ({"0.weight_orig": W, "0.weight_mask": M.to(torch.int8)},
        "tensor '0.weight_orig': its mask has dtype=int8, shape=3x2, expected zeros and ones as floats, one for "
        f"each of its 3x2 entries; {ADVICE}"),
    "integer weights": ({"0.weight_orig": W.to(torch.int8), "0.weight_mask": M},
        "tensor '0.weight': dtype=int8, expected one of float16, bfloat16, float32, float64; dequantize or convert it "
        "first"),
    "hidden infinity": ({"0.weight_orig": W * torch.inf, "0.weight_mask": M},
        "tensor '0.weight': 6 of 6 entries are NaN or infinite, expected finite numbers; use a checkpoint from before "
        "training diverged"),
}  # fmt: skip


@pytest.mark.parametrize(("tensors", "message"), REFUSED.values(), ids=REFUSED)
def test_refusals(tmp_path: Path, tensors: dict[str, torch.Tensor], message: str) -> None:
    with pytest.raises(InputError) as caught:
        network_from_checkpoint(saved(tmp_path / "net.pt", tensors), RELU)
    assert str(caught.value) == message
