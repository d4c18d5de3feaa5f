"""The papers' proofs as the audit sees them: nothing is open, corrected forms stand, and nothing depends on workers."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from boundcheck.audit.chain import SETTING
from boundcheck.audit.ledger import Ledger, StatementAudit
from boundcheck.audit.replay import audit
from boundcheck.core.step import Status
from boundcheck.library import library
from boundcheck.report.errata import errata

pytestmark = pytest.mark.xdist_group("audit")
PAPER, SHARP = "cheairi2026", "sharp"
both_papers = pytest.mark.parametrize("paper", [PAPER, SHARP])
ROOT = Path(__file__).parents[2]
GIVEN = {"definition", "assumption"}


def of_variant(ledger: Ledger, variant: str) -> list[StatementAudit]:
    return [r for r in ledger.statements if r.variant == variant and r.kind not in GIVEN]


@both_papers
def test_every_statement_of_the_inventory_has_a_proof_in_steps(ledger: Ledger, paper: str) -> None:
    inventory = tomllib.loads((ROOT / "proofs" / paper / "paper.toml").read_text())["inventory"]
    assert inventory["open"] == []
    assert {r.id for r in ledger.statements if r.paper == paper} == set(inventory["modelled"])
    assert all(r.steps for r in ledger.statements if r.kind not in GIVEN)


def test_no_corrected_proof_is_refuted_or_open(ledger: Ledger) -> None:
    standing = {Status.PROVED, Status.PROVED_UP_TO, Status.CITED}
    for record in of_variant(ledger, "corrected"):
        assert (record.id, record.gaps) == (record.id, [])
        assert record.proof_status in standing and record.claim_status in standing, record.id
        assert record.instance.status is Status.PROVED, record.id


def test_no_printed_step_is_open_and_gaps_stand_only_where_a_step_is_refuted(ledger: Ledger) -> None:
    for record in of_variant(ledger, "printed"):
        assert all(step.status is not Status.UNKNOWN for step in record.steps), record.id
        assert not record.gaps or record.proof_status is Status.REFUTED, record.id
        assert record.instance.status is Status.PROVED, record.id


def test_the_printed_claims_that_are_false(ledger: Ledger) -> None:
    false = {r.id for r in of_variant(ledger, "printed") if r.claim_status is Status.REFUTED}
    without_a_condition = {
        *{"exact-counts", "columns-error", "one-realization", "bottleneck-error", "bias-and-width"},
        *{"moments-of-a-sum", "two-valued-unit", "network"},
    }
    assert false == {"theorem-6", "theorem-7", "proposition-26", *(f"sharp-{name}" for name in without_a_condition)}


def test_every_step_of_the_corrected_proofs_is_counted(ledger: Ledger) -> None:
    steps = [s for r in of_variant(ledger, "corrected") for s in r.steps if s.rule not in SETTING]
    assert sum(ledger.counts["corrected"].values()) == len(steps)


@both_papers
def test_most_steps_of_the_corrected_proofs_are_proved_for_all_parameters(ledger: Ledger, paper: str) -> None:
    records = [r for r in of_variant(ledger, "corrected") if r.paper == paper]
    steps = [s for r in records for s in r.steps if s.rule not in SETTING]
    count = Counter(step.status for step in steps)
    assert count[Status.PROVED] >= 0.7 * len(steps)
    assert count[Status.PROVED] + count[Status.PROVED_UP_TO] >= 0.9 * len(steps)


def test_what_is_cited_says_what_a_proof_would_take(ledger: Ledger) -> None:
    cited = [s for r in ledger.statements for s in r.steps if s.status is Status.CITED]
    assert cited and all("a proof would take" in step.note for step in cited)


def test_every_correction_has_a_consequence_a_place_and_steps_that_exist(ledger: Ledger) -> None:
    printed = {r.id: {s.id: s for s in r.steps} for r in of_variant(ledger, "printed")}
    for record in of_variant(ledger, "corrected"):
        for correction in record.corrections:
            assert correction.consequence and correction.place, (record.id, correction.what)
            own = [printed[record.id][name] for name in correction.steps if name in printed[record.id]]
            assert all(step.status is Status.REFUTED for step in own), (record.id, correction.what)


def test_every_refuted_step_is_explained_by_a_correction(ledger: Ledger) -> None:
    explained = {(r.id, s) for r in of_variant(ledger, "corrected") for c in r.corrections for s in c.steps}
    refuted = {(r.id, s.id) for r in of_variant(ledger, "printed") for s in r.steps if s.status is Status.REFUTED}
    assert refuted <= explained


def test_the_errata_are_those_of_this_audit(ledger: Ledger) -> None:
    """Else: boundcheck audit --errata reports/cheairi2026/errata.md"""
    paper = library().papers[PAPER]
    written = errata(ledger.to_json(), paper.title, f"{', '.join(paper.authors)}. {paper.citation}", PAPER)
    assert (ROOT / "reports" / PAPER / "errata.md").read_text() == written


def test_two_workers_give_the_same_ledger(ledger: Ledger) -> None:
    names = ["proposition-24", "lemma-12", "lemma-13"]
    again = audit(names, workers=2)
    same = {(r.id, r.variant): r for r in ledger.statements}

    def without_time(record: StatementAudit) -> dict:
        data = record.model_dump()
        for step in data["steps"]:
            del step["seconds"]
        return data

    for record in again.statements:
        assert without_time(record) == without_time(same[record.id, record.variant])


def test_a_statement_brings_what_it_uses() -> None:
    names = {r.id for r in audit(["lemma-17"], ["printed"], workers=1).statements}
    assert {"lemma-17", "lemma-9", "assumption-8"} <= names
    assert "theorem-6" not in names
