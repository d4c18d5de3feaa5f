"""Rules are found by name, loaded when asked for, and an unknown name is refused with the known ones."""

import pytest

from boundcheck.audit.registry import names, rule
from boundcheck.core.errors import LibraryError


def test_every_rule_that_has_a_file_has_a_check() -> None:
    assert {"interval", "enumeration", "induction", "differentiation", "finite-law", "named-lemma", "citation"} <= set(
        names()
    )
    for name in names():
        assert callable(rule(name))


@pytest.mark.parametrize("name", ["intervall", "", "__init__", "../registry", "finite_law"])
def test_an_unknown_name_is_refused_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(LibraryError, match="citation.*interval"):
        rule(name)
