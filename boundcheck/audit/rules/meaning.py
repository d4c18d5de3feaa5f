"""What a variable of the statement stands for, in terms of things that the proof names: trusted, and listed as such."""

import sympy

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.relations import parts
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """conclusion: relations (Eq or <=) between variables and expressions: the variables' meanings as formulas.

    ``audit.chain`` asks that each relation holds something that was not spoken of before: else it would be a claim.
    """
    if step.given:
        return Finding(Status.UNKNOWN, "a meaning needs nothing given")
    told: set[sympy.Basic] = set()
    for part in parts(step.conclusion):
        variables = part.free_symbols & set(domains)
        if not isinstance(part, sympy.Eq | sympy.Le) or not variables:
            return Finding(Status.UNKNOWN, f"{part} tells no variable of the statement from other things by = or <=")
        told |= variables
    return Finding(Status.PROVED, "; ".join(f"{v}: {domains[v].meaning}" for v in sorted(told, key=str)))
