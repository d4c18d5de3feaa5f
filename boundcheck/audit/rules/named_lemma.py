"""Well-known lemmas: the conclusion must be an instance of the lemma's template, whose side conditions must hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.lipschitz_lemmas import lipschitz, taylor
from boundcheck.audit.range_enclosure import enclose
from boundcheck.audit.ranges import side
from boundcheck.audit.registry import rule
from boundcheck.audit.signs import NONNEGATIVE
from boundcheck.audit.witness import search
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.operators import Expectation, Norm, Probability, Projection
from boundcheck.core.statement import Variable
from boundcheck.core.step import Status, Step

from .exact_algebra import are_equal
from .interval import JUMPS

# The scalar product of two vectors that are named and not written out.
Inner = sympy.Function("inner")
Instance = Mapping[str, Any]


def check(step: Step, domains: Domains) -> Finding:
    """data: ``lemma`` and ``instance``, the expressions in the lemma's places:

    cauchy-schwarz: u, v, sequences of components (written out), or symbols of vectors (inner(u, v), Norm(u), Norm(v));
        or X, Y, random variables: |E XY| <= sqrt(E X^2) sqrt(E Y^2).
    jensen: function, a Lambda, convex or concave on ``domain`` (left out: [0, oo)), and X, with values there.
    triangle: u, v. scaling: s, a real number, and u: ||s u|| <= |s| ||u||. operator-norm: A, x: ||A x|| <= ||A|| ||x||.
    markov: X >= 0 and a > 0: P(X >= a) <= E X / a.
    lipschitz: f, a Lambda, a, b: |f(a) - f(b)| <= Lip(f) |a - b|. taylor: phi, an undefined real function, order, a, h.
    projection-nonexpansive: u, v, kappa >= 0. projection-inside: u, kappa >= ||u||: ||u - [u]_kappa|| <= 0.
    """
    name, instance = step.data.get("lemma"), step.data.get("instance", {})
    if name not in LEMMAS:
        return Finding(Status.UNKNOWN, f"lemma={name} is not one of {', '.join(LEMMAS)}")
    try:
        template, missing = LEMMAS[name](instance, step, domains)
        if missing:
            return Finding(Status.UNKNOWN, f"{name}: {missing}")
        if is_instance(step.conclusion, template):
            return Finding(Status.PROVED, f"an instance of {name}")
        return search(step, domains) or Finding(Status.UNKNOWN, f"{name} gives {template} instead")
    except KeyError as error:
        return Finding(Status.UNKNOWN, f"{name} needs instance[{error}]")
    except (BoundcheckError, ArithmeticError, ValueError, TypeError) as error:
        return Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")


def is_instance(conclusion: Boolean, template: Boolean) -> bool:
    """Whether two inequalities have equal sides; where the template bounds |a|, a and -a are bounded as well."""
    if not (isinstance(conclusion, Relational) and conclusion.rel_op in ("<=", ">=")):
        return False
    lesser, greater = _sides(conclusion)
    template_lesser, template_greater = _sides(template)
    allowed = [template_lesser]
    if isinstance(template_lesser, sympy.Abs):
        allowed += [template_lesser.args[0], -template_lesser.args[0]]
    return any(are_equal(lesser, side) for side in allowed) and are_equal(greater, template_greater)


def _sides(relation: Relational) -> tuple[sympy.Expr, sympy.Expr]:
    return (relation.lhs, relation.rhs) if relation.rel_op == "<=" else (relation.rhs, relation.lhs)


def nonnegative(expression: sympy.Expr, domains: Domains) -> bool:
    """Whether an expression is nonnegative by its form: norms, even powers, sums and products of such.

    Symbols by their domains; their assumptions are not used.
    """
    if expression.is_Number:
        return bool(expression >= 0)
    if isinstance(expression, NONNEGATIVE):
        return True
    if expression.is_Symbol:
        domain = domains[expression].domain if expression in domains else None
        return domain is not None and bool(domain.is_subset(sympy.Interval(0, sympy.oo)))
    if expression.is_Pow:
        even = expression.exp.is_Integer and expression.exp % 2 == 0
        return bool(even) or (bool(expression.exp.is_Rational) and nonnegative(expression.base, domains))
    if expression.is_Add or expression.is_Mul or isinstance(expression, Expectation):
        return all(nonnegative(argument, domains) for argument in expression.args)
    return isinstance(expression, sympy.exp)


def _norm(components: Sequence[sympy.Expr]) -> sympy.Expr:
    return sympy.sqrt(sympy.Add(*(component**2 for component in components)))


def _cauchy_schwarz(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    if "X" in instance:
        x, y = instance["X"], instance["Y"]
        right = sympy.sqrt(Expectation(x**2)) * sympy.sqrt(Expectation(y**2))
        return _le(sympy.Abs(Expectation(x * y), evaluate=False), right), ""
    u, v = instance["u"], instance["v"]
    if isinstance(u, sympy.Basic) and not isinstance(u, sympy.Tuple):
        return _le(sympy.Abs(Inner(u, v), evaluate=False), Norm(u) * Norm(v)), ""
    if len(u) != len(v):
        return sympy.true, "u and v have different lengths"
    dot = sympy.Add(*(a * b for a, b in zip(u, v, strict=True)))
    return _le(sympy.Abs(dot, evaluate=False), _norm(u) * _norm(v)), ""


def _jensen(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    function, x = instance["function"], instance["X"]
    domain = instance.get("domain", sympy.Interval(0, sympy.oo))
    if domain not in (sympy.Interval(0, sympy.oo), sympy.S.Reals):
        return sympy.true, "the function's domain must be [0, oo) or the real line"
    if domain != sympy.S.Reals and not nonnegative(x, domains):
        return sympy.true, f"{x} is not known to be >= 0"
    of_mean, mean_of = function(Expectation(x)), Expectation(function(x))
    place = sympy.Dummy("y", real=True)
    bent = sympy.diff(function(place), place, 2)
    # Convex inside is enough: the functions that can be enclosed are continuous up to the end of the domain.
    inside = {place: Variable(place, domain.interior, "argument of the function")}
    enclose(function(place), {place: side(None if domain == sympy.S.Reals else 0, None)})  # Undefined if it may be
    if function(place).has(*JUMPS):
        return sympy.true, "the function may jump"
    if _sign_shown(sympy.Ge(bent, 0, evaluate=False), inside):
        return _le(of_mean, mean_of), ""
    if _sign_shown(sympy.Le(bent, 0, evaluate=False), inside):
        return _le(mean_of, of_mean), ""
    return sympy.true, "the function is not known to be convex or concave"


def _sign_shown(relation: Boolean, domains: Domains) -> bool:
    return rule("interval")(Step("", "", "interval", relation), domains).status is Status.PROVED


def _triangle(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    u, v = instance["u"], instance["v"]
    return _le(Norm(u + v), Norm(u) + Norm(v)), ""


def _scaling(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    s, u = instance["s"], instance["u"]
    if not s.is_real:
        return sympy.true, f"{s} is not known to be a real number"
    return _le(Norm(s * u), sympy.Abs(s) * Norm(u)), ""


def _markov(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    x, level = instance["X"], instance["a"]
    if not nonnegative(x, domains):
        return sympy.true, f"{x} is not known to be >= 0"
    positive = rule("smt")(Step("", "", "smt", sympy.Gt(level, 0, evaluate=False), step.given), domains)
    if positive.status is not Status.PROVED:
        return sympy.true, f"{level} is not known to be > 0"
    return _le(Probability(sympy.Ge(x, level, evaluate=False)), Expectation(x) / level), ""


def _operator_norm(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    matrix, vector = instance["A"], instance["x"]
    return _le(Norm(matrix * vector), Norm(matrix) * Norm(vector)), ""


def _projection(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    u, v, radius = instance["u"], instance["v"], instance["kappa"]
    if not nonnegative(radius, domains):
        return sympy.true, f"{radius} is not known to be >= 0"
    return _le(Norm(Projection(u, radius) - Projection(v, radius)), Norm(u - v)), ""


def _inside(instance: Instance, step: Step, domains: Domains) -> tuple[Boolean, str]:
    u, radius = instance["u"], instance["kappa"]
    contains = rule("smt")(Step("", "", "smt", sympy.Ge(radius, Norm(u), evaluate=False), step.given), domains)
    if contains.status is not Status.PROVED:
        return sympy.true, f"{radius} is not known to be >= {Norm(u)}"
    return _le(Norm(u - Projection(u, radius)), sympy.S.Zero), ""


def _le(lesser: sympy.Expr, greater: sympy.Expr) -> Boolean:
    relation: Boolean = sympy.Le(lesser, greater, evaluate=False)
    return relation


# Each gives its template and, instead of a proof of its side conditions, what is missing in them.
LEMMAS: dict[str, Callable[[Instance, Step, Domains], tuple[Boolean, str]]] = {
    "cauchy-schwarz": _cauchy_schwarz,
    "jensen": _jensen,
    "triangle": _triangle,
    "scaling": _scaling,
    "markov": _markov,
    "operator-norm": _operator_norm,
    "lipschitz": lambda instance, step, domains: lipschitz(instance),
    "taylor": lambda instance, step, domains: taylor(instance),
    "projection-nonexpansive": _projection,
    "projection-inside": _inside,
}
