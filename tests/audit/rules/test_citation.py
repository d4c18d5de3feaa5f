"""A citation is a debt with a source, and never a proof."""

import pytest
import sympy

from boundcheck.audit.rules.citation import check
from boundcheck.core.step import Status, Step


def test_a_source_makes_it_cited_and_is_named() -> None:
    found = check(Step("s", "", "citation", sympy.true, data={"source": "Weyl 1912, Theorem 1"}), {})
    assert found.status is Status.CITED
    assert found.note == "after Weyl 1912, Theorem 1"


def test_what_a_proof_would_take_is_said() -> None:
    data = {"source": "Weyl 1912, Theorem 1", "takes": "a week"}
    found = check(Step("s", "", "citation", sympy.true, data=data), {})
    assert (found.status, found.note) == (Status.CITED, "after Weyl 1912, Theorem 1; a proof would take a week")


@pytest.mark.parametrize("data", [{}, {"source": ""}, {"source": "  "}])
def test_no_source_is_unknown(data: dict[str, str]) -> None:
    assert check(Step("s", "", "citation", sympy.true, data=data), {}).status is Status.UNKNOWN


def test_even_the_obvious_is_not_proved_by_citing() -> None:
    step = Step("s", "", "citation", sympy.Le(1, 2), data={"source": "arithmetic"})
    assert check(step, {}).status is Status.CITED
