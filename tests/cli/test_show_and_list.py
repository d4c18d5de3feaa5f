"""`show` and `list`: every statement of the library, by every name it has."""

import json

import pytest

from boundcheck.library import library

from .conftest import Command

STATEMENTS = [statement.id for statement in library().statements()]


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_can_be_shown(command: Command, name: str) -> None:
    statement = library().find(name)
    shown = command("show", name)
    text = " ".join(shown.out.split())
    assert (shown.code, shown.err) == (0, "")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert statement.title in text
    assert f"{statement.source.item}, page {statement.source.page}" in text
    for variant in statement.variants.values():
        assert all(f"assume {assumption.id}" in text for assumption in variant.assumptions)
        assert all(f"claim {claim.id}" in text for claim in variant.claims)
        assert all(correction.why in text for correction in variant.corrections)
    assert all(user in text for user in library().used_by(name))


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_as_json_and_as_latex(command: Command, name: str) -> None:
    data = json.loads(command("show --json", name).out)
    latex = command("show --latex", name).out
    assert data["id"] == name
    assert set(data["variants"]) == set(library().find(name).variants)
    for variant in data["variants"].values():
        for formula in (*variant["assumptions"], *variant["claims"]):
            assert formula["text"] and formula["latex"]
    first = list(data["variants"].values())[0]
    assert all(formula["latex"] in latex for formula in (*first["assumptions"], *first["claims"]))


def test_no_formula_is_left_in_programming_language(command: Command) -> None:
    """A function that the printer does not know would show its Python name, a power two stars."""
    leaked = ("Piecewise", "Abs(", "Max(", "**", "Binomial", "LeastDraws", "Eq(", "epsilon")
    for name in STATEMENTS:
        for variant in json.loads(command("show --json", name).out)["variants"].values():
            texts = [formula["text"] for formula in (*variant["assumptions"], *variant["claims"])]
            assert not [(text, word) for text in texts for word in leaked if word in text]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Theorem 2", "theorem-2"),
        ("arxiv:theorem-1", "theorem-2"),
        ("arxiv:lemma-8", "lemma-15"),
        ("lemma-8", "lemma-8"),
        ("cheairi2026:theorem-3", "theorem-3"),
    ],
)
def test_names_that_find_a_statement(command: Command, name: str, expected: str) -> None:
    assert command("show", name).out.startswith(f"{expected}: ")


def test_a_variant_alone_is_shown_whole(command: Command) -> None:
    alone, both = command("show theorem-2 --variant corrected").out, command("show theorem-2").out
    assert "assume unit-ball" in alone and "unchanged" not in alone and "\nprinted" not in alone
    assert both.count("assume unit-ball") == 1 and "unchanged: unit-ball" in both
    assert "no longer there: alpha-close, draws" in both


def test_where_theorem_2_is_printed_and_what_uses_it(command: Command) -> None:
    text = " ".join(command("show theorem-2").out.split())
    assert "Theorem 2, page 9, equations (13)-(18)" in text
    assert "arXiv:2512.06288, Theorem 1" in text
    assert "n_{l+1}/n_l ≤ c₁^2·δ·p·(1 - α)/(α·c₂^2·(1 - p))" in text
    assert "used by: corollary-5" in text


def test_the_list_names_everything(command: Command) -> None:
    text = command("list").out
    assert text.startswith("cheairi2026: ") and "\nsharp: " in text
    for paper in library().papers.values():
        assert all(name in text for name in (*STATEMENTS, *paper.open_items, *(rung.name for rung in paper.rungs)))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_the_list_as_json(command: Command) -> None:
    papers = {paper["id"]: paper for paper in json.loads(command("list --json").out)["papers"]}
    assert set(papers) == {"cheairi2026", "sharp"}
    assert [statement["id"] for paper in papers.values() for statement in paper["statements"]] == STATEMENTS
    shown = {(name, rung["name"]) for name, paper in papers.items() for rung in paper["rungs"] if not rung["decides"]}
    assert shown == {("cheairi2026", "printed")}
    assert {rung["name"] for rung in papers["sharp"]["rungs"]} == {"sharp", "sharp-data"}
    assert all(paper["not_modelled_yet"] == [] for paper in papers.values())
