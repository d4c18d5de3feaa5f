"""A statement about vectors, matrices or laws, written out in components at small sizes and decided there."""

from dataclasses import replace

import sympy

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.registry import rule
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """data: ``sizes``, tuples of integers; ``instance``, a callable that gives, at a size, pairs (components, given):
    ``components`` maps nodes of the conclusion to what they are in components, ``given`` is what is known of these;
    ``by``, (rule name, data) that decides the conclusion with the components put in.

    All PROVED at all sizes: PROVED_UP_TO these sizes. The first that is not decides otherwise.
    """
    sizes, (name, data) = step.data["sizes"], step.data["by"]
    for size in sizes:
        instances = list(step.data["instance"](*size))
        if not instances:
            return Finding(Status.UNKNOWN, f"at {size}: nothing is written out")
        for components, given in instances:
            if missing := [node for node in components if not step.conclusion.has(node)]:
                return Finding(Status.UNKNOWN, f"{missing[0]} is written out, but the conclusion does not speak of it")
            conclusion = step.conclusion.xreplace(components)
            if conclusion == sympy.true:
                continue
            inner = replace(step, rule=name, conclusion=conclusion, given=tuple(given), data=data)
            finding = rule(name)(inner, domains)
            if finding.status is not Status.PROVED:
                return Finding(finding.status, f"at {size}: {finding.note}", finding.witness)
    if not sizes:
        return Finding(Status.UNKNOWN, "no sizes are named")
    named = ", ".join("x".join(map(str, size)) for size in sizes)
    return Finding(Status.PROVED_UP_TO, f"written out at the sizes {named}, each by {name}")
