"""Counterexamples to a step: found by search or suggested by a solver, always re-decided exactly, and made simple."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

import sympy

from boundcheck.core.errors import LibraryError
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import rational_text
from boundcheck.exact.evaluate import decide, exact_value

from .domain_facts import step_symbols
from .finding import Domains, Finding

Point = Mapping[sympy.Basic, Fraction]
POSITIVE = "1 2 1/2 3 1/3 2/3 3/10 1/10 9/10 99/100 10 4 1/4 3/4 1/100 100 3/2 1/1000 1000"
SIMPLE = [Fraction(text) for text in POSITIVE.split()]
# Tried where the domain has them, but less often than positive values.
OTHERS = [Fraction(text) for text in ["0", "-1", "-1/2", "-2", "-10"]]
TRIES = 600
# Denominators to which a coordinate is rounded to make it simpler.
ROUNDINGS = (1, 2, 3, 4, 5, 10, 20, 100, 1000, 10**6)


def is_witness(step: Step, domains: Domains, point: Point) -> bool:
    """Whether the point lies in the domains, meets everything given, and violates the conclusion: decided exactly.

    Raises:
        LibraryError: a symbol has no value in the point, or a formula holds a function that has no value.
    """
    if not all(_inside(_domain(symbol, domains), value) for symbol, value in point.items()):
        return False
    try:
        if any(decide(relation, point) is not Verdict.HOLDS for relation in step.given):
            return False
        return decide(step.conclusion, point) is Verdict.FAILS
    except (ArithmeticError, ValueError, TypeError):
        return False  # no value at this point


def search(step: Step, domains: Domains, suggestions: Iterable[Point] = ()) -> Finding | None:
    """A REFUTED finding with the first witness among the suggestions and then simple points; None if none is found."""
    symbols = sorted(step_symbols(step), key=str)
    try:
        for point in suggestions:
            # A solver says nothing of symbols that it only saw inside functions unknown to it.
            if all(symbol in point for symbol in symbols) and is_witness(step, domains, point):
                return refuted(simplified(step, domains, point))
        for point in _simple_points(step, symbols, domains):
            if is_witness(step, domains, point):
                return refuted(simplified(step, domains, point))
    except LibraryError:
        pass  # a function that has no values to try
    return None


def simplified(step: Step, domains: Domains, point: Point) -> Point:
    """A witness again, every coordinate as simple as one coordinate at a time can be made."""
    for symbol in sorted(point, key=str):
        for value in _simpler(point[symbol]):
            changed = _with_definitions(step, {**point, symbol: value})
            if changed[symbol] == value and is_witness(step, domains, changed):
                point = changed
                break
    return point


def _simpler(value: Fraction) -> list[Fraction]:
    """Rationals of less length, the shortest first."""
    rounded = [value.limit_denominator(largest) for largest in ROUNDINGS]
    shorter = {v for v in (*SIMPLE, *OTHERS, *rounded) if _length(v) < _length(value)}
    return sorted(shorter, key=lambda v: (_length(v), abs(v - value)))


def _length(value: Fraction) -> int:
    return abs(value.numerator) + value.denominator


def _simple_points(step: Step, symbols: Sequence[sympy.Basic], domains: Domains) -> Iterator[Point]:
    generator = random.Random(1)
    candidates = {symbol: _candidates(_domain(symbol, domains)) for symbol in symbols}
    for _ in range(TRIES):
        yield _with_definitions(step, {symbol: generator.choice(candidates[symbol]) for symbol in symbols})


def _with_definitions(step: Step, point: Mapping[sympy.Basic, Fraction]) -> dict[sympy.Basic, Fraction]:
    """The point with the symbols that a given equation defines at the values that it gives them."""
    found = dict(point)
    for relation in step.given:
        defines = isinstance(relation, sympy.Eq) and relation.lhs in found
        if defines and relation.lhs not in relation.rhs.free_symbols:
            value = exact_value(relation.rhs, found)
            found[relation.lhs] = value if isinstance(value, Fraction) else found[relation.lhs]
    return found


def _domain(symbol: sympy.Basic, domains: Domains) -> sympy.Set | None:
    return domains[symbol].domain if symbol in domains else None


@lru_cache(maxsize=20_000)
def _inside(domain: sympy.Set | None, value: Fraction) -> bool:
    return domain is None or domain.contains(sympy.Rational(value.numerator, value.denominator)) == sympy.true


@lru_cache(maxsize=1000)
def _candidates(domain: sympy.Set | None) -> list[Fraction]:
    """Simple values in the domain; positive ones are the more likely."""
    if isinstance(domain, sympy.FiniteSet):
        return [Fraction(int(v.p), int(v.q)) for v in domain if v.is_Rational] or SIMPLE
    values = [value for value in (*SIMPLE, *OTHERS) if _inside(domain, value)]
    if not values and domain is not None and domain.inf.is_Rational:
        low = Fraction(int(domain.inf.p), int(domain.inf.q))
        high = Fraction(int(domain.sup.p), int(domain.sup.q)) if domain.sup.is_Rational else low + 100
        values = [v for part in SIMPLE if _inside(domain, v := low + (high - low) * part)]
    return values or SIMPLE


def refuted(point: Point) -> Finding:
    """The finding of a verified witness."""
    named = {
        str(symbol): rational_text(value) for symbol, value in sorted(point.items(), key=lambda item: str(item[0]))
    }
    return Finding(Status.REFUTED, "an exact counterexample meets everything given", named)
