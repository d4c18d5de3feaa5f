"""Pairs as they are made elsewhere: torch.nn.utils.prune, rounding to int8, and `compress`; what is not a pair."""

import hashlib
import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.utils import prune

from boundcheck.compare.compare import Acceptable, compare
from boundcheck.compare.limits import Fresh
from boundcheck.compare.pair import Pair, read_pair
from boundcheck.compare.record import ComparisonRecord
from boundcheck.compress.choice import Request, choose, counted_layers
from boundcheck.compress.compress import compress
from boundcheck.compress.recording import Job, recorded
from boundcheck.compress.settings import Settings
from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode
from boundcheck.core.verdict import Verdict
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.data import load_data
from boundcheck.network.layer_sets import LayerSets

from .conftest import Trained, random_layers, samples, written

PairOf = Callable[..., Pair]


def model_of(path: Path) -> torch.nn.Sequential:
    """The trained network as a user has it in torch."""
    weights = load_file(path).values()
    layers: list[torch.nn.Module] = []
    for weight in weights:
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        layer.weight.data = weight.clone()
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def linears(model: torch.nn.Sequential) -> list[torch.nn.Linear]:
    return [layer for layer in model if isinstance(layer, torch.nn.Linear)]


def saved(model: torch.nn.Sequential, path: Path) -> Path:
    torch.save(model.state_dict(), path)
    return path


