"""From a SymPy formula and arrays to intervals that contain its value at every entry.

A formula is read once into a list of steps, and the arrays go through it in parts that stay in the processor's cache.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from boundcheck.core.errors import LibraryError
from boundcheck.exact.ball import lower_float, upper_float
from boundcheck.exact.evaluate import exact_value
from boundcheck.exact.interval_array import IntervalArray, constant

Value = IntervalArray | Fraction | float | int
Mask = NDArray[np.bool_]
_ENTRIES_AT_ONCE = 2**14


@dataclass(frozen=True)
class Truth:
    """Where a relation holds for all points of the intervals, and where for some."""

    certain: Mask
    possible: Mask


Found = IntervalArray | Truth


@dataclass(frozen=True)
class _Step:
    """One operation on results of the steps before it."""

    operation: Callable[..., Found]
    arguments: tuple[int, ...]


@dataclass(frozen=True)
class _Program:
    """A formula's steps in order; the first ones are its symbols."""

    symbols: tuple[sympy.Symbol, ...]
    steps: tuple[_Step, ...]

    def run(self, values: tuple[IntervalArray, ...]) -> IntervalArray:
        found: list[Found] = list(values)
        for step in self.steps:
            found.append(step.operation(*(found[index] for index in step.arguments)))
        result = found[-1]
        assert isinstance(result, IntervalArray)
        return result


