"""Whether an expression rises or falls in one variable, shown by its form, or else by the sign of its derivative."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import prod

import sympy

from .signs import Signs

# Increasing on the whole line, and defined there.
INCREASING = (sympy.exp, sympy.tanh, sympy.sinh, sympy.erf)
# Increasing, but they may stand still.
ROUNDINGS = (sympy.floor, sympy.ceiling)
# What a derivative may be taken of: everything else may have jumps or corners.
SMOOTH = (sympy.Add, sympy.Mul, sympy.Pow, sympy.log, sympy.Symbol, sympy.Number, *INCREASING)


@dataclass(frozen=True)
class Direction:
    """sign: 1 does not fall, -1 does not rise, 0 constant; strict: it really rises or falls."""

    sign: int
    strict: bool = False

    def times(self, sign: int) -> "Direction":
        """The direction after a factor of this sign."""
        return replace(self, sign=self.sign * sign)


class Monotone:
    """Directions in a variable that ranges over an interval; the facts behind `signs` hold throughout it."""

    def __init__(self, variable: sympy.Symbol, signs: Signs) -> None:
        self._variable, self._signs = variable, signs
        self._known: dict[sympy.Expr, Direction | None] = {}

    def direction(self, node: sympy.Expr) -> Direction | None:
        """None where no direction is shown, as where the expression may be undefined."""
        if self._variable not in node.free_symbols:
            return Direction(0)
        if node not in self._known:
            self._known[node] = self._by_form(node) or self._by_derivative(node)
        return self._known[node]

    def _by_form(self, node: sympy.Expr) -> Direction | None:
        if node == self._variable:
            return Direction(1, strict=True)
        if node.is_Add:
            return self._together(node.args, any)
        if isinstance(node, sympy.Max | sympy.Min):
            return self._together(node.args, all)
        if node.is_Mul:
            return self._product(node)
        if node.is_Pow:
            return self._power(node.base, node.exp)
        if isinstance(node, INCREASING):
            return self.direction(node.args[0])
        if isinstance(node, ROUNDINGS):
            inner = self.direction(node.args[0])
            return inner and replace(inner, strict=False)
        if isinstance(node, sympy.log):
            return self.direction(node.args[0]) if self._signs.sign(node.args[0], strict=True) == 1 else None
        if isinstance(node, sympy.LambertW) and len(node.args) == 1:  # the principal branch
            return self.direction(node.args[0]) if self._signs.sign(node.args[0]) == 1 else None
        if isinstance(node, sympy.Abs):
            sign, inner = self._signs.sign(node.args[0]), self.direction(node.args[0])
            return inner.times(sign) if inner and sign else None
        return None

    def _together(self, parts: tuple[sympy.Expr, ...], strict: Callable[[Iterable[bool]], bool]) -> Direction | None:
        """The common direction of all parts that move; strict if any (sums) or all (extremes) are."""
        found = [self.direction(part) for part in parts]
        known = [direction for direction in found if direction is not None]
        signs = {direction.sign for direction in known} - {0}
        if len(known) < len(found) or len(signs) != 1:
            return None
        return Direction(signs.pop(), strict(direction.strict for direction in known))

    def _product(self, node: sympy.Mul) -> Direction | None:
        """Absolute values of the factors move one way; a single factor that moves need not have a sign."""
        moving = [factor for factor in node.args if self._variable in factor.free_symbols]
        fixed = [factor for factor in node.args if factor not in moving]
        directions = {factor: self.direction(factor) for factor in moving}
        scale = prod(self._signs.sign(factor) for factor in fixed)
        nonzero = all(self._signs.sign(factor, strict=True) for factor in fixed)
        if scale == 0 or None in directions.values():
            return None
        if len(moving) == 1:
            only = directions[moving[0]]
            return only and replace(only.times(scale), strict=only.strict and nonzero)
        signs = {factor: self._signs.sign(factor) for factor in moving}
        sizes = {direction.sign * signs[factor] for factor, direction in directions.items() if direction} - {0}
        if 0 in signs.values() or len(sizes) != 1:
            return None
        strict = nonzero and any(
            direction is not None
            and direction.strict
            and all(self._signs.sign(other, strict=True) for other in moving if other != factor)
            for factor, direction in directions.items()
        )
        return Direction(sizes.pop() * scale * prod(signs.values()), strict)

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> Direction | None:
        moves = self._variable in exponent.free_symbols
        if moves and self._variable in base.free_symbols:
            positive = self._signs.sign(base, strict=True) == 1
            return self.direction(exponent * sympy.log(base)) if positive else None
        if moves:
            return self._exponential(base, exponent)
        inner = self.direction(base)
        if inner is None:
            return None
        if exponent.is_Integer and exponent > 0 and exponent % 2 == 1:
            return inner
        if exponent.is_Integer:
            sign = self._signs.sign(base, strict=bool(exponent < 0))
            slope = (1 if exponent > 0 else -1) * sign ** abs(int(exponent) - 1)
            return inner.times(slope) if sign else None
        if self._signs.sign(exponent, strict=True) == 1 and self._signs.sign(base) == 1:
            return inner
        sign = self._signs.sign(exponent)
        if sign == 0 or self._signs.sign(base, strict=True) != 1:
            return None
        return replace(inner.times(sign), strict=inner.strict and self._signs.sign(exponent, strict=True) != 0)

    def _exponential(self, base: sympy.Expr, exponent: sympy.Expr) -> Direction | None:
        inner = self.direction(exponent)
        if inner is None or self._signs.sign(base, strict=True) != 1:
            return None
        sign = self._signs.sign(base - 1)
        strict = inner.strict and self._signs.sign(base - 1, strict=True) != 0
        return replace(inner.times(sign), strict=strict) if sign else None

    def _by_derivative(self, node: sympy.Expr) -> Direction | None:
        if not self._is_smooth(node):
            return None
        slope = sympy.factor(sympy.diff(node, self._variable))
        sign = self._signs.sign(slope)
        return Direction(sign, self._signs.sign(slope, strict=True) != 0) if sign else None

    def _is_smooth(self, node: sympy.Expr) -> bool:
        """Whether it is defined, and has a derivative, throughout."""
        if self._variable not in node.free_symbols:
            return True
        if not isinstance(node, SMOOTH) or not all(self._is_smooth(argument) for argument in node.args):
            return False
        if isinstance(node, sympy.log):
            return self._signs.sign(node.args[0], strict=True) == 1
        if node.is_Pow and not (node.exp.is_Integer and node.exp > 0):
            sign = self._signs.sign(node.base, strict=True)
            return bool(sign == 1 or (sign == -1 and node.exp.is_Integer))
        return True
