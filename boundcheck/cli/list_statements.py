"""`boundcheck list`: the papers, their statements and rungs, and what is not modelled yet."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from boundcheck.core.statement import Statement
    from boundcheck.library import Paper


def list_statements(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """List papers, their statements and rungs, and what is not modelled yet."""
    from boundcheck.library import library

    from .rendering import console

    found = library(proofs=False)
    papers = [
        (paper, [statement for statement in found.statements() if paper.statements.get(statement.id) is statement])
        for paper in found.papers.values()
    ]
    if as_json:
        import json

        data = {"papers": [_as_data(paper, statements) for paper, statements in papers]}
        print(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for paper, statements in papers:
        _print_paper(console(), paper, statements)


def _print_paper(out: "Console", paper: "Paper", statements: "list[Statement]") -> None:
    from .tables import plain_table

    out.print(f"{paper.id}: {paper.title}", style="bold")
    out.print(f"{', '.join(paper.authors)}; {paper.venue}, {paper.citation}; arXiv:{paper.arxiv}")
    out.print()
    table = plain_table("statement", "title", "page", "arXiv", "variants", unbroken=("statement", "page", "arXiv"))
    table.columns[-1].max_width = len("corrected")
    for statement in statements:
        source = statement.source
        table.add_row(
            statement.id, statement.title, str(source.page), source.arxiv or "-", ", ".join(statement.variants)
        )
    out.print(table)
    out.print()
    rungs = plain_table("rung", "mode", "chains", "what it does", unbroken=("rung", "mode"))
    for rung in paper.rungs:
        chained = ", ".join(dict.fromkeys(use.statement for use in rung.roles.values()))
        summary = rung.summary if rung.decides else f"{rung.summary}; decides nothing"
        rungs.add_row(rung.name, rung.mode.value, chained, summary)
    out.print(rungs)
    out.print()
    out.print(f"not modelled yet: {', '.join(paper.open_items) or 'nothing'}")


def _as_data(paper: "Paper", statements: "list[Statement]") -> dict[str, Any]:
    return {
        "id": paper.id,
        "title": paper.title,
        "authors": list(paper.authors),
        "venue": paper.venue,
        "citation": paper.citation,
        "arxiv": paper.arxiv,
        "statements": [
            {
                "id": statement.id,
                "kind": statement.kind.value,
                "title": statement.title,
                "item": statement.source.item,
                "page": statement.source.page,
                "arxiv": statement.source.arxiv,
                "variants": list(statement.variants),
            }
            for statement in statements
        ],
        "rungs": [
            {
                "name": rung.name,
                "mode": rung.mode.value,
                "decides": rung.decides,
                "summary": rung.summary,
                "statements": list(dict.fromkeys(use.statement for use in rung.roles.values())),
            }
            for rung in paper.rungs
        ],
        "not_modelled_yet": list(paper.open_items),
    }
