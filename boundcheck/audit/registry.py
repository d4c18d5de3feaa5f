"""Finds the rule of a name: `smt` lives in rules/smt.py, `monomial-ratio` in rules/monomial_ratio.py, and so on."""

from importlib import import_module
from pathlib import Path

from boundcheck.core.errors import LibraryError

from .finding import Rule


def rule(name: str) -> Rule:
    """The rule's `check`; LibraryError names the rules there are."""
    if name not in names():
        raise LibraryError(f"rule={name} is not one of {', '.join(names())}")
    check: Rule = import_module(f"boundcheck.audit.rules.{name.replace('-', '_')}").check
    return check


def names() -> list[str]:
    """The rules that have a file."""
    folder = Path(__file__).parent / "rules"
    return sorted(path.stem.replace("_", "-") for path in folder.glob("*.py") if path.stem != "__init__")
