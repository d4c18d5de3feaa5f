"""The statement model: one lemma, proposition or theorem as data, in every variant that is kept side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.core.errors import LibraryError
from boundcheck.core.step import Step


class Kind(StrEnum):
    """What the paper calls it."""

    DEFINITION = "definition"
    ASSUMPTION = "assumption"
    LEMMA = "lemma"
    PROPOSITION = "proposition"
    THEOREM = "theorem"
    COROLLARY = "corollary"


class Sense(StrEnum):
    """What a claim says of its left side: bounded from above, from below, equal, or that something exists."""

    UPPER = "upper"
    LOWER = "lower"
    EQUALITY = "equality"
    EXISTENCE = "existence"


class Scope(StrEnum):
    """Where an assumption or a claim is asked: once, at every layer, or at the layers in a role."""

    NETWORK = "network"
    LAYER = "layer"
    COMPRESSED = "compressed"
    WIDE = "wide"
    BOTTLENECK = "bottleneck"


@dataclass(frozen=True)
class Source:
    """Where a statement is printed: the paper's item, its equations, the page of the PDF, and other numberings."""

    item: str
    page: int
    equations: str = ""
    arxiv: str | None = None


@dataclass(frozen=True)
class Variable:
    """A symbol, the set it ranges over (corners included or excluded explicitly), and its meaning.

    Matrices and functions range over no SymPy set: their domain is None and the meaning states shape and type.
    """

    symbol: sympy.Basic
    domain: sympy.Set | None
    meaning: str


@dataclass(frozen=True)
class Assumption:
    """A named condition. Where ``relation`` compares numbers, its left side is the value and its right the limit.

    only_for: the claims that need it, by id; empty if all do.
    """

    id: str
    relation: Boolean
    meaning: str
    scope: Scope = Scope.NETWORK
    equation: str = ""
    only_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """One summand of an upper bound, with the statement that it comes from."""

    name: str
    expression: sympy.Expr
    origin: str


@dataclass(frozen=True)
class Claim:
    """What is concluded. ``terms`` splits the right side of an upper bound; they add up to it."""

    id: str
    sense: Sense
    relation: Boolean
    meaning: str
    equation: str = ""
    scope: Scope = Scope.NETWORK
    terms: tuple[Term, ...] = ()


class Consequence(StrEnum):
    """What a slip in print means, worst first."""

    FALSE_AS_PRINTED = "statement false as printed"
    CONDITION = "condition must change"
    GAP = "proof gap that closes"
    COSMETIC = "cosmetic"


@dataclass(frozen=True)
class Correction:
    """What a corrected variant changes, and in one sentence why the printed form does not follow.

    place: where it is printed, equations and page.
    formula: id of the assumption, claim or definition that changes, if one does.
    steps: ids of the printed proof's steps that fail for this reason.
    """

    what: str
    why: str
    consequence: Consequence | None = None
    place: str = ""
    formula: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variant:
    """One form of a statement: ``printed`` as in the paper, ``corrected`` as its own proof yields it.

    ``proof`` holds its proof's steps in order; it is empty where the proof is not written as steps yet.
    """

    assumptions: tuple[Assumption, ...]
    claims: tuple[Claim, ...]
    definitions: Mapping[sympy.Symbol, sympy.Expr] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    proof: tuple[Step, ...] = ()

    def claim(self, claim_id: str) -> Claim:
        """The claim of that id; LibraryError if there is none."""
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        raise LibraryError(f"claim={claim_id} is not one of {[claim.id for claim in self.claims]}")

    def assumptions_of(self, claim_id: str) -> tuple[Assumption, ...]:
        """The assumptions that a claim needs."""
        return tuple(a for a in self.assumptions if not a.only_for or claim_id in a.only_for)

    def expand(self, expression: sympy.Basic) -> sympy.Basic:
        """The expression with every defined symbol replaced; a definition may use those before it."""
        for symbol, definition in reversed(tuple(self.definitions.items())):
            expression = expression.subs(symbol, definition)
        return expression


@dataclass(frozen=True)
class Statement:
    """A statement of a paper. ``uses`` are the ids its wording needs, ``proof_uses`` those its proof needs.

    instance: numbers, by symbol, at which all assumptions of every variant hold: the statement is not about nothing.
    """

    id: str
    title: str
    kind: Kind
    source: Source
    variables: tuple[Variable, ...]
    variants: Mapping[str, Variant]
    uses: tuple[str, ...] = ()
    proof_uses: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    instance: Mapping[str, Fraction] = field(default_factory=dict)

    def variant(self, name: str) -> Variant:
        """The variant of that name; LibraryError names the ones there are."""
        if name not in self.variants:
            raise LibraryError(f"{self.id}: variant={name} is not one of {sorted(self.variants)}")
        return self.variants[name]
