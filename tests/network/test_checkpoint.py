"""Checkpoints: the three formats agree, layers come in the right order, and everything else is refused by name."""

import hashlib
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint

TANH = parse_activation("tanh")
TIED = "hold the same numbers (tied weights), but every layer must have its own; untie them and train again"
ONLY_FLOATS = "expected one of float16, bfloat16, float32, float64; dequantize or convert it first"
ONLY_DENSE = "expected a dense tensor with its values; save dense copies of the weights"
ONLY_MLP = "but only plain MLPs are supported; extract the MLP's linear layers"


def matrices(*shapes: tuple[int, ...], dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(*shape, generator=generator).to(dtype) for shape in shapes]


def refusal(path: Path, activation: object = TANH) -> str:
    with pytest.raises(InputError) as caught:
        network_from_checkpoint(path, activation)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def saved(path: Path, tensors: object) -> Path:
    torch.save(tensors, path)
    return path


def test_the_three_formats_give_the_same_network(tmp_path: Path) -> None:
    first, second, bias = *matrices((5, 3), (2, 5)), torch.ones(5)
    tensors = {"layers.1.weight": first, "layers.1.bias": bias, "layers.2.weight": second}
    save_file(tensors, tmp_path / "a.safetensors", {"activation": "gelu"})
    saved(tmp_path / "a.pt", tensors)
    np.savez(tmp_path / "a.npz", W1=first, b1=bias, W2=second, activation="gelu")
    gelu = parse_activation("gelu")
    for name in ("a.safetensors", "a.pt", "a.npz"):
        network = network_from_checkpoint(tmp_path / name, gelu)
        assert network.widths == (3, 5, 2)
        assert [layer.activation for layer in network.layers] == [gelu, parse_activation("identity")]
        assert [layer.has_bias for layer in network.layers] == [True, False]
        assert np.array_equal(network.weights[0], first.double().numpy()) and network.weights[0].dtype == np.float64
        assert np.array_equal(network.biases[0], np.ones(5)) and network.biases[1] is None
        assert network.layers[1].operator_norm.overlaps(ball(float(np.linalg.norm(second.double().numpy(), 2))))
        assert network.layers[1].largest_entry == float(second.abs().max())
        assert network.c_1.overlaps(network.layers[0].operator_norm.max(network.layers[1].operator_norm))
        assert network.origin.sha256 == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert (network.origin.kind, network.origin.dtype) == ("checkpoint", "float32")
        assert (network.origin.probability, network.origin.illustrative) == (1, False)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("suffix", ["safetensors", "pt"])
def test_every_float_type_is_widened_exactly(tmp_path: Path, dtype: torch.dtype, suffix: str) -> None:
    (weight,) = matrices((4, 3), dtype=dtype)
    path = tmp_path / f"a.{suffix}"
    (save_file if suffix == "safetensors" else torch.save)({"0.weight": weight}, path)
    network = network_from_checkpoint(path)
    assert np.array_equal(network.weights[0], weight.double().numpy())
    assert network.origin.dtype == str(dtype).removeprefix("torch.")


