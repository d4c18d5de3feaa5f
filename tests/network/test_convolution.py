"""Convolutions from checkpoints: what is measured, that data run through them, and what is refused by name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.exact.circulant import convolution_norm, largest_block_norm
from boundcheck.network import measure
from boundcheck.network.activation import parse_activation
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.data import Data
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.measure import forward_enclosure

TANH, IDENTITY = parse_activation("tanh"), parse_activation("identity")
CHAIN = (
    "but only chains of 2-D convolutions on maps of one size are supported, as in Theorem 7; keep only the "
    "convolutions' weights in the file"
)


def kernels(*shapes: tuple[int, ...]) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(*shape, generator=generator) for shape in shapes]


FIRST, SECOND = kernels((4, 1, 3, 3), (2, 4, 2, 2))
BIAS = torch.tensor([0.5, -1.0, 0.0, 2.0])
TENSORS = {"conv.0.weight": FIRST, "conv.0.bias": BIAS, "conv.2.weight": SECOND}


def saved(path: Path, tensors: dict[str, torch.Tensor]) -> Path:
    torch.save(tensors, path)
    return path


def refusal(path: Path, map_side: int = 5, sets: LayerSets | None = None) -> str:
    with pytest.raises(InputError) as caught:
        convolutional_network_from_checkpoint(path, map_side, TANH, sets=sets)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def safetensors(path: Path) -> None:
    save_file(TENSORS, path)


def npz(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, W1=FIRST, b1=BIAS, W2=SECOND)


def torch_file(path: Path) -> None:
    torch.save(TENSORS, path)


@pytest.mark.parametrize("write", [safetensors, npz, torch_file])
def test_every_format_gives_the_measured_network(tmp_path: Path, write: Callable[[Path], None]) -> None:
    path = tmp_path / "a.model"
    write(path)
    network = convolutional_network_from_checkpoint(path, 5, TANH)
    assert network.widths == (25, 100, 50) and network.kernel == 3
    assert [layer.activation for layer in network.layers] == [TANH, IDENTITY]
    assert [(layer.block, layer.kernel, layer.has_bias) for layer in network.layers] == [(25, 3, True), (25, 2, False)]
    for layer, stored, weight in zip(network.layers, (FIRST, SECOND), network.weights, strict=True):
        values = stored.double().numpy()
        assert np.array_equal(weight, values)
        assert layer.largest_entry == float(stored.abs().max())
        assert layer.operator_norm.overlaps(convolution_norm(values, 5))
        assert layer.block_norm.overlaps(largest_block_norm(values, 5))
        assert layer.block_norm < layer.operator_norm
    assert network.c_1.overlaps(network.layers[0].operator_norm.max(network.layers[1].operator_norm))
    entries = [layer.largest_entry * 3 * ball(4).sqrt() for layer in network.layers]  # (33), q = 3 and d = 4 in both
    assert network.c_2.overlaps(max(entries))
    assert np.array_equal(network.biases[0], np.repeat(BIAS.double().numpy(), 25)) and network.biases[1] is None
    assert (network.origin.kind, network.origin.dtype, network.origin.probability) == ("checkpoint", "float32", 1)


def test_the_data_run_through_it_as_through_the_torch_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = torch.nn.Sequential(
        torch.nn.Conv2d(2, 5, 3, padding="same", padding_mode="circular"),
        torch.nn.Tanh(),
        torch.nn.Conv2d(5, 3, 2, padding="same", padding_mode="circular"),
    )
    network = convolutional_network_from_checkpoint(saved(tmp_path / "a.pt", model.state_dict()), 4, TANH)
    x = torch.randn(7, 2, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    expected = model.double()(x).detach().numpy().reshape(7, -1)
    data = Data(x.numpy().reshape(7, -1), None, "data=test", "")
    for most in (2**24, 200):  # all samples together, then two by two
        monkeypatch.setattr(measure, "_MOST_ENTRIES_AT_ONCE", most)
        enclosure = forward_enclosure(network, data)
        assert (abs(enclosure.mid - expected) <= enclosure.rad + 1e-14).all() and enclosure.rad.max() < 1e-5


def test_kernels_as_large_as_the_maps_and_one_pixel_maps(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pt", {"0.weight": FIRST})
    assert convolutional_network_from_checkpoint(path, 3).widths == (9, 36)
    one = saved(tmp_path / "b.pt", {"0.weight": FIRST[:, :, :1, :1].clone()})
    assert convolutional_network_from_checkpoint(one, 1).widths == (1, 4)


def test_sets_are_checked_before_norms_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundcheck.network.convolution.convolution_norm", None)
    message = refusal(saved(tmp_path / "a.pt", TENSORS), sets=LayerSets(frozenset({3}), frozenset()))
    assert message.startswith("layer 3: wide=3, but the network has layers 1 to 2")


REFUSALS: list[tuple[dict[str, torch.Tensor], str]] = [
    (
        TENSORS | {"fc.weight": torch.ones(10, 50)},
        f"tensor 'fc.weight': shape=10x50 is a fully connected layer, {CHAIN}",
    ),
    ({"0.weight": torch.ones(4, 1, 3)}, f"tensor '0.weight': shape=4x1x3 is a 1-D convolution, {CHAIN}"),
    ({"0.weight": torch.ones(4, 1, 3, 3, 3)}, f"tensor '0.weight': shape=4x1x3x3x3 is a 3-D convolution, {CHAIN}"),
    (TENSORS | {"bn.weight": torch.ones(4)}, f"tensor 'bn.weight': belongs to normalization, {CHAIN}"),
    (
        TENSORS | {"1.weight": torch.ones(4)},
        f"tensor '1.weight': a 1-D weight belongs to normalization or PReLU, {CHAIN}",
    ),
    (
        {"0.weight": torch.ones(4, 1, 3, 2)},
        "tensor '0.weight': shape=4x1x3x2 has kernels of 3x2, expected square ones, stored output channels x input "
        "channels x q x q; pad them with zeros to a square, or reorder the axes",
    ),
    (
        {"0.weight": torch.ones(3, 3, 16, 16)},
        "tensor '0.weight': kernels of 16x16 on maps of side 5, expected kernels no larger than the maps; correct the "
        "side of the maps, or reorder the axes to output channels x input channels x q x q",
    ),
    (
        {"1.weight": FIRST, "2.weight": torch.ones(4, 1, 3, 3)},
        "the layers do not chain: 2 takes 1 channels, but 1 gives 4 (1 4x1x3x3, 2 4x1x3x3); grouped and depthwise "
        "convolutions are not supported; correct the names' numbers or the shapes",
    ),
    (
        {"1.weight": FIRST, "2.weight": torch.ones(2, 3, 3, 3)},
        "the layers do not chain: 2 takes 3 channels, but 1 gives 4 (1 4x1x3x3, 2 2x3x3x3); correct the names' "
        "numbers or the shapes",
    ),
    (
        {"b.weight": torch.ones(4, 4, 3, 3), "a.weight": torch.zeros(4, 4, 3, 3)},
        "the order of the layers is not clear from their names (b 4x4x3x3, a 4x4x3x3); name them layers.1.weight, "
        "layers.2.weight, ...",
    ),
    (
        {"0.weight": FIRST, "0.bias": torch.ones(9)},
        "layer=0: the bias has 9 entries, but the kernels have 4 output channels; store the bias with one entry per "
        "output channel",
    ),
    ({"0.weight": torch.ones(0, 1, 3, 3)}, "tensor '0.weight': shape=0x1x3x3 holds no numbers; correct the checkpoint"),
    (
        {"0.weight": torch.ones(2)[None, None, :, None].expand(1, 1, 2, 2).int()},
        "tensor '0.weight': dtype=int32, expected one of float16, bfloat16, float32, float64; dequantize or convert "
        "it first",
    ),
    (
        {"0.weight": FIRST / 0},
        "tensor '0.weight': 36 of 36 entries are NaN or infinite, expected finite numbers; use a checkpoint from "
        "before training diverged",
    ),
    (
        {"0.weight": torch.ones(2, 2, 3, 3), "1.weight": torch.ones(2, 2, 3, 3)},
        "tensors '0.weight' and '1.weight': hold the same numbers (tied weights), but every layer must have its own; "
        "untie them and train again",
    ),
    (
        {"0.weight_g": FIRST},
        "tensor '0.weight_g': not known as part of a layer; expected <layer>.weight and "
        "<layer>.bias, or W1, W2, ... and b1, b2, ...; rename it, or leave it out",
    ),
    ({}, "holds no weights; expected tensors named <layer>.weight, or W1, W2, ..."),
]


@pytest.mark.parametrize(("tensors", "message"), REFUSALS, ids=lambda value: None)
def test_what_is_no_chain_of_convolutions_is_refused(
    tmp_path: Path, tensors: dict[str, torch.Tensor], message: str
) -> None:
    path = saved(tmp_path / "a.pt", tensors)
    prefix = "" if message.startswith(("tensor", "layer=")) else f"path={path}: "
    assert refusal(path) == prefix + message


def test_maps_too_large_to_measure_are_refused(tmp_path: Path) -> None:
    message = refusal(saved(tmp_path / "a.pt", TENSORS), 5000)
    assert message.startswith("map side r=5000: expected at least the kernels' side q=3, and at most 1024")


def test_a_pickled_model_is_not_opened(tmp_path: Path) -> None:
    torch.save(torch.nn.Conv2d(1, 1, 3), tmp_path / "a.pt")
    assert "never opened since they can run code" in refusal(tmp_path / "a.pt")
