"""Moments of a random variable with finitely many values, written out and decided by the rules for plain numbers."""

from collections.abc import Iterator

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.audit.branches import Relations, cases
from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.witness import search
from boundcheck.core.errors import BoundcheckError
from boundcheck.core.operators import Expectation, Variance
from boundcheck.core.step import Status, Step

Law = list[tuple[sympy.Expr, sympy.Expr]]
# Boxes in every case that smt leaves open.
BOXES = 100


def check(step: Step, domains: Domains) -> Finding:
    """data: ``law``, pairs (probability, value); ``variable``, the symbol of the draw X; ``moment``, optional:
    {symbol of the conclusion: expression in X whose mean it is}.

    In the conclusion Expectation(g(X)) and Variance(g(X)) are those of the law; X outside of them stands for every
    value of positive probability. First the probabilities are shown to be >= 0 and to add up to 1.
    """
    try:
        law, variable = list(step.data["law"]), step.data["variable"]
        probabilities = [probability for probability, _ in law]
        is_law = sympy.And(*(sympy.Ge(p, 0, evaluate=False) for p in probabilities))
        sums_to_one = sympy.Eq(sympy.Add(*probabilities), 1, evaluate=False)
        for relation, what in ((is_law, "are >= 0"), (sums_to_one, "add up to 1")):
            found = decide_plain(step, relation, domains)
            if found.status is not Status.PROVED:
                return Finding(
                    Status.UNKNOWN, f"not shown that the probabilities {what}: {found.note} {dict(found.witness)}"
                )
        findings = [decide_plain(step, part, domains, extra) for part, extra in _written_out(step, law, variable)]
    except (BoundcheckError, ArithmeticError, ValueError, TypeError) as error:
        return Finding(Status.UNKNOWN, f"{type(error).__name__}: {error}")
    for finding in findings:
        if finding.status is not Status.PROVED:
            return finding
    return Finding(Status.PROVED, f"written out over {len(law)} values: {findings[0].note}")


def _written_out(step: Step, law: Law, variable: sympy.Symbol) -> Iterator[tuple[Boolean, Relations]]:
    """The conclusion without random variables, with what else is given: once, or once for every value."""
    conclusion = step.conclusion.xreplace(
        {symbol: Expectation(moment) for symbol, moment in step.data.get("moment", {}).items()}
    )
    plain = conclusion.replace(
        Variance, lambda inner: _mean(inner**2, law, variable) - _mean(inner, law, variable) ** 2
    )
    plain = plain.replace(Expectation, lambda inner: _mean(inner, law, variable))
    if variable not in plain.free_symbols:
        yield plain, ()
        return
    for probability, value in law:
        yield plain.subs(variable, value), (sympy.Gt(probability, 0, evaluate=False),)


def _mean(inner: sympy.Expr, law: Law, variable: sympy.Symbol) -> sympy.Expr:
    return sympy.Add(*(probability * inner.subs(variable, value) for probability, value in law))


def decide_plain(step: Step, conclusion: Boolean, domains: Domains, extra: Relations = ()) -> Finding:
    """The conclusion from what the step has given and the extra relations, by exact algebra or case by case by smt."""
    given = (*step.given, *extra)
    whole = Step(step.id, step.claim, step.rule, conclusion, given)
    if all(isinstance(part, sympy.Eq) for part in sympy.And.make_args(conclusion)):
        found = rule("exact-algebra")(whole, domains)
        if found.status in {Status.PROVED, Status.REFUTED}:
            return found
    all_cases = list(cases((conclusion, *given)))
    for case in all_cases:
        inner = Step(step.id, step.claim, "smt", case[0], case[1:], data={"boxes": BOXES})
        by_smt = rule("smt")(inner, domains)
        if by_smt.status is Status.PROVED:
            continue
        if refutation := search(whole, domains):
            return refutation
        if rule("interval")(inner, domains).status is not Status.PROVED:
            return Finding(Status.UNKNOWN, f"a case is open: {by_smt.note}")
    return Finding(Status.PROVED, f"smt or interval, in {len(all_cases)} cases of signs and branches")
