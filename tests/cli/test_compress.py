"""`boundcheck compress`: what it refuses, what it writes, and that its draws can be repeated from the record."""

import hashlib
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from boundcheck import draws
from boundcheck.compress import record as records
from boundcheck.compress.record import CompressionRecord
from boundcheck.network import files as file_writing
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.convolution import convolutional_network_from_checkpoint

from .conftest import Command
from .test_bad_input import FILES, refused
from .test_startup import HEAVY, loaded_by

SCHEMA = json.loads(Path(records.__file__).with_name("compression-1.schema.json").read_text())
NPZ = "net.npz --activation tanh"
AMOUNT = "--keep 0.3 --wide 2"
DATA = "--data five.npy"
OUT = "--out small.npz"
GOOD = f"{NPZ} {AMOUNT} {DATA} {OUT}"
KERNELS = f"kernels.npz --activation tanh --mode conv --keep 0.3 --wide 2 {DATA} {OUT}"
NUMBER = "expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"

# what is wrong: the arguments of `compress`, and the line they give
CASES = {
    # what is asked
    "nothing to compress": (f"{NPZ} --wide 2 {DATA} {OUT}",
        "keep, sparsity, levels: none is given; say how much to compress, for example --keep 0.3, or give both --alpha "
        "and --bernoulli"),
    "keep and levels": (f"{GOOD} --levels 15",
        "keep=0.3 and levels=15: each says how much to compress; give one of them"),
    "keep above one": (f"{NPZ} --keep 1.5 --wide 2 {DATA} {OUT}",
        "keep=1.5: expected a fraction in (0, 1]; 0.3 keeps 30% of the weights"),
    "keep NaN": (f"{NPZ} --keep nan --wide 2 {DATA} {OUT}", f"keep=nan: {NUMBER}"),
    "keep that keeps nothing": (f"{NPZ} --keep 0.01 --wide 2 {DATA} {OUT}",
        "layer 2: keep=0.01 leaves none of its 24 entries; give at least 1/24"),
    "sparsity one": (f"{NPZ} --sparsity 1 --wide 2 {DATA} {OUT}",
        "sparsity=1: expected a fraction in [0, 1); 0.7 prunes 70% of the weights"),
    "levels zero": (f"{NPZ} --levels 0 --wide 2 {DATA} {OUT}",
        "levels=0: expected at least 1; levels=k gives 2 k + 1 values with zero"),
    "levels for neurons": (f"{NPZ} --levels 3 --mode structured --wide 2 {DATA} {OUT}",
        "levels=3: quantization replaces single weights, and mode=structured prunes whole neurons or filters; give "
        "--keep instead, or drop --mode"),
    "unquantized with keep": (f"{GOOD} --unquantized 0.1", "unquantized=0.1 belongs to quantization; drop it"),
    "bernoulli with levels": (f"{NPZ} --levels 3 --bernoulli 0.1 --wide 2 {DATA} {OUT}",
        "bernoulli=0.1 belongs to pruning, not to levels=3; drop it"),
    "bernoulli that breaks the promise": (f"{GOOD} --bernoulli 0.9",
        "layer 2: bernoulli=0.9 with alpha=1 promises a kept fraction of 1, more than keep=0.3; give a bernoulli of at "
        "most 0.1332, or leave it out"),
    "alpha that breaks the promise": (f"{GOOD} --alpha 0.5",
        "layer 2: alpha=0.5 processes 12 of 24 entries, so at least 12 stay, but keep=0.3 allows 7; give an alpha "
        "above 0.7, or leave it out"),
    "alpha without bernoulli": (f"{NPZ} --alpha 0.5 --wide 2 {DATA} {OUT}",
        "keep, sparsity, levels: none is given; say how much to compress, for example --keep 0.3, or give both --alpha "
        "and --bernoulli"),
    "mode not known": (f"{GOOD} --mode filters",
        "mode=filters: not known; choose one of unstructured, structured, conv"),
    # where
    "no layers": (f"{NPZ} --keep 0.3 {DATA} {OUT}",
        "wide, bottleneck: neither is given, and which layers to compress is not chosen here; name them, for example "
        "--wide 2, or see which ones `boundcheck verify` finds"),
    "layer not there": (f"{NPZ} --keep 0.3 --wide 4 {DATA} {OUT}",
        "layer 4: wide=4, but the network has layers 1 to 2; drop it"),
    "bottleneck last": (f"{NPZ} --keep 0.3 --bottleneck 2 {DATA} {OUT}",
        "layer 2: bottleneck=2 is the last layer and needs one after it; use wide=2"),
    # how
    "order not known": (f"{GOOD} --order best", "order=best: not known; choose one of greedy, random, fixed"),
    "objective not known": (f"{GOOD} --objective l1", "objective=l1: not known; choose one of distance, loss"),
    "implementation not known": (f"{GOOD} --implementation gpu",
        "implementation=gpu: not known; choose one of literal, dense, fast"),
    "device not known": (f"{GOOD} --device tpu", "device=tpu: expected one of cpu, cuda; leave it out for cpu"),
    "dtype not known": (f"{GOOD} --dtype int8",
        "dtype=int8: expected one of float64, float32; leave it out for float64"),
    "seed not an integer": (f"{GOOD} --seed x", "seed=x: expected an integer; write for example 0"),
    "seed negative": (f"{GOOD} --seed -1", "seed=-1: expected an integer from 0 to 2^63 - 1; give for example 0"),
    "memory limit zero": (f"{GOOD} --memory-limit 0",
        "memory-limit=0: expected a positive number of GB; give for example 1.5"),
    "merge without rows": (f"{GOOD} --merge",
        "merge: leaves out zero rows of bottlenecks, and none is pruned by rows; add --mode structured or conv and "
        "--bottleneck, or drop --merge"),
    # exact counts
    "draw not known": (f"{GOOD} --draw exact", "draw=exact: not known; choose one of independent, exact-counts"),
    "exact counts that keep nothing": (f"{NPZ} --keep 0.1 --wide 2 --draw exact-counts {DATA} {OUT}",
        "layer 2: keep=0.1 leaves none of the 8 entries of a row, and exact counts need one; give at least 1/8"),
    "exact counts of levels": (f"{NPZ} --levels 3 --wide 2 --draw exact-counts {DATA} {OUT}",
        "draw=exact-counts: keeps a number of single weights in every row, and levels=3 does not; give keep alone, or "
        "drop --draw"),
    "exact counts of neurons": (f"{GOOD} --mode structured --draw exact-counts",
        "draw=exact-counts: keeps a number of single weights in every row, and mode=structured does not; give keep "
        "alone, or drop --draw"),
    "exact counts with alpha": (f"{GOOD} --alpha 0.9 --draw exact-counts",
        "alpha=0.9: follows from draw=exact-counts, which draws all weights and keeps as many as keep says; drop one "
        "of the two"),
    "exact counts with bernoulli": (f"{NPZ} --bernoulli 0.3 --wide 2 --draw exact-counts {DATA} {OUT}",
        "bernoulli=0.3: follows from draw=exact-counts, which draws all weights and keeps as many as keep says; drop "
        "one of the two"),
    "exact counts without keep": (f"{NPZ} --wide 2 --draw exact-counts {DATA} {OUT}",
        "draw=exact-counts: needs keep or sparsity; say how much to keep, for example --keep 0.3"),
    "exact counts in an order": (f"{GOOD} --order fixed --draw exact-counts",
        "order=fixed: with draw=exact-counts all weights are drawn and none is picked; leave it out"),
    "exact counts projected": (f"{GOOD} --projection --draw exact-counts",
        "projection: belongs to the paper's draws, not to draw=exact-counts; leave it out"),
    # the network
    "file missing": (f"missing.npz {AMOUNT} {DATA} {OUT}",
        "path=missing.npz: no such file; check the spelling and the folder"),
    "file truncated": (f"cut.npz {AMOUNT} {DATA} {OUT}",
        "path=cut.npz: the npz or torch file is damaged or cut short; write or copy it again"),
    "activation not said": (f"net.npz {AMOUNT} {DATA} {OUT}",
        "path=net.npz: does not say which activation its hidden layers use; give it with --activation, for example "
        "--activation relu"),
    "map missing": (KERNELS,
        "map: not given; checkpoint=kernels.npz does not say on which feature maps its kernels work; give their side, "
        "for example --map 8"),
    "padding missing": (f"{KERNELS} --map 4",
        "padding: not given; checkpoint=kernels.npz does not say which one it was trained with, and the statements "
        "hold for circular padding alone; give --padding circular if it is that one"),
    "map without convolutions": (f"{GOOD} --map 4",
        "map=4: part of a description of convolutions, and mode=unstructured is about fully connected layers; add "
        "--mode conv, or leave this out"),
    # data
    "no data": (f"{NPZ} {AMOUNT} {OUT}", "Missing option '--data'; see boundcheck compress --help"),
    "data of the wrong width": (f"{NPZ} {AMOUNT} --data four.npy {OUT}",
        "data=four.npy: 4 features per sample, but the network's input width is 5; use data with 5 features, or "
        "another network"),
    "maps of the wrong size": (f"{KERNELS} --map 4 --padding circular",
        "data=five.npy: 5 features per sample, but the network's input width is 80; use data with 80 features, or "
        "another network"),
    "labels too few": (f"{GOOD} --labels two_labels.npy",
        "labels=two_labels.npy: 2 labels, but 3 samples; give one label per sample"),
    "loss without labels": (f"{GOOD} --objective loss",
        "data=five.npy: holds no labels, which objective=loss needs; use objective distance"),
    # output
    "nowhere to write": (f"{NPZ} {AMOUNT} {DATA}", "Missing option '--out'; see boundcheck compress --help"),
    "format not known": (f"{NPZ} {AMOUNT} {DATA} --out small.pt",
        "out=small.pt: expected a file ending in .safetensors or .npz; change the ending"),
    "folder not there": (f"{NPZ} {AMOUNT} {DATA} --out missing/small.npz",
        "path=missing/small.npz: the folder missing does not exist; create it or choose another"),
    "record's folder not there": (f"{GOOD} --record missing/small.json",
        "path=missing/small.json: the folder missing does not exist; create it or choose another"),
    "network would overwrite the input": (f"{NPZ} {AMOUNT} {DATA} --out ./net.npz",
        "out=net.npz: is one of the inputs and would be overwritten; choose another file name"),
    "record would overwrite the data": (f"{GOOD} --record five.npy",
        "record=five.npy: is one of the inputs and would be overwritten; choose another file name"),
    "record is the network": (f"{GOOD} --record ./small.npz",
        "record=small.npz: is also where the network goes (out); choose another file name"),
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return lambda: {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize(("line", "message"), CASES.values(), ids=CASES)
def test_refusals(command: Command, files: Callable[[], dict[str, bytes]], line: str, message: str) -> None:
    assert refused(command, files, f"compress {line}") == message


def test_cuda_is_refused_where_there_is_none(
    command: Command, files: Callable[[], dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    message = "device=cuda: torch sees no CUDA device here; leave it out for cpu"
    assert refused(command, files, f"compress {GOOD} --device cuda") == message


@pytest.mark.parametrize(
    "case",
    [
        "alpha that breaks the promise",
        "data of the wrong width",
        "labels too few",
        "loss without labels",
        "record is the network",
    ],
)
def test_what_is_cheap_is_refused_before_anything_slow(
    command: Command, files: Callable[[], dict[str, bytes]], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    def measured(*_: object) -> None:
        raise AssertionError("the norms were measured")

    monkeypatch.setattr("boundcheck.cli.arguments.network_from_checkpoint", measured)
    line, message = CASES[case]
    assert refused(command, files, f"compress {line}") == message


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by("compress --help") & (HEAVY - {"pydantic"}) == set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Networks and data, in the folder that commands run in."""
    random = np.random.default_rng(7)

    def normal(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
        return random.normal(size=shape) / np.sqrt(np.prod(shape[1:]))

    np.savez(
        tmp_path / "net.npz", W1=normal(30, 8), b1=normal(30), W2=normal(9, 30), W3=normal(3, 9), activation="gelu"
    )
    single = {f"layers.{n}.weight": w.astype(np.float32) for n, w in ((1, normal(30, 8)), (2, normal(3, 30)))}
    save_file(single, tmp_path / "sigmoid.safetensors", {"activation": "sigmoid"})
    np.savez(tmp_path / "kernels.npz", W1=normal(20, 2, 3, 3), W2=normal(3, 20, 2, 2), activation="tanh")
    np.savez(tmp_path / "maps.npz", x=normal(30, 2 * 4 * 4))
    np.savez(tmp_path / "data.npz", x=normal(60, 8), y=random.integers(0, 3, size=60))
    np.savez(tmp_path / "identity.npz", W1=np.eye(20))
    np.savez(tmp_path / "unit.npz", x=np.eye(20))
    return tmp_path


def record_of(folder: Path, name: str = "small.npz.json") -> CompressionRecord:
    """The record, read by the published schema and by the model."""
    content = json.loads((folder / name).read_text())
    jsonschema.validate(content, SCHEMA)
    return CompressionRecord.model_validate(content)


def compressed(command: Command, folder: Path, line: str) -> CompressionRecord:
    result = command(f"compress {line} --out small.npz")
    assert (result.code, result.err) == (0, ""), result.err
    return record_of(folder)


NET = "net.npz --data data.npz"
MAPS = "kernels.npz --mode conv --map 4 --padding circular --data maps.npz"
VARIANTS = {
    "weights": f"{NET} --keep 0.4 --wide 2",
    "weights of a bottleneck": f"{NET} --keep 0.4 --bottleneck 1 --wide 3 --seed 3",
    "at random": f"{NET} --keep 0.4 --wide 2 --order random",
    "by index": f"{NET} --alpha 0.9 --bernoulli 0.3 --wide 2 --order fixed",
    "quantized": f"{NET} --levels 3 --unquantized 0.1 --wide 2 --seed 12345678901234567",
    "columns": f"{NET} --keep 0.5 --mode structured --wide 2",
    "rows": f"{NET} --keep 0.5 --mode structured --bottleneck 1",
    "input filters": f"{MAPS} --keep 0.5 --wide 2",
    "output filters": f"{MAPS} --keep 0.5 --bottleneck 1",
    "exact counts": f"{NET} --keep 0.4 --draw exact-counts --bottleneck 1 --wide 3 --seed 3",
}


@pytest.mark.parametrize("line", VARIANTS.values(), ids=VARIANTS)
def test_the_draws_can_be_repeated_from_the_record(command: Command, folder: Path, line: str) -> None:
    """As the record's docstring says, from the two files, the seed and the law, with numpy alone."""
    record = compressed(command, folder, line)
    before, after = (np.load(folder / name) for name in (line.split()[0], "small.npz"))
    assert before.files == [name for name in after.files if name != "output_activation"]
    drawn = {layer.layer: layer for layer in record.layers}
    for number in range(1, sum(name.startswith("W") for name in after.files) + 1):
        whole, smaller = before[f"W{number}"], after[f"W{number}"]
        if number not in drawn:
            assert np.array_equal(whole, smaller)
            continue
        layer = drawn[number]
        processed = _replayed(layer, record.provenance.seed, whole, smaller)
        assert processed.sum() == layer.draws
        assert hashlib.sha256(np.packbits(processed).tobytes()).hexdigest() == layer.mask_sha256
        if layer.role == "bottleneck" and layer.unit == "rows" and f"b{number}" in before.files:
            factor = smaller[:, 0] / whole[:, 0]
            assert np.allclose(after[f"b{number}"], factor * before[f"b{number}"], rtol=1e-14, atol=0)


def _uniforms(seed: int, layer: int, shape: tuple[int, ...]) -> np.ndarray:  # type: ignore[type-arg]
    key = np.random.SeedSequence(seed, spawn_key=(0, layer, 0))
    return np.random.Generator(np.random.PCG64(key)).random(shape)


def _replayed(layer: Any, seed: int, whole: np.ndarray, smaller: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Which units were processed, flat; every one of them must be what its uniform number makes of it."""
    if layer.kept_per_row is not None:
        return _replayed_counts(layer, seed, whole, smaller)
    if layer.unit == "entries":
        u = _uniforms(seed, layer.layer, whole.shape)
        if layer.levels is None:
            law = draws.pruning_law(whole, float(layer.bernoulli))
        else:
            law = draws.quantization_law(whole, layer.levels)
        becomes, changed = law.realize(u), whole != smaller
        assert np.allclose(smaller[changed], becomes[changed], rtol=1e-14, atol=0)
        if changed.sum() < layer.draws:  # the largest weight is a level itself, and does not show
            changed |= np.isclose(becomes, whole, rtol=1e-14, atol=0)
        return changed.ravel()
    axis = 1 if layer.role == "wide" else 0
    by_unit, becomes = np.moveaxis(whole, axis, 0), np.moveaxis(smaller, axis, 0)
    u = _uniforms(seed, layer.layer, (layer.units,))
    factors = draws.multiplier_law(layer.units, float(layer.bernoulli)).realize(u)
    changed = (by_unit != becomes).reshape(layer.units, -1).any(axis=1)
    expected = np.where(changed, factors, 1).reshape(-1, *[1] * (whole.ndim - 1)) * by_unit
    assert np.allclose(becomes, expected, rtol=1e-14, atol=0)
    return changed


def _replayed_counts(layer: Any, seed: int, whole: np.ndarray, smaller: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """All entries were processed; of every row (no weight is zero here) those with the least numbers are left."""
    u, t = _uniforms(seed, layer.layer, whole.shape), layer.kept_per_row
    last = np.sort(u, axis=1)[:, t - 1 : t]
    expected = np.where(u <= last, whole * whole.shape[1] / t, 0)
    assert np.allclose(smaller, expected, rtol=1e-14, atol=0)
    assert layer.achieved_units == layer.promised_units == t * len(whole)
    return np.ones(whole.size, dtype=bool)


@pytest.mark.parametrize("line", VARIANTS.values(), ids=VARIANTS)
def test_shares_and_errors_are_those_of_the_written_file(command: Command, folder: Path, line: str) -> None:
    record = compressed(command, folder, line)
    source, out = folder / line.split()[0], folder / "small.npz"
    assert record.network.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert hashlib.sha256(source.read_bytes()).hexdigest() in record.provenance.inputs_sha256.values()
    assert record.provenance.command == f"boundcheck compress {line} --out small.npz"
    read = (lambda path: convolutional_network_from_checkpoint(path, 4)) if "conv" in line else network_from_checkpoint
    dense, small = read(source), read(out)
    left, total = 0.0, 0
    for number, (whole, weight) in enumerate(zip(dense.weights, small.weights, strict=True), 1):
        share = 1.0
        for layer in record.layers:
            if layer.layer == number:
                share = layer.achieved_units / layer.units
                assert float(layer.achieved) == pytest.approx(share, rel=1e-9)
                if layer.unit == "entries" and layer.levels is None:
                    assert layer.achieved_units == np.count_nonzero(weight)
                elif layer.levels is None:
                    axes = tuple(axis for axis in range(weight.ndim) if axis != (1 if layer.role == "wide" else 0))
                    assert layer.achieved_units == np.count_nonzero(weight.any(axis=axes))
                assert layer.exceeds_promise == (layer.achieved_units > layer.promised_units)
        left, total = left + share * whole.size, total + whole.size
    assert float(record.totals.achieved) == pytest.approx(left / total, rel=1e-9)
    assert record.measured.compressed.error > 0
    if "conv" not in line:
        samples = np.load(folder / "data.npz")
        outputs = [_outputs(network, samples["x"]) for network in (dense, small)]
        error = np.mean(np.sum((outputs[0] - outputs[1]) ** 2, axis=1))
        assert record.measured.compressed.error == pytest.approx(error, rel=1e-10)
        scores = [np.mean(found.argmax(axis=1) == samples["y"]) for found in outputs]
        assert [record.measured.dense_score, record.measured.compressed.score] == scores


def _outputs(network: Any, x: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    from scipy.special import erf

    for weight, bias, layer in zip(network.weights, network.biases, network.layers, strict=True):
        x = x @ weight.T + (0 if bias is None else bias)
        if layer.activation.name == "gelu":
            x = x * (1 + erf(x / np.sqrt(2))) / 2
    return x


def test_the_same_seed_gives_the_same_file(command: Command, folder: Path) -> None:
    found = []
    for seed in (1, 1, 2):
        compressed(command, folder, f"{NET} --keep 0.4 --wide 2 --seed {seed}")
        found.append((folder / "small.npz").read_bytes())
    assert found[0] == found[1] != found[2]


def test_safetensors_and_a_record_elsewhere(command: Command, folder: Path) -> None:
    line = "sigmoid.safetensors --data data.npz --levels 7 --wide 2 --out small.safetensors --record how.json --quiet"
    result = command(f"compress {line}")
    assert (result.code, result.out.count("\n")) == (0, 1)
    assert (
        result.out.startswith("written: small.safetensors, 0.7273 of its weights")
        and "unquantized, error" in result.out
    )
    record = record_of(folder, "how.json")
    stored = load_file(folder / "small.safetensors")
    assert stored.keys() == {"layers.1.weight", "layers.2.weight"}
    assert {array.dtype for array in stored.values()} == {np.dtype("float32")}
    assert (record.network.dtype, record.totals.bits_per_weight) == ("float32", 4)
    assert not (folder / "small.safetensors.json").exists()
    assert network_from_checkpoint(folder / "small.safetensors").layers[0].activation.name == "sigmoid"


def test_json_is_the_record_that_was_written(command: Command, folder: Path) -> None:
    result = command(f"compress {NET} --keep 0.4 --wide 2 --out small.npz --json")
    assert (result.code, result.err) == (0, "")
    assert result.out == (folder / "small.npz.json").read_text() == record_of(folder).to_json()


@pytest.mark.parametrize(
    "line",
    [
        "sigmoid.safetensors --data data.npz --mode structured --keep 0.5 --bottleneck 1",
        f"{MAPS} --keep 0.5 --bottleneck 1",
    ],
    ids=["neurons", "filters"],
)
def test_merged_networks_are_smaller_and_the_same(command: Command, folder: Path, line: str) -> None:
    whole = compressed(command, folder, line)
    result = command(f"compress {line} --merge --out merged.npz")
    assert "are zero and left out of the file" in result.out
    record = record_of(folder, "merged.npz.json")
    (merged,), (layer,) = record.merged, record.layers
    assert merged.units - merged.left_out == layer.achieved_units < layer.units
    assert layer == whole.layers[0]
    assert merged.into_bias == ("sigmoid" in line)
    assert record.measured.compressed.error == pytest.approx(whole.measured.compressed.error, rel=1e-5)
    stored = np.load(folder / "merged.npz")
    first, second = (stored[name] for name in ("W1", "W2")) if "W1" in stored else (
        stored[f"layers.{number}.weight"] for number in (1, 2)
    )  # fmt: skip
    assert first.shape[0] == second.shape[1] == layer.achieved_units
    assert ("layers.2.bias" in stored) == merged.into_bias


def test_a_projection_that_acts_is_warned_of_and_recorded(command: Command, folder: Path) -> None:
    """Kept entries of the identity become 1/p, so that unit vectors leave the unit ball."""
    line = "identity.npz --data unit.npz --alpha 1 --bernoulli 0.5 --wide 1 --out small.npz"
    result = command(f"compress {line}")
    record = record_of(folder)
    (projection,), kept = record.projections, np.count_nonzero(np.load(folder / "small.npz")["W1"])
    assert (projection.layer, projection.active, projection.samples) == (1, kept, 20) and kept > 0
    assert projection.radius == pytest.approx(1, rel=1e-5)
    assert "behind layer 1 a projection onto the ball of radius 1 acts on" in result.out
    assert record.measured.with_projections is not None
    assert record.measured.compressed.error == pytest.approx(1)  # (2 - 1)^2 or (0 - 1)^2
    assert record.measured.with_projections.error == pytest.approx(1 - kept / 20)
    command(f"compress {line} --no-projection")
    assert record_of(folder).projections == [] and record_of(folder).measured.with_projections is None


def test_a_draw_that_exceeds_its_promise_is_said_to(command: Command, folder: Path) -> None:
    line = "net.npz --data data.npz --alpha 1 --bernoulli 0.3 --wide 3"
    promised = compressed(command, folder, line).layers[0].promised_units
    seed = next(s for s in count() if (_uniforms(s, 3, (3, 9)) < 0.3).sum() > promised)
    result = command(f"compress {line} --seed {seed} --out small.npz")
    assert result.code == 0
    assert f"more than the {promised} promised" in " ".join(result.out.split())
    assert record_of(folder).layers[0].exceeds_promise


def test_what_a_person_reads(command: Command, folder: Path) -> None:
    result = command(f"compress {NET} --keep 0.4 --wide 2 --out small.npz")
    rows = {line.split()[0]: line.split() for line in result.out.splitlines() if line.strip()}
    record = record_of(folder)
    assert rows["2,"][2:4] == ["0.4", "0.4"] and rows["2,"][5:] == ["267", "of", "270", "entries"]
    assert float(rows["2,"][4]) == pytest.approx(float(record.layers[0].achieved), abs=1e-4)
    assert rows["network"][-3:] == ["of", "537", "weights"]
    assert f"{record.measured.dense_score:.4f} dense, {record.measured.compressed.score:.4f} compressed" in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_what_a_person_reads_of_exact_counts(command: Command, folder: Path) -> None:
    result = command(f"compress {VARIANTS['exact counts']} --out small.npz")
    text = " ".join(result.out.split())
    assert "drawn: prune weights, as many of every row (exact counts), seed 3" in text
    assert "promises are kept whatever the seed" in text and "projection" not in text
    assert "0.4 0.375 0.375 240 of 240 entries, 3 kept of a row" in " ".join(text.split())
    assert max(map(len, result.out.splitlines())) <= 80
    settings = record_of(folder).settings
    assert (settings.order, settings.objective, settings.implementation, settings.projection) == (None,) * 3 + (False,)


@pytest.mark.parametrize("old", [b"old", None], ids=["over old files", "new files"])
def test_both_files_or_none(command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, old: bytes | None) -> None:
    """The disk is full when the record is written."""
    for name in ("small.npz", "small.npz.json"):
        if old is not None:
            (folder / name).write_bytes(old)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    synced: list[int] = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_writing.os, "fsync", full)
    result = command(f"compress {NET} --keep 0.4 --wide 2 --out small.npz")
    assert (result.code, len(synced)) == (2, 2)
    assert "small.npz.json: cannot be written (No space left on device)" in result.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