def enclose_array(expression: sympy.Expr, values: Mapping[sympy.Symbol, Value]) -> IntervalArray:
    """Intervals that contain ``expression`` with ``values`` for its symbols, entry by entry after broadcasting.

    What is undefined there (0/0, roots of negative numbers, no branch that applies) becomes a half line or [-inf, inf].

    Raises:
        LibraryError: a symbol has no value, or the formula holds something that is not known here.
    """
    program = _program(sympy.sympify(expression))
    missing = [str(symbol) for symbol in program.symbols if symbol not in values]
    if missing:
        raise LibraryError(f"symbol={missing[0]} has no value; give one for every symbol of the formula")
    given = [_interval(values[symbol]) for symbol in program.symbols]
    shape = np.broadcast_shapes(*(value.shape for value in given))
    if int(np.prod(shape)) <= _ENTRIES_AT_ONCE:
        return _broadcast(program.run(tuple(given)), shape)
    low, high = np.empty(shape), np.empty(shape)
    given = [_broadcast(value, shape) if value.shape else value for value in given]
    together = max(1, _ENTRIES_AT_ONCE // int(np.prod(shape[1:])))
    for start in range(0, shape[0], together):
        rows = slice(start, start + together)
        part = program.run(tuple(value[rows] if value.shape else value for value in given))
        low[rows], high[rows] = part.low, part.high
    return IntervalArray(low, high)


def _interval(value: Value) -> IntervalArray:
    return value if isinstance(value, IntervalArray) else constant(value)


def _broadcast(value: IntervalArray, shape: tuple[int, ...]) -> IntervalArray:
    return IntervalArray(np.broadcast_to(value.low, shape), np.broadcast_to(value.high, shape))


@functools.lru_cache(maxsize=1024)
def _program(expression: sympy.Expr) -> _Program:
    symbols = tuple(sorted(expression.free_symbols, key=lambda symbol: symbol.sort_key()))
    reader = _Reader({symbol: number for number, symbol in enumerate(symbols)})
    last = reader.place(expression)
    # A formula that is a symbol needs a step of its own: the last result is the formula's.
    if last + 1 < reader.count or not reader.steps:
        reader.add(lambda x: x, last)
    return _Program(symbols, tuple(reader.steps))


class _Reader:
    """Turns a formula into steps, equal parts once."""

    def __init__(self, places: dict[sympy.Basic, int]) -> None:
        self._places = places
        self._symbols = len(places)
        self.steps: list[_Step] = []

    @property
    def count(self) -> int:
        return self._symbols + len(self.steps)

    def add(self, operation: Callable[..., Found], *arguments: int) -> int:
        self.steps.append(_Step(operation, arguments))
        return self.count - 1

    def place(self, node: sympy.Basic) -> int:
        """The number of the step that computes a part of the formula."""
        if node not in self._places:
            self._places[node] = self._read(node)
        return self._places[node]

    def _read(self, node: sympy.Basic) -> int:
        if isinstance(node, BooleanTrue | BooleanFalse):
            known = np.array(bool(node))
            return self.add(lambda: Truth(known, known))
        if not node.free_symbols and not isinstance(node, sympy.logic.boolalg.Boolean):
            number = _number(node)
            return self.add(lambda: number)
        match node:
            case sympy.Mul():
                return self._product(node)
            case sympy.Pow():
                return self._power(node.base, node.exp)
            case sympy.Piecewise():
                return self.add(_piecewise, *(self.place(part) for pair in node.args for part in pair.args))
        operation = _OPERATIONS.get(node.func)
        if operation is None or (isinstance(node, Relational) and node.func not in _RELATIONS):
            raise LibraryError(f"cannot enclose {node.func.__name__} in {str(node)[:80]} on arrays")
        places = [self.place(argument) for argument in node.args]
        if len(places) == 1 or node.func in _RELATIONS:
            return self.add(operation, *places)
        return functools.reduce(lambda left, right: self.add(operation, left, right), places)

    def _product(self, node: sympy.Mul) -> int:
        """Divisors are gathered, so that a quotient is divided once."""
        above, below = [], []
        for factor in node.args:
            base, exponent = factor.as_base_exp()
            if isinstance(factor, sympy.Pow) and exponent.is_Rational and exponent < 0:
                below.append(base**-exponent)
            else:
                above.append(factor)
        places = [self.place(factor) for factor in above]
        product = functools.reduce(lambda left, right: self.add(_times, left, right), places) if places else None
        if not below:
            assert product is not None
            return product
        divisors = [self.place(factor) for factor in below]
        divisor = functools.reduce(lambda left, right: self.add(_times, left, right), divisors)
        return self.add(_over, self.place(sympy.Integer(1)) if product is None else product, divisor)

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> int:
        if not (isinstance(exponent, sympy.Rational) and exponent.q in (1, 2)):
            raise LibraryError(f"cannot enclose {base}**{exponent} on arrays; expected an integer or half an integer")
        place, power = self.place(base), int(exponent.p)
        if exponent.q == 2:
            place = self.add(IntervalArray.sqrt, place)
        return place if power == 1 else self.add(lambda x: x**power, place)


def _number(node: sympy.Expr) -> IntervalArray:
    exact = exact_value(node, {})
    return IntervalArray(np.array(lower_float(exact)), np.array(upper_float(exact)))


def _times(a: IntervalArray, b: IntervalArray) -> IntervalArray:
    return a * b


def _over(a: IntervalArray, b: IntervalArray) -> IntervalArray:
    return a / b


def _floor(x: IntervalArray) -> IntervalArray:
    return IntervalArray(np.floor(x.low), np.floor(x.high))


def _ceiling(x: IntervalArray) -> IntervalArray:
    return IntervalArray(np.ceil(x.low), np.ceil(x.high))


def _fraction(x: IntervalArray) -> IntervalArray:
    """x - floor(x); between 0 and 1 where the floor is not known."""
    whole = _floor(x)
    part = x - whole
    is_known = whole.low == whole.high
    return IntervalArray(np.where(is_known, np.maximum(part.low, 0.0), 0.0), np.where(is_known, part.high, 1.0))


def _piecewise(*parts: Found) -> IntervalArray:
    """The hull of the branches that may apply, each where none before it is sure to."""
    low, high, is_open = np.array(np.inf), np.array(-np.inf), np.array(True)
    for branch, truth in zip(parts[::2], parts[1::2], strict=True):
        assert isinstance(branch, IntervalArray) and isinstance(truth, Truth)
        applies = is_open & truth.possible
        low = np.where(applies, np.minimum(low, branch.low), low)
        high = np.where(applies, np.maximum(high, branch.high), high)
        is_open = is_open & ~truth.certain
    return IntervalArray(np.where(is_open, -np.inf, low), np.where(is_open, np.inf, high))


def _less_equal(a: IntervalArray, b: IntervalArray) -> Truth:
    return Truth(a.high <= b.low, a.low <= b.high)


def _less(a: IntervalArray, b: IntervalArray) -> Truth:
    return Truth(a.high < b.low, a.low < b.high)


def _equal(a: IntervalArray, b: IntervalArray) -> Truth:
    return Truth((a.high <= b.low) & (b.high <= a.low), (a.low <= b.high) & (b.low <= a.high))


def _not(x: Truth) -> Truth:
    return Truth(~x.possible, ~x.certain)


_RELATIONS: dict[type[sympy.Basic], Callable[..., Truth]] = {
    sympy.Le: _less_equal,
    sympy.Lt: _less,
    sympy.Ge: lambda a, b: _less_equal(b, a),
    sympy.Gt: lambda a, b: _less(b, a),
    sympy.Eq: _equal,
    sympy.Ne: lambda a, b: _not(_equal(a, b)),
}

_OPERATIONS: dict[type[sympy.Basic], Callable[..., Found]] = {
    **_RELATIONS,
    sympy.Add: lambda a, b: a + b,
    sympy.Abs: abs,
    sympy.Min: IntervalArray.minimum,
    sympy.Max: IntervalArray.maximum,
    sympy.floor: _floor,
    sympy.ceiling: _ceiling,
    sympy.frac: _fraction,
    sympy.And: lambda a, b: Truth(a.certain & b.certain, a.possible & b.possible),
    sympy.Or: lambda a, b: Truth(a.certain | b.certain, a.possible | b.possible),
    sympy.Not: _not,
}
