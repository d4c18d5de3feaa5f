"""A claim at an instance on its way to a verdict: settled at once, or judged from the values of a cell."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from boundcheck.core.statement import Sense
from boundcheck.exact.ball import lower_decimal
from boundcheck.exact.ball_matrix import Matrix

from .judge import Finding
from .run import Cell
from .verdict_record import ClaimVerdict, Decided, NotApplicable, Side, TrialVerdict

Judge = Callable[[Matrix], Finding]


@dataclass(frozen=True)
class Described:
    """What a case is about, as its verdict records it."""

    statement: str
    variant: str
    claims: tuple[str, ...]
    sense: Sense
    equation: str
    meaning: str
    instance: str
    draw: str
    picks: str
    power: str | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """cell: where its values come from, None if it needs none. judge: from an error probability to a judge of values.

    settled: the finding where no chance is involved. exhibit: looks for a realization among the repeats that were
    sampled; what it finds is certain.
    """

    described: Described
    cell: Cell | None = None
    judge: Callable[[float], Judge] | None = None
    settled: tuple[Finding, Decided] | None = None
    exhibit: Judge | None = None
    largest: float | None = None


@dataclass(frozen=True)
class Prepared:
    """Everything that a plan comes to."""

    cases: Sequence[Case]
    not_applicable: Sequence[NotApplicable]

    @property
    def cells(self) -> list[Cell]:
        """Each cell once, in the order of the cases."""
        found: dict[str, Cell] = {}
        for case in self.cases:
            if case.cell is not None:
                found.setdefault(case.cell.key, case.cell)
        return list(found.values())

    @property
    def judged(self) -> list[Case]:
        """The cases whose verdict rests on chance: they share the plan's error probability."""
        return [case for case in self.cases if case.judge is not None]


def verdict_of(case: Case, values: Matrix | None, failure: str | None, error_probability: float) -> ClaimVerdict:
    """The verdict of a case; values: its cell's, repeats x quantities."""
    if case.settled is not None:
        return _record(case, *case.settled, repeats=0, error_probability=None)
    repeats = 0 if values is None else len(values)
    if failure is not None or values is None or not repeats:
        return _undecided(case, failure or "nothing was sampled")
    try:
        if case.exhibit is not None:
            return _record(case, case.exhibit(values), Decided.REALIZATION, repeats, None)
        assert case.judge is not None
        return _record(case, case.judge(error_probability)(values), Decided.SAMPLING, repeats, error_probability)
    except (ArithmeticError, ValueError) as error:
        return _undecided(case, f"{type(error).__name__}: {error}")


def _record(
    case: Case, finding: Finding, decided_by: Decided, repeats: int, error_probability: float | None
) -> ClaimVerdict:
    return ClaimVerdict(
        **_about(case),
        verdict=finding.verdict,
        decided_by=decided_by,
        left=_side(finding),
        right=lower_decimal(finding.right),
        tightness=finding.tightness,
        repeats=repeats,
        range=case.largest,
        error_probability=error_probability,
        needed=finding.needed,
        note=finding.note,
    )


def _side(finding: Finding) -> Side:
    """Nothing where there is no bound: JSON has no infinity."""
    numbers = (finding.estimate, finding.lower, finding.upper)
    estimate, lower, upper = numbers if all(map(math.isfinite, numbers)) else (None, None, None)
    return Side(estimate=estimate, lower=lower, upper=upper)


def _undecided(case: Case, reason: str) -> ClaimVerdict:
    return ClaimVerdict(
        **_about(case),
        verdict=TrialVerdict.UNDECIDED,
        decided_by=Decided.SAMPLING,
        left=Side(estimate=None, lower=None, upper=None),
        right=None,
        tightness=None,
        repeats=0,
        range=case.largest,
        error_probability=None,
        needed=None,
        note=reason,
    )


def _about(case: Case) -> dict[str, Any]:
    about = case.described
    return {
        "statement": about.statement,
        "variant": about.variant,
        "claims": list(about.claims),
        "sense": about.sense,
        "equation": about.equation,
        "meaning": about.meaning,
        "instance": about.instance,
        "draw": about.draw,
        "picks": about.picks,
        "power": about.power,
        "cell": None if case.cell is None else case.cell.key,
    }
