"""Three-valued verdicts: a question about a bound is answered HOLDS, FAILS or UNKNOWN, never by a bare boolean."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """HOLDS and FAILS are proved; UNKNOWN is everything else (overlapping enclosures, NaN, a timeout)."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNKNOWN = "UNKNOWN"


def conjunction(verdicts: Iterable[Verdict]) -> Verdict:
    """All must hold: one FAILS decides, one UNKNOWN leaves it open. The empty conjunction HOLDS."""
    seen = set(verdicts)
    if Verdict.FAILS in seen:
        return Verdict.FAILS
    return Verdict.UNKNOWN if Verdict.UNKNOWN in seen else Verdict.HOLDS


def disjunction(verdicts: Iterable[Verdict]) -> Verdict:
    """One HOLDS decides, all must FAIL to fail. The empty disjunction FAILS."""
    seen = set(verdicts)
    if Verdict.HOLDS in seen:
        return Verdict.HOLDS
    return Verdict.UNKNOWN if Verdict.UNKNOWN in seen else Verdict.FAILS
