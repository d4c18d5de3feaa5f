"""What holds for every value of a symbol holds for one: a conclusion with expressions put in for arbitrary symbols."""

from boundcheck.audit.finding import Domains, Finding
from boundcheck.audit.relations import same
from boundcheck.core.step import Status, Step
from boundcheck.core.substitution import put_in


def check(step: Step, domains: Domains) -> Finding:
    """given: the general relation first, then what its symbols satisfy, with the values put in.

    data: ``where``, symbol to expression. ``audit.chain`` sees to it that the symbols are arbitrary.
    """
    where = step.data.get("where", {})
    if not step.given or not where:
        return Finding(Status.UNKNOWN, "needs the general relation as given, and where: symbol to expression")
    if same(step.conclusion, put_in(step.given[0], where)):
        return Finding(Status.PROVED, "the general case at " + ", ".join(f"{s} = {v}" for s, v in where.items()))
    return Finding(Status.UNKNOWN, "the conclusion is not the general relation with these values put in")
