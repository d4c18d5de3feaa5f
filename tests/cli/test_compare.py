"""`boundcheck compare`: what it refuses, what it prints and writes, and its exit codes."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from boundcheck.compare import record as records
from boundcheck.compare.record import ComparisonRecord

from .conftest import Command
from .test_bad_input import FILES, normal, npy, npz, refused
from .test_startup import HEAVY, loaded_by

SCHEMA = json.loads(Path(records.__file__).with_name("comparison-1.schema.json").read_text())
MORE = {
    "small.npz": npz(W1=normal(6, 5), W2=normal(3, 6)),
    "wide.npz": npz(W1=normal(9, 5), W2=normal(3, 9)),
    "four_in.npz": npz(W1=normal(8, 4), W2=normal(3, 8)),
    "two_out.npz": npz(W1=normal(8, 5), W2=normal(2, 8)),
    "deep.npz": npz(W1=normal(8, 5), W2=normal(8, 8), W3=normal(3, 8)),
    "relu.npz": npz(W1=normal(8, 5), W2=normal(3, 8), activation="relu"),
    "kernels_too.npz": npz(W1=normal(4, 5, 3, 3), W2=normal(3, 4, 2, 2)),
    "maps.npy": npy(normal(3, 80)),
    "high_labels.npy": npy(np.array([0, 1, 3])),
}
PAIR = "net.npz small.npz"
TANH = "--activation tanh"
DATA = "--data five.npy"
GOOD = f"{PAIR} {TANH} {DATA}"
BOTH = "dense=net.npz and compressed="
NUMBER = "expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"

# what is wrong: the arguments of `compare`, and the line they give
CASES = {
    # the networks
    "no second network": (f"net.npz {TANH} {DATA}", "Missing argument 'COMPRESSED'; see boundcheck compare --help"),
    "file missing": (f"net.npz missing.npz {TANH} {DATA}",
        "path=missing.npz: no such file; check the spelling and the folder"),
    "file truncated": (f"net.npz cut.npz {TANH} {DATA}",
        "path=cut.npz: the npz or torch file is damaged or cut short; write or copy it again"),
    "a pickle": (f"net.npz model.pkl {TANH} {DATA}",
        "path=model.pkl: is a Python pickle, which is never opened since it can run code; save model.state_dict() with "
        "torch.save, or use safetensors"),
    "weights NaN": (f"net.npz nan.npz {TANH} {DATA}",
        "checkpoint=nan.npz: tensor 'W1': 40 of 40 entries are NaN or infinite, expected finite numbers; use a "
        "checkpoint from before training diverged"),
    "dense NaN": (f"nan.npz net.npz {TANH} {DATA}",
        "checkpoint=nan.npz: tensor 'W1': 40 of 40 entries are NaN or infinite, expected finite numbers; use a "
        "checkpoint from before training diverged"),
    "activation not said": (f"{PAIR} {DATA}",
        "path=net.npz: does not say which activation its hidden layers use; give it with --activation, for example "
        "--activation relu"),
    "activation not known": (f"{PAIR} {DATA} --output-activation swish",
        "output-activation=swish: not known; choose one of identity, relu, tanh, sigmoid, gelu, silu, sin, softmax, "
        "leaky_relu(slope), softplus(beta), elu(alpha)"),
    "activation against the file": (f"relu.npz small.npz {TANH} {DATA}",
        "checkpoint=relu.npz: activation=tanh, but the checkpoint says relu; leave out --activation, or correct the "
        "checkpoint"),
    "other depth": (f"net.npz deep.npz {TANH} {DATA}",
        f"{BOTH}deep.npz: have 2 and 3 layers; expected the same number, compare a network with its own compression"),
    "other input width": (f"net.npz four_in.npz {TANH} {DATA}",
        f"{BOTH}four_in.npz: have input widths 5 and 4; expected the same one, compare a network with its own "
        "compression"),
    "other output width": (f"net.npz two_out.npz {TANH} {DATA}",
        f"{BOTH}two_out.npz: have output widths 3 and 2; expected the same one, compare a network with its own "
        "compression"),
    "more neurons": (f"net.npz wide.npz {TANH} {DATA}",
        f"{BOTH}wide.npz: layer 1 is 8x5 and 9x5; a compression adds no neurons, check that the dense network comes "
        "first"),
    "kernels without maps": (f"kernels.npz kernels_too.npz {TANH} --data maps.npy",
        "checkpoint=kernels.npz: tensor 'W1': shape=8x5x3x3 is a convolution kernel, but only plain MLPs are "
        "supported; extract the MLP's linear layers, or give --map and --padding of a chain of 2-D convolutions"),
    "map without padding": (f"kernels.npz kernels_too.npz {TANH} --data maps.npy --map 4",
        "padding: not given; checkpoint=kernels.npz does not say which one it was trained with, and the statements "
        "hold for circular padding alone; give --padding circular if it is that one"),
    "padding without map": (f"kernels.npz kernels_too.npz {TANH} --data maps.npy --padding circular",
        "map: not given; checkpoint=kernels.npz does not say on which feature maps its kernels work; give their side, "
        "for example --map 8"),
    "padding with zeros": (f"kernels.npz kernels_too.npz {TANH} --data maps.npy --map 4 --padding zeros",
        "padding=zeros: expected circular; with any other padding a convolution's matrix has no circulant blocks, and "
        "the statements (Lemmas 13 and 14, Theorem 7) say nothing about it"),
    # data
    "no data": (f"{PAIR} {TANH}", "Missing option '--data'; see boundcheck compare --help"),
    "data of the wrong width": (f"{PAIR} {TANH} --data four.npy",
        "data=four.npy: 4 features per sample, but the network's input width is 5; use data with 5 features, or "
        "another network"),
    "no samples": (f"{PAIR} {TANH} --data none.npy",
        "path=none.npy: shape=0x5 holds no numbers; expected at least one sample"),
    "labels missing": (f"{GOOD} --labels none.csv", "path=none.csv: no such file; check the spelling and the folder"),
    "labels too few": (f"{GOOD} --labels two_labels.npy",
        "labels=two_labels.npy: 2 labels, but 3 samples; give one label per sample"),
    "labels too high": (f"{GOOD} --labels high_labels.npy",
        "data=five.npy: 4 target values per sample, but the network's output width is 3; use labels with 3 values"),
    # what is asked
    "two targets": (f"{GOOD} --max-error 1 --max-relative-error 1",
        "max-relative-error=1 and max-error=1: each says which error is acceptable; give one of them"),
    "target NaN": (f"{GOOD} --max-error nan", f"max-error=nan: {NUMBER}"),
    "target negative": (f"{GOOD} --max-relative-error -0.1",
        "max-relative-error=-0.1: expected a number of at least 0; raise it"),
    "radius of no fresh sample": (f"{GOOD} --input-radius 3",
        "input-radius=3: belongs to limits for the distribution, which take a fresh sample; add --fresh-sample if the "
        "samples are one, or drop it"),
    "confidence of no fresh sample": (f"{GOOD} --confidence 0.9 --input-radius 3",
        "input-radius=3 and confidence=0.9: belongs to limits for the distribution, which take a fresh sample; add "
        "--fresh-sample if the samples are one, or drop it"),
    "radius too small": (f"{GOOD} --fresh-sample --input-radius 0.5", None),
    "radius infinite": (f"{GOOD} --fresh-sample --input-radius inf", f"input-radius=inf: {NUMBER}"),
    "radius zero": (f"{GOOD} --fresh-sample --input-radius 0",
        "input-radius=0: expected a positive number, the largest norm that an input can have"),
    "confidence one": (f"{GOOD} --fresh-sample --confidence 1",
        "confidence=1: expected a number strictly between 0 and 1; give for example 0.99"),
    # output
    "folder not there": (f"{GOOD} --out missing/record.json",
        "path=missing/record.json: the folder missing does not exist; create it or choose another"),
    "record would overwrite an input": (f"{GOOD} --out ./small.npz",
        "out=small.npz: is one of the inputs and would be overwritten; choose another file name"),
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    for name, content in (FILES | MORE).items():
        (tmp_path / name).write_bytes(content)

    def others() -> dict[str, bytes]:
        """All but those of MORE, if they are as they were."""
        found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert MORE.items() <= found.items()
        return {name: content for name, content in found.items() if name not in MORE}

    return others


@pytest.mark.parametrize(("line", "message"), CASES.values(), ids=CASES)
def test_refusals(command: Command, files: Callable[[], dict[str, bytes]], line: str, message: str | None) -> None:
    found = refused(command, files, f"compare {line}")
    if message is None:  # the norm depends on random numbers
        assert found.startswith("input-radius=0.5: data=five.npy holds a sample of norm ")
        assert found.endswith("; state a norm that no input of the distribution exceeds, or normalize them")
    else:
        assert found == message


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by("compare --help") & (HEAVY - {"pydantic"}) == set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A network, its weights rounded to 4 bits, one without two of its neurons, and data."""
    random = np.random.default_rng(7)
    first, second = random.normal(size=(30, 8)) / 3, random.normal(size=(3, 30)) / 5
    step = np.abs(first).max() / 7
    np.savez(tmp_path / "net.npz", W1=first, W2=second, activation="tanh")
    np.savez(tmp_path / "rounded.npz", W1=np.rint(first / step) * step, W2=second, activation="tanh")
    np.savez(tmp_path / "merged.npz", W1=first[2:], W2=second[:, 2:], activation="tanh")
    np.savez(tmp_path / "data.npz", x=random.normal(size=(60, 8)), y=random.integers(0, 3, size=60))
    np.savez(tmp_path / "targets.npz", x=random.normal(size=(60, 8)), y=random.normal(size=(60, 3)))
    kernels = random.normal(size=(4, 2, 3, 3)) / 3, random.normal(size=(1, 4, 2, 2)) / 3
    np.savez(tmp_path / "kernels.npz", W1=kernels[0], W2=kernels[1], activation="relu")
    np.savez(tmp_path / "filters.npz", W1=kernels[0][1:], W2=kernels[1][:, 1:], activation="relu")
    np.savez(tmp_path / "maps.npz", x=random.normal(size=(20, 2 * 4 * 4)))
    return tmp_path


