"""E(x) <= E(y) from x <= y, because E rises between them (or from x >= y, because it falls)."""

from collections.abc import Iterator, Mapping

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.monotone import Direction, Monotone
from boundcheck.audit.registry import rule
from boundcheck.audit.signs import Signs
from boundcheck.audit.witness import search
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

from .exact_algebra import are_equal

Ends = Mapping[sympy.Symbol, tuple[sympy.Expr, sympy.Expr]]


def check(step: Step, domains: Domains) -> Finding:
    """data: ``expression`` E, in variables of its own; ``replace`` {variable: (at the lesser side, at the greater)};
    ``by``, optional: (rule name, data) that orders the two; smt if left out.

    The conclusion is E(lesser) <= E(greater), or it follows from that with a given relation at either end. The
    variables are replaced one after another; each time the two values are ordered, and E is shown to rise or fall
    everywhere between them. A strict conclusion needs one strict link.
    """
    try:
        reason = _why_not(step, domains)
        if reason is None:
            return Finding(Status.PROVED, "monotone in what is replaced")
        return search(step, domains) or Finding(Status.UNKNOWN, reason)
    except (BoundcheckError, ArithmeticError, ValueError, TypeError) as error:
        return Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")


def _why_not(step: Step, domains: Domains) -> str | None:
    """None if the conclusion is shown."""
    sides = list(_ordered(step.conclusion))
    if len(sides) != 1 or isinstance(step.conclusion, sympy.Eq):
        return "the conclusion is no single inequality"
    lesser, greater, strict = sides[0]
    # Names of their own: a variable may also stand in the values that replace it.
    names = {variable: sympy.Dummy(str(variable), real=True) for variable in step.data["replace"]}
    expression = step.data["expression"].xreplace(names)
    ends = {names[variable]: values for variable, values in step.data["replace"].items()}
    at_lesser = expression.xreplace({variable: values[0] for variable, values in ends.items()})
    at_greater = expression.xreplace({variable: values[1] for variable, values in ends.items()})
    links = [_link(step, lesser, at_lesser), _link(step, at_greater, greater)]
    if links[0] is None:
        return f"{lesser} is not {at_lesser}, nor given to be at most that"
    if links[1] is None:
        return f"{at_greater} is not {greater}, nor given to be at most that"
    for variable, values in ends.items():
        others = {other: ends[other][0] for other in ends if other != variable}
        found = _replaced(step, domains, expression.xreplace(others), variable, values)
        if isinstance(found, str):
            return found
        links.append(found)
        ends = {**ends, variable: (values[1], values[1])}
    return "no link is strict" if strict and not any(links) else None


def _replaced(
    step: Step,
    domains: Domains,
    expression: sympy.Expr,
    variable: sympy.Symbol,
    values: tuple[sympy.Expr, sympy.Expr],
) -> bool | str:
    """Whether the replacement of one variable is strict; why it is not shown, as text."""
    before, after = values
    if are_equal(before, after):
        return False
    for low, high, wanted in ((before, after, 1), (after, before, -1)):
        if not _shown(step, domains, sympy.Le(low, high, evaluate=False)):
            continue
        direction = _direction(step, domains, expression, variable, low, high)
        if direction is None or direction.sign not in (0, wanted):
            how = "rise" if wanted == 1 else "fall"
            return f"{expression} is not shown to {how} in {variable} from {low} to {high}"
        return direction.strict and _shown(step, domains, sympy.Lt(low, high, evaluate=False))
    return f"{before} and {after} are not ordered by what is given"


def _direction(
    step: Step, domains: Domains, expression: sympy.Expr, variable: sympy.Symbol, low: sympy.Expr, high: sympy.Expr
) -> Direction | None:
    between = (sympy.Le(low, variable, evaluate=False), sympy.Le(variable, high, evaluate=False))
    facts = (*step.given, *between)
    outside = Signs(step.given, domains)
    known = dict(domains)
    if outside.sign(low) == 1:  # rules for boxes see domains, but no bounds that are formulas
        known[variable] = Variable(variable, sympy.Interval(0, sympy.oo, outside.sign(low, strict=True) == 1), "")
    return Monotone(variable, Signs(facts, known)).direction(expression)


def _shown(step: Step, domains: Domains, relation: Relational) -> bool:
    name, data = step.data.get("by", ("smt", {}))
    return rule(name)(Step(step.id, step.claim, name, relation, step.given, data=data), domains).status is Status.PROVED


def _link(step: Step, lesser: sympy.Expr, greater: sympy.Expr) -> bool | None:
    """False if the two are equal or given to be lesser and greater, True if given strictly, None otherwise."""
    if are_equal(lesser, greater):
        return False
    for relation in step.given:
        for small, large, strict in _ordered(relation):
            if are_equal(lesser, small) and are_equal(large, greater):
                return strict
    return None


def _ordered(relation: sympy.Basic) -> Iterator[tuple[sympy.Expr, sympy.Expr, bool]]:
    """(lesser, greater, strict) of every inequality in a relation; an equality is one in both directions."""
    for part in And.make_args(relation):
        if isinstance(part, sympy.Le | sympy.Lt | sympy.Eq):
            yield part.lhs, part.rhs, isinstance(part, sympy.Lt)
        if isinstance(part, sympy.Ge | sympy.Gt | sympy.Eq):
            yield part.rhs, part.lhs, isinstance(part, sympy.Gt)