def test_torch_files_of_the_old_format_are_read(tmp_path: Path) -> None:
    (weight,) = matrices((4, 3))
    torch.save({"weight": weight}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    assert network_from_checkpoint(tmp_path / "old.pth").widths == (3, 4)


def test_a_missing_torch_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.pt", {"0.weight": W})
    monkeypatch.setitem(sys.modules, "torch", None)
    assert refusal(path) == (
        f"path={path}: torch's format needs torch; install boundcheck[torch], or convert the file to safetensors"
    )


def test_an_all_zero_layer_is_a_layer(tmp_path: Path) -> None:
    np.savez(tmp_path / "zero.npz", W1=np.zeros((3, 3)), W2=np.zeros((3, 3)), activation="relu")
    network = network_from_checkpoint(tmp_path / "zero.npz")
    assert network.c_1 == 0 and network.depth == 2


def test_layers_come_in_numeric_order(tmp_path: Path) -> None:
    tensors = {f"net.{2 * n}.weight": weight for n, weight in enumerate(matrices(*[(3, 3)] * 12))}
    reordered = {name: tensors[name] for name in sorted(tensors)}
    network = network_from_checkpoint(saved(tmp_path / "a.pt", reordered), TANH)
    assert [layer.name for layer in network.layers] == [f"net.{2 * n}" for n in range(12)]


@pytest.mark.parametrize("names", [("fc1", "fc2", "head"), ("stem", "body", "end")])
def test_names_that_differ_in_more_than_numbers_need_one_possible_order(tmp_path: Path, names: tuple[str, ...]) -> None:
    tensors = dict(zip([f"{name}.weight" for name in names], matrices((9, 4), (9, 9), (2, 9)), strict=True))
    network = network_from_checkpoint(saved(tmp_path / "a.pt", tensors), TANH)
    assert [layer.name for layer in network.layers] == list(names)


def test_in_x_out_is_recognized_when_only_that_chains(tmp_path: Path) -> None:
    first, second = matrices((3, 5), (5, 2))
    network = network_from_checkpoint(saved(tmp_path / "a.pt", {"h.0.weight": first, "h.1.weight": second}), TANH)
    assert network.widths == (3, 5, 2)
    assert np.array_equal(network.weights[0], first.double().numpy().T)


def test_square_layers_and_torch_names_are_out_x_in_and_biases_decide(tmp_path: Path) -> None:
    square, other = np.arange(9.0).reshape(3, 3), np.eye(3)
    np.savez(tmp_path / "square.npz", W1=square, W2=other, activation="relu")
    assert np.array_equal(network_from_checkpoint(tmp_path / "square.npz").weights[0], square)
    first, second = matrices((2, 7), (7, 2))
    autoencoder = saved(tmp_path / "a.pt", {"0.weight": first, "1.weight": second})
    assert network_from_checkpoint(autoencoder, TANH).widths == (7, 2, 7)
    np.savez(tmp_path / "biased.npz", W1=first, W2=second, b1=np.ones(7), activation="relu")
    assert network_from_checkpoint(tmp_path / "biased.npz").widths == (2, 7, 2)
    np.savez(tmp_path / "both.npz", W1=first, W2=second, activation="relu")
    assert refusal(tmp_path / "both.npz", None) == (
        f"path={tmp_path / 'both.npz'}: the layers chain both as out x in and as in x out (layer 1 2x7, layer 2 7x2), "
        "so which it is cannot be told; name them layers.1.weight, ..., which are out x in"
    )


def test_activations_in_the_file_and_given_must_agree(tmp_path: Path) -> None:
    first, second = matrices((5, 3), (2, 5))
    path = tmp_path / "a.safetensors"
    save_file({"1.weight": first, "2.weight": second}, path, {"activation": "silu", "output_activation": "softmax"})
    network = network_from_checkpoint(path)
    assert [layer.activation.name for layer in network.layers] == ["silu", "softmax"]
    assert network_from_checkpoint(path, parse_activation("silu")).layers[0].activation == network.layers[0].activation
    assert refusal(path) == (
        "activation=tanh, but the checkpoint says silu; leave out --activation, or correct the checkpoint"
    )
    with pytest.raises(InputError) as caught:
        network_from_checkpoint(path, None, TANH)
    assert str(caught.value) == (
        "output_activation=tanh, but the checkpoint says softmax; "
        "leave out --output-activation, or correct the checkpoint"
    )


def test_hidden_activations_have_no_default(tmp_path: Path) -> None:
    first, second = matrices((5, 3), (2, 5))
    path = saved(tmp_path / "a.pt", {"1.weight": first, "2.weight": second})
    assert refusal(path, None) == (
        f"path={path}: does not say which activation its hidden layers use; "
        "give it with --activation, for example --activation relu"
    )
    assert network_from_checkpoint(saved(path, {"1.weight": first})).depth == 1


W, SQUARE = matrices((5, 3), (4, 4))
TENSOR_REFUSALS: list[tuple[dict[str, torch.Tensor], str]] = [
    (
        {"conv1.weight": torch.ones(8, 1, 3, 3)},
        f"tensor 'conv1.weight': shape=8x1x3x3 is a convolution kernel, {ONLY_MLP}, or verify a "
        "chain of 2-D convolutions with --mode conv",
    ),
    (
        {"conv1d.weight": torch.ones(8, 1, 3)},
        f"tensor 'conv1d.weight': shape=8x1x3 is a convolution kernel, {ONLY_MLP}",
    ),
    ({"h.0.q_proj.weight": SQUARE}, f"tensor 'h.0.q_proj.weight': belongs to attention, {ONLY_MLP}"),
    ({"attn.in_proj_weight": SQUARE}, f"tensor 'attn.in_proj_weight': belongs to attention, {ONLY_MLP}"),
    (
        {"layers.0.self_attn.out.weight": SQUARE},
        f"tensor 'layers.0.self_attn.out.weight': belongs to attention, {ONLY_MLP}",
    ),
    ({"norm1.weight": torch.ones(5)}, f"tensor 'norm1.weight': belongs to normalization, {ONLY_MLP}"),
    ({"ln_f.weight": torch.ones(5)}, f"tensor 'ln_f.weight': belongs to normalization, {ONLY_MLP}"),
    ({"bn1.running_mean": torch.ones(5)}, f"tensor 'bn1.running_mean': belongs to normalization, {ONLY_MLP}"),
    ({"1.running_var": torch.ones(5)}, f"tensor '1.running_var': belongs to normalization, {ONLY_MLP}"),
    (
        {"encoder.LayerNorm.bias": torch.ones(5)},
        f"tensor 'encoder.LayerNorm.bias': belongs to normalization, {ONLY_MLP}",
    ),
    (
        {"0.weight": W, "1.weight": torch.ones(5)},
        f"tensor '1.weight': a 1-D weight belongs to normalization or PReLU, {ONLY_MLP}",
    ),
    ({"embed_tokens.weight": W}, f"tensor 'embed_tokens.weight': belongs to an embedding, {ONLY_MLP}"),
    ({"position_embeddings.weight": W}, f"tensor 'position_embeddings.weight': belongs to an embedding, {ONLY_MLP}"),
    ({"fc.lora_A.weight": W}, f"tensor 'fc.lora_A.weight': belongs to a low-rank adapter, {ONLY_MLP}"),
    (
        {"0.weight_scale": W},
        "tensor '0.weight_scale': not known as part of a layer; expected <layer>.weight and "
        "<layer>.bias, or W1, W2, ... and b1, b2, ...; rename it, or leave it out",
    ),
    ({"0.weight": W.to(torch.int8)}, f"tensor '0.weight': dtype=int8, {ONLY_FLOATS}"),
    ({"0.weight": W.to(torch.float8_e4m3fn)}, f"tensor '0.weight': dtype=float8_e4m3fn, {ONLY_FLOATS}"),
    ({"0.weight": W.to(torch.complex64)}, f"tensor '0.weight': dtype=complex64, {ONLY_FLOATS}"),
    ({"0.weight": W.to_sparse()}, f"tensor '0.weight': layout=torch.sparse_coo, device=cpu, {ONLY_DENSE}"),
    ({"0.weight": W.to("meta")}, f"tensor '0.weight': layout=torch.strided, device=meta, {ONLY_DENSE}"),
    (
        {"0.weight": torch.tensor([[1.0, float("nan")], [float("inf"), 0.0]])},
        "tensor '0.weight': 2 of 4 entries are NaN or infinite, expected finite numbers; "
        "use a checkpoint from before training diverged",
    ),
    ({"0.weight": torch.ones(0, 3)}, "tensor '0.weight': shape=0x3 holds no numbers; correct the checkpoint"),
    (
        {"0.weight": torch.tensor(1.0)},
        "tensor '0.weight': shape=scalar, expected 2 dimensions of a weight; correct the checkpoint",
    ),
    (
        {"0.weight": W, "0.bias": torch.ones(5, 1)},
        "tensor '0.bias': shape=5x1, expected 1 dimension of a bias; correct the checkpoint",
    ),
    (
        {"0.weight": W, "0.bias": torch.tensor([0, float("nan"), 0, 0, 0])},
        "tensor '0.bias': 1 of 5 entries are NaN or infinite, expected finite numbers; "
        "use a checkpoint from before training diverged",
    ),
    (
        {"0.weight": W, "1.bias": torch.ones(5)},
        "tensor '1.bias': a bias without its layer's weight; add the weight, or leave it out",
    ),
    (
        {"0.weight": W, "0.bias": torch.ones(3), "2.weight": torch.ones(2, 5)},
        "layer=0: the bias has 3 entries, but the weight is 5x3 (out x in); store the bias with one entry per output",
    ),
    (
        {"0.weight": SQUARE, "1.weight": SQUARE},
        "tensors '0.weight' and '1.weight': share memory (tied weights), but every layer must have its own; "
        "save copies made with .clone() if they are independent",
    ),
    ({"0.weight": SQUARE, "1.weight": SQUARE.clone()}, f"tensors '0.weight' and '1.weight': {TIED}"),
    ({"0.weight": W, "1.weight": W.T.clone()}, f"tensors '0.weight' and '1.weight': {TIED}"),
    ({"W1": W, "W01": W}, "tensors 'W1' and 'W01': both belong to layer 1; rename or drop one"),
]


@pytest.mark.parametrize(("tensors", "message"), TENSOR_REFUSALS, ids=lambda value: None)
def test_tensors_that_are_no_mlp_are_refused_by_name(
    tmp_path: Path, tensors: dict[str, torch.Tensor], message: str
) -> None:
    assert refusal(saved(tmp_path / "a.pt", tensors)) == message


@pytest.mark.filterwarnings("ignore")  # torch is about to drop quantized tensors, but files with them remain
def test_quantized_tensors_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pt", {"0.weight": torch.quantize_per_tensor(W, 0.1, 0, torch.qint8)})
    assert refusal(path) == f"tensor '0.weight': dtype=qint8, {ONLY_FLOATS}"


FILE_REFUSALS: list[tuple[object, str]] = [
    ({}, "holds no weights; expected tensors named <layer>.weight, or W1, W2, ..."),
    (
        {"W1": SQUARE, "W3": SQUARE + 1},
        "W1 is followed by W3; add the layers in between, or number the layers 1, 2, ...",
    ),
    (
        {"0.weight": W, "1.weight": torch.ones(2, 7)},
        "the layers do not chain (0 5x3, 1 2x7); expected out x in, each layer's second number equal to the first of "
        "the one before; correct the names' numbers or the shapes",
    ),
    (
        {"decoder.weight": torch.ones(9, 4), "encoder.weight": torch.eye(4, 9)},
        "the order of the layers is not clear from their names (decoder 9x4, encoder 4x9); "
        "name them layers.1.weight, layers.2.weight, ...",
    ),
    (
        {"b.weight": SQUARE, "a.weight": SQUARE + 1},
        "the order of the layers is not clear from their names (a 4x4, b 4x4); "
        "name them layers.1.weight, layers.2.weight, ...",
    ),
    ({"a": 3}, "entry 'a' is a int, expected a tensor; save model.state_dict() alone"),
    ({"model": {"0.weight": W}}, "entry 'model' is a dict, expected a tensor; save model.state_dict() alone"),
    ([W], "holds a list, expected a plain dict of tensors; save model.state_dict()"),
    (
        torch.nn.Linear(2, 2),
        "holds Python objects besides tensors, which are never opened since they can run code; "
        "save model.state_dict() instead of the model",
    ),
]


@pytest.mark.parametrize(("content", "message"), FILE_REFUSALS, ids=lambda value: None)
def test_torch_files_that_cannot_be_used_are_refused(tmp_path: Path, content: object, message: str) -> None:
    path = saved(tmp_path / "a.pt", content)
    assert refusal(path) == f"path={path}: {message}"


class Bomb:
    """Unpickling this writes a file, which must never happen."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return (Path.touch, (Path("exploded"),))


def test_nothing_is_ever_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = "which are never opened since they can run code"
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"0.weight": Bomb()}))
    torch.save({"0.weight": Bomb()}, tmp_path / "a.pt")
    torch.save({"0.weight": Bomb()}, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    np.savez(tmp_path / "a.npz", W1=np.array([Bomb()], dtype=object))
    assert refusal(tmp_path / "a.pkl") == (
        f"path={tmp_path / 'a.pkl'}: is a Python pickle, which is never opened since it can run code; "
        "save model.state_dict() with torch.save, or use safetensors"
    )
    for name in ("a.pt", "old.pt"):
        assert refusal(tmp_path / name) == (
            f"path={tmp_path / name}: holds Python objects besides tensors, {code}; "
            "save model.state_dict() instead of the model"
        )
    assert refusal(tmp_path / "a.npz") == (
        f"path={tmp_path / 'a.npz'}: holds Python objects, {code}; save numeric arrays"
    )
    assert not (tmp_path / "exploded").exists()
    pickle.loads((tmp_path / "a.pkl").read_bytes())
    assert (tmp_path / "exploded").exists()  # the bomb was a real one


def test_files_that_are_no_checkpoints_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    assert refusal(path) == f"path={path}: no such file; check the spelling and the folder"
    assert refusal(tmp_path) == f"path={tmp_path}: is a folder; name a file in it"
    path.write_bytes(b"")
    assert refusal(path) == f"path={path}: is empty; write or copy the file again"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert refusal(path) == (
        f"path={path}: not a checkpoint, expected safetensors, npz or a torch state_dict; "
        "export the weights in one of them"
    )
    np.save(tmp_path / "a.npy", np.eye(2))
    assert refusal(tmp_path / "a.npy") == (
        f"path={tmp_path / 'a.npy'}: is a single array; put the layers into one npz as W1, W2, ..."
    )


@pytest.mark.parametrize("kind", ["safetensors", "npz", "pt", "old.pt"])
def test_files_cut_short_anywhere_are_refused(tmp_path: Path, kind: str) -> None:
    whole, cut = tmp_path / f"whole.{kind}", tmp_path / f"cut.{kind}"
    (weight,) = matrices((40, 30))
    if kind == "safetensors":
        save_file({"0.weight": weight}, whole)
    elif kind == "npz":
        np.savez(whole, W1=weight.numpy())
    else:
        torch.save({"0.weight": weight}, whole, _use_new_zipfile_serialization=kind == "pt")
    content = whole.read_bytes()
    assert network_from_checkpoint(whole).widths == (30, 40)
    for share in (0.02, 0.3, 0.6, 0.99):
        cut.write_bytes(content[: int(len(content) * share)])
        message = refusal(cut)
        assert message.startswith(f"path={cut}: ")
        assert (
            message.endswith("write or copy it again")
            or message.endswith("export the weights in one of them")
            or message.endswith("write or copy the file again")
        ), message


@pytest.mark.parametrize("kind", ["safetensors", "npz", "pt", "old.pt"])
def test_flipped_bytes_never_give_a_traceback(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    (weight,) = matrices((3, 2))
    if kind == "safetensors":
        save_file({"0.weight": weight}, path, {"activation": "tanh"})
    elif kind == "npz":
        np.savez_compressed(path, W1=weight.numpy(), activation="tanh")
    else:
        torch.save({"0.weight": weight}, path, _use_new_zipfile_serialization=kind == "pt")
    content, generator = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for place in generator.integers(0, len(content), 150):
        flipped = bytearray(content)
        flipped[place] ^= int(generator.integers(1, 256))
        path.write_bytes(flipped)
        try:
            network_from_checkpoint(path)
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 0
