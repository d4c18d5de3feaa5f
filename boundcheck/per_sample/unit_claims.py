"""Claims about one unit or one draw, looked up in the library: what a PER_SAMPLE rung evaluates on whole arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy
from sympy.core.relational import Relational

from boundcheck.core.rung import UnitQuantity, UnitUse
from boundcheck.library import Library


@dataclass(frozen=True)
class UnitClaim:
    """A use with the claim's relation, definitions put in."""

    use: UnitUse
    relation: Relational

    @property
    def binding(self) -> Mapping[sympy.Symbol, UnitQuantity]:
        """What the relation's symbols stand for."""
        return self.use.binding


UnitClaims = Mapping[str, tuple[UnitClaim, ...]]
"""By what they are about: "bias", "variance", "remainder", "draw-variance", ..."""


def unit_claims(library: Library, units: Mapping[str, Sequence[UnitUse]]) -> UnitClaims:
    """The claims that a rung names. LibraryError if one is missing."""
    return {name: tuple(_looked_up(library, use) for use in uses) for name, uses in units.items()}


def _looked_up(library: Library, use: UnitUse) -> UnitClaim:
    variant = library.find(use.statement).variant(use.variant)
    relation = variant.expand(variant.claim(use.claim).relation)
    assert isinstance(relation, Relational)
    return UnitClaim(use, relation)
