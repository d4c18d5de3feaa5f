"""Whether a formula grows or falls in a nonnegative symbol, read off its structure: no answer means not proved.

Numbers have been put in for everything but nonnegative symbols. Signs are decided here, those of constants by balls:
SymPy's own assumptions guess at times (it takes 99/100 - 1/(m n) to be negative for all positive integers m and n).
"""

from collections.abc import Iterable

import sympy

from boundcheck.core.errors import LibraryError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import less, less_equal
from boundcheck.exact.evaluate import Value, exact_value

INCREASING = (sympy.exp, sympy.log, sympy.floor, sympy.ceiling)


def never_falls(expression: sympy.Expr, symbol: sympy.Symbol) -> bool:
    """Whether it is proved that the expression does not decrease where the symbol grows."""
    return direction(expression, symbol) in (0, 1)


def never_grows(expression: sympy.Expr, symbol: sympy.Symbol) -> bool:
    """Whether it is proved that the expression does not increase where the symbol grows."""
    return direction(expression, symbol) in (0, -1)


def direction(expression: sympy.Expr, symbol: sympy.Symbol) -> int | None:
    """1: nondecreasing; -1: nonincreasing; 0: constant; None: not proved to be any of them."""
    if not expression.has(symbol):
        return 0
    if expression == symbol:
        return 1
    if isinstance(expression, sympy.Add | sympy.Max | sympy.Min):
        return _common(direction(part, symbol) for part in expression.args)
    if isinstance(expression, sympy.Mul):
        return _of_product(expression, symbol)
    if isinstance(expression, sympy.Pow):
        return _of_power(expression, symbol)
    if isinstance(expression, INCREASING):
        return direction(expression.args[0], symbol)
    if isinstance(expression, sympy.LambertW) and nonnegative(expression.args[0]):
        return direction(expression.args[0], symbol)
    return None


def _common(directions: Iterable[int | None]) -> int | None:
    """The direction of a whole whose parts all pull the same way."""
    found = set(directions) - {0}
    if not found:
        return 0
    return found.pop() if len(found) == 1 else None


def _of_product(product: sympy.Mul, symbol: sympy.Symbol) -> int | None:
    """Of factors that are nonnegative throughout, up to constants of known sign."""
    constant, rest = product.as_independent(symbol)
    factors = sympy.Mul.make_args(rest)
    if not all(nonnegative(factor) for factor in factors):
        return None
    found = _common(direction(factor, symbol) for factor in factors)
    if found is None or nonnegative(constant):
        return found
    return -found if nonnegative(-constant) else None


def _of_power(power: sympy.Pow, symbol: sympy.Symbol) -> int | None:
    base, exponent = power.args
    found = direction(base, symbol)
    if found is None or exponent.has(symbol) or not nonnegative(base):
        return None
    if nonnegative(exponent):
        return found
    return -found if nonnegative(-exponent) and positive(base) else None


def nonnegative(expression: sympy.Expr) -> bool:
    """Whether it is proved to be >= 0 for all values >= 0 of its symbols."""
    if not expression.free_symbols:
        return less_equal(0, _number(expression)) is Verdict.HOLDS
    if isinstance(expression, sympy.Symbol):
        return bool(expression.is_nonnegative)
    if isinstance(expression, sympy.Add):
        return all(nonnegative(part) for part in expression.args) or _positive_throughout(expression)
    if isinstance(expression, sympy.Mul | sympy.Min):
        return all(nonnegative(part) for part in expression.args)
    if isinstance(expression, sympy.Max):
        return any(nonnegative(part) for part in expression.args)
    if isinstance(expression, sympy.Pow):
        base, exponent = expression.args
        return bool(nonnegative(base) and (nonnegative(exponent) or positive(base)))
    if isinstance(expression, sympy.floor | sympy.ceiling | sympy.LambertW):
        return nonnegative(expression.args[0])
    return isinstance(expression, sympy.exp)


def positive(expression: sympy.Expr) -> bool:
    """Whether it is proved to be > 0 for all values >= 0 of its symbols."""
    if not expression.free_symbols:
        return less(0, _number(expression)) is Verdict.HOLDS
    if isinstance(expression, sympy.Add):
        signs = all(nonnegative(part) for part in expression.args) and any(positive(part) for part in expression.args)
        return signs or _positive_throughout(expression)
    if isinstance(expression, sympy.Mul | sympy.Min):
        return all(positive(part) for part in expression.args)
    if isinstance(expression, sympy.Max):
        return any(positive(part) for part in expression.args)
    if isinstance(expression, sympy.Pow):
        return positive(expression.args[0])
    return isinstance(expression, sympy.exp)


def _positive_throughout(total: sympy.Add) -> bool:
    """Whether a sum that grows in all its symbols is positive where they are zero."""
    if not all(never_falls(total, symbol) for symbol in total.free_symbols):
        return False
    return positive(total.xreplace(dict.fromkeys(total.free_symbols, sympy.Integer(0))))


def _number(constant: sympy.Expr) -> Value:
    """The constant's enclosure; what cannot be enclosed has no sign."""
    try:
        return exact_value(constant, {})
    except (ArithmeticError, ValueError, LibraryError):
        return exact_value(sympy.nan, {})


def without_floors(expression: sympy.Expr, upwards: bool = True) -> sympy.Expr | None:
    """A bound from above (or below) in which floor(x) has become x (or x - 1); None where that is not clear."""
    if not expression.has(sympy.floor):
        return expression
    if isinstance(expression, sympy.floor):
        inner = without_floors(expression.args[0], upwards)
        return inner if inner is None or upwards else inner - 1
    if isinstance(expression, sympy.Add):
        parts = [without_floors(part, upwards) for part in expression.args]
        return None if None in parts else sympy.Add(*parts)
    if isinstance(expression, sympy.Mul):
        floors = [factor for factor in expression.args if factor.has(sympy.floor)]
        others = sympy.Mul(*(factor for factor in expression.args if not factor.has(sympy.floor)))
        if len(floors) == 1 and (nonnegative(others) or nonnegative(-others)):
            inner = without_floors(floors[0], upwards if nonnegative(others) else not upwards)
            return None if inner is None else sympy.expand(others * inner)
    return None
