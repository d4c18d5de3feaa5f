"""What comes of a block without sampling: counts, moments of the inputs, and realizations that are exhibited."""

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from trial_blocks import (
    LAWS,
    block,
    drawn,
    error_by_hand,
    mean_by_hand,
    outcomes,
    put_in,
    random_block,
    realizations_by_hand,
)

from boundcheck.core.rung import Quantity
from boundcheck.core.verdict import Verdict
from boundcheck.draws import uniforms
from boundcheck.exact.ball import ball
from boundcheck.trial.block_cases import block_cases
from boundcheck.trial.block_cells import BlockErrorCell
from boundcheck.trial.block_instance import DrawnBlock
from boundcheck.trial.case_builder import Options
from boundcheck.trial.cases import Case
from boundcheck.trial.claims import Bound, bounds
from boundcheck.trial.error_range import is_never_projected
from boundcheck.trial.known import known
from boundcheck.trial.masks import all_masks, chosen_mask
from boundcheck.trial.verdict_record import Decided, TrialVerdict

SEED = 4
SUPPORTED, REFUTED, UNDECIDED = TrialVerdict


def cases(one: DrawnBlock, statement: str, variant: str = "corrected", **changed: Any) -> list[Case]:
    options = {"seed": SEED, "device": "cpu", "enumerates": True, "equality_width": 0.1, "power": ()}
    found = block_cases(one, bounds(frozenset({statement}), None), Options(**{**options, **changed}))
    some = [case for case in found if isinstance(case, Case)]
    return [case for case in some if case.described.variant == variant] or some


def small_block(spans: int, draws: dict[str, Any]) -> DrawnBlock:
    of = random_block(np.random.default_rng(14), spans, "tanh", "identity", (4, 4, 2))
    outer = None if of.outer is None else of.outer / 4
    return drawn(block(of.weight / 4, of.inputs / 4, outer, of.compressed_inputs / 4, "tanh", "identity"), **draws)


@pytest.mark.parametrize("statement, draws, number", [
    ("proposition-20", {"mode": "prune"}, 8), ("proposition-18", {"mode": "quantize"}, 0.5),
])  # fmt: skip
def test_counts_that_the_mask_decides(statement: str, draws: dict[str, Any], number: float) -> None:
    [case] = [
        case
        for case in cases(small_block(1, draws), statement)
        if case.settled and case.settled[1] is Decided.ARITHMETIC
    ]
    assert case.settled is not None
    finding = case.settled[0]
    assert (finding.verdict, finding.lower, finding.upper, finding.note) == (SUPPORTED, number, number, "8 of 16 units")


@pytest.mark.parametrize(
    "verdict, expected", [(Verdict.HOLDS, SUPPORTED), (Verdict.FAILS, REFUTED), (Verdict.UNKNOWN, UNDECIDED)]
)
def test_what_is_not_known_is_not_refuted(
    verdict: Verdict, expected: TrialVerdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bound, "count_holds", lambda *arguments: verdict)
    [case, *_] = cases(small_block(1, {"mode": "prune"}), "proposition-20")
    assert case.settled is not None and case.settled[0].verdict is expected


@pytest.mark.parametrize("draws", LAWS)
def test_moments_of_the_inputs_by_hand(draws: dict[str, Any]) -> None:
    """Part 1 of Lemmas 15 and 16: 2 E[x_j^2] of an entry, 2 E||W_1 x||^2 over a block of columns."""
    one = small_block(1, draws)
    size, x, weight = one.draw.block_size, one.block.compressed_inputs, one.block.weight
    is_structured = one.draw.mode == "structured"
    found = cases(one, "lemma-16" if is_structured else "lemma-15")
    seconds = []
    for unit in np.flatnonzero(~chosen_mask(one, SEED)):
        if is_structured:
            where = slice(unit * size, (unit + 1) * size)
            seconds.append(2 * np.mean([np.sum((weight[:, where] @ row[where]) ** 2) for row in x]))
        else:
            seconds.append(2 * np.mean(x[:, unit % 4] ** 2))
    [case] = found
    assert case.settled is not None
    finding = case.settled[0]
    expected = sorted(seconds)[math.ceil(len(seconds) / 2) - 1]
    assert finding.lower <= expected <= finding.upper and finding.upper - finding.lower <= 1e-9 * expected
    assert finding.verdict is SUPPORTED and case.settled[1] is Decided.ARITHMETIC


