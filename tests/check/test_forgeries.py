"""Forgeries that are consistent in themselves, every number and digest recomputed: none may pass as a certificate."""

import contextlib
import hashlib
import json
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundcheck.certify import recursion, rungs
from boundcheck.certify.block import Bound, layer_environment
from boundcheck.certify.draw_choice import Draw, choose_draw
from boundcheck.check.check import check
from boundcheck.check.report import Answer
from boundcheck.core.content_digest import FIELD, part_digests
from boundcheck.core.rung import Quantity

from .forgery import both, check_forged, forged, put, reported
from .honest_files import quietly, write_certificate, write_record

Quantities = dict[Quantity, Fraction]


def cheating_certificate(
    folder: Path, monkeypatch: pytest.MonkeyPatch, line: str, cheat: Callable[[Quantities], Quantities]
) -> Path:
    """A certificate that `verify` itself writes after it was made to cheat with the parameters of the draws."""

    def dishonest(theory: Any, network: Any, step: Any, *rest: Any) -> Any:
        draw = choose_draw(theory, network, step, *rest)
        if draw is None:
            return None
        chosen = cheat(dict(draw.quantities))
        environment = {**layer_environment(network, step.layer), **chosen}
        return Draw(chosen, draw.units, theory.roles[step.role].promised_share(step.role, environment))

    def certify(*given: Any, measure: Any) -> Any:
        return recursion.certify_recursion(*given, choose=dishonest, measure=measure)

    (folder / "cheating.json").unlink(missing_ok=True)
    with monkeypatch.context() as patch, contextlib.chdir(folder):
        patch.setattr(rungs, "certify_recursion", certify)
        quietly(f"verify {line} --out cheating.json")
    return folder / "cheating.json"


PRUNE = "--widths 64,4000,10 --c1 1 --c2 1 --keep 0.3 --wide 2"
AT_DATA = "relu.safetensors --keep 0.5 --data x.npy --wide 2"
CHEATS = {
    "alpha above one": lambda q: {**q, Quantity.ALPHA: Fraction(2)},
    "negative epsilon": lambda q: {**q, Quantity.EPSILON: Fraction(-99, 100)},
    "bernoulli above one": lambda q: {**q, Quantity.BERNOULLI: Fraction(3)},
    "negative gamma": lambda q: {**q, Quantity.GAMMA: Fraction(-1, 2)},
}
LAYERWISE, SHARP, SHARP_DATA = 2, 3, 4
# Nothing but the statement's domain tells that two of alpha's units are drawn for each one there is.
UNGUARDED = {("alpha above one", SHARP), ("alpha above one", SHARP_DATA)}


@pytest.mark.parametrize("name", CHEATS)
@pytest.mark.parametrize(("line", "place"), [(PRUNE, LAYERWISE), (PRUNE, SHARP), (AT_DATA, SHARP_DATA)])
def test_parameters_outside_their_domain(
    folder: Path, monkeypatch: pytest.MonkeyPatch, line: str, place: int, name: str
) -> None:
    """An assumption fails or cannot be decided there; an error said to be certified all the same is rejected."""
    path = cheating_certificate(folder, monkeypatch, line, CHEATS[name])
    if (name, place) in UNGUARDED:
        assert json.loads(path.read_text())["rungs"][place]["error_bound"] is not None
        assert f"rungs[{place}].blocks[0].parameters.alpha" in reported(check(path))
        return
    rung = f"rungs[{place}]"
    assert json.loads(path.read_text())["rungs"][place]["error_bound"] is None
    lie = both(put(f"{rung}.error_bound", "1e-9"), put(f"{rung}.verdict", "HOLDS"), put("verdict", "HOLDS"))
    assert {f"{rung}.error_bound", f"{rung}.verdict"} <= set(reported(check_forged(path, lie, sealed=True)))


