"""Taken from the literature: a debt, never a proof."""

from boundcheck.audit.finding import Domains, Finding
from boundcheck.core.step import Status, Step


def check(step: Step, domains: Domains) -> Finding:
    """data: ``source``, the paper or book and its theorem; ``takes``, what a proof of it would take, if that is known.

    CITED with a source, UNKNOWN without.
    """
    source = str(step.data.get("source", "")).strip()
    if not source:
        return Finding(Status.UNKNOWN, "a citation names no source; give the paper or book and the theorem")
    takes = step.data.get("takes")
    return Finding(Status.CITED, f"after {source}" + (f"; a proof would take {takes}" if takes else ""))
