"""Tampered certificates and records are rejected with the field named, also where the digests were written anew.

Each case names the field under which it must be reported. ONLY_DIGEST: with digests written anew nothing tells, since
what was changed is a fact that nothing can recompute and that no claim depends on.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from boundcheck.check.report import Answer

from .forgery import Change, both, check_forged, drop, put, reported, times, value_at
from .honest_files import write_certificate, write_record

ONLY_DIGEST = ""


@dataclass(frozen=True)
class Case:
    """A change of one file, and where it must be reported (the beginning of the path)."""

    file: str
    change: Change
    reported: str


def swap(path: str, one: int, other: int) -> Change:
    def change(content: dict) -> None:  # type: ignore[type-arg]
        items = content
        for key in path.split("."):
            items = items[key]
        items[one], items[other] = items[other], items[one]  # type: ignore[index]

    return change


def insert_rung(content: dict) -> None:  # type: ignore[type-arg]
    content["rungs"].append({**content["rungs"][2], "name": "better", "verdict": "HOLDS"})


def repeat_rung(content: dict) -> None:  # type: ignore[type-arg]
    content["rungs"].append(content["rungs"][2])


HOLDS, THROUGH = "widths that hold", "one layer through the next"
MEASURED, DRAWN = "rungs[4].blocks[0].measured", "rungs[4].blocks[0].parameters"
CERTIFICATES = {
    # verdicts
    "verdict": Case("npz", put("verdict", "HOLDS"), "verdict"),
    "verdict of a rung": Case("npz", put("rungs[2].verdict", "HOLDS"), "rungs[2].verdict"),
    "verdicts of rung and certificate": Case(
        "npz", both(put("verdict", "HOLDS"), put("rungs[2].verdict", "HOLDS")), "rungs[2].verdict"
    ),
    "verdict of an assumption": Case("npz", put("rungs[1].assumptions[16].verdict", "UNKNOWN"), "rungs[1].assumptions"),
    "a HOLDS made a FAILS": Case(HOLDS, put("verdict", "FAILS"), "verdict"),
    "reason": Case(HOLDS, put("reason", "layerwise: every assumption holds"), "reason"),
    "reason of a rung": Case(HOLDS, put("rungs[1].reason", "all is well"), "rungs[1].reason"),
    "vacuous": Case("npz", put("rungs[2].vacuous", False), "rungs[2].vacuous"),
    "a rung that decides": Case(HOLDS, put("rungs[0].decides", True), "rungs[0].decides"),
    # bounds
    "error bound a little smaller": Case(
        HOLDS, put("rungs[2].error_bound", times("0.999999999")), "rungs[2].error_bound"
    ),
    "error bound halved": Case(HOLDS, put("rungs[2].error_bound", times("1/2")), "rungs[2].error_bound"),
    "error bound larger": Case(HOLDS, put("rungs[2].error_bound", times("1.001")), "rungs[2].error_bound"),
    "error bound dropped": Case(HOLDS, put("rungs[2].error_bound", None), "rungs[2].error_bound"),
    "relative error": Case(HOLDS, put("rungs[2].relative", times("0.9")), "rungs[2].relative"),
    "error behind a block": Case(HOLDS, put("rungs[2].blocks[0].error", times("0.9")), "rungs[2].blocks[0].error"),
    "loss bound": Case("safetensors that holds", put("rungs[2].loss_bound", times("0.99")), "rungs[2].loss_bound"),
    "dense loss": Case("safetensors that holds", put("dense_loss", times("0.99")), "dense_loss"),
    "trivial bound": Case("npz", put("trivial_bound.value", times("1.1")), "trivial_bound.value"),
    "trivial bound, worst case": Case("npz", put("trivial_bound.worst_case", True), "trivial_bound.worst_case"),
    "target": Case(HOLDS, put("target.value", "0.2"), "target.error"),
    "target error": Case(HOLDS, put("target.error", times("2")), "target.error"),
    "kind of target": Case("npz", put("target.kind", "absolute"), "target.error"),
    # assumptions
    "value": Case("npz", put("rungs[1].assumptions[16].value", times("0.9")), "rungs[1].assumptions[16].value"),
    "limit": Case("npz", put("rungs[1].assumptions[16].limit", times("1.1")), "rungs[1].assumptions[16].limit"),
    "margin sign": Case(
        "npz", put("rungs[1].assumptions[16].margin", lambda text: text.lstrip("-")), "rungs[1].assumptions[16].margin"
    ),
    "missed by": Case("npz", put("rungs[1].assumptions[16].missed_by", "1.001"), "rungs[1].assumptions[16].missed_by"),
    "relation": Case(HOLDS, put("rungs[1].assumptions[0].relation", ">="), "rungs[1].assumptions[0].relation"),
    "an assumption dropped": Case(HOLDS, drop("rungs[1].assumptions[0]"), "rungs[1].assumptions"),
    "an assumption of the recursion dropped": Case(HOLDS, drop("rungs[2].assumptions[2]"), "rungs[2].assumptions"),
    "assumptions swapped": Case(HOLDS, swap("rungs", 1, 2), "rungs"),
    "note": Case(
        HOLDS, put("rungs[1].assumptions[0].note", "by the law of the weights"), "rungs[1].assumptions[0].note"
    ),
    # parameters and shares
    "alpha": Case(HOLDS, put("rungs[2].blocks[0].parameters.alpha", "0.995"), "rungs[2].blocks[0]"),
    "bernoulli": Case("widths", put("rungs[2].blocks[0].parameters.bernoulli", times("1.01")), "rungs[2]"),
    "epsilon": Case("widths", put("rungs[2].blocks[0].parameters.epsilon", "1e-9"), "rungs[2].assumptions"),
    "gamma": Case("widths", put("rungs[2].blocks[0].parameters.gamma", times("1/2")), "rungs[2]"),
    "epsilon dropped": Case("widths", drop("rungs[2].blocks[0].parameters.epsilon"), "rungs[2].blocks[0].parameters"),
    "levels": Case(HOLDS, put("rungs[2].blocks[0].parameters.levels", "128"), "rungs[2].blocks[0].parameters.levels"),
    "draw of the proposal": Case(HOLDS, put("proposal.draw", "exact-counts"), "proposal"),
    "another draw than proposed": Case("exact counts that hold", put("proposal.draw", "independent"), "statements"),
    "kept of exact counts": Case("exact counts that hold", put("rungs[0].kept_fraction", "0.2"), "rungs[0]"),
    "levels of the proposal": Case(HOLDS, put("proposal.levels", 255), "proposal.bits_per_weight"),
    "kept fraction asked for": Case("widths", put("proposal.keep", "0.4"), "rungs[0].assumptions"),
    "kept fraction promised": Case("widths", put("rungs[1].kept_fraction", times("0.9")), "rungs[1].kept_fraction"),
    "kept fraction of the network": Case(
        "widths", put("rungs[1].kept_fraction_network", times("0.9")), "rungs[1].kept_fraction_network"
    ),
    "draws": Case("widths", put("rungs[2].blocks[0].draws", lambda n: n - 1), "rungs[2].blocks[0].draws"),
    "units": Case("widths", put("rungs[2].blocks[0].units", lambda n: n + 1), "rungs[2].blocks[0].units"),
    "promised share of a block": Case(
        "widths", put("rungs[2].blocks[0].promised_kept", times("0.9")), "rungs[2].blocks[0].promised_kept"
    ),
    "xi": Case(HOLDS, put("rungs[1].parameters.xi", times("1/2")), "rungs[1]"),
    "target xi": Case(HOLDS, put("rungs[1].parameters.target_xi", times("1/2")), "rungs[1].parameters.target_xi"),
    "delta": Case(HOLDS, put("rungs[1].parameters.delta", times("2")), "rungs[1].parameters.delta"),
    "constants of the printed proof": Case(
        "widths", put("rungs[0].parameters.gamma", "0.02"), "rungs[0].parameters.gamma"
    ),
    "a fixed draw": Case("fixed draw", put("proposal.bernoulli", "0.3"), "rungs[0].parameters.bernoulli"),
    "other wide layers": Case(HOLDS, put("rungs[2].wide", []), "rungs[2].wide"),
    "other layers than proposed": Case(
        "auto", both(put("proposal.wide", [3]), put("proposal.bottleneck", [])), "rungs[2].wide"
    ),
    "a layer that is not there": Case(HOLDS, put("rungs[2].wide", [7]), "rungs[2].wide"),
    "a block at another layer": Case("widths", put("rungs[2].blocks[0].layer", 1), "rungs[2].blocks"),
    "mode": Case("widths", put("proposal.mode", "structured"), "proposal"),
    # terms
    "a term": Case("npz bottleneck", put("rungs[2].terms[1].value", times("1.1")), "rungs[2].terms[1].value"),
    "a term's share": Case("npz", put("rungs[2].terms[1].share", 0.123), "rungs[2].terms[1].share"),
    "a term dropped": Case(HOLDS, drop("rungs[2].terms[0]"), "rungs[2].terms"),
    "origin of a term": Case(HOLDS, put("rungs[2].terms[0].origin", "lemma-14"), "rungs[2].terms[0].origin"),
    # rungs and statements
    "a rung dropped": Case(HOLDS, drop("rungs[0]"), "rungs"),
    "an extra rung": Case(HOLDS, insert_rung, "rungs"),
    "a rung twice": Case(HOLDS, repeat_rung, "rungs"),
    "paper of a rung": Case(HOLDS, put("rungs[1].paper", "another2026"), "rungs[1].paper"),
    "statement id": Case(HOLDS, put("statements[0].id", "theorem-2"), "statements[0].id"),
    "variant": Case(HOLDS, put("statements[1].variant", "printed"), "statements[1].variant"),
    "a formula": Case(HOLDS, put("statements[1].latex.'claim error'", r"x \leq 0"), "statements[1].latex.claim error"),
    "a correction's text": Case(HOLDS, put("statements[1].corrections[0]", "nothing. For no reason."), "statements[1]"),
    "a correction dropped": Case(HOLDS, drop("statements[1].corrections[0]"), "statements[1].corrections"),
    "a statement dropped": Case(HOLDS, drop("statements[2]"), "statements"),
    "source": Case(HOLDS, put("statements[0].source", "elsewhere, page 1"), "statements[0].source"),
    # network
    "an operator norm": Case(
        "npz", put("network.layers[1].operator_norm", times("0.999")), "network.layers[1].operator_norm"
    ),
    "an operator norm, in its tenth digit": Case(
        "npz", put("network.layers[1].operator_norm", times("0.9999999998")), "network.layers[1].operator_norm"
    ),
    "largest entry": Case(
        "npz", put("network.layers[0].largest_entry", times("0.9")), "network.layers[0].largest_entry"
    ),
    "layers swapped": Case("npz", swap("network.layers", 1, 2), "network.layers[1]"),
    "a width": Case(HOLDS, put("network.widths", [8000, 10]), "network"),
    "c_1": Case(HOLDS, put("network.c_1", "0.9"), "network.c_1"),
    "c_1 in the description": Case(
        HOLDS, put("network.description", lambda t: t.replace("c_1 = 1", "c_1 = 2")), "network"
    ),
    "activation": Case("npz", put("network.layers[0].activation", "relu"), "network.layers"),
    "Lipschitz constant": Case("npz", put("network.layers[0].lipschitz", "0.5"), "network.layers[0].lipschitz"),
    "input radius": Case("npz", put("network.input_radius", times("0.9")), "network.input_radius"),
    "probability": Case("law that holds", put("network.probability", "0.9999"), "network"),
    "illustrative": Case("typical law", put("network.illustrative", False), "network.illustrative"),
    "a block norm": Case(
        "npz filters", put("network.layers[0].block_norm", times("0.9")), "network.layers[0].block_norm"
    ),
    "a column norm": Case("npz", put("network.layers[1].column_norm", times("0.99")), "network.layers[1].column_norm"),
    "a row norm": Case("npz", put("network.layers[1].row_norm", times("0.99")), "network.layers[1].row_norm"),
    "a norm of a bias": Case(
        "biases", put("network.layers[0].bias_norm", times("0.99")), "network.layers[0].bias_norm"
    ),
    "no bias": Case("biases", put("network.layers[0].bias_norm", "0"), "network.layers[0].bias_norm"),
    "output at zero": Case(
        "biases", put("network.layers[0].output_at_zero", times("0.99")), "network.layers[0].output_at_zero"
    ),
    "a stated column norm": Case(
        "widths", put("network.layers[1].column_norm", times("0.99")), "network.layers[1].column_norm"
    ),
    # what is measured at the data
    "error behind a measured block": Case(
        "npz", put(f"{MEASURED}.behind_block", times("0.99999999")), f"{MEASURED}.behind_block"
    ),
    "a larger error behind a measured block": Case(
        "npz", put(f"{MEASURED}.behind_block", times("1.00000001")), f"{MEASURED}.behind_block"
    ),
    "at the output by norms": Case(
        "npz", put(f"{MEASURED}.at_output_by_norms", times("0.99")), f"{MEASURED}.at_output_by_norms"
    ),
    "at the output by the next layer": Case(
        THROUGH, put(f"{MEASURED}.at_output_by_next_layer", times("0.99")), f"{MEASURED}.at_output_by_next_layer"
    ),
    "at the output by the derivative": Case(
        THROUGH, put(f"{MEASURED}.at_output_by_derivative", times("0.99")), f"{MEASURED}.at_output_by_derivative"
    ),
    "a derivative where there is none": Case(
        "npz", put(f"{MEASURED}.at_output_by_derivative", "1e-9"), f"{MEASURED}.at_output_by_derivative"
    ),
    "no derivative": Case(
        THROUGH, put(f"{MEASURED}.at_output_by_derivative", None), f"{MEASURED}.at_output_by_derivative"
    ),
    "variance of a column": Case(
        "npz", put(f"{MEASURED}.largest_column_variance", times("0.99")), f"{MEASURED}.largest_column_variance"
    ),
    "nothing measured": Case("npz", put(MEASURED, None), MEASURED),
    "something measured by another rung": Case(
        "npz", lambda content: put("rungs[3].blocks[0].measured", value_at(content, MEASURED))(content), "rungs[3]"
    ),
    "effort of a block": Case("npz", put(f"{MEASURED}.effort", "near-exact"), f"{MEASURED}.effort"),
    "effort of the proposal": Case("npz", put("proposal.effort", "plain"), f"{MEASURED}.effort"),
    "effort of both": Case(
        "near-exact effort that holds",
        both(put("proposal.effort", "plain"), put(f"{MEASURED}.effort", "plain")),
        f"{MEASURED}.behind_block",
    ),
    "effort where nothing is measured": Case("widths", put("proposal.effort", "plain"), ONLY_DIGEST),
    "error bound of what is measured": Case(
        "npz", put("rungs[4].error_bound", times("0.9999")), "rungs[4].error_bound"
    ),
    "error behind the second block": Case(
        "two blocks that hold", put("rungs[4].blocks[1].error", times("0.9999")), "rungs[4].blocks[1].error"
    ),
    "a measured term": Case("npz", put("rungs[4].terms[1].value", times("0.9999")), "rungs[4].terms[1].value"),
    "alpha of what is measured": Case("npz", put(f"{DRAWN}.alpha", "0.99"), f"{DRAWN}.alpha"),
    "bernoulli of what is measured": Case("npz", put(f"{DRAWN}.bernoulli", times("1.01")), "rungs[4]"),
    "a rung that needs data dropped": Case("npz", drop("rungs[4]"), "rungs"),
    "unchanged predictions": Case(
        "two blocks that hold", put("rungs[4].unchanged_predictions", "1"), "rungs[4].unchanged_predictions"
    ),
    "unchanged predictions without a bound": Case(
        "npz", put("rungs[1].unchanged_predictions", "0.5"), "rungs[1].unchanged_predictions"
    ),
    "unchanged predictions of a regression": Case(
        "nonzero at zero that holds", put("rungs[4].unchanged_predictions", "1"), "rungs[4].unchanged_predictions"
    ),
    "verdict of a rung that does not cover biases": Case(
        "two blocks that hold", put("rungs[2].verdict", "HOLDS"), "rungs[2].verdict"
    ),
    "draw of what is measured": Case("two blocks of exact counts", put("proposal.draw", "independent"), "rungs"),
    # provenance
    "seed": Case("npz", put("provenance.seed", 1), "provenance.seed"),
    "digest of the checkpoint": Case(
        "npz", put("provenance.inputs_sha256.'nobias.npz'", "0" * 64), "provenance.inputs_sha256.nobias.npz"
    ),
    "digest of the data": Case(
        "npz", put("provenance.inputs_sha256.'data=data.npz'", "0" * 64), "provenance.inputs_sha256.data=data.npz"
    ),
    "data dropped": Case("npz", drop("provenance.inputs_sha256.'data=data.npz'"), "trivial_bound"),
    "digest of a torch file": Case(
        "torch", put("provenance.inputs_sha256.'net.pt'", "0" * 64), "provenance.inputs_sha256.net.pt"
    ),
    "digest of a torch file's copy": Case(
        "torch", put("provenance.checkpoint_copy.sha256", "0" * 64), "provenance.checkpoint_copy.sha256"
    ),
    "a torch file without a copy": Case("torch", put("provenance.checkpoint_copy", None), "provenance.checkpoint_copy"),
    "a copy of what needs none": Case(
        "npz",
        put("provenance.checkpoint_copy", {"path": "relu.safetensors", "sha256": "0" * 64}),
        "provenance.checkpoint_copy",
    ),
    "version of a newer boundcheck": Case(
        "npz", put("provenance.versions.boundcheck", "99.0"), "provenance.versions.boundcheck"
    ),
    "a version that is none": Case("npz", put("provenance.versions.numpy", "the latest"), "provenance.versions.numpy"),
    "a version dropped": Case("npz", drop("provenance.versions.sympy"), "provenance.versions"),
    "version of an older boundcheck": Case("npz", put("provenance.versions.boundcheck", "0.0.1"), ONLY_DIGEST),
    "version of python": Case("npz", put("provenance.versions.python", "3.11.0"), ONLY_DIGEST),
    "command": Case("npz", put("provenance.command", "boundcheck verify nobias.npz --keep 0.1"), ONLY_DIGEST),
    "a draw that was given": Case("fixed draw", put("proposal.bernoulli", None), ONLY_DIGEST),
}


@pytest.mark.parametrize("sealed", [False, True], ids=["stale digest", "new digest"])
@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_tampered_certificate_is_rejected(folder: Path, name: str, sealed: bool) -> None:
    case = CERTIFICATES[name]
    assert_rejected(case, check_forged(write_certificate(folder, case.file), case.change, sealed), sealed)


def assert_rejected(case: Case, report: object, sealed: bool) -> None:
    from boundcheck.check.report import CheckReport

    assert isinstance(report, CheckReport)
    paths = reported(report)
    if not sealed:
        assert report.answer is Answer.DIFFERS
        assert any(path.startswith("content_sha256.") for path in paths)
    if case.reported == ONLY_DIGEST:
        assert [path for path in paths if not path.startswith("content_sha256.")] == []
    else:
        assert report.answer is not Answer.AGREES
        assert any(path.startswith(case.reported) for path in paths), paths


RECORDS = {
    "seed": Case("weights", put("provenance.seed", 1), "weights of layer 2, entry"),
    "alpha": Case("weights", put("layers[0].alpha", "0.9"), "layers[0].draws"),
    "bernoulli": Case("weights", put("layers[0].bernoulli", times("1.01")), "weights of layer 2, entry"),
    "levels": Case(
        "quantized", both(put("settings.levels", 4), put("layers[0].levels", 4)), "weights of layer 2, entry"
    ),
    "levels of the layer": Case("quantized", put("layers[0].levels", 4), "layers[0].levels"),
    "bits": Case("quantized", put("totals.bits_per_weight", 2), "totals.bits_per_weight"),
    "keep": Case("weights", put("settings.keep", "0.3"), "layers[0].requested"),
    "draws": Case("weights", put("layers[0].draws", lambda n: n - 1), "layers[0].draws"),
    "units": Case("weights", put("layers[0].units", lambda n: n + 1), "layers[0].units"),
    "unit": Case("columns", put("layers[0].unit", "rows"), "layers[0].unit"),
    "role": Case("columns", put("layers[0].role", "bottleneck"), "layers[0].role"),
    "name": Case("weights", put("layers[0].name", "layer 3"), "layers[0].name"),
    "mask digest": Case("weights", put("layers[0].mask_sha256", "0" * 64), "layers[0].mask_sha256"),
    "mask digest of rows": Case("rows", put("layers[0].mask_sha256", "0" * 64), "layers[0].mask_sha256"),
    "order digest of a random order": Case(
        "at random", put("layers[0].order_sha256", "0" * 64), "layers[0].order_sha256"
    ),
    "order digest where there is none": Case(
        "by index", put("layers[0].order_sha256", "0" * 64), "layers[0].order_sha256"
    ),
    "greedy made random": Case("weights", put("settings.order", "random"), "layers[0].mask_sha256"),
    "promised": Case("weights", put("layers[0].promised", times("0.9")), "layers[0].promised"),
    "promised units": Case("weights", put("layers[0].promised_units", lambda n: n - 1), "layers[0].promised_units"),
    "probability": Case("weights", put("layers[0].probability", "0.999999"), "layers[0].probability"),
    "probability of all": Case("weights of a bottleneck", put("totals.probability", "0.9999999"), "totals.probability"),
    "achieved": Case("weights", put("layers[0].achieved", times("0.9")), "layers[0].achieved"),
    "achieved units": Case("weights", put("layers[0].achieved_units", lambda n: n - 1), "layers[0].achieved_units"),
    "achieved in total": Case("weights", put("totals.achieved", times("0.9")), "totals.achieved"),
    "exceeds its promise": Case(
        "weights", put("layers[0].exceeds_promise", lambda b: not b), "layers[0].exceeds_promise"
    ),
    "weights in total": Case("weights", put("totals.weights", lambda n: n + 1), "totals.weights"),
    "error": Case("weights", put("measured.compressed.error", lambda e: e * 0.999), "measured.compressed.error"),
    "relative error": Case(
        "weights", put("measured.compressed.relative", lambda e: e * 0.999), "measured.compressed.relative"
    ),
    "second moment": Case(
        "weights", put("measured.dense_second_moment", lambda e: e * 1.001), "measured.dense_second_moment"
    ),
    "accuracy": Case("weights", put("measured.compressed.score", lambda s: s + 1 / 60), "measured.compressed.score"),
    "dense accuracy": Case("weights", put("measured.dense_score", lambda s: s + 1 / 60), "measured.dense_score"),
    "R^2": Case("by index", put("measured.compressed.score", lambda s: s + 0.001), "measured.compressed.score"),
    "samples": Case("weights", put("measured.samples", 61), "measured.samples"),
    "what is measured": Case("weights", put("measured.measure", "R^2"), "measured.measure"),
    "a projection dropped": Case("projected", put("projections", []), "projections"),
    "radius": Case("projected", put("projections[0].radius", lambda r: r * 1.01), "projections[0].radius"),
    "active samples": Case("projected", put("projections[0].active", lambda n: n + 1), "projections[0].active"),
    "error with projections": Case(
        "projected", put("measured.with_projections.error", lambda e: e * 0.99), "measured.with_projections.error"
    ),
    "projections said not to act": Case(
        "projected", put("measured.with_projections", None), "measured.with_projections"
    ),
    "left out": Case("merged rows", put("merged[0].left_out", lambda n: n - 1), "merged[0].left_out"),
    "into the bias": Case("merged rows", put("merged[0].into_bias", True), "merged[0].into_bias"),
    "merging dropped": Case("merged rows", put("merged", []), "merged"),
    "not merged": Case("merged rows", put("settings.merge", False), "weights of layer"),
    "wide layers": Case("weights", put("settings.wide", [1]), "layers"),
    "a layer dropped": Case("weights of a bottleneck", drop("layers[1]"), "layers"),
    "layers swapped": Case("weights of a bottleneck", swap("layers", 0, 1), "layers"),
    "mode": Case("columns", put("settings.mode", "conv"), "layers[0].unit"),
    "activations": Case("float32 file", put("dense.activations", ["tanh", "identity"]), "dense"),
    "map": Case("output filters", put("dense.map_side", 5), "dense"),
    "dtype of the computation": Case("rows", put("settings.dtype", "float32"), "layers[0]"),
    "dtype of the file": Case("weights", put("network.dtype", "float32"), "network.dtype"),
    "digest of the file": Case("weights", put("network.sha256", "0" * 64), "network.sha256"),
    "digest of the dense network": Case(
        "weights", put("provenance.inputs_sha256.'net.npz'", "0" * 64), "provenance.inputs_sha256.net.npz"
    ),
    "digest of the data": Case(
        "weights", put("provenance.inputs_sha256.'data=data.npz'", "0" * 64), "provenance.inputs_sha256.data=data.npz"
    ),
    "a copy of what needs none": Case("weights", put("dense.copy_sha256", "0" * 64), "dense.copy_sha256"),
    "version": Case("weights", put("provenance.versions.boundcheck", "1!"), "provenance.versions.boundcheck"),
    "seconds": Case("weights", put("seconds", 0.0), ONLY_DIGEST),
    "device": Case("weights", put("settings.device", "cuda"), ONLY_DIGEST),
    "objective": Case("weights", put("settings.objective", "loss"), ONLY_DIGEST),
    "implementation": Case("weights", put("settings.implementation", "literal"), ONLY_DIGEST),
    "order digest of a greedy pass": Case(
        "weights of a bottleneck", put("layers[0].order_sha256", "0" * 64), ONLY_DIGEST
    ),
    "random order said to be greedy": Case("at random", put("settings.order", "greedy"), ONLY_DIGEST),
    # exact counts
    "exact counts said to be independent": Case("exact counts", put("settings.draw", "independent"), "settings"),
    "independent draws said to be exact counts": Case("weights", put("settings.draw", "exact-counts"), "settings"),
    "kept of every row": Case("exact counts", put("layers[1].kept_per_row", lambda n: n + 1), "layers[1].kept_per_row"),
    "kept of every row, where nothing is counted": Case(
        "weights", put("layers[0].kept_per_row", 3), "layers[0].kept_per_row"
    ),
    "seed of exact counts": Case("exact counts", put("provenance.seed", 4), "weights of layer 1, entry"),
    "keep of exact counts": Case("exact counts", put("settings.keep", "0.5"), "layers[0].kept_per_row"),
    "more of a row promised": Case(
        "exact counts", both(put("settings.keep", "0.5"), put("layers[0].kept_per_row", 4)), "weights of layer 1, entry"
    ),
    "an order of exact counts": Case("exact counts", put("settings.order", "greedy"), "settings.order"),
    "an objective of exact counts": Case("exact counts", put("settings.objective", "loss"), "settings.objective"),
    "an implementation of exact counts": Case(
        "exact counts", put("settings.implementation", "fast"), "settings.implementation"
    ),
    "no order of what is picked": Case("weights", put("settings.order", None), "settings.order"),
    "no objective of what is picked": Case("weights", put("settings.objective", None), "settings.objective"),
    "projections behind exact counts": Case("exact counts", put("settings.projection", True), "settings"),
    "bernoulli of exact counts": Case("exact counts", put("layers[0].bernoulli", "0.4"), "settings"),
    "mask digest of exact counts": Case(
        "exact counts among zeros", put("layers[0].mask_sha256", "0" * 64), "layers[0].mask_sha256"
    ),
    "achieved units of exact counts": Case(
        "exact counts among zeros", put("layers[0].achieved_units", lambda n: n + 1), "layers[0].achieved_units"
    ),
}


@pytest.mark.parametrize("sealed", [False, True], ids=["stale digest", "new digest"])
@pytest.mark.parametrize("name", RECORDS)
def test_a_tampered_record_is_rejected(folder: Path, name: str, sealed: bool) -> None:
    case = RECORDS[name]
    assert_rejected(case, check_forged(write_record(folder, case.file), case.change, sealed), sealed)
