"""Corners of the sharp rungs against enumeration: extreme scales, dead and lone units, kinks at the data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sharp_cases import GRANULARITY, KINDS, Case, data_of, exactly, knowledge, network_of, proposal_of, theory_of
from sharp_enumeration import TinyDraw, at_most, block_truth

import boundcheck
from boundcheck.certify import measured_blocks
from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Granularity, Proposal
from boundcheck.certify.rungs import run_rung
from boundcheck.core.rung import DrawKind, Effort
from boundcheck.core.verdict import Verdict
from boundcheck.network.layer_sets import LayerSets

SHARP = ("sharp", "sharp-data")


@dataclass(frozen=True)
class Corner:
    """Weights, biases and inputs as lists, to be compressed at layer 1 in every way."""

    weights: Sequence[object]
    inputs: Sequence[Sequence[float]]
    hidden: str = "relu"
    last: str = "identity"
    biases: Sequence[Sequence[float] | None] | None = None

    def case(self, kind: str, role: str, folder: Path, p: Fraction = Fraction(1, 3)) -> Case:
        weights = [np.array(weight, dtype=np.float64) for weight in self.weights]
        biases: list[NDArray[np.float64] | None] = [
            None if bias is None else np.array(bias, dtype=np.float64) for bias in self.biases or [None] * len(weights)
        ]
        inputs = np.array(self.inputs, dtype=np.float64)
        unit = KINDS[kind][1 if role == "wide" else 2]
        draw = {"quantized": TinyDraw(unit, levels=3), "exact counts": TinyDraw(unit, kept=1)}.get(
            kind, TinyDraw(unit, p=p)
        )
        return Case(
            kind,
            exactly(weights, biases, self.hidden, self.last, inputs),
            network_of(folder, weights, biases, self.hidden, self.last),
            data_of(inputs),
            1,
            role,
            draw,
        )


PAIR = [[[1.0, -2.0], [0.5, 0.25]], [[1.0, -1.0]]]
CORNERS = {
    "one unit": Corner([[[2.0]], [[3.0]]], [[1.0]]),
    "one layer after the other of width one": Corner(
        [[[2.0]], [[3.0]], [[-1.0]], [[0.5]]], [[1.0], [-1.0]], "leaky_relu(3)"
    ),
    "kinks exactly at the data": Corner(PAIR, [[2.0, 1.0], [1.0, -2.0]]),
    "kinks of elu": Corner(PAIR, [[2.0, 1.0], [1.0, -2.0]], "elu(2)"),
    "a row of zeros": Corner([[[0.0, 0.0], [1.0, 2.0]], [[1.0, 1.0]]], [[1.0, 1.0]]),
    "a matrix of zeros": Corner([[[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0]]], [[1.0, 1.0]]),
    "inputs of zeros": Corner(PAIR, [[0.0, 0.0], [0.0, 0.0]], "tanh"),
    "identical samples": Corner(PAIR, [[1.0, 0.5]] * 3, "gelu"),
    "dead units": Corner(PAIR, [[0.5, 0.25]], biases=[[-100.0, -100.0], None]),
    "huge biases": Corner(PAIR, [[0.5, 0.25]], "tanh", biases=[[1e6, -1e6], [1e12]]),
    "nothing behind": Corner([PAIR[0], [[0.0, 0.0]]], [[0.5, 0.25]]),
    "tanh at the output": Corner(PAIR, [[0.5, 0.25]], "silu", "tanh"),
    "softmax at the output": Corner([PAIR[0], [[1.0, -1.0], [0.5, 2.0]]], [[0.5, 0.25]], "relu", "softmax"),
    "slopes below one at every layer": Corner(
        [PAIR[0], [[8.0, -8.0], [8.0, 8.0]], [[4.0, -4.0]], [[3.0]]], [[0.5, 0.25]], "sigmoid"
    ),
    "steep below zero": Corner([PAIR[0], [[8.0, -8.0], [8.0, 8.0]], [[4.0, -4.0]]], [[0.5, 0.25]], "leaky_relu(50)"),
    "small weights": Corner([(np.array(PAIR[0]) * 1e-150).tolist(), [[1e150, -1e150]]], [[0.5, 0.25]]),
    "subnormal weights": Corner([(np.array(PAIR[0]) * 1e-310).tolist(), [[1e150, -1e150]]], [[0.5, 0.25]], "tanh"),
    "large weights": Corner([(np.array(PAIR[0]) * 1e40).tolist(), [[1e-40, -1e-40]]], [[0.5, 0.25]]),
    "cancelled behind": Corner(
        [[[1.0]], [[0.1 * 2.0**-565], [0.5 * 2.0**-565]], [[5.0, -1.0]], [[1e200]]], [[1.0]], "identity"
    ),
    "products below all floats": Corner(
        [[[1.0]], [[1e-170], [2e-170]], [[1e-170, 1e-171]], [[1e150]], [[2e150]]], [[1.0]], "identity"
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_measured_blocks(name: str, tmp_path: Path) -> None:
    found = []
    for kind in ("pruned", "exact counts", "quantized", "structured"):
        for role in ("wide", "bottleneck"):
            for p in (Fraction(1, 3), Fraction(1, 10**6)):
                case = CORNERS[name].case(kind, role, tmp_path, p)
                truth = block_truth(case.tiny, 1, case.draw)
                for effort in Effort:
                    known, bound = knowledge(case, effort)
                    if not at_most(truth.output, bound):
                        found.append(f"{kind}, {role}, {effort}, p={p}: {bound} < {truth.output}")
    assert not found


@pytest.mark.parametrize("scale", [1e80, 1e150, 1e-150, 5e-324])
@pytest.mark.parametrize("kind", ["pruned", "exact counts", "quantized", "structured"])
@pytest.mark.filterwarnings(
    "ignore:overflow:RuntimeWarning", "ignore:invalid value:RuntimeWarning", "ignore:divide by zero:RuntimeWarning"
)
def test_where_floats_end_nothing_is_certified_that_is_not_so(kind: str, scale: float, tmp_path: Path) -> None:
    for hidden in ("relu", "tanh", "gelu"):
        for role in ("wide", "bottleneck"):
            weights = [(np.array(PAIR[0]) * scale).tolist(), [[1.5, -1.0]]]
            case = Corner(weights, [[0.5, 0.25], [0.0, 1.0]], hidden).case(kind, role, tmp_path)
            truth = block_truth(case.tiny, 1, case.draw)
            try:
                _, bound = knowledge(case, Effort.NEAR_EXACT)
            except (ArithmeticError, ValueError, boundcheck.InputError):
                continue  # a rung that cannot be evaluated certifies nothing
            assert at_most(truth.output, bound), (hidden, role)


@pytest.mark.parametrize("kind", ["pruned", "exact counts", "structured"])
@pytest.mark.parametrize("keep", ["1", "0.999999", "0.01"])
def test_keeping_all_or_nothing(kind: str, keep: str, tmp_path: Path) -> None:
    """Where nothing may stay the error is at least that of the network without the layer; where all stay, none."""
    for role in ("wide", "bottleneck"):
        case = Corner(PAIR, [[0.5, 0.25], [1.0, -1.0]]).case(kind, role, tmp_path)
        proposal = Proposal(
            keep=Fraction(keep),
            sets=case.sets,
            granularity=GRANULARITY.get(kind, Granularity.UNSTRUCTURED),
            draw=DrawKind.EXACT_COUNTS if kind == "exact counts" else DrawKind.INDEPENDENT,
        )
        certificate = boundcheck.verify(case.network, proposal, case.data)
        nothing = replace(
            case.tiny.layers[0], weight=tuple(tuple(w * 0 for w in row) for row in case.tiny.layers[0].weight)
        )
        empty = replace(case.tiny, layers=(nothing, *case.tiny.layers[1:]))
        least = sum(
            (a - b) ** 2
            for x, y in zip(case.tiny.behind(1, case.tiny.inputs), empty.behind(1, case.tiny.inputs), strict=True)
            for a, b in zip(x, y, strict=True)
        ) / len(case.tiny.inputs)
        for rung in certificate.rungs:
            if rung.name in SHARP and keep == "0.01":
                assert rung.verdict is not Verdict.HOLDS
                assert rung.error_bound is None or Fraction(rung.error_bound) >= least
            if rung.name in SHARP and kind == "exact counts" and keep == "1":
                assert Fraction(rung.error_bound or 1) <= Fraction(1, 10**300)


def test_softmax_at_any_layer_is_answered(tmp_path: Path) -> None:
    weights = [PAIR[0], [[1.0, -1.0], [0.5, 2.0]], [[1.0, 0.5], [0.25, 1.0]]]
    for hidden, last in (("relu", "softmax"), ("softmax", "identity"), ("softmax", "softmax")):
        for kind in ("pruned", "exact counts", "quantized", "structured"):
            case = Corner(weights, [[0.5, 0.25]], hidden, last).case(kind, "wide", tmp_path)
            certificate = boundcheck.verify(case.network, replace(proposal_of(case), sets=None), case.data)
            assert all(rung.error_bound is not None for rung in certificate.rungs if rung.name == "sharp-data")


def test_a_rung_that_overflows_leaves_the_others_standing(tmp_path: Path) -> None:
    case = Corner([[[1e200]], [[1e150]]], [[1.0]]).case("pruned", "bottleneck", tmp_path)
    proposal = Proposal(keep=Fraction(1, 2), sets=LayerSets(frozenset(), frozenset([1])))
    theory = theory_of("pruned", "sharp")
    record = run_rung(theory, case.network, proposal, Goal(Fraction(1), Fraction(2)), None)
    assert record.verdict is not Verdict.HOLDS


def test_what_cannot_be_enclosed_at_the_data_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def overflow(*arguments: object) -> None:
        raise boundcheck.InputError("an entry is infinite")

    case = Corner([[[1.0, 0.5]], [[1.0]]], [[1.0, 1.0]]).case("pruned", "bottleneck", tmp_path)
    asked = replace(proposal_of(case), sets=LayerSets(frozenset(), frozenset([1])))
    monkeypatch.setattr(measured_blocks, "measure_block", overflow)
    record = boundcheck.verify(case.network, asked, case.data).rung("sharp-data")
    assert (record.verdict, record.error_bound) == (Verdict.UNKNOWN, None)
    assert "layer 1: an entry is infinite" in record.reason