@pytest.mark.parametrize("spans, statement, draws", [
    (1, "proposition-18", {"mode": "quantize", "levels": 2}), (1, "proposition-19", {"mode": "prune", "p": "3/10"}),
    (1, "proposition-24", {"mode": "structured", "p": "3/10"}),
    (2, "proposition-21", {"mode": "quantize", "levels": 2}),
    (2, "proposition-22", {"mode": "prune", "p": "3/10"}), (2, "proposition-25", {"mode": "structured", "p": "3/10"}),
])  # fmt: skip
@pytest.mark.parametrize("variant", ["printed", "corrected"])
def test_the_best_realization_that_meets_all_claims(
    variant: str, spans: int, statement: str, draws: dict[str, Any]
) -> None:
    """Enumerated here: at most (1 + gamma) p T nonzero draws; no zero among the printed quantized values."""
    one = small_block(spans, {**draws, "gamma": "1"})
    values = known(one)
    radius, mask = float(values[Quantity.PROJECTION_RADIUS]), chosen_mask(one, SEED)
    allowed = []
    for _, weight in realizations_by_hand(one, mask):
        changed = weight.ravel()[mask] if one.draw.mode != "structured" else None
        if one.draw.levels is not None:
            assert changed is not None
            ok = variant == "corrected" or np.all(changed != 0)
        elif one.draw.mode == "prune":
            assert changed is not None
            ok = np.count_nonzero(changed) <= 2 * one.draw.bernoulli * one.draws
        else:
            axis = 0 if spans == 1 else 1
            kept = np.count_nonzero(np.abs(weight).sum(axis=axis)) - (one.units - one.draws)
            ok = kept <= 2 * one.draw.bernoulli * one.draws
        if ok:  # whatever its probability: the claim is that there is one
            allowed.append(error_by_hand(one, weight, radius))
    [case] = [
        case for case in cases(one, statement, variant) if case.settled and case.settled[1] is Decided.REALIZATION
    ]
    assert case.settled is not None
    finding = case.settled[0]
    if not allowed:
        assert finding.verdict is UNDECIDED and finding.upper == math.inf
        return
    assert finding.lower <= min(allowed) * (1 + 1e-9) and min(allowed) * (1 - 1e-9) <= finding.upper
    assert finding.upper - finding.lower <= 1e-3 * finding.upper
    assert (finding.verdict is SUPPORTED) == (min(allowed) <= float(ball(finding.right).mid()))


def test_a_sampled_repeat_that_is_exhibited() -> None:
    """Its number is noted; drawn again by hand it has the error that is written down."""
    one = small_block(1, {"mode": "prune", "p": "3/10", "gamma": "1"})
    [case] = [case for case in cases(one, "proposition-19", enumerates=False) if case.exhibit is not None]
    cell = case.cell
    assert isinstance(cell, BlockErrorCell) and case.exhibit is not None
    finding = case.exhibit(cell.sample(0, 32))
    assert finding.verdict is SUPPORTED
    repeat, weight = int(finding.note.split()[1]), one.block.weight.copy()
    numbers = uniforms(cell.seed, repeat, 1, one.law.shape).ravel()
    for unit in np.flatnonzero(cell.masks[0]):
        (probability, upper), (_, lower) = outcomes(one, int(unit))
        put_in(one, weight, int(unit), upper if numbers[unit] < probability else lower)
    assert error_by_hand(one, weight, cell.radius) == pytest.approx(finding.estimate, rel=1e-9)
    assert np.count_nonzero(weight) <= 8 + math.floor(2 * 0.3 * 8)


def test_too_few_repeats_show_their_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """All meet the claims about units, none the error: the least error is told, not that none was sparse enough."""
    one = small_block(1, {"mode": "quantize", "levels": 2})
    monkeypatch.setattr(Bound, "right_side", lambda *arguments: Fraction(1, 10**9))
    [case] = [case for case in cases(one, "proposition-18", enumerates=False) if case.exhibit is not None]
    assert case.exhibit is not None and case.cell is not None
    values = case.cell.sample(0, 8)
    finding = case.exhibit(values)
    assert finding.verdict is UNDECIDED and finding.estimate == pytest.approx(values.min()) and "repeat" in finding.note


