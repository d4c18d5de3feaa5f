"""The statement model: variants, claims and definitions that build on one another."""

import dataclasses

import pytest
import sympy

from boundcheck.core.errors import BoundcheckError, LibraryError
from boundcheck.core.statement import Claim, Kind, Sense, Source, Statement, Variable, Variant

x, y, z = sympy.symbols("x y z")
CLAIM = Claim("size", Sense.UPPER, sympy.Le(z, 3), "z is at most 3")
VARIANT = Variant(assumptions=(), claims=(CLAIM,), definitions={y: x + 1, z: 2 * y})
STATEMENT = Statement(
    id="lemma-1",
    title="An example",
    kind=Kind.LEMMA,
    source=Source("Lemma 1", page=1),
    variables=(Variable(x, sympy.S.Reals, "a number"),),
    variants={"printed": VARIANT},
)


def test_expand_replaces_definitions_that_use_those_before_them() -> None:
    assert VARIANT.expand(z**2) == 4 * (x + 1) ** 2
    assert VARIANT.expand(CLAIM.relation) == sympy.Le(2 * (x + 1), 3)
    assert VARIANT.expand(x) == x


def test_expand_in_the_wrong_order_leaves_a_symbol() -> None:
    """Why definitions are an ordered mapping: each may use those before it, none those behind."""
    reversed_order = dataclasses.replace(VARIANT, definitions={z: 2 * y, y: x + 1})
    assert reversed_order.expand(z) == 2 * y


def test_a_claim_is_found_by_its_id() -> None:
    assert VARIANT.claim("size") is CLAIM
    with pytest.raises(LibraryError, match=r"claim=error is not one of \['size'\]"):
        VARIANT.claim("error")


def test_a_missing_variant_is_named_with_those_there_are() -> None:
    assert STATEMENT.variant("printed") is VARIANT
    with pytest.raises(LibraryError, match=r"lemma-1: variant=corrected is not one of \['printed'\]"):
        STATEMENT.variant("corrected")
    assert issubclass(LibraryError, BoundcheckError)


def test_statements_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        STATEMENT.title = "another"  # type: ignore[misc]
