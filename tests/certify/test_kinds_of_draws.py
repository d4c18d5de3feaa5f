"""A ladder has the rungs about the draw that is proposed, and no others."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

import boundcheck
from boundcheck.certify.certificate import Certificate
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.theory import theories
from boundcheck.cli.rendering import asked
from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Mode, Rung
from boundcheck.library import Library, library
from boundcheck.network.from_widths import network_from_widths

EXACT = DrawKind.EXACT_COUNTS


def with_rungs(change: Callable[[Rung], Rung]) -> Library:
    """The papers with every rung changed."""
    papers = library(proofs=False).papers
    return Library({name: replace(paper, rungs=tuple(map(change, paper.rungs))) for name, paper in papers.items()})


def drawn_exactly(rung: Rung) -> Rung:
    """The rung with the recursion is said to be about exact counts, all others about independent draws."""
    return replace(rung, draw=EXACT if rung.name == "layerwise" else DrawKind.INDEPENDENT)


@pytest.mark.parametrize("mode", Mode)
def test_rungs_are_those_of_the_draw(mode: Mode) -> None:
    papers = with_rungs(drawn_exactly)
    names = {draw: [theory.rung.name for theory in theories(papers, mode, draw)] for draw in DrawKind}
    assert names[EXACT] == ["layerwise"]
    assert "corrected" in names[DrawKind.INDEPENDENT] and "layerwise" not in names[DrawKind.INDEPENDENT]
    assert [theory.rung.name for theory in theories(papers, mode)] == names[DrawKind.INDEPENDENT]


def test_a_certificate_has_the_rungs_of_its_draw() -> None:
    found, other = verified(EXACT), verified(DrawKind.INDEPENDENT)
    assert found.rungs and not {"printed", "corrected", "layerwise"} & {rung.name for rung in found.rungs}
    assert {"printed", "corrected", "layerwise"} <= {rung.name for rung in other.rungs}
    assert any(statement.id.endswith("exact-counts") for statement in found.statements)
    assert not any(statement.id.endswith("exact-counts") for statement in other.statements)
    assert found.proposal.draw is EXACT and asked(found).endswith("; draw exact-counts")
    assert other.proposal.draw is DrawKind.INDEPENDENT and "draw" not in asked(other)


def verified(draw: DrawKind) -> Certificate:
    network = network_from_widths([64, 1000, 10], Fraction(1), Fraction(1))
    return boundcheck.verify(network, Proposal(keep=Fraction(1, 2), draw=draw))


def test_a_draw_that_no_rung_is_about_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = with_rungs(lambda rung: replace(rung, draw=DrawKind.INDEPENDENT))
    monkeypatch.setattr("boundcheck.certify.verify.library", lambda proofs: papers)
    with pytest.raises(InputError, match="^draw=exact-counts: no rung is about this draw in mode=prune; drop --draw"):
        verified(EXACT)
