"""Inequalities over a box, by branch and bound in Arb; where the sides touch, by the sign of derivatives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import cast

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from boundcheck.audit.box import Box, Side, asked, covers, cut, fraction, narrow, side_of, side_text
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.range_enclosure import enclose, truth
from boundcheck.audit.ranges import Undefined
from boundcheck.audit.witness import refuted, search
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.operators import Expectation, LargestEntry, NonzeroCount, Norm, Probability, Variance
from boundcheck.core.step import Status, Step
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide

BOXES = 1500
# How often the sign of a derivative is itself decided by the next derivative.
ORDER = 3
# Longer derivatives are left as they are.
FACTORED = 200
# Sides are not split beyond this, nor below its inverse.
FARTHEST = 2**40
# Points tried for a counterexample in boxes that are not settled.
CANDIDATES = 400
# Functions with jumps: the sign of a derivative says nothing across one.
JUMPS = (sympy.floor, sympy.ceiling, sympy.Piecewise, sympy.sign, sympy.Heaviside, sympy.DiracDelta, sympy.Derivative)

# Taken as they are: real numbers of which only the sign may be known.
OPAQUE = (Norm, LargestEntry, NonzeroCount, Expectation, Variance, Probability)


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: relations by <=, <, >=, > or a conjunction of them; derivatives in it are carried out.

    data, all optional: ``box`` {symbol: (low, high)}, rationals or oo, where it is to be shown (the domains if left
    out; PROVED_UP_TO the box where the domains are larger); ``tail`` {symbol: point} and ``contact``, a list of
    {symbol: value}: where the box is split first, so that beyond or beside it the sign of a derivative decides;
    ``above`` {b: a} for a given a <= b: b is written as a plus a slack >= 0; ``boxes``, how many are tried.
    """
    try:
        return _check(step, domains)
    except (BoundcheckError, ArithmeticError, ValueError, TypeError, NotImplementedError) as error:
        return Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")


def _check(step: Step, domains: Domains) -> Finding:
    problem = Problem.of(step, domains)
    open_boxes: list[Box] = problem.start()
    tried, points = 0, 0
    unsettled: list[Box] = []
    while open_boxes:
        box = open_boxes.pop(0)
        tried += 1
        if problem.settled(box):
            continue
        for point in problem.candidates(box) if points < CANDIDATES else ():
            points += 1
            if problem.is_witness(point):
                return refuted(point)
        if tried + len(open_boxes) > int(step.data.get("boxes", BOXES)) or not problem.divisible(box):
            unsettled = [box, *open_boxes]
            break
        open_boxes += problem.split(box)
    if unsettled:
        found = search(step, domains) if not problem.above else None
        return found or Finding(Status.UNKNOWN, f"not settled: {problem.text(unsettled[0])}")
    if problem.narrowed:
        return Finding(Status.PROVED_UP_TO, f"on {problem.narrowed}: {tried} boxes, enclosed in Arb")
    return Finding(Status.PROVED, f"{tried} boxes, enclosed in Arb")


