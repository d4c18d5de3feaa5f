"""Runs one rule on one step over symbols with domains."""

from collections.abc import Mapping
from typing import Any

import sympy

from boundcheck.audit.finding import Finding
from boundcheck.audit.registry import rule
from boundcheck.core.statement import Variable
from boundcheck.core.step import Step

POSITIVE = sympy.Interval.open(0, sympy.oo)
UNIT = sympy.Interval.open(0, 1)


def run(
    name: str,
    conclusion: Any,
    given: tuple[Any, ...] = (),
    domains: Mapping[sympy.Symbol, sympy.Set] | None = None,
    **data: Any,
) -> Finding:
    step = Step("step", "claim", name, conclusion, given, data=data)
    return rule(name)(step, {s: Variable(s, domain, str(s)) for s, domain in (domains or {}).items()})
