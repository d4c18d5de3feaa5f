"""The formulas of a statement: as written, and with what its variants define put in."""

from collections.abc import Iterator
from typing import cast

import sympy
from sympy.core.relational import Relational

from boundcheck.core.statement import Statement, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number
from boundcheck.exact.evaluate import decide
from boundcheck.library import library


def formulas(statement: Statement) -> Iterator[tuple[str, sympy.Basic]]:
    """All formulas of all variants, as written."""
    for name, variant in statement.variants.items():
        for part in (*variant.assumptions, *variant.claims):
            yield f"{name} {part.id}", part.relation
        for claim in variant.claims:
            yield from ((f"{name} {claim.id}: {term.name}", term.expression) for term in claim.terms)
        yield from ((f"{name} {symbol}", definition) for symbol, definition in variant.definitions.items())


def expanded(variant: Variant) -> dict[str, sympy.Basic]:
    """Every relation of a variant by "assumption id" or "claim id", its definitions expanded."""
    parts = {f"assumption {a.id}": a.relation for a in variant.assumptions}
    parts |= {f"claim {c.id}": c.relation for c in variant.claims}
    return {name: variant.expand(relation) for name, relation in parts.items()}


def claim(statement_id: str, claim_id: str, variant: str = "printed") -> Relational:
    """The relation of one claim."""
    return cast(Relational, library().find(statement_id).variant(variant).claim(claim_id).relation)


def assumption(statement_id: str, assumption_id: str, variant: str = "printed") -> Relational:
    """The relation of one assumption."""
    found = library().find(statement_id).variant(variant).assumptions
    return cast(Relational, next(a.relation for a in found if a.id == assumption_id))


def at(relation: sympy.Basic, **numbers: Number) -> Verdict:
    """Decide a relation with numbers for its symbols, given by name."""
    return decide(relation, {symbol: numbers[symbol.name] for symbol in relation.free_symbols})
