"""`boundcheck show`: one statement, with its formulas, where it is printed, and what it is connected with."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding

    from boundcheck.core.statement import Assumption, Claim, Statement, Variant
    from boundcheck.library import Paper

SENSES = {
    "upper": "upper bound",
    "lower": "lower bound",
    "equality": "equality",
    "existence": "something with this property exists",
}


def show(
    statement: Annotated[
        str,
        typer.Argument(metavar="STATEMENT", help="theorem-2, 'Lemma 17', arxiv:lemma-8, ...; see `boundcheck list`"),
    ],
    variant: Annotated[
        str | None, typer.Option(metavar="NAME", help="printed or corrected alone; default: every one there is")
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="formulas as LaTeX")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object, formulas as text and as LaTeX")] = False,
) -> None:
    """Show a statement: formulas, assumptions, corrections, where it is printed, what uses it."""
    from boundcheck.library import library

    from .rendering import console

    found = library(proofs=False).find(statement)
    paper = next(paper for paper in library(proofs=False).papers.values() if found is paper.statements.get(found.id))
    names = list(found.variants) if variant is None else [variant]
    chosen = {name: found.variant(name) for name in names}
    if as_json:
        import json

        print(json.dumps(_as_data(found, paper, chosen), indent=2, ensure_ascii=False))
        return
    _Printer(console(), latex).statement(found, paper, chosen)


def _used_by(statement: "Statement") -> list[str]:
    from boundcheck.library import library

    return list(library(proofs=False).used_by(statement.id))


class _Printer:
    """Prints a statement; formulas as text or as LaTeX, one to a paragraph."""

    def __init__(self, out: "Console", latex: bool) -> None:
        self.out, self.latex = out, latex

    def statement(self, statement: "Statement", paper: "Paper", variants: "dict[str, Variant]") -> None:
        self.out.print(f"{statement.id}: {statement.title}", style="bold")
        self._printed_where(statement, paper)
        self._variables(statement)
        earlier: Variant | None = None
        for name, variant in variants.items():
            self._variant(name, variant, earlier)
            earlier = variant
        self._connections(statement)

    def _printed_where(self, statement: "Statement", paper: "Paper") -> None:
        source = statement.source
        equations = f", equations {source.equations}" if source.equations else ""
        self.out.print(f"{paper.citation}, {source.item}, page {source.page}{equations}")
        if source.arxiv:
            self.out.print(f"arXiv:{paper.arxiv}, {source.arxiv}")
        for remark in statement.remarks:
            self.out.print(f"remark: {remark}")

    def _variables(self, statement: "Statement") -> None:
        from .formulas import domain
        from .tables import plain_table

        table = plain_table("variable", "range", "meaning", unbroken=("range",))
        for variable in statement.variables:
            table.add_row(self._formula(variable.symbol), domain(variable.domain), variable.meaning)
        self.out.print()
        self.out.print(table)

    def _variant(self, name: str, variant: "Variant", earlier: "Variant | None") -> None:
        """One variant; of a later one only what differs from the one before it."""
        self._heading(name)
        for symbol, definition in variant.definitions.items():
            self._paragraph("where", f"{self._formula(symbol)} = {self._formula(definition)}")
        known: list[Assumption | Claim] = [] if earlier is None else [*earlier.assumptions, *earlier.claims]
        for assumption in variant.assumptions:
            if assumption not in known:
                self._assumption(assumption)
        for claim in variant.claims:
            if claim not in known:
                self._claim(claim)
        now: list[Assumption | Claim] = [*variant.assumptions, *variant.claims]
        self._remark("unchanged", ", ".join(item.id for item in now if item in known))
        self._remark("no longer there", ", ".join(item.id for item in known if item.id not in {one.id for one in now}))
        for correction in variant.corrections:
            self._remark("correction", f"{correction.what}. {correction.why}")

    def _heading(self, text: str) -> None:
        self.out.print()
        self.out.print(text, style="bold")

    def _assumption(self, assumption: "Assumption") -> None:
        heading = f"assume {assumption.id} {assumption.equation}".rstrip()
        self._paragraph(f"{heading}: {assumption.meaning}", self._formula(assumption.relation))

    def _claim(self, claim: "Claim") -> None:
        heading = f"claim {claim.id} {claim.equation}".rstrip()
        self._paragraph(f"{heading}, {SENSES[claim.sense]}: {claim.meaning}", self._formula(claim.relation))

    def _paragraph(self, heading: str, formula: str) -> None:
        self.out.print(_indented(heading, 2))
        if self.latex:  # for copying: no line breaks of ours in it
            self.out.print(f"      {formula}", soft_wrap=True)
        else:
            self.out.print(_indented(formula, 6))

    def _remark(self, word: str, text: str) -> None:
        if text:
            self.out.print(_indented(f"{word}: {text}", 2))

    def _connections(self, statement: "Statement") -> None:
        self._heading("connections")
        self._remark("wording uses", ", ".join(statement.uses) or "nothing")
        self._remark("proof uses", ", ".join(statement.proof_uses) or "nothing")
        self._remark("used by", ", ".join(_used_by(statement)) or "nothing")

    def _formula(self, expression: Any) -> str:
        return _latex(expression) if self.latex else _text(expression)


def _indented(text: str, by: int) -> "Padding":
    from .rendering import indented

    return indented(text, by)


def _latex(expression: Any) -> str:
    import sympy

    return str(sympy.latex(expression))


def _text(expression: Any) -> str:
    from .formulas import formula

    return formula(expression)


def _as_data(statement: "Statement", paper: "Paper", variants: "dict[str, Variant]") -> dict[str, Any]:
    from .formulas import domain

    source = statement.source
    return {
        "id": statement.id,
        "kind": statement.kind.value,
        "title": statement.title,
        "paper": paper.id,
        "source": {
            "citation": paper.citation,
            "item": source.item,
            "page": source.page,
            "equations": source.equations,
            "arxiv": f"{paper.arxiv} {source.arxiv}" if source.arxiv else None,
        },
        "variables": [
            {**_formulas(variable.symbol), "range": domain(variable.domain), "meaning": variable.meaning}
            for variable in statement.variables
        ],
        "variants": {name: _variant_as_data(variant) for name, variant in variants.items()},
        "uses": list(statement.uses),
        "proof_uses": list(statement.proof_uses),
        "used_by": _used_by(statement),
        "remarks": list(statement.remarks),
    }


def _variant_as_data(variant: "Variant") -> dict[str, Any]:
    return {
        "definitions": [
            {"symbol": _text(symbol), **_formulas(definition)} for symbol, definition in variant.definitions.items()
        ],
        "assumptions": [
            {"id": a.id, "equation": a.equation, "scope": a.scope.value, "meaning": a.meaning, **_formulas(a.relation)}
            for a in variant.assumptions
        ],
        "claims": [
            {
                **{"id": c.id, "equation": c.equation, "sense": c.sense.value, "scope": c.scope.value},
                **{"meaning": c.meaning, **_formulas(c.relation)},
                "terms": [{"name": t.name, "origin": t.origin, **_formulas(t.expression)} for t in c.terms],
            }
            for c in variant.claims
        ],
        "corrections": [{"what": correction.what, "why": correction.why} for correction in variant.corrections],
    }


def _formulas(expression: Any) -> dict[str, str]:
    return {"text": _text(expression), "latex": _latex(expression)}