def test_a_domain_that_no_assumption_guards(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statements speak of epsilon below one; every assumption holds at two."""
    path = cheating_certificate(folder, monkeypatch, PRUNE, lambda q: {**q, Quantity.EPSILON: Fraction(2)})
    assert json.loads(path.read_text())["rungs"][2]["error_bound"] is not None
    assert "rungs[2].blocks[0].parameters.epsilon" in reported(check(path))


def test_units_left_out_of_what_is_measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement speaks of any alpha up to one, and what is measured at the data of one alone."""
    line = "relu.safetensors --levels 1000 --unquantized 0.5 --data x.npy --wide 2"
    path = cheating_certificate(folder, monkeypatch, line, lambda q: {**q, Quantity.ALPHA: Fraction(1, 2)})
    errors = [rung["error_bound"] for rung in json.loads(path.read_text())["rungs"]]
    assert errors[SHARP] is not None is not errors[SHARP_DATA]
    report = check(path)
    assert [found for found in reported(report) if found.startswith("rungs")] == [
        f"rungs[{SHARP_DATA}].blocks[0].parameters.alpha"
    ]


def test_a_worse_choice_is_a_true_certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which admissible parameters are taken is no claim."""
    path = cheating_certificate(folder, monkeypatch, PRUNE, lambda q: {**q, Quantity.EPSILON: Fraction(1, 2)})
    honest = write_certificate(folder, "widths")
    bounds = [json.loads(one.read_text())["rungs"][2]["error_bound"] for one in (path, honest)]
    assert bounds[0] != bounds[1]
    assert check(path).answer is Answer.AGREES


def test_an_epsilon_that_the_tail_does_not_allow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within its domain, but the assumption that it needs fails; said to hold all the same."""
    path = cheating_certificate(folder, monkeypatch, PRUNE, lambda q: {**q, Quantity.EPSILON: Fraction(1, 10**9)})
    rows = json.loads(path.read_text())["rungs"][2]["assumptions"]
    place = next(place for place, row in enumerate(rows) if row["id"] == "tail")
    assert rows[place]["verdict"] == "FAILS" and check(path).answer is Answer.AGREES
    report = check_forged(path, put(f"rungs[2].assumptions[{place}].verdict", "HOLDS"), sealed=True)
    assert f"rungs[2].assumptions[{place}].verdict" in reported(report)


def test_a_wrong_formula(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made by a boundcheck that halves every error term."""
    honest = Bound.terms
    with monkeypatch.context() as patch, contextlib.chdir(folder):
        patch.setattr(Bound, "terms", lambda self, at: {k: v / 2 for k, v in honest(self, at).items()})
        quietly("verify --widths 4000,10 --c1 1 --c2 1 --levels 127 --wide 1 --out halved.json")
    report = check(folder / "halved.json")
    assert "rungs[2].error_bound" in reported(report) and "rungs[2].terms[0].value" in reported(report)


def test_norms_that_are_too_small_with_everything_that_follows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from boundcheck.network import checkpoint

    honest = checkpoint.operator_norm
    with monkeypatch.context() as patch, contextlib.chdir(folder):
        patch.setattr(
            checkpoint, "operator_norm", lambda weights: honest(weights) * Fraction(999, 1000).numerator / 1000
        )
        quietly("verify nobias.npz --keep 0.5 --out small-norms.json")
    report = check(folder / "small-norms.json")
    assert {f"network.layers[{place}].operator_norm" for place in range(3)} <= set(reported(report))
    assert "rung layerwise" not in {part.name for part in report.parts if part.answer is not Answer.AGREES}


def test_constants_of_another_machine_in_their_last_digits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Norms enclosed 1e-12 more widely are no difference; everything follows from the stated ones."""
    from flint import arb

    from boundcheck.network import checkpoint

    honest = checkpoint.operator_norm
    line = "verify relu.safetensors --levels 1000000 --unquantized 0.5 --data targets.npz --out"
    with monkeypatch.context() as patch, contextlib.chdir(folder):
        patch.setattr(checkpoint, "operator_norm", lambda weights: honest(weights) * (1 + arb(2) ** -40))
        quietly(f"{line} elsewhere.json")
    with contextlib.chdir(folder):
        quietly(f"{line} here.json")
    norms = [
        json.loads((folder / name).read_text())["network"]["layers"][0]["operator_norm"]
        for name in ("elsewhere.json", "here.json")
    ]
    report = check(folder / "elsewhere.json")
    assert report.findings(Answer.DIFFERS) == [] and report.answer is Answer.AGREES
    assert norms[0] != norms[1]


def test_a_verdict_that_hangs_on_the_last_digits_is_left_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The target is the certified error itself; where norms are enclosed 4e-10 more widely, it is not proved."""
    from flint import arb

    from boundcheck.network import checkpoint

    line = "verify relu.safetensors --levels 1000000 --unquantized 0.5 --data targets.npz --wide 2 --out tight.json"
    with contextlib.chdir(folder):
        quietly(line)
        bound = json.loads((folder / "tight.json").read_text())["rungs"][2]["error_bound"]
        quietly(f"{line} --max-error {bound}")
    assert json.loads((folder / "tight.json").read_text())["verdict"] == "HOLDS"
    assert check(folder / "tight.json").answer is Answer.AGREES
    honest = checkpoint.operator_norm
    monkeypatch.setattr(checkpoint, "operator_norm", lambda weights: honest(weights) * arb(1, 4e-10))
    report = check(folder / "tight.json")
    assert report.findings(Answer.DIFFERS) == []
    assert reported(report) == ["rungs[2].verdict"]


@pytest.mark.parametrize(
    ("factor", "answer"), [(1 + 1e-12, Answer.AGREES), (1 - 1e-12, Answer.AGREES), (0.999, Answer.DIFFERS)]
)
def test_what_is_measured_on_another_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch, factor: float, answer: Answer
) -> None:
    """Sums over the data that are off in their last digits are no difference, and by a thousandth they are."""
    from boundcheck.per_sample import measure_block

    honest = measure_block.sum_above
    line = "verify net.npz --levels 300 --data data.npz --bottleneck 1 --wide 3 --out"
    with contextlib.chdir(folder):
        quietly(f"{line} here.json")
        with monkeypatch.context() as patch:
            patch.setattr(measure_block, "sum_above", lambda values: honest(values) * factor)
            quietly(f"{line} elsewhere.json")
    measured = [
        json.loads((folder / name).read_text())["rungs"][4]["blocks"][0]["measured"]["behind_block"]
        for name in ("elsewhere.json", "here.json")
    ]
    report = check(folder / "elsewhere.json")
    assert measured[0] != measured[1] and report.answer is answer
    assert ("rungs[4].blocks[0].measured.behind_block" in reported(report)) == (answer is Answer.DIFFERS)


def altered_network(folder: Path, name: str, key: str, index: tuple[int, ...], by: float) -> Path:
    """The same archive with one weight changed."""
    with np.load(folder / name) as stored:
        arrays = dict(stored)
    arrays[key][index] += by
    path = folder / f"altered-{name}"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("sealed", [False, True], ids=["recorded digest", "its digest"])
def test_one_weight_of_the_checkpoint(folder: Path, sealed: bool) -> None:
    path = altered_network(folder, "nobias.npz", "W2", (3, 4), 0.25)
    original = write_certificate(folder, "npz")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    change = put("provenance.inputs_sha256.'nobias.npz'", digest) if sealed else (lambda content: None)
    report = check_forged(original, change, sealed, checkpoint=path)
    assert ("provenance.inputs_sha256.nobias.npz" in reported(report)) != sealed
    assert {"network.layers[1].operator_norm", "trivial_bound.value"} <= set(reported(report))


@pytest.mark.parametrize("sealed", [False, True], ids=["recorded digest", "its digest"])
def test_one_sample_of_the_data(folder: Path, sealed: bool) -> None:
    with np.load(folder / "data.npz") as stored:
        x, y = stored["x"].copy(), stored["y"]
    x[7, 3] += 2
    path = folder / "altered-data.npz"
    np.savez(path, x=x, y=y)
    from boundcheck.network.data import load_data

    digest = load_data(str(path)).sha256
    change = put("provenance.inputs_sha256.'data=data.npz'", digest) if sealed else (lambda content: None)
    report = check_forged(write_certificate(folder, "npz"), change, sealed, data=str(path))
    assert ("provenance.inputs_sha256.data=data.npz" in reported(report)) != sealed
    assert {"network.input_radius", "trivial_bound.value"} <= set(reported(report))
    record = check_forged(write_record(folder, "weights"), change, sealed, data=str(path))
    assert "measured.dense_second_moment" in reported(record)


def test_one_weight_of_the_dense_network(folder: Path) -> None:
    """One that was left: what became zero would have become zero all the same."""
    original = write_record(folder, "weights")
    with np.load(folder / original.stem) as stored:
        row, column = (int(number) for number in np.argwhere(stored["W2"] != 0)[0])
    path = altered_network(folder, "net.npz", "W2", (row, column), 1e-9)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    change = put("provenance.inputs_sha256.'net.npz'", digest)
    report = check_forged(original, change, True, dense=path)
    assert f"weights of layer 2, entry ({row}, {column})" in reported(report)


COMPRESSED = {
    "weights": ("W2", (0, 0)),
    "columns": ("W2", (0, 0)),
    "rows": ("b1", (4,)),
    "quantized": ("W2", (1, 1)),
    "output filters": ("W1", (0, 0, 0, 0)),
    "merged rows": ("W1", (0, 0)),
    "merged into a bias": ("layers.2.bias", (0,)),
}


@pytest.mark.parametrize("name", COMPRESSED)
def test_one_weight_of_the_compressed_network(folder: Path, name: str) -> None:
    """Changed by as little as its dtype can, with the file's digest written anew."""
    original = write_record(folder, name)
    key, index = COMPRESSED[name]
    with np.load(folder / original.stem) as stored:
        arrays = dict(stored)
    step = 1e-3 if "bias" in key else 0
    arrays[key][index] = np.nextafter(arrays[key][index], np.inf, dtype=arrays[key].dtype) + step
    path = folder / "altered-small.npz"
    np.savez(path, **arrays)
    change = put("network.sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    report = check_forged(original, change, True, compressed=path)
    assert any(found.startswith(("weights of layer", "bias of layer")) for found in reported(report))


def test_a_weight_moved_to_the_other_outcome_of_its_draw(folder: Path) -> None:
    """A pruned entry put to W/p, as if its uniform number had been smaller: nothing else could have come of it."""
    original = write_record(folder, "weights")
    record = json.loads(original.read_text())
    with np.load(folder / original.stem) as stored:
        arrays = dict(stored)
    with np.load(folder / "net.npz") as stored:
        dense = stored["W2"]
    row, column = np.argwhere((arrays["W2"] == 0) & (dense != 0))[0]
    arrays["W2"][row, column] = dense[row, column] / float(Fraction(record["layers"][0]["bernoulli"]))
    path = folder / "moved-small.npz"
    np.savez(path, **arrays)
    change = put("network.sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    report = check_forged(original, change, True, compressed=path)
    assert f"weights of layer 2, entry ({row}, {column})" in reported(report)


def test_a_processed_weight_put_back(folder: Path) -> None:
    """The dense value is possible for every single weight; the number of draws and the mask tell."""
    original = write_record(folder, "weights")
    with np.load(folder / original.stem) as stored:
        arrays = dict(stored)
    with np.load(folder / "net.npz") as stored:
        dense = stored["W2"]
    place = tuple(np.argwhere(arrays["W2"] != dense)[0])
    arrays["W2"][place] = dense[place]
    path = folder / "put-back-small.npz"
    np.savez(path, **arrays)
    sha = put("network.sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    assert "layers[0].draws" in reported(check_forged(original, sha, True, compressed=path))
    fewer = both(sha, put("layers[0].draws", lambda n: n - 1))
    report = check_forged(original, fewer, True, compressed=path)
    assert {"layers[0].draws", "layers[0].mask_sha256"} <= set(reported(report))


Forged = Callable[[np.ndarray, np.ndarray], None]


def another_set(row: np.ndarray, dense: np.ndarray) -> None:
    """As many kept, another one of them."""
    factor = (row / dense).max()
    dropped, kept = np.flatnonzero(row == 0)[0], np.flatnonzero(row)[0]
    row[dropped], row[kept] = dense[dropped] * factor, 0


def one_less(row: np.ndarray, dense: np.ndarray) -> None:
    row[np.flatnonzero(row)[0]] = 0


def scaled_by_the_share(row: np.ndarray, dense: np.ndarray) -> None:
    """1/keep in place of T/t."""
    row[:] = np.where(row == 0, 0, dense / 0.4)


def not_drawn(row: np.ndarray, dense: np.ndarray) -> None:
    row[:] = dense


def one_put_back(row: np.ndarray, dense: np.ndarray) -> None:
    place = np.flatnonzero(row == 0)[0]
    row[place] = dense[place]


@pytest.mark.parametrize(
    ("forge", "where"),
    [
        (another_set, "weights of layer 1, entry (2, "),
        (one_less, "weights of layer 1, entry (2, "),
        (scaled_by_the_share, "weights of layer 1, entry (2, "),
        (not_drawn, "layers[0].draws"),
        (one_put_back, "layers[0].draws"),
    ],
)
def test_a_row_of_exact_counts(folder: Path, forge: Forged, where: str) -> None:
    """No other draw of a row passes for the seed's, though each entry may be kept or not."""
    original = write_record(folder, "exact counts")
    with np.load(folder / original.stem) as stored, np.load(folder / "net.npz") as whole:
        arrays, dense = dict(stored), whole["W1"]
    forge(arrays["W1"][2], dense[2])
    path = folder / "forged-row.npz"
    np.savez(path, **arrays)
    sha = put("network.sha256", hashlib.sha256(path.read_bytes()).hexdigest())
    report = check_forged(original, sha, True, compressed=path)
    assert any(found.startswith(where) for found in reported(report))
    fewer = both(sha, put("layers[0].draws", lambda n: n - 1))
    assert check_forged(original, fewer, True, compressed=path).answer is Answer.DIFFERS


def test_masks_among_zeros_are_found_or_left_open(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros do not show whether they were processed. Few sets are tried; many are left open, never accepted."""
    from boundcheck.check import redraw

    original = write_record(folder, "zeros among the weights")
    with np.load(folder / "zeros.npz") as stored:
        zeros = int((stored["W1"] == 0).sum())
    layer = json.loads(original.read_text())["layers"][0]
    hidden = layer["draws"] - (layer["units"] - zeros)
    assert zeros > 20 and math.comb(zeros, max(hidden, 0)) >= 1
    assert check(original).answer is Answer.AGREES
    report = check_forged(original, put("layers[0].mask_sha256", "0" * 64), sealed=True)
    assert "layers[0].mask_sha256" in reported(report)
    monkeypatch.setattr(redraw, "MOST_SETS", 1)
    report = check_forged(original, put("layers[0].mask_sha256", "0" * 64), sealed=True)
    assert report.answer is not Answer.AGREES


def test_a_copy_of_another_network(folder: Path) -> None:
    """The copy is read and its numbers compared: another network's does not fit."""
    original = write_certificate(folder, "torch")
    copy = folder / f"{original.name}.safetensors"
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy)
    tensors["fc1.weight"][0, 0] += 1
    save_file(tensors, folder / "other.safetensors")
    digest = hashlib.sha256((folder / "other.safetensors").read_bytes()).hexdigest()
    change = put("provenance.checkpoint_copy.sha256", digest)
    report = check_forged(original, change, True, checkpoint=folder / "other.safetensors")
    assert "network.layers[0].operator_norm" in reported(report)


def test_a_copy_of_a_file_that_needs_none(folder: Path) -> None:
    """Read instead of the checkpoint, it could be any network; here it is even the same one."""
    from safetensors.numpy import save_file

    with np.load(folder / "nobias.npz") as stored:
        tensors = {key: np.ascontiguousarray(stored[key]) for key in stored if key.startswith("W")}
    save_file(tensors, folder / "same.safetensors")
    digest = hashlib.sha256((folder / "same.safetensors").read_bytes()).hexdigest()
    change = put("provenance.checkpoint_copy", {"path": "same.safetensors", "sha256": digest})
    report = check_forged(write_certificate(folder, "npz"), change, True)
    assert reported(report) == ["provenance.checkpoint_copy"]


def test_digests_by_hand() -> None:
    content = {"b": [1, 0.5, None], "a": {"y": "é", "x": True}, FIELD: {"a": "0"}}
    expected = {
        "a": hashlib.sha256(b'{"x":true,"y":"\\u00e9"}').hexdigest(),
        "b": hashlib.sha256(b"[1,0.5,null]").hexdigest(),
    }
    assert part_digests(content) == expected


@pytest.mark.parametrize("sets", ["", "--wide 2"], ids=["auto", "given"])
@pytest.mark.parametrize("levels", ["--levels 1000000 --unquantized 0.5", "--keep 0.7"], ids=["holds", "fails"])
def test_rungs_that_do_not_cover_biases_say_nothing_of_a_biased_network(
    folder: Path, monkeypatch: pytest.MonkeyPatch, levels: str, sets: str
) -> None:
    """Made by a boundcheck that evaluates every rung all the same: every one that asks for no bias is rejected."""
    names = ["printed", "corrected", "layerwise", "sharp", "sharp-data"]
    line = f"verify net.npz {levels} {sets} --data data.npz --out"
    with monkeypatch.context() as patch, contextlib.chdir(folder):
        quietly(f"{line} honest.json")
        patch.setattr(rungs, "why_not_covered", lambda *given: None)
        quietly(f"{line} covered.json")
    content = json.loads((folder / "covered.json").read_text())
    assert all(rung["assumptions"] for rung in content["rungs"])
    assert check(folder / "honest.json").answer is Answer.AGREES
    report = check(folder / "covered.json")
    wrong = {part.name.removeprefix("rung ") for part in report.parts if part.answer is Answer.DIFFERS}
    assert wrong & set(names) == set(names[:3])
    assert {f"rungs[{place}].reason" for place in range(3)} <= set(reported(report))


def test_a_bias_that_is_hidden(folder: Path) -> None:
    """A file about the network without its bias, put in the place of that with it."""
    with np.load(folder / "nobias.npz") as stored:
        arrays = dict(stored)
    path = folder / "biased.npz"
    np.savez(path, **arrays, b1=np.ones(30))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    original = write_certificate(folder, "npz")
    change = put("provenance.inputs_sha256.'nobias.npz'", digest)
    report = check(forged(original, change, True), checkpoint=path)
    assert {"network.layers[0].bias_norm", "network.layers[0].output_at_zero", "rungs[2].reason"} <= set(
        reported(report)
    )
