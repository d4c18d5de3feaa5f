"""Case by case: every case of Max, Min, Abs, Piecewise and roundings, or of alternatives that are named, by a rule."""

from collections.abc import Iterator
from fractions import Fraction

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.audit.branches import BRANCHING, EXTREMES, Relations, cases
from boundcheck.audit.domain_facts import step_symbols
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.status import weakest
from boundcheck.audit.witness import is_witness, refuted, search
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

SETTLED = {Status.PROVED, Status.PROVED_UP_TO, Status.CHECKED, Status.CITED}


def check(step: Step, domains: Domains) -> Finding:
    """data: ``by``, (rule name, data of that rule), which decides every case; ``cases``, optional: relations of which
    one must hold at every point, shown by smt. Left out: the cases of every Max, Min, Abs, Piecewise and rounding.

    The weakest status of the cases; a case that contradicts what is given is PROVED. REFUTED only at an exact
    counterexample to the step itself. For alternatives inside of cases, ``by`` is a case-split again.
    """
    try:
        named = step.data.get("cases")
        if named is not None and not _exhaustive(step, tuple(named), domains):
            return _open(step, domains, f"not shown that one of {_text(tuple(named))} holds")
        found = []
        for conclusion, given, conditions in _all_cases(step):
            finding = _case(step, conclusion, (*given, *conditions), domains)
            if finding.status not in SETTLED:
                return _refuted_at(step, domains, finding) or _open(
                    step, domains, f"case {_text(conditions)} is {finding.status.value}: {finding.note}"
                )
            found.append(finding)
    except (BoundcheckError, ArithmeticError, ValueError, TypeError) as error:
        return Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")
    notes = "; ".join(dict.fromkeys(finding.note for finding in found))
    return Finding(weakest(finding.status for finding in found), f"{len(found)} cases: {notes}")


def _all_cases(step: Step) -> Iterator[tuple[Boolean, Relations, Relations]]:
    """Conclusion, what is given, and the conditions of every case."""
    if "cases" in step.data:
        for alternative in step.data["cases"]:
            yield step.conclusion, step.given, (alternative,)
        return
    count = 1 + len(step.given)
    for case in cases((step.conclusion, *step.given), (*BRANCHING, *EXTREMES)):
        yield case[0], case[1:count], case[count:]


def _exhaustive(step: Step, alternatives: Relations, domains: Domains) -> bool:
    covers = Step(step.id, "one of the cases holds", "smt", sympy.Or(*alternatives), step.given)
    return rule("smt")(covers, domains).status is Status.PROVED


def _case(step: Step, conclusion: Boolean, given: Relations, domains: Domains) -> Finding:
    name, data = step.data["by"]
    inner = Step(step.id, step.claim, name, conclusion, given, data=data)
    integers = {symbol for symbol in step_symbols(inner) if isinstance(symbol, sympy.Dummy) and symbol.is_integer}
    known = {**domains, **{symbol: Variable(symbol, sympy.S.Integers, "a rounding") for symbol in integers}}
    finding = rule(name)(inner, known)
    if finding.status in SETTLED:
        return finding
    contradiction = Step(step.id, "the case cannot occur", "smt", sympy.false, given)
    if rule("smt")(contradiction, known).status is Status.PROVED:
        return Finding(Status.PROVED, "a case that contradicts what is given")
    return finding


def _refuted_at(step: Step, domains: Domains, finding: Finding) -> Finding | None:
    """A case's witness if it is one to the step itself."""
    names = {str(symbol): symbol for symbol in step_symbols(step)}
    if not names.keys() <= finding.witness.keys():
        return None
    point = {symbol: Fraction(finding.witness[name]) for name, symbol in names.items()}
    return refuted(point) if is_witness(step, domains, point) else None


def _open(step: Step, domains: Domains, reason: str) -> Finding:
    return search(step, domains) or Finding(Status.UNKNOWN, reason)


def _text(relations: Relations) -> str:
    return ", ".join(map(str, relations)) or "without conditions"
