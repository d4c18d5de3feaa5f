"""Assumption 1, item 7: the activation is zero at zero."""

import sympy

from boundcheck.core.statement import Assumption, Kind, Scope, Source, Statement, Variant

from .notation import VALUE_AT_ZERO, value_at_zero

ASSUMPTION = Assumption(
    id="activation-zero-at-zero",
    equation="(7)",
    relation=sympy.Eq(value_at_zero, 0),
    meaning="phi_l maps zero to zero",
    scope=Scope.LAYER,
)

STATEMENT = Statement(
    id="assumption-7",
    title="the activation is zero at zero",
    kind=Kind.ASSUMPTION,
    source=Source("Assumption 1", page=8, equations="(7)"),
    variables=(VALUE_AT_ZERO,),
    variants={"printed": Variant(assumptions=(ASSUMPTION,), claims=())},
)
