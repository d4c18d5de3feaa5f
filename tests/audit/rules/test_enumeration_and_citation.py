"""Enumeration decides each instance exactly and says up to what; a citation is a debt."""

from collections.abc import Iterator
from fractions import Fraction

import pytest
import sympy
from rule_runs import run

from boundcheck.core.errors import LibraryError
from boundcheck.core.step import Status

n = sympy.Symbol("n")


def instances(most: int) -> object:
    def points() -> Iterator[dict]:
        return ({n: Fraction(value)} for value in range(most))

    return points


def test_up_to_a_size_or_completely() -> None:
    claim = sympy.Le(n, n**2)
    assert run("enumeration", claim, instances=instances(9), size="n < 9").status is Status.PROVED_UP_TO
    whole = {n: sympy.FiniteSet(*range(9))}
    finding = run("enumeration", claim, (), whole, instances=instances(9), size="n < 9", complete=True)
    assert finding.status is Status.PROVED
    # That the instances are all there are is checked, not believed.
    finding = run("enumeration", claim, instances=instances(9), size="n < 9", complete=True)
    assert finding.status is Status.PROVED_UP_TO


def test_a_failing_instance_is_the_witness() -> None:
    finding = run("enumeration", sympy.Le(n**2, 3 * n), instances=instances(9), size="n < 9")
    assert (finding.status, finding.witness) == (Status.REFUTED, {"n": "4"})


def test_nothing_that_applies_proves_nothing() -> None:
    finding = run("enumeration", sympy.Le(n, 0), (sympy.Gt(n, 100),), instances=instances(9), size="n < 9")
    assert finding.status is Status.UNKNOWN


def test_a_citation_names_its_source() -> None:
    assert run("citation", sympy.Le(n, 1), source="a book").status is Status.CITED
    assert run("citation", sympy.Le(n, 1)).status is Status.UNKNOWN


def test_an_unknown_rule_is_named_with_those_there_are() -> None:
    with pytest.raises(LibraryError, match=r"rule=magic is not one of citation, .*smt"):
        run("magic", sympy.Le(n, 1))
