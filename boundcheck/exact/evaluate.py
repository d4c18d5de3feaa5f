"""From a SymPy formula and numbers to a ball that contains its value.

Rational parts stay exact fractions as long as they are rational, so floor, ceiling, Min, Max and comparisons of
rationals are exact. Everything else is ball arithmetic; what cannot be bounded becomes a NaN ball, never an exception.
"""

import functools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import cast

import sympy
from flint import arb
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from boundcheck.core.errors import LibraryError
from boundcheck.core.verdict import Verdict, conjunction, disjunction
from boundcheck.exact.ball import (
    Number,
    ball,
    hull,
    less,
    less_equal,
    lower_rational,
    nan_ball,
    to_rational,
    upper_rational,
)

Value = Fraction | arb

# A rational power with more bits than this is enclosed instead of written out.
EXACT_POWER_BITS = 20_000

_registered: dict[type[sympy.Function], Callable[..., Value]] = {}


def register(function: type[sympy.Function], implementation: Callable[..., Value]) -> None:
    """Teach ``evaluate`` a function: ``implementation`` receives fractions or balls, returns an exact value or a ball.

    Raises:
        LibraryError: the function already has another implementation.
    """
    if _registered.setdefault(function, implementation) is not implementation:
        raise LibraryError(f"function={function.__name__} already has an implementation; register it once")


def evaluate(expression: sympy.Basic, values: Mapping[sympy.Symbol, Number]) -> arb:
    """A ball containing ``expression`` with ``values`` for its symbols; NaN where the value is undefined or unbounded.

    Raises:
        LibraryError: a symbol has no value, or the formula holds a Float or a function without implementation.
    """
    return ball(_Evaluation(values).value(expression))


def exact_value(expression: sympy.Basic, values: Mapping[sympy.Symbol, Number]) -> Value:
    """As evaluate, but an exact fraction where every part of the formula is rational.

    Raises:
        LibraryError: as evaluate.
    """
    return _Evaluation(values).value(expression)


def decide(relation: sympy.Basic, values: Mapping[sympy.Symbol, Number]) -> Verdict:
    """Whether a relation (Le, Lt, Ge, Gt, Eq, Ne) or a combination by And, Or, Not holds; UNKNOWN if balls overlap.

    Raises:
        LibraryError: as evaluate, or ``relation`` is of another kind.
    """
    return _Evaluation(values).verdict(relation)


class _Evaluation:
    """One call: the values given and the cache of subexpressions."""

    def __init__(self, values: Mapping[sympy.Symbol, Number]) -> None:
        self._cache: dict[sympy.Basic, Value] = {}
        for symbol, number in values.items():
            rational = to_rational(number)
            self._cache[symbol] = ball(number) if rational is None else rational

    def value(self, node: sympy.Basic) -> Value:
        if node not in self._cache:
            self._cache[node] = self._compute(node)
        return self._cache[node]

    def _compute(self, node: sympy.Basic) -> Value:
        if node.is_Symbol:
            raise LibraryError(f"symbol={node} has no value; give one for every symbol of the formula")
        if isinstance(node, sympy.Rational):
            return Fraction(int(node.p), int(node.q))
        if isinstance(node, sympy.Float):
            raise LibraryError(f"number={node} in a formula is a Float; formulas must be exact, write a Rational")
        if node in _CONSTANTS:
            return _CONSTANTS[node]()
        if isinstance(node, sympy.Piecewise):
            return self._piecewise(node)
        implementation = _IMPLEMENTATIONS.get(node.func) or _registered.get(node.func)
        if implementation is None:
            raise LibraryError(f"cannot evaluate {node.func.__name__} in {str(node)[:80]}; register an implementation")
        return implementation(*(self.value(argument) for argument in node.args))

    def _piecewise(self, node: sympy.Piecewise) -> Value:
        """The first branch whose condition holds; an undecided condition leaves the hull of it and what follows."""
        open_branches: list[Value] = []
        for branch, condition in node.args:
            verdict = self.verdict(condition)
            if verdict is Verdict.FAILS:
                continue
            open_branches.append(self.value(branch))
            if verdict is Verdict.HOLDS:
                break
        else:
            open_branches.append(nan_ball())  # no branch is sure to apply
        if len(open_branches) == 1:
            return open_branches[0]
        enclosure = ball(open_branches[0])
        for branch_value in open_branches[1:]:
            enclosure = hull(enclosure, ball(branch_value))
        return enclosure

    def verdict(self, node: sympy.Basic) -> Verdict:
        if isinstance(node, BooleanTrue):
            return Verdict.HOLDS
        if isinstance(node, BooleanFalse):
            return Verdict.FAILS
        if isinstance(node, sympy.And):
            return conjunction([self.verdict(part) for part in node.args])
        if isinstance(node, sympy.Or):
            return disjunction([self.verdict(part) for part in node.args])
        if isinstance(node, sympy.Not):
            return _opposite(self.verdict(node.args[0]))
        if isinstance(node, Relational):
            return self._relation(node)
        raise LibraryError(f"cannot decide {str(node)[:80]} ({type(node).__name__}); use relations, And, Or and Not")

    def _relation(self, node: Relational) -> Verdict:
        left, right = self.value(node.lhs), self.value(node.rhs)
        match node:
            case sympy.Le():
                return less_equal(left, right)
            case sympy.Lt():
                return less(left, right)
            case sympy.Ge():
                return less_equal(right, left)
            case sympy.Gt():
                return less(right, left)
            case sympy.Eq():
                return conjunction([less_equal(left, right), less_equal(right, left)])
            case sympy.Ne():
                return disjunction([less(left, right), less(right, left)])
        raise LibraryError(f"cannot decide {str(node)[:80]}; use Le, Lt, Ge, Gt, Eq or Ne")


