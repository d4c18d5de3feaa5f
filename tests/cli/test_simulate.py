"""`boundcheck simulate`: exit codes, plans as files and as options, and one sentence for whatever cannot be run."""

import csv
import json
import sqlite3
from pathlib import Path

import jsonschema
import pytest

from boundcheck.exact.ball import ball
from boundcheck.trial import verdict_record
from boundcheck.trial.claims import Bound

PLAN = """
name = "one layer"
repeats = 512
batch = 128
statements = ["proposition-20"]
[[network]]
law = "glorot"
widths = [2, 3]
activation = "identity"
samples = 3
[[draw]]
mode = "quantize"
alpha = 0.5
levels = 4
"""
OPTIONS = "simulate --law glorot --widths 2,3 --mode quantize --alpha 0.5 --levels 4 --statement proposition-20"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


def test_every_claim_supported(plan: Path, command) -> None:
    result = command(f"simulate {plan}")
    assert result.code == 0
    assert "2 claims: 2 SUPPORTED, 0 REFUTED, 0 UNDECIDED" in result.out
    assert "proposition-20" in result.out and plan.with_suffix(".sqlite").is_file()


def test_a_refuted_claim(plan: Path, command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bound, "right_side_in_the_mean", lambda self, values: ball("1e-9"))
    result = command(f"simulate {plan}")
    assert result.code == 1
    assert "1 REFUTED" in result.out and "REFUTED: proposition-20" in result.out


def test_an_undecided_claim(plan: Path, command) -> None:
    """Lemma 8 within a width that 512 repeats do not reach: it says how many would."""
    plan.write_text(PLAN.replace("proposition-20", "lemma-8").replace("repeats", 'equality_width = "0.001"\nrepeats'))
    result = command(f"simulate {plan}")
    assert result.code == 3
    assert "1 UNDECIDED" in result.out and "repeats would decide it" in result.out.replace("\n", " ")


def test_the_last_line_alone(plan: Path, command) -> None:
    result = command(f"simulate {plan} --quiet")
    assert result.out == "2 claims: 2 SUPPORTED, 0 REFUTED, 0 UNDECIDED\n" and result.err == ""


def test_the_record(plan: Path, tmp_path: Path, command) -> None:
    result = command(f"simulate {plan} --json --record record.json --out other.sqlite")
    content = json.loads(result.out)
    jsonschema.validate(content, json.loads(verdict_record.json_schema()))
    assert json.loads((tmp_path / "record.json").read_text()) == content
    assert content["store"] == "other.sqlite" and (tmp_path / "other.sqlite").is_file()
    assert content["command"].startswith("boundcheck simulate") and content["plan"]["name"] == "one layer"


def test_a_plan_given_as_options(tmp_path: Path, command) -> None:
    result = command(f"{OPTIONS} --seed 5 --repeats 256 --confidence 0.95 --json")
    content = json.loads(result.out)
    assert result.code == 0 and (tmp_path / "simulation.sqlite").is_file()
    [network], [draw] = content["plan"]["network"], content["plan"]["draw"]
    assert (network["law"], network["widths"], draw["mode"], draw["levels"]) == (["glorot"], [2, 3], ["quantize"], [4])
    assert (content["plan"]["seed"], content["plan"]["repeats"], content["plan"]["confidence"]) == (5, 256, "0.95")
    assert {verdict["statement"] for verdict in content["verdicts"]} == {"proposition-20"}


