"""Expectations: linear, and monotone; what is not random comes out, and means and variances go by their names."""

from collections.abc import Mapping

import sympy
from sympy.core.relational import Relational

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.relations import same
from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Status, Step

from .exact_algebra import is_identity


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: Eq, proved by linearity alone; or E X <= E Y, proved from X <= Y for every outcome.

    data: ``means``, random symbol to its mean, each of which must be given; ``fixed``, symbols that are not random,
    beside the statement's variables with a domain that ``means`` does not name. All others stay inside.
    For E X <= E Y: X <= Y must follow from what is given by smt, or be given as it stands.
    """
    conclusion = step.conclusion
    if isinstance(conclusion, sympy.Eq):
        means = _means(step, domains)
        if isinstance(means, str):
            return Finding(Status.UNKNOWN, means)
        named = {symbol for symbol, variable in domains.items() if variable.domain is not None}
        fixed = (named | set(step.data.get("fixed", ()))) - set(means)
        if moving := [mean for mean in means.values() if mean.free_symbols - fixed]:
            return Finding(Status.UNKNOWN, f"the mean {moving[0]} is random itself")
        difference = linear(conclusion.lhs, fixed, means) - linear(conclusion.rhs, fixed, means)
        if is_identity(sympy.expand(difference)):
            return Finding(Status.PROVED, "expectations are linear")
        return Finding(Status.UNKNOWN, "linearity alone does not give it")
    return _monotone(step, domains)


def _means(step: Step, domains: Domains) -> Mapping[sympy.Basic, sympy.Expr] | str:
    """The means that are said to be known, each of which must be given as Eq(E[h], mean); else what is missing."""
    means: dict[sympy.Basic, sympy.Expr] = dict(step.data.get("means", {}))
    for symbol, mean in means.items():
        needed = sympy.Eq(Expectation(symbol), mean, evaluate=False)
        if not any(same(needed, relation) for relation in step.given):
            return f"{needed} is not given"
    return means


def linear(expression: sympy.Expr, fixed: set[sympy.Basic], means: Mapping[sympy.Basic, sympy.Expr]) -> sympy.Expr:
    """Every Expectation in an expression taken apart; E h is its mean, E h^2 its variance and squared mean."""

    def apart(node: sympy.Expr) -> sympy.Expr:
        return sympy.Add(*(_of_product(term, fixed, means) for term in sympy.Add.make_args(sympy.expand(node.args[0]))))

    return expression.replace(lambda node: isinstance(node, Expectation), apart)


def _of_product(term: sympy.Expr, fixed: set[sympy.Basic], means: Mapping[sympy.Basic, sympy.Expr]) -> sympy.Expr:
    factors = sympy.Mul.make_args(term)
    varying = [factor for factor in factors if factor.atoms(sympy.Symbol) - fixed]
    constant = sympy.Mul(*(factor for factor in factors if factor not in varying))
    inner = sympy.Mul(*varying)
    if inner == 1:
        return constant
    if inner in means:
        return constant * means[inner]
    if inner.is_Pow and inner.exp == 2 and inner.base in means:
        return constant * (Variance(inner.base) + means[inner.base] ** 2)
    return constant * Expectation(inner)


def _monotone(step: Step, domains: Domains) -> Finding:
    conclusion = step.conclusion
    if not (isinstance(conclusion, Relational) and conclusion.rel_op in ("<=", ">=")):
        return Finding(Status.UNKNOWN, "the conclusion is no equality and no <= or >=")
    small, large = (conclusion.lhs, conclusion.rhs) if conclusion.rel_op == "<=" else (conclusion.rhs, conclusion.lhs)
    if not (isinstance(small, Expectation) and isinstance(large, Expectation)):
        return Finding(Status.UNKNOWN, "expected E X <= E Y")
    pointwise = sympy.Le(small.args[0], large.args[0], evaluate=False)
    if any(same(pointwise, relation) for relation in step.given):
        return Finding(Status.PROVED, "X <= Y for every outcome, as given")
    inner = rule("smt")(Step(step.id, "pointwise", "smt", pointwise, step.given), domains)
    if inner.status is Status.PROVED:
        return Finding(Status.PROVED, f"X <= Y for every outcome: {inner.note}")
    return Finding(Status.UNKNOWN, f"X <= Y for every outcome is not shown: {inner.note}")
