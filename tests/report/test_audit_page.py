"""The audit's page: self-contained, every statement and step on it, hostile text made harmless."""

import json
from html.parser import HTMLParser

from boundcheck.report.audit_page import audit_page

STEP = {
    "id": "one", "claim": "a <b> & c", "equation": "(1)", "latex": r"\frac{a}{b} \leq 1", "rule": "smt",
    "status": "REFUTED", "refutes": "proof", "seconds": 0.1, "witness": {"a": "2", "b": "1"},
    "note": "<script>alert(1)</script>",
}  # fmt: skip


def ledger(**changes: object) -> str:
    record = {
        "id": "lemma-1", "paper": "p", "aliases": ["x"], "variant": "printed", "title": "A lemma", "kind": "lemma",
        "proof_status": "REFUTED", "claim_status": "UNKNOWN", "uses": [], "debts": [],
        "gaps": ["<b>no step"], "trusted": [],
        "corrections": [{"what": "what", "why": "why <i>.", "consequence": "cosmetic"}],
        "instance": {"status": "PROVED", "note": "", "numbers": {"x": "1/2"}},
        "formulas": [{"role": "claim", "id": "c", "equation": "(2)", "latex": r"x \leq y", "meaning": "m"}],
        "steps": [STEP], **changes,
    }  # fmt: skip
    counts = {"PROVED": 0, "PROVED_UP_TO": 0, "CHECKED": 0, "CITED": 0, "UNKNOWN": 0, "REFUTED": 1}
    return json.dumps({"versions": {"sympy": "1"}, "statements": [record], "counts": {"printed": counts}})


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attributes if name in {"href", "src"}]


def test_the_page_holds_statement_step_and_witness_and_needs_nothing_else() -> None:
    page = audit_page(ledger())
    reader = Reader()
    reader.feed(page)
    assert reader.tags.count("math") == 2
    assert "a = 2, b = 1" in page
    assert {link[0] for link in reader.links} == {"#"}
    assert "http" not in page.replace("http://www.w3.org/1998/Math/MathML", "")


def test_text_of_records_is_never_markup() -> None:
    page = audit_page(ledger())
    assert "<script>alert" not in page
    assert "a &lt;b&gt; &amp; c" in page and "why &lt;i&gt;." in page and "&lt;b&gt;no step" in page


def test_gaps_corrections_and_the_instance_are_shown() -> None:
    page = audit_page(ledger())
    assert "Corrected (cosmetic):" in page and "Gap:" in page and "x = 1/2" in page


def test_steps_that_only_name_things_are_told_from_what_is_trusted() -> None:
    naming = STEP | {"rule": "let", "status": "PROVED", "witness": {}}
    assert ">names<" in audit_page(ledger(steps=[naming])) and ">trusted<" not in audit_page(ledger(steps=[naming]))
    assert ">trusted<" in audit_page(ledger(steps=[naming], trusted=["one"]))


def test_a_proof_without_steps_is_shown_as_open() -> None:
    page = audit_page(ledger(steps=[], proof_status=None, claim_status=None))
    assert ">open<" in page