FRESH = "--fresh-sample --input-radius 9 --confidence 0.9"
LINES = {
    "rounded": "net.npz rounded.npz --data data.npz",
    "fresh": f"net.npz rounded.npz --data data.npz {FRESH}",
    "merged": f"net.npz merged.npz --data data.npz {FRESH}",
    "targets": f"net.npz merged.npz --data targets.npz {FRESH} --max-error 100",
    "identical": "net.npz net.npz --data data.npz",
    "convolutions": f"kernels.npz filters.npz --data maps.npz --map 4 --padding circular {FRESH}",
    "no limit at all": "net.npz merged.npz --data targets.npz --fresh-sample",
}


def record_of(content: str) -> ComparisonRecord:
    """Read by the published schema and by the model."""
    jsonschema.validate(json.loads(content), SCHEMA)
    return ComparisonRecord.model_validate_json(content)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_record_and_what_is_printed(command: Command, folder: Path, line: str) -> None:
    shown = command(f"compare {line} --out record.json")
    assert (shown.code, shown.err) == (0, "record written to record.json\n"), shown.err
    printed = command(f"compare {line} --json")
    record = record_of((folder / "record.json").read_text())
    assert record_of(printed.out).model_dump(exclude={"provenance"}) == record.model_dump(exclude={"provenance"})
    assert record.provenance.command == f"boundcheck compare {line} --out record.json"
    assert max(map(len, shown.out.splitlines())) <= 80
    said = " ".join(shown.out.split())
    for note in record.notes:
        assert f"note: {note}" in said
    assert f"on the {record.data.samples} samples of {record.data.description}:" in said
    assert ("for the distribution" in said) == ("--input-radius" in line)
    assert ("mean error at most" in said) == ("--input-radius" in line)
    assert ("predictions: " in said) == (record.predictions is not None)
    for score in record.scores:
        assert {"accuracy": "accuracy ", "R^2": "R^2 [", "loss": "squared loss ["}[score.measure] in said
    for end, shortened in zip(*_printed(shown.out, record), strict=True):
        lower, upper = (Fraction(value) for value in shortened)
        assert lower <= Fraction(end.lower) <= Fraction(end.upper) <= upper


