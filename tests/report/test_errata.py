"""The errata: worst first, shared slips once, each with its witness; nothing from another paper."""

import json

from boundcheck.report.errata import errata

STEP = {"id": "one", "claim": "a gives b", "equation": "(7)", "status": "REFUTED", "witness": {"p": "3/10", "q": "2"}}


def correction(what: str, consequence: str, **changes: object) -> dict[str, object]:
    return {"what": what, "why": f"{what} fails.", "consequence": consequence, "place": "(1), p. 3",
            "printed": None, "corrected": None, "steps": [], **changes}  # fmt: skip


def record(name: str, corrections: list[dict[str, object]], paper: str = "p") -> list[dict[str, object]]:
    common = {"id": name, "item": name.title(), "paper": paper}
    printed = {**common, "variant": "printed", "corrections": [], "steps": [STEP]}
    return [printed, {**common, "variant": "corrected", "corrections": corrections, "steps": []}]


def page(*records: list[dict[str, object]]) -> str:
    return errata(json.dumps({"statements": sum(records, [])}), "A paper", "Authors. Venue", "p")


def test_the_worst_comes_first_and_each_has_its_witness() -> None:
    harmless = correction("a typo", "cosmetic")
    fatal = correction("a fraction", "statement false as printed", printed="a < b", corrected="b < a", steps=["one"])
    text = page(record("lemma 1", [harmless, fatal]))
    assert text.index("a fraction fails.") < text.index("a typo fails.")
    assert "`p` = 3/10, `q` = 2" in text and "step `one` (7): a gives b" in text
    assert "$`a < b`$" in text and "$`b < a`$" in text
    assert "| statement false as printed | 1 |" in text and "| condition must change | 0 |" in text


def test_a_slip_that_statements_share_is_listed_once_with_both_places() -> None:
    shared = correction("an index", "condition must change")
    text = page(record("lemma 1", [shared]), record("lemma 2", [shared]))
    assert text.count("an index fails.") == 1
    assert "Lemma 1, (1), p. 3; Lemma 2, (1), p. 3" in text


def test_another_papers_slips_are_left_out() -> None:
    text = page(record("lemma 1", []), record("lemma 9", [correction("a sign", "cosmetic")], paper="other"))
    assert "a sign" not in text and "| cosmetic | 0 |" in text
