"""`boundcheck audit`: exit codes, the ledger as one JSON object, the page, and refusals."""

import json
from pathlib import Path

import pytest


def test_a_corrected_proof_that_stands_exits_0(command) -> None:  # type: ignore[no-untyped-def]
    result = command("audit lemma-8")
    assert result.code == 0
    assert "lemma-8" in result.out and "corrected: 7 steps, 7 PROVED" in result.out


def test_a_printed_proof_that_fails_exits_1_and_shows_the_witness(command) -> None:  # type: ignore[no-untyped-def]
    result = command("audit proposition-22 --variant printed")
    assert result.code == 1
    assert "zero-weights" in result.out and "p = 2/3" in result.out


def test_the_errata_are_written(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert command("audit proposition-18 --errata errata.md").code == 0
    text = (tmp_path / "errata.md").read_text()
    assert text.startswith("# Errata: Theoretical Compression Bounds") and "zero joins the quantized values" in text


def test_json_and_page_are_written(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = command("audit Lemma_8 --json --out ledger.json --html page.html".replace("_", "-"))
    ledger = json.loads(result.out)
    assert ledger["schema"] == "boundcheck/audit/1"
    assert [s["id"] for s in ledger["statements"]] == ["lemma-8", "lemma-8"]
    assert json.loads((tmp_path / "ledger.json").read_text()) == ledger
    assert "<math" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("audit lemma-8 --variant sharp", "variant=sharp: expected printed or corrected; leave it out for both"),
        ("audit lemma-8 --html no/page.html", "path=no/page.html: the folder no does not exist"),
        (
            "audit lemma-8 --variant printed --errata e.md",
            "errata=e.md: compares both variants, and variant=printed leaves one out; drop it",
        ),
        ("audit lemma-99", "statement=lemma-99 is unknown"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(command, line: str, message: str) -> None:  # type: ignore[no-untyped-def]
    result = command(line)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {message}") and result.err.count("\n") == 1