def test_cells_have_keys_and_seeds_of_their_own() -> None:
    """Every block, draw and quantity its own; the same again when asked again."""
    found = {}
    for spans in (1, 2):
        for draws in LAWS[:4]:
            one = small_block(spans, draws)
            for case in block_cases(one, bounds(None, None), Options(SEED, "cpu", False, 0.1, ())):
                if isinstance(case, Case) and case.cell is not None:
                    about = json.loads(case.cell.key)
                    assert about["seed"] == case.cell.seed  # type: ignore[attr-defined]
                    kind = (spans, str(draws), about["measured"], about["masks"])
                    found.setdefault(kind, set()).add((case.cell.key, case.cell.seed))  # type: ignore[attr-defined]
    assert all(len(same) == 1 for same in found.values())
    seeds = [seed for same in found.values() for _, seed in same]
    assert len({key for same in found.values() for key, _ in same}) == len(set(seeds))
    other = cases(small_block(1, LAWS[0]), "proposition-20", enumerates=False, seed=SEED + 1)
    assert {case.cell.seed for case in other if case.cell} - set(seeds)  # type: ignore[attr-defined]


@pytest.mark.parametrize("scale", [1.0, 0.05])
@pytest.mark.parametrize("draws", LAWS)
def test_never_projected_means_never(draws: dict[str, Any], scale: float) -> None:
    """The norm of some output reaches the radius, unless the draws change little."""
    of = random_block(np.random.default_rng(2), 1, "identity", "identity", (4, 2, 1))
    x = of.inputs.copy()
    x[1:] *= scale
    one = drawn(block(of.weight, x, last="identity"), **draws)
    values = known(one)
    radius = float(values[Quantity.PROJECTION_RADIUS])
    largest = max(
        np.linalg.norm(weight @ one.block.compressed_inputs.T, axis=0).max()
        for mask in all_masks(one)
        for _, weight in realizations_by_hand(one, mask)
    )
    if is_never_projected(one, values):
        assert largest <= radius
        free, bound = (mean_by_hand(one, chosen_mask(one, 0), r) for r in (1e9, radius))
        assert free == bound


def test_some_blocks_are_never_projected_and_some_are() -> None:
    calm = drawn(block([[1.0, 0.0], [0.0, 0.5]], [[0.0, 1.0], [0.1, 0.0]], last="identity"), "quantize", levels=64)
    wild = drawn(block([[1.0, 0.9]], [[0.7, 0.7]], last="identity"), "prune", p="1/10")
    assert is_never_projected(calm, known(calm)) and not is_never_projected(wild, known(wild))


def test_one_enumerated_mask_refutes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All its realizations are known, and it is too bad; but the claim is that some mask is good."""
    one = small_block(2, {"mode": "prune"})
    monkeypatch.setattr(Bound, "right_side_in_the_mean", lambda self, values: ball("1e-12"))
    [settled] = [
        case.settled for case in cases(one, "proposition-23") if case.settled and case.settled[1] is Decided.ENUMERATION
    ]
    assert settled[0].lower > 1e-12
    assert settled[0].verdict is UNDECIDED and settled[0].note == "at this mask alone"


def test_moments_that_cancel_are_enclosed() -> None:
    """0.1 * 3 - 0.3 * 1 is no zero, and floats do not know its digits: only the sizes of the terms bound the error."""
    weight, x = np.full((4, 4), 0.1) * [[3.0, 1.0, 3.0, 1.0]], np.array([[0.1, -0.3, 0.1, -0.3]])
    one = drawn(block(weight, x), "structured", size=2)
    [case] = [case for case in cases(one, "lemma-16") if case.described.claims == ("count", "one-layer")]
    assert case.settled is not None
    finding, way = case.settled
    rows = [[Fraction(float(w)) * Fraction(float(v)) for w, v in zip(row, x[0], strict=True)] for row in weight]
    exact = 2 * sum((row[0] + row[1]) ** 2 for row in rows)
    assert way is Decided.ARITHMETIC and Fraction(finding.lower) <= exact <= Fraction(finding.upper)
    assert finding.upper < 1e-12