def test_the_same_command_goes_on_with_its_store(plan: Path, command) -> None:
    first, again = (command(f"simulate {plan} --json").out for _ in range(2))
    assert json.loads(first)["verdicts"] == json.loads(again)["verdicts"]
    with sqlite3.connect(plan.with_suffix(".sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM environment").fetchone() == (2,)


def test_records_as_a_table(plan: Path, tmp_path: Path, command) -> None:
    plan.write_text(PLAN.replace("repeats", "enumerate = false\nrepeats"))
    command(f"simulate {plan}")
    assert command(f"export {plan.with_suffix('.sqlite')} trials.csv").code == 0
    with (tmp_path / "trials.csv").open() as file:
        rows = list(csv.DictReader(file))
    with sqlite3.connect(plan.with_suffix(".sqlite")) as connection:
        assert len(rows) == connection.execute("SELECT count(*) FROM trial").fetchone()[0] > 0
    assert {"error 0"} == {row["quantity"] for row in rows}


@pytest.mark.parametrize("old, new, word", [
    ('name = "one layer"', 'name = "one layer"\nrepeat = 5', "repeat:"),
    ('law = "glorot"', 'law = "glorot"\nwidth = [2]', "network.0.width:"),
    ('law = "glorot"', 'law = "glorot"\ntrained = "digits"', "give law (sampled) or trained"),
    ('law = "glorot"', "", "give law (sampled) or trained"),
    ('law = "glorot"', 'law = "cauchy"', "law"),
    ("alpha = 0.5", "alpha = 2", "alpha=2"),
    ("alpha = 0.5", "alpha = 0", "alpha=0"),
    ("alpha = 0.5", "alpha = nan", "alpha"),
    ("alpha = 0.5", "alpha = inf", "alpha"),
    ("alpha = 0.5", 'alpha = "half"', "alpha"),
    ("alpha = 0.5", "alpha = true", "alpha"),
    ("alpha = 0.5", "alpha = []", "alpha"),
    ("alpha = 0.5", "", "alpha"),
    ("levels = 4", "", "levels: not given"),
    ("levels = 4", "levels = 0", "levels"),
    ("levels = 4", "levels = 2.5", "levels"),
    ('mode = "quantize"', 'mode = "prune"', "bernoulli: not given"),
    ('mode = "quantize"', 'mode = "conv"', "conv"),
    ('["proposition-20"]', '["proposition-99"]', "statements=proposition-99"),
    ('["proposition-20"]', '["proposition-23"]', "no statement says anything"),
    ("widths = [2, 3]", "widths = [2]", "widths=[2]"),
    ("widths = [2, 3]", "widths = [2, 0]", "widths"),
    ("widths = [2, 3]", "widths = [2, 3]\nlayers = 3", "layers=[3]"),
    ("widths = [2, 3]", "widths = [2, 3]\nspans = 3", "spans"),
    ("widths = [2, 3]", "widths = [2, 3]\nwhole = [{wide = [2]}]", "layer"),
    ("repeats = 512", "repeats = 64", "batch=128"),
    ("repeats = 512", "repeats = 1e3", "repeats"),
    ("repeats = 512", "repeats = 512\nseed = -1", "seed"),
    ("repeats = 512", "repeats = 512\nconfidence = 1", "confidence=1"),
    ("repeats = 512", "repeats = 512\npower = [1.5]", "power=1.5"),
    ("repeats = 512", "repeats 512", "is no TOML file"),
    ("widths = [2, 3]", "widths = [2, 3, 2]\nwhole = [{wide = [2], bottleneck = [1]}]", "condition (6)"),
    ("widths = [2, 3]", "widths = [2, 3, 2]\nwhole = [{}]", "both empty"),
    ("[[draw]]", "[[drawn]]", "draw: is missing"),
    (PLAN, "", "is empty"),
])  # fmt: skip
def test_a_plan_that_cannot_be_run(plan: Path, old: str, new: str, word: str, command) -> None:
    """One sentence, exit code 2, and nothing left behind."""
    assert old in PLAN
    plan.write_text(PLAN.replace(old, new))
    result = command(f"simulate {plan}")
    assert result.code == 2, result
    message = result.err.replace("\n", " ")
    assert word in message and "Traceback" not in message and result.out == ""
    assert len(message) < 700
    assert [path.name for path in plan.parent.iterdir()] == ["plan.toml"]


@pytest.mark.parametrize("line, word", [
    ("simulate missing.toml", "path=missing.toml"),
    ("simulate", "widths: not given"),
    ("simulate --widths 2,3 --alpha 0.5", "mode: not given"),
    ("simulate --law glorot --widths 2,x --mode prune --alpha 0.5 --bernoulli 0.5", "widths"),
    ("simulate --law glorot --widths 2,3 --mode prune --alpha 0.5", "bernoulli: not given"),
    ("simulate --law glorot --widths 2,3 --mode prune --alpha 7 --bernoulli 0.5", "alpha=7"),
    (f"{OPTIONS} --workers some", "workers=some"),
    (f"{OPTIONS} --workers 0", "workers=0"),
    (f"{OPTIONS} --out nowhere/records.sqlite", "nowhere"),
    (f"{OPTIONS} --record nowhere/record.json", "nowhere"),
])  # fmt: skip
def test_a_command_that_cannot_be_run(line: str, word: str, tmp_path: Path, command) -> None:
    result = command(line)
    assert result.code == 2, result
    assert word in result.err.replace("\n", " ") and "Traceback" not in result.err
    assert list(tmp_path.iterdir()) == []


def test_options_beside_a_plan(plan: Path, command) -> None:
    result = command(f"simulate {plan} --alpha 0.9")
    assert result.code == 2 and "alpha=0.9" in result.err


def test_a_store_that_is_none(plan: Path, command) -> None:
    plan.with_suffix(".sqlite").write_text("something else")
    result = command(f"simulate {plan}")
    assert result.code == 2 and "is no store of boundcheck" in result.err.replace("\n", " ")
    assert plan.with_suffix(".sqlite").read_text() == "something else"


def test_a_store_of_another_plan(plan: Path, command) -> None:
    command(f"simulate {plan}")
    plan.write_text(PLAN.replace("levels = 4", "levels = 5"))
    result = command(f"simulate {plan}")
    assert result.code == 2 and "another plan" in result.err.replace("\n", " ")


def test_a_cluster_that_does_not_answer(plan: Path, command) -> None:
    """Before anything is prepared, and nothing left behind."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed (extra `cluster`)")
    result = command(f"simulate {plan} --cluster tcp://127.0.0.1:1")
    assert result.code == 2 and "no dask scheduler answers" in result.err.replace("\n", " ")
    assert [path.name for path in plan.parent.iterdir()] == ["plan.toml"]
