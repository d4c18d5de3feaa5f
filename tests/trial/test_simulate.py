"""Plans from their text to their verdicts: what holds, what a wrong bound comes to, and going on with a store."""

import json
import math
import shutil
import sqlite3
import tomllib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from toy_cells import records

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.trial import verdict_record
from boundcheck.trial.block_cells import BlockErrorCell, SecondDerivativeCell
from boundcheck.trial.claims import Bound
from boundcheck.trial.plan import Plan, parse_plan
from boundcheck.trial.simulate import simulate
from boundcheck.trial.verdict_record import ClaimVerdict, Decided, SimulationRecord, TrialVerdict
from boundcheck.trial.workers import Workers

SUPPORTED, REFUTED, UNDECIDED = TrialVerdict
SMALL = """
name = "small"
seed = 3
repeats = 256
batch = 64
enumerate = false
equality_width = 0.5
statements = ["proposition-19", "proposition-25", "lemma-8", "lemma-15", "layerwise"]
[[network]]
law = "spiked"
widths = [2, 4, 2]
shift = 0.1
samples = 2
[[network.whole]]
wide = [2]
[[draw]]
mode = ["prune", "quantize", "structured"]
alpha = 0.5
bernoulli = 0.6
levels = 2
"""
ONE_CLAIM = """
name = "one claim"
repeats = 16384
batch = 1024
statements = ["proposition-20"]
[[network]]
law = "glorot"
widths = [2, 3]
activation = "identity"
shift = 0.5
samples = 3
spans = 1
[[draw]]
mode = "quantize"
alpha = 0.5
levels = 4
"""
SAMPLED_TABLES = ("network", "cell", "batch", "trial", "verdict", "failure")


def plan_of(text: str, **changed: Any) -> Plan:
    return parse_plan({**tomllib.loads(text, parse_float=str), **changed}, "test")


def errors_of(record: SimulationRecord) -> list[ClaimVerdict]:
    return [verdict for verdict in record.verdicts if verdict.claims == ["error"]]


def sampled(path: Path) -> dict[str, Any]:
    found = records(path)
    return {table: found[table] for table in SAMPLED_TABLES}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SimulationRecord]:
    """The small plan, run once without an interruption; nobody may write to its store."""
    path = tmp_path_factory.mktemp("small") / "small.sqlite"
    return path, simulate(plan_of(SMALL), path, text=SMALL)


def test_nothing_that_holds_is_refuted(small: tuple[Path, SimulationRecord]) -> None:
    path, record = small
    assert {v.statement for v in record.verdicts} == {
        "proposition-19",
        "proposition-25",
        "lemma-8",
        "lemma-15",
        "layerwise",
    }
    assert all(verdict.verdict is not REFUTED for verdict in record.verdicts if verdict.variant == "corrected")
    supported = [verdict for verdict in record.verdicts if verdict.verdict is SUPPORTED]
    assert len(supported) >= 0.9 * len(record.verdicts)
    assert [json.loads(claim) for _, claim in sorted(records(path)["verdict"])] == json.loads(record.to_json())[
        "verdicts"
    ]


def test_the_record_follows_its_schema(small: tuple[Path, SimulationRecord]) -> None:
    jsonschema.validate(json.loads(small[1].to_json()), json.loads(verdict_record.json_schema()))


def test_numbers_behind_the_verdicts(small: tuple[Path, SimulationRecord]) -> None:
    """Sampled limits enclose the stored mean; the level is shared by all claims that chance has a part in."""
    path, record = small
    with sqlite3.connect(path) as connection:
        means = dict(
            connection.execute(
                "SELECT key, avg(value) FROM trial JOIN cell ON id = trial.cell WHERE quantity = 0 GROUP BY id"
            )
        )
    chance = [verdict for verdict in record.verdicts if verdict.decided_by is Decided.SAMPLING]
    assert chance and all(verdict.error_probability == pytest.approx(0.01 / len(chance)) for verdict in chance)
    assert all(Fraction(v.error_probability or 0) * len(chance) <= Fraction(1, 100) for v in chance)
    for verdict in errors_of(record):
        assert verdict.cell is not None and verdict.left.lower is not None and verdict.left.upper is not None
        assert verdict.left.estimate == pytest.approx(means[verdict.cell], rel=1e-9)
        assert verdict.left.lower <= means[verdict.cell] <= verdict.left.upper <= (verdict.range or 0) * (1 + 1e-9)
        assert verdict.tightness == pytest.approx(float(verdict.right or 0) / means[verdict.cell], rel=1e-6)


