"""Honest certificates and records of every kind are accepted, wherever they lie, without torch."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from boundcheck.check.check import check
from boundcheck.check.report import Answer
from boundcheck.core.rung import Effort, Unit

from .honest_files import CERTIFICATES, RECORDS, write_certificate, write_record


@pytest.mark.parametrize("name", CERTIFICATES)
def test_an_honest_certificate_agrees(folder: Path, name: str) -> None:
    path = write_certificate(folder, name)
    report = check(path)
    assert report.findings(Answer.DIFFERS) == [] == report.findings(Answer.OPEN)
    assert (report.answer, report.kind) == (Answer.AGREES, "certificate")
    rungs = json.loads(path.read_text())["rungs"]
    assert {f"rung {rung['name']}" for rung in rungs} <= {part.name for part in report.parts}
    assert sum(part.compared for part in report.parts) > 200


@pytest.mark.parametrize("name", RECORDS)
def test_an_honest_record_agrees(folder: Path, name: str) -> None:
    path = write_record(folder, name)
    copy = None
    if name == "torch":
        copy = folder / f"{write_certificate(folder, 'torch').name}.safetensors"
    report = check(path, dense=copy)
    assert report.findings(Answer.DIFFERS) == [] == report.findings(Answer.OPEN)
    assert (report.answer, report.kind) == (Answer.AGREES, "compression")


def holding(certificate: Path) -> set[str]:
    """The deciding rungs that hold."""
    rungs = json.loads(certificate.read_text())["rungs"]
    return {rung["name"] for rung in rungs if rung["decides"] and rung["verdict"] == "HOLDS"}


def test_verdicts_of_both_kinds_are_among_them(folder: Path) -> None:
    found = {name: json.loads(write_certificate(folder, name).read_text())["verdict"] for name in CERTIFICATES}
    by_sharp_alone = {"widths", "fixed draw", "npz bottleneck", "built-in data", "alpha of one"}
    assert {name for name, verdict in found.items() if verdict == "HOLDS"} == {
        name for name in found if name.endswith(("hold", "holds")) or name in {"target xi", *by_sharp_alone}
    }
    assert all(holding(write_certificate(folder, name)) <= {"sharp", "sharp-data"} for name in by_sharp_alone)
    assert {"layerwise", "sharp"} <= holding(write_certificate(folder, "widths that hold"))
    assert (found["typical law"], found["npz"]) == ("FAILS", "FAILS")


def test_what_is_measured_in_every_way_is_among_them(folder: Path) -> None:
    rungs = [rung for name in CERTIFICATES for rung in json.loads(write_certificate(folder, name).read_text())["rungs"]]
    blocks = [block for rung in rungs for block in rung["blocks"] if block["measured"] is not None]
    assert {block["unit"] for block in blocks} == set(Unit)
    assert {block["measured"]["effort"] for block in blocks} == set(Effort)
    roles = {"at_output_by_next_layer": {"wide"}, "at_output_by_derivative": {"wide", "bottleneck"}}
    for way, expected in roles.items():
        assert {block["role"] for block in blocks if block["measured"][way] is not None} == expected
    shares = [Fraction(rung["unchanged_predictions"]) for rung in rungs if rung["unchanged_predictions"] is not None]
    assert 0 in shares and any(0 < share < 1 for share in shares)


def test_projections_that_act_and_merged_rows_are_among_them(folder: Path) -> None:
    projected = json.loads(write_record(folder, "projected").read_text())
    assert projected["projections"][0]["active"] > 0 and projected["measured"]["with_projections"] is not None
    for name in ("merged into a bias", "merged rows", "merged filters"):
        assert json.loads(write_record(folder, name).read_text())["merged"][0]["left_out"] > 0


def test_nothing_needs_torch(folder: Path) -> None:
    """In a process where importing torch fails, a torch file's certificate and a record are checked."""
    files = [write_certificate(folder, "torch"), write_certificate(folder, "npz"), write_record(folder, "weights")]
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from boundcheck.check.check import check\n"
        "print(*(check(path).answer for path in sys.argv[1:]), sep='|')"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, files)], capture_output=True, text=True, cwd=folder)
    assert done.stdout.strip() == "agrees|agrees|agrees", done.stderr


def test_inputs_that_have_moved_are_found_by_the_options(folder: Path, tmp_path: Path) -> None:
    certificate, record = write_certificate(folder, "safetensors"), write_record(folder, "labels of their own")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in (certificate, record):
        (moved / path.name).write_bytes(path.read_bytes())
    data, labels = str(folder / "x.npy"), str(folder / "y.npy")
    first = check(moved / certificate.name, checkpoint=folder / "relu.safetensors", data=data, labels=labels)
    small = folder / record.stem
    second = check(moved / record.name, dense=folder / "net.npz", compressed=small, data=data, labels=labels)
    assert (first.answer, second.answer) == (Answer.AGREES, Answer.AGREES)


def test_the_published_schema_is_the_one_that_reports_follow(folder: Path) -> None:
    import jsonschema

    from boundcheck.check import report

    schema = Path(report.__file__).with_name("check-1.schema.json").read_text()
    assert schema == report.json_schema()
    jsonschema.validate(json.loads(check(write_certificate(folder, "npz")).to_json()), json.loads(schema))
