"""One sentence for a rung's verdict: what decided it, by what factor, and which term is to blame."""

from fractions import Fraction

from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import upper_decimal
from boundcheck.network.network import Network

from .block import factor_text
from .certificate import AssumptionRecord
from .outcome import Outcome
from .theory import Theory


def reason(theory: Theory, network: Network, outcome: Outcome, acceptable: Fraction, trivial: Fraction) -> str:
    """Why this verdict, in words that do not claim more than it says."""
    text = _finding(outcome, acceptable, trivial)
    if outcome.problem is None and outcome.conditions is Verdict.HOLDS and network.origin.illustrative:
        text += "; the constants are illustrative, so this is no certificate"
    probability = network.origin.probability
    if probability is not None and probability < 1:
        failure = upper_decimal(1 - probability, 4)
        text += f"; the constants hold except with probability at most {failure} over the draw of the weights"
    if not theory.rung.decides:
        text += "; the printed form is shown for comparison and decides nothing"
    return text


def _finding(outcome: Outcome, acceptable: Fraction, trivial: Fraction) -> str:
    if outcome.problem is not None:
        return outcome.problem
    for verdict, word in ((Verdict.FAILS, "fails"), (Verdict.UNKNOWN, "is undecided")):
        rows = [row for row in outcome.assumptions if row.verdict is verdict]
        if rows:
            return _assumptions(rows, word) + _error_remark(outcome, trivial)
    if outcome.error is None:
        return "every assumption holds, but the bound is not finite" + _blame(outcome)
    if trivial == 0:
        return "the dense network's output is not shown to be nonzero, and no bound beats the zero network"
    factor = outcome.error / acceptable
    if outcome.error >= trivial:
        return f"vacuous: the certified error is {_times(outcome.error / trivial)} the trivial bound" + _blame(outcome)
    if factor > 1:
        return f"the certified error is {_times(factor)} the acceptable one" + _blame(outcome)
    return f"every assumption holds and the certified error is {_times(factor)} the acceptable one"


def _assumptions(rows: list[AssumptionRecord], word: str) -> str:
    worst = max(rows, key=lambda row: float(row.missed_by or 0))
    where = f" at layer {worst.layer}" if worst.layer else ""
    factor = f" by a factor {worst.missed_by}" if worst.missed_by else ""
    note = f" ({worst.note})" if worst.note else ""
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{worst.statement}, {worst.id}, {word}{where}{factor}{note}{more}"


def _error_remark(outcome: Outcome, trivial: Fraction) -> str:
    if outcome.error is None or trivial == 0:
        return ""
    return f"; the least error it certifies is {_times(outcome.error / trivial)} the trivial bound"


def _blame(outcome: Outcome) -> str:
    blamed = [term for term in outcome.terms if term.share is not None]
    if not blamed:
        return _infinite_blame(outcome)
    worst = max(blamed, key=lambda term: term.share or 0)
    return (
        f"; {100 * (worst.share or 0):.0f}% of it comes from the {worst.name} at layer {worst.layer} ({worst.origin})"
    )


def _infinite_blame(outcome: Outcome) -> str:
    huge = [term for term in outcome.terms if term.value is None]
    return f"; the {huge[0].name} at layer {huge[0].layer} ({huge[0].origin}) overflows" if huge else ""


def _times(ratio: Fraction) -> str:
    return f"{factor_text(ratio, 3)} times"