def test_what_does_not_apply_is_listed(tmp_path: Path) -> None:
    text = ONE_CLAIM.replace('["proposition-20"]', '["proposition-18", "proposition-21", "proposition-25"]')
    text = text.replace("spans = 1", "").replace("[2, 3]", "[2, 3, 2]").replace('"identity"', '["relu", "sigmoid"]')
    text = text.replace('mode = "quantize"', 'mode = ["quantize", "structured"]\nbernoulli = 0.5\nblock_size = 2')
    record = simulate(plan_of(text), tmp_path / "s.sqlite")
    told = {(one.statement, one.reason.split(":")[0]) for one in record.not_applicable}
    assert ("proposition-21", "activation-curvature") in told  # relu
    assert ("proposition-18", "activation-zero-at-zero") in told  # sigmoid
    assert any("block_size=2 does not divide the 3 rows" in one.reason for one in record.not_applicable)
    assert {v.statement for v in record.verdicts} == {"proposition-18"}


# Wrong right sides


def test_a_wrong_bound_is_refuted_by_enumeration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [true] = errors_of(simulate(plan_of(ONE_CLAIM), tmp_path / "true.sqlite"))
    assert true.verdict is SUPPORTED and true.decided_by is Decided.ENUMERATION and true.picks == "every mask"
    assert true.left.lower is not None
    for share in ("0.9", "0.99", "0.999999"):
        wrong = ball(share) * ball(true.left.lower)
        monkeypatch.setattr(Bound, "right_side_in_the_mean", lambda self, values, wrong=wrong: wrong)
        [found] = errors_of(simulate(plan_of(ONE_CLAIM), tmp_path / f"{share}.sqlite"))
        assert found.verdict is REFUTED
        assert found.left == true.left


def test_a_wrong_bound_is_refuted_by_sampling(tmp_path: Path) -> None:
    [true, *lowered] = sorted(
        errors_of(simulate(plan_of(ONE_CLAIM, power=["0.9", "0.99"]), tmp_path / "s.sqlite")),
        key=lambda verdict: verdict.power or "",
    )
    assert true.verdict is SUPPORTED and len(lowered) == 2
    assert [v.verdict for v in lowered] == [REFUTED, REFUTED]
    assert all(v.decided_by is Decided.SAMPLING and v.repeats > 0 and v.picks == "every mask" for v in lowered)
    [names] = [json.loads(names) for _, key, names in records(tmp_path / "s.sqlite")["cell"] if key == lowered[0].cell]
    assert len(names) == math.comb(6, 3)
    shares = [float(v.right or 0) / (true.left.lower or 1) for v in lowered]
    assert shares == pytest.approx([0.9, 0.99], rel=1e-6)


