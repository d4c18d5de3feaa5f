"""Papers are discovered from folders; an inconsistent folder is refused with a message that says what to mend."""

from pathlib import Path

import pytest

from boundcheck.core.errors import LibraryError
from boundcheck.core.rung import Mode
from boundcheck.library import SEARCH_PATH_VARIABLE, library, load_library, search_path

STATEMENT = """
import sympy
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

x = sympy.Symbol("x", real=True)
STATEMENT = Statement(
    id="{id}",
    title="An example",
    kind=Kind.LEMMA,
    source=Source("Lemma", page={page}, arxiv={arxiv!r}),
    variables=(Variable(x, sympy.S.Reals, "a number"),),
    variants={{"printed": Variant((), (Claim("square", Sense.LOWER, sympy.Ge(x**3, 0), "not negative"),))}},
    uses={uses!r},
    proof_uses={proof_uses!r},
)
"""
MANIFEST = """
[paper]
id = "{id}"
title = "A small paper"
authors = ["A. Author"]
venue = "Nowhere 2026"
citation = "Nowhere, 2026"

[aliases]
"secondary name" = "lemma-1"

[inventory]
modelled = {modelled}
open = ["theorem-9"]
"""


class Papers:
    """A folder of small papers, written statement by statement."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paper(self, modelled: list[str], id: str = "small", package: bool = True) -> Path:
        folder = self.folder / id
        folder.mkdir(parents=True)
        (folder / "paper.toml").write_text(MANIFEST.format(id=id, modelled=modelled), encoding="utf-8")
        if package:
            (folder / "__init__.py").write_text('"""A small paper."""\n', encoding="utf-8")
        return folder

    def statement(
        self,
        folder: Path,
        id: str,
        uses: tuple[str, ...] = (),
        proof_uses: tuple[str, ...] = (),
        page: int = 1,
        arxiv: str | None = None,
        file: str | None = None,
    ) -> None:
        text = STATEMENT.format(id=id, uses=uses, proof_uses=proof_uses, page=page, arxiv=arxiv)
        (folder / f"{file or id.replace('-', '_')}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path / "papers")


def refused(papers: Papers) -> str:
    """The one-line message with which the folder is refused."""
    with pytest.raises(LibraryError) as caught:
        load_library((papers.folder,))
    message = str(caught.value)
    assert message and "\n" not in message
    return message


def test_a_paper_is_discovered_with_its_statements_in_printed_order(papers: Papers) -> None:
    folder = papers.paper(["lemma-1", "lemma-2", "lemma-10"])
    papers.statement(folder, "lemma-10", page=3, uses=("lemma-2",))
    papers.statement(folder, "lemma-2", page=3, proof_uses=("lemma-1",), arxiv="Lemma 7")
    papers.statement(folder, "lemma-1", page=2)
    (folder / "notation.py").write_text("n = 1\n", encoding="utf-8")
    found = load_library((papers.folder,))
    assert [s.id for s in found.statements()] == ["lemma-1", "lemma-2", "lemma-10"]
    assert found.used_by("lemma-2") == ("lemma-10",) and found.used_by("lemma-10") == ()
    assert found.used_by("lemma-1") == ("lemma-2",)
    for name in ("lemma-2", "Lemma 2", " LEMMA-2 ", "small:lemma-2", "arXiv: Lemma 7", "arxiv:lemma-7"):
        assert found.find(name).id == "lemma-2", name
    assert found.papers["small"].rungs == () and found.rungs(Mode.PRUNE) == ()


def test_statements_of_a_paper_may_share_a_file_of_notation(papers: Papers) -> None:
    folder = papers.paper(["lemma-1"])
    papers.statement(folder, "lemma-1")
    path = folder / "lemma_1.py"
    text = path.read_text(encoding="utf-8").replace('x = sympy.Symbol("x", real=True)', "from .notation import x")
    path.write_text(text, encoding="utf-8")
    (folder / "notation.py").write_text('import sympy\nx = sympy.Symbol("x", real=True)\n', encoding="utf-8")
    assert load_library((papers.folder,)).find("lemma-1").variables[0].symbol.name == "x"


def test_a_duplicate_statement(papers: Papers) -> None:
    folder = papers.paper(["lemma-1"])
    papers.statement(folder, "lemma-1")
    papers.statement(folder, "lemma-1", file="lemma_1_again")
    assert "small: statement=lemma-1 is defined twice" in refused(papers)


def test_a_duplicate_paper(papers: Papers, tmp_path: Path) -> None:
    papers.statement(papers.paper(["lemma-1"]), "lemma-1")
    other = Papers(tmp_path / "others")
    other.statement(other.paper(["lemma-1"]), "lemma-1")
    with pytest.raises(LibraryError, match="paper=small is defined twice"):
        load_library((papers.folder, other.folder))


@pytest.mark.parametrize("kind", ["uses", "proof_uses"])
def test_a_missing_use(papers: Papers, kind: str) -> None:
    folder = papers.paper(["lemma-1"])
    papers.statement(folder, "lemma-1", **{kind: ("lemma-5",)})  # type: ignore[arg-type]
    assert refused(papers) == "lemma-1: uses lemma-5, which no file defines"


def test_a_circular_use_across_wording_and_proof(papers: Papers) -> None:
    folder = papers.paper(["lemma-1", "lemma-2", "lemma-3"])
    papers.statement(folder, "lemma-1", uses=("lemma-2",))
    papers.statement(folder, "lemma-2", proof_uses=("lemma-3",))
    papers.statement(folder, "lemma-3", proof_uses=("lemma-2",))
    assert refused(papers) == "circular use: lemma-2 -> lemma-3 -> lemma-2"


def test_a_statement_that_uses_itself(papers: Papers) -> None:
    papers.statement(papers.paper(["lemma-1"]), "lemma-1", proof_uses=("lemma-1",))
    assert refused(papers) == "circular use: lemma-1 -> lemma-1"


def test_what_the_inventory_lists_must_exist(papers: Papers) -> None:
    papers.statement(papers.paper(["lemma-1", "lemma-2"]), "lemma-1")
    assert refused(papers) == "small: paper.toml lists lemma-2, but no file defines it"


def test_what_exists_must_be_in_the_inventory(papers: Papers) -> None:
    folder = papers.paper(["lemma-1"])
    papers.statement(folder, "lemma-1")
    papers.statement(folder, "lemma-2")
    assert refused(papers) == "small: lemma-2 is defined, but not in the inventory of paper.toml"


def test_a_folder_that_is_no_package(papers: Papers) -> None:
    papers.statement(papers.paper(["lemma-1"], package=False), "lemma-1")
    assert refused(papers) == "paper=small has no __init__.py; add one to make it a package"


def test_a_folder_without_papers(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no paper.toml below"):
        load_library((tmp_path,))


def test_folders_of_the_search_path_join_the_own_ones(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    papers.statement(papers.paper(["lemma-1"], id="mine"), "lemma-1")
    monkeypatch.setenv(SEARCH_PATH_VARIABLE, str(papers.folder))
    found = load_library(search_path())
    assert list(found.papers) == ["cheairi2026", "sharp", "mine"]
    assert found.find("mine:lemma-1").title == "An example"


def test_a_search_path_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SEARCH_PATH_VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(LibraryError, match=f"{SEARCH_PATH_VARIABLE}=.*missing is not a folder; name folders"):
        search_path()


def test_an_empty_search_path_is_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SEARCH_PATH_VARIABLE, "")
    assert len(search_path()) == 1


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Lemma 8", "lemma-8"),
        ("arxiv:lemma-8", "lemma-15"),
        ("arxiv:lemma-9", "lemma-16"),
        ("arXiv: Lemma 10", "lemma-17"),
        ("arxiv:lemma-7", "lemma-14"),
        ("arxiv:lemma-1", "lemma-8"),
        ("Proposition 1", "theorem-2"),
        ("arxiv:proposition-1", "theorem-2"),
        ("Theorem 2", "theorem-2"),
        ("cheairi2026:lemma-17", "lemma-17"),
        ("cheairi2026: Lemma 17", "lemma-17"),
        ("assumption 9", "assumption-9"),
    ],
)
def test_names_of_the_paper(name: str, id: str) -> None:
    assert library().find(name).id == id


def test_what_is_not_modelled_yet_is_named_as_such(papers: Papers) -> None:
    papers.statement(papers.paper(["lemma-1"]), "lemma-1")
    with pytest.raises(LibraryError, match="small lists it in its inventory, but it is not modelled yet"):
        load_library((papers.folder,)).find("Theorem 9")


def test_every_item_of_the_paper_is_modelled() -> None:
    assert library().papers["cheairi2026"].open_items == ()


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LibraryError, match="statement=lemma-99 is unknown; known are definition-1, .*proposition-26"):
        library().find("lemma-99")


def test_variants_and_rungs_of_the_paper_are_bound_to_statements_that_exist() -> None:
    for mode in Mode:
        found = library().rungs(mode)
        assert {rung.name for _, rung in found} == {"printed", "corrected", "layerwise", "sharp", "sharp-data"}
        for paper, rung in found:
            for use in rung.roles.values():
                variant = paper.statements[use.statement].variant(use.variant)
                kept = [drawn.kept_claim for drawn in use.drawn.values()]
                for claim in filter(None, (use.error_claim, *kept, use.loss_claim)):
                    assert variant.claim(claim).id == claim