def run(model: torch.nn.Module, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return model.double()(torch.from_numpy(x)).numpy()


def check_against_torch(record: ComparisonRecord, models: Sequence[torch.nn.Module]) -> None:
    """Everything measured, again in torch's floats."""
    data = load_data("digits")
    f, g = (run(model, data.inputs) for model in models)
    errors = ((f - g) ** 2).sum(axis=1)
    tops = [z.argmax(axis=1) for z in (f, g)]
    for enclosure, value in (
        (record.error.mean, errors.mean()),
        (record.error.largest, errors.max()),
        (record.error.relative, errors.mean() / (f**2).sum(axis=1).mean()),
        (record.scores[0].dense, (tops[0] == data.labels).mean()),
        (record.scores[0].compressed, (tops[1] == data.labels).mean()),
        (record.scores[0].change, (tops[1] == data.labels).mean() - (tops[0] == data.labels).mean()),
    ):
        assert float(enclosure.lower) == pytest.approx(value, rel=1e-6, abs=1e-9)
        assert float(enclosure.upper) == pytest.approx(value, rel=1e-6, abs=1e-9)
    changed = int((tops[0] != tops[1]).sum())
    assert (record.predictions.changed, record.predictions.undecided) == (changed, 0)
    fresh = record.fresh
    assert Fraction(record.error.mean.upper) < Fraction(fresh.mean_error) < Fraction(fresh.largest_error)
    assert Fraction(record.error.largest.upper) < Fraction(fresh.largest_error)
    assert Fraction(changed, len(f)) < Fraction(fresh.changed_predictions) < 1


def compared(dense: Path, compressed: Path) -> ComparisonRecord:
    fresh = Fresh(input_radius=Fraction(8))
    return compare(read_pair(dense, compressed, parse_activation("relu")), load_data("digits"), fresh=fresh)


@pytest.mark.parametrize("removed", [True, False], ids=["prune.remove", "masks in the file"])
def test_weights_pruned_by_torch(digits: Trained, tmp_path: Path, removed: bool) -> None:
    model = model_of(digits.path)
    for layer in linears(model)[:2]:
        prune.l1_unstructured(layer, "weight", amount=0.7)
        if removed:
            prune.remove(layer, "weight")
    record = compared(digits.path, saved(model, tmp_path / "pruned.pt"))
    assert [layer.nonzero for layer in record.layers] == [1152, 360, 200]
    assert [Fraction(layer.kept) for layer in record.layers] == [Fraction(3, 10), Fraction(3, 10), 1]
    assert record.totals.nonzero == 1712 and record.totals.dense_weights == 5240
    assert [layer.changed for layer in record.layers] == [True, True, False]
    check_against_torch(record, [model_of(digits.path), model])


def test_neurons_pruned_by_torch(digits: Trained, tmp_path: Path) -> None:
    model = model_of(digits.path)
    prune.ln_structured(linears(model)[0], "weight", amount=0.25, n=2, dim=0)
    prune.ln_structured(linears(model)[1], "weight", amount=0.5, n=1, dim=1)
    for layer in linears(model)[:2]:
        prune.remove(layer, "weight")
    record = compared(digits.path, saved(model, tmp_path / "pruned.pt"))
    assert [(layer.zero_rows, layer.zero_columns) for layer in record.layers] == [(15, 0), (0, 30), (0, 0)]
    check_against_torch(record, [model_of(digits.path), model])


@pytest.mark.parametrize("by_row", [False, True])
def test_weights_rounded_to_int8(digits: Trained, tmp_path: Path, by_row: bool) -> None:
    model = model_of(digits.path)
    for layer in linears(model):
        weight = layer.weight.data
        scale = (weight.abs().amax(dim=1, keepdim=True) if by_row else weight.abs().max()) / 127
        layer.weight.data = torch.clamp(torch.round(weight / scale), -128, 127) * scale
    record = compared(digits.path, saved(model, tmp_path / "int8.pt"))
    step = "step per row" if by_row else "step"
    assert [layer.stored_as for layer in record.layers[:2]] == [step] * 2
    assert all(8 < Fraction(layer.bits_per_weight) < 10 for layer in record.layers[:2])
    assert all(layer.distinct <= 255 for layer in record.layers) or by_row
    assert Fraction(record.error.relative.upper) < Fraction(1, 1000)
    check_against_torch(record, [model_of(digits.path), model])


def test_integers_in_the_file_are_refused(digits: Trained, tmp_path: Path) -> None:
    weights = {name: torch.ones(weight.shape, dtype=torch.int8) for name, weight in load_file(digits.path).items()}
    save_file(weights, tmp_path / "int8.safetensors")
    with pytest.raises(InputError) as caught:
        read_pair(digits.path, tmp_path / "int8.safetensors")
    assert str(caught.value) == (
        f"checkpoint={tmp_path / 'int8.safetensors'}: tensor 'layers.1.weight': dtype=I8, expected one of float16, "
        "bfloat16, float32, float64; dequantize or convert it first"
    )


def by_algorithm_1(folder: Path, dense: Path, settings: Settings, request: Request, merges: bool) -> Path:
    """Compressed as `boundcheck compress` does, with its record beside it."""
    network, data, out = network_from_checkpoint(dense), load_data("digits"), folder / "small.safetensors"
    choice = choose(request, counted_layers(request.mode, settings.sets, network.weights))
    job = Job(request, choice, settings, out, "float32", "cpu", "float64", None, merges, "test")
    found = recorded(job, network, data, compress(network, data, settings)[0], 0.0)
    out.write_bytes(found.content)
    out.with_name(f"{out.name}.json").write_text(found.record.to_json())
    return out


WIDE, BOTTLENECK = LayerSets(frozenset({2}), frozenset()), LayerSets(frozenset(), frozenset({1}))
REQUESTS = {
    "pruned": (Request(Mode.PRUNE, keep=Fraction(3, 10)), WIDE, False),
    "quantized": (Request(Mode.QUANTIZE, levels=7), WIDE, False),
    "neurons": (Request(Mode.STRUCTURED, keep=Fraction(1, 2)), BOTTLENECK, False),
    "merged": (Request(Mode.STRUCTURED, keep=Fraction(1, 2)), BOTTLENECK, True),
}


@pytest.mark.parametrize("case", REQUESTS.values(), ids=REQUESTS)
def test_networks_of_compress(digits: Trained, tmp_path: Path, case: tuple[Request, LayerSets, bool]) -> None:
    request, sets, merges = case
    alpha, bernoulli = Fraction(99, 100), None if request.levels else Fraction(3, 10)
    settings = Settings(request.mode, sets, alpha, bernoulli, request.levels, projection=False)
    path = by_algorithm_1(tmp_path, digits.path, settings, request, merges)
    made = json.loads(path.with_name(f"{path.name}.json").read_text())
    record = compared(digits.path, path)
    measured = made["measured"]["compressed"]
    assert float(record.error.mean.lower) == pytest.approx(measured["error"], rel=1e-9)
    assert float(record.error.relative.upper) == pytest.approx(measured["relative"], rel=1e-9)
    assert float(record.scores[0].compressed.lower) == pytest.approx(measured["score"], rel=1e-9)
    assert record.compressed.sha256 == made["network"]["sha256"]
    assert not any("projections" in note for note in record.notes)
    left = 60 - (made["merged"][0]["left_out"] if merges else 0)
    assert record.compressed.widths == [64, left, 20, 10] and record.dense.widths == [64, 60, 20, 10]
    assert (left < 60) == merges
    assert record.totals.compressed_weights == 64 * left + 20 * left + 200
    assert Fraction(record.error.largest.upper) < Fraction(record.fresh.largest_error)
    for layer, weights in zip(record.layers, (3840, 1200, 200), strict=True):  # what was left out is not kept
        assert 0 <= Fraction(layer.kept) - Fraction(layer.nonzero, weights) < Fraction(1, 10**9)
    if request.mode is Mode.STRUCTURED:
        kept = made["layers"][0]["achieved_units"]
        assert record.layers[0].nonzero == pytest.approx(64 * kept, rel=0.3)  # pixels that are always 0 keep weights
        assert record.layers[0].zero_rows == (0 if merges else 60 - kept)


def test_merging_changes_nothing_but_the_sizes(digits: Trained, tmp_path: Path) -> None:
    records = []
    for merges in (False, True):
        folder = tmp_path / str(merges)
        folder.mkdir()
        request, sets, _ = REQUESTS["merged"]
        settings = Settings(request.mode, sets, Fraction(99, 100), Fraction(3, 10), None, projection=False)
        records.append(compared(digits.path, by_algorithm_1(folder, digits.path, settings, request, merges)))
    whole, merged = records
    assert float(whole.error.mean.upper) == pytest.approx(float(merged.error.mean.upper), rel=1e-9)
    assert float(whole.fresh.largest_error) == pytest.approx(float(merged.fresh.largest_error), rel=1e-6)
    assert merged.totals.compressed_weights < whole.totals.compressed_weights


def test_projections_that_the_file_does_not_hold_are_noted(digits: Trained, tmp_path: Path) -> None:
    request, sets, _ = REQUESTS["pruned"]
    settings = Settings(request.mode, sets, Fraction(99, 100), Fraction(3, 10), None, projection=True)
    path = by_algorithm_1(tmp_path, digits.path, settings, request, False)
    beside = path.with_name(f"{path.name}.json")
    layers = [projection["layer"] for projection in json.loads(beside.read_text())["projections"]]
    assert layers
    found = [note for note in compared(digits.path, path).notes if "projections" in note]
    assert found == [
        f"{path} was made with projections behind layer {layers[0]}, as {beside.name} says; they are not in the file, "
        "and compared is the network without them"
    ]
    honest = beside.read_text()
    others = [honest.replace(json.loads(honest)["network"]["sha256"], "0" * 64), "{", "[]", "{}", '{"schema": 1}']
    for other in others:  # a record of another file, or none at all
        beside.write_text(other)
        assert not any("projections" in note for note in compared(digits.path, path).notes)


def test_the_record_says_what_it_is_about(pair_of: PairOf, tmp_path: Path) -> None:
    dense = random_layers(0, [3, 4, 2])
    record = compare(pair_of(dense, random_layers(1, [3, 4, 2])), samples(np.eye(3)), command="boundcheck compare")
    for name, network in (("dense", record.dense), ("compressed", record.compressed)):
        digest = hashlib.sha256((tmp_path / f"{name}.npz").read_bytes()).hexdigest()
        assert network.sha256 == digest == record.provenance.inputs_sha256[str(tmp_path / f"{name}.npz")]
    assert record.provenance.inputs_sha256["data=test"] == "0" * 64
    assert record.provenance.command == "boundcheck compare"
    assert {"boundcheck", "python", "numpy", "python-flint"} <= set(record.provenance.versions)
    assert record.data.input_radius == "1" and record.data.samples == 3
    assert any("covers a given one only if that is the realization" in note for note in record.notes)


def verdict(pair: Pair, acceptable: Acceptable) -> Verdict:
    return compare(pair, samples(np.eye(2)), acceptable=acceptable).target.verdict


def test_acceptable_errors(pair_of: PairOf) -> None:
    """f = 2x, g = x on the unit vectors: an error of exactly 1, of E||f||^2 = 4."""
    pair = pair_of([(2 * np.eye(2), None)], [(np.eye(2), None)])
    above, below = Fraction(1) + Fraction(1, 10**6), Fraction(1) - Fraction(1, 10**6)
    assert verdict(pair, Acceptable(absolute=above)) is Verdict.HOLDS
    assert verdict(pair, Acceptable(absolute=below)) is Verdict.FAILS
    assert verdict(pair, Acceptable(relative=above / 4)) is Verdict.HOLDS
    assert verdict(pair, Acceptable(relative=below / 4)) is Verdict.FAILS
    assert verdict(pair, Acceptable(absolute=Fraction(1))) is Verdict.UNKNOWN
    same = pair_of([(np.eye(2), None)], [(np.eye(2), None)])
    assert verdict(same, Acceptable(absolute=Fraction(0))) is Verdict.HOLDS
    assert verdict(same, Acceptable(relative=Fraction(0))) is Verdict.HOLDS


@pytest.mark.parametrize("values", [{}, {"relative": Fraction(1), "absolute": Fraction(1)}])
def test_exactly_one_error_is_acceptable(values: dict[str, Fraction]) -> None:
    with pytest.raises(InputError, match="expected exactly one of max-relative-error and max-error"):
        Acceptable(**values)


def test_a_zero_network_has_no_relative_error(pair_of: PairOf) -> None:
    record = compare(pair_of([(np.zeros((2, 3)), None)], [(np.ones((2, 3)), None)]), samples(np.eye(3)))
    assert record.error.relative is None and record.error.mean.lower != "0"


def test_the_compressed_file_may_leave_the_activation_out(tmp_path: Path) -> None:
    dense = random_layers(0, [3, 4, 2])
    written(tmp_path / "dense.npz", dense, "tanh", "softmax")
    np.savez(tmp_path / "bare.npz", W1=dense[0][0], b1=dense[0][1], W2=dense[1][0], b2=dense[1][1])
    pair = read_pair(tmp_path / "dense.npz", tmp_path / "bare.npz")
    assert [layer.activation.name for layer in pair.compressed.layers] == ["tanh", "softmax"]
    assert pair.is_identical
    with pytest.raises(InputError, match="bare.npz: does not say which activation"):
        read_pair(tmp_path / "bare.npz", tmp_path / "dense.npz")


WRONG = {
    "depths": ([3, 4, 2], [3, 4, 4, 2], "have 2 and 3 layers; expected the same number, compare a network with its own "
        "compression"),
    "inputs": ([3, 4, 2], [5, 4, 2], "have input widths 3 and 5; expected the same one, compare a network with its own "
        "compression"),
    "outputs": ([3, 4, 2], [3, 4, 3], "have output widths 2 and 3; expected the same one, compare a network with its "
        "own compression"),
    "swapped": ([3, 4, 2], [3, 6, 2], "layer 1 is 4x3 and 6x3; a compression adds no neurons, check that the dense "
        "network comes first"),
}  # fmt: skip


@pytest.mark.parametrize(("dense", "compressed", "message"), WRONG.values(), ids=WRONG)
def test_what_is_not_a_pair(tmp_path: Path, dense: list[int], compressed: list[int], message: str) -> None:
    first = written(tmp_path / "dense.npz", random_layers(0, dense))
    second = written(tmp_path / "compressed.npz", random_layers(1, compressed))
    with pytest.raises(InputError) as caught:
        read_pair(first, second)
    names = f"dense={first} and compressed={second}: "
    assert str(caught.value) == names + message


def test_other_activations_are_no_pair(tmp_path: Path) -> None:
    layers = random_layers(0, [3, 4, 2])
    first, second = written(tmp_path / "a.npz", layers, "tanh"), written(tmp_path / "b.npz", layers, "relu")
    with pytest.raises(InputError) as caught:
        read_pair(first, second)
    assert str(caught.value) == (
        f"dense={first} and compressed={second}: layer 1 has activations tanh and relu; expected the same one, correct "
        "the checkpoint that is wrong"
    )


def test_neurons_in_front_of_softmax_cannot_be_left_out(tmp_path: Path) -> None:
    first = written(tmp_path / "a.npz", random_layers(0, [3, 4, 2]), "softmax")
    second = written(tmp_path / "b.npz", random_layers(0, [3, 3, 2]), "softmax")
    with pytest.raises(InputError, match="neurons can be left out only where the activation acts entry by entry"):
        read_pair(first, second)


def test_kernels_of_other_sizes_are_refused(tmp_path: Path) -> None:
    first = written(tmp_path / "a.npz", [(np.ones((2, 1, 3, 3)), None)])
    second = written(tmp_path / "b.npz", [(np.ones((2, 1, 2, 2)), None)])
    with pytest.raises(InputError, match="layer 1 is 2x1x3x3 and 2x1x2x2; expected kernels of one size"):
        read_pair(first, second, map_side=4)


def test_numbers_that_are_none_name_their_file(tmp_path: Path) -> None:
    layers = random_layers(0, [3, 4, 2])
    first = written(tmp_path / "a.npz", layers)
    layers[1][0][0, 0] = np.nan
    second = written(tmp_path / "b.npz", layers)
    with pytest.raises(InputError) as caught:
        read_pair(first, second)
    assert str(caught.value) == (
        f"checkpoint={second}: tensor 'W2': 1 of 8 entries are NaN or infinite, expected finite numbers; use a "
        "checkpoint from before training diverged"
    )