def test_the_best_mask_alone_refutes_where_it_is_proved_to_be_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Identity, one layer, nothing projected: sampling one mask is enough. Otherwise it is not."""
    large = ONE_CLAIM.replace("shift = 0.5", "shift = 0").replace("levels = 4", "levels = 64")
    for activation, expected in (("identity", REFUTED), ("tanh", UNDECIDED)):
        text = large.replace('"identity"', f'"{activation}"')
        [true] = errors_of(simulate(plan_of(text), tmp_path / f"{activation}.sqlite"))
        wrong = ball("0.5") * ball(true.left.lower or 0)
        with monkeypatch.context() as patched:
            patched.setattr(Bound, "right_side_in_the_mean", lambda self, values, wrong=wrong: wrong)
            [found] = errors_of(simulate(plan_of(text, enumerate=False), tmp_path / f"{activation}-sampled.sqlite"))
        assert found.decided_by is Decided.SAMPLING and found.verdict is expected


# Going on


def test_a_finished_plan_samples_nothing(
    small: tuple[Path, SimulationRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shutil.copy(small[0], tmp_path / "copy.sqlite")

    def refuse(self: Any, start: int, stop: int) -> np.ndarray:
        raise AssertionError("sampled again")

    for kind in (BlockErrorCell, SecondDerivativeCell):
        monkeypatch.setattr(kind, "sample", refuse)
    again = simulate(plan_of(SMALL), path, text=SMALL)
    assert again.verdicts == small[1].verdicts and again.not_applicable == small[1].not_applicable
    assert sampled(path) == sampled(small[0])


def test_a_store_that_was_cut_comes_out_the_same(small: tuple[Path, SimulationRecord], tmp_path: Path) -> None:
    """Some batches and all verdicts are gone."""
    path = shutil.copy(small[0], tmp_path / "cut.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM trial WHERE cell = 1 OR repeat >= 64")
        connection.execute("DELETE FROM batch WHERE cell = 1 OR start >= 64")
        connection.execute("DELETE FROM verdict")
    connection.close()
    assert sampled(path) != sampled(small[0])
    assert simulate(plan_of(SMALL), path, text=SMALL).verdicts == small[1].verdicts
    assert sampled(path) == sampled(small[0])


@pytest.mark.slow
def test_two_workers_write_the_same(small: tuple[Path, SimulationRecord], tmp_path: Path) -> None:
    path = tmp_path / "two.sqlite"
    assert simulate(plan_of(SMALL), path, text=SMALL, workers=Workers(2)).verdicts == small[1].verdicts
    assert sampled(path) == sampled(small[0])


def test_another_plan_is_refused(small: tuple[Path, SimulationRecord], tmp_path: Path) -> None:
    path = Path(shutil.copy(small[0], tmp_path / "copy.sqlite"))
    with pytest.raises(InputError, match="another plan"):
        simulate(plan_of(SMALL, seed=4), path)
    assert sampled(path) == sampled(small[0])


def test_another_seed_draws_other_networks_and_numbers(small: tuple[Path, SimulationRecord], tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    simulate(plan_of(SMALL, seed=4, repeats=64), path)
    ours, theirs = (sampled(p) for p in (small[0], path))
    assert not {row[-1] for row in ours["network"]} & {row[-1] for row in theirs["network"]}


@pytest.mark.parametrize("change, word", [
    ({"statements": ["proposition-26"]}, "statements=proposition-26"),
    ({"variants": ["mended"]}, "variants=mended"),
    ({"statements": ["proposition-18"], "draw": [{"mode": "prune", "alpha": "1/2", "bernoulli": "1"}]}, "no statement"),
])  # fmt: skip
def test_a_plan_that_cannot_be_run_leaves_no_store(change: dict[str, Any], word: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=word):
        simulate(plan_of(SMALL, **change), tmp_path / "s.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_store_from_before_survives_a_plan_that_cannot_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.sqlite"
    simulate(plan_of(ONE_CLAIM), path)
    before = sampled(path)

    def fail(*arguments: Any) -> None:
        raise InputError("cannot be prepared")

    monkeypatch.setattr("boundcheck.trial.simulate.prepare", fail)
    with pytest.raises(InputError, match="cannot be prepared"):
        simulate(plan_of(ONE_CLAIM), path)
    assert sampled(path) == before


def test_variants_apply_to_the_recursion_too(tmp_path: Path) -> None:
    only = {"variants": ["printed"], "repeats": 64}
    found = simulate(plan_of(SMALL, **only), tmp_path / "s.sqlite")
    assert {verdict.variant for verdict in found.verdicts} == {"printed"}


def test_a_failing_cell_leaves_its_claims_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_cell: Callable[..., np.ndarray] = SecondDerivativeCell.sample

    def spoiled(self: Any, start: int, stop: int) -> np.ndarray:
        return of_cell(self, start, stop) * np.nan

    monkeypatch.setattr(SecondDerivativeCell, "sample", spoiled)
    record = simulate(plan_of(SMALL, repeats=64), tmp_path / "s.sqlite")
    spoilt = [v for v in record.verdicts if v.statement == "lemma-15" and v.decided_by is Decided.SAMPLING]
    assert spoilt and all(v.verdict is UNDECIDED and v.note for v in spoilt)
    assert any(v.verdict is SUPPORTED for v in record.verdicts)
