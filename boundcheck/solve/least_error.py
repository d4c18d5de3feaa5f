"""The least error that a rung certifies for a proposal, whatever error would be acceptable."""

from dataclasses import dataclass
from fractions import Fraction

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.theory import Theory
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import parse_rational

from .question import Progress, Question
from .record import Answer, Attempt, Claim, Known


@dataclass(frozen=True)
class Descent:
    """Targets that were tried, and the records that they led to."""

    tried: dict[Fraction, RungRecord]
    found: Fraction | None
    below: Fraction | None

    @property
    def best(self) -> RungRecord:
        """The record of the least error, or the only one there is."""
        return next(reversed(self.tried.values())) if self.found is None else self.tried[self.found]


def least_error(theory: Theory, question: Question, resolution: Fraction, progress: Progress) -> Answer:
    """The least error below the trivial bound, to a relative resolution."""
    return error_answer(theory, descend(theory, question, question.proposal, resolution, progress), resolution)


def descend(
    theory: Theory, question: Question, proposal: Proposal, resolution: Fraction, progress: Progress
) -> Descent:
    """From the trivial bound down: first a little below what was certified, and by bisection where that holds too."""
    trivial = question.goal().trivial
    tried: dict[Fraction, RungRecord] = {}

    def bound(target: Fraction) -> Fraction | None:
        """The error certified when ``target`` is asked for; None if none is."""
        progress(f"rung {theory.rung.name}: error {float(target):.4g}")
        record = question.run(theory, proposal, Goal(target, trivial))
        tried[target] = record
        if record.verdict is not Verdict.HOLDS or record.error_bound is None:
            return None
        return parse_rational(record.error_bound)

    best, failing = (trivial, bound(trivial)), Fraction(0)
    if best[1] is None:
        return Descent(tried, None, None)
    while (target := best[1] * (1 - resolution)) > failing:
        below = bound(target)
        if below is None:
            failing = target
            continue
        best, middle = (target, below), (failing + below) / 2
        at_middle = bound(middle)
        if at_middle is None:
            failing = middle
        else:
            best = (middle, at_middle)
    return Descent(tried, best[0], failing)


def error_answer(theory: Theory, descent: Descent, resolution: Fraction) -> Answer:
    """The descent as an answer."""
    best = descent.best
    undecided = any(record.verdict is Verdict.UNKNOWN for record in descent.tried.values())
    without = Verdict.UNKNOWN if undecided else Verdict.FAILS
    return Answer(
        rung=theory.rung.name,
        paper=theory.paper.id,
        decides=theory.rung.decides,
        verdict=without if descent.found is None else best.verdict,
        value=None if descent.found is None else best.error_bound,
        keep_by_layer=None,
        proved_from=None,
        proof=None,
        below=None if descent.below is None else _attempt(descent.below, descent.tried[descent.below]),
        larger=None if descent.found is None else _larger(),
        smaller=None if descent.below is None else _smaller(descent.tried[descent.below], resolution),
        attempts=[_attempt(target, descent.tried[target]) for target in sorted(descent.tried)],
        certificate=best,
    )


def _larger() -> Claim:
    why = "a certified error is below every larger one; what is certified is below the trivial bound as well"
    return Claim(known=Known.PROVED, why=why)


def _smaller(below: RungRecord, resolution: Fraction) -> Claim:
    if below.verdict is Verdict.UNKNOWN:
        return Claim(known=Known.TRIED, why="the next smaller error is undecided")
    why = (
        "what certifies a smaller error certifies the next smaller one that was asked for too, where the search for "
        "parameters found none"
    )
    return Claim(known=Known.SEARCHED, why=why)


def _attempt(target: Fraction, record: RungRecord) -> Attempt:
    text = f"{float(target):.6g}"
    return Attempt(value=text, verdict=record.verdict, error_bound=record.error_bound)