def _printed(out: str, record: ComparisonRecord) -> tuple[list[object], list[tuple[str, str]]]:
    """The enclosures of the error, and the two ends that the output gives of each."""
    found = [record.error.mean, record.error.relative, record.error.largest]
    starts = ("error E||f - g||^2: ", "over E||f||^2, which is ", "of the worst sample: ")
    said = []
    for start in starts:
        line = next(line for line in out.splitlines() if line.strip().startswith(start))
        text = line.rpartition(": ")[2].partition(", of which")[0].strip("[]")
        ends = text.split(", ")
        said.append((ends[0], ends[-1]))
    return found, said


def test_sizes_are_shown(command: Command, folder: Path) -> None:
    out = command(f"compare {LINES['merged']}").out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert rows["1"][1:5] == ["28x8", "of", "0.9334", "0"] and "30x8" in rows
    assert rows["network"][:4] == ["network", "308", "of", "0.9334"] and "330" in rows
    rounded = command(f"compare {LINES['rounded']}").out
    row = next(line for line in rounded.splitlines() if line.startswith("1 "))
    assert row.split()[-1] == "step" and "unchanged: layer 2" in rounded


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        ("--max-error 100", 0, "verdict: HOLDS - the error on these samples is at most 100: error ["),
        ("--max-error 1e-9", 1, "verdict: FAILS - the error on these samples is more than 1e-9: error ["),
        ("--max-relative-error 2", 0, "verdict: HOLDS - the error on these samples is at most 2 of the dense outputs'"),
        ("--max-relative-error 1e-9", 1, "verdict: FAILS - the error on these samples is more than 1e-9 of the dense"),
        ("", 0, "compared: error ["),
    ],
)
def test_exit_codes_and_the_last_line(command: Command, folder: Path, target: str, code: int, said: str) -> None:
    result = command(f"compare net.npz merged.npz --data data.npz --quiet {target}")
    assert result.code == code and result.out.startswith(said) and result.out.count("\n") == 1
    assert result.out.endswith("0.9334 of the weights kept\n") and result.err == ""


def test_what_rounding_leaves_open_is_unknown(command: Command, folder: Path) -> None:
    record = record_of(command("compare net.npz merged.npz --data data.npz --json").out)
    middle = (Fraction(record.error.mean.lower) + Fraction(record.error.mean.upper)) / 2
    result = command(f"compare net.npz merged.npz --data data.npz --quiet --max-error {middle}")
    assert result.code == 3 and "UNKNOWN - the error on these samples may or may not be at most" in result.out
