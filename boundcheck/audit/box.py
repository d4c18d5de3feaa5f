"""Boxes of variables: their sides, from domains and from what is given, and how they are cut."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from boundcheck.exact.ball import lower_decimal, upper_decimal

from .finding import Domains
from .ranges import Range, side

Rational = Fraction | None


@dataclass(frozen=True)
class Side:
    """The values of one variable; None is unbounded, an integer side is split between integers."""

    low: Rational
    high: Rational
    low_open: bool = False
    high_open: bool = False
    integer: bool = False

    def range(self) -> Range:
        """For enclosures."""
        return side(self.low, self.high, self.low_open, self.high_open)

    def width(self) -> float:
        """Infinite where unbounded."""
        return float("inf") if self.low is None or self.high is None else float(self.high - self.low)

    def middle(self) -> Fraction:
        """A simple point inside, unbounded sides by doubling."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        if self.low is not None:
            return max(2 * self.low, self.low + 1)
        return Fraction(0) if self.high is None else min(2 * self.high, self.high - 1)

    def halves(self, at: Fraction) -> tuple["Side", "Side"]:
        """Both parts, which share the point; integers go to one of them."""
        if self.integer:
            lower = Fraction(math.floor(at))
            return replace(self, high=lower, high_open=False), replace(self, low=lower + 1, low_open=False)
        return replace(self, high=at, high_open=False), replace(self, low=at, low_open=False)


Box = Mapping[sympy.Symbol, Side]


def side_of(node: sympy.Basic, domains: Domains) -> Side:
    domain = domains[node].domain if node in domains else None
    if domain is None:
        # Expectations may have any sign; norms and counts are nonnegative by definition, which their class says.
        by_definition = not node.is_Symbol and bool(node.is_nonnegative)
        return Side(Fraction(0), None) if by_definition else Side(None, None)
    low, high = _rational_end(domain.inf, down=True), _rational_end(domain.sup, down=False)
    return Side(
        low,
        high,
        low is not None and domain.inf not in domain,
        high is not None and domain.sup not in domain,
        bool(domain.is_subset(sympy.S.Integers)),
    )


def _rational_end(end: sympy.Expr, down: bool) -> Rational:
    """The end, rounded outward to an integer where it is irrational; None at infinity."""
    if not end.is_finite:
        return None
    return fraction(end if end.is_Rational else (sympy.floor(end) if down else sympy.ceiling(end)))


def narrow(sides: dict[sympy.Symbol, Side], relation: Boolean) -> None:
    """A given bound of one symbol by a rational narrows its side."""
    if not isinstance(relation, Relational) or relation.rel_op not in ("<=", "<", ">=", ">"):
        return
    if not (relation.lhs.is_Symbol and relation.rhs.is_Rational):
        relation = relation.reversed
    if not (relation.lhs.is_Symbol and relation.rhs.is_Rational):
        return
    symbol, value, strict = relation.lhs, fraction(relation.rhs), relation.rel_op in ("<", ">")
    s = sides[symbol]
    if relation.rel_op in ("<=", "<") and (s.high is None or value <= s.high):
        sides[symbol] = replace(s, high=value, high_open=strict or (value == s.high and s.high_open))
    if relation.rel_op in (">=", ">") and (s.low is None or value >= s.low):
        sides[symbol] = replace(s, low=value, low_open=strict or (value == s.low and s.low_open))


def asked(low: sympy.Expr, high: sympy.Expr) -> Side:
    ends = [None if abs(sympy.sympify(end)) == sympy.oo else fraction(end) for end in (low, high)]
    return Side(ends[0], ends[1])


def covers(asked: Side, natural: Side) -> bool:
    below = asked.low is None or (natural.low is not None and asked.low <= natural.low)
    return below and (asked.high is None or (natural.high is not None and natural.high <= asked.high))


def cut(box: Box, symbol: sympy.Symbol, value: Fraction) -> list[Box]:
    s = box[symbol]
    inside = (s.low is None or s.low < value) and (s.high is None or value < s.high)
    return [{**box, symbol: half} for half in s.halves(value)] if inside else [box]


def fraction(value: sympy.Expr | int | Fraction) -> Fraction:
    if isinstance(value, Fraction):
        return value
    exact = sympy.sympify(value)
    if not exact.is_Rational:
        raise ValueError(f"{value} is not a rational number")
    return Fraction(int(exact.p), int(exact.q))


def side_text(s: Side) -> str:
    low = "-oo" if s.low is None else lower_decimal(s.low)
    return f"[{low}, {'oo' if s.high is None else upper_decimal(s.high)}]"
