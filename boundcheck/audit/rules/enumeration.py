"""Finitely many instances, each decided exactly."""

from collections.abc import Mapping
from fractions import Fraction

import sympy

from boundcheck.audit.domain_facts import step_symbols
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.witness import refuted
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict, conjunction
from boundcheck.exact.ball import Number, to_rational
from boundcheck.exact.evaluate import decide


def check(step: Step, domains: Domains) -> Finding:
    """data: ``instances``, a callable giving points (symbol or node to exact number); ``size``, their range in words.

    PROVED_UP_TO that size if the conclusion holds at every instance in the domains that meets what is given; PROVED if
    ``complete`` is set and the domains are finite and all their points are instances; REFUTED at the first where the
    conclusion fails; UNKNOWN if one is undecided or none applies.
    """
    applied: set[tuple[Fraction | str, ...]] = set()
    passed: set[tuple[Fraction | str, ...]] = set()
    symbols = sorted(step_symbols(step), key=str)
    for point in step.data["instances"]():
        values = tuple(_exact(point[symbol]) for symbol in symbols if symbol in point)
        if not _in_domains(point, domains):
            continue
        passed.add(values)
        try:
            given = conjunction(decide(relation, point) for relation in step.given)
            verdict = decide(step.conclusion, point)
        except BoundcheckError as error:
            return Finding(Status.UNKNOWN, f"instance {_text(point)}: {error}")
        if given is Verdict.FAILS:
            continue
        if verdict is Verdict.FAILS and given is Verdict.HOLDS:
            return refuted({node: Fraction(_exact(value)) for node, value in point.items()})
        if verdict is not Verdict.HOLDS:
            return Finding(Status.UNKNOWN, f"instance {_text(point)} is undecided")
        applied.add(values)
    if not applied:
        return Finding(Status.UNKNOWN, "no instance lies in the domains and meets what is given")
    note = f"{step.data['size']}: {len(applied)} instances, each decided exactly"
    if step.data.get("complete") and len(passed) == _points_of(symbols, domains):
        return Finding(Status.PROVED, f"{note}; the domains hold no other")
    return Finding(Status.PROVED_UP_TO, note)


def _exact(value: Number) -> Fraction:
    rational = to_rational(value)
    if rational is None:
        raise ValueError(f"instance value={value} is not rational; give exact numbers")
    return rational


def _in_domains(point: Mapping[sympy.Basic, Number], domains: Domains) -> bool:
    for node, value in point.items():
        domain = domains[node].domain if node in domains else None
        rational = _exact(value)
        if domain is not None and sympy.Rational(rational.numerator, rational.denominator) not in domain:
            return False
    return True


def _points_of(symbols: list[sympy.Basic], domains: Domains) -> int | None:
    """How many points the domains of the symbols have; None if infinitely many, or if a domain is unknown."""
    count = 1
    for symbol in symbols:
        domain = domains[symbol].domain if symbol in domains else None
        if domain is None or not domain.is_finite_set:
            return None
        count *= len(list(domain))
    return count


def _text(point: Mapping[sympy.Basic, Number]) -> str:
    return ", ".join(f"{node}={value}" for node, value in point.items())
