"""What a rule finds out about one step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy

from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

Domains = Mapping[sympy.Basic, Variable]


@dataclass(frozen=True)
class Finding:
    """A status, a note for people, and where the step fails: an exact witness, symbol name to value as text.

    A witness lies in the symbols' domains, meets everything given, and violates the conclusion; ``decided`` says how.
    """

    status: Status
    note: str = ""
    witness: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[Step, Domains], Finding]
