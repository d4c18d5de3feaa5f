"""Induction along finitely many steps: P(start), and P(n) implies P(n + 1) before the last, give P at the last."""

import sympy
from sympy.logic.boolalg import Boolean

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.audit.relations import same
from boundcheck.core.step import Status, Step
from boundcheck.core.substitution import put_in


def check(step: Step, domains: Domains) -> Finding:
    """data: ``variable`` n; ``start`` and ``until``, integers; ``hypothesis``, P(n); ``recursion``, what is known for
    every start <= n < until (sequences are undefined functions of n); ``by``, (rule name, data), smt if left out.

    conclusion: P(until). given: nothing that holds n, and until >= start. ``audit.chain`` sees to it that ``recursion``
    was concluded for an arbitrary n in that range.
    """
    n, start, until = (step.data[name] for name in ("variable", "start", "until"))
    hypothesis = step.data["hypothesis"]
    if not same(step.conclusion, put_in(hypothesis, {n: until})):
        return Finding(Status.UNKNOWN, f"the conclusion is not the hypothesis at {n} = {until}")
    if any(n in relation.free_symbols for relation in step.given):
        return Finding(Status.UNKNOWN, f"what is given holds {n}; relations for every {n} belong in `recursion`")
    if n in start.free_symbols | until.free_symbols:
        return Finding(Status.UNKNOWN, f"{start} and {until} must not change with {n}")
    if not (start.is_integer and until.is_integer and n.is_integer):
        return Finding(Status.UNKNOWN, f"{n}, {start} and {until} must be integers")
    range_of_n = (n >= start, n <= until - 1)
    parts = {
        "until >= start": ((until >= start), step.given),
        f"P({start})": (put_in(hypothesis, {n: start}), step.given),
        f"P({n} + 1)": (_at_the_next(hypothesis, n), (*step.given, *step.data["recursion"], *range_of_n, hypothesis)),
    }
    name, data = step.data.get("by", ("smt", {}))
    for part, (conclusion, given) in parts.items():
        finding = rule(name)(Step(step.id, part, name, conclusion, tuple(given), data=data), domains)
        if finding.status is not Status.PROVED:
            return Finding(Status.UNKNOWN, f"{part} is {finding.status.value}: {finding.note}")
    return Finding(Status.PROVED, f"P({start}), and P({n}) gives P({n} + 1) before {until}, both by {name}")


def _at_the_next(hypothesis: Boolean, n: sympy.Symbol) -> Boolean:
    """P(n + 1), with b^(n + 1) written as b^n b."""
    result: Boolean = put_in(hypothesis, {n: n + 1}).replace(
        lambda part: isinstance(part, sympy.Pow) and n in part.exp.free_symbols, sympy.expand_power_exp
    )
    return result