def _opposite(verdict: Verdict) -> Verdict:
    match verdict:
        case Verdict.HOLDS:
            return Verdict.FAILS
        case Verdict.FAILS:
            return Verdict.HOLDS
    return Verdict.UNKNOWN


def _sum(*terms: Value) -> Value:
    exact = sum((term for term in terms if isinstance(term, Fraction)), Fraction(0))
    balls = [term for term in terms if not isinstance(term, Fraction)]
    return exact if not balls else sum(balls, ball(exact))


def _product(*factors: Value) -> Value:
    exact = math.prod((factor for factor in factors if isinstance(factor, Fraction)), start=Fraction(1))
    balls = [factor for factor in factors if not isinstance(factor, Fraction)]
    return exact if not balls else math.prod(balls, start=ball(exact))


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        exact = _rational_power(base, exponent)
        if exact is not None:
            return exact
    if isinstance(exponent, Fraction) and exponent.denominator == 2 and abs(exponent) <= 2:
        root = ball(base).sqrt()  # sharper than exp(exponent * log(base))
        return root**exponent.numerator
    if isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent > 0 and ball(base).mid() == 0:
        size = ball(base).abs_upper() ** ball(exponent)  # python-flint's power of a ball around 0 is NaN
        return hull(ball(0) if exponent % 2 == 0 else -size, size)
    return ball(base) ** ball(exponent)


def _rational_power(base: Fraction, exponent: Fraction) -> Value | None:
    """base**exponent where it is rational and not too long to write out; None leaves it to balls."""
    if base == 0:
        if exponent < 0:
            return nan_ball()
        return Fraction(0 if exponent else 1)
    if exponent.denominator == 2 and base > 0:
        root = Fraction(math.isqrt(base.numerator), math.isqrt(base.denominator))
        return None if root * root != base else _rational_power(root, exponent * 2)
    length = max(base.numerator.bit_length(), base.denominator.bit_length())
    if exponent.denominator != 1 or (abs(base) != 1 and length * abs(exponent) > EXACT_POWER_BITS):
        return None
    return base ** int(exponent)


def _absolute_value(x: Value) -> Value:
    return cast(Value, abs(x))


def _least(*candidates: Value) -> Value:
    return _extreme(candidates, min, arb.min)


def _greatest(*candidates: Value) -> Value:
    return _extreme(candidates, max, arb.max)


def _extreme(
    candidates: tuple[Value, ...],
    of_rationals: Callable[[list[Fraction]], Fraction],
    of_balls: Callable[[arb, arb], arb],
) -> Value:
    """Min or Max: exact among the rationals, ball arithmetic with the rest, which hands NaN on."""
    rationals = [candidate for candidate in candidates if isinstance(candidate, Fraction)]
    balls = [candidate for candidate in candidates if not isinstance(candidate, Fraction)]
    if not balls:
        return of_rationals(rationals)
    if rationals:
        balls.append(ball(of_rationals(rationals)))
    return functools.reduce(of_balls, balls)


def _floor(x: Value) -> Value:
    return _rounded(x, math.floor)


def _ceiling(x: Value) -> Value:
    return _rounded(x, math.ceil)


def _rounded(x: Value, rounding: Callable[[Fraction], int]) -> Value:
    """The integer all points of ``x`` round to, or NaN if they round to several."""
    if isinstance(x, Fraction):
        return Fraction(rounding(x))
    lower, upper = lower_rational(x), upper_rational(x)
    if lower is None or upper is None or rounding(lower) != rounding(upper):
        return nan_ball()
    return Fraction(rounding(upper))


def _lambert_w(x: Value, branch: Value = Fraction(0)) -> Value:
    if branch != 0:
        raise LibraryError(f"LambertW on branch={branch} is not supported; only the principal branch is")
    return ball(x).lambertw()


def _elementary(name: str) -> Callable[[Value], arb]:
    """The method of arb of that name, for fractions and balls alike."""
    return lambda x: getattr(ball(x), name)()


_CONSTANTS: dict[sympy.Basic, Callable[[], arb]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.oo: arb.pos_inf,
    -sympy.oo: arb.neg_inf,
    sympy.nan: nan_ball,
    sympy.zoo: nan_ball,
}

_IMPLEMENTATIONS: dict[type[sympy.Basic], Callable[..., Value]] = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.Abs: _absolute_value,
    sympy.Min: _least,
    sympy.Max: _greatest,
    sympy.floor: _floor,
    sympy.ceiling: _ceiling,
    sympy.LambertW: _lambert_w,
    **{getattr(sympy, name): _elementary(name) for name in ("exp", "log", "tanh", "sinh", "cosh", "sin", "cos", "erf")},
}
