"""`boundcheck check`: exit codes, what a person reads, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from .conftest import Command
from .test_startup import loaded_by

VERIFY = "verify net.npz --activation tanh --keep 0.05 --wide 2 --data data.npz --out c.json --quiet"
COMPRESS = "compress net.npz --activation tanh --keep 0.5 --wide 2 --data data.npz --out small.npz --quiet"


@pytest.fixture
def folder(command: Command, tmp_path: Path) -> Path:
    """A certificate and a record with all their inputs, in the folder that commands run in."""
    random = np.random.default_rng(7)
    np.savez(tmp_path / "net.npz", W1=random.normal(size=(20, 5)) / 5, W2=random.normal(size=(3, 20)) / 5)
    np.savez(tmp_path / "data.npz", x=random.normal(size=(20, 5)), y=random.integers(0, 3, size=20))
    assert command(VERIFY).code == 1
    assert command(COMPRESS).code == 0
    return tmp_path


def change(path: Path, **parts: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["c.json", "small.npz.json"])
def test_agrees_is_0(command: Command, folder: Path, name: str) -> None:
    result = command(f"check {name}")
    assert (result.code, result.err) == (0, "")
    assert "check: agrees - all " in words(result.out) and f"of {name} were recomputed" in words(result.out)
    assert "taken as recorded, since nothing here can tell:" in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_what_does_not_match_is_1_and_comes_first(command: Command, folder: Path) -> None:
    content = json.loads((folder / "c.json").read_text())
    content["rungs"][2]["error_bound"] = "0.001"
    change(folder / "c.json", rungs=content["rungs"])
    result = command("check c.json")
    assert result.code == 1
    assert result.out.startswith("does not match (2):\n")
    assert "rungs[2].error_bound: the file says 0.001; recomputed " in words(result.out)
    assert "content_sha256.rungs: the file says" in words(result.out)
    assert "check: does not match - 2 of" in words(result.out)
    assert max(map(len, result.out.splitlines())) <= 80


def test_what_could_not_be_checked_is_3(command: Command, folder: Path) -> None:
    from boundcheck.core.content_digest import FIELD, part_digests

    content = json.loads((folder / "c.json").read_text())
    content["provenance"]["versions"]["boundcheck"] = "99.0"
    (folder / "c.json").write_text(json.dumps({**content, FIELD: part_digests(content)}))
    result = command("check c.json")
    assert result.code == 3
    assert "provenance.versions.boundcheck: the file says 99.0" in words(result.out)
    assert "update boundcheck" in words(result.out)


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_nothing_but_the_answer(command: Command, folder: Path, option: str) -> None:
    result = command(f"check c.json {option} --out report.json")
    assert (result.code, result.err) == (0, "")
    if option == "--json":
        assert result.out == (folder / "report.json").read_text()
        assert json.loads(result.out)["answer"] == "agrees"
    else:
        assert result.out.startswith("check: agrees - ") and result.out.count("\n") == 1


WRONG = {
    "missing": ("check nothing.json", "path=nothing.json: no such file; check the spelling and the folder"),
    "not JSON": ("check net.npz", "path=net.npz: is not a JSON object; name a certificate (`boundcheck verify --out`)"),
    "unknown schema": (
        "check other.json",
        "path=other.json: schema=boundcheck/other/1, expected boundcheck/certificate/1",
    ),
    "no schema": ("check empty.json", "path=empty.json: schema=None, expected boundcheck/certificate/1"),
    "twice": ("check twice.json", "path=twice.json: holds 'a' twice in one object; write the file again"),
    "not a number": ("check nan.json", "path=nan.json: holds NaN, which JSON has no word for; write the file again"),
    "a part missing": ("check part.json", "path=part.json: target is not as schema boundcheck/certificate/1 has it"),
    "checkpoint gone": (
        "check gone.json",
        "path=gone.npz: no such file, here or in .; say where it is now with --checkpoint",
    ),
    "data gone": ("check no-data.json", "path=gone.npz: no such file, here or in .; say where it is now with --data"),
    "another kind's option": (
        "check c.json --dense net.npz",
        "dense=net.npz: c.json is a certificate; say where its network is with --checkpoint",
    ),
    "a record's option": (
        "check small.npz.json --checkpoint net.npz",
        "checkpoint=net.npz: small.npz.json is a compression record; say where its network is with --dense or",
    ),
    "over an input": (
        "check c.json --out c.json",
        "out=c.json: is one of the inputs and would be overwritten; choose another file name",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_one_line_and_2(command: Command, folder: Path, name: str) -> None:
    content = json.loads((folder / "c.json").read_text())
    (folder / "other.json").write_text('{"schema": "boundcheck/other/1"}')
    (folder / "empty.json").write_text("{}")
    (folder / "twice.json").write_text('{"a": 1, "a": 2}')
    (folder / "nan.json").write_text('{"a": NaN}')
    (folder / "part.json").write_text(json.dumps({key: value for key, value in content.items() if key != "target"}))
    provenance = content["provenance"]
    inputs = {name.replace("net", "gone"): digest for name, digest in provenance["inputs_sha256"].items()}
    gone = {**content, "provenance": {**provenance, "inputs_sha256": inputs}}
    (folder / "gone.json").write_text(json.dumps(gone))
    inputs = {name.replace("data.npz", "gone.npz"): digest for name, digest in provenance["inputs_sha256"].items()}
    (folder / "no-data.json").write_text(json.dumps({**content, "provenance": {**provenance, "inputs_sha256": inputs}}))
    line, expected = WRONG[name]
    result = command(line)
    assert result.code == 2
    assert result.out == "" and result.err.startswith(f"error: {expected}") and result.err.count("\n") == 1


def test_a_torch_file_comes_with_a_copy(command: Command, folder: Path) -> None:
    import torch

    torch.save({"a.weight": torch.ones(4, 5) / 8, "b.weight": torch.ones(2, 4) / 8}, folder / "net.pt")
    line = "verify net.pt --activation relu --levels 3 --out t.json"
    result = command(line)
    assert "a safetensors copy of the checkpoint, for `boundcheck check`, to t.json.safetensors" in words(result.err)
    copy = (folder / "t.json.safetensors").read_bytes()
    command(line)
    assert (folder / "t.json.safetensors").read_bytes() == copy
    (folder / "net.pt").unlink()
    result = command("check t.json")
    assert result.code == 0
    assert "net.pt: that the safetensors copy holds the tensors of net.pt: only torch can tell" in words(result.out)
    (folder / "t.json.safetensors").unlink()
    result = command("check t.json")
    assert result.code == 2 and "say where it is now with --checkpoint" in result.err


def test_torch_is_not_loaded(folder: Path) -> None:
    assert "torch" not in loaded_by(f"check {folder / 'c.json'}")
