"""`boundcheck verify`: exit codes, what it prints and writes, and that numbers survive a narrow terminal."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from boundcheck.certify import certificate as certificates
from boundcheck.certify.certificate import Certificate, json_schema
from boundcheck.cli.rendering import print_certificate

from .conftest import Command

WIDTHS = "--widths 64,1000,40,10 --c1 1 --c2 1.7"
PRUNE = f"{WIDTHS} --keep 0.3 --wide 2"
NEURONS = "--widths 64,4000,10 --c1 1 --c2 1 --mode structured --keep 0.5"
FILTERS = "--channels 3,8000,10 --kernel 2 --map 4 --c1 1 --c2 1 --mode conv --keep 0.5"
FINE_QUANTIZATION = f"{WIDTHS} --levels 100000 --wide 2"
SCHEMA_FILE = Path(certificates.__file__).with_name("certificate-1.schema.json")


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    """A 5-40-3 network and inputs with labels, in the folder that commands run in."""
    draws = np.random.default_rng(7)
    np.savez(tmp_path / "net.npz", W1=draws.normal(size=(40, 5)) / 10, W2=draws.normal(size=(3, 40)) / 10)
    kernels = {"W1": draws.normal(size=(6, 2, 3, 3)) / 10, "W2": draws.normal(size=(3, 6, 2, 2)) / 10}
    np.savez(tmp_path / "kernels.npz", **kernels)
    np.savez(tmp_path / "maps.npz", x=draws.normal(size=(7, 2 * 4 * 4)))
    np.savez(tmp_path / "data.npz", x=draws.normal(size=(20, 5)), y=draws.integers(0, 3, size=20))
    return "net.npz"


def test_holds_is_0(command: Command) -> None:
    result = command(f"verify {FINE_QUANTIZATION}")
    assert result.code == 0
    assert last_line(result.out).startswith("verdict: HOLDS - ")


def test_fails_is_1_and_claims_no_more_than_that(command: Command) -> None:
    result = command(f"verify {PRUNE}")
    assert result.code == 1
    assert last_line(result.out).startswith("verdict: FAILS - ")
    assert "no proof that the network cannot be compressed" in " ".join(result.out.split())


def test_unknown_is_3(command: Command) -> None:
    """The same that HOLDS is left open by constants that are only typical."""
    law = "--widths 64,1000,40,10 --law glorot --c1 1 --levels 100000 --wide 2"
    result = command(f"verify {law}")
    assert result.code == 3
    assert "illustrative" in last_line(result.out)


def last_line(output: str) -> str:
    """The verdict, which is the last paragraph."""
    return " ".join(output.rstrip().split("\n\n")[-1].split())


def test_the_layers_are_shown_before_the_answer_and_apart_from_it(command: Command) -> None:
    result = command(f"verify {PRUNE}")
    assert "1000x64" in result.err and "not stated" in result.err
    assert "1000x64" not in result.out


def test_pruning_of_neurons_says_what_it_counts(command: Command) -> None:
    result = command(f"verify {NEURONS} --wide 2")
    text = " ".join(result.out.split())
    assert result.code == 0
    assert "asked: prune, keep 0.5 of the neurons of compressed layers; W = {2}, B = {}" in text
    assert "kept shares count columns (input neurons) of wide layers and rows (output neurons) of bottlenecks" in text
    assert re.search(r"layer 2, wide: \d+ of 4000 columns processed", text)


def test_pruning_of_filters_shows_kernels_and_maps(command: Command) -> None:
    result = command(f"verify {FILTERS} --wide 2")
    text = " ".join(result.out.split())
    assert result.code == 0
    assert "10x8000x2x2" in result.err and "block <=" in result.err
    assert "4x4 feature maps, stride 1, circular padding" in text
    assert re.search(r"layer 2, wide: \d+ of 8000 input filters processed", text)


@pytest.mark.parametrize("proposal", [NEURONS, FILTERS])
def test_what_holds_fails_when_less_is_kept(command: Command, proposal: str) -> None:
    assert command(f"verify {proposal.replace('--keep 0.5', '--keep 0.01')}").code == 1
    assert command(f"verify {proposal}").code == 0


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_nothing_but_the_answer(command: Command, option: str) -> None:
    assert command(f"verify {PRUNE} {option}").err == ""


def test_quiet_is_one_line(command: Command) -> None:
    result = command(f"verify {PRUNE} --quiet")
    assert re.fullmatch(r"verdict: FAILS - [^\n]+\n", result.out)
    assert result.code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        PRUNE,
        FINE_QUANTIZATION,
        f"{WIDTHS} --sparsity 0.7 --bottleneck 1",
        f"{WIDTHS} --levels 15 --unquantized 0.05 --xi 0.1",
        f"{WIDTHS} --keep 0.3",
        f"{WIDTHS} --keep 0.3 --alpha 0.9 --bernoulli 0.2 --max-error 5",
        "--widths 64,100,10 --law glorot --failure-probability 0.001 --keep 0.3",
        "--widths 64,100,10 --law kaiming --c1 2 --levels 3 --wide 1",
        "net.npz --activation tanh --keep 0.5 --data data.npz",
        "net.npz --activation gelu --levels 7 --bottleneck 1",
        "net.npz --activation relu --keep 0.5",
        f"{NEURONS} --wide 2",
        f"{NEURONS} --bottleneck 1",
        f"{FILTERS} --wide 2 --stride 1 --padding circular",
        "net.npz --activation tanh --mode structured --keep 0.7 --data data.npz",
        "kernels.npz --activation tanh --mode conv --map 4 --padding circular --keep 0.7 --bottleneck 1",
        "kernels.npz --activation relu --mode conv --map 5 --padding circular --keep 0.7",
        "kernels.npz --activation tanh --mode conv --map 4 --padding circular --keep 0.7 --data maps.npz",
    ],
    ids=str,
)
def test_json_is_one_object_that_the_schema_accepts(command: Command, checkpoint: str, arguments: str) -> None:
    result = command(f"verify {arguments} --json")
    certificate = json.loads(result.out)
    jsonschema.validate(certificate, json.loads(SCHEMA_FILE.read_text()))
    assert result.code == {"HOLDS": 0, "FAILS": 1, "UNKNOWN": 3}[certificate["verdict"]]
    assert certificate["provenance"]["command"] == f"boundcheck verify {arguments} --json"
    assert Certificate.model_validate(certificate).to_json() == result.out


def test_the_published_schema_is_the_one_that_certificates_follow() -> None:
    assert SCHEMA_FILE.read_text() == json_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda certificate: certificate.pop("trivial_bound"),
        lambda certificate: certificate.update(verdict="PROBABLY"),
        lambda certificate: certificate.update(extra=1),
        lambda certificate: certificate["rungs"][0].update(error_bound=0.5),
        lambda certificate: certificate.update(schema="boundcheck/certificate/2"),
    ],
    ids=["part missing", "fourth verdict", "part too many", "number as a float", "other schema"],
)
def test_the_schema_refuses_what_is_no_certificate(command: Command, spoil: Any) -> None:
    certificate = json.loads(command(f"verify {PRUNE} --json").out)
    spoil(certificate)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(certificate, json.loads(SCHEMA_FILE.read_text()))


def test_numbers_are_read_exactly(command: Command) -> None:
    """0.1 is one tenth: a float would not give the same bound as the quotient."""
    one, other = (json.loads(command(f"verify {WIDTHS} --keep {keep} --wide 2 --json").out) for keep in ("0.1", "1/10"))
    assert one["proposal"]["keep"] == other["proposal"]["keep"] == "0.1"
    assert one["rungs"] == other["rungs"]


def test_sparsity_is_one_minus_keep(command: Command) -> None:
    one, other = (
        json.loads(command(f"verify {WIDTHS} {share} --wide 2 --json").out)
        for share in ("--keep 0.3", "--sparsity 0.7")
    )
    assert one["proposal"] == other["proposal"]
    assert one["rungs"] == other["rungs"]


def test_layers_by_comma_and_by_repetition(command: Command) -> None:
    one, other = (
        json.loads(command(f"verify {WIDTHS} --keep 0.3 {sets} --json").out)["proposal"]
        for sets in ("--wide 1,3", "--wide 3 --wide 1")
    )
    assert one == other
    assert one["wide"] == [1, 3] and one["bottleneck"] == []


def test_the_certificate_is_written_whole(command: Command, tmp_path: Path) -> None:
    result = command(f"verify {PRUNE} --json --out certificate.json")
    assert (tmp_path / "certificate.json").read_text() == result.out
    assert [path.name for path in tmp_path.iterdir()] == ["certificate.json"]


def test_data_with_labels_give_the_loss(command: Command, checkpoint: str) -> None:
    result = command(f"verify {checkpoint} --activation tanh --levels 1000 --data data.npz")
    assert "loss of the dense network on the data: at most" in result.out
    assert "lower bound on E||Phi(x)||^2 over the data" in " ".join(result.out.split())
    assert "folded into W_1" in " ".join(result.out.split())


DEEP = f"--widths {','.join(['50'] * 13)} --c1 1 --c2 2"
SCALES_APART = "--widths 64,1000,40,10 --c1 27 --c2 39 --keep 0.01 --bottleneck 1"  # bounds such as 1e4553


@pytest.mark.parametrize(
    "arguments",
    [
        PRUNE,
        FINE_QUANTIZATION,
        NEURONS,
        FILTERS,
        SCALES_APART,
        f"{DEEP} --keep 0.3 --wide {','.join(map(str, range(1, 13)))}",
    ],
    ids=["prune", "quantize", "neurons", "filters", "scales apart", "deep"],
)
def test_no_number_is_cut(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str
) -> None:
    """The numbers that are printed are the same at every width; line breaks come between them."""
    certificate = Certificate.model_validate_json(command(f"verify {arguments} --json").out)

    def printed(columns: int) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        print_certificate(certificate)
        return capsys.readouterr().out

    number = r"-?\d+(?:\.\d+)?(?:e-?\d+)?x?"
    whole = sorted(re.findall(number, printed(1000)))
    assert len(whole) > 50
    for columns in (80, 100, 120):
        narrow = printed(columns)
        assert max(map(len, narrow.splitlines())) <= columns
        assert "…" not in narrow
        assert sorted(re.findall(number, narrow)) == whole


def test_a_shown_bound_is_never_better_than_the_certified_one(command: Command) -> None:
    shown = command(f"verify {PRUNE}").out
    rung = json.loads(command(f"verify {PRUNE} --json").out)["rungs"][-1]
    (row,) = [line for line in shown.splitlines() if line.startswith("certified error <=")]
    assert float(row.split()[-1]) >= float(rung["error_bound"])
    assert float(row.split()[-1]) < 1.001 * float(rung["error_bound"])


def test_what_is_assumed_is_called_assumed(command: Command) -> None:
    text = " ".join(command(f"verify {PRUNE}").out.split())
    assert "hold as assumed, stated and not measured (12): activation-zero-at-zero 1, 2, 3;" in text


def test_what_fails_comes_with_its_factor(command: Command) -> None:
    result = command(f"verify {PRUNE}")
    rung = next(r for r in json.loads(command(f"verify {PRUNE} --json").out)["rungs"] if r["name"] == "corrected")
    (row,) = [row for row in rung["assumptions"] if row["verdict"] == "FAILS"]
    start = next(line for line in result.out.splitlines() if line.strip().startswith(f"{row['id']} ") and "x" in line)
    assert start.split()[1] == str(row["layer"])
    assert "fails" in result.out


def test_as_a_process_of_its_own() -> None:
    """The installed entry: the verdict's code reaches the shell, and there is no traceback."""
    call = [sys.executable, "-c", "from boundcheck.cli.main import run; run()", "verify", *PRUNE.split(), "--quiet"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("verdict: FAILS - ")


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="this system has no SIGPIPE")
def test_a_reader_that_leaves_does_not_turn_holds_into_fails() -> None:
    call = [sys.executable, "-c", "from boundcheck.cli.main import run; run()", "verify", *FINE_QUANTIZATION.split()]
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
    assert process.returncode == -signal.SIGPIPE


def test_the_exit_codes_are_documented(command: Command) -> None:
    text = " ".join(command("verify --help").out.split())
    assert "0 HOLDS" in text and "1 FAILS" in text and "2 bad input" in text and "3 UNKNOWN" in text


def test_the_version(command: Command) -> None:
    result = command("--version")
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"boundcheck[ ,].+\n", result.out)
