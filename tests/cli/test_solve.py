"""`boundcheck solve`: exit codes, what it prints and writes, and one line for every bad input."""

import json
import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from boundcheck.solve import record as records
from boundcheck.solve.record import Solution

from .conftest import Command

WIDTHS = "--widths 64,4000,10 --c1 1 --c2 1"
LEVELS = f"--least levels {WIDTHS} --wide 2"
SCHEMA_FILE = Path(records.__file__).with_name("solution-1.schema.json")


def test_an_answer_is_0_and_says_how_it_is_known(command: Command) -> None:
    result = command(f"solve {LEVELS}")
    text = " ".join(result.out.split())
    assert result.code == 0 and result.err == ""
    assert "verdict: HOLDS - sharp: levels 1" in text
    assert re.search(r"layerwise 3 2: FAILS proved proved sharp 1 - enumerated proved", text)
    assert "smaller, proved: fewer levels are never better, and levels=2 fails" in text
    assert "(decides nothing)" in text


def test_no_answer_is_1(command: Command) -> None:
    result = command("solve --least keep --widths 4,5,3 --c1 1 --c2 1 --wide 1 --resolution 0.1")
    assert result.code == 1
    assert "verdict: FAILS - " in result.out


def test_undecided_is_3(command: Command) -> None:
    result = command("solve --least levels --widths 64,4000,10 --law glorot --c1 1 --wide 2 --quiet")
    assert result.code == 3
    assert "illustrative" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        LEVELS,
        f"--least keep {WIDTHS} --wide 2 --mode structured --resolution 0.1",
        f"--least error {WIDTHS} --levels 20",
        "--least width --layer 1 --widths 5,1,3 --c1 1 --c2 1 --levels 40 --wide 2 --max-relative-error 0.9",
        "--budget 0.9 --widths 30,900,12,3 --c1 1 --c2 1 --wide 2,3 --resolution 0.1",
        "net.npz --activation tanh --least levels --data data.npz",
        "--least keep --channels 3,8000,10 --kernel 2 --map 4 --c1 1 --c2 1 --mode conv --wide 2 --resolution 0.1",
        "--budget 0.9 --channels 3,900,10 --kernel 2 --map 4 --c1 1 --c2 1 --mode conv --wide 2 --resolution 0.5",
    ],
    ids=str,
)
def test_json_is_one_object_that_the_schema_accepts(command: Command, tmp_path: Path, arguments: str) -> None:
    draws = np.random.default_rng(7)
    np.savez(tmp_path / "net.npz", W1=draws.normal(size=(40, 5)) / 10, W2=draws.normal(size=(3, 40)) / 10)
    np.savez(tmp_path / "data.npz", x=draws.normal(size=(20, 5)))
    result = command(f"solve {arguments} --json --out solution.json")
    solution = json.loads(result.out)
    jsonschema.validate(solution, json.loads(SCHEMA_FILE.read_text()))
    assert result.code == {"HOLDS": 0, "FAILS": 1, "UNKNOWN": 3}[solution["verdict"]]
    assert solution["provenance"]["command"] == f"boundcheck solve {arguments} --json --out solution.json"
    assert Solution.model_validate(solution).to_json() == result.out == (tmp_path / "solution.json").read_text()
    assert result.err == ""


def test_quiet_is_one_line(command: Command) -> None:
    result = command(f"solve {LEVELS} --quiet")
    assert re.fullmatch(r"verdict: HOLDS - sharp: levels 1\n", result.out)


def test_the_answer_is_what_verify_certifies_and_one_less_is_not(command: Command) -> None:
    found = {answer["rung"]: answer for answer in json.loads(command(f"solve {LEVELS} --json").out)["answers"]}
    for rung in ("corrected", "layerwise"):
        least = int(found[rung]["value"])
        for levels, verdict in ((least, "HOLDS"), (least - 1, "FAILS")):
            certificate = json.loads(command(f"verify {WIDTHS} --wide 2 --levels {levels} --json").out)
            assert next(r for r in certificate["rungs"] if r["name"] == rung)["verdict"] == verdict


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (f"{WIDTHS}", "least"),
        (f"--least sparsity {WIDTHS}", "least=sparsity"),
        (f"--least width {WIDTHS} --keep 0.3", "--layer"),
        (f"--least width --layer 7 {WIDTHS} --keep 0.3", "layer=7"),
        (f"--least width --layer x {WIDTHS} --keep 0.3", "layer=x"),
        (f"--least width --layer 1 {WIDTHS}", "say how much to compress"),
        (f"--least keep --layer 1 {WIDTHS}", "layer=1"),
        (f"--least keep {WIDTHS} --keep 0.3", "keep=0.3"),
        (f"--least keep {WIDTHS} --levels 3", "levels=3"),
        (f"--least keep {WIDTHS} --resolution 0.3", "resolution"),
        (f"--least keep {WIDTHS} --resolution 0", "resolution"),
        (f"--least keep {WIDTHS} --resolution nan", "resolution"),
        (f"--least levels {WIDTHS} --mode structured", "levels"),
        (f"--least levels {WIDTHS} --budget 0.5", "budget=0.5"),
        (f"--least split {WIDTHS}", "--budget"),
        (f"--budget 0.5 {WIDTHS}", "--wide"),
        (f"--budget 0.01 {WIDTHS} --wide 2", "budget=0.01"),
        (f"--least error {WIDTHS} --levels 3 --max-error 1", "drop the acceptable one"),
        (f"--least error {WIDTHS}", "say how much to compress"),
        ("--least width --layer 1 net.npz --activation tanh --keep 0.3", "net.npz"),
        ("--least keep", "network"),
    ],
)
def test_bad_input_is_one_line(command: Command, arguments: str, named: str) -> None:
    result = command(f"solve {arguments}")
    assert result.code == 2
    assert result.out == ""
    assert re.fullmatch(r"error: [^\n]+\n", result.err)
    assert named in result.err


def test_a_width_of_a_checkpoint_is_refused(command: Command, tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", W1=np.ones((4, 5)) / 10, W2=np.ones((3, 4)) / 10)
    result = command("solve net.npz --activation tanh --least width --layer 1 --keep 0.3")
    assert result.code == 2 and "needs a network known by widths" in result.err


def test_nothing_is_written_over_an_input(command: Command, tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", W1=np.ones((4, 5)) / 10, W2=np.ones((3, 4)) / 10)
    result = command("solve net.npz --activation tanh --least levels --out net.npz")
    assert result.code == 2 and "overwritten" in result.err


def test_the_exit_codes_are_documented(command: Command) -> None:
    text = " ".join(command("solve --help").out.split())
    assert "0 an answer was found" in text and "2 bad input" in text


def test_the_width_named_is_the_output_width_of_the_layer() -> None:
    from boundcheck.cli.wanted import with_width

    assert with_width(["64,1000", "40,10"], 2, 7) == ["64", "1000", "7", "10"]
    assert with_width(None, 2, 7) is None
