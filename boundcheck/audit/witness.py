"""Counterexamples to a step: found by search or suggested by a solver, and always re-decided exactly."""

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction

import sympy

from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import rational_text
from boundcheck.exact.evaluate import decide

from .domain_facts import domain_relations, step_symbols
from .finding import Domains, Finding

Point = Mapping[sympy.Basic, Fraction]
SIMPLE = [
    Fraction(text)
    for text in [
        "1",
        "2",
        "1/2",
        "3",
        "1/3",
        "2/3",
        "3/10",
        "1/10",
        "9/10",
        "99/100",
        "10",
        "4",
        "1/4",
        "3/4",
        "1/100",
        "100",
        "3/2",
        "1/1000",
        "1000",
    ]
]
TRIES = 600


def is_witness(step: Step, domains: Domains, point: Point) -> bool:
    """Whether the point lies in the domains, meets everything given, and violates the conclusion: decided exactly."""
    relations = domain_relations(point, domains)
    if any(not _in_integers(symbol, value, domains) for symbol, value in point.items()):
        return False
    if any(decide(relation, point) is not Verdict.HOLDS for relation in (*relations, *step.given)):
        return False
    return decide(step.conclusion, point) is Verdict.FAILS


def _in_integers(symbol: sympy.Basic, value: Fraction, domains: Domains) -> bool:
    variable = domains.get(symbol)
    domain = variable.domain if variable else None
    integers = domain is not None and domain.is_subset(sympy.S.Integers)
    return value.denominator == 1 or not integers


def search(step: Step, domains: Domains, suggestions: Iterable[Point] = ()) -> Finding | None:
    """A REFUTED finding with the first witness among the suggestions and then simple points; None if none is found."""
    symbols = sorted(step_symbols(step), key=str)
    for point in suggestions:
        # A solver says nothing of symbols that it only saw inside functions unknown to it.
        if all(symbol in point for symbol in symbols) and _holds_up(step, domains, point):
            return refuted(point)
    generator = random.Random(1)
    for _ in range(TRIES):
        point = {symbol: _simple(symbol, domains, generator) for symbol in symbols}
        if _holds_up(step, domains, point):
            return refuted(point)
    return None


def _holds_up(step: Step, domains: Domains, point: Point) -> bool:
    try:
        return is_witness(step, domains, point)
    except (ArithmeticError, ValueError):
        return False


def _simple(symbol: sympy.Basic, domains: Domains, generator: random.Random) -> Fraction:
    variable = domains.get(symbol)
    domain = variable.domain if variable else None
    candidates = [
        value for value in SIMPLE if domain is None or sympy.Rational(value.numerator, value.denominator) in domain
    ]
    return generator.choice(candidates or SIMPLE)


def refuted(point: Point) -> Finding:
    """The finding of a verified witness."""
    named = {
        str(symbol): rational_text(value) for symbol, value in sorted(point.items(), key=lambda item: str(item[0]))
    }
    return Finding(Status.REFUTED, "an exact counterexample meets everything given", named)