@dataclass
class Problem:
    """A step over plain real symbols, whose assumptions decide nothing: only the sides of the box count."""

    step: Step
    domains: Domains
    symbols: Mapping[sympy.Basic, sympy.Symbol]
    differences: list[tuple[sympy.Expr, bool]]
    given: list[Boolean]
    whole: Box
    cuts: list[tuple[sympy.Symbol, Fraction]]
    above: Mapping[sympy.Basic, sympy.Basic]
    narrowed: str

    @classmethod
    def of(cls, step: Step, domains: Domains) -> "Problem":
        """The step's conclusion as differences to be shown >= 0 (or > 0), and its box."""
        symbols = {node: sympy.Dummy(str(node), real=True) for node in _unknowns(step.conclusion)}
        above = step.data.get("above", {})
        shifts = {symbols[upper]: symbols[upper] + symbols[lower] for upper, lower in above.items()}
        for upper, lower in above.items():
            if not {sympy.Le(lower, upper), sympy.Lt(lower, upper)} & set(step.given):
                raise ValueError(f"above needs the given {lower} <= {upper}")
        relations = [_plain(part, symbols).subs(shifts) for part in sympy.And.make_args(step.conclusion)]
        usable = [relation for relation in step.given if _unknowns(relation) <= symbols.keys()]
        given = [_plain(relation, symbols).subs(shifts) for relation in usable]
        natural = {dummy: side_of(node, domains) for node, dummy in symbols.items()}
        for relation in (_plain(relation, symbols) for relation in usable):
            narrow(natural, relation)
        wished = {node: ends for node, ends in step.data.get("box", {}).items() if node in symbols}
        whole = natural | {symbols[node]: asked(*ends) for node, ends in wished.items()}
        narrowed = [
            node for node, dummy in symbols.items() if node not in above and not covers(whole[dummy], natural[dummy])
        ]
        for node, dummy in symbols.items():
            if node in above:
                whole[dummy] = Side(Fraction(0), None)
            elif node not in narrowed:
                whole[dummy] = natural[dummy]
        text = ", ".join(f"{node} in {side_text(whole[symbols[node]])}" for node in narrowed)
        cuts = [
            *step.data.get("tail", {}).items(),
            *(cut for point in step.data.get("contact", ()) for cut in point.items()),
        ]
        return cls(
            step,
            domains,
            symbols,
            [_difference(relation) for relation in relations],
            given,
            whole,
            [(symbols[node], fraction(value)) for node, value in cuts],
            above,
            text,
        )

    def start(self) -> list[Box]:
        """The whole box, cut at the points named."""
        boxes: list[Box] = [self.whole]
        for symbol, value in self.cuts:
            boxes = [part for box in boxes for part in cut(box, symbol, value)]
        return boxes

    def settled(self, box: Box) -> bool:
        """Whether every difference has its sign throughout the box, or nothing in it meets what is given."""
        if any(s.low is not None and s.high is not None and s.low > s.high for s in box.values()):
            return True
        ranges = {symbol: s.range() for symbol, s in box.items()}
        for relation in self.given:
            try:
                if truth(relation, ranges) is Verdict.FAILS:
                    return True
            except (Undefined, BoundcheckError):
                continue
        return all(has_sign(difference, strict, box, ORDER) for difference, strict in self.differences)

    def divisible(self, box: Box) -> bool:
        """Whether the widest side is neither tiny nor already far out."""
        widest = max(box.values(), key=Side.width, default=Side(Fraction(0), Fraction(0)))
        return widest.width() * FARTHEST > 1 and abs(widest.middle()) < FARTHEST

    def split(self, box: Box) -> list[Box]:
        """Two halves along the widest side."""
        widest = max(box, key=lambda symbol: box[symbol].width())
        return [{**box, widest: half} for half in box[widest].halves(box[widest].middle())]

    def candidates(self, box: Box) -> Iterator[dict[sympy.Basic, Fraction]]:
        """Corners and middle of the box as points of the step."""
        for chosen in product(*([s.middle(), s.low, s.high] for s in box.values())):
            if None in chosen:
                continue
            values = dict(zip(box, cast(tuple[Fraction, ...], chosen), strict=True))
            point = {node: values[dummy] for node, dummy in self.symbols.items()}
            for upper, lower in self.above.items():
                point[upper] += point[lower]
            yield point

    def is_witness(self, point: Mapping[sympy.Basic, Fraction]) -> bool:
        """Whether the point is in the domains, meets everything given and violates the conclusion: decided exactly."""
        for node, value in point.items():
            domain = self.domains[node].domain if node in self.domains else None
            if domain is not None and sympy.Rational(value.numerator, value.denominator) not in domain:
                return False
        try:
            if any(decide(relation, point) is not Verdict.HOLDS for relation in self.step.given):
                return False
            return decide(_carried_out(self.step.conclusion), point) is Verdict.FAILS
        except (BoundcheckError, ArithmeticError, ValueError):
            return False

    def text(self, box: Box) -> str:
        """A box for people."""
        return ", ".join(f"{symbol} in {side_text(s)}" for symbol, s in box.items())


def has_sign(difference: sympy.Expr, strict: bool, box: Box, order: int) -> bool:
    """Whether the expression is certainly >= 0 (> 0) in the box: by its range, or by monotonicity from an end."""
    ranges = {symbol: s.range() for symbol, s in box.items()}
    try:
        if enclose(difference, ranges).nonnegative(strict):
            return True
    except Undefined:
        return False  # monotonicity would not be known where the expression may be undefined
    if order == 0 or difference.has(*JUMPS):
        return False
    used = [symbol for symbol in box if symbol in difference.free_symbols]
    return any(_monotone_from_an_end(difference, strict, box, symbol, order) for symbol in used)


def _monotone_from_an_end(difference: sympy.Expr, strict: bool, box: Box, symbol: sympy.Symbol, order: int) -> bool:
    """Increasing in the symbol and >= 0 at its lower end, or decreasing and >= 0 at its upper end."""
    slope = _slope(difference, symbol)
    s = box[symbol]
    rest = {other: value for other, value in box.items() if other != symbol}
    for end, is_open, upwards in ((s.low, s.low_open, slope), (s.high, s.high_open, -slope)):
        if end is None or s.width() == 0:
            continue
        at_end = difference.subs(symbol, sympy.Rational(end.numerator, end.denominator))
        if at_end.has(sympy.nan, sympy.oo, sympy.zoo) or not _signed(upwards, False, box, order - 1):
            continue
        if _signed(at_end, strict, rest, order):
            return True
        if strict and is_open and _signed(upwards, True, box, order - 1) and _signed(at_end, False, rest, order):
            return True
    return False


@lru_cache(maxsize=1000)
def _slope(difference: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """The derivative, factored, as sums enclose worse than products. What cancels is a single point at most."""
    slope = sympy.diff(difference, symbol)
    return sympy.factor(slope) if slope.count_ops() < FACTORED else slope


def _signed(expression: sympy.Expr, strict: bool, box: Box, order: int) -> bool:
    try:
        return has_sign(expression, strict, box, order)
    except BoundcheckError:
        return False  # a derivative that has no enclosure


def _unknowns(relation: Boolean) -> set[sympy.Basic]:
    """Symbols, and nodes such as norms and expectations that are taken as real numbers."""
    nodes = relation.atoms(*OPAQUE)
    outermost = {node for node in nodes if not any(node != other and other.has(node) for other in nodes)}
    hidden = relation.xreplace({node: sympy.Dummy() for node in outermost})
    found: set[sympy.Basic] = outermost | (hidden.free_symbols & relation.free_symbols)
    return found


def _plain(relation: Boolean, symbols: Mapping[sympy.Basic, sympy.Symbol]) -> Boolean:
    return _carried_out(relation.xreplace(dict(symbols)))


def _carried_out(relation: Boolean) -> Boolean:
    """Derivatives carried out; nothing else, as a relation that SymPy evaluates may use its symbols' assumptions."""
    done: Boolean = relation.replace(lambda node: isinstance(node, sympy.Derivative), lambda node: node.doit())
    return done


def _difference(relation: Boolean) -> tuple[sympy.Expr, bool]:
    """The expression that is to be >= 0, or > 0 if the relation is strict."""
    if relation in (sympy.true, sympy.false):
        return (sympy.Integer(1 if relation == sympy.true else -1), True)
    if not isinstance(relation, Relational) or relation.rel_op not in ("<=", "<", ">=", ">"):
        raise ValueError(f"{relation} is no inequality")
    difference = relation.rhs - relation.lhs if relation.rel_op in ("<=", "<") else relation.lhs - relation.rhs
    return difference, relation.rel_op in ("<", ">")
